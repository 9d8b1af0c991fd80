/**
 * Reductions that need more than a row of the table: largest and smallest elements with their positions, and spread.
 */
import { callReduction, requireFloat } from "../dispatch.ts";
import type { ReductionOptions } from "../dispatch.ts";
import { ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { requireOptions } from "../options.ts";
import { elementCount, formatShape, normalizeDim, normalizeDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** The extreme elements along a dimension, and where they are (int32). */
export interface Extremes {
  values: Tensor;
  indices: Tensor;
}

/** One dimension, and whether to keep it. */
export interface AlongOptions {
  dim: number;
  keepdim?: boolean;
}

/** Which dimensions variance and standard deviation fold, and what they divide by. */
export interface SpreadOptions extends ReductionOptions {
  /** Subtracted from the count in the divisor; 1 gives the unbiased estimate, 0 the mean square. */
  correction?: number;
}

export interface ReductionMethods {
  /** The largest element of all. */
  max(): Tensor;
  /** The largest elements along a dimension, and where they are. */
  max(options: AlongOptions): Extremes;
  /** The smallest element of all. */
  min(): Tensor;
  /** The smallest elements along a dimension, and where they are. */
  min(options: AlongOptions): Extremes;
  /** The largest elements over the given dimensions; equal ones share the gradient. */
  amax(options?: ReductionOptions): Tensor;
  /** The smallest elements over the given dimensions; equal ones share the gradient. */
  amin(options?: ReductionOptions): Tensor;
  /** Variance over the given dimensions, or over all. */
  var(options?: SpreadOptions): Tensor;
  /** Standard deviation over the given dimensions, or over all. */
  std(options?: SpreadOptions): Tensor;
}

function requireElements(op: string, self: Tensor): void {
  if (self.numel === 0) {
    throw new ShapeError(`${op}: a tensor of shape ${formatShape(self.shape)} has no elements to choose from`);
  }
}

function extremes(self: Tensor, name: "max" | "min", options: AlongOptions | undefined): Tensor | Extremes {
  requireElements(name, self);
  if (options === undefined) return callReduction(ops[name], self);
  requireOptions(name, options, "{dim: 1}");
  const dim = normalizeDim(name, options.dim, self.ndim);
  const positions = callReduction(name === "max" ? ops.argmax : ops.argmin, self, { dim, keepdim: true });
  const values = self.gather(dim, positions);
  if (options.keepdim === true) return { values, indices: positions };
  return { values: values.squeeze(dim), indices: positions.squeeze(dim) };
}

export const reductionMethods: ReductionMethods & ThisType<Tensor> = {
  max(options?: AlongOptions) {
    return extremes(this as unknown as Tensor, "max", options) as Tensor & Extremes;
  },
  min(options?: AlongOptions) {
    return extremes(this as unknown as Tensor, "min", options) as Tensor & Extremes;
  },
  amax(options) {
    requireElements("amax", this);
    return callReduction(ops.max, this, options);
  },
  amin(options) {
    requireElements("amin", this);
    return callReduction(ops.min, this, options);
  },
  var(given) {
    requireOptions("var", given, "{dim: 1}");
    const { correction = 1, ...options } = given ?? {};
    const { dim } = options;
    const dims = normalizeDims("var", dim, this.ndim);
    const count = elementCount(dims.map((d) => this.shape[d]!));
    const centred = requireFloat("var", this).sub(this.mean({ dim: dims, keepdim: true }));
    return centred.square().sum({ ...options, dim: dims }).div(Math.max(count - correction, 0));
  },
  std(options) {
    requireOptions("std", options, "{dim: 1}");
    // The root has no slope at 0; PyTorch takes 0 there, so that equal elements do not become NaN.
    const variance = this.var(options);
    const spread = variance.ne(0);
    return variance.where(spread, 1).sqrt().where(spread, 0);
  },
};
