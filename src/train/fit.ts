/**
 * Training: the loop over epochs and batches that a learner writes by hand, with validation, callbacks, progress, and
 * resuming around it. Step for step it does what the loop by hand does, with the same bits.
 */
import { notebookHost } from "../host.ts";
import type { AnyModule, Module } from "../nn/module/module.ts";
import { ReduceLROnPlateau } from "../optim/plateau.ts";
import { load } from "../serialization/checkpoint.ts";
import { NablaError, StoppedError } from "../tensor/errors.ts";
import type { Callback } from "./callback.ts";
import { measure } from "./evaluate.ts";
import type { EpochRecord, History } from "./history.ts";
import { LiveRun, panelOf, STOP_PRESSED } from "./live-run.ts";
import type { LiveChoice } from "./live-run.ts";
import type { Metric } from "./metrics/metric.ts";
import { forEachBatch, startPause } from "./pause.ts";
import type { Pause } from "./pause.ts";
import { ProgressLine } from "./progress.ts";
import type { ProgressSink } from "./progress.ts";
import { sourceOf } from "./source.ts";
import type { Source, TrainingData } from "./source.ts";
import { evaluationStep, trainingStep, usualForward } from "./step.ts";
import type { Forward, LossFunction, TrainingOptimizer } from "./step.ts";
import { TrainingRun } from "./training-run.ts";
import type { TrainingSchedule, TrainingState } from "./training-run.ts";

/** Options of {@link fit}. */
export interface FitOptions<Batch, Output, Target> {
  /** What is to become small: outputs and targets to a scalar. */
  loss: LossFunction<Output, Target>;
  /** Of the model's parameters (or some of them). */
  optimizer: TrainingOptimizer;
  /** How many times all batches are gone through, those before `resume` included; 1 when not given. */
  epochs?: number;
  /** How many examples make a batch where data are a data set, 32 when not given; those to train on are shuffled. */
  batchSize?: number;
  /** Metrics by name, measured over each epoch's batches as they are trained on. */
  metrics?: Readonly<Record<string, Metric<Output, Target>>>;
  /** Data to measure loss and metrics on: scores `validationLoss` and so on. */
  validation?: TrainingData<Batch>;
  /** After how many batches the validation data is measured; at the end of each epoch when not given. */
  validateEvery?: number;
  /** A learning rate schedule; one that waits for a plateau is told the validation loss, or else the loss. */
  schedule?: TrainingSchedule;
  /** When the schedule steps: after each `"epoch"` (when not given) or each `"batch"`. */
  scheduleEvery?: "epoch" | "batch";
  /** The longest that the vector of all gradients may be (`nn.clipGradNorm_`). */
  clipNorm?: number;
  /** The largest that an element of a gradient may be (`nn.clipGradValue_`). */
  clipValue?: number;
  /** Who is told of the run, in this order. */
  callbacks?: readonly Callback[];
  /** Run steps as compiled programs: faster, with the same bits. */
  compile?: boolean;
  /** A checkpoint, or the file of one, to go on from: the same model, optimiser, data and options, as they were when it began. */
  resume?: string | TrainingState;
  /** Show progress, or where; true when not given, and false where a live panel shows it. */
  progress?: boolean | ProgressSink;
  /**
   * Draw the run in a live panel while it goes on: `true`, options as of `plot.live`, or a panel. Its buttons pause the run and
   * end it early. Measures the norm of the gradients as well.
   */
  live?: LiveChoice;
  /** End training when the loss is NaN or infinite; true when not given. On a card that may be some batches later, for losses are read together. */
  stopOnNonfinite?: boolean;
  /** A history to write into, to have it also when the run is interrupted. */
  history?: History;
  /** Stops the run with the signal's reason; an interrupted cell does so anyway. */
  signal?: AbortSignal;
}

/** Trains a model on batches of any form: `forward` says what the outputs and the targets are. */
export function fit<Batch, Output, Target>(
  model: AnyModule,
  data: TrainingData<Batch>,
  options: FitOptions<Batch, Output, Target> & { forward: Forward<Batch, Output, Target> },
): Promise<History>;
/**
 * Trains a model. Afterwards it is in the mode, `train` or `eval`, that it was in.
 * @param data batches `[input, target]` (or `[input, input, ..., target]`): a DataLoader, another iterable of batches that can
 * be gone through more than once, or a data set.
 * @returns a row of numbers for each epoch, and the loss of each batch.
 * @throws NablaError when data or options do not fit together, naming what to do.
 * @example
 * const history = await train.fit(model, loader, {
 *   loss: nn.functional.crossEntropy,
 *   optimizer: new optim.Adam(model.parameters()),
 *   epochs: 5,
 *   metrics: { accuracy: new metrics.Accuracy() },
 *   validation: testLoader,
 * });
 */
