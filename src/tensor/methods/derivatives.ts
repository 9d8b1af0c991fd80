/**
 * Derivatives that run kernels of their own; nothing here is for users.
 */
import { callPlanned } from "../dispatch.ts";
import { ops } from "../ops.ts";
import type { Grouping } from "../ops/normalization.ts";
import type { Tensor } from "../tensor.ts";

export interface DerivativeMethods {
  /** The derivative of `standardize`. @internal */
  standardizeBackward(standardized: Tensor, variance: Tensor, grouping: Grouping): Tensor;
  /** The derivative of `ctcLoss`. @internal */
  ctcLossBackward(saved: readonly Tensor[], blank: number): Tensor;
}

export const derivativeMethods: DerivativeMethods & ThisType<Tensor> = {
  standardizeBackward(standardized, variance, grouping) {
    return callPlanned(ops.standardizeBackward, ops.standardizeBackward.plan(this, standardized, variance, grouping));
  },

  ctcLossBackward(saved, blank) {
    return callPlanned(ops.ctcLossBackward, ops.ctcLossBackward.plan(this, saved, blank));
  },
};
