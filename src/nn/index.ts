/** What networks are made of, imported as `nn`. */
export * as functional from "./functional.ts";
export * as init from "./init.ts";
export * as models from "./models/index.ts";
export { Module } from "./module/module.ts";
export type { AnyModule, Part } from "./module/module.ts";
export type { BackwardHook, ForwardHook, ForwardPreHook, Gradients, HookHandle } from "./module/hooks.ts";
export { Buffer, Parameter } from "./module/parameter.ts";
export { StateDictError } from "./module/state.ts";
export type { LoadOptions, LoadReport, StateDict } from "./module/state.ts";
export { ModuleSummary } from "./module/summary.ts";
export type { SummaryOptions, SummaryRow } from "./module/summary.ts";
export { maxNorm_ } from "./constraint.ts";
export {
  ELU, GELU, GLU, Hardsigmoid, Hardtanh, LeakyReLU, LogSigmoid, LogSoftmax, Mish, PReLU, ReLU, ReLU6, SELU, Sigmoid, SiLU, Softmax, Softmin,
  Softplus, Softsign, Tanh,
} from "./layers/activation.ts";
export type { PReLUOptions } from "./layers/activation.ts";
export { Flatten, RepeatVector, TimeDistributed, Unflatten, Upsample, ZeroPad2d } from "./layers/arrangement.ts";
export { AdditiveAttention, DotAttention, GeneralAttention } from "./layers/attention.ts";
export type { AttentionOptions } from "./layers/attention.ts";
export type { AttentionResult } from "./attention.ts";
export { ModuleList, Sequential } from "./layers/container.ts";
export type { Layer } from "./layers/container.ts";
export { Conv1d, Conv2d, ConvTranspose2d } from "./layers/convolution.ts";
export type { Conv1dOptions, Conv2dOptions, ConvTranspose2dOptions } from "./layers/convolution.ts";
export { Dropout, Dropout2d } from "./layers/dropout.ts";
export type { DropoutLayerOptions } from "./layers/dropout.ts";
export { Embedding } from "./layers/embedding.ts";
export type { EmbeddingOptions } from "./layers/embedding.ts";
export { Bilinear, Identity, Linear } from "./layers/linear.ts";
export type { LinearOptions } from "./layers/linear.ts";
export {
  BCELoss, BCEWithLogitsLoss, CosineEmbeddingLoss, CrossEntropyLoss, ExponentialLoss, HingeLoss, HuberLoss, KLDivLoss, L1Loss, MAPELoss,
  MSELoss, MSLELoss, NLLLoss, SmoothL1Loss, SquaredHingeLoss, TripletMarginLoss,
} from "./layers/losses.ts";
export { CRF, CTCLoss } from "./layers/sequence-losses.ts";
export type { CRFOptions } from "./layers/sequence-losses.ts";
export { MultiheadAttention } from "./layers/multihead-attention.ts";
export type { MultiheadAttentionOptions, MultiheadCallOptions } from "./layers/multihead-attention.ts";
export { BatchNorm1d, BatchNorm2d, LayerNorm, LocalResponseNorm } from "./layers/normalization.ts";
export type { BatchNormLayerOptions, LayerNormLayerOptions } from "./layers/normalization.ts";
export { packPaddedSequence, packSequence, padPackedSequence, padSequence, PackedSequence } from "./packed-sequence.ts";
export type { PackOptions, PadOptions } from "./packed-sequence.ts";
export { AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./layers/pooling.ts";
export { GRU, LSTM, RNN } from "./layers/recurrent.ts";
export type {
  LSTMLayerOptions, LSTMSequenceResult, LSTMSequenceState, RecurrentLayerOptions, RNNLayerOptions, SequenceResult, SequenceState,
} from "./layers/recurrent.ts";
export { GRUCell, LSTMCell, RNNCell } from "./layers/recurrent-cells.ts";
export type { LSTMCellOptions, LSTMState, RecurrentCellOptions, RNNCellOptions } from "./layers/recurrent-cells.ts";
export type { WeightOptions } from "./layers/weights.ts";
export { clipGradNorm_, clipGradValue_, gradNorm } from "./gradient-clipping.ts";
