/**
 * The layers that pytorch.py has stored, made here: by the names of the cases.
 */
import { nn, stack, tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";

/** How a case's module is made in a type, and run where it is not by `forward` on all inputs. */
export interface LayerCase {
  make: (dtype: DType) => nn.AnyModule;
  run?: (module: nn.AnyModule, inputs: Tensor[]) => Tensor[];
}

const layer = (make: LayerCase["make"], run?: LayerCase["run"]): LayerCase => (run === undefined ? { make } : { make, run });

/** All tensors of a recurrent layer's result. */
const listed = ({ output, hN, cN }: nn.SequenceResult & { cN?: Tensor }): Tensor[] => [output, hN, ...(cN === undefined ? [] : [cN])];

const lengths = [4, 1, 3];

const recurrent: Record<string, LayerCase> = {};
for (const kind of ["RNN", "LSTM", "GRU"] as const) {
  for (const numLayers of [1, 2, 3]) {
    for (const bidirectional of [false, true]) {
      const name = `${kind} of ${numLayers}${bidirectional ? ", both ways" : ""}`;
      const make = (dtype: DType, batchFirst: boolean): nn.AnyModule => new nn[kind](3, 2, { numLayers, bidirectional, batchFirst, dtype });
      recurrent[`${name}, with lengths`] = layer(
        (dtype) => make(dtype, false),
        (module, [x, h0, c0]) => listed((module as nn.LSTM).forward(x!, { h0: h0!, ...(c0 === undefined ? {} : { c0 }), lengths })),
      );
      recurrent[`${name}, batch first`] = layer(
        (dtype) => make(dtype, true),
        (module, [x]) => listed((module as nn.LSTM).forward(x!)),
      );
    }
  }
}

const normalizing: Record<string, LayerCase> = {};
for (const mode of ["training", "evaluating"] as const) {
  const layers: Record<string, (dtype: DType) => nn.Module> = {
    BatchNorm1d: (dtype) => new nn.BatchNorm1d(3, { dtype }),
    "BatchNorm1d of sequences": (dtype) => new nn.BatchNorm1d(3, { momentum: 0.3, eps: 1e-3, dtype }),
    BatchNorm2d: (dtype) => new nn.BatchNorm2d(3, { dtype }),
    "BatchNorm2d cumulative": (dtype) => new nn.BatchNorm2d(3, { momentum: null, affine: false, dtype }),
    "BatchNorm2d without statistics": (dtype) => new nn.BatchNorm2d(3, { trackRunningStats: false, dtype }),
  };
  for (const [name, make] of Object.entries(layers)) {
    normalizing[`${name}, ${mode}`] = layer((dtype) => make(dtype).train(mode === "training"));
  }
}

const seen = tensor([[1, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 0, 1, 1, 0]]).gt(0);
const added = tensor([[0.5, -1, 0, 2, 0], [0, 0, 1, 0, 0], [0, -3, 0, 0, 0.25]], { dtype: "float64" });
const padding = tensor([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]]).gt(0);

const scaled = (options: (dtype: DType) => Parameters<typeof nn.functional.scaledDotProductAttention>[3]): LayerCase =>
  layer(
    () => new nn.Identity(),
    (_, [q, k, v]) => [nn.functional.scaledDotProductAttention(q!, k!, v!, options(q!.dtype))],
  );

/** Several heads on three inputs, or on one three times. */
const heads = (options: nn.MultiheadAttentionOptions, call: (dtype: DType) => nn.MultiheadCallOptions): LayerCase =>
  layer(
    (dtype) => new nn.MultiheadAttention(4, 2, { ...options, dtype }),
    (module, [q, k = q, v = q]) => {
      const { output, weights } = (module as nn.MultiheadAttention).forward(q!, k!, v!, call(q!.dtype));
      return weights === undefined ? [output] : [output, weights];
    },
  );

const attention: Record<string, LayerCase> = {
  scaledDotProductAttention: scaled(() => undefined),
  "scaledDotProductAttention with a mask": scaled(() => ({ attnMask: seen })),
  "scaledDotProductAttention with numbers": scaled((dtype) => ({ attnMask: added.to(dtype) })),
  "scaledDotProductAttention, causal": scaled(() => ({ isCausal: true })),
  "scaledDotProductAttention with a scale": scaled(() => ({ scale: 0.3 })),
  MultiheadAttention: heads({}, () => ({})),
  "MultiheadAttention of other sizes": heads({ kdim: 3, vdim: 5, batchFirst: true }, () => ({ keyPaddingMask: padding })),
  "MultiheadAttention with two masks": heads({ bias: false }, () => ({
    keyPaddingMask: padding, attnMask: seen.logicalNot(), averageAttnWeights: false,
  })),
  "MultiheadAttention with numbers for each head": heads({ batchFirst: true }, (dtype) => ({
    attnMask: stack([added, added.mul(2), added.neg(), added]).to(dtype), needWeights: false,
  })),
  "MultiheadAttention, causal": heads({ batchFirst: true }, () => ({ isCausal: true })),
};
const attentionKinds: Record<string, (dtype: DType) => nn.AdditiveAttention | nn.GeneralAttention | nn.DotAttention> = {
  additive: (dtype) => new nn.AdditiveAttention(3, 4, 6, { dtype }),
  general: (dtype) => new nn.GeneralAttention(3, 4, { dtype }),
  dot: () => new nn.DotAttention(),
};
for (const [kind, make] of Object.entries(attentionKinds)) {
  const run = (options: { mask?: Tensor }): LayerCase["run"] => (module, [q, k, values = k]) => {
    const { output, weights } = (module as nn.DotAttention).forward(q!, k!, { values: values!, ...options });
    return [output, weights];
  };
  attention[`${kind} attention`] = layer(make, run({ mask: padding.logicalNot() }));
  attention[`${kind} attention of one query`] = layer(make, run({}));
}

