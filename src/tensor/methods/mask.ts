/**
 * Elements replaced where a mask says so: a mask of the caller's, or one of the two triangles of a matrix.
 */
import { arange } from "../creation.ts";
import { toType } from "../dispatch.ts";
import { isFloating } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** Where a triangle ends. */
export interface TriangleOptions {
  /** 0 is the main diagonal, 1 the one above it, -1 the one below. */
  diagonal?: number;
}

export interface MaskMethods {
  /** The tensor with one value (a number or a scalar tensor) wherever the mask, which broadcasts, is true. */
  maskedFill(mask: Tensor, value: TensorLike): Tensor;
  /** The lower triangle of a matrix, or of each in a batch: 0 above the diagonal. */
  tril(options?: TriangleOptions): Tensor;
  /** The upper triangle of a matrix, or of each in a batch: 0 below the diagonal. */
  triu(options?: TriangleOptions): Tensor;
}

/** Rows as a column and columns as a row, the columns numbered so that the diagonal is where both are equal. */
function triangle(op: "tril" | "triu", self: Tensor, diagonal: number): Tensor {
  if (self.ndim < 2) throw new ShapeError(`${op}: needs at least two dimensions, got shape ${formatShape(self.shape)}`);
  if (!Number.isInteger(diagonal)) throw new ShapeError(`${op}: diagonal ${diagonal} is not a whole number`);
  const [rows, columns] = self.shape.slice(-2) as [number, number];
  const { device } = self;
  const row = arange(0, rows, 1, { device }).unsqueeze(1);
  const column = arange(-diagonal, columns - diagonal, 1, { device });
  return toType(self.where(op === "tril" ? row.ge(column) : row.le(column), 0), self.dtype);
}

export const maskMethods: MaskMethods & ThisType<Tensor> = {
  maskedFill(mask, value) {
    if (requireTensor("maskedFill", mask).dtype !== "bool") {
      throw new DTypeError(`maskedFill: the mask must be bool, got ${mask.dtype}; compare first, as in x.gt(0)`);
    }
    if (typeof value !== "number" && requireTensor("maskedFill", value).ndim !== 0) {
      throw new ShapeError(
        `maskedFill: the value must be a number or a scalar, got shape ${formatShape(value.shape)}; write where(mask, value, x)`,
      );
    }
    const fraction = typeof value === "number" ? !Number.isInteger(value) : isFloating(value.dtype);
    if (fraction && !isFloating(this.dtype)) {
      throw new DTypeError(`maskedFill: a tensor of ${this.dtype} cannot hold a fraction; convert with .to("float32") first`);
    }
    return toType(this.where(mask.logicalNot(), value), this.dtype);
  },

  tril({ diagonal = 0 } = {}) {
    return triangle("tril", this, diagonal);
  },

  triu({ diagonal = 0 } = {}) {
    return triangle("triu", this, diagonal);
  },
};