export function fit<Input extends readonly unknown[], Output, Target>(
  model: Module<Input, Output>,
  data: TrainingData<readonly [...Input, Target]>,
  options: FitOptions<readonly [...Input, Target], Output, Target>,
): Promise<History>;
export async function fit<Batch, Output, Target>(
  model: AnyModule,
  data: TrainingData<Batch>,
  options: FitOptions<Batch, Output, Target> & { forward?: Forward<Batch, Output, Target> },
): Promise<History> {
  checkOptions(options);
  const { optimizer, epochs = 1, batchSize, metrics = {}, validation, schedule, resume } = options;
  const panel = panelOf(options.live);
  const live = panel === undefined ? [] : [new LiveRun(panel)];
  const progress = options.progress ?? (panel === undefined || notebookHost() === undefined);
  const bare = options.forward !== undefined;
  const held = validation === undefined ? undefined : sourceOf("fit", validation, { batchSize: isDataset(validation) ? batchSize : undefined, shuffle: false, bare });
  // One of the two may come in batches already.
  const own = !isDataset(data) && isDataset(validation) ? undefined : batchSize;
  const source = sourceOf("fit", data, { batchSize: own, shuffle: true, bare });
  const callbacks = [...(options.callbacks ?? [])];
  const run = new TrainingRun({ model, optimizer, schedule, epochs, metrics, callbacks, source, history: options.history });
  if (resume !== undefined) run.loadStateDict(typeof resume === "string" ? load<TrainingState>(resume) : resume);
  const shown = progress === false ? [] : [progress === true ? new ProgressLine() : new ProgressLine(progress)];
  const before = [...model.modules()].map((module) => [module, module.training] as const);
  try {
    await new Loop(run, options, source, held, [...callbacks, ...shown, ...live]).run();
    run.readBatches();
  } catch (error) {
    keepWhatCanBeRead(run);
    for (const each of live) each.failed(error);
    throw error;
  } finally {
    run.history.readBefore(undefined);
    for (const [module, training] of before) module.training = training;
  }
  return run.history;
}

/** After an error: the losses until then, unless what went wrong is the card. */
function keepWhatCanBeRead(run: TrainingRun): void {
  try {
    run.readBatches();
  } catch {
    // The error that ended the run is the one to tell.
  }
}

/** True for what is cut into batches here. */
const isDataset = (data: unknown): boolean =>
  typeof data === "object" && data !== null && !(Symbol.iterator in data) && !(Symbol.asyncIterator in data);

function checkOptions<Batch, Output, Target>(options: FitOptions<Batch, Output, Target>): void {
  const { loss, optimizer, epochs = 1, validateEvery, validation, scheduleEvery = "epoch", metrics = {} } = options ?? {};
  if (typeof loss !== "function") throw new NablaError("fit: the option loss is missing: a function (output, target) => Tensor");
  if (typeof optimizer?.step !== "function") throw new NablaError("fit: the option optimizer is missing, as in new optim.Adam(model.parameters())");
  const taken = Object.keys(metrics).find((name) => ["epoch", "loss", "lr", "seconds"].includes(name) || name.startsWith("validation"));
  if (taken !== undefined) throw new NablaError(`fit: a metric cannot be called ${JSON.stringify(taken)}: the history has a column of this name`);
  if (!Number.isInteger(epochs) || epochs < 0) throw new NablaError(`fit: epochs is ${epochs}; it must be a whole number of at least 0`);
  if (validateEvery !== undefined && (!Number.isInteger(validateEvery) || validateEvery < 1)) {
    throw new NablaError(`fit: validateEvery is ${validateEvery}; it must be a whole number of batches`);
  }
  if (validateEvery !== undefined && validation === undefined) throw new NablaError("fit: validateEvery needs validation data");
  if (scheduleEvery !== "epoch" && scheduleEvery !== "batch") {
    throw new NablaError(`fit: scheduleEvery is ${JSON.stringify(scheduleEvery)}; known are "epoch" and "batch"`);
  }
}

type Told = "onTrainBegin" | "onEpochBegin" | "onBatchEnd" | "onScores" | "onEpochEnd" | "onTrainEnd";

/** The loop itself. */
class Loop<Batch, Output, Target> {
  readonly #run: TrainingRun;
  readonly #options: FitOptions<Batch, Output, Target>;
  readonly #source: Source<Batch>;
  readonly #held: Source<Batch> | undefined;
  readonly #callbacks: readonly Callback[];
  readonly #step: ReturnType<typeof trainingStep<Batch, Output, Target>>;
  readonly #measure: ReturnType<typeof evaluationStep<Batch, Output, Target>>;
  readonly #pause: Pause;

