/**
 * Written by `npm run generate` from src/tensor/ops.ts; do not edit.
 * Every method of a tensor as a function of the module: `matmul(a, b)` beside `a.matmul(b)`.
 */
import { callBinary } from "../dispatch.ts";
import { ops } from "../ops.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** Sum of two operands, element by element. */
export function add(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.add, a, b);
}

/** Difference of two operands, element by element. */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.sub, a, b);
}

/** Product of two operands, element by element. */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.mul, a, b);
}

/** Quotient of two operands, element by element; whole numbers give fractions. */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.div, a, b);
}

/** The first operand raised to the second, element by element. */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.pow, a, b);
}

/** The larger of two operands, element by element; NaN where either is. */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.maximum, a, b);
}

/** The smaller of two operands, element by element; NaN where either is. */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.minimum, a, b);
}

/** True where two operands are equal. */
export function eq(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.eq, a, b);
}

/** True where two operands differ. */
export function ne(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.ne, a, b);
}

/** True where the first operand is smaller. */
export function lt(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.lt, a, b);
}

/** True where the first operand is smaller or equal. */
export function le(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.le, a, b);
}

/** True where the first operand is larger. */
export function gt(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.gt, a, b);
}

/** True where the first operand is larger or equal. */
export function ge(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.ge, a, b);
}

/** True where both operands are not 0. */
export function logicalAnd(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.logicalAnd, a, b);
}

/** True where at least one operand is not 0. */
export function logicalOr(a: TensorLike, b: TensorLike): Tensor {
  return callBinary(ops.logicalOr, a, b);
}

/** True where the operand is 0. */
export function logicalNot(self: Tensor, ...rest: Parameters<Tensor["logicalNot"]>): ReturnType<Tensor["logicalNot"]> {
  return requireTensor("logicalNot", self).logicalNot(...rest);
}

/** The negative of each element. */
export function neg(self: Tensor, ...rest: Parameters<Tensor["neg"]>): ReturnType<Tensor["neg"]> {
  return requireTensor("neg", self).neg(...rest);
}

/** The absolute value of each element. */
export function abs(self: Tensor, ...rest: Parameters<Tensor["abs"]>): ReturnType<Tensor["abs"]> {
  return requireTensor("abs", self).abs(...rest);
}

/** -1, 0 or 1, as each element is negative, 0 or positive. */
export function sign(self: Tensor, ...rest: Parameters<Tensor["sign"]>): ReturnType<Tensor["sign"]> {
  return requireTensor("sign", self).sign(...rest);
}

/** e to the power of each element. */
export function exp(self: Tensor, ...rest: Parameters<Tensor["exp"]>): ReturnType<Tensor["exp"]> {
  return requireTensor("exp", self).exp(...rest);
}

/** The natural logarithm of each element. */
export function log(self: Tensor, ...rest: Parameters<Tensor["log"]>): ReturnType<Tensor["log"]> {
  return requireTensor("log", self).log(...rest);
}

/** log(1 + x), exact for small x. */
export function log1p(self: Tensor, ...rest: Parameters<Tensor["log1p"]>): ReturnType<Tensor["log1p"]> {
  return requireTensor("log1p", self).log1p(...rest);
}

/** exp(x) - 1, exact for small x. */
export function expm1(self: Tensor, ...rest: Parameters<Tensor["expm1"]>): ReturnType<Tensor["expm1"]> {
  return requireTensor("expm1", self).expm1(...rest);
}

/** The square root of each element. */
export function sqrt(self: Tensor, ...rest: Parameters<Tensor["sqrt"]>): ReturnType<Tensor["sqrt"]> {
  return requireTensor("sqrt", self).sqrt(...rest);
}

/** One over the square root of each element. */
export function rsqrt(self: Tensor, ...rest: Parameters<Tensor["rsqrt"]>): ReturnType<Tensor["rsqrt"]> {
  return requireTensor("rsqrt", self).rsqrt(...rest);
}

