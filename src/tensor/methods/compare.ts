/**
 * Questions about values: which elements are numbers, and whether two tensors agree. The latter answer with a boolean of
 * JavaScript, to be used in an `if` or a test.
 */
import { isFloating } from "../dtype.ts";
import { sameShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** How far apart elements may be: |a - b| <= atol + rtol |b|. */
export interface ClosenessOptions {
  /** Relative to the other tensor's element; 1e-5 when not given. */
  rtol?: number;
  /** Absolute; 1e-8 when not given. */
  atol?: number;
  /** Take NaN for equal to NaN. */
  equalNan?: boolean;
}

export interface CompareMethods {
  /** True where an element is NaN. */
  isnan(): Tensor;
  /** True where an element is Infinity or -Infinity. */
  isinf(): Tensor;
  /** True where an element is neither NaN nor infinite. */
  isfinite(): Tensor;
  /** Whether both have the same shape and the same elements. */
  equal(other: Tensor): boolean;
  /** Whether all elements are within a tolerance of the other tensor's; the two broadcast. */
  allclose(other: Tensor, options?: ClosenessOptions): boolean;
}

export const compareMethods: CompareMethods & ThisType<Tensor> = {
  isnan() {
    return this.ne(this);
  },

  isinf() {
    return isFloating(this.dtype) ? this.abs().eq(Infinity) : this.ne(this);
  },

  isfinite() {
    return isFloating(this.dtype) ? this.abs().lt(Infinity) : this.eq(this);
  },

  equal(other) {
    return sameShape(this.shape, requireTensor("equal", other).shape) && this.eq(other).all().item() !== 0;
  },

  allclose(other, { rtol = 1e-5, atol = 1e-8, equalNan = false } = {}) {
    // Small unsigned integers would wrap around when subtracted.
    const outside = (each: Tensor): Tensor => (isFloating(each.dtype) ? each.detach() : each.to("float64"));
    const a = outside(this);
    const b = outside(requireTensor("allclose", other));
    const distance = a.sub(b).abs();
    const near = distance.isfinite().logicalAnd(distance.le(b.abs().mul(rtol).add(atol)));
    const close = near.logicalOr(a.eq(b));
    return (equalNan ? close.logicalOr(a.isnan().logicalAnd(b.isnan())) : close).all().item() !== 0;
  },
};
