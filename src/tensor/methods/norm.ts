/**
 * Reductions that lose their value or their derivative when they are written down plainly: the norms, whose root has no
 * derivative at 0 (PyTorch takes 0 there), and the logarithm of a sum of exponentials, which overflows.
 */
import { requireFloat } from "../dispatch.ts";
import type { ReductionOptions } from "../dispatch.ts";
import { NablaError, ShapeError } from "../errors.ts";
import { formatShape, normalizeDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Which norm, and over which dimensions. */
export interface NormOptions extends ReductionOptions {
  /**
   * The power p of (sum |x|^p)^(1/p): 2, the Euclidean length, when not given; 1 sums absolute values; Infinity takes the
   * largest one, -Infinity the smallest; 0 counts the elements that are not 0.
   */
  p?: number;
}

export interface NormMethods {
  /** The length of the vector that the elements of the given dimensions, or all elements, make up. */
  norm(options?: NormOptions): Tensor;
  /** log(sum(exp(x))) over one dimension or several, computed without overflow. */
  logsumexp(dim: number | readonly number[], options?: { keepdim?: boolean }): Tensor;
}

/** Elements that are 0, and rows of nothing else, have no slope: they are taken out of the powers and put back. */
function powerNorm(self: Tensor, p: number, options: ReductionOptions): Tensor {
  const present = self.ne(0);
  const powers = self.abs().where(present, 1).pow(p).where(present, p > 0 ? 0 : Infinity);
  const total = powers.sum(options);
  const positive = total.ne(0);
  return total.where(positive, 1).pow(1 / p).where(positive, 0);
}

export const normMethods: NormMethods & ThisType<Tensor> = {
  norm({ p = 2, ...options } = {}) {
    const self = requireFloat("norm", this);
    if (p === 1) return self.abs().sum(options);
    if (p === Infinity || p === -Infinity) {
      if (self.numel === 0) {
        const which = p > 0 ? "largest" : "smallest";
        throw new ShapeError(`norm: a tensor of shape ${formatShape(self.shape)} has no ${which} element; write p: 1 or p: 2`);
      }
      return p > 0 ? self.abs().amax(options) : self.abs().amin(options);
    }
    if (typeof p !== "number" || Number.isNaN(p)) throw new NablaError(`norm: p is ${String(p)}; it is a number`);
    if (p === 0) return self.ne(0).to(self.dtype).sum(options);
    if (p !== 2) return powerNorm(self, p, options);
    const squared = self.square().sum(options);
    const positive = squared.ne(0);
    return squared.where(positive, 1).sqrt().where(positive, 0);
  },

  logsumexp(dim, { keepdim = false } = {}) {
    const self = requireFloat("logsumexp", this);
    const dims = normalizeDims("logsumexp", dim, self.ndim);
    if (self.numel === 0) return self.exp().sum({ dim: dims, keepdim }).log();
    const largest = self.detach().amax({ dim: dims, keepdim: true });
    // Infinity - Infinity would be NaN: rows of infinities are left where they are.
    const shift = largest.where(largest.isfinite(), 0);
    const total = self.sub(shift).exp().sum({ dim: dims, keepdim: true });
    // A row of nothing but -Infinity, as masked scores have, is -Infinity and takes no gradient, where 1 / 0 would make NaN.
    const positive = total.ne(0);
    const result = total.where(positive, 1).log().where(positive, -Infinity).add(shift);
    return keepdim ? result : result.reshape(self.shape.filter((_, d) => !dims.includes(d)));
  },
};