/** One over each element. */
export function reciprocal(self: Tensor, ...rest: Parameters<Tensor["reciprocal"]>): ReturnType<Tensor["reciprocal"]> {
  return requireTensor("reciprocal", self).reciprocal(...rest);
}

/** Each element times itself. */
export function square(self: Tensor, ...rest: Parameters<Tensor["square"]>): ReturnType<Tensor["square"]> {
  return requireTensor("square", self).square(...rest);
}

/** The sine of each element, in radians. */
export function sin(self: Tensor, ...rest: Parameters<Tensor["sin"]>): ReturnType<Tensor["sin"]> {
  return requireTensor("sin", self).sin(...rest);
}

/** The cosine of each element, in radians. */
export function cos(self: Tensor, ...rest: Parameters<Tensor["cos"]>): ReturnType<Tensor["cos"]> {
  return requireTensor("cos", self).cos(...rest);
}

/** The hyperbolic tangent of each element. */
export function tanh(self: Tensor, ...rest: Parameters<Tensor["tanh"]>): ReturnType<Tensor["tanh"]> {
  return requireTensor("tanh", self).tanh(...rest);
}

/** 1 / (1 + exp(-x)) of each element. */
export function sigmoid(self: Tensor, ...rest: Parameters<Tensor["sigmoid"]>): ReturnType<Tensor["sigmoid"]> {
  return requireTensor("sigmoid", self).sigmoid(...rest);
}

/** Each element where it is positive, else 0. */
export function relu(self: Tensor, ...rest: Parameters<Tensor["relu"]>): ReturnType<Tensor["relu"]> {
  return requireTensor("relu", self).relu(...rest);
}

/** The largest whole number that is not above each element. */
export function floor(self: Tensor, ...rest: Parameters<Tensor["floor"]>): ReturnType<Tensor["floor"]> {
  return requireTensor("floor", self).floor(...rest);
}

/** The smallest whole number that is not below each element. */
export function ceil(self: Tensor, ...rest: Parameters<Tensor["ceil"]>): ReturnType<Tensor["ceil"]> {
  return requireTensor("ceil", self).ceil(...rest);
}

/** The nearest whole number; halves go to the even one. */
export function round(self: Tensor, ...rest: Parameters<Tensor["round"]>): ReturnType<Tensor["round"]> {
  return requireTensor("round", self).round(...rest);
}

/** Each element brought into the interval from `min` to `max`; either may be left out. */
export function clamp(self: Tensor, ...rest: Parameters<Tensor["clamp"]>): ReturnType<Tensor["clamp"]> {
  return requireTensor("clamp", self).clamp(...rest);
}

/** Sum over the given dimensions, or over all. */
export function sum(self: Tensor, ...rest: Parameters<Tensor["sum"]>): ReturnType<Tensor["sum"]> {
  return requireTensor("sum", self).sum(...rest);
}

/** Mean over the given dimensions, or over all. */
export function mean(self: Tensor, ...rest: Parameters<Tensor["mean"]>): ReturnType<Tensor["mean"]> {
  return requireTensor("mean", self).mean(...rest);
}

/** Product over the given dimensions, or over all. */
export function prod(self: Tensor, ...rest: Parameters<Tensor["prod"]>): ReturnType<Tensor["prod"]> {
  return requireTensor("prod", self).prod(...rest);
}

/** Position of the largest element along a dimension, or in all. */
export function argmax(self: Tensor, ...rest: Parameters<Tensor["argmax"]>): ReturnType<Tensor["argmax"]> {
  return requireTensor("argmax", self).argmax(...rest);
}

/** Position of the smallest element along a dimension, or in all. */
export function argmin(self: Tensor, ...rest: Parameters<Tensor["argmin"]>): ReturnType<Tensor["argmin"]> {
  return requireTensor("argmin", self).argmin(...rest);
}

/** True where at least one element is not 0. */
export function any(self: Tensor, ...rest: Parameters<Tensor["any"]>): ReturnType<Tensor["any"]> {
  return requireTensor("any", self).any(...rest);
}

