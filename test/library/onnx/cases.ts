/**
 * Models that go through ONNX files: every network of `nn.models`, every layer that has a form of its own there, and code
 * without layers. Each comes with inputs for a batch of any size.
 */
import { nn, noGrad, rand, randint, randn, tensor } from "../../../src/index.ts";
import type { onnx, Tensor } from "../../../src/index.ts";

export interface OnnxCase {
  readonly make: () => nn.AnyModule;
  readonly inputs: (batch: number) => Tensor[];
  readonly options?: onnx.ExportOptions;
}

const { models } = nn;

/** Code without parameters as a module. */
export class Code extends nn.Module<Tensor[]> {
  private readonly code: (...inputs: Tensor[]) => Tensor;

  constructor(code: (...inputs: Tensor[]) => Tensor) {
    super();
    this.code = code;
  }

  override forward(...inputs: Tensor[]): Tensor {
    return this.code(...inputs);
  }
}

/** Sequences of different lengths. */
class WithLengths extends nn.Module<[Tensor, Tensor], nn.SequenceResult> {
  private readonly layer: nn.Module<[Tensor, nn.SequenceState], nn.SequenceResult>;

  constructor(layer: nn.AnyModule) {
    super();
    this.layer = layer as nn.Module<[Tensor, nn.SequenceState], nn.SequenceResult>;
  }

  override forward(x: Tensor, lengths: Tensor): nn.SequenceResult {
    return this.layer.forward(x, { lengths });
  }
}

/** Everything looks at everything before it. */
class SelfAttention extends nn.Module {
  readonly attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
  readonly norm = new nn.LayerNorm(8);

  override forward(x: Tensor): Tensor {
    return this.norm.forward(this.attention.forward(x, x, x, { isCausal: true }).output.add(x));
  }
}

const of = (...shape: number[]) => (batch: number): Tensor[] => [randn([batch, ...shape])];
const pictures = (channels: number, size: number) => (batch: number): Tensor[] => [rand([batch, channels, size, size])];
const layer = (made: () => nn.AnyModule, ...shape: number[]): OnnxCase => ({ make: made, inputs: of(...shape) });
const code = (run: (...inputs: Tensor[]) => Tensor, ...shapes: number[][]): OnnxCase => ({
  make: () => new Code(run),
  inputs: (batch) => shapes.map((shape) => randn([batch, ...shape])),
});
const narrow = { width: 1 / 16 };

/** Statistics of batch normalisation away from their first values. */
function trained(model: nn.Sequential, shape: number[]): nn.Sequential {
  noGrad(() => [1, 2, 3].forEach(() => model.forward(randn([8, ...shape]).mul(2).add(1))));
  return model;
}

export const modelCases: Readonly<Record<string, OnnxCase>> = {
  Mlp: layer(() => new models.Mlp([12, 20, 10], { dropout: 0.2 }), 12),
  LeNet5: { make: () => new models.LeNet5(), inputs: pictures(1, 28) },
  "LeNet5 of 1998": { make: () => new models.LeNet5({ variant: "1998" }), inputs: pictures(1, 28) },
  LeNet: { make: () => new models.LeNet(), inputs: pictures(1, 28) },
  CifarNetwork: { make: () => new models.CifarNetwork({ deeper: true }), inputs: pictures(3, 32) },
  AlexNet: { make: () => new models.AlexNet(narrow), inputs: pictures(3, 224) },
  "AlexNet with two towers": { make: () => new models.AlexNet({ ...narrow, towers: 2 }), inputs: pictures(3, 227) },
  VGG16: { make: () => new models.VGG16({ ...narrow, imageSize: 64 }), inputs: pictures(3, 64) },
  ResNet18: { make: () => new models.ResNet18({ width: 1 / 16 }), inputs: pictures(3, 32) },
  "ResNet18 of large pictures": { make: () => new models.ResNet18({ width: 1 / 16, pictures: "large" }), inputs: pictures(3, 64) },
  FCN32s: { make: () => new models.FCN32s(narrow), inputs: pictures(3, 64) },
  FCN16s: { make: () => new models.FCN16s(narrow), inputs: pictures(3, 64) },
  CharRNN: { make: () => new models.CharRNN(9), inputs: (batch) => [randint(0, 9, [6, batch])], options: { batchDim: 1 } },
  "CharRNN from a state": {
    make: () => new models.CharRNN(9, { hiddenSize: 5 }), inputs: (batch) => [randint(0, 9, [6, batch]), randn([batch, 5])], options: { batchDim: [1, 0] },
  },
  BagOfEmbeddings: { make: () => new models.BagOfEmbeddings(9), inputs: (batch) => [randint(0, 9, [batch, 6])] },
  SentimentLSTM: { make: () => new models.SentimentLSTM(9, { embeddingSize: 5, hiddenSize: 4 }), inputs: (batch) => [randint(0, 9, [batch, 6])] },
  "SentimentLSTM with maxima": {
    make: () => new models.SentimentLSTM(9, { embeddingSize: 5, hiddenSize: 4, levels: 1, pooling: "max" }), inputs: (batch) => [randint(0, 9, [batch, 6])],
  },
  SeriesLSTM: layer(() => new models.SeriesLSTM({ inputSize: 2, peepholes: true }), 7, 2),
  RowLSTM: { make: () => new models.RowLSTM(), inputs: pictures(1, 28) },
  DenoisingAutoencoder: layer(() => new models.DenoisingAutoencoder(20, 7), 20),
  SparseAutoencoder: layer(() => new models.SparseAutoencoder(20, 7), 20),
  StackedAutoencoder: layer(() => new models.StackedAutoencoder([20, 7, 6], 3), 20),
  RBM: layer(() => new models.RBM(20, 7), 20),
  DBN: layer(() => new models.DBN([20, 7, 6], 3), 20),
};

