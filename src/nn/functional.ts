/**
 * The functions of networks, under PyTorch's names.
 */
export { crfDecode, crfLogLikelihood } from "./losses/crf.ts";
export type { CrfOptions, Decoded } from "./losses/crf.ts";
export { ctcBestPath, ctcCollapse, ctcLoss } from "./losses/ctc.ts";
export type { CtcLossOptions, Lengths } from "./losses/ctc.ts";
export { batchNorm, layerNorm, localResponseNorm } from "./normalization.ts";
export type { BatchNormOptions, LayerNormOptions } from "./normalization.ts";
export { dropout, dropout2d } from "./dropout.ts";
export type { DropoutOptions } from "./dropout.ts";
export { glu, hardtanh, logSigmoid, mish, prelu, relu6, selu, silu, softmin } from "./activation.ts";
export { scaledDotProductAttention } from "./attention.ts";
export type { ScaledDotProductOptions } from "./attention.ts";
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

export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./losses/binary.ts";
export { crossEntropy, nllLoss } from "./losses/classification.ts";
export type { CrossEntropyOptions, LabelLossOptions } from "./losses/classification.ts";
export { klDiv } from "./losses/divergence.ts";
export { cosineEmbeddingLoss, exponentialLoss, hingeLoss, squaredHingeLoss, tripletMarginLoss } from "./losses/margin.ts";
export type { LossOptions, Reduction } from "./losses/reduction.ts";
export { huberLoss, l1Loss, mapeLoss, mseLoss, msleLoss, smoothL1Loss } from "./losses/regression.ts";
