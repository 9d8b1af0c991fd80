/**
 * Stochastic gradient descent, with the momentum, damping, Nesterov look-ahead and weight decay of PyTorch's `SGD`.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 */
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, requireNotNegative } from "./optimizer.ts";

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
export class SGD extends Optimizer {
  /** The learning rate may be changed between steps. */
  lr: number;
  protected readonly op = "sgdStep";
  protected readonly settings: readonly number[];

  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: Iterable<Tensor>, options: SGDOptions) {
    const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    requireNotNegative("SGD", { lr, momentum, weightDecay });
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new NablaError("SGD: nesterov needs a momentum above 0 and no dampening");
    }
    super("SGD", parameters, momentum === 0 ? 0 : 1);
    this.lr = lr;
    this.settings = [momentum, dampening, weightDecay, nesterov ? 1 : 0];
  }

  protected changingSettings(step: number): readonly [number, number] {
    return [this.lr, step === 1 ? 1 : 0];
  }
}
