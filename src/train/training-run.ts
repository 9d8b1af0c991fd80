/**
 * Where a run of `fit` stands: what callbacks see of it, and what a checkpoint holds so that another run goes on with the
 * same bits. A checkpoint may be taken after any batch.
 */
import type { DataLoaderState } from "../data/data-loader.ts";
import type { AnyModule } from "../nn/module/module.ts";
import type { StateDict } from "../nn/module/state.ts";
import type { ScheduleState } from "../optim/schedule.ts";
import type { OptimizerState } from "../optim/state.ts";
import { save } from "../serialization/checkpoint.ts";
import { saveSafetensors } from "../serialization/safetensors.ts";
import type { State } from "../serialization/state-tree.ts";
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { UnreadNumbers } from "../tensor/unread-numbers.ts";
import { defaultGenerator } from "../tensor/random/stream.ts";
import type { GeneratorState } from "../tensor/random/stream.ts";
import type { Callback } from "./callback.ts";
import { History } from "./history.ts";
import type { HistoryState } from "./history.ts";
import { RunningMean } from "./metrics/means.ts";
import type { Metric, MetricState } from "./metrics/metric.ts";
import type { Source } from "./source.ts";
import type { TrainingOptimizer } from "./step.ts";

/** What `fit` needs of a schedule: those of `optim`, the one on plateaus included. */
export interface TrainingSchedule {
  step(score: number): void;
  stateDict(): ScheduleState;
  loadStateDict(state: ScheduleState): void;
}

/** A checkpoint of a run. */
export interface TrainingState {
  /** Says what the state is. */
  readonly kind: "training";
  readonly epoch: number;
  readonly batch: number;
  readonly iteration: number;
  readonly model: StateDict;
  readonly optimizer: OptimizerState;
  readonly schedule?: ScheduleState | undefined;
  readonly random: GeneratorState;
  readonly loader?: DataLoaderState | undefined;
  readonly loss: MetricState;
  readonly metrics: Readonly<Record<string, MetricState>>;
  readonly scores: Readonly<Record<string, number>>;
  readonly callbacks: readonly State[];
  readonly history: HistoryState;
}

/** What a run is made of. */
export interface RunParts {
  readonly model: AnyModule;
  readonly optimizer: TrainingOptimizer;
  readonly schedule: TrainingSchedule | undefined;
  readonly epochs: number;
  readonly metrics: Readonly<Record<string, Metric<never, never>>>;
  readonly callbacks: readonly Callback[];
  readonly source: Source<unknown>;
  readonly history: History | undefined;
}

/** The numbers of one batch. */
export interface BatchNumbers {
  readonly iteration: number;
  readonly epoch: number;
  readonly examples: number;
  readonly lr: number;
  readonly loss: number;
  readonly gradNorm: number | undefined;
}

/** A run of `fit`, as its callbacks see it. */
export class TrainingRun {
  readonly model: AnyModule;
  readonly optimizer: TrainingOptimizer;
  readonly schedule: TrainingSchedule | undefined;
  /** How many epochs are asked for. */
  readonly epochs: number;
  /** How many batches an epoch has, where that is known. */
  readonly batchesPerEpoch: number | undefined;
  readonly history: History;
  /** The present epoch, from 1. */
  epoch = 1;
  /** How many batches of this epoch are done. */
  batch = 0;
  /** How many batches are done in all epochs. */
  iteration = 0;
  /** How many examples the last batch had. */
  examples = 0;
  /** The latest mean loss and metrics, those of validation data under `validationLoss` and so on. */
  scores: Readonly<Record<string, number>> = {};
  /** The metrics of the epoch so far. */
  readonly metrics: Readonly<Record<string, Metric<never, never>>>;
  readonly #callbacks: readonly Callback[];
  readonly #source: Source<unknown>;
  readonly #saves = new Map<string, boolean>();
  #loss = NaN;
  #gradNorm: number | undefined;
  readonly #meanLoss = new RunningMean();
  /** Losses and norms of gradients that still lie on a card. */
  readonly #unread = new UnreadNumbers();
  /** Told of each batch once its numbers are there. */
  onBatchRead: ((batch: BatchNumbers) => void) | undefined;

  constructor({ model, optimizer, schedule, epochs, metrics, callbacks, source, history }: RunParts) {
    this.model = model;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.epochs = epochs;
    this.metrics = metrics;
    this.batchesPerEpoch = source.length;
    this.history = history ?? new History();
    this.history.stopped = undefined;
    this.history.readBefore(() => this.readBatches());
    this.#callbacks = callbacks;
    this.#source = source;
  }

  /** The loss of the last batch. */
  get loss(): number {
    this.readBatches();
    return this.#loss;
  }

  /** The norm of all gradients of the last batch, before clipping; where a live panel shows it. */
  get gradNorm(): number | undefined {
    this.readBatches();
    return this.#gradNorm;
  }

  /** The mean loss of the epoch so far. */
  get meanLoss(): RunningMean {
    this.readBatches();
    return this.#meanLoss;
  }

