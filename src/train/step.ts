/**
 * One step of training, the five lines that a learner writes by hand: clear the gradients, compute outputs and loss, go back,
 * clip, step. And how a batch becomes the outputs and targets that a loss compares.
 */
import { compile } from "../compile/compile.ts";
import { clipGradNorm_, clipGradValue_, gradNorm } from "../nn/gradient-clipping.ts";
import type { AnyModule } from "../nn/module/module.ts";
import type { OptimizerState } from "../optim/state.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { formatShape } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { examplesOf } from "./metrics/means.ts";

/** What training needs of an optimiser; all of `optim` have it. */
export interface TrainingOptimizer {
  readonly paramGroups: readonly { lr: number; readonly params: readonly Tensor[] }[];
  zeroGrad(): void;
  step(closure: () => Tensor): Tensor | undefined;
  stateDict(): OptimizerState;
  loadStateDict(state: OptimizerState): void;
}

/** What comes of a batch: the outputs and what they are compared with. */
export type Forward<Batch, Output, Target> = (batch: Batch) => readonly [output: Output, target: Target];

/** The loss, of which gradients are computed: a scalar. */
export type LossFunction<Output, Target> = (output: Output, target: Target) => Tensor;

/** All of a batch but the last goes into the model, and the last is the target. */
export function usualForward<Batch, Output, Target>(op: string, model: AnyModule): Forward<Batch, Output, Target> {
  return (batch) => {
    if (!Array.isArray(batch) || batch.length < 2) {
      throw new NablaError(`${op}: a batch is expected to be [input, target]; for other forms give the option forward: (batch) => [output, target]`);
    }
    return [model.forward(...(batch.slice(0, -1) as unknown[])) as Output, batch.at(-1) as Target];
  };
}

/** Checks what a loss function has given. @throws NablaError or ShapeError when it is not a scalar tensor. */
export function requireLoss(op: string, value: Tensor): Tensor {
  if (!isTensor(value)) throw new NablaError(`${op}: the loss is ${typeof value}, not a tensor; the function is (output, target) => Tensor`);
  if (value.numel === 1) return value;
  throw new ShapeError(`${op}: the loss has shape ${formatShape(value.shape)}; one number is needed: reduce it with mean() or sum()`);
}

/** What a step gives; outputs and targets only where somebody wants them. */
export interface StepResult<Output, Target> {
  readonly loss: Tensor;
  /** How many examples the loss is the mean of. */
  readonly examples: number;
  readonly seen?: readonly [Output, Target];
  /** The norm of all gradients before they are clipped. */
  readonly norm?: Tensor;
}

/** What a step is made of. */
export interface StepOptions<Batch, Output, Target> {
  readonly forward: Forward<Batch, Output, Target>;
  readonly loss: LossFunction<Output, Target>;
  readonly optimizer: TrainingOptimizer;
  readonly clipNorm: number | undefined;
  readonly clipValue: number | undefined;
  readonly compiled: boolean;
  /** Whether outputs and targets are handed out. */
  readonly watched: boolean;
  /** Whether the norm of the gradients is measured. */
  readonly normed: boolean;
}

/** Makes the function that trains on one batch. */
export function trainingStep<Batch, Output, Target>(options: StepOptions<Batch, Output, Target>): (batch: Batch) => StepResult<Output, Target> {
  const { forward, loss, optimizer, clipNorm, clipValue, watched, normed } = options;
  const parameters = (): Tensor[] => optimizer.paramGroups.flatMap(({ params }) => [...params]);
  const step = (batch: Batch): StepResult<Output, Target> => {
    let seen: readonly [Output, Target];
    let norm: Tensor | undefined;
    const first = optimizer.step(() => {
      optimizer.zeroGrad();
      seen = forward(batch);
      const value = requireLoss("fit", loss(...seen));
      value.backward();
      if (normed) norm = gradNorm(parameters());
      if (clipValue !== undefined) clipGradValue_(parameters(), clipValue);
      if (clipNorm !== undefined) clipGradNorm_(parameters(), clipNorm);
      return value;
    })!;
    const examples = examplesOf(seen![1]);
    return { loss: first, examples, ...(watched ? { seen: seen! } : {}), ...(norm === undefined ? {} : { norm }) };
  };
  return options.compiled ? compile(step) : step;
}

/** Makes the function that measures one batch. */
export function evaluationStep<Batch, Output, Target>(
  forward: Forward<Batch, Output, Target>,
  loss: LossFunction<Output, Target> | undefined,
  compiled: boolean,
): (batch: Batch) => { readonly loss?: Tensor; readonly seen: readonly [Output, Target] } {
  const measure = (batch: Batch): { loss?: Tensor; seen: readonly [Output, Target] } =>
    noGrad(() => {
      const seen = forward(batch);
      return loss === undefined ? { seen } : { loss: requireLoss("evaluate", loss(...seen)), seen };
    });
  return compiled ? compile(measure) : measure;
}
