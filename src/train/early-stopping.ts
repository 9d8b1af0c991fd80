/**
 * Stopping when the model no longer gets better, in the forms that are in use: by how many measurements (or batches) have
 * passed without an improvement, and by a budget of batches that grows with each improvement.
 * Sources: Prechelt, "Early stopping - but when?", 1998; Keras's `EarlyStopping`; the deep learning tutorials of Theano,
 * 2008 to 2013, for the growing budget.
 */
import type { StateDict } from "../nn/module/state.ts";
import type { State } from "../serialization/state-tree.ts";
import { NablaError } from "../tensor/errors.ts";
import { isTensor } from "../tensor/tensor.ts";
import { watch } from "./callback.ts";
import type { Callback, Monitored, Watch } from "./callback.ts";
import type { TrainingRun } from "./training-run.ts";

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions extends Monitored {
  /** How long to wait for an improvement. */
  patience: number;
  /** What is counted: `"measurements"` of the score (an epoch each, as a rule) when not given, or `"batches"` trained on. */
  unit?: "measurements" | "batches";
  /** By how much a score must be better to count, 0 when not given. */
  minDelta?: number;
  /** The same as a part of the best score: 0.005 asks for half a per cent; 0 when not given. */
  minRatio?: number;
  /**
   * Whether small improvements add up until they count (true, when not given, as in Keras), or each is compared with the best
   * score there was, however small the step to it.
   */
  cumulative?: boolean;
  /** Whether the model gets the weights of its best score back at the end; false when not given. */
  restoreBest?: boolean;
}

/** Keeps the best score, and the model's weights at it when asked for. */
class Best {
  readonly #watch: Watch;
  readonly #keepsWeights: boolean;
  score: number;
  #weights: StateDict | undefined;

  constructor(watched: Watch, keepsWeights: boolean) {
    this.#watch = watched;
    this.#keepsWeights = keepsWeights;
    this.score = watched.worst;
  }

