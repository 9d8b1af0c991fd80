/**
 * Other views of the same elements: new sizes and strides on the same storage, no copying. A view has no kernel; its
 * derivative undoes it.
 */
import { recordView } from "../dispatch.ts";
import { ShapeError } from "../errors.ts";
import type { DerivativeRule, GraphNode } from "../graph.ts";
import {
  checkShape,
  elementCount,
  formatShape,
  normalizeDim,
  normalizeIndex,
  requireList,
  sameShape,
  viewStrides,
} from "../shape.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

export interface ViewMethods {
  /**
   * The same elements in row-major order under a new shape; one size may be -1 and is worked out. Shares memory where the
   * strides allow it, else copies.
   */
  reshape(shape: Shape): Tensor;
  /** Like `reshape`, but never copies. @throws ShapeError where it would have to. */
  view(shape: Shape): Tensor;
  /** The dimensions in another order. */
  permute(dims: readonly number[]): Tensor;
  /** Two dimensions exchanged. */
  transpose(dim0: number, dim1: number): Tensor;
  /** The transpose of a matrix (of a vector or scalar: itself). */
  t(): Tensor;
  /** The transpose of the last two dimensions: of every matrix in a batch. */
  readonly mT: Tensor;
  /** Drops dimensions of size 1: the given one, or all. */
  squeeze(dim?: number): Tensor;
  /** Inserts a dimension of size 1. */
  unsqueeze(dim: number): Tensor;
  /** Dimensions from `start` to `end` joined into one. */
  flatten(options?: { startDim?: number; endDim?: number }): Tensor;
  /** Dimensions of size 1 stretched to the given sizes without copying; -1 keeps a size. */
  expand(shape: Shape): Tensor;
  /** The part `start`, ..., `end - 1` of a dimension, every `step`-th element. Ends outside the range are cut off. */
  slice(dim: number, start?: number, end?: number, step?: number): Tensor;
  /** `length` elements of a dimension from `start` on. */
  narrow(dim: number, start: number, length: number): Tensor;
  /** One position of a dimension, which is dropped. */
  select(dim: number, index: number): Tensor;
}

/** Back to the shape the input had. */
const reshapeBack = (gradient: Tensor, call: GraphNode): Tensor => gradient.reshape(call.shapeOf(0));

const reshapeRule: DerivativeRule = { name: "reshape", derivative: [reshapeBack] };
const permuteRule: DerivativeRule = {
  name: "permute",
  derivative: [
    (gradient: Tensor, call: GraphNode): Tensor => {
      const order = call.details as readonly number[];
      const back = new Array<number>(order.length);
      order.forEach((from, to) => (back[from] = to));
      return gradient.permute(back);
    },
  ],
};
interface TransposeDetails {
  first: number;
  second: number;
}
const transposeRule: DerivativeRule = {
  name: "transpose",
  derivative: [
    (gradient: Tensor, call: GraphNode): Tensor => {
      const { first, second } = call.details as TransposeDetails;
      return gradient.transpose(first, second);
    },
  ],
};

/** A copy of sizes or strides in which two have changed places. */
function exchanged(values: Shape, first: number, second: number): Shape {
  const result = values.slice();
  result[first] = values[second]!;
  result[second] = values[first]!;
  return result;
}
const expandRule: DerivativeRule = {
  name: "expand",
  derivative: [(gradient: Tensor, call: GraphNode): Tensor => gradient.sumTo(call.shapeOf(0))],
};
interface SliceDetails {
  dim: number;
  start: number;
  end: number;
  step: number;
}
const sliceRule: DerivativeRule = {
  name: "slice",
  derivative: [
    (gradient: Tensor, call: GraphNode): Tensor => {
      const { dim, start, end, step } = call.details as SliceDetails;
      return gradient.sliceBackward(call.shapeOf(0), dim, start, end, step);
    },
  ],
};

/** A shape in which one size may be -1, with that size worked out. */
function completeShape(op: string, self: Tensor, shape: Shape): Shape {
  requireList(op, shape);
  const open = shape.indexOf(-1);
  if (open === -1) {
    checkShape(op, shape);
    if (elementCount(shape) !== self.numel) {
      throw new ShapeError(
        `${op}: ${formatShape(self.shape)} has ${self.numel} elements, ${formatShape(shape)} has ${elementCount(shape)}`,
      );
    }
    return shape;
  }
  const rest = shape.filter((_, d) => d !== open);
  if (rest.includes(-1)) throw new ShapeError(`${op}: ${formatShape(shape)} leaves more than one size open; only one can be -1`);
  checkShape(op, rest);
  const known = elementCount(rest);
  if (known === 0 || self.numel % known !== 0) {
    throw new ShapeError(
      `${op}: ${formatShape(self.shape)} has ${self.numel} elements, which ${formatShape(shape)} cannot hold: ` +
        `${known} does not divide it`,
    );
  }
  return shape.map((size, d) => (d === open ? self.numel / known : size));
}