/** True where no element is 0. */
export function all(self: Tensor, ...rest: Parameters<Tensor["all"]>): ReturnType<Tensor["all"]> {
  return requireTensor("all", self).all(...rest);
}

/** exp(x) / sum(exp(x)) along a dimension: scores made probabilities. */
export function softmax(self: Tensor, ...rest: Parameters<Tensor["softmax"]>): ReturnType<Tensor["softmax"]> {
  return requireTensor("softmax", self).softmax(...rest);
}

/** The logarithm of softmax along a dimension, computed without overflow. */
export function logSoftmax(self: Tensor, ...rest: Parameters<Tensor["logSoftmax"]>): ReturnType<Tensor["logSoftmax"]> {
  return requireTensor("logSoftmax", self).logSoftmax(...rest);
}

/** The elements at the given positions (int32, one-dimensional) of a dimension. */
export function indexSelect(self: Tensor, ...rest: Parameters<Tensor["indexSelect"]>): ReturnType<Tensor["indexSelect"]> {
  return requireTensor("indexSelect", self).indexSelect(...rest);
}

/** For each position of the index, the element it names along a dimension. */
export function gather(self: Tensor, ...rest: Parameters<Tensor["gather"]>): ReturnType<Tensor["gather"]> {
  return requireTensor("gather", self).gather(...rest);
}

/** Labels (int32) as rows with a single 1; float32, with one more dimension. */
export function oneHot(self: Tensor, ...rest: Parameters<Tensor["oneHot"]>): ReturnType<Tensor["oneHot"]> {
  return requireTensor("oneHot", self).oneHot(...rest);
}

/** Each element where it is positive, else `negativeSlope` (0.01) times it. */
export function leakyRelu(self: Tensor, ...rest: Parameters<Tensor["leakyRelu"]>): ReturnType<Tensor["leakyRelu"]> {
  return requireTensor("leakyRelu", self).leakyRelu(...rest);
}

/** Each element where it is positive, else alpha (exp(x) - 1); alpha is 1 (Clevert et al. 2015). */
export function elu(self: Tensor, ...rest: Parameters<Tensor["elu"]>): ReturnType<Tensor["elu"]> {
  return requireTensor("elu", self).elu(...rest);
}

/** log(1 + exp(beta x)) / beta, a smooth relu; the element itself where beta x is above `threshold` (20). */
export function softplus(self: Tensor, ...rest: Parameters<Tensor["softplus"]>): ReturnType<Tensor["softplus"]> {
  return requireTensor("softplus", self).softplus(...rest);
}

/** x / (1 + |x|). */
export function softsign(self: Tensor, ...rest: Parameters<Tensor["softsign"]>): ReturnType<Tensor["softsign"]> {
  return requireTensor("softsign", self).softsign(...rest);
}

/** The sigmoid as three straight lines: 0 up to -3, 1 from 3 on, x / 6 + 1/2 between. */
export function hardSigmoid(self: Tensor, ...rest: Parameters<Tensor["hardSigmoid"]>): ReturnType<Tensor["hardSigmoid"]> {
  return requireTensor("hardSigmoid", self).hardSigmoid(...rest);
}

/** The elements of the given dimensions in reverse order. */
export function flip(self: Tensor, ...rest: Parameters<Tensor["flip"]>): ReturnType<Tensor["flip"]> {
  return requireTensor("flip", self).flip(...rest);
}

/**
 * The elements moved by `shifts` places towards the end of `dims`; what leaves at the end comes in at the front. Without
 * `dims` the tensor is treated as one row of elements.
 */
export function roll(self: Tensor, ...rest: Parameters<Tensor["roll"]>): ReturnType<Tensor["roll"]> {
  return requireTensor("roll", self).roll(...rest);
}

