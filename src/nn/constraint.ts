/**
 * Constraints on weights, applied after a step of the optimiser.
 */
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { formatShape, normalizeDim } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Shortens, in place, the weights that lead into each unit to a length of at most `limit`; shorter ones stay.
 * Source: Srebro and Shraibman 2005; with dropout in Srivastava et al. 2014, appendix A.1. (torch.renorm with p = 2)
 * @param weight of at least two dimensions.
 * @param options.dim the dimension that counts the units: 0 for PyTorch's layout [out, in, ...], which is the default.
 */
export function maxNorm_(weight: Tensor, limit: number, { dim = 0 }: { dim?: number } = {}): Tensor {
  if (requireTensor("maxNorm_", weight).ndim < 2) {
    throw new ShapeError(`maxNorm_: needs a weight of at least two dimensions, got shape ${formatShape(weight.shape)}`);
  }
  if (!(limit > 0)) throw new NablaError(`maxNorm_: the limit is ${limit}; a length is above 0`);
  const units = normalizeDim("maxNorm_", dim, weight.ndim);
  const others = weight.shape.map((_, d) => d).filter((d) => d !== units);
  return noGrad(() => {
    const length = weight.square().sum({ dim: others, keepdim: true }).sqrt();
    const factor = length.add(1e-7).reciprocal().mul(limit);
    return weight.copy_(weight.mul(factor.where(length.gt(limit), 1)));
  });
}
