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

/** Sum over the given dimensions, or over all. */
export function sum(self: Tensor, ...rest: Parameters<Tensor["sum"]>): ReturnType<Tensor["sum"]> {
  return requireTensor("sum", self).sum(...rest);
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
 * Product of matrices. Two vectors give their scalar product; a vector counts as a row on the left and as a column on
 * the right; dimensions before the last two are batches and broadcast.
 */
export function matmul(self: Tensor, ...rest: Parameters<Tensor["matmul"]>): ReturnType<Tensor["matmul"]> {
  return requireTensor("matmul", self).matmul(...rest);
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