/** The tensor repeated this many times in each dimension; more counts than dimensions add dimensions in front. */
export function repeat(self: Tensor, ...rest: Parameters<Tensor["repeat"]>): ReturnType<Tensor["repeat"]> {
  return requireTensor("repeat", self).repeat(...rest);
}

/** Like `repeat`, but counts missing in front are 1. */
export function tile(self: Tensor, ...rest: Parameters<Tensor["tile"]>): ReturnType<Tensor["tile"]> {
  return requireTensor("tile", self).tile(...rest);
}

/**
 * The tensor with a border of one value. `padding` counts from the last dimension: `[left, right]` of it, then before
 * and after of the one before, and so on; negative numbers cut off.
 */
export function pad(self: Tensor, ...rest: Parameters<Tensor["pad"]>): ReturnType<Tensor["pad"]> {
  return requireTensor("pad", self).pad(...rest);
}

/** True where an element is NaN. */
export function isnan(self: Tensor, ...rest: Parameters<Tensor["isnan"]>): ReturnType<Tensor["isnan"]> {
  return requireTensor("isnan", self).isnan(...rest);
}

/** True where an element is Infinity or -Infinity. */
export function isinf(self: Tensor, ...rest: Parameters<Tensor["isinf"]>): ReturnType<Tensor["isinf"]> {
  return requireTensor("isinf", self).isinf(...rest);
}

/** True where an element is neither NaN nor infinite. */
export function isfinite(self: Tensor, ...rest: Parameters<Tensor["isfinite"]>): ReturnType<Tensor["isfinite"]> {
  return requireTensor("isfinite", self).isfinite(...rest);
}

/** Whether both have the same shape and the same elements. */
export function equal(self: Tensor, ...rest: Parameters<Tensor["equal"]>): ReturnType<Tensor["equal"]> {
  return requireTensor("equal", self).equal(...rest);
}

/** Whether all elements are within a tolerance of the other tensor's; the two broadcast. */
export function allclose(self: Tensor, ...rest: Parameters<Tensor["allclose"]>): ReturnType<Tensor["allclose"]> {
  return requireTensor("allclose", self).allclose(...rest);
}

/** The tensor with another element type, or on another device; itself when it has both already. */
export function to(self: Tensor, ...rest: Parameters<Tensor["to"]>): ReturnType<Tensor["to"]> {
  return requireTensor("to", self).to(...rest);
}

/** The tensor in row-major order without gaps; itself when it is so already. */
export function contiguous(self: Tensor, ...rest: Parameters<Tensor["contiguous"]>): ReturnType<Tensor["contiguous"]> {
  return requireTensor("contiguous", self).contiguous(...rest);
}

/** A copy with memory of its own, recorded for differentiation. */
export function clone(self: Tensor, ...rest: Parameters<Tensor["clone"]>): ReturnType<Tensor["clone"]> {
  return requireTensor("clone", self).clone(...rest);
}

/** Zeros of a shape, with this tensor's type. */
export function newZeros(self: Tensor, ...rest: Parameters<Tensor["newZeros"]>): ReturnType<Tensor["newZeros"]> {
  return requireTensor("newZeros", self).newZeros(...rest);
}

/** The same memory outside the graph: no gradient flows through it. */
export function detach(self: Tensor, ...rest: Parameters<Tensor["detach"]>): ReturnType<Tensor["detach"]> {
  return requireTensor("detach", self).detach(...rest);
}

/** Summed over the dimensions that broadcasting had stretched, back to a smaller shape. */
export function sumTo(self: Tensor, ...rest: Parameters<Tensor["sumTo"]>): ReturnType<Tensor["sumTo"]> {
  return requireTensor("sumTo", self).sumTo(...rest);
}

/** The part of the tensor that an index names, as a view: `x.at(0)`, `x.at(":", "1:3")`. */
export function at(self: Tensor, ...rest: Parameters<Tensor["at"]>): ReturnType<Tensor["at"]> {
  return requireTensor("at", self).at(...rest);
}

