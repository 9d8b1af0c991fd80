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
import type { TrainingRun } from "./training-run.ts";

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

export class LiveRun implements Callback {
  readonly #panel: LivePanel;
  readonly #signal = notebookHost()?.signal;
  /** Added to the run's steps where the panel has some already. */
  #offset = 0;
  #leave: (() => void) | undefined;

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
  }

  /** Pause may have been pressed while the validation data was measured. */
  onEpochBegin(run: TrainingRun): Promise<void> | undefined {
    return this.#panel.paused ? this.#panel.waitWhilePaused(this.#signal).then(() => this.#obey(run)) : undefined;
  }

  onBatchEnd(run: TrainingRun): Promise<void> | undefined {
    const { loss, gradNorm, examples: samples, epoch } = run;
    const { lr } = run.optimizer.paramGroups[0]!;
    this.#panel.follow({ step: this.#offset + run.iteration, epoch, samples, loss, ...(gradNorm === undefined ? {} : { gradNorm }), lr });
    return this.#panel.paused ? this.#panel.waitWhilePaused(this.#signal).then(() => this.#obey(run)) : this.#obey(run);
  }

  onScores(run: TrainingRun): void {
    const { loss, ...measured } = run.scores;
    // Each batch's own loss is there already.
    this.#panel.follow({ step: this.#offset + run.iteration, epoch: run.epoch, samples: 0, ...measured });
  }

  onTrainEnd(run: TrainingRun): void {
    this.#leave?.();
    this.#panel.end(run.history.stopped);
  }

  /** An error has ended the run. */
  failed(error: unknown): void {
    this.#leave?.();
    if (this.#signal?.aborted !== true) this.#panel.fail(error instanceof Error ? error.message : String(error));
  }

  #obey(run: TrainingRun): undefined {
    if (this.#panel.stopped) run.stop(STOP_PRESSED);
    return undefined;
  }
}
