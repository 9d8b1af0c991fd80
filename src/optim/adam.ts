/**
 * Adam: each element of a parameter gets a rate of its own, from running means of its gradient and the gradient's square.
 * Sources: Kingma and Ba, "Adam: a method for stochastic optimization", 2015; Loshchilov and Hutter, "Decoupled weight decay
 * regularization", 2019 (AdamW); Reddi et al., "On the convergence of Adam and beyond", 2018 (AMSGrad). Names, defaults and
 * the order of operations are PyTorch's.
 */
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Optimizer, requireNotNegative } from "./optimizer.ts";

export interface AdamOptions {
  /** Learning rate: about how far each element moves in a step; 0.001 when not given. */
  lr?: number;
  /** How much of the running means of the gradient and of its square is kept in each step; [0.9, 0.999] when not given. */
  betas?: readonly [number, number];
  /** Added to the root of the mean square, against division by 0; 1e-8 when not given. */
  eps?: number;
  /** Adam: added to the gradient, times the parameter (0 when not given). AdamW: shrinks the parameter itself (0.01). */
  weightDecay?: number;
  /** Divide by the root of the largest mean square so far instead of the present one. */
  amsgrad?: boolean;
}

abstract class AdaptiveMoments extends Optimizer {
  /** The learning rate may be changed between steps. */
  lr: number;
  protected readonly op = "adamStep";
  protected readonly settings: readonly number[];

  protected constructor(name: string, parameters: Iterable<Tensor>, options: AdamOptions, usualDecay: number, decoupled: boolean) {
    const { lr = 0.001, betas = [0.9, 0.999], eps = 1e-8, weightDecay = usualDecay, amsgrad = false } = options;
    requireNotNegative(name, { lr, eps, weightDecay });
    if (betas.length !== 2 || betas.some((beta) => !(beta >= 0 && beta < 1))) {
      throw new NablaError(`${name}: betas are [${betas.join(", ")}]; they must be two numbers from 0 up to, but not, 1`);
    }
    super(name, parameters, amsgrad ? 3 : 2);
    this.lr = lr;
    this.settings = [...betas, eps, weightDecay, decoupled ? 1 : 0];
  }

  protected changingSettings(step: number): readonly [number, number] {
    return [this.lr, step];
  }
}

/** Adam, with an L2 penalty as part of the gradient. */
export class Adam extends AdaptiveMoments {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: Iterable<Tensor>, options: AdamOptions = {}) {
    super("Adam", parameters, options, 0, false);
  }
}

/** Adam with decoupled weight decay: each step first takes lr times weightDecay off every parameter. */
export class AdamW extends AdaptiveMoments {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: Iterable<Tensor>, options: AdamOptions = {}) {
    super("AdamW", parameters, options, 0.01, true);
  }
}