  constructor(
    run: TrainingRun,
    options: FitOptions<Batch, Output, Target> & { forward?: Forward<Batch, Output, Target> },
    source: Source<Batch>,
    held: Source<Batch> | undefined,
    callbacks: readonly Callback[],
  ) {
    const { loss, optimizer, clipNorm, clipValue, compile: compiled = false, metrics = {} } = options;
    const forward = options.forward ?? usualForward<Batch, Output, Target>("fit", run.model);
    this.#run = run;
    this.#options = options;
    this.#source = source;
    this.#held = held;
    this.#callbacks = callbacks;
    const watched = Object.keys(metrics).length > 0;
    const normed = options.live !== undefined && options.live !== false;
    this.#step = trainingStep({ forward, loss, optimizer, clipNorm, clipValue, compiled, watched, normed });
    this.#measure = evaluationStep(forward, loss, compiled);
    this.#pause = startPause(options.signal);
  }

  async run(): Promise<void> {
    const run = this.#run;
    await this.#tell("onTrainBegin");
    try {
      while (run.epoch <= run.epochs && !run.stopping) await this.#epoch();
    } catch (error) {
      // A panel of the learner's own, that a callback adds to or an optimiser looks at.
      if (!(error instanceof StoppedError)) throw error;
      run.stop(STOP_PRESSED);
    }
    await this.#tell("onTrainEnd");
    run.writeFiles();
  }

  async #epoch(): Promise<void> {
    const run = this.#run;
    const began = performance.now();
    run.model.train();
    await this.#tell("onEpochBegin");
    await forEachBatch(this.#source.pass(), this.#pause, (batch) => this.#batch(batch));
    if (run.batch === 0) throw new NablaError("fit: the data has no batches");
    // Stopped in the middle, an epoch has no row; after its last batch it has.
    if (run.stopping && run.batch !== run.batchesPerEpoch) return;

    if (this.#options.validateEvery === undefined) await this.#score();
    const { lr } = run.optimizer.paramGroups[0]!;
    const record: EpochRecord = { epoch: run.epoch, lr, seconds: (performance.now() - began) / 1000, ...(run.scores as { loss: number }), ...run.trainingScores() };
    run.history.epochs.push(record);
    if (this.#options.scheduleEvery !== "batch") this.#stepSchedule();
    await this.#tell("onEpochEnd");
    run.nextEpoch();
    run.writeFiles();
  }

  /** Trains on a batch. Returns false when that was the last one. A promise is returned only where there is something to wait for. */
  #batch(batch: Batch): boolean | Promise<boolean> {
    const run = this.#run;
    const { metrics = {}, stopOnNonfinite = true, scheduleEvery, validateEvery } = this.#options;
    const { loss, examples, seen, norm } = this.#step(batch);
    run.addBatch(loss, examples, norm, stopOnNonfinite);
    if (seen !== undefined) for (const metric of Object.values(metrics)) metric.update(...seen);
    if (scheduleEvery === "batch") this.#stepSchedule();
    const due = validateEvery !== undefined && run.iteration % validateEvery === 0;
    const told = due ? this.#score().then(() => this.#tell("onBatchEnd")) : this.#tell("onBatchEnd");
    const finish = (): boolean => {
      run.writeFiles();
      // After the last batch the loader goes on to the end of its pass.
      return !run.stopping || run.batch === run.batchesPerEpoch;
    };
    return told === undefined ? finish() : told.then(finish);
  }

  /** Measures the validation data, if there is any, and makes the scores known. */
  async #score(): Promise<void> {
    const run = this.#run;
    const scores = run.trainingScores();
    if (this.#held !== undefined) {
      // The metrics measure something else meanwhile.
      const { metrics = {} } = this.#options;
      const kept = Object.entries(metrics).map(([name, metric]) => [name, metric.stateDict()] as const);
      const held = await measure(run.model, this.#held, this.#measure, metrics, this.#pause);
      for (const [name, state] of kept) metrics[name]!.loadStateDict(state);
      for (const [name, value] of Object.entries(held)) scores[`validation${name[0]!.toUpperCase()}${name.slice(1)}`] = value;
    }
    run.scores = scores;
    await this.#tell("onScores");
  }

  #stepSchedule(): void {
    const { schedule } = this.#options;
    const { scores, meanLoss } = this.#run;
    if (schedule instanceof ReduceLROnPlateau) schedule.step(scores["validationLoss"] ?? meanLoss.value);
    else (schedule as { step(): void } | undefined)?.step();
  }

  /** Tells each callback in turn. */
  #tell(what: Told): Promise<void> | undefined {
    let waits: Promise<void> | undefined;
    for (const callback of this.#callbacks) {
      if (waits !== undefined) {
        waits = waits.then(() => callback[what]?.(this.#run));
        continue;
      }
      const told: unknown = callback[what]?.(this.#run);
      if (told instanceof Promise) waits = told as Promise<void>;
    }
    return waits;
  }
}