  /** Takes a score in when it is the best so far. */
  take(score: number, run: TrainingRun): void {
    if (!this.#watch.better(score, this.score)) return;
    this.score = score;
    if (!this.#keepsWeights) return;
    this.#weights = Object.fromEntries(Object.entries(run.model.stateDict()).map(([name, value]) => [name, value.clone()]));
  }

  restore(run: TrainingRun): void {
    if (this.#weights !== undefined) run.model.loadStateDict(this.#weights);
  }

  stateDict(): { [name: string]: State } {
    return { score: this.score, ...(this.#weights === undefined ? {} : { weights: this.#weights }) };
  }

  loadStateDict(state: { readonly [name: string]: State }): void {
    this.score = state["score"] as number;
    const weights = state["weights"] as StateDict | undefined;
    this.#weights = weights !== undefined && Object.values(weights).every(isTensor) ? weights : undefined;
  }
}

/**
 * Stops when a score has not become better for a while.
 * @example
 * callbacks: [new train.EarlyStopping({ patience: 3, restoreBest: true })]
 */
export class EarlyStopping implements Callback {
  readonly #options: Required<Pick<EarlyStoppingOptions, "patience" | "unit" | "minDelta" | "minRatio" | "cumulative">>;
  readonly #watch: Watch;
  readonly #best: Best;
  readonly #restores: boolean;
  /** What a score has to be better than. */
  #reference: number;
  /** Measurements, or the iteration of the last improvement. */
  #waited = 0;
  #improvedAt = 0;

  /** @throws NablaError when an option is outside its range. */
  constructor(options: EarlyStoppingOptions) {
    const { patience, unit = "measurements", minDelta = 0, minRatio = 0, cumulative = true, restoreBest = false } = options ?? {};
    requirePatience("EarlyStopping", patience);
    if (!(minDelta >= 0) || !(minRatio >= 0)) throw new NablaError(`EarlyStopping: minDelta is ${minDelta}, minRatio ${minRatio}; they must be at least 0`);
    if (unit !== "measurements" && unit !== "batches") {
      throw new NablaError(`EarlyStopping: unit is ${JSON.stringify(unit)}; known are "measurements" and "batches"`);
    }
    this.#options = { patience, unit, minDelta, minRatio, cumulative };
    this.#watch = watch("EarlyStopping", options);
    this.#best = new Best(this.#watch, restoreBest);
    this.#restores = restoreBest;
    this.#reference = this.#watch.worst;
  }

  /** The best score so far. */
  get best(): number {
    return this.#best.score;
  }

  onScores(run: TrainingRun): void {
    const score = this.#watch.read(run);
    const { cumulative, unit, patience } = this.#options;
    const improved = this.#improves(score);
    if (improved || (!cumulative && this.#watch.better(score, this.#reference))) this.#reference = score;
    this.#best.take(score, run);
    if (improved) {
      this.#waited = 0;
      this.#improvedAt = run.iteration;
    } else if (++this.#waited >= patience && unit === "measurements") {
      run.stop(this.#reason());
    }
  }

  onBatchEnd(run: TrainingRun): void {
    const { unit, patience } = this.#options;
    if (unit === "batches" && run.iteration - this.#improvedAt >= patience) run.stop(this.#reason());
  }

  onTrainEnd(run: TrainingRun): void {
    if (this.#restores) this.#best.restore(run);
  }

  stateDict(): State {
    return { best: this.#best.stateDict(), reference: this.#reference, waited: this.#waited, improvedAt: this.#improvedAt };
  }

  loadStateDict(state: State): void {
    const saved = state as { best: { [name: string]: State }; reference: number; waited: number; improvedAt: number };
    this.#best.loadStateDict(saved.best);
    this.#reference = saved.reference;
    this.#waited = saved.waited;
    this.#improvedAt = saved.improvedAt;
  }

  #improves(score: number): boolean {
    const { minDelta, minRatio } = this.#options;
    if (!Number.isFinite(this.#reference)) return this.#watch.better(score, this.#reference);
    const margin = minDelta + minRatio * Math.abs(this.#reference);
    const bar = this.#watch.mode === "min" ? this.#reference - margin : this.#reference + margin;
    return this.#watch.better(score, bar);
  }

  #reason(): string {
    const { patience, unit } = this.#options;
    return `${this.#watch.name} has not improved for ${patience} ${unit}; its best was ${Number(this.best.toPrecision(6))}`;
  }
}

/** Options of {@link GrowingPatience}. */
export interface GrowingPatienceOptions extends Monitored {
  /** How many batches there are at least. */
  patience: number;
  /** An improvement after n batches allows this many times n in all; 2 when not given. */
  increase?: number;
  /** A score is an improvement when it is below this part of the best one; 0.995 when not given. */
  threshold?: number;
  /** Whether the model gets the weights of its best score back at the end; false when not given. */
  restoreBest?: boolean;
}

/**
 * Stops when the batches allowed are used up; each clear improvement allows more. Made for a score that is measured every so
 * many batches: give `fit` the option `validateEvery`.
 */
export class GrowingPatience implements Callback {
  readonly #watch: Watch;
  readonly #best: Best;
  readonly #increase: number;
  readonly #threshold: number;
  readonly #restores: boolean;
  #patience: number;

  /** @throws NablaError when an option is outside its range. */
  constructor(options: GrowingPatienceOptions) {
    const { patience, increase = 2, threshold = 0.995, restoreBest = false } = options ?? {};
    requirePatience("GrowingPatience", patience);
    if (!(increase >= 1)) throw new NablaError(`GrowingPatience: increase is ${increase}; it must be at least 1`);
    if (!(threshold > 0 && threshold <= 1)) throw new NablaError(`GrowingPatience: threshold is ${threshold}; it must be above 0 and at most 1`);
    this.#watch = watch("GrowingPatience", options);
    this.#best = new Best(this.#watch, restoreBest);
    this.#increase = increase;
    this.#threshold = threshold;
    this.#restores = restoreBest;
    this.#patience = patience;
  }

  /** The best score so far. */
  get best(): number {
    return this.#best.score;
  }

  /** How many batches are allowed now. */
  get patience(): number {
    return this.#patience;
  }

  onScores(run: TrainingRun): void {
    const score = this.#watch.read(run);
    const [a, b] = this.#watch.mode === "min" ? [score, this.best * this.#threshold] : [score * this.#threshold, this.best];
    // Batches are numbered from 0, as where the rule comes from.
    if (this.#watch.better(a, b)) this.#patience = Math.max(this.#patience, (run.iteration - 1) * this.#increase);
    this.#best.take(score, run);
  }

  onBatchEnd(run: TrainingRun): void {
    if (this.#patience > run.iteration - 1) return;
    run.stop(`${run.iteration} batches without enough improvement of ${this.#watch.name}; its best was ${Number(this.best.toPrecision(6))}`);
  }

  onTrainEnd(run: TrainingRun): void {
    if (this.#restores) this.#best.restore(run);
  }

  stateDict(): State {
    return { best: this.#best.stateDict(), patience: this.#patience };
  }

  loadStateDict(state: State): void {
    const saved = state as { best: { [name: string]: State }; patience: number };
    this.#best.loadStateDict(saved.best);
    this.#patience = saved.patience;
  }
}

function requirePatience(name: string, patience: number): void {
  if (patience >= 1) return;
  throw new NablaError(`${name}: patience is ${patience}; it must be a number of at least 1`);
}
