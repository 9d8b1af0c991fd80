/**
 * Adadelta: steps of the size of recent steps, divided by the size of recent gradients, so that no rate need be chosen.
 * Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012. Names, defaults and the order of operations are
 * PyTorch's.
 */
import { NablaError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireNotNegative } from "./optimizer.ts";
import { decayed, put, TensorOptimizer } from "./tensor-steps.ts";

export interface AdadeltaOptions {
  /** A factor of each step; 1 when not given. */
  lr?: number;
  /** How much of the running means of squares is kept in each step; 0.9 when not given. */
  rho?: number;
  /** Added under both roots; 1e-6 when not given. */
  eps?: number;
  /** Adds this times the parameter to its gradient. */
  weightDecay?: number;
}

export class Adadelta extends TensorOptimizer<Required<AdadeltaOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<AdadeltaOptions>, options: AdadeltaOptions = {}) {
    const { lr = 1, rho = 0.9, eps = 1e-6, weightDecay = 0 } = options;
    super("Adadelta", parameters, { lr, rho, eps, weightDecay });
  }

  protected checkOptions({ lr, rho, eps, weightDecay }: Required<AdadeltaOptions>): void {
    requireNotNegative("Adadelta", { lr, rho, eps, weightDecay });
    if (rho > 1) throw new NablaError(`Adadelta: rho is ${rho}; it must be a number from 0 to 1`);
  }

  protected stateNames(): readonly string[] {
    return ["square", "stepSquare"];
  }

  protected stepNumbers({ lr }: Required<AdadeltaOptions>): readonly number[] {
    return [lr];
  }

  protected change(
    { rho, eps, weightDecay }: Required<AdadeltaOptions>,
    parameter: Tensor,
    gradient: Tensor,
    { square, stepSquare }: Readonly<Record<string, Tensor>>,
    [rate]: readonly Tensor[],
  ): void {
    const slope = decayed(gradient, parameter, weightDecay);
    put(square!, ops.add, square!.mul(rho), slope.square().mul(1 - rho));
    const delta = stepSquare!.add(eps).sqrt().div(square!.add(eps).sqrt()).mul(slope);
    put(stepSquare!, ops.add, stepSquare!.mul(rho), delta.square().mul(1 - rho));
    put(parameter, ops.sub, parameter, delta.mul(rate!));
  }
}