/** Overwrites the part that an index names; the value broadcasts: `x.set(0, ":", 1.5)`. The value comes last. */
export function set(self: Tensor, ...rest: Parameters<Tensor["set"]>): ReturnType<Tensor["set"]> {
  return requireTensor("set", self).set(...rest);
}

/**
 * Views of consecutive pieces of a dimension: of one size each (the last may be smaller), or of the listed sizes, which
 * must add up to the dimension's.
 */
export function split(self: Tensor, ...rest: Parameters<Tensor["split"]>): ReturnType<Tensor["split"]> {
  return requireTensor("split", self).split(...rest);
}

/** Views of at most `count` consecutive pieces of a dimension, equal but for the last, which may be smaller. */
export function chunk(self: Tensor, ...rest: Parameters<Tensor["chunk"]>): ReturnType<Tensor["chunk"]> {
  return requireTensor("chunk", self).chunk(...rest);
}

/** The tensor with one value (a number or a scalar tensor) wherever the mask, which broadcasts, is true. */
export function maskedFill(self: Tensor, ...rest: Parameters<Tensor["maskedFill"]>): ReturnType<Tensor["maskedFill"]> {
  return requireTensor("maskedFill", self).maskedFill(...rest);
}

/** The lower triangle of a matrix, or of each in a batch: 0 above the diagonal. */
export function tril(self: Tensor, ...rest: Parameters<Tensor["tril"]>): ReturnType<Tensor["tril"]> {
  return requireTensor("tril", self).tril(...rest);
}

/** The upper triangle of a matrix, or of each in a batch: 0 below the diagonal. */
export function triu(self: Tensor, ...rest: Parameters<Tensor["triu"]>): ReturnType<Tensor["triu"]> {
  return requireTensor("triu", self).triu(...rest);
}

/**
 * The diagonal of a matrix as a vector, or the square matrix with a vector on its diagonal: 0 is the main diagonal, 1
 * the one above it, -1 the one below.
 */
export function diag(self: Tensor, ...rest: Parameters<Tensor["diag"]>): ReturnType<Tensor["diag"]> {
  return requireTensor("diag", self).diag(...rest);
}

/** The sum of a matrix's diagonal. */
export function trace(self: Tensor, ...rest: Parameters<Tensor["trace"]>): ReturnType<Tensor["trace"]> {
  return requireTensor("trace", self).trace(...rest);
}

/** The products of each element of a vector with each of another: a matrix. */
export function outer(self: Tensor, ...rest: Parameters<Tensor["outer"]>): ReturnType<Tensor["outer"]> {
  return requireTensor("outer", self).outer(...rest);
}

/** The scalar product of two vectors of equal length. */
export function dot(self: Tensor, ...rest: Parameters<Tensor["dot"]>): ReturnType<Tensor["dot"]> {
  return requireTensor("dot", self).dot(...rest);
}

/** The product of each matrix of a batch, shape [B, N, K], with its partner in another, shape [B, K, M]. */
export function bmm(self: Tensor, ...rest: Parameters<Tensor["bmm"]>): ReturnType<Tensor["bmm"]> {
  return requireTensor("bmm", self).bmm(...rest);
}

/** The length of the vector that the elements of the given dimensions, or all elements, make up. */
export function norm(self: Tensor, ...rest: Parameters<Tensor["norm"]>): ReturnType<Tensor["norm"]> {
  return requireTensor("norm", self).norm(...rest);
}

/** log(sum(exp(x))) over one dimension or several, computed without overflow. */
export function logsumexp(self: Tensor, ...rest: Parameters<Tensor["logsumexp"]>): ReturnType<Tensor["logsumexp"]> {
  return requireTensor("logsumexp", self).logsumexp(...rest);
}

/**
 * Product of matrices. Two vectors give their scalar product; a vector counts as a row on the left and as a column on
 * the right; dimensions before the last two are batches and broadcast.
 */
export function matmul(self: Tensor, ...rest: Parameters<Tensor["matmul"]>): ReturnType<Tensor["matmul"]> {
  return requireTensor("matmul", self).matmul(...rest);
}

