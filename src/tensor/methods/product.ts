/**
 * Products of vectors and matrices with PyTorch's rules for one-dimensional operands.
 */
import { callPlanned, toType } from "../dispatch.ts";
import { promote } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

export interface ProductMethods {
  /**
   * Product of matrices. Two vectors give their scalar product; a vector counts as a row on the left and as a column on
   * the right; dimensions before the last two are batches and broadcast.
   */
  matmul(other: Tensor): Tensor;
  /** The gradient of an operand of matmul, of a given shape: a product summed over the batches to which it was broadcast. */
  matmulBackward(other: Tensor, shape: Shape): Tensor;
}

export const productMethods: ProductMethods & ThisType<Tensor> = {
  matmul(other) {
    requireTensor("matmul", other);
    if (this.ndim === 0 || other.ndim === 0) {
      throw new ShapeError(
        `matmul: ${formatShape(this.shape)} times ${formatShape(other.shape)}: a scalar is no matrix; write mul`,
      );
    }
    const dtype = promote(this.dtype, other.dtype);
    const left = toType(this.ndim === 1 ? this.unsqueeze(0) : this, dtype);
    const right = toType(other.ndim === 1 ? other.unsqueeze(1) : other, dtype);
    const product = callPlanned(ops.matmul, ops.matmul.plan(left, right));
    if (this.ndim > 1 && other.ndim > 1) return product;
    const dropped = product.shape.filter((_, d) => {
      if (this.ndim === 1 && d === product.ndim - 2) return false;
      return !(other.ndim === 1 && d === product.ndim - 1);
    });
    return product.reshape(dropped);
  },

  matmulBackward(other, shape) {
    const batch = broadcastShapes("matmul", this.shape.slice(0, -2), other.shape.slice(0, -2));
    const extra = batch.length + 2 - shape.length;
    const summed = batch.flatMap((size, d) => (size !== 1 && (d < extra || shape[d - extra] === 1) ? [d] : []));
    const product = callPlanned(ops.matmul, ops.matmul.plan(this, other, summed));
    const own = extra === 0 ? product : product.reshape(product.shape.slice(extra));
    // Where this product was summed over its batches itself, one value is the gradient of all of them.
    return sameShape(own.shape, shape) ? own : own.expand(shape);
  },
};
