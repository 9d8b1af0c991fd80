/**
 * What the library is called by: every op is a method of a tensor and a function of the module, under PyTorch's name in camelCase,
 * and what PyTorch keeps in a module of its own is there too.
 */
import { describe, expect, test } from "vitest";
import * as nabla from "../../src/index.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

const created = words(`
  zeros ones full empty zerosLike onesLike emptyLike eye arange linspace tensor rand randn randint randperm bernoulli multinomial
  normal truncatedNormal manualSeed`);

const both = words(`
  add sub mul div pow floorDivide remainder fmod eq ne lt le gt ge logicalAnd logicalOr logicalNot isnan isinf isfinite where
  clamp maximum minimum abs sign neg square sqrt rsqrt reciprocal exp log log1p expm1 sin cos tanh sigmoid relu leakyRelu elu
  softplus softsign hardSigmoid gelu erf round floor ceil
  sum mean var std max min amax amin prod argmax argmin cumsum cumprod cummax cummin norm logsumexp sort topk argsort median
  kthvalue any all histc
  matmul mm mv bmm dot outer trace cov addmm baddbmm
  softmax logSoftmax unique bincount nonzero searchsorted
  reshape permute transpose squeeze unsqueeze flatten expand split chunk flip roll tile repeat pad gather scatter scatterAdd
  indexAdd indexSelect take maskedFill maskedSelect oneHot tril triu diag
  maxPool1d maxPool2d avgPool1d avgPool2d adaptiveAvgPool1d adaptiveAvgPool2d maxUnpool2d lstm gru rnn multinomial`);

const functions = words("einsum cat stack meshgrid conv1d conv2d convTranspose2d");

const ofNetworks = words(`
  conv1d conv2d convTranspose2d maxPool1d maxPool2d avgPool1d avgPool2d adaptiveAvgPool1d adaptiveAvgPool2d unfold fold
  interpolate maxUnpool2d lstm gru rnn batchNorm layerNorm localResponseNorm dropout embedding linear
  ctcLoss ctcBestPath crfLogLikelihood crfDecode cosineSimilarity nms roiPool crossEntropy mseLoss
  relu leakyRelu elu softplus softsign hardSigmoid gelu sigmoid tanh softmax logSoftmax`);

const ofLinearAlgebra = words("inv det slogdet solve lstsq pinv eig eigh svd qr cholesky matrixNorm");
const ofDerivatives = words("grad valueAndGrad jacobian hessian hvp vjp jvp gradcheck gradgradcheck detectAnomaly noGrad compile");

const missing = (names: readonly string[], where: object): string[] =>
  names.filter((name) => typeof (where as Record<string, unknown>)[name] !== "function");

describe("there is", () => {
  test("every way to make a tensor", () => expect(missing(created, nabla)).toEqual([]));
  test("every op as a function", () => expect(missing([...both, ...functions], nabla)).toEqual([]));
  test("every op as a method", () => expect(missing(both, nabla.Tensor.prototype)).toEqual([]));
  test("every function of networks in nn.functional", () => expect(missing(ofNetworks, nabla.nn.functional)).toEqual([]));
  test("every decomposition in linalg", () => expect(missing(ofLinearAlgebra, nabla.linalg)).toEqual([]));
  test("every transform in fft", () => expect(missing(words("fft ifft rfft irfft"), nabla.fft)).toEqual([]));
  test("every function of functions", () => expect(missing(ofDerivatives, nabla)).toEqual([]));
});

describe("what differs only in how it is called", () => {
  const x = nabla.tensor([[1, 2, 4], [0, 5, 3]]);

  test("gives the same: methods and functions", () => {
    expect(nabla.var(x, { dim: 1 }).toArray()).toEqual(x.var({ dim: 1 }).toArray());
    expect(nabla.max(x, { dim: 0 }).indices.toArray()).toEqual(x.max({ dim: 0 }).indices.toArray());
    expect(nabla.where(x.gt(2), x, 0).toArray()).toEqual([[0, 0, 4], [0, 5, 3]]);
  });

  test("gives the same: empty tensors have the shape and type asked for", () => {
    expect([nabla.empty([2, 0, 3], { dtype: "int32" }).shape, nabla.emptyLike(x.gt(2)).dtype, nabla.emptyLike(x, { dtype: "float64" }).shape]).toEqual([
      [2, 0, 3],
      "bool",
      [2, 3],
    ]);
  });
});
