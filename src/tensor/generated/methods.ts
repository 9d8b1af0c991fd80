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
  /** The error function of each element, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to it. */
  erf(): Tensor;
  /** x times the probability that a normal number is below x (Hendrycks and Gimpel 2016); approximate: "tanh" is their closed form. */
  gelu(options?: { approximate?: "none" | "tanh" }): Tensor;
  /** Each element where it is positive, else `negativeSlope` (0.01) times it. */
  leakyRelu(options?: { negativeSlope?: number }): Tensor;
  /** Each element where it is positive, else alpha (exp(x) - 1); alpha is 1 (Clevert et al. 2015). */
  elu(options?: { alpha?: number }): Tensor;
  /** log(1 + exp(beta x)) / beta, a smooth relu; the element itself where beta x is above `threshold` (20). */
  softplus(options?: { beta?: number; threshold?: number }): Tensor;
  /** x / (1 + |x|). */
  softsign(): Tensor;
  /** The sigmoid as three straight lines: 0 up to -3, 1 from 3 on, x / 6 + 1/2 between. */
  hardSigmoid(): Tensor;
  /** The gradient where relu's result is positive, else 0. */
  reluBackward(result: Tensor): Tensor;
  /** The gradient times y (1 - y), for a sigmoid's result y. */
  sigmoidBackward(result: Tensor): Tensor;
  /** The gradient times 1 - y^2, for a hyperbolic tangent's result y. */
  tanhBackward(result: Tensor): Tensor;
  /** The gradient times gelu's derivative. */
  geluBackward(input: Tensor, byTanh: boolean): Tensor;
  /** The gradient where the input is positive, else the slope times it. */
  leakyReluBackward(input: Tensor, slope: number): Tensor;
  /** The gradient where the input is positive, else alpha exp(x) times it. */
  eluBackward(input: Tensor, alpha: number): Tensor;
  /** The gradient times sigmoid(beta x), or itself above the threshold. */
  softplusBackward(input: Tensor, beta: number, threshold: number): Tensor;
  /** The gradient divided by (1 + |x|)^2. */
  softsignBackward(input: Tensor): Tensor;
  /** A sixth of the gradient between -3 and 3, else 0. */
  hardSigmoidBackward(input: Tensor): Tensor;
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
  /** (softmax(scores) - onehot(labels)) times each row's gradient, or one for all, and a scale. */
  crossEntropyBackward(labels: Tensor, gradient: Tensor, scale?: number): Tensor;
  /** The difference of two tensors times one number, the gradient of their squared error, and a scale. */
  mseLossBackward(target: Tensor, gradient: Tensor, scale: number): Tensor;
  /** The elements at the given positions (int32, one-dimensional) of a dimension. */
  indexSelect(dim: number, index: Tensor): Tensor;
  /** For each position of the index, the element it names along a dimension. */
  gather(dim: number, index: Tensor): Tensor;
  /** Labels (int32) as rows with a single 1; float32, with one more dimension. */
  oneHot(classes: number): Tensor;
  /** For each value, how many elements of this tensor, sorted along its last dimension, come before it (int32): before equal ones, or after them with `right`. The tensor is a vector for all values, or has their leading sizes. */
  searchsorted(values: Tensor, options?: { right?: boolean }): Tensor;
  /** The indices of the elements that are not 0, in row-major order: int32, one row each. */
  nonzero(): Tensor;
  /** The running sum along a dimension, from the first element on, or from the last with `reverse`. */
  cumsum(dim: number, options?: { reverse?: boolean }): Tensor;
  /** The running product along a dimension. */
  cumprod(dim: number): Tensor;
}
