/**
 * Linear algebra on matrices and batches of them: the last two dimensions are rows and columns, those before are a batch.
 * Names, results and derivatives are those of `torch.linalg`. Everything computes in double precision inside, whatever the
 * type of the tensor. Where it is differentiable, it can be differentiated twice.
 *
 * The algorithms are those of Golub and Van Loan, Matrix Computations, and of EISPACK; native/cpu/linalg_*.cpp name them.
 */
export { matrixNorm } from "./matrix-norm.ts";
export type { MatrixNormOptions, MatrixNormOrder } from "./matrix-norm.ts";
import type { QrMode } from "../tensor/ops/linear-systems.ts";
import type { QrFactors, SignAndLogarithm, TriangularOptions } from "../tensor/methods/linear-systems.ts";
import { rankLimits } from "../tensor/methods/spectra.ts";
import type { ComplexEigen, LeastSquares, RankOptions, RealEigen, SvdFactors } from "../tensor/methods/spectra.ts";
import { eye } from "../tensor/creation.ts";
import { ShapeError } from "../tensor/errors.ts";
import { requireSquare } from "../tensor/ops/linear-systems.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export type { ComplexEigen, LeastSquares, QrFactors, QrMode, RankOptions, RealEigen, SignAndLogarithm, SvdFactors, TriangularOptions };

/**
 * The inverse of each matrix [..., N, N], by LU with partial pivoting. To solve equations, `solve` is faster and more exact.
 * @throws LinearAlgebraError naming the first matrix that is singular; ShapeError unless matrices are square.
 */
export function inv(a: Tensor): Tensor {
  return requireTensor("inv", a).inv();
}

/**
 * The determinant of each matrix [..., N, N], of shape [...]. Its derivative holds for singular matrices too. Large matrices
 * overflow: `slogdet` does not.
 */
export function det(a: Tensor): Tensor {
  return requireTensor("det", a).det();
}

/** The sign (-1, 0, 1) of each matrix's determinant and the logarithm of its absolute value; of a singular one 0 and -Infinity. */
export function slogdet(a: Tensor): SignAndLogarithm {
  return requireTensor("slogdet", a).slogdet();
}

/**
 * The solution X of A X = B, for A [..., N, N] and B [..., N, K], or [N] or [..., N] for a single vector each; batches broadcast.
 * @throws LinearAlgebraError naming the first matrix that is singular.
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  return requireTensor("solve", a).solve(b);
}

/**
 * The solution X of T X = B for a triangular T [..., N, N] and B [..., N, K], of which only the named triangle is read. A zero on
 * the diagonal gives infinities.
 */
export function solveTriangular(t: Tensor, b: Tensor, options: TriangularOptions): Tensor {
  return requireTensor("solveTriangular", t).solveTriangular(b, options);
}

/**
 * The lower triangle L with L L' = A (the upper R with R' R = A where asked), of symmetric positive definite matrices [..., N, N]
 * whose lower (upper) triangle alone is read.
 * @throws LinearAlgebraError naming the first matrix that is not positive definite.
 */
export function cholesky(a: Tensor, options?: { upper?: boolean }): Tensor {
  return requireTensor("cholesky", a).cholesky(options);
}

/**
 * Q with orthonormal columns and an upper triangular R with Q R = A [..., M, N]. Mode "reduced": Q is [..., M, min(M, N)];
 * "complete": [..., M, M], without a derivative where M > N; "r": Q is not computed and comes back empty.
 * Signs are LAPACK's.
 */
export function qr(a: Tensor, options?: { mode?: QrMode }): QrFactors {
  return requireTensor("qr", a).qr(options);
}

/**
 * The eigenvalues [..., N] of symmetric matrices in increasing order, and their orthonormal eigenvectors as columns. Of A only
 * one triangle is read. The sign of an eigenvector is any, and the derivative of eigenvectors is infinite where two eigenvalues
 * are equal.
 * @throws LinearAlgebraError where a matrix holds NaN or infinity.
 */
export function eigh(a: Tensor, options?: { uplo?: "L" | "U" }): RealEigen {
  return requireTensor("eigh", a).eigh(options);
}

/** The eigenvalues of `eigh` alone. */
export function eigvalsh(a: Tensor, options?: { uplo?: "L" | "U" }): Tensor {
  return eigh(a, options).eigenvalues;
}

/**
 * The eigenvalues of any square matrices and their eigenvectors as columns, both complex: pairs `{real, imaginary}`. Of a pair of
 * conjugate eigenvalues that with positive imaginary part comes first. Eigenvectors have length 1, their largest element is
 * real; what is differentiated must not depend on that choice of phase.
 * @throws LinearAlgebraError where a matrix holds NaN or infinity.
 */
export function eig(a: Tensor): ComplexEigen {
  return requireTensor("eig", a).eig();
}

/**
 * U, the singular values [..., K] in decreasing order, and V' of A [..., M, N], K = min(M, N): U is [..., M, M] and V' [..., N, N],
 * or without `fullMatrices` [..., M, K] and [..., K, N]. Signs of the vectors are any, and their derivative is infinite where two
 * singular values are equal. Gradients of the columns that only full matrices have are ignored.
 * @throws LinearAlgebraError where a matrix holds NaN or infinity.
 */
export function svd(a: Tensor, options?: { fullMatrices?: boolean }): SvdFactors {
  return requireTensor("svd", a).svd(options);
}

/** The singular values of `svd` alone. */
export function svdvals(a: Tensor): Tensor {
  return svd(a, { fullMatrices: false }).s;
}

/** The pseudo-inverse of Moore and Penrose [..., N, M] of A [..., M, N], from its singular values. */
export function pinv(a: Tensor, options?: RankOptions): Tensor {
  return requireTensor("pinv", a).pinv(options);
}

/**
 * The shortest X of those that make the length of A X - B least, column by column, for A [..., M, N] of any rank and B [..., M, K]
 * (or vectors, as in `solve`). `rcond`, times the largest singular value, is where smaller ones count as 0.
 */
export function lstsq(a: Tensor, b: Tensor, options?: { rcond?: number }): LeastSquares {
  return requireTensor("lstsq", a).lstsq(b, options);
}

/** How many singular values of each matrix are more than the larger of `atol` and `rtol` times the largest: int32, [...]. */
export function matrixRank(a: Tensor, options: RankOptions = {}): Tensor {
  const limits = rankLimits("matrixRank", requireTensor("matrixRank", a), options);
  const values = svdvals(a.detach());
  if (values.shape.at(-1) === 0) return values.sum({ dim: -1 }).to("int32");
  const limit = values.slice(-1, 0, 1).mul(limits.relative).maximum(limits.absolute);
  return values.gt(limit).to("int32").sum({ dim: -1 });
}

/**
 * Each square matrix multiplied `power` times by itself, by repeated squaring; a negative power is that of the inverse.
 * @throws ShapeError when the power is not a whole number or the matrices are not square.
 */
export function matrixPower(a: Tensor, power: number): Tensor {
  requireSquare("matrixPower", requireTensor("matrixPower", a));
  if (!Number.isInteger(power)) throw new ShapeError(`matrixPower: ${power} is not a whole number`);
  if (power < 0) return matrixPower(inv(a), -power);
  if (power === 0) return eye(a.shape.at(-1)!, a.shape.at(-1)!, { dtype: a.dtype }).expand(a.shape).clone();
  let result: Tensor | undefined;
  let square = a;
  for (let rest = power; ; square = square.matmul(square)) {
    if (rest % 2 === 1) result = result === undefined ? square : result.matmul(square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result === a ? a.clone() : result!;
  }
}
