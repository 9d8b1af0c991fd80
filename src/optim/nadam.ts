/**
 * NAdam: Adam that looks ahead along its momentum, as Nesterov's does, with a momentum that warms up.
 * Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016. Names, defaults and the order of operations are
 * PyTorch's.
 */
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParametersOrGroups } from "./groups.ts";
import { requireBetas, requireNotNegative } from "./optimizer.ts";
import type { Memory } from "./optimizer.ts";
import { decayed, put, TensorOptimizer } from "./tensor-steps.ts";

export interface NAdamOptions {
  /** Learning rate; 0.002 when not given. */
  lr?: number;
  /** How much of the running means of the gradient and of its square is kept in each step; [0.9, 0.999] when not given. */
  betas?: readonly [number, number];
  /** Added to the root of the mean square, against division by 0; 1e-8 when not given. */
  eps?: number;
  /** Adds this times the parameter to its gradient; decoupled, shrinks the parameter itself. */
  weightDecay?: number;
  /** How fast the momentum of step t, beta1 (1 - 0.96^(t momentumDecay) / 2), rises; 0.004 when not given. */
  momentumDecay?: number;
  /** Weight decay as in AdamW. */
  decoupledWeightDecay?: boolean;
}

export class NAdam extends TensorOptimizer<Required<NAdamOptions>> {
  /** @throws NablaError when an option is outside its range. */
  constructor(parameters: ParametersOrGroups<NAdamOptions>, options: NAdamOptions = {}) {
    const { lr = 0.002, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, momentumDecay = 4e-3, decoupledWeightDecay = false } = options;
    super("NAdam", parameters, { lr, betas, eps, weightDecay, momentumDecay, decoupledWeightDecay });
  }

  protected checkOptions({ lr, betas, eps, weightDecay, momentumDecay }: Required<NAdamOptions>): void {
    requireNotNegative("NAdam", { lr, eps, weightDecay, momentumDecay });
    requireBetas("NAdam", betas);
  }

  protected stateNames(): readonly string[] {
    return ["mean", "square"];
  }

  /** The product of the momenta of all steps so far. */
  protected override startNumbers(): Record<string, number> {
    return { momentumProduct: 1 };
  }

  protected stepNumbers(
    { lr, betas: [beta1, beta2], weightDecay, momentumDecay }: Required<NAdamOptions>,
    step: number,
    run: readonly Memory[],
  ): readonly number[] {
    const momentumAt = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [now, next] = [momentumAt(step), momentumAt(step + 1)];
    const product = run[0]!.numbers.momentumProduct! * now;
    for (const { numbers } of run) numbers.momentumProduct = product;
    const rates = [(lr * (1 - now)) / (1 - product), (lr * next) / (1 - product * next)];
    return [...rates, 1 - beta1, 1 - beta2 ** step, 1 - lr * weightDecay];
  }

  protected change(
    { betas: [, beta2], eps, weightDecay, decoupledWeightDecay }: Required<NAdamOptions>,
    parameter: Tensor,
    gradient: Tensor,
    { mean, square }: Readonly<Record<string, Tensor>>,
    [gradientRate, meanRate, share, correction, shrink]: readonly Tensor[],
  ): void {
    if (decoupledWeightDecay && weightDecay !== 0) put(parameter, ops.mul, parameter, shrink!);
    const slope = decoupledWeightDecay ? gradient : decayed(gradient, parameter, weightDecay);
    put(mean!, ops.add, mean!, slope.sub(mean!).mul(share!));
    put(square!, ops.add, square!.mul(beta2), slope.square().mul(1 - beta2));
    const root = square!.div(correction!).sqrt().add(eps);
    put(parameter, ops.sub, parameter, slope.div(root).mul(gradientRate!));
    put(parameter, ops.sub, parameter, mean!.div(root).mul(meanRate!));
  }
}
