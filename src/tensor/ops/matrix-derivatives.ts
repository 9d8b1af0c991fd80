/**
 * The derivatives of matrix decompositions, as formulas on tensors. They are written in ops that have derivatives themselves,
 * so they can be differentiated again. From Giles, Collected Matrix Derivative Results for Forward and Reverse Mode Algorithmic
 * Differentiation (2008), with Walter and Lehmann (2018) for QR and Golub and Pereyra (1973) for the pseudo-inverse.
 */
import type { Tensor } from "../tensor.ts";

/** diag(values) matrix: each row times its value. */
export const scaleRows = (values: Tensor, matrix: Tensor): Tensor => values.unsqueeze(-1).mul(matrix);

/** The identity, of a square matrix's shape and type. */
export const identityLike = (matrix: Tensor): Tensor => matrix.detach().logicalOr(1).to(matrix.dtype).tril().triu();

const withoutDiagonal = (matrix: Tensor): Tensor => matrix.tril({ diagonal: -1 }).add(matrix.triu({ diagonal: 1 }));

/** Element (i, j) divided by values[j] - values[i]; 0 on the diagonal. */
const overDifferences = (matrix: Tensor, values: Tensor): Tensor => {
  const differences = values.unsqueeze(-2).sub(values.unsqueeze(-1));
  return withoutDiagonal(matrix).div(differences.add(identityLike(matrix)));
};

/** For A = L L': given L and its gradient. */
export function choleskyGradient(factor: Tensor, gradient: Tensor): Tensor {
  const product = factor.mT.matmul(gradient).tril();
  const halved = product.sub(product.triu().mul(0.5));
  const left = factor.mT.solveTriangular(halved, { upper: true });
  const both = factor.mT.solveTriangular(left.mT, { upper: true }).mT;
  return both.add(both.mT).mul(0.5);
}

/** For A = Q R with a square R. */
function tallQrGradient(q: Tensor, r: Tensor, ofQ: Tensor | undefined, ofR: Tensor | undefined): Tensor {
  const zero = (): Tensor => identityLike(r).mul(0);
  const middle = (ofR === undefined ? zero() : r.matmul(ofR.mT)).sub(ofQ === undefined ? zero() : ofQ.mT.matmul(q));
  const symmetric = middle.tril().add(middle.tril({ diagonal: -1 }).mT);
  const inner = q.matmul(symmetric);
  // X R' = inner, turned round: R X' = inner'.
  return r.solveTriangular((ofQ === undefined ? inner : ofQ.add(inner)).mT, { upper: true }).mT;
}

/** For A = Q R, with at least as many columns in Q as A has rows or columns. `input` is A. */
export function qrGradient(input: Tensor, q: Tensor, r: Tensor, ofQ: Tensor | undefined, ofR: Tensor | undefined): Tensor {
  const rows = input.shape.at(-2)!;
  const columns = input.shape.at(-1)!;
  if (rows >= columns) return tallQrGradient(q, r, ofQ, ofR);
  // A = [X Y], R = [U V]: X = Q U is square, and Y = Q V.
  const last = -1;
  const y = input.slice(last, rows);
  const ofU = ofR?.slice(last, 0, rows);
  const ofV = ofR?.slice(last, rows);
  const extra = ofV === undefined ? undefined : y.matmul(ofV.mT);
  const total = ofQ === undefined ? extra : extra === undefined ? ofQ : ofQ.add(extra);
  const ofX = tallQrGradient(q, r.slice(last, 0, rows), total, ofU);
  const ofY = ofV === undefined ? y.mul(0) : q.matmul(ofV);
  return ofX.pad([0, columns - rows]).add(ofY.pad([rows, 0]));
}

/** For A = V diag(values) V'. */
export function eighGradient(values: Tensor, vectors: Tensor, ofValues: Tensor | undefined, ofVectors: Tensor | undefined): Tensor {
  const diagonal = ofValues === undefined ? undefined : scaleRows(ofValues, vectors.mT);
  if (ofVectors === undefined) return vectors.matmul(diagonal!);
  const inner = overDifferences(vectors.mT.matmul(ofVectors), values).matmul(vectors.mT);
  return vectors.matmul(diagonal === undefined ? inner : inner.add(diagonal));
}

/** The gradients of U, the values and V' of a thin singular value decomposition. */
export interface SvdGradients {
  u: Tensor | undefined;
  s: Tensor | undefined;
  vh: Tensor | undefined;
}

/** For A = U diag(s) V', thin. */
export function svdGradient(u: Tensor, s: Tensor, vh: Tensor, gradients: SvdGradients): Tensor {
  const ofS = gradients.s === undefined ? undefined : scaleRows(gradients.s, vh);
  if (gradients.u === undefined && gradients.vh === undefined) return u.matmul(ofS!);
  const squares = s.square();
  const skew = (matrix: Tensor): Tensor => matrix.sub(matrix.mT);
  const columns = (matrix: Tensor): Tensor => matrix.mul(s.unsqueeze(-2));
  const terms: Tensor[] = [];
  if (gradients.u !== undefined) {
    terms.push(columns(overDifferences(skew(u.mT.matmul(gradients.u)), squares)));
  }
  if (gradients.vh !== undefined) {
    terms.push(scaleRows(s, overDifferences(skew(vh.matmul(gradients.vh.mT)), squares)));
  }
  const inner = terms.reduce((total, term) => total.add(term)).matmul(vh);
  let result = u.matmul(ofS === undefined ? inner : inner.add(ofS));
  const size = s.shape.at(-1)!;
  if (gradients.u !== undefined && u.shape.at(-2)! > size) {
    const outside = gradients.u.sub(u.matmul(u.mT.matmul(gradients.u)));
    result = result.add(outside.div(s.unsqueeze(-2)).matmul(vh));
  }
  if (gradients.vh !== undefined && vh.shape.at(-1)! > size) {
    const outside = gradients.vh.sub(gradients.vh.matmul(vh.mT).matmul(vh));
    result = result.add(u.matmul(outside.div(s.unsqueeze(-1))));
  }
  return result;
}

/** For the pseudo-inverse P of A, given its gradient. */
export function pinvGradient(input: Tensor, inverse: Tensor, gradient: Tensor): Tensor {
  const { mT: turned } = inverse;
  if (input.shape.at(-2)! <= input.shape.at(-1)!) {
    const k = gradient.mT.matmul(inverse);
    const back = k.matmul(turned);
    return inverse
      .matmul(k)
      .mT.neg()
      .add(back)
      .sub(input.matmul(inverse).matmul(back))
      .add(turned.matmul(inverse).matmul(gradient.mT.sub(k.matmul(input))));
  }
  const k = inverse.matmul(gradient.mT);
  const back = turned.matmul(k);
  return k
    .matmul(inverse)
    .mT.neg()
    .add(gradient.mT.sub(input.matmul(k)).matmul(inverse).matmul(turned))
    .add(back)
    .sub(back.matmul(inverse).matmul(input));
}
