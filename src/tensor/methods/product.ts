/**
 * Products of vectors and matrices with PyTorch's rules for one-dimensional operands.
 */
import { callMultiple, callPlanned, toType } from "../dispatch.ts";
import { promote } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** The factors of a product that is added to something. */
export interface ScaleOptions {
  /** Of what it is added to, 1 when not given; with 0 that is not looked at, so a NaN in it does no harm. */
  beta?: number;
  /** Of the product, 1 when not given. */
  alpha?: number;
}

function requireMatrices(op: string, a: Tensor, b: Tensor, ranks: readonly [number, number], wanted: string): void {
  requireTensor(op, a);
  requireTensor(op, b);
  if (a.ndim !== ranks[0] || b.ndim !== ranks[1] || a.shape.at(-1) !== b.shape[Math.max(0, ranks[1] - 2)]) {
    const cure = a.ndim === ranks[0] && b.ndim === ranks[1] ? "their inner sizes must be equal" : "matmul takes other ranks";
    throw new ShapeError(`${op}: needs ${wanted}, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; ${cure}`);
  }
}

function scaledSum(op: string, base: Tensor, product: Tensor, { beta = 1, alpha = 1 }: ScaleOptions): Tensor {
  if (!sameShape(broadcastShapes(op, base.shape, product.shape), product.shape)) {
    throw new ShapeError(
      `${op}: a tensor of shape ${formatShape(base.shape)} does not broadcast to the product's ${formatShape(product.shape)}`,
    );
  }
  const scaled = alpha === 1 ? product : product.mul(alpha);
  if (beta === 0) return scaled;
  return scaled.add(beta === 1 ? base : base.mul(beta));
}

export interface ProductMethods {
  /**
   * Product of matrices. Two vectors give their scalar product; a vector counts as a row on the left and as a column on
   * the right; dimensions before the last two are batches and broadcast.
   */
  matmul(other: Tensor): Tensor;
  /** The product of two matrices, [N, K] and [K, M]; `matmul` takes vectors and batches too. */
  mm(other: Tensor): Tensor;
  /** The product of a matrix [N, K] and a vector [K]. */
  mv(vector: Tensor): Tensor;
  /** beta this + alpha (a b) for matrices a [N, K] and b [K, M]; this tensor broadcasts to [N, M]. */
  addmm(a: Tensor, b: Tensor, options?: ScaleOptions): Tensor;
  /** beta this + alpha (a b) for batches of matrices, a [B, N, K] and b [B, K, M]; this tensor broadcasts to [B, N, M]. */
  baddbmm(a: Tensor, b: Tensor, options?: ScaleOptions): Tensor;
  /** The gradient of an operand of matmul, of a given shape: a product summed over the batches to which it was broadcast. */
  matmulBackward(other: Tensor, shape: Shape): Tensor;
  /**
   * The gradients of a linear layer's weight and bias and, where the weight is given, of its input x [N, in]; this tensor is
   * the gradient of its result, [N, out].
   */
  linearBackward(x: Tensor, weight: Tensor | undefined): readonly Tensor[];
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

  mm(other) {
    requireMatrices("mm", this, other, [2, 2], "matrices [N, K] and [K, M]");
    return this.matmul(other);
  },

  mv(vector) {
    requireMatrices("mv", this, vector, [2, 1], "a matrix [N, K] and a vector [K]");
    return this.matmul(vector);
  },

  addmm(a, b, options = {}) {
    requireMatrices("addmm", a, b, [2, 2], "matrices [N, K] and [K, M]");
    return scaledSum("addmm", this, a.matmul(b), options);
  },

  baddbmm(a, b, options = {}) {
    requireMatrices("baddbmm", a, b, [3, 3], "batches of matrices [B, N, K] and [B, K, M]");
    return scaledSum("baddbmm", this, a.bmm(b), options);
  },

  linearBackward(x, weight) {
    return callMultiple(ops.linearBackward, ops.linearBackward.plan(this, x, weight));
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
