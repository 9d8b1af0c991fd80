/**
 * Measuring a model and using it: all batches of some data, with nothing recorded and nothing changed.
 */
import type { AnyModule, Module } from "../nn/module/module.ts";
import { NablaError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { cat } from "../tensor/methods/join.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { UnreadNumbers } from "../tensor/unread-numbers.ts";
import { examplesOf, RunningMean } from "./metrics/means.ts";
import type { Metric } from "./metrics/metric.ts";
import { forEachBatch, startPause } from "./pause.ts";
import type { Pause } from "./pause.ts";
import { sourceOf } from "./source.ts";
import type { Source, TrainingData } from "./source.ts";
import { evaluationStep, usualForward } from "./step.ts";
import type { Forward, LossFunction } from "./step.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions<Output, Target> {
  /** Its mean over the examples is the score `loss`. */
  loss?: LossFunction<Output, Target>;
  /** Metrics by the names of their scores. They are reset first. */
  metrics?: Readonly<Record<string, Metric<Output, Target>>>;
  /** How many examples make a batch of a data set, 32 when not given. */
  batchSize?: number;
  /** Run the batches as compiled programs, with the same bits. */
  compile?: boolean;
  /** Stops the work with the signal's reason; an interrupted cell does so anyway. */
  signal?: AbortSignal;
}

/** Measures a model over batches of any form: `forward` says what the outputs and the targets are. */
export function evaluate<Batch, Output, Target>(
  model: AnyModule,
  data: TrainingData<Batch>,
  options: EvaluateOptions<Output, Target> & { forward: Forward<Batch, Output, Target> },
): Promise<Record<string, number>>;
/**
 * Measures a model over data, in `eval` mode; afterwards the model is in the mode it was in.
 * @param data batches `[input, target]` (or `[input, input, ..., target]`); a data set is cut into such.
 * @returns the scores by name.
 * @throws NablaError when there is neither a loss nor a metric.
 * @example
 * const { loss, accuracy } = await train.evaluate(model, test, { loss: nn.functional.crossEntropy, metrics: { accuracy: new metrics.Accuracy() } });
 */
export function evaluate<Input extends readonly unknown[], Output, Target>(
  model: Module<Input, Output>,
  data: TrainingData<readonly [...Input, Target]>,
  options: EvaluateOptions<Output, Target>,
): Promise<Record<string, number>>;
export async function evaluate<Batch, Output, Target>(
  model: AnyModule,
  data: TrainingData<Batch>,
  options: EvaluateOptions<Output, Target> & { forward?: Forward<Batch, Output, Target> },
): Promise<Record<string, number>> {
  const { loss, metrics = {}, compile = false, batchSize, signal } = options ?? {};
  const forward: Forward<Batch, Output, Target> = options?.forward ?? usualForward("evaluate", model);
  if (loss === undefined && Object.keys(metrics).length === 0) {
    throw new NablaError("evaluate: there is nothing to measure; give a loss or metrics");
  }
  const source = sourceOf("evaluate", data, { batchSize, shuffle: false, bare: options?.forward !== undefined });
  return measure(model, source, evaluationStep(forward, loss, compile), metrics, startPause(signal));
}

/** One pass over data in `eval` mode. */
export async function measure<Batch, Output, Target>(
  model: AnyModule,
  source: Source<Batch>,
  step: ReturnType<typeof evaluationStep<Batch, Output, Target>>,
  metrics: Readonly<Record<string, Metric<Output, Target>>>,
  pause: Pause,
): Promise<Record<string, number>> {
  const mean = new RunningMean();
  const unread = new UnreadNumbers();
  for (const metric of Object.values(metrics)) metric.reset();
  let measuresLoss = false;
  await inEvalMode(model, () =>
    forEachBatch(source.pass(), pause, (batch) => {
      const { loss, seen } = step(batch);
      if (loss !== undefined) {
        measuresLoss = true;
        unread.add(loss, (number) => mean.add(number, examplesOf(seen[1])));
      }
      for (const metric of Object.values(metrics)) metric.update(...seen);
    }),
  );
  unread.read();
  const scores = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.compute()]));
  return measuresLoss ? { loss: mean.value, ...scores } : scores;
}

/** Runs something with a model in `eval` mode, and puts each of its modules back into the mode it was in. */
export async function inEvalMode<T>(model: AnyModule, run: () => Promise<T>): Promise<T> {
  const modes = [...model.modules()].map((module) => [module, module.training] as const);
  model.eval();
  try {
    return await run();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

/** Options of {@link predict}. */
export interface PredictOptions<Batch, Output> {
  /** How many examples make a batch of a tensor or a data set, 32 when not given. */
  batchSize?: number;
  /** What a batch gives, for batches of other forms: the input, or `[input, ...]`, of which the first part is taken, when not given. */
  forward?: (batch: Batch) => Output;
  /** Run the batches as compiled programs, with the same bits. */
  compile?: boolean;
  /** Stops the work with the signal's reason; an interrupted cell does so anyway. */
  signal?: AbortSignal;
}

/**
 * The outputs of a model for data, in `eval` mode, one after the other along the first dimension.
 * @param data a tensor of inputs, or batches of inputs (targets beside them are left alone), or a data set.
 * @throws NablaError when there are no batches, or the outputs are not tensors.
 */
export async function predict<Batch>(
  model: AnyModule,
  data: Tensor | TrainingData<Batch>,
  options: PredictOptions<Batch, Tensor> = {},
): Promise<Tensor> {
  const { batchSize, signal, compile = false } = options;
  const own = (batch: Batch): Tensor => model.forward(Array.isArray(batch) ? batch[0] : batch) as Tensor;
  const forward = options.forward ?? own;
  const step = evaluationStep<Batch, Tensor, undefined>((batch) => [forward(batch), undefined], undefined, compile);
  const inputs = isTensor(data) ? (rowsOf(data) as unknown as TrainingData<Batch>) : data;
  const outputs: Tensor[] = [];
  const source = sourceOf("predict", inputs, { batchSize, shuffle: false, bare: true });
  await inEvalMode(model, () =>
    forEachBatch(source.pass(), startPause(signal), (batch) => {
      const [output] = step(batch).seen;
      if (!isTensor(output)) throw new NablaError("predict: the model gives no tensor; give the option forward: (batch) => Tensor");
      outputs.push(output);
    }),
  );
  if (outputs.length === 0) throw new NablaError("predict: there are no batches");
  return noGrad(() => (outputs.length === 1 ? outputs[0]! : cat(outputs)));
}

/** A tensor as a set of its rows. */
function rowsOf(x: Tensor): { length: number; at(index: number): Tensor; batch(indices: readonly number[]): Tensor } {
  const length = x.shape[0];
  if (length === undefined) throw new NablaError("predict: a scalar has no rows; give inputs of shape [N, ...]");
  return { length, at: (index) => x.select(0, index), batch: (indices) => x.narrow(0, indices[0] ?? 0, indices.length) };
}
