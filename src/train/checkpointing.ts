/**
 * Saving a run while it goes on: each epoch, every so many batches, or when a score is better than ever. A file holds
 * everything that `fit` needs to go on (its option `resume`), or the weights alone.
 */
import type { State } from "../serialization/state-tree.ts";
import { NablaError } from "../tensor/errors.ts";
import { watch } from "./callback.ts";
import type { Callback, Monitored, Watch } from "./callback.ts";
import type { TrainingRun } from "./training-run.ts";

/** Options of {@link Checkpoint}. */
export interface CheckpointOptions extends Monitored {
  /** When to save: after each `"epoch"` (when not given), or after so many batches. */
  every?: "epoch" | number;
  /** Save only when the watched score is better than ever, whenever it is measured. */
  bestOnly?: boolean;
  /** Save the model's weights alone, as safetensors. */
  weightsOnly?: boolean;
}

/**
 * Saves the run in a file; `{epoch}` and `{iteration}` in its name become numbers.
 * @example
 * callbacks: [new train.Checkpoint("runs/digits-{epoch}.nabla"), new train.Checkpoint("best.safetensors", { bestOnly: true, weightsOnly: true })]
 */
export class Checkpoint implements Callback {
  readonly #path: string;
  readonly #every: "epoch" | number;
  readonly #weightsOnly: boolean;
  readonly #watch: Watch | undefined;
  #best: number;

  /** @throws NablaError when an option is not one of those known. */
  constructor(path: string, options: CheckpointOptions = {}) {
    const { every = "epoch", bestOnly = false, weightsOnly = false } = options;
    if (typeof path !== "string" || path === "") throw new NablaError("Checkpoint: the first argument is the path of a file");
    if (every !== "epoch" && !(Number.isInteger(every) && every >= 1)) {
      throw new NablaError(`Checkpoint: every is ${JSON.stringify(every)}; give "epoch" or a number of batches`);
    }
    if (bestOnly && options.every !== undefined) throw new NablaError("Checkpoint: with bestOnly it is saved when the score is measured; leave out every");
    this.#path = path;
    this.#every = every;
    this.#weightsOnly = weightsOnly;
    this.#watch = bestOnly ? watch("Checkpoint", options) : undefined;
    this.#best = this.#watch?.worst ?? NaN;
  }

  onScores(run: TrainingRun): void {
    if (this.#watch === undefined) return;
    const score = this.#watch.read(run);
    if (!this.#watch.better(score, this.#best)) return;
    this.#best = score;
    this.#save(run);
  }

  onBatchEnd(run: TrainingRun): void {
    if (this.#watch === undefined && this.#every !== "epoch" && run.iteration % this.#every === 0) this.#save(run);
  }

  onEpochEnd(run: TrainingRun): void {
    if (this.#watch === undefined && this.#every === "epoch") this.#save(run);
  }

  stateDict(): State {
    return { best: this.#best };
  }

  loadStateDict(state: State): void {
    this.#best = (state as { best: number }).best;
  }

  #save(run: TrainingRun): void {
    const path = this.#path.replaceAll("{epoch}", String(run.epoch)).replaceAll("{iteration}", String(run.iteration));
    run.saveTo(path, { weightsOnly: this.#weightsOnly });
  }
}
