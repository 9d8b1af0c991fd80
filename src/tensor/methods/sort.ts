/**
 * Elements in order along a dimension, the largest of them, and those at a rank. All of it is stable: of equal elements the
 * first comes first. NaN counts as the largest.
 */
import { callMultiple } from "../dispatch.ts";
import { ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { lineDim } from "../ops/sorting.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { AlongOptions, Extremes } from "./reduction.ts";

/** How to sort. */
export interface SortOptions {
  /** The last dimension when not given. */
  dim?: number;
  /** The largest first. */
  descending?: boolean;
}

/** Which elements `topk` takes. */
export interface TopkOptions {
  /** The last dimension when not given. */
  dim?: number;
  /** False takes the smallest. */
  largest?: boolean;
  /** False leaves them in no particular order, which saves the time of sorting them. */
  sorted?: boolean;
}

export interface SortMethods {
  /** The elements along a dimension in order, and the positions (int32) they had. Gradients flow to where they came from. */
  sort(options?: SortOptions): Extremes;
  /** The positions (int32) that put the elements along a dimension in order. */
  argsort(options?: SortOptions): Tensor;
  /**
   * The k largest or smallest elements along a dimension, and the positions (int32) they had.
   * @throws ShapeError when there are fewer than k.
   */
  topk(k: number, options?: TopkOptions): Extremes;
  /**
   * The k-th smallest element along a dimension, counted from 1, and its position (int32).
   * @throws ShapeError when there are fewer than k.
   */
  kthvalue(k: number, options?: Partial<AlongOptions>): Extremes;
  /** The median of all elements; of an even number the lower of the two in the middle; NaN where there is one. */
  median(): Tensor;
  /** The medians along a dimension, and where they are (int32). */
  median(options: AlongOptions): Extremes;
}

/** A scalar as a line of one element, which is what the kernels know. */
function asLines(self: Tensor): Tensor {
  return self.ndim === 0 ? self.reshape([1]) : self;
}

function named(self: Tensor, [values, indices]: readonly Tensor[]): Extremes {
  return self.ndim === 0
    ? { values: values!.reshape([]), indices: indices!.reshape([]) }
    : { values: values!, indices: indices! };
}

/** The k-th smallest elements along a dimension, and where they are. */
function atRank(op: string, self: Tensor, k: number, dim: number, keepdim: boolean): Extremes {
  const lines = asLines(self);
  const size = lines.shape[dim]!;
  if (!Number.isInteger(k) || k < 1 || k > size) {
    throw new ShapeError(
      `${op}: there is no element ${k} along dim ${dim} of ${formatShape(self.shape)}; it is counted from 1 to ${size}`,
    );
  }
  const order = callMultiple(ops.sort, ops.sort.plan(lines.detach(), dim, false))[1]!;
  return picked(self, lines, dim, order.narrow(dim, k - 1, 1).contiguous(), keepdim);
}

function picked(self: Tensor, lines: Tensor, dim: number, positions: Tensor, keepdim: boolean): Extremes {
  const values = lines.gather(dim, positions);
  if (self.ndim === 0) return { values: values.reshape([]), indices: positions.reshape([]) };
  return keepdim ? { values, indices: positions } : { values: values.squeeze(dim), indices: positions.squeeze(dim) };
}

function medianAlong(self: Tensor, dim: number, keepdim: boolean): Extremes {
  const lines = asLines(self);
  const size = lines.shape[dim]!;
  if (size === 0) throw new ShapeError(`median: dim ${dim} of ${formatShape(self.shape)} has no elements to choose from`);
  const order = callMultiple(ops.sort, ops.sort.plan(lines.detach(), dim, false))[1]!;
  const middle = order.narrow(dim, (size - 1) >> 1, 1);
  // NaN is last: where the last one is NaN, so is the median.
  const last = order.narrow(dim, size - 1, 1).contiguous();
  const isNaN = lines.detach().gather(dim, last).isnan();
  return picked(self, lines, dim, last.where(isNaN, middle), keepdim);
}

export const sortMethods: SortMethods & ThisType<Tensor> = {
  sort({ dim = -1, descending = false } = {}) {
    const along = lineDim("sort", dim, this);
    return named(this, callMultiple(ops.sort, ops.sort.plan(asLines(this), along, descending)));
  },

  argsort(options) {
    return this.detach().sort(options).indices;
  },

  topk(k, { dim = -1, largest = true, sorted = true } = {}) {
    const along = lineDim("topk", dim, this);
    return named(this, callMultiple(ops.topk, ops.topk.plan(asLines(this), k, along, largest, sorted)));
  },

  kthvalue(k, { dim = -1, keepdim = false } = {}) {
    return atRank("kthvalue", this, k, lineDim("kthvalue", dim, this), keepdim);
  },

  median(options?: AlongOptions) {
    const self = this as unknown as Tensor;
    if (options === undefined) return medianAlong(self.reshape([-1]), 0, false).values as Tensor & Extremes;
    return medianAlong(self, lineDim("median", options.dim, self), options.keepdim === true) as Tensor & Extremes;
  },
};