  /**
   * Counts a batch that has been trained on. Its numbers are known now on the CPU, and on a card when somebody looks at them, or
   * some batches later.
   */
  addBatch(loss: Tensor, examples: number, norm: Tensor | undefined, stopOnNonfinite: boolean): void {
    this.batch++;
    this.iteration++;
    this.examples = examples;
    const { epoch, batch, iteration } = this;
    const { lr } = this.optimizer.paramGroups[0]!;
    let gradNorm: number | undefined;
    if (norm !== undefined) this.#unread.add(norm, (number) => (gradNorm = number));
    this.#unread.add(loss, (number) => {
      this.#loss = number;
      this.#gradNorm = gradNorm;
      this.history.addBatch(number);
      this.#meanLoss.add(number, examples);
      if (stopOnNonfinite && !Number.isFinite(number)) this.stop(`the loss is ${number} in epoch ${epoch}, batch ${batch}`);
      this.onBatchRead?.({ iteration, epoch, examples, lr, loss: number, gradNorm });
    });
  }

  /** Fetches the numbers of batches that nobody has looked at yet. */
  readBatches(): void {
    this.#unread.read();
  }

  /** Ends training after this batch. */
  stop(reason: string): void {
    this.history.stopped ??= reason;
  }

  /** True once the run is to end. */
  get stopping(): boolean {
    return this.history.stopped !== undefined;
  }

  /** The mean loss and the metrics of the epoch so far. */
  trainingScores(): Record<string, number> {
    const measured = Object.entries(this.metrics).map(([name, metric]) => [name, metric.compute()] as const);
    return { loss: this.meanLoss.value, ...Object.fromEntries(measured) };
  }

  /**
   * Saves the run in a file (or the model's weights alone), as soon as all callbacks have been told what there is to tell:
   * then the file holds what each of them remembers of this batch.
   */
  saveTo(path: string, { weightsOnly = false }: { weightsOnly?: boolean } = {}): void {
    this.#saves.set(path, weightsOnly);
  }

  /** Writes the files that were asked for. */
  writeFiles(): void {
    for (const [path, weightsOnly] of this.#saves) {
      if (weightsOnly) saveSafetensors(path, this.model.stateDict());
      else save(path, this.stateDict());
    }
    this.#saves.clear();
  }

  /** Goes to the next epoch. */
  nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
    this.clearMeans();
  }

  clearMeans(): void {
    this.meanLoss.reset();
    for (const metric of Object.values(this.metrics)) metric.reset();
  }

  /** The whole state: copies, which later batches do not change. */
  stateDict(): TrainingState {
    const { epoch, batch, iteration, scores } = this;
    const model = Object.fromEntries(Object.entries(this.model.stateDict()).map(([name, value]) => [name, value.clone()]));
    const metrics = Object.fromEntries(Object.entries(this.metrics).map(([name, metric]) => [name, metric.stateDict()]));
    return {
      kind: "training", epoch, batch, iteration, model,
      optimizer: this.optimizer.stateDict(),
      schedule: this.schedule?.stateDict(),
      random: defaultGenerator.stateDict(),
      loader: this.#source.stateDict(),
      loss: this.meanLoss.stateDict(), metrics, scores: { ...scores },
      callbacks: this.#callbacks.map((callback) => callback.stateDict?.()),
      history: this.history.stateDict(),
    };
  }

  /**
   * Puts the run where a state was taken.
   * @throws NablaError when the state is not that of such a run; then everything is as it was.
   */
  loadStateDict(state: TrainingState): void {
    if (state?.kind !== "training") throw new NablaError("fit: the file to resume from is not a checkpoint that fit has saved");
    const { metrics, callbacks } = state;
    const names = (record: object): string => Object.keys(record).join(", ") || "none";
    if (names(metrics) !== names(this.metrics)) {
      throw new NablaError(`fit: the checkpoint has the metrics ${names(metrics)}, this run ${names(this.metrics)}`);
    }
    if (callbacks.length !== this.#callbacks.length) {
      throw new NablaError(`fit: the checkpoint is of a run with ${callbacks.length} callbacks, this run has ${this.#callbacks.length}; give the same`);
    }
    if ((state.schedule === undefined) !== (this.schedule === undefined)) {
      throw new NablaError(`fit: the checkpoint is of a run with${state.schedule === undefined ? "out" : ""} a schedule, unlike this one`);
    }
    const before = this.stateDict();
    try {
      this.#put(state);
    } catch (error) {
      this.#put(before);
      throw error;
    }
  }

  #put(state: TrainingState): void {
    this.model.loadStateDict(state.model);
    this.optimizer.loadStateDict(state.optimizer);
    if (state.schedule !== undefined) this.schedule?.loadStateDict(state.schedule);
    this.#source.loadStateDict(state.loader, state.batch);
    defaultGenerator.loadStateDict(state.random);
    this.meanLoss.loadStateDict(state.loss);
    for (const [name, metric] of Object.entries(this.metrics)) metric.loadStateDict(state.metrics[name]!);
    this.#callbacks.forEach((callback, i) => callback.loadStateDict?.(state.callbacks[i]));
    this.history.loadStateDict(state.history);
    this.scores = { ...state.scores };
    this.epoch = state.epoch;
    this.batch = state.batch;
    this.iteration = state.iteration;
  }
}