const recurrent = { LSTM: nn.LSTM, GRU: nn.GRU, RNN: nn.RNN };

export const layerCases: Readonly<Record<string, OnnxCase>> = {
  ...Object.fromEntries(
    Object.entries(recurrent).flatMap(([name, Layer]): [string, OnnxCase][] => [
      [`${name}, two levels, both directions`, layer(() => new Layer(5, 6, { numLayers: 2, bidirectional: true, batchFirst: true }), 4, 5)],
      [`${name}, steps first, without bias`, { make: () => new Layer(5, 6, { bias: false }), inputs: (batch) => [randn([4, batch, 5])], options: { batchDim: 1 } }],
      [`${name}, variable lengths`, {
        make: () => new WithLengths(new Layer(5, 6, { bidirectional: true, batchFirst: true })),
        inputs: (batch) => [randn([batch, 4, 5]), tensor(Int32Array.from({ length: batch }, (_, i) => 1 + (i % 4)))],
      }],
    ]),
  ),
  "LSTM with peepholes": layer(() => new nn.LSTM(5, 6, { peepholes: true, batchFirst: true }), 4, 5),
  "RNN with relu": layer(() => new nn.RNN(5, 6, { nonlinearity: "relu", batchFirst: true }), 4, 5),
  GRUCell: { make: () => new nn.GRUCell(5, 6), inputs: (batch) => [randn([batch, 5]), randn([batch, 6])] },
  "convolution, batch normalisation, dropout and global pooling": {
    make: () =>
      trained(
        new nn.Sequential(new nn.Conv2d(3, 4, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(4), new nn.ReLU(), new nn.Dropout(0.3), new nn.AdaptiveAvgPool2d(1), new nn.Flatten()),
        [3, 6, 6],
      ),
    inputs: pictures(3, 6),
  },
  "BatchNorm1d without scale": layer(() => trained(new nn.Sequential(new nn.BatchNorm1d(4, { affine: false })), [4, 3]), 4, 3),
  "embedding, layer normalisation and linear on sequences": {
    make: () => new nn.Sequential(new nn.Embedding(9, 4), new nn.LayerNorm(4), new nn.Linear(4, 3)),
    inputs: (batch) => [randint(0, 9, [batch, 5])],
  },
  "LayerNorm without scale": layer(() => new nn.LayerNorm([3, 4], { elementwiseAffine: false }), 3, 4),
  "self-attention with a causal mask": layer(() => new SelfAttention(), 5, 8),
  "LocalResponseNorm, odd": layer(() => new nn.LocalResponseNorm(5), 7, 4, 4),
  "LocalResponseNorm, even": layer(() => new nn.LocalResponseNorm(4), 7, 4, 4),
  "Upsample, nearest": layer(() => new nn.Upsample({ scaleFactor: 2 }), 3, 4, 5),
  "Upsample, bilinear": layer(() => new nn.Upsample({ scaleFactor: 2, mode: "bilinear" }), 3, 4, 5),
  ZeroPad2d: layer(() => new nn.ZeroPad2d([1, 2, 0, 3]), 3, 4, 5),
  "ZeroPad2d that cuts off": layer(() => new nn.ZeroPad2d([-1, 2, 0, 3]), 3, 4, 5),
  RepeatVector: layer(() => new nn.RepeatVector(3), 5),
  TimeDistributed: layer(() => new nn.TimeDistributed(new nn.Linear(5, 4)), 3, 5),
  "Conv1d, causal": layer(() => new nn.Conv1d(3, 4, 3, { causal: true, dilation: 2 }), 3, 9),
  "Conv2d, same, even kernel": layer(() => new nn.Conv2d(3, 4, 4, { padding: "same", dilation: 2 }), 3, 9, 9),
  "Conv2d in groups": layer(() => new nn.Conv2d(4, 6, 3, { groups: 2, stride: 2 }), 4, 9, 8),
  ConvTranspose2d: layer(() => new nn.ConvTranspose2d(3, 4, 3, { stride: 2, padding: 1, outputPadding: 1 }), 3, 4, 5),
  "MaxPool2d, ceilMode": layer(() => new nn.MaxPool2d(3, { stride: 2, ceilMode: true }), 3, 6, 8),
  "MaxPool2d, padding": layer(() => new nn.MaxPool2d(3, { stride: 2, padding: 1 }), 3, 6, 8),
  "AvgPool2d, padding": layer(() => new nn.AvgPool2d(3, { stride: 2, padding: 1 }), 3, 7, 7),
  "AvgPool2d, padding not counted": layer(() => new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }), 3, 7, 7),
  "AvgPool2d with a divisor": layer(() => new nn.AvgPool2d(2, { divisorOverride: 3 }), 3, 6, 6),
  MaxPool1d: layer(() => new nn.MaxPool1d(2), 3, 8),
  AvgPool1d: layer(() => new nn.AvgPool1d(2), 3, 8),
  Unflatten: layer(() => new nn.Unflatten(1, [2, 3]), 6),
  Bilinear: { make: () => new nn.Bilinear(3, 4, 5), inputs: (batch) => [randn([batch, 3]), randn([batch, 4])] },
  GELU: layer(() => new nn.GELU(), 5),
  "GELU by tanh": layer(() => new nn.GELU({ approximate: "tanh" }), 5),
  ELU: layer(() => new nn.ELU({ alpha: 0.7 }), 5),
  LeakyReLU: layer(() => new nn.LeakyReLU(), 5),
  Softplus: layer(() => new nn.Softplus({ beta: 2 }), 5),
  Softsign: layer(() => new nn.Softsign(), 5),
  Hardsigmoid: layer(() => new nn.Hardsigmoid(), 5),
  SiLU: layer(() => new nn.SiLU(), 5),
  Mish: layer(() => new nn.Mish(), 5),
  Hardtanh: layer(() => new nn.Hardtanh(), 5),
  PReLU: layer(() => new nn.PReLU(), 5),
  GLU: layer(() => new nn.GLU(), 6),
  LogSigmoid: layer(() => new nn.LogSigmoid(), 5),
  LogSoftmax: layer(() => new nn.LogSoftmax(1), 5),
};

