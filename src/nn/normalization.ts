/**
 * Normalisation: activations brought to mean 0 and variance 1, over the batch or within each example, then scaled and shifted.
 * Sources: Ioffe and Szegedy, "Batch normalization", 2015; Ba, Kiros and Hinton, "Layer normalization", 2016; Krizhevsky,
 * Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012 (local response).
 */
import { callMultiple, requireFloat } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { ops } from "../tensor/ops.ts";
import type { Grouping } from "../tensor/ops/normalization.ts";
import { elementCount, formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface BatchNormOptions {
  /** Scale of each channel, shape [C]; 1 when not given. */
  weight?: Tensor;
  /** Shift of each channel, shape [C]; 0 when not given. */
  bias?: Tensor;
  /** Normalise by this batch's own mean and variance, and move the running ones towards them. */
  training?: boolean;
  /** How far they move: the new value's part, as a number or a tensor []. 0.1 when not given. */
  momentum?: number | Tensor;
  /** Added to the variance; 1e-5 when not given. */
  eps?: number;
}

function standardize(input: Tensor, grouping: Grouping): { output: Tensor; mean: Tensor; variance: Tensor } {
  const [output, mean, variance] = callMultiple(ops.standardize, ops.standardize.plan(input, grouping));
  return { output: output!, mean: mean!, variance: variance! };
}

function requireEps(op: string, eps: number): void {
  if (!(eps >= 0)) throw new NablaError(`${op}: eps is ${eps}; it must be a number of at least 0`);
}

/** Checks scale and shift. */
function requireAffine(op: string, input: Tensor, wanted: Shape, { weight, bias }: { weight?: Tensor; bias?: Tensor }): void {
  for (const [name, factor] of [["weight", weight], ["bias", bias]] as const) {
    if (factor === undefined || sameShape(requireTensor(op, factor).shape, wanted)) continue;
    throw new ShapeError(
      `${op}: ${name} has shape ${formatShape(factor.shape)}, expected ${formatShape(wanted)} for an input of shape ` +
        formatShape(input.shape),
    );
  }
}

/** Scale and shift, broadcast from `shape`. */
function affine(input: Tensor, shape: Shape, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight === undefined ? input : input.mul(weight.reshape(shape));
  return bias === undefined ? scaled : scaled.add(bias.reshape(shape));
}

/** Moves the running statistics in place towards the batch's; the running variance is the unbiased one, as in PyTorch. */
function track(running: Tensor | undefined, batch: Tensor, momentum: number | Tensor): void {
  if (running === undefined) return;
  const rest = typeof momentum === "number" ? 1 - momentum : momentum.neg().add(1);
  noGrad(() => running.copy_(running.mul(rest).add(batch.mul(momentum))));
}

/**
 * Each channel normalised over the batch and all positions, then scaled and shifted.
 * @param input shape [N, C] or [N, C, ...].
 * @param runningMean shape [C]; changed in place when training, read otherwise.
 * @param runningVar shape [C]; likewise.
 * @throws NablaError when training with a single value a channel, which has no variance.
 */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  options: BatchNormOptions = {},
): Tensor {
  const op = "batchNorm";
  requireFloat(op, requireTensor(op, input));
  const { training = false, momentum = 0.1, eps = 1e-5, weight, bias } = options;
  requireEps(op, eps);
  if (input.ndim < 2) throw new ShapeError(`${op}: needs shape [N, C] or [N, C, ...], got ${formatShape(input.shape)}`);
  const [batch, channels] = input.shape as [number, number];
  const inner = elementCount(input.shape.slice(2));
  const perChannel = [channels, ...input.shape.slice(2).map(() => 1)];
  for (const [name, running] of [["runningMean", runningMean], ["runningVar", runningVar]] as const) {
    if (running !== undefined && !sameShape(running.shape, [channels])) {
      throw new ShapeError(
        `${op}: ${name} has shape ${formatShape(running.shape)}, but the input ${formatShape(input.shape)} has ${channels} channels`,
      );
    }
  }
  requireAffine(op, input, [channels], options);
  if (training) {
    if (batch * inner === 1) {
      throw new NablaError(
        `${op}: an input of shape ${formatShape(input.shape)} has one value a channel, and one value has no variance; ` +
          `train with a larger batch, or call eval() first`,
      );
    }
    const { output, mean, variance } = standardize(input, { outer: batch, groups: channels, inner, eps });
    if (batch * inner > 0) {
      track(runningMean, mean, momentum);
      track(runningVar, variance.mul((batch * inner) / (batch * inner - 1)), momentum);
    }
    return affine(output, perChannel, weight, bias);
  }
  if (runningMean === undefined || runningVar === undefined) {
    throw new NablaError(`${op}: without training there must be a runningMean and a runningVar to normalise by`);
  }
  // One factor and one shift a channel: two passes over the input, and not four.
  const rate = runningVar.add(eps).rsqrt();
  const scale = weight === undefined ? rate : rate.mul(weight);
  const moved = runningMean.mul(scale);
  return affine(input, perChannel, scale, bias === undefined ? moved.neg() : bias.sub(moved));
}

export interface LayerNormOptions {
  /** Scale of each position, of `normalizedShape`; 1 when not given. */
  weight?: Tensor;
  /** Shift of each position, of `normalizedShape`; 0 when not given. */
  bias?: Tensor;
  /** Added to the variance; 1e-5 when not given. */
  eps?: number;
}

/**
 * Each example normalised over its last dimensions, then scaled and shifted.
 * @param normalizedShape the sizes of those dimensions.
 */
export function layerNorm(input: Tensor, normalizedShape: Shape, options: LayerNormOptions = {}): Tensor {
  const op = "layerNorm";
  requireFloat(op, requireTensor(op, input));
  const { weight, bias, eps = 1e-5 } = options;
  requireEps(op, eps);
  const rank = normalizedShape.length;
  if (rank === 0 || !sameShape(input.shape.slice(-rank), normalizedShape)) {
    throw new ShapeError(
      `${op}: the last dimensions of ${formatShape(input.shape)} are not ${formatShape(normalizedShape)}, the normalizedShape`,
    );
  }
  requireAffine(op, input, normalizedShape, options);
  const inner = elementCount(normalizedShape);
  const { output } = standardize(input, { outer: 1, groups: elementCount(input.shape.slice(0, -rank)), inner, eps });
  return affine(output, normalizedShape, weight, bias);
}

/**
 * Each element divided by a power of the mean square of its neighbours in the channels next to it:
 * x / (k + alpha mean(x^2))^beta.
 * @param input shape [N, C, ...].
 * @param size how many channels a neighbourhood has.
 */
export function localResponseNorm(
  input: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: { alpha?: number; beta?: number; k?: number } = {},
): Tensor {
  const op = "localResponseNorm";
  requireFloat(op, requireTensor(op, input));
  if (input.ndim < 3) throw new ShapeError(`${op}: needs shape [N, C, ...], got ${formatShape(input.shape)}`);
  if (!Number.isInteger(size) || size < 1) throw new ShapeError(`${op}: size is ${size}; it is a whole number of at least 1`);
  if (input.numel === 0) return input.clone();
  const [batch, channels] = input.shape as [number, number];
  // Channels are the rows of a plane whose columns are all positions; zeros stand in for channels beyond the first and last.
  const squares = input.square().reshape([batch, 1, channels, elementCount(input.shape.slice(2))]);
  const means = squares
    .pad([0, 0, Math.floor(size / 2), Math.floor((size - 1) / 2)])
    .avgPool2d([size, 1], { stride: 1 })
    .reshape(input.shape);
  return input.div(means.mul(alpha).add(k).pow(beta));
}
