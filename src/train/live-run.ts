/**
 * A run of `fit` in a live panel: the loss of each batch, the norm of the gradients and the learning rate as they come, the
 * other scores when they are measured. The panel's buttons act between two batches: a pause waits there while everything else
 * goes on, a stop is an early end like any other.
 */
import { notebookHost } from "../host.ts";
import { LivePanel } from "../plot/live/index.ts";
import type { LiveOptions } from "../plot/live/index.ts";
import { NablaError } from "../tensor/errors.ts";
import type { Callback } from "./callback.ts";
import type { BatchNumbers, TrainingRun } from "./training-run.ts";

/** What the option `live` may be. */
export type LiveChoice = boolean | LiveOptions | LivePanel;

/** What the run says of itself when the stop button is pressed. */
export const STOP_PRESSED = "the stop button was pressed";

/** The panel that is asked for, if one is. @throws NablaError for anything else */
export function panelOf(choice: LiveChoice | undefined): LivePanel | undefined {
  if (choice === undefined || choice === false) return undefined;
  if (choice instanceof LivePanel) return choice;
  if (choice === true) return new LivePanel();
  if (typeof choice !== "object" || choice === null) throw new NablaError(`fit: live is ${String(choice)}; give true, options, or a panel of plot.live()`);
  return new LivePanel(choice);
}

const READS_PER_SECOND = 10;

export class LiveRun implements Callback {
  readonly #panel: LivePanel;
  readonly #signal = notebookHost()?.signal;
  /** Added to the run's steps where the panel has some already. */
  #offset = 0;
  #leave: (() => void) | undefined;
  /** Batches that are not drawn yet. */
  readonly #read: BatchNumbers[] = [];
  /** When the numbers are read next. */
  #next = 0;

  constructor(panel: LivePanel) {
    this.#panel = panel;
  }

  onTrainBegin(run: TrainingRun): void {
    const { epochs, batchesPerEpoch } = run;
    const last = this.#panel.step ?? 0;
    this.#offset = run.iteration < last ? last : 0;
    const steps = batchesPerEpoch === undefined ? undefined : this.#offset + epochs * batchesPerEpoch;
    this.#panel.plan({ epochs, steps, values: ["loss", ...Object.keys(run.metrics), "gradNorm", "lr"] });
    this.#leave = this.#panel.host();
    run.onBatchRead = (batch) => this.#read.push(batch);
  }

  /** Pause may have been pressed while the validation data was measured. */
  onEpochBegin(run: TrainingRun): Promise<void> | undefined {
    return this.#panel.paused ? this.#panel.waitWhilePaused(this.#signal).then(() => this.#obey(run)) : undefined;
  }

  onBatchEnd(run: TrainingRun): Promise<void> | undefined {
    // On a card the numbers of the last batches come together, as often as one can see it.
    const now = performance.now();
    if (now >= this.#next) {
      run.readBatches();
      this.#next = now + 1000 / READS_PER_SECOND;
    }
    this.#show();
    return this.#panel.paused ? this.#panel.waitWhilePaused(this.#signal).then(() => this.#obey(run)) : this.#obey(run);
  }

  onScores(run: TrainingRun): void {
    const before = this.#read.splice(0, this.#read.length - 1);
    for (const batch of before) this.#follow(batch);
    const { loss, ...measured } = run.scores;
    // Each batch's own loss is there already.
    this.#panel.follow({ step: this.#offset + run.iteration, epoch: run.epoch, samples: 0, ...measured });
  }

  onTrainEnd(run: TrainingRun): void {
    run.readBatches();
    this.#show();
    this.#leave?.();
    this.#panel.end(run.history.stopped);
  }

  /** Draws the batches whose numbers are there. */
  #show(): void {
    for (const batch of this.#read.splice(0)) this.#follow(batch);
  }

  #follow({ iteration, epoch, examples: samples, loss, gradNorm, lr }: BatchNumbers): void {
    this.#panel.follow({ step: this.#offset + iteration, epoch, samples, loss, ...(gradNorm === undefined ? {} : { gradNorm }), lr });
  }

  /** An error has ended the run. */
  failed(error: unknown): void {
    this.#show();
    this.#leave?.();
    if (this.#signal?.aborted !== true) this.#panel.fail(error instanceof Error ? error.message : String(error));
  }

  #obey(run: TrainingRun): undefined {
    if (this.#panel.stopped) run.stop(STOP_PRESSED);
    return undefined;
  }
}
