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
  /** 2, the Euclidean length, when not given; 1 sums absolute values; Infinity takes the largest one. */
  p?: number;
}

export interface NormMethods {
  /** The length of the vector that the elements of the given dimensions, or all elements, make up. */
  norm(options?: NormOptions): Tensor;
  /** log(sum(exp(x))) over one dimension or several, computed without overflow. */
  logsumexp(dim: number | readonly number[], options?: { keepdim?: boolean }): Tensor;
}

export const normMethods: NormMethods & ThisType<Tensor> = {
  norm({ p = 2, ...options } = {}) {
    const self = requireFloat("norm", this);
    if (p === 1) return self.abs().sum(options);
    if (p === Infinity) {
      if (self.numel === 0) {
        throw new ShapeError(`norm: a tensor of shape ${formatShape(self.shape)} has no largest element; write p: 1 or p: 2`);
      }
      return self.abs().amax(options);
    }
    if (p !== 2) throw new NablaError(`norm: p is ${p}; known are 1, 2 and Infinity`);
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
