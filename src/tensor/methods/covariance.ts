/**
 * How variables vary together: covariance and correlation, with PyTorch's conventions.
 */
import { requireFloat } from "../dispatch.ts";
import { NablaError, ShapeError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

export interface CovarianceOptions {
  /** What the number of observations is diminished by: 1, for an estimate without bias, when not given. */
  correction?: number;
  /** A variable is a row and an observation a column; false for the other way round. */
  rowvar?: boolean;
}

export interface CovarianceMethods {
  /**
   * The covariances of variables: of a matrix whose rows are variables and whose columns are observations, shape [V, N], the matrix
   * [V, V]; of a vector, one variable, its variance.
   */
  cov(options?: CovarianceOptions): Tensor;
  /** The correlations of variables: covariances divided by both deviations, within -1 and 1. */
  corrcoef(): Tensor;
}

export const covarianceMethods: CovarianceMethods & ThisType<Tensor> = {
  cov({ correction = 1, rowvar = true } = {}) {
    const self = requireFloat("cov", this);
    if (self.ndim > 2) {
      throw new ShapeError(`cov: needs a matrix of variables by observations, or a vector, got shape ${formatShape(self.shape)}`);
    }
    if (!Number.isInteger(correction)) throw new NablaError(`cov: correction ${correction} is not a whole number`);
    const rows = self.ndim < 2 ? self.reshape([1, self.numel]) : rowvar ? self : self.mT;
    const centred = rows.sub(rows.mean({ dim: 1, keepdim: true }));
    const covariance = centred.matmul(centred.mT).div(Math.max(rows.shape[1]! - correction, 0));
    return self.ndim < 2 ? covariance.reshape([]) : covariance;
  },

  corrcoef() {
    const covariance = requireFloat("corrcoef", this).cov();
    if (covariance.ndim === 0) return covariance.div(covariance);
    const deviations = covariance.diag().sqrt();
    // Rounding may lead beyond 1.
    return covariance.div(deviations.unsqueeze(1)).div(deviations).clamp({ min: -1, max: 1 });
  },
};
