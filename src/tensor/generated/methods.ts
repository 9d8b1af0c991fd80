/**
 * Written by `npm run generate` from src/tensor/ops.ts; do not edit.
 * The methods that rows of the table give every tensor.
 */
import type { ReductionOptions } from "../dispatch.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface OpMethods {
  /** Sum of two operands, element by element. */
  add(other: TensorLike): Tensor;
  /** Difference of two operands, element by element. */
  sub(other: TensorLike): Tensor;
  /** Product of two operands, element by element. */
  mul(other: TensorLike): Tensor;
  /** Quotient of two operands, element by element; whole numbers give fractions. */
  div(other: TensorLike): Tensor;
  /** The first operand raised to the second, element by element. */
  pow(other: TensorLike): Tensor;
  /** The larger of two operands, element by element; NaN where either is. */
  maximum(other: TensorLike): Tensor;
  /** The smaller of two operands, element by element; NaN where either is. */
  minimum(other: TensorLike): Tensor;
  /** True where two operands are equal. */
  eq(other: TensorLike): Tensor;
  /** True where two operands differ. */
  ne(other: TensorLike): Tensor;
  /** True where the first operand is smaller. */
  lt(other: TensorLike): Tensor;
  /** True where the first operand is smaller or equal. */
  le(other: TensorLike): Tensor;
  /** True where the first operand is larger. */
  gt(other: TensorLike): Tensor;
  /** True where the first operand is larger or equal. */
  ge(other: TensorLike): Tensor;
  /** True where both operands are not 0. */
  logicalAnd(other: TensorLike): Tensor;
  /** True where at least one operand is not 0. */
  logicalOr(other: TensorLike): Tensor;
  /** True where the operand is 0. */
  logicalNot(): Tensor;
  /** The negative of each element. */
  neg(): Tensor;
  /** The absolute value of each element. */
  abs(): Tensor;
  /** -1, 0 or 1, as each element is negative, 0 or positive. */
  sign(): Tensor;
  /** e to the power of each element. */
  exp(): Tensor;
  /** The natural logarithm of each element. */
  log(): Tensor;
  /** log(1 + x), exact for small x. */
  log1p(): Tensor;
  /** exp(x) - 1, exact for small x. */
  expm1(): Tensor;
  /** The square root of each element. */
  sqrt(): Tensor;
  /** One over the square root of each element. */
  rsqrt(): Tensor;
  /** One over each element. */
  reciprocal(): Tensor;
  /** Each element times itself. */
  square(): Tensor;
  /** The sine of each element, in radians. */
  sin(): Tensor;
  /** The cosine of each element, in radians. */
  cos(): Tensor;
  /** The hyperbolic tangent of each element. */
  tanh(): Tensor;
  /** 1 / (1 + exp(-x)) of each element. */
  sigmoid(): Tensor;
  /** Each element where it is positive, else 0. */
  relu(): Tensor;
  /** The largest whole number that is not above each element. */
  floor(): Tensor;
  /** The smallest whole number that is not below each element. */
  ceil(): Tensor;
  /** The nearest whole number; halves go to the even one. */
  round(): Tensor;
  /** Each element brought into the interval from `min` to `max`; either may be left out. */
  clamp(limits: { min?: number; max?: number }): Tensor;
  /** Sum over the given dimensions, or over all. */
  sum(options?: ReductionOptions): Tensor;
  /** Mean over the given dimensions, or over all. */
  mean(options?: ReductionOptions): Tensor;
  /** Product over the given dimensions, or over all. */
  prod(options?: ReductionOptions): Tensor;
  /** Position of the largest element along a dimension, or in all. */
  argmax(options?: ReductionOptions): Tensor;
  /** Position of the smallest element along a dimension, or in all. */
  argmin(options?: ReductionOptions): Tensor;
  /** True where at least one element is not 0. */
  any(options?: ReductionOptions): Tensor;
  /** True where no element is 0. */
  all(options?: ReductionOptions): Tensor;
  /** exp(x) / sum(exp(x)) along a dimension: scores made probabilities. */
  softmax(dim: number): Tensor;
  /** The logarithm of softmax along a dimension, computed without overflow. */
  logSoftmax(dim: number): Tensor;
  /** (softmax(scores) - onehot(labels)) times each row's gradient. */
  crossEntropyBackward(labels: Tensor, gradient: Tensor): Tensor;
  /** The elements at the given positions (int32, one-dimensional) of a dimension. */
  indexSelect(dim: number, index: Tensor): Tensor;
  /** For each position of the index, the element it names along a dimension. */
  gather(dim: number, index: Tensor): Tensor;
  /** Labels (int32) as rows with a single 1; float32, with one more dimension. */
  oneHot(classes: number): Tensor;
}