const factors = (dtype: DType): Tensor => tensor([0.5, 2, 1, 0.25], { dtype });

/** A loss against whole numbers. */
const labelled = (make: LayerCase["make"]): LayerCase =>
  layer(make, (module, [x, labels]) => [(module as nn.CrossEntropyLoss).forward(x!, labels!.to("int32"))]);

const losses: Record<string, LayerCase> = {
  MSELoss: layer(() => new nn.MSELoss()),
  "MSELoss, sums": layer(() => new nn.MSELoss({ reduction: "sum" })),
  L1Loss: layer(() => new nn.L1Loss()),
  HuberLoss: layer(() => new nn.HuberLoss({ delta: 0.5 })),
  SmoothL1Loss: layer(() => new nn.SmoothL1Loss({ beta: 0.5 })),
  "SmoothL1Loss of each": layer(() => new nn.SmoothL1Loss({ reduction: "none" })),
  MSLELoss: layer(() => new nn.MSLELoss()),
  MAPELoss: layer(() => new nn.MAPELoss()),
  BCELoss: layer((dtype) => new nn.BCELoss({ weight: factors(dtype) })),
  BCEWithLogitsLoss: layer((dtype) => new nn.BCEWithLogitsLoss({ weight: factors(dtype), posWeight: factors(dtype).add(1) })),
  CrossEntropyLoss: labelled(() => new nn.CrossEntropyLoss()),
  "CrossEntropyLoss with options": labelled(
    (dtype) => new nn.CrossEntropyLoss({ weight: factors(dtype), labelSmoothing: 0.2, ignoreIndex: 1 }),
  ),
  NLLLoss: labelled((dtype) => new nn.NLLLoss({ weight: factors(dtype), reduction: "sum" })),
  KLDivLoss: layer(() => new nn.KLDivLoss({ reduction: "batchmean" })),
  HingeLoss: layer(() => new nn.HingeLoss()),
  SquaredHingeLoss: layer(() => new nn.SquaredHingeLoss()),
  ExponentialLoss: layer(() => new nn.ExponentialLoss()),
  CosineEmbeddingLoss: layer(() => new nn.CosineEmbeddingLoss({ margin: 0.25 })),
  TripletMarginLoss: layer(() => new nn.TripletMarginLoss({ margin: 2, swap: true })),
  CTCLoss: layer(
    () => new nn.CTCLoss({ blank: 3 }),
    (module, [x]) => {
      const targets = tensor([[0, 1], [1, 0], [2, 0]], { dtype: "int32" });
      return [(module as nn.CTCLoss).forward(x!.logSoftmax(2), targets, [5, 4, 3], [2, 1, 2])];
    },
  ),
  CRF: layer(
    (dtype) => new nn.CRF(3, { dtype }),
    (module, [x, tags]) => [(module as nn.CRF).forward(x!, tags!.to("int32"), { lengths })],
  ),
};

