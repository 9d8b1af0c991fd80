/**
 * RMSprop: the gradient divided by the root of its running mean square, or, centred, by its running standard deviation.
 * Sources: Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012; centred form from Graves,
 * "Generating sequences with recurrent neural networks", 2013. Names, defaults and the order of operations are PyTorch's.
 */
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireNotNegative } from "./optimizer.ts";
import { decayed, put, TensorOptimizer } from "./tensor-steps.ts";

export interface RMSpropOptions {
  /** Learning rate; 0.01 when not given. */
  lr?: number;
  /** How much of the running mean square is kept in each step; 0.99 when not given. */
  alpha?: number;
  /** Added to the root, against division by 0; 1e-8 when not given. */
  eps?: number;
  /** Adds this times the parameter to its gradient. */
  weightDecay?: number;
  /** How much of the last step is repeated; 0 for none. */
  momentum?: number;
  /** Divide by the standard deviation of the gradient in place of its root mean square. */
  centered?: boolean;
}

export class RMSprop extends TensorOptimizer<Required<RMSpropOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<RMSpropOptions>, options: RMSpropOptions = {}) {
    const { lr = 0.01, alpha = 0.99, eps = 1e-8, weightDecay = 0, momentum = 0, centered = false } = options;
    super("RMSprop", parameters, { lr, alpha, eps, weightDecay, momentum, centered });
  }

  protected checkOptions({ lr, alpha, eps, weightDecay, momentum }: Required<RMSpropOptions>): void {
    requireNotNegative("RMSprop", { lr, alpha, eps, weightDecay, momentum });
  }

  protected stateNames({ momentum, centered }: Required<RMSpropOptions>): readonly string[] {
    return ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["velocity"] : [])];
  }

  protected stepNumbers({ lr, momentum }: Required<RMSpropOptions>): readonly number[] {
    return momentum > 0 ? [lr, momentum] : [lr];
  }

  protected change(
    { alpha, eps, weightDecay, centered }: Required<RMSpropOptions>,
    parameter: Tensor,
    gradient: Tensor,
    { square, mean, velocity }: Readonly<Record<string, Tensor>>,
    [rate, momentum]: readonly Tensor[],
  ): void {
    const slope = decayed(gradient, parameter, weightDecay);
    put(square!, ops.add, square!.mul(alpha), slope.square().mul(1 - alpha));
    let spread = square!;
    if (centered) {
      put(mean!, ops.add, mean!, slope.sub(mean!).mul(1 - alpha));
      spread = square!.sub(mean!.square());
    }
    const scaled = slope.div(spread.sqrt().add(eps));
    if (momentum === undefined) {
      put(parameter, ops.sub, parameter, scaled.mul(rate!));
    } else {
      put(velocity!, ops.add, velocity!.mul(momentum), scaled);
      put(parameter, ops.sub, parameter, velocity!.mul(rate!));
    }
  }
}
