/**
 * Adamax: Adam with the largest recent gradient in place of the root of the mean square.
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 7.1. Names, defaults and the order of
 * operations are PyTorch's.
 */
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireBetas, requireNotNegative } from "./optimizer.ts";
import { decayed, put, TensorOptimizer } from "./tensor-steps.ts";

export interface AdamaxOptions {
  /** Learning rate; 0.002 when not given. */
  lr?: number;
  /** How much of the running mean, and of the largest gradient, is kept in each step; [0.9, 0.999] when not given. */
  betas?: readonly [number, number];
  /** Added to each gradient's size, against division by 0; 1e-8 when not given. */
  eps?: number;
  /** Adds this times the parameter to its gradient. */
  weightDecay?: number;
}

export class Adamax extends TensorOptimizer<Required<AdamaxOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<AdamaxOptions>, options: AdamaxOptions = {}) {
    const { lr = 0.002, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0 } = options;
    super("Adamax", parameters, { lr, betas, eps, weightDecay });
  }

  protected checkOptions({ lr, betas, eps, weightDecay }: Required<AdamaxOptions>): void {
    requireNotNegative("Adamax", { lr, eps, weightDecay });
    requireBetas("Adamax", betas);
  }

  protected stateNames(): readonly string[] {
    return ["mean", "largest"];
  }

  protected stepNumbers({ lr, betas: [beta1] }: Required<AdamaxOptions>, step: number): readonly number[] {
    return [lr / (1 - beta1 ** step), 1 - beta1];
  }

  protected change(
    { betas: [, beta2], eps, weightDecay }: Required<AdamaxOptions>,
    parameter: Tensor,
    gradient: Tensor,
    { mean, largest }: Readonly<Record<string, Tensor>>,
    [rate, share]: readonly Tensor[],
  ): void {
    const slope = decayed(gradient, parameter, weightDecay);
    put(mean!, ops.add, mean!, slope.sub(mean!).mul(share!));
    put(largest!, ops.maximum, largest!.mul(beta2), slope.abs().add(eps));
    put(parameter, ops.sub, parameter, mean!.div(largest!).mul(rate!));
  }
}
