/**
 * Adagrad: each element's rate falls with the sum of all its squared gradients, so that rare features keep a high one.
 * Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
 * Names, defaults and the order of operations are PyTorch's.
 */
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireNotNegative } from "./optimizer.ts";
import { decayed, put, TensorOptimizer } from "./tensor-steps.ts";

export interface AdagradOptions {
  /** Learning rate; 0.01 when not given. */
  lr?: number;
  /** The rate of step t is lr / (1 + (t - 1) lrDecay); 0 when not given. */
  lrDecay?: number;
  /** Adds this times the parameter to its gradient. */
  weightDecay?: number;
  /** What the sums of squares start from; 0 when not given. */
  initialAccumulatorValue?: number;
  /** Added to the root of the sum, against division by 0; 1e-10 when not given. */
  eps?: number;
}

export class Adagrad extends TensorOptimizer<Required<AdagradOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<AdagradOptions>, options: AdagradOptions = {}) {
    const { lr = 0.01, lrDecay = 0, weightDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
    super("Adagrad", parameters, { lr, lrDecay, weightDecay, initialAccumulatorValue, eps });
  }

  protected checkOptions({ lr, lrDecay, weightDecay, initialAccumulatorValue, eps }: Required<AdagradOptions>): void {
    requireNotNegative("Adagrad", { lr, lrDecay, weightDecay, initialAccumulatorValue, eps });
  }

  protected stateNames(): readonly string[] {
    return ["sum"];
  }

  protected override startValue({ initialAccumulatorValue }: Required<AdagradOptions>): number {
    return initialAccumulatorValue;
  }

  protected stepNumbers({ lr, lrDecay }: Required<AdagradOptions>, step: number): readonly number[] {
    return [lr / (1 + (step - 1) * lrDecay)];
  }

  protected change(
    { weightDecay, eps }: Required<AdagradOptions>,
    parameter: Tensor,
    gradient: Tensor,
    { sum }: Readonly<Record<string, Tensor>>,
    [rate]: readonly Tensor[],
  ): void {
    const slope = decayed(gradient, parameter, weightDecay);
    put(sum!, ops.add, sum!, slope.square());
    put(parameter, ops.sub, parameter, slope.div(sum!.sqrt().add(eps)).mul(rate!));
  }
}