export const viewMethods: ViewMethods & ThisType<Tensor> = {
  reshape(shape) {
    const wanted = completeShape("reshape", this, shape);
    if (sameShape(wanted, this.shape)) return this;
    const strides = viewStrides(this.shape, this.strides, wanted);
    if (strides !== undefined) return recordView(reshapeRule, this, wanted, strides, this.offset);
    return this.contiguous().reshape(wanted);
  },

  view(shape) {
    const wanted = completeShape("view", this, shape);
    const strides = viewStrides(this.shape, this.strides, wanted);
    if (strides === undefined) {
      throw new ShapeError(
        `view: a tensor of shape ${formatShape(this.shape)} with strides ${formatShape(this.strides)} cannot be seen as ` +
          `${formatShape(wanted)} without copying; write reshape instead`,
      );
    }
    return recordView(reshapeRule, this, wanted, strides, this.offset);
  },

  permute(dims) {
    requireList("permute", dims, "[1, 0]");
    const order = dims.map((dim) => normalizeDim("permute", dim, this.ndim));
    if (order.length !== this.ndim || new Set(order).size !== order.length) {
      throw new ShapeError(
        `permute: ${formatShape(dims)} is not an order of the ${this.ndim} dimensions of ${formatShape(this.shape)}`,
      );
    }
    return recordView(
      permuteRule,
      this,
      order.map((d) => this.shape[d]!),
      order.map((d) => this.strides[d]!),
      this.offset,
      order,
    );
  },

  transpose(dim0, dim1) {
    const first = normalizeDim("transpose", dim0, this.ndim);
    const second = normalizeDim("transpose", dim1, this.ndim);
    const shape = exchanged(this.shape, first, second);
    const strides = exchanged(this.strides, first, second);
    const details: TransposeDetails = { first, second };
    return recordView(transposeRule, this, shape, strides, this.offset, details);
  },

  t() {
    if (this.ndim < 2) return this;
    if (this.ndim > 2) {
      throw new ShapeError(`t: needs a matrix, got shape ${formatShape(this.shape)}; write transpose(dim0, dim1) or mT`);
    }
    return this.transpose(0, 1);
  },

  get mT() {
    // `this` of an accessor is not covered by ThisType.
    const self = this as unknown as Tensor;
    if (self.ndim < 2) throw new ShapeError(`mT: needs at least two dimensions, got shape ${formatShape(self.shape)}`);
    return self.transpose(-2, -1);
  },

  squeeze(dim) {
    const only = dim === undefined ? undefined : normalizeDim("squeeze", dim, this.ndim);
    const kept = this.shape.map((_, d) => d).filter((d) => this.shape[d] !== 1 || (only !== undefined && d !== only));
    if (kept.length === this.ndim) return this;
    const pick = (values: Shape): Shape => kept.map((d) => values[d]!);
    return recordView(reshapeRule, this, pick(this.shape), pick(this.strides), this.offset);
  },

  unsqueeze(dim) {
    const at = normalizeDim("unsqueeze", dim, this.ndim + 1);
    const shape = [...this.shape.slice(0, at), 1, ...this.shape.slice(at)];
    const step = at < this.ndim ? this.shape[at]! * this.strides[at]! : 1;
    const strides = [...this.strides.slice(0, at), step, ...this.strides.slice(at)];
    checkShape("unsqueeze", shape);
    return recordView(reshapeRule, this, shape, strides, this.offset);
  },

  flatten({ startDim = 0, endDim = -1 } = {}) {
    if (this.ndim === 0) return this.reshape([1]);
    const start = normalizeDim("flatten", startDim, this.ndim);
    const end = normalizeDim("flatten", endDim, this.ndim);
    if (start > end) throw new ShapeError(`flatten: startDim ${startDim} comes after endDim ${endDim}`);
    const joined = elementCount(this.shape.slice(start, end + 1));
    return this.reshape([...this.shape.slice(0, start), joined, ...this.shape.slice(end + 1)]);
  },

  expand(shape) {
    requireList("expand", shape);
    const missing = shape.length - this.ndim;
    const fits = missing >= 0 && this.shape.every((size, d) => {
      const wanted = shape[d + missing];
      return wanted === -1 || wanted === size || size === 1;
    });
    if (!fits) {
      throw new ShapeError(
        `expand: ${formatShape(this.shape)} does not stretch to ${formatShape(shape)}; only dimensions of size 1 stretch`,
      );
    }
    const wanted = checkShape("expand", shape.map((size, d) => (size === -1 && d >= missing ? this.shape[d - missing]! : size)));
    if (sameShape(wanted, this.shape)) return this;
    const strides = wanted.map((size, d) =>
      d < missing || this.shape[d - missing] !== size ? 0 : this.strides[d - missing]!,
    );
    return recordView(expandRule, this, wanted, strides, this.offset);
  },

  slice(dim, start = 0, end = Infinity, step = 1) {
    const d = normalizeDim("slice", dim, this.ndim);
    const size = this.shape[d]!;
    if (!Number.isInteger(step) || step < 1) {
      throw new ShapeError(`slice: step ${step} is not a whole number of at least 1; to go backwards, flip first`);
    }
    const clip = (position: number): number => Math.min(Math.max(position < 0 ? position + size : position, 0), size);
    const from = clip(start);
    const to = Math.max(clip(end), from);
    const shape = this.shape.map((n, i) => (i === d ? Math.ceil((to - from) / step) : n));
    const strides = step === 1 ? this.strides : this.strides.map((n, i) => (i === d ? n * step : n));
    const details: SliceDetails = { dim: d, start: from, end: to, step };
    return recordView(sliceRule, this, shape, strides, this.offset + from * this.strides[d]!, details);
  },

  narrow(dim, start, length) {
    const d = normalizeDim("narrow", dim, this.ndim);
    const size = this.shape[d]!;
    const from = start < 0 ? start + size : start;
    if (from < 0 || length < 0 || from + length > size) {
      throw new ShapeError(`narrow: ${length} elements from ${start} do not fit into dim ${dim} of size ${size}`);
    }
    return this.slice(d, from, from + length);
  },

  select(dim, index) {
    const d = normalizeDim("select", dim, this.ndim);
    const at = normalizeIndex("select", index, d, this.shape);
    return this.slice(d, at, at + 1).squeeze(d);
  },
};