export const codeCases: Readonly<Record<string, OnnxCase>> = {
  "elementwise functions, reductions and a flip": code(
    (x) => x.flip(1).exp().add(x.cumsum(1)).sub(x.mean({ dim: 1, keepdim: true })).mul(x.sum({ dim: 1 }).unsqueeze(1)).clamp({ min: -1 }).square().add(1).log1p().rsqrt(),
    [5],
  ),
  "conditions and positions": code(
    (x) => x.where(x.gt(0).logicalAnd(x.ne(0.5)), x.neg().maximum(0.1)).add(x.argmax({ dim: 1 }).unsqueeze(1)),
    [5],
  ),
  "a change in place, and views of it": code((x) => {
    const y = x.mul(2);
    const before = y.t();
    y.add_(1);
    return before.contiguous().t().narrow(1, 1, 3);
  }, [5]),
  "a number copied over a whole tensor": code((x) => {
    const y = x.mul(2);
    y.copy_(tensor(0.5));
    return x.add(y);
  }, [5]),
  "parts put together": code((x, y) => {
    const joined = noGrad(() => [x, y.mul(2), x.narrow(1, 0, 1)]);
    return joined[0]!.add(y).pad([1, 2], { value: 0.5 }).add(joined[1]!.sum());
  }, [4], [4]),
  "scaled dot products": code((q, k, v) => q.matmul(k.mT).mul(0.5).softmax(-1).matmul(v), [3, 4], [5, 4], [5, 6]),
  "sizes that depend on the batch": code((x) => x.unsqueeze(1).expand([x.shape[0]!, 3, 4]).add(x.newZeros([x.shape[0]!, 3, 1])).reshape([3 * x.shape[0]!, 4]), [4]),
};

/** A padding row gets no gradient, of which a file says nothing. */
export const exportCases: Readonly<Record<string, OnnxCase>> = {
  "Embedding with a padding row": { make: () => new nn.Embedding(9, 4, { paddingIdx: 0 }), inputs: (batch) => [randint(0, 9, [batch, 5])] },
};

export const allCases: Readonly<Record<string, OnnxCase>> = { ...modelCases, ...layerCases, ...codeCases };