/** The largest elements over the given dimensions; equal ones share the gradient. */
export function amax(self: Tensor, ...rest: Parameters<Tensor["amax"]>): ReturnType<Tensor["amax"]> {
  return requireTensor("amax", self).amax(...rest);
}

/** The smallest elements over the given dimensions; equal ones share the gradient. */
export function amin(self: Tensor, ...rest: Parameters<Tensor["amin"]>): ReturnType<Tensor["amin"]> {
  return requireTensor("amin", self).amin(...rest);
}

/** Standard deviation over the given dimensions, or over all. */
export function std(self: Tensor, ...rest: Parameters<Tensor["std"]>): ReturnType<Tensor["std"]> {
  return requireTensor("std", self).std(...rest);
}

/**
 * The same elements in row-major order under a new shape; one size may be -1 and is worked out. Shares memory where the
 * strides allow it, else copies.
 */
export function reshape(self: Tensor, ...rest: Parameters<Tensor["reshape"]>): ReturnType<Tensor["reshape"]> {
  return requireTensor("reshape", self).reshape(...rest);
}

/** Like `reshape`, but never copies. @throws ShapeError where it would have to. */
export function view(self: Tensor, ...rest: Parameters<Tensor["view"]>): ReturnType<Tensor["view"]> {
  return requireTensor("view", self).view(...rest);
}

/** The dimensions in another order. */
export function permute(self: Tensor, ...rest: Parameters<Tensor["permute"]>): ReturnType<Tensor["permute"]> {
  return requireTensor("permute", self).permute(...rest);
}

/** Two dimensions exchanged. */
export function transpose(self: Tensor, ...rest: Parameters<Tensor["transpose"]>): ReturnType<Tensor["transpose"]> {
  return requireTensor("transpose", self).transpose(...rest);
}

/** The transpose of a matrix (of a vector or scalar: itself). */
export function t(self: Tensor, ...rest: Parameters<Tensor["t"]>): ReturnType<Tensor["t"]> {
  return requireTensor("t", self).t(...rest);
}

/** Drops dimensions of size 1: the given one, or all. */
export function squeeze(self: Tensor, ...rest: Parameters<Tensor["squeeze"]>): ReturnType<Tensor["squeeze"]> {
  return requireTensor("squeeze", self).squeeze(...rest);
}

/** Inserts a dimension of size 1. */
export function unsqueeze(self: Tensor, ...rest: Parameters<Tensor["unsqueeze"]>): ReturnType<Tensor["unsqueeze"]> {
  return requireTensor("unsqueeze", self).unsqueeze(...rest);
}

/** Dimensions from `start` to `end` joined into one. */
export function flatten(self: Tensor, ...rest: Parameters<Tensor["flatten"]>): ReturnType<Tensor["flatten"]> {
  return requireTensor("flatten", self).flatten(...rest);
}

/** Dimensions of size 1 stretched to the given sizes without copying; -1 keeps a size. */
export function expand(self: Tensor, ...rest: Parameters<Tensor["expand"]>): ReturnType<Tensor["expand"]> {
  return requireTensor("expand", self).expand(...rest);
}

/** The part `start`, ..., `end - 1` of a dimension, every `step`-th element. Ends outside the range are cut off. */
export function slice(self: Tensor, ...rest: Parameters<Tensor["slice"]>): ReturnType<Tensor["slice"]> {
  return requireTensor("slice", self).slice(...rest);
}

/** `length` elements of a dimension from `start` on. */
export function narrow(self: Tensor, ...rest: Parameters<Tensor["narrow"]>): ReturnType<Tensor["narrow"]> {
  return requireTensor("narrow", self).narrow(...rest);
}

/** One position of a dimension, which is dropped. */
export function select(self: Tensor, ...rest: Parameters<Tensor["select"]>): ReturnType<Tensor["select"]> {
  return requireTensor("select", self).select(...rest);
}