export const layerCases: Record<string, LayerCase> = {
  Linear: layer((dtype) => new nn.Linear(4, 3, { dtype })),
  "Linear without bias": layer((dtype) => new nn.Linear(4, 3, { bias: false, dtype })),
  Bilinear: layer((dtype) => new nn.Bilinear(3, 4, 2, { dtype })),
  "Bilinear without bias": layer((dtype) => new nn.Bilinear(3, 4, 2, { bias: false, dtype })),
  Identity: layer(() => new nn.Identity()),
  Conv1d: layer((dtype) => new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2, dtype })),
  "Conv1d causal": layer((dtype) => new nn.Conv1d(3, 2, 3, { dilation: 2, causal: true, dtype })),
  Conv2d: layer((dtype) => new nn.Conv2d(3, 4, 3, { padding: 1, dtype })),
  "Conv2d with options": layer(
    (dtype) => new nn.Conv2d(4, 6, [3, 2], { stride: [2, 1], padding: [1, 0], dilation: [1, 2], groups: 2, bias: false, dtype }),
  ),
  ConvTranspose2d: layer((dtype) => new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2, dtype })),
  MaxPool2d: layer(() => new nn.MaxPool2d(3, { stride: 2, padding: 1 })),
  MaxPool1d: layer(() => new nn.MaxPool1d(2)),
  AvgPool2d: layer(() => new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false, ceilMode: true })),
  AvgPool1d: layer(() => new nn.AvgPool1d(3, { stride: 1 })),
  AdaptiveAvgPool2d: layer(() => new nn.AdaptiveAvgPool2d([2, 3])),
  AdaptiveAvgPool1d: layer(() => new nn.AdaptiveAvgPool1d(3)),
  AdaptiveMaxPool2d: layer(() => new nn.AdaptiveMaxPool2d([2, 3])),
  ...normalizing,
  LayerNorm: layer((dtype) => new nn.LayerNorm([3, 4], { dtype })),
  "LayerNorm without shift": layer((dtype) => new nn.LayerNorm(4, { bias: false, eps: 1e-2, dtype })),
  LocalResponseNorm: layer(() => new nn.LocalResponseNorm(3, { alpha: 0.1, beta: 0.5, k: 2 })),
  "Dropout, evaluating": layer(() => new nn.Dropout(0.7).eval()),
  "Dropout2d, evaluating": layer(() => new nn.Dropout2d(0.7).eval()),
  Embedding: layer(
    (dtype) => new nn.Embedding(7, 3, { paddingIdx: 2, dtype }),
    (module, [positions]) => [(module as nn.Embedding).forward(positions!.to("int32"))],
  ),
  Flatten: layer(() => new nn.Flatten()),
  "Flatten within": layer(() => new nn.Flatten({ startDim: 1, endDim: 2 })),
  Unflatten: layer(() => new nn.Unflatten(1, [3, -1])),
  Upsample: layer(() => new nn.Upsample({ scaleFactor: 2, mode: "bilinear", alignCorners: true })),
  ZeroPad2d: layer(() => new nn.ZeroPad2d([1, 2, 0, 3])),
  ReLU: layer(() => new nn.ReLU()),
  LeakyReLU: layer(() => new nn.LeakyReLU({ negativeSlope: 0.2 })),
  ELU: layer(() => new nn.ELU({ alpha: 0.7 })),
  GELU: layer(() => new nn.GELU()),
  "GELU by tanh": layer(() => new nn.GELU({ approximate: "tanh" })),
  Tanh: layer(() => new nn.Tanh()),
  Sigmoid: layer(() => new nn.Sigmoid()),
  Softmax: layer(() => new nn.Softmax(1)),
  LogSoftmax: layer(() => new nn.LogSoftmax(-1)),
  Softplus: layer(() => new nn.Softplus({ beta: 2, threshold: 3 })),
  Softsign: layer(() => new nn.Softsign()),
  Hardsigmoid: layer(() => new nn.Hardsigmoid()),
  SELU: layer(() => new nn.SELU()),
  SiLU: layer(() => new nn.SiLU()),
  Mish: layer(() => new nn.Mish()),
  Hardtanh: layer(() => new nn.Hardtanh({ minVal: -0.5, maxVal: 1.5 })),
  ReLU6: layer(() => new nn.ReLU6()),
  PReLU: layer((dtype) => new nn.PReLU({ dtype })),
  "PReLU of channels": layer((dtype) => new nn.PReLU({ numParameters: 5, init: 0.1, dtype })),
  LogSigmoid: layer(() => new nn.LogSigmoid()),
  "LogSigmoid far out": layer(() => new nn.LogSigmoid()),
  Softmin: layer(() => new nn.Softmin(1)),
  GLU: layer(() => new nn.GLU()),
  "GLU of rows": layer(() => new nn.GLU(0)),
  ...attention,
  ...losses,
  Sequential: layer(
    (dtype) =>
      new nn.Sequential(
        new nn.Linear(4, 5, { dtype }),
        new nn.Tanh(),
        new nn.Sequential([new nn.Linear(5, 3, { dtype }), new nn.ReLU()]),
      ),
  ),
  ...recurrent,
  "RNN of 1 with relu and without bias": layer(
    (dtype) => new nn.RNN(3, 2, { nonlinearity: "relu", bias: false, dtype }),
    (module, [x]) => listed((module as nn.RNN).forward(x!)),
  ),
  RNNCell: layer((dtype) => new nn.RNNCell(3, 2, { dtype })),
  "RNNCell with relu": layer((dtype) => new nn.RNNCell(3, 2, { nonlinearity: "relu", dtype })),
  GRUCell: layer((dtype) => new nn.GRUCell(3, 2, { dtype })),
  LSTMCell: layer(
    (dtype) => new nn.LSTMCell(3, 2, { dtype }),
    (module, [x, h, c]) => {
      const next = (module as nn.LSTMCell).forward(x!, { h: h!, c: c! });
      return [next.h, next.c];
    },
  ),
};
