/**
 * The functions of networks, under PyTorch's names.
 */
import { callPlanned, requireFloat, toType } from "../tensor/dispatch.ts";
import { isFloating, promote } from "../tensor/dtype.ts";
import { DTypeError, ShapeError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import { checkPositions } from "../tensor/positions.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export { crfDecode, crfLogLikelihood } from "./crf.ts";
export type { CrfOptions, Decoded } from "./crf.ts";
export { ctcBestPath, ctcCollapse, ctcLoss } from "./ctc.ts";
export type { CtcLossOptions, Lengths } from "./ctc.ts";
export { batchNorm, layerNorm, localResponseNorm } from "./normalization.ts";
export type { BatchNormOptions, LayerNormOptions } from "./normalization.ts";
export { dropout, dropout2d } from "./dropout.ts";
export type { DropoutOptions } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { cosineSimilarity } from "./similarity.ts";
export { interpolate } from "./interpolation.ts";
export type { InterpolateOptions, InterpolationMode } from "./interpolation.ts";
export { nms, roiPool } from "./regions.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  elu,
  gelu,
  gru,
  hardSigmoid,
  leakyRelu,
  logSoftmax,
  lstm,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  maxUnpool2d,
  pad,
  relu,
  rnn,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from "../tensor/generated/functions.ts";

export { linear } from "./linear.ts";
export { conv1d, conv2d, convTranspose2d } from "./convolution.ts";
export type { Convolution1dOptions, ConvolutionOptions, TransposedConvolutionOptions } from "./convolution.ts";
export { fold, unfold } from "./unfold.ts";
export type { WindowOptions } from "./unfold.ts";

/** How the losses of single elements become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? losses.sum() : losses.mean();
}

/**
 * The mean squared error of predictions.
 * @throws ShapeError when the shapes differ: a silent broadcast here is the classic hidden bug of regression.
 */
export function mseLoss(input: Tensor, target: Tensor, options: { reduction?: Reduction } = {}): Tensor {
  requireTensor("mseLoss", input);
  requireTensor("mseLoss", target);
  if (!sameShape(input.shape, target.shape)) {
    const cure = input.numel === target.numel ? `: target.reshape(${formatShape(input.shape)}) has the input's shape` : "";
    throw new ShapeError(
      `mseLoss: the input has shape ${formatShape(input.shape)}, the target ${formatShape(target.shape)}; they must be ` +
        `equal, else every prediction would be compared with every target${cure}`,
    );
  }
  const { reduction = "mean" } = options;
  const dtype = promote(input.dtype, target.dtype);
  if (reduction === "none" || !isFloating(dtype)) return reduce(input.sub(target).square(), reduction);
  return callPlanned(ops.mseLoss, ops.mseLoss.plan(toType(input, dtype), toType(target, dtype), reduction === "mean"));
}

/**
 * The cross-entropy of scores (not probabilities: softmax is inside) against labels.
 * @param input scores, shape [N, C].
 * @param target labels from 0 to C - 1, int32 or uint8, shape [N]; or probabilities, shape [N, C].
 * @throws TensorIndexError naming the first label outside the classes.
 */
export function crossEntropy(input: Tensor, target: Tensor, options: { reduction?: Reduction } = {}): Tensor {
  requireTensor("crossEntropy", input);
  requireTensor("crossEntropy", target);
  if (!isFloating(input.dtype) && isFloating(target.dtype)) {
    throw new DTypeError(`crossEntropy: got ${input.dtype} for scores and ${target.dtype} for labels; scores come first: crossEntropy(scores, labels)`);
  }
  requireFloat("crossEntropy", input);
  if (input.ndim !== 2) {
    throw new ShapeError(`crossEntropy: scores have shape [N, C], got ${formatShape(input.shape)}` +
      (input.ndim === 1 ? "; the batch dimension is missing: add it with x.unsqueeze(0)" : ""));
  }
  if (isFloating(target.dtype)) return againstProbabilities(input, target, options.reduction ?? "mean");
  if (target.ndim !== 1 || target.shape[0] !== input.shape[0]) {
    throw new ShapeError(
      `crossEntropy: scores of shape ${formatShape(input.shape)} need ${input.shape[0]} labels, got shape ` +
        `${formatShape(target.shape)}` + (target.numel === input.shape[0] ? "; make it flat: target.flatten()" : ""),
    );
  }
  const labels = checkPositions("crossEntropy", "label", target, input.shape[1]!);
  return reduce(callPlanned(ops.crossEntropy, ops.crossEntropy.plan(input, labels)), options.reduction ?? "mean");
}

function againstProbabilities(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  if (target.ndim === 1) {
    throw new DTypeError(
      `crossEntropy: labels are whole numbers, got ${target.dtype} of shape ${formatShape(target.shape)} for scores of shape ` +
        `${formatShape(input.shape)}; convert them with .to("int32")`,
    );
  }
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `crossEntropy: probabilities of shape ${formatShape(target.shape)} for scores of shape ${formatShape(input.shape)}; ` +
        `they must be equal, a probability for each class. Labels are whole numbers of shape [N]`,
    );
  }
  const dtype = promote(input.dtype, target.dtype);
  const losses = input.logSoftmax(1).mul(toType(target, dtype)).sum({ dim: 1 }).neg();
  return reduce(losses, reduction);
}
