/**
 * Stochastic gradient descent, with the momentum, damping, Nesterov look-ahead and weight decay of PyTorch's `SGD`.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 */
import { NablaError } from "../tensor/errors.ts";
import { FusedOptimizer } from "./fused.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireNotNegative } from "./optimizer.ts";

export interface SGDOptions {
  /** Learning rate: how far a step goes along the gradient. */
  lr: number;
  /** How much of the last step is repeated; 0 for none. */
  momentum?: number;
  /** How much of the gradient is left out of the momentum. */
  dampening?: number;
  /** Adds this times the parameter to its gradient (an L2 penalty of half that weight). */
  weightDecay?: number;
  /** Look ahead along the momentum before taking the gradient's step. */
  nesterov?: boolean;
}

/** Each step moves every parameter against its gradient. */
export class SGD extends FusedOptimizer<Required<SGDOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<SGDOptions>, options: SGDOptions) {
    const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    super("SGD", parameters, { lr, momentum, dampening, weightDecay, nesterov });
  }

  protected checkOptions({ lr, momentum, dampening, weightDecay, nesterov }: Required<SGDOptions>): void {
    requireNotNegative("SGD", { lr, momentum, weightDecay });
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new NablaError("SGD: nesterov needs a momentum above 0 and no dampening");
    }
  }

  protected stateNames({ momentum }: Required<SGDOptions>): readonly string[] {
    return momentum === 0 ? [] : ["velocity"];
  }

  protected kernel(): "sgdStep" {
    return "sgdStep";
  }

  protected attributes({ lr, momentum, dampening, weightDecay, nesterov }: Required<SGDOptions>, step: number): readonly number[] {
    return [lr, step === 1 ? 1 : 0, momentum, dampening, weightDecay, nesterov ? 1 : 0];
  }
}
