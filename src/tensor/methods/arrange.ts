/**
 * The same elements in another arrangement: reversed, moved round, repeated, and with a border. All of them copy, as in
 * PyTorch, and are put together from views and from ops that have derivatives.
 */
import { callPlanned, record } from "../dispatch.ts";
import { isFloating } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import type { DerivativeRule } from "../graph.ts";
import { ops } from "../ops.ts";
import { elementCount, formatShape, normalizeDim, normalizeDims, requireList } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { assemble, cat } from "./join.ts";

export interface ArrangeMethods {
  /** The elements of the given dimensions in reverse order. */
  flip(dims: number | readonly number[]): Tensor;
  /**
   * The elements moved by `shifts` places towards the end of `dims`; what leaves at the end comes in at the front. Without
   * `dims` the tensor is treated as one row of elements.
   */
  roll(shifts: number | readonly number[], options?: { dims?: number | readonly number[] }): Tensor;
  /** The tensor repeated this many times in each dimension; more counts than dimensions add dimensions in front. */
  repeat(counts: Shape): Tensor;
  /** Like `repeat`, but counts missing in front are 1. */
  tile(counts: Shape): Tensor;
  /**
   * The tensor with a border of one value. `padding` counts from the last dimension: `[left, right]` of it, then before
   * and after of the one before, and so on; negative numbers cut off.
   */
  pad(padding: readonly number[], options?: { value?: number }): Tensor;
}

const flipRule: DerivativeRule = {
  name: "flip",
  derivative: [(gradient, call) => gradient.flip(call.details as readonly number[])],
};

function rolled(self: Tensor, dim: number, shift: number): Tensor {
  if (!Number.isInteger(shift)) throw new ShapeError(`roll: ${shift} is not a whole number of places`);
  const size = self.shape[dim]!;
  if (size === 0) return self.clone();
  const cut = size - (((shift % size) + size) % size);
  return cat([self.slice(dim, cut), self.slice(dim, 0, cut)], { dim });
}

/** One dimension repeated. Those before and after it are joined for a while, so that the rank never grows beyond three. */
function repeated(self: Tensor, dim: number, count: number): Tensor {
  const outer = elementCount(self.shape.slice(0, dim));
  const inner = elementCount(self.shape.slice(dim));
  return self
    .reshape([outer, 1, inner])
    .expand([outer, count, inner])
    .reshape(self.shape.map((size, d) => (d === dim ? size * count : size)));
}

export const arrangeMethods: ArrangeMethods & ThisType<Tensor> = {
  flip(dims) {
    const along = normalizeDims("flip", dims, this.ndim);
    // Read backwards from the last element. Only the copy sees negative strides: no tensor that is handed out has them.
    const strides = this.strides.map((stride, d) => (along.includes(d) ? -stride : stride));
    const last = along.reduce((at, d) => at + Math.max(this.shape[d]! - 1, 0) * this.strides[d]!, this.offset);
    const backwards = new Tensor(this.storage, this.shape, strides, last, this.dtype);
    const result = callPlanned(ops.copy, { inputs: [backwards], shape: this.shape, dtype: this.dtype });
    if (this.requiresGrad) record(flipRule, result, [this], along);
    return result;
  },

  roll(shifts, { dims } = {}) {
    const by = typeof shifts === "number" ? [shifts] : shifts;
    if (dims === undefined) {
      if (by.length !== 1) throw new ShapeError(`roll: ${by.length} shifts without dims; name a dimension for each`);
      return rolled(this.flatten(), 0, by[0]!).reshape(this.shape);
    }
    const along = (typeof dims === "number" ? [dims] : dims).map((dim) => normalizeDim("roll", dim, this.ndim));
    if (along.length !== by.length || along.length === 0) {
      throw new ShapeError(`roll: shifts ${formatShape(by)} and dims ${formatShape(along)} must be equally many, at least one`);
    }
    return along.reduce((result, dim, i) => rolled(result, dim, by[i]!), this as Tensor);
  },

  repeat(counts) {
    requireList("repeat", counts);
    if (counts.length < this.ndim) {
      throw new ShapeError(
        `repeat: ${formatShape(counts)} has fewer numbers than ${formatShape(this.shape)} has dimensions; write tile, ` +
          "which repeats the last ones",
      );
    }
    if (!counts.every((count) => Number.isInteger(count) && count >= 0)) {
      throw new ShapeError(`repeat: ${formatShape(counts)} are not numbers of times; they are whole numbers of at least 0`);
    }
    const missing = counts.length - this.ndim;
    const start = this.reshape([...new Array<number>(missing).fill(1), ...this.shape]);
    const result = counts.reduce((whole, count, dim) => (count === 1 ? whole : repeated(whole, dim, count)), start);
    // Where nothing was repeated, or a single element was, `result` is still a view; a repetition is a copy.
    return result.storage === this.storage ? result.clone() : result;
  },

  tile(counts) {
    requireList("tile", counts);
    return this.repeat([...new Array<number>(Math.max(this.ndim - counts.length, 0)).fill(1), ...counts]);
  },

  pad(padding, { value = 0 } = {}) {
    if (padding.length % 2 !== 0 || padding.length > 2 * this.ndim || !padding.every(Number.isInteger)) {
      throw new ShapeError(
        `pad: ${formatShape(padding)} does not fit ${formatShape(this.shape)}: it takes two whole numbers a dimension, the ` +
          "last dimension first",
      );
    }
    if (!isFloating(this.dtype) && !Number.isInteger(value)) {
      throw new DTypeError(`pad: a tensor of ${this.dtype} cannot hold ${value}; convert with .to("float32") first`);
    }
    const before = this.shape.map((_, d) => padding[2 * (this.ndim - 1 - d)] ?? 0);
    const after = this.shape.map((_, d) => padding[2 * (this.ndim - 1 - d) + 1] ?? 0);
    const shape = this.shape.map((size, d) => before[d]! + size + after[d]!);
    if (shape.some((size) => size < 0)) {
      throw new ShapeError(`pad: ${formatShape(padding)} cuts more off ${formatShape(this.shape)} than there is`);
    }
    /** Within `each`, what is left when the first and last elements are taken off; negative numbers take off none. */
    const within = (each: Tensor, first: readonly number[], last: readonly number[]): Tensor =>
      each.shape.reduce((part, size, d) => {
        const start = Math.min(Math.max(first[d]!, 0), size);
        return part.slice(d, start, Math.max(size - Math.max(last[d]!, 0), start));
      }, each);
    const negative = (numbers: readonly number[]): number[] => numbers.map((each) => -each);
    const kept = within(this, negative(before), negative(after));
    return assemble("pad", [kept], shape, (whole) => within(whole, before, after), value);
  },
};
