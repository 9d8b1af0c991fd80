/**
 * Systems of linear equations and the decompositions that solve them, as methods; `linalg` has them as functions. What a
 * kernel says of a matrix that does not fit becomes an error here.
 */
import { callMultiple, callPlanned } from "../dispatch.ts";
import { LinearAlgebraError, NablaError } from "../errors.ts";
import { isGradEnabled } from "../grad-mode.ts";
import { ops } from "../ops.ts";
import { identityLike, scaleRows } from "../ops/matrix-derivatives.ts";
import type { QrMode } from "../ops/linear-systems.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** The sign of a determinant, and the logarithm of its absolute value. */
export interface SignAndLogarithm {
  sign: Tensor;
  logabsdet: Tensor;
}

/** An orthogonal matrix and a triangular one. */
export interface QrFactors {
  q: Tensor;
  r: Tensor;
}

/** Which triangle, and where it stands. */
export interface TriangularOptions {
  /** Whether the upper triangle is read, or the lower one. */
  upper: boolean;
  /** T stands on the left of X when not given; false solves X T = B. */
  left?: boolean;
  /** Take the diagonal for ones without reading it. */
  unitriangular?: boolean;
}

/** The methods; linalg/ says of each what it does. */
export interface LinearSystems {
  /** The inverse of each matrix; see `linalg.inv`. */
  inv(): Tensor;
  /** The determinant of each matrix; see `linalg.det`. */
  det(): Tensor;
  /** The gradient of a determinant, from that of its result. */
  detBackward(gradient: Tensor): Tensor;
  /** The determinant of each matrix as sign and logarithm; see `linalg.slogdet`. */
  slogdet(): SignAndLogarithm;
  /** The solution of A X = B; see `linalg.solve`. */
  solve(right: Tensor): Tensor;
  /** The solution of T X = B with a triangular T; see `linalg.solveTriangular`. */
  solveTriangular(right: Tensor, options: TriangularOptions): Tensor;
  /** The lower triangle L with L L' = A; see `linalg.cholesky`. */
  cholesky(options?: { upper?: boolean }): Tensor;
  /** An orthogonal and a triangular factor; see `linalg.qr`. */
  qr(options?: { mode?: QrMode }): QrFactors;
}

/** How to call one matrix of a batch in an error. */
function whichMatrix(position: number, batch: Shape): string {
  if (batch.length === 0) return "the matrix";
  const index: number[] = [];
  for (let d = batch.length - 1, rest = position; d >= 0; d--) {
    index.unshift(rest % batch[d]!);
    rest = Math.floor(rest / batch[d]!);
  }
  return `matrix ${formatShape(index)} of the batch`;
}

/**
 * Makes an error of the first matrix of which a kernel says that it does not fit.
 * @param say what is wrong, from what the kernel says.
 */
export function checkInfo(op: string, info: Tensor, say: (info: number) => string): void {
  const position = info.data().findIndex((each) => each !== 0);
  if (position < 0) return;
  throw new LinearAlgebraError(`${op}: ${whichMatrix(position, info.shape)} ${say(info.data()[position]!)}`);
}

const singular = (pivot: number): string =>
  `is singular: the pivot of its column ${pivot - 1} is 0, so that column depends on those before it; pinv and lstsq take singular matrices`;

const notPositive = (minor: number): string =>
  `is not positive definite: its leading ${minor} x ${minor} part is not; a covariance becomes so with a small multiple of eye added`;

export const linearSystemMethods: LinearSystems & ThisType<Tensor> = {
  inv() {
    const [inverse, info] = callMultiple(ops.inv, ops.inv.plan(this)) as [Tensor, Tensor];
    checkInfo("inv", info, singular);
    return inverse;
  },

  det() {
    return callPlanned(ops.det, ops.det.plan(this));
  },

  detBackward(gradient) {
    const spread = gradient.unsqueeze(-1).unsqueeze(-1);
    const determinants = this.det();
    if (determinants.detach().data().every((each) => each !== 0)) {
      return this.inv().mT.mul(determinants.unsqueeze(-1).unsqueeze(-1)).mul(spread);
    }
    // The cofactors of a singular matrix, from A = U diag(s) V': each value is replaced by the product of the others.
    const { u, s, vh } = this.svd({ fullMatrices: false });
    const others = s.unsqueeze(-2).expand(this.shape).where(identityLike(u.detach()).eq(0), 1).prod({ dim: -1 });
    const sign = u.detach().det().mul(vh.detach().det()).unsqueeze(-1).unsqueeze(-1);
    return u.matmul(scaleRows(others, vh)).mul(sign).mul(spread);
  },

  slogdet() {
    const [sign, logabsdet] = callMultiple(ops.slogdet, ops.slogdet.plan(this)) as [Tensor, Tensor];
    return { sign, logabsdet };
  },

  solve(right) {
    requireTensor("solve", right);
    // As in PyTorch: one vector, or one for each matrix of a batch.
    const vectors = right.ndim === 1 || (right.ndim === this.ndim - 1 && sameShape(right.shape, this.shape.slice(0, -1)));
    const columns = vectors ? right.unsqueeze(-1) : right;
    const [solution, info] = callMultiple(ops.solve, ops.solve.plan(this, columns)) as [Tensor, Tensor];
    checkInfo("solve", info, singular);
    return vectors ? solution.squeeze(-1) : solution;
  },

  solveTriangular(right, options) {
    requireTensor("solveTriangular", right);
    const { upper, left = true, unitriangular = false } = options ?? {};
    if (typeof upper !== "boolean") {
      throw new NablaError("solveTriangular: say which triangle is meant: {upper: true} or {upper: false}");
    }
    if (!left) return this.mT.solveTriangular(right.mT, { upper: !upper, unitriangular }).mT;
    return callPlanned(ops.solveTriangular, ops.solveTriangular.plan(this, right, upper, unitriangular));
  },

  cholesky({ upper = false } = {}) {
    const source = upper ? this.mT : this;
    const [factor, info] = callMultiple(ops.cholesky, ops.cholesky.plan(source)) as [Tensor, Tensor];
    checkInfo("cholesky", info, notPositive);
    return upper ? factor.mT : factor;
  },

  qr({ mode = "reduced" } = {}) {
    if (!["reduced", "complete", "r"].includes(mode)) {
      throw new NablaError(`qr: mode is ${JSON.stringify(mode)}; known are "reduced", "complete" and "r"`);
    }
    // R alone has a derivative too, but it needs Q.
    const differentiated = mode === "r" && this.requiresGrad && isGradEnabled();
    const [q, r] = callMultiple(ops.qr, ops.qr.plan(this, differentiated ? "reduced" : mode)) as [Tensor, Tensor];
    return { q: differentiated ? this.newZeros([...this.shape.slice(0, -2), 0, 0]) : q, r };
  },
};
