/**
 * First values of weights, written in place without being recorded. Names and distributions are those of torch.nn.init.
 * Sources: Glorot and Bengio 2010 (Xavier), He et al. 2015 (Kaiming), LeCun et al., "Efficient BackProp", 1998 (LeCun), Saxe
 * et al. 2014 (orthogonal).
 */
import { eye } from "../tensor/creation.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { DrawOptions } from "../tensor/methods/draw.ts";
import { normal, truncatedNormal } from "../tensor/random/generator.ts";
import { elementCount, formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What follows a layer, which says how much of its output's spread is lost. */
export type Nonlinearity = "linear" | "conv1d" | "conv2d" | "convTranspose2d" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

/** How a Kaiming distribution is chosen. */
export interface KaimingOptions extends DrawOptions {
  /** Slope of leakyRelu below 0; 0 when not given. */
  a?: number;
  /** Keep the spread on the way forward (`"fanIn"`, when not given) or on the way back (`"fanOut"`). */
  mode?: "fanIn" | "fanOut";
  /** `"leakyRelu"` when not given. */
  nonlinearity?: Nonlinearity;
}

/** Connections that lead into one output and out of one input of a weight [out, in, ...window]. */
function fans(op: string, weight: Tensor): { fanIn: number; fanOut: number } {
  if (requireTensor(op, weight).ndim < 2) {
    throw new ShapeError(`${op}: needs a weight [out, in, ...], got shape ${formatShape(weight.shape)}; use uniform_ for a vector`);
  }
  const window = elementCount(weight.shape.slice(2));
  return { fanIn: weight.shape[1]! * window, fanOut: weight.shape[0]! * window };
}

/** Changes a tensor unrecorded, and gives it back. */
function written(tensor: Tensor, write: () => unknown): Tensor {
  noGrad(write);
  return tensor;
}

/** Uniform numbers in [a, b), 0 and 1 when not given. */
export function uniform_(tensor: Tensor, a = 0, b = 1, options: DrawOptions = {}): Tensor {
  return written(requireTensor("uniform_", tensor), () => tensor.uniform_(a, b, options));
}

/** Normal numbers of a mean and a deviation, 0 and 1 when not given. */
export function normal_(tensor: Tensor, mean = 0, std = 1, options: DrawOptions = {}): Tensor {
  return written(requireTensor("normal_", tensor), () => tensor.normal_(mean, std, options));
}

/** Normal numbers, of which those outside [a, b] (-2 and 2 when not given) are drawn again. */
export function truncNormal_(tensor: Tensor, mean = 0, std = 1, a = -2, b = 2, options: DrawOptions = {}): Tensor {
  requireTensor("truncNormal_", tensor);
  return written(tensor, () => tensor.copy_(truncatedNormal(tensor.shape, { dtype: tensor.dtype, mean, std, a, b, ...options })));
}

/** One number everywhere. */
export function constant_(tensor: Tensor, value: number): Tensor {
  return written(requireTensor("constant_", tensor), () => tensor.fill_(value));
}

/** 0 everywhere. */
export function zeros_(tensor: Tensor): Tensor {
  return written(requireTensor("zeros_", tensor), () => tensor.fill_(0));
}

/** 1 everywhere. */
export function ones_(tensor: Tensor): Tensor {
  return written(requireTensor("ones_", tensor), () => tensor.fill_(1));
}

/** The identity: ones on a matrix's diagonal. @throws ShapeError unless it is a matrix. */
export function eye_(tensor: Tensor): Tensor {
  if (requireTensor("eye_", tensor).ndim !== 2) {
    throw new ShapeError(`eye_: needs a matrix, got shape ${formatShape(tensor.shape)}`);
  }
  return written(tensor, () => tensor.copy_(eye(tensor.shape[0]!, tensor.shape[1]!, { dtype: tensor.dtype, device: tensor.device })));
}

/**
 * The factor by which a layer's weights are enlarged for what follows it.
 * @param negativeSlope leakyRelu's slope below 0; 0.01 when not given.
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  switch (nonlinearity) {
    case "linear":
    case "conv1d":
    case "conv2d":
    case "convTranspose2d":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + negativeSlope ** 2));
    case "selu":
      return 0.75;
    default:
      throw new NablaError(
        `calculateGain: ${JSON.stringify(nonlinearity)} is not known; known are linear, conv1d, conv2d, convTranspose2d, sigmoid, ` +
          `tanh, relu, leakyRelu, selu`,
      );
  }
}

/** Uniform, of variance gain^2 2 / (fanIn + fanOut). @param options.gain 1 when not given. */
export function xavierUniform_(tensor: Tensor, { gain = 1, ...options }: DrawOptions & { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = fans("xavierUniform_", tensor);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform_(tensor, -bound, bound, options);
}

/** Normal, of variance gain^2 2 / (fanIn + fanOut). @param options.gain 1 when not given. */
export function xavierNormal_(tensor: Tensor, { gain = 1, ...options }: DrawOptions & { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = fans("xavierNormal_", tensor);
  return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), options);
}

/** The deviation of a Kaiming distribution. */
function kaimingDeviation(op: string, tensor: Tensor, { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" }: KaimingOptions): number {
  const found = fans(op, tensor);
  if (mode !== "fanIn" && mode !== "fanOut") throw new NablaError(`${op}: mode is ${JSON.stringify(mode)}; known are "fanIn" and "fanOut"`);
  return calculateGain(nonlinearity, a) / Math.sqrt(found[mode]);
}

/** Uniform, of variance gain^2 / fan. */
export function kaimingUniform_(tensor: Tensor, options: KaimingOptions = {}): Tensor {
  const bound = Math.sqrt(3) * kaimingDeviation("kaimingUniform_", tensor, options);
  return uniform_(tensor, -bound, bound, options);
}

/** Normal, of variance gain^2 / fan. */
export function kaimingNormal_(tensor: Tensor, options: KaimingOptions = {}): Tensor {
  return normal_(tensor, 0, kaimingDeviation("kaimingNormal_", tensor, options), options);
}

/** Uniform, of variance 1 / fanIn, as Keras's lecun_uniform. */
export function lecunUniform_(tensor: Tensor, options: DrawOptions = {}): Tensor {
  const bound = Math.sqrt(3 / fans("lecunUniform_", tensor).fanIn);
  return uniform_(tensor, -bound, bound, options);
}

/** Normal, of variance 1 / fanIn (Keras's lecun_normal cuts the tails off besides). */
export function lecunNormal_(tensor: Tensor, options: DrawOptions = {}): Tensor {
  return normal_(tensor, 0, Math.sqrt(1 / fans("lecunNormal_", tensor).fanIn), options);
}

/**
 * A random orthogonal matrix, its rows or its columns (the fewer) of length `gain` and at right angles; a weight of more
 * dimensions counts as [out, the others]. All such matrices are equally likely: the Q of a normal matrix, columns turned so
 * that R's diagonal is positive (Mezzadri, "How to generate random matrices from the classical compact groups", 2007).
 */
export function orthogonal_(tensor: Tensor, { gain = 1, ...options }: DrawOptions & { gain?: number } = {}): Tensor {
  fans("orthogonal_", tensor);
  if (tensor.numel === 0) return tensor;
  const rows = tensor.shape[0]!;
  const columns = tensor.numel / rows;
  return written(tensor, () => {
    const drawn = normal(0, 1, [Math.max(rows, columns), Math.min(rows, columns)], { dtype: tensor.dtype, ...options });
    const { q, r } = drawn.qr();
    const turned = q.mul(r.diag().sign());
    tensor.copy_((rows < columns ? turned.t() : turned).mul(gain).reshape(tensor.shape));
  });
}
