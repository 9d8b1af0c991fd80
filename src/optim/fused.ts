/**
 * Optimisers whose step is a kernel of its own: one native call changes several parameters in one pass over their memory.
 * Every number of the kernel is read anew in each step, so that a schedule may change momentum as well as the learning rate.
 */
import { callInPlace } from "../tensor/dispatch.ts";
import { maxOperands } from "../tensor/frame.ts";
import { ops } from "../tensor/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Hyperparameters, ParameterGroup } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { Memory } from "./optimizer.ts";

export abstract class FusedOptimizer<Options extends Hyperparameters> extends Optimizer<Options> {
  protected override runLimit(group: Options): number {
    return Math.floor(maxOperands / (2 + this.stateNames(group).length));
  }

  protected update(group: ParameterGroup<Options>, run: readonly Memory[], gradients: readonly Tensor[]): void {
    const outputs: Tensor[] = [];
    for (const { parameter } of run) outputs.push(parameter);
    for (const name of this.stateNames(group)) for (const { tensors } of run) outputs.push(tensors[name]!);
    callInPlace(ops[this.kernel()], gradients, outputs, this.advance(run, (step) => this.attributes(group, step)));
  }

  /** The row that computes a step. */
  protected abstract kernel(): "sgdStep" | "adamStep";
  /** The kernel's attributes in the step of this number (from 1). */
  protected abstract attributes(group: Options, step: number): readonly number[];
}
