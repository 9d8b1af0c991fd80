/**
 * Functions of the module that differ from the method of the same name in the order of arguments, or have several forms.
 */
import { full } from "./creation.ts";
import { requireTensor } from "./tensor.ts";
import type { AlongOptions, Extremes } from "./methods/reduction.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Elements of `chosen` where the condition is true, of `other` elsewhere; all three broadcast. */
export function where(condition: Tensor, chosen: TensorLike, other: TensorLike): Tensor {
  if (typeof chosen !== "number") return chosen.where(condition, other);
  if (typeof other !== "number") return other.where(requireTensor("where", condition).logicalNot(), chosen);
  return full([], chosen).where(condition, other);
}

/** The largest element of all. */
export function max(self: Tensor): Tensor;
/** The largest elements along a dimension, and where they are. */
export function max(self: Tensor, options: AlongOptions): Extremes;
export function max(self: Tensor, options?: AlongOptions): Tensor | Extremes {
  return options === undefined ? requireTensor("max", self).max() : requireTensor("max", self).max(options);
}

/** The smallest element of all. */
export function min(self: Tensor): Tensor;
/** The smallest elements along a dimension, and where they are. */
export function min(self: Tensor, options: AlongOptions): Extremes;
export function min(self: Tensor, options?: AlongOptions): Tensor | Extremes {
  return options === undefined ? requireTensor("min", self).min() : requireTensor("min", self).min(options);
}
