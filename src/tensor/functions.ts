/**
 * Functions of the module that differ from the method of the same name in the order of arguments, or have several forms.
 */
import { full } from "./creation.ts";
import { NablaError, ShapeError } from "./errors.ts";
import { formatShape } from "./shape.ts";
import { requireTensor } from "./tensor.ts";
import type { Unique, UniqueOptions } from "./methods/count.ts";
import type { AlongOptions, Extremes, SpreadOptions } from "./methods/reduction.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Elements of `chosen` where the condition is true, of `other` elsewhere; all three broadcast. */
export function where(condition: Tensor, chosen: TensorLike, other: TensorLike): Tensor {
  if (typeof chosen !== "number") return chosen.where(condition, other);
  if (typeof other !== "number") return other.where(requireTensor("where", condition).logicalNot(), chosen);
  return full([], chosen, { device: requireTensor("where", condition).device }).where(condition, other);
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

/** Variance over the given dimensions, or over all; exported as `var`, a reserved word: import it under another name. */
export function variance(self: Tensor, options?: SpreadOptions): Tensor {
  return requireTensor("var", self).var(options);
}

/** The median of all elements; of an even number the lower of the two in the middle. */
export function median(self: Tensor): Tensor;
/** The medians along a dimension, and where they are. */
export function median(self: Tensor, options: AlongOptions): Extremes;
export function median(self: Tensor, options?: AlongOptions): Tensor | Extremes {
  return options === undefined ? requireTensor("median", self).median() : requireTensor("median", self).median(options);
}

/** The different elements, sorted, or with `dim` the different slices. */
export function unique(self: Tensor, options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
/** The different elements, and which of them each element is, or how often each occurs. */
export function unique(self: Tensor, options: UniqueOptions): Unique;
export function unique(self: Tensor, options: UniqueOptions = {}): Tensor | Unique {
  return requireTensor("unique", self).unique(options);
}

/**
 * The coordinates of every point of a grid, from the coordinates along each axis: one tensor an axis, all of one shape,
 * as views. With `"ij"` the first axis runs down the rows, with `"xy"` along the columns.
 */
export function meshgrid(axes: readonly Tensor[], { indexing = "ij" }: { indexing?: "ij" | "xy" } = {}): Tensor[] {
  if (!Array.isArray(axes) || axes.length === 0) {
    throw new ShapeError("meshgrid: expected a list of at least one vector, as in meshgrid([x, y])");
  }
  if (indexing !== "ij" && indexing !== "xy") {
    throw new NablaError(`meshgrid: indexing is ${JSON.stringify(indexing)}; known are "ij" and "xy"`);
  }
  axes.forEach((axis: Tensor, i) => {
    if (requireTensor("meshgrid", axis).ndim > 1) {
      throw new ShapeError(`meshgrid: axis ${i} has shape ${formatShape(axis.shape)}; an axis is a vector`);
    }
  });
  const shape = axes.map((axis: Tensor) => axis.numel);
  const swapped = indexing === "xy" && axes.length > 1;
  /** The dimension along which an axis runs. */
  const place = (axis: number): number => (swapped && axis < 2 ? 1 - axis : axis);
  const grid = shape.map((_, dim) => shape[place(dim)]!);
  return axes.map((axis: Tensor, i) => axis.reshape(grid.map((_, dim) => (dim === place(i) ? axis.numel : 1))).expand(grid));
}
