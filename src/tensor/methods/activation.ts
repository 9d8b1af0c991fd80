/**
 * Activation functions put together from ops of the table, each in a form that neither overflows nor makes a NaN in the
 * branch that is not taken, and with PyTorch's choice of the derivative at the joints.
 */
import { requireFloat } from "../dispatch.ts";
import type { Tensor } from "../tensor.ts";

export interface ActivationMethods {
  /** Each element where it is positive, else `negativeSlope` (0.01) times it. */
  leakyRelu(options?: { negativeSlope?: number }): Tensor;
  /** Each element where it is positive, else alpha (exp(x) - 1); alpha is 1 (Clevert et al. 2015). */
  elu(options?: { alpha?: number }): Tensor;
  /** log(1 + exp(beta x)) / beta, a smooth relu; the element itself where beta x is above `threshold` (20). */
  softplus(options?: { beta?: number; threshold?: number }): Tensor;
  /** x / (1 + |x|). */
  softsign(): Tensor;
  /** The sigmoid as three straight lines: 0 up to -3, 1 from 3 on, x / 6 + 1/2 between. */
  hardSigmoid(): Tensor;
}

export const activationMethods: ActivationMethods & ThisType<Tensor> = {
  leakyRelu({ negativeSlope = 0.01 } = {}) {
    const self = requireFloat("leakyRelu", this);
    return self.where(self.gt(0), self.mul(negativeSlope));
  },

  elu({ alpha = 1 } = {}) {
    const self = requireFloat("elu", this);
    return self.where(self.gt(0), self.clamp({ max: 0 }).expm1().mul(alpha));
  },

  softplus({ beta = 1, threshold = 20 } = {}) {
    const self = requireFloat("softplus", this);
    const scaled = self.mul(beta);
    return self.where(scaled.gt(threshold), scaled.clamp({ max: threshold }).exp().log1p().div(beta));
  },

  softsign() {
    const self = requireFloat("softsign", this);
    return self.div(self.abs().add(1));
  },

  hardSigmoid() {
    const self = requireFloat("hardSigmoid", this);
    // Outside, and at -3 and 3 themselves, nothing flows back: the bound is taken of a tensor outside the graph.
    const bound = self.detach().add(3).clamp({ min: 0, max: 6 }).div(6);
    return self.add(3).div(6).where(self.abs().lt(3), bound);
  },
};
