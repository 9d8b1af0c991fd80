/**
 * Eigenvalues and singular values, and what is computed from them, as methods; `linalg` has them as functions.
 */
import { complexDivide, complexMatmul, conjugateTranspose } from "../complex.ts";
import type { ComplexTensor } from "../complex.ts";
import { callMultiple } from "../dispatch.ts";
import { NablaError } from "../errors.ts";
import { ops } from "../ops.ts";
import { identityLike } from "../ops/matrix-derivatives.ts";
import type { RankLimits } from "../ops/spectra.ts";
import { sameShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { cat } from "./join.ts";
import { checkInfo } from "./linear-systems.ts";

/** Eigenvalues [..., N], and eigenvectors [..., N, N] as columns in the same order. */
export interface RealEigen {
  eigenvalues: Tensor;
  eigenvectors: Tensor;
}

/** Eigenvalues [..., N], and eigenvectors [..., N, N] as columns in the same order, both complex. */
export interface ComplexEigen {
  eigenvalues: ComplexTensor;
  eigenvectors: ComplexTensor;
}

/** U, the singular values, and V'. */
export interface SvdFactors {
  u: Tensor;
  s: Tensor;
  vh: Tensor;
}

/** Which singular values count as 0: those of at most the larger of `atol` and `rtol` times the largest one. */
export interface RankOptions {
  /** 0 when not given. */
  atol?: number;
  /** When not given: the type's epsilon times the longer side of the matrix, or 0 where `atol` is given and positive. */
  rtol?: number;
}

/** What `lstsq` finds. */
export interface LeastSquares {
  /** X, of the shortest length among those that make the length of A X - B least. */
  solution: Tensor;
  /** The squared length of A X - B, column by column; empty unless A has more rows than columns and full rank. */
  residuals: Tensor;
  /** How many singular values of each matrix count: int32. */
  rank: Tensor;
  /** All of them, in decreasing order. */
  singularValues: Tensor;
}

/** The eigenvalues and eigenvectors that `eig` has found. */
export interface ComplexSpectrum {
  values: ComplexTensor;
  vectors: ComplexTensor;
}

/** The methods; linalg/ says of each what it does. */
export interface Spectra {
  /** The eigenvalues and eigenvectors of each symmetric matrix; see `linalg.eigh`. */
  eigh(options?: { uplo?: "L" | "U" }): RealEigen;
  /** The eigenvalues and eigenvectors of each matrix; see `linalg.eig`. */
  eig(): ComplexEigen;
  /** The gradient of a matrix from those of its eigenvalues and eigenvectors, real and imaginary parts. */
  eigBackward(spectrum: ComplexSpectrum, gradients: readonly (Tensor | undefined)[]): Tensor;
  /** The singular value decomposition of each matrix; see `linalg.svd`. */
  svd(options?: { fullMatrices?: boolean }): SvdFactors;
  /** The pseudo-inverse of each matrix; see `linalg.pinv`. */
  pinv(options?: RankOptions): Tensor;
  /** The least-squares solution of A X = B; see `linalg.lstsq`. */
  lstsq(right: Tensor, options?: { rcond?: number }): LeastSquares;
}

const epsilon = (self: Tensor): number => (self.dtype === "float64" ? Number.EPSILON : 2 ** -23);

/** PyTorch's and NumPy's: singular values that rounding alone would make. */
export function rankLimits(op: string, self: Tensor, { atol = 0, rtol }: RankOptions): RankLimits {
  const sides = self.shape.slice(-2);
  const relative = rtol ?? (atol > 0 ? 0 : epsilon(self) * Math.max(...sides, 0));
  if (!(atol >= 0) || !(relative >= 0)) throw new NablaError(`${op}: atol ${atol} and rtol ${relative} must not be negative`);
  return { absolute: atol, relative };
}

const unfit = (): string => "holds NaN or infinity, or is so conditioned that the iteration does not end; look at its elements";

export const spectrumMethods: Spectra & ThisType<Tensor> = {
  eigh({ uplo = "L" } = {}) {
    if (uplo !== "L" && uplo !== "U") throw new NablaError(`eigh: uplo is ${JSON.stringify(uplo)}; known are "L" and "U"`);
    const [eigenvalues, eigenvectors, info] = callMultiple(ops.eigh, ops.eigh.plan(this, uplo === "U")) as [Tensor, Tensor, Tensor];
    checkInfo("eigh", info, unfit);
    return { eigenvalues, eigenvectors };
  },

  eig() {
    const made = callMultiple(ops.eig, ops.eig.plan(this)) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    checkInfo("eig", made[4], unfit);
    return { eigenvalues: { real: made[0], imaginary: made[1] }, eigenvectors: { real: made[2], imaginary: made[3] } };
  },

  eigBackward({ values, vectors }, gradients) {
    // PyTorch's formula (Boeddeker et al., On the Computation of Complex-valued Gradients, 2017): with V' the conjugate
    // transpose, dA = V'^-1 (diag(dL) + (V' dV - V' V Re diag(V' dV)) / conj(E)) V', E(i, j) = L(j) - L(i).
    const zero = (): Tensor => vectors.real.mul(0);
    const pair = (real: Tensor | undefined, imaginary: Tensor | undefined, otherwise: () => Tensor): ComplexTensor => ({
      real: real ?? otherwise(),
      imaginary: imaginary ?? otherwise(),
    });
    const turned = conjugateTranspose(vectors);
    const identity = identityLike(vectors.real);
    const onDiagonal = ({ real, imaginary }: ComplexTensor): ComplexTensor => ({
      real: identity.mul(real.unsqueeze(-1)),
      imaginary: identity.mul(imaginary.unsqueeze(-1)),
    });
    let inner = onDiagonal(pair(gradients[0], gradients[1], () => values.real.mul(0)));
    if (gradients[2] !== undefined || gradients[3] !== undefined) {
      const product = complexMatmul(turned, pair(gradients[2], gradients[3], zero));
      const gram = complexMatmul(turned, vectors);
      const lengths = product.real.mul(identity).sum({ dim: -2, keepdim: true });
      const across = { real: product.real.sub(gram.real.mul(lengths)), imaginary: product.imaginary.sub(gram.imaginary.mul(lengths)) };
      const gap = (each: Tensor): Tensor => each.unsqueeze(-2).sub(each.unsqueeze(-1));
      const off = identity.neg().add(1);
      const quotient = complexDivide(
        { real: across.real.mul(off), imaginary: across.imaginary.mul(off) },
        { real: gap(values.real).add(identity), imaginary: gap(values.imaginary).neg() },
      );
      inner = { real: inner.real.add(quotient.real), imaginary: inner.imaginary.add(quotient.imaginary) };
    }
    const { real, imaginary } = complexMatmul(inner, turned);
    // The complex system V' X = inner V' as a real one of twice the size; the real part of X is the gradient.
    const system = cat([cat([turned.real, turned.imaginary.neg()], { dim: -1 }), cat([turned.imaginary, turned.real], { dim: -1 })], { dim: -2 });
    return system.solve(cat([real, imaginary], { dim: -2 })).slice(-2, 0, vectors.real.shape.at(-1));
  },

  svd({ fullMatrices = true } = {}) {
    const [u, s, vh, info] = callMultiple(ops.svd, ops.svd.plan(this, fullMatrices)) as [Tensor, Tensor, Tensor, Tensor];
    checkInfo("svd", info, unfit);
    return { u, s, vh };
  },

  pinv(options = {}) {
    const [inverse, info] = callMultiple(ops.pinv, ops.pinv.plan(this, rankLimits("pinv", this, options))) as [Tensor, Tensor];
    checkInfo("pinv", info, unfit);
    return inverse;
  },

  lstsq(right, { rcond } = {}) {
    requireTensor("lstsq", right);
    const vectors = right.ndim === 1 || (right.ndim === this.ndim - 1 && sameShape(right.shape, this.shape.slice(0, -1)));
    const columns = vectors ? right.unsqueeze(-1) : right;
    const limits = rankLimits("lstsq", this, rcond === undefined ? {} : { rtol: rcond });
    const [solution, rank, singularValues, info] = callMultiple(ops.lstsq, ops.lstsq.plan(this, columns, limits)) as [Tensor, Tensor, Tensor, Tensor];
    checkInfo("lstsq", info, unfit);
    const [rows, unknowns] = this.shape.slice(-2) as [number, number];
    const overdetermined = rows > unknowns && rank.data().every((each) => each === unknowns);
    const residuals = overdetermined ? columns.sub(this.matmul(solution)).square().sum({ dim: -2 }) : this.newZeros([0]);
    return {
      solution: vectors ? solution.squeeze(-1) : solution,
      residuals: vectors && overdetermined ? residuals.squeeze(-1) : residuals,
      rank,
      singularValues,
    };
  },
};
