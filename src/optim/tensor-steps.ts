/**
 * Optimisers whose step is written in tensor ops, as a paper writes it: the parameters one after the other, results put where
 * the old values were. Numbers that schedules change come as scalars, so that a compiled step sees the change too.
 */
import { callInPlace } from "../tensor/dispatch.ts";
import type { ops } from "../tensor/ops.ts";
import type { Tensor, TensorLike } from "../tensor/tensor.ts";
import type { Hyperparameters, ParameterGroup } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { Memory } from "./optimizer.ts";

/** Computes `a` op `b` into a tensor that is there, one of the two operands as a rule. */
export function put(
  target: Tensor,
  row: (typeof ops)["add" | "sub" | "mul" | "div" | "maximum"],
  a: TensorLike,
  b: TensorLike,
): void {
  callInPlace(row, [a, b], [target]);
}

/** The gradient with an L2 penalty's share: `weightDecay` times the parameter. */
export function decayed(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));
}

export abstract class TensorOptimizer<Options extends Hyperparameters> extends Optimizer<Options> {
  protected update(group: ParameterGroup<Options>, run: readonly Memory[], gradients: readonly Tensor[]): void {
    const numbers = this.advanceScalars(run, (step) => this.stepNumbers(group, step, run));
    // A loop: a second closure here would share the first one's scope, which a compiled step keeps, and keep the scalars alive.
    for (let i = 0; i < run.length; i++) this.change(group, run[i]!.parameter, gradients[i]!, run[i]!.tensors, numbers);
  }

  /** The numbers of the step with this number (from 1): rates, and whatever else changes from step to step. */
  protected abstract stepNumbers(group: Options, step: number, run: readonly Memory[]): readonly number[];
  /** Changes one parameter and what is remembered of it. `numbers` are those of `stepNumbers`, as scalars. */
  protected abstract change(
    group: Options,
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
    numbers: readonly Tensor[],
  ): void;
}
