/**
 * Adam: each element of a parameter gets a rate of its own, from running means of its gradient and the gradient's square.
 * Sources: Kingma and Ba, "Adam: a method for stochastic optimization", 2015; Loshchilov and Hutter, "Decoupled weight decay
 * regularization", 2019 (AdamW); Reddi et al., "On the convergence of Adam and beyond", 2018 (AMSGrad). Names, defaults and
 * the order of operations are PyTorch's.
 */
import { FusedOptimizer } from "./fused.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireBetas, requireNotNegative } from "./optimizer.ts";

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

abstract class AdaptiveMoments extends FusedOptimizer<Required<AdamOptions>> {
  protected constructor(name: string, parameters: ParametersOrGroups<AdamOptions>, options: AdamOptions, usualDecay: number) {
    const { lr = 0.001, betas = [0.9, 0.999], eps = 1e-8, weightDecay = usualDecay, amsgrad = false } = options;
    super(name, parameters, { lr, betas, eps, weightDecay, amsgrad });
  }

  protected checkOptions({ lr, betas, eps, weightDecay }: Required<AdamOptions>): void {
    requireNotNegative(this.name, { lr, eps, weightDecay });
    requireBetas(this.name, betas);
  }

  protected stateNames({ amsgrad }: Required<AdamOptions>): readonly string[] {
    return amsgrad ? ["mean", "square", "largestSquare"] : ["mean", "square"];
  }

  protected kernel(): "adamStep" {
    return "adamStep";
  }

  protected attributes({ lr, betas, eps, weightDecay }: Required<AdamOptions>, step: number): readonly number[] {
    return [lr, step, betas[0], betas[1], eps, weightDecay, this.decoupled() ? 1 : 0];
  }

  /** True when weight decay shrinks the parameter itself. */
  protected abstract decoupled(): boolean;
}

/** Adam, with an L2 penalty as part of the gradient. */
export class Adam extends AdaptiveMoments {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super("Adam", parameters, options, 0);
  }

  protected decoupled(): boolean {
    return false;
  }
}

/** Adam with decoupled weight decay: each step first takes lr times weightDecay off every parameter. */
export class AdamW extends AdaptiveMoments {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super("AdamW", parameters, options, 0.01);
  }

  protected decoupled(): boolean {
    return true;
  }
}
