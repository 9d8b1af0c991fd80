/**
 * Stochastic gradient descent, with the momentum, damping, Nesterov look-ahead and weight decay of PyTorch's `SGD`.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 */
import { changing } from "../tensor/call-observer.ts";
import { callInPlace } from "../tensor/dispatch.ts";
import { NablaError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer } from "./optimizer.ts";

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
  readonly #momentum: number;
  readonly #dampening: number;
  readonly #weightDecay: number;
  readonly #nesterov: boolean;
  readonly #velocity = new Map<Tensor, Tensor>();

  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: Iterable<Tensor>, options: SGDOptions) {
    super("SGD", parameters);
    const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
    for (const [name, value] of Object.entries({ lr, momentum, weightDecay })) {
      if (!(value >= 0)) throw new NablaError(`SGD: ${name} is ${value}; it must be a number of at least 0`);
    }
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new NablaError("SGD: nesterov needs a momentum above 0 and no dampening");
    }
    this.lr = lr;
    this.#momentum = momentum;
    this.#dampening = dampening;
    this.#weightDecay = weightDecay;
    this.#nesterov = nesterov;
  }

  protected override update(parameter: Tensor, gradient: Tensor): void {
    const settings = [...changing(() => [this.lr]), this.#momentum, this.#dampening, this.#weightDecay, this.#nesterov ? 1 : 0];
    if (this.#momentum === 0) {
      callInPlace(ops.sgdStep, [gradient], [parameter], [...settings, 0]);
      return;
    }
    const velocity = this.#velocity.get(parameter);
    const buffer = velocity ?? parameter.newZeros(parameter.shape);
    if (velocity === undefined) this.#velocity.set(parameter, buffer);
    callInPlace(ops.sgdStep, [gradient], [parameter, buffer], [...settings, velocity === undefined ? 1 : 0]);
  }
}
