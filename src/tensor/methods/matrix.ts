/**
 * Diagonals, and the products that insist on the rank of their operands, so that a forgotten dimension is an error where
 * `matmul` would make sense of it.
 */
import { ShapeError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

export interface MatrixMethods {
  /**
   * The diagonal of a matrix as a vector, or the square matrix with a vector on its diagonal: 0 is the main diagonal, 1
   * the one above it, -1 the one below.
   */
  diag(options?: { diagonal?: number }): Tensor;
  /** The sum of a matrix's diagonal. */
  trace(): Tensor;
  /** The products of each element of a vector with each of another: a matrix. */
  outer(other: Tensor): Tensor;
  /** The scalar product of two vectors of equal length. */
  dot(other: Tensor): Tensor;
  /** The product of each matrix of a batch, shape [B, N, K], with its partner in another, shape [B, K, M]. */
  bmm(other: Tensor): Tensor;
}

/** Where a diagonal lies in the row-major elements of a matrix: the arguments of a slice. */
function diagonalSlice(rows: number, columns: number, diagonal: number): [start: number, end: number, step: number] {
  const length = Math.min(rows + Math.min(diagonal, 0), columns - Math.max(diagonal, 0));
  const start = diagonal >= 0 ? diagonal : -diagonal * columns;
  return length <= 0 ? [0, 0, 1] : [start, start + (length - 1) * (columns + 1) + 1, columns + 1];
}

function diagonalOf(op: string, self: Tensor, diagonal: number): Tensor {
  if (self.ndim !== 2) throw new ShapeError(`${op}: needs a matrix, got shape ${formatShape(self.shape)}`);
  return self.flatten().slice(0, ...diagonalSlice(self.shape[0]!, self.shape[1]!, diagonal));
}

function requireRanks(op: string, self: Tensor, other: Tensor, rank: number, wanted: string): void {
  if (requireTensor(op, other).ndim !== rank || self.ndim !== rank) {
    throw new ShapeError(
      `${op}: needs ${wanted}, got shapes ${formatShape(self.shape)} and ${formatShape(other.shape)}; matmul takes others too`,
    );
  }
}

export const matrixMethods: MatrixMethods & ThisType<Tensor> = {
  diag({ diagonal = 0 } = {}) {
    if (!Number.isInteger(diagonal)) throw new ShapeError(`diag: diagonal ${diagonal} is not a whole number`);
    if (this.ndim !== 1) return diagonalOf("diag", this, diagonal).clone();
    const size = this.shape[0]! + Math.abs(diagonal);
    return this.sliceBackward([size * size], 0, ...diagonalSlice(size, size, diagonal)).reshape([size, size]);
  },

  trace() {
    return diagonalOf("trace", this, 0).sum();
  },

  outer(other) {
    requireRanks("outer", this, other, 1, "two vectors");
    return this.unsqueeze(1).mul(other);
  },

  dot(other) {
    requireRanks("dot", this, other, 1, "two vectors");
    if (this.shape[0] !== other.shape[0]) {
      throw new ShapeError(`dot: vectors of ${this.shape[0]} and ${other.shape[0]} elements; they must be equally long`);
    }
    return this.matmul(other);
  },

  bmm(other) {
    requireRanks("bmm", this, other, 3, "two batches of matrices, [B, N, K] and [B, K, M]");
    if (this.shape[0] !== other.shape[0] || this.shape[2] !== other.shape[1]) {
      throw new ShapeError(
        `bmm: ${formatShape(this.shape)} times ${formatShape(other.shape)}: needs [B, N, K] and [B, K, M] with equal B and K`,
      );
    }
    return this.matmul(other);
  },
};
