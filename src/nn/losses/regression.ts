/**
 * Losses of numbers: how far predictions are from what was measured.
 * Sources: Huber, "Robust estimation of a location parameter", 1964; Girshick, "Fast R-CNN", 2015 (smooth L1). Names and
 * defaults are PyTorch's, of the logarithmic and percentage errors Keras's.
 */
import { callPlanned, toType } from "../../tensor/dispatch.ts";
import { isFloating, promote } from "../../tensor/dtype.ts";
import { NablaError } from "../../tensor/errors.ts";
import { ops } from "../../tensor/ops.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { reduce, requirePair, requireSameShape, requireWithin } from "./reduction.ts";
import type { LossOptions } from "./reduction.ts";

/**
 * The mean squared error of predictions.
 * @throws ShapeError when the shapes differ: a silent broadcast here is the classic hidden bug of regression.
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction = "mean" }: LossOptions = {}): Tensor {
  requireSameShape("mseLoss", input, target);
  const dtype = promote(input.dtype, target.dtype);
  const fused = reduction === "mean" || reduction === "sum";
  if (!fused || !isFloating(dtype)) return reduce("mseLoss", input.sub(target).square(), reduction);
  return callPlanned(ops.mseLoss, ops.mseLoss.plan(toType(input, dtype), toType(target, dtype), reduction === "mean"));
}

/** The mean absolute error (MAE). @throws ShapeError when the shapes differ. */
export function l1Loss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  const [x, y] = requirePair("l1Loss", input, target);
  return reduce("l1Loss", x.sub(y).abs(), reduction);
}

/**
 * Half the squared error up to an error of `delta` (1), beyond it a line that goes on with the same slope.
 * @throws ShapeError when the shapes differ; NablaError when delta is not above 0.
 */
export function huberLoss(input: Tensor, target: Tensor, { reduction, delta = 1 }: LossOptions & { delta?: number } = {}): Tensor {
  const [x, y] = requirePair("huberLoss", input, target);
  if (!(delta > 0)) throw new NablaError(`huberLoss: delta is ${delta}; it must be above 0`);
  return reduce("huberLoss", bent(x.sub(y), delta), reduction);
}

/**
 * The absolute error, rounded off below an error of `beta` (1): Huber's loss divided by beta; at 0 the absolute error itself.
 * @throws ShapeError when the shapes differ; NablaError when beta is negative.
 */
export function smoothL1Loss(input: Tensor, target: Tensor, { reduction, beta = 1 }: LossOptions & { beta?: number } = {}): Tensor {
  const [x, y] = requirePair("smoothL1Loss", input, target);
  if (!(beta >= 0)) throw new NablaError(`smoothL1Loss: beta is ${beta}; it must be at least 0`);
  return reduce("smoothL1Loss", beta === 0 ? x.sub(y).abs() : bent(x.sub(y), beta).div(beta), reduction);
}

/** d^2 / 2 between -limit and limit, and straight on outside: with c = d clamped, c (d - c / 2) is both. */
function bent(difference: Tensor, limit: number): Tensor {
  const clamped = difference.clamp({ min: -limit, max: limit });
  return clamped.mul(difference.sub(clamped.mul(0.5)));
}

/**
 * The mean squared logarithmic error: the squared difference of log(1 + x), for targets of very different sizes.
 * @throws ShapeError when the shapes differ; NablaError for values of -1 or less, which have no logarithm.
 */
export function msleLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  const [x, y] = requirePair("msleLoss", input, target);
  const cure = "1 + x must have a logarithm: end the model with relu or softplus";
  requireWithin("msleLoss", "predictions", x, -1 + 1e-7, Infinity, cure);
  requireWithin("msleLoss", "targets", y, -1 + 1e-7, Infinity, cure);
  return reduce("msleLoss", x.log1p().sub(y.log1p()).square(), reduction);
}

/**
 * The mean absolute percentage error: the error in per cent of the target, which counts as `eps` (1e-7) when it is smaller.
 * @throws ShapeError when the shapes differ.
 */
export function mapeLoss(input: Tensor, target: Tensor, { reduction, eps = 1e-7 }: LossOptions & { eps?: number } = {}): Tensor {
  const [x, y] = requirePair("mapeLoss", input, target);
  return reduce("mapeLoss", x.sub(y).abs().div(y.abs().clamp({ min: eps })).mul(100), reduction);
}
