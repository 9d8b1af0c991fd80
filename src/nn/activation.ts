/**
 * Activations that are put together from others, under PyTorch's names and with its derivatives at the bends. A compiled
 * step runs their parts together. Sources: Klambauer et al. 2017 (SELU), Elfwing, Uchibe and Doya 2018 and Ramachandran, Zoph
 * and Le 2017 (SiLU, also swish), Misra 2019 (Mish), Howard et al. 2017 (ReLU6), He et al. 2015 (PReLU), Dauphin et al. 2017
 * (GLU).
 */
import { requireFloat } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { formatShape, normalizeDim } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

const checked = (op: string, x: Tensor): Tensor => requireFloat(op, requireTensor(op, x));

/** The constants for which mean 0 and variance 1 are a fixed point, as in the paper. */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** 1.0507 times x where it is positive, else 1.0507 times 1.6733 (exp(x) - 1). */
export function selu(x: Tensor): Tensor {
  return checked("selu", x).elu({ alpha: seluAlpha }).mul(seluScale);
}

/** x sigmoid(x), also called swish. */
export function silu(x: Tensor): Tensor {
  return checked("silu", x).mul(x.sigmoid());
}

/** x tanh(log(1 + exp(x))). */
export function mish(x: Tensor): Tensor {
  return checked("mish", x).mul(x.softplus().tanh());
}

/** x brought into the interval from `minVal` to `maxVal`, -1 and 1 when not given; flat at both ends. */
export function hardtanh(x: Tensor, { minVal = -1, maxVal = 1 }: { minVal?: number; maxVal?: number } = {}): Tensor {
  checked("hardtanh", x);
  if (!(minVal < maxVal)) throw new NablaError(`hardtanh: minVal is ${minVal} and maxVal ${maxVal}; the first must be the smaller`);
  return x.where(x.gt(minVal).logicalAnd(x.lt(maxVal)), x.detach().clamp({ min: minVal, max: maxVal }));
}

/** x brought into the interval from 0 to 6. */
export function relu6(x: Tensor): Tensor {
  return hardtanh(checked("relu6", x), { minVal: 0, maxVal: 6 });
}

/**
 * x where it is positive, else x times a slope that is learnt.
 * @param weight the slope, [] or [1]; or [C], one for each channel of x [N, C, ...].
 * @throws ShapeError when there are not as many slopes as channels.
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checked("prelu", x);
  const slopes = checked("prelu", weight).numel;
  const channels = x.ndim === 1 ? x.shape[0]! : x.shape[1];
  if (weight.ndim > 1 || (slopes !== 1 && slopes !== channels)) {
    throw new ShapeError(`prelu: slopes have shape [1] or [C], got ${formatShape(weight.shape)} for an input of shape ${formatShape(x.shape)}`);
  }
  const slope = slopes === 1 ? weight.reshape([]) : weight.reshape([slopes, ...x.shape.slice(2).map(() => 1)]);
  return x.where(x.gt(0), x.mul(slope));
}

/** log(1 / (1 + exp(-x))), without the logarithm of a 0. */
export function logSigmoid(x: Tensor): Tensor {
  // Above 40 what softplus leaves out is less than the last digit of a float64.
  return checked("logSigmoid", x).neg().softplus({ threshold: 40 }).neg();
}

/** The softmax of -x: the smallest gets the most. */
export function softmin(x: Tensor, dim: number): Tensor {
  return checked("softmin", x).neg().softmax(dim);
}

/**
 * The first half along a dimension times the sigmoid of the second.
 * @param dim the last when not given.
 * @throws ShapeError when the dimension's size is odd.
 */
export function glu(x: Tensor, dim = -1): Tensor {
  const place = normalizeDim("glu", dim, checked("glu", x).ndim);
  const size = x.shape[place]!;
  if (size % 2 !== 0) throw new ShapeError(`glu: dimension ${dim} of ${formatShape(x.shape)} has ${size} elements and no halves`);
  return x.narrow(place, 0, size / 2).mul(x.narrow(place, size / 2, size / 2).sigmoid());
}
