/**
 * Shows how far training is: a line for each epoch with its numbers, and while an epoch runs a bar and the time left. In a
 * notebook all of it is one display that is updated in place; in a terminal the bar is written over; elsewhere only the
 * finished lines are printed.
 */
import { display, notebookHost } from "../host.ts";
import type { DisplayHandle } from "../host.ts";
import { duration } from "../plot/live/index.ts";
import type { Callback } from "./callback.ts";
import { readable } from "./history.ts";
import type { EpochRecord } from "./history.ts";
import type { TrainingRun } from "./training-run.ts";

const BAR_LENGTH = 24;
const UPDATES_PER_SECOND = 8;
/** More finished lines than this are shown as the first one and the last ones. */
const MOST_LINES = 20;

/** Where progress is shown. */
export interface ProgressSink {
  /** A line that will change. */
  running(line: string): void;
  /** A line that stays. */
  finished(line: string): void;
}

/** Shows the progress of a run. */
export class ProgressLine implements Callback {
  readonly #sink: ProgressSink;
  #next = 0;
  #began = 0;
  #firstBatch = 0;

  constructor(sink: ProgressSink = openSink()) {
    this.#sink = sink;
  }

  onEpochBegin(run: TrainingRun): void {
    this.#began = performance.now();
    this.#firstBatch = run.batch;
  }

  onBatchEnd(run: TrainingRun): void {
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + 1000 / UPDATES_PER_SECOND;
    const perBatch = (now - this.#began) / 1000 / (run.batch - this.#firstBatch);
    this.#sink.running(`${title(run)} ${bar(run, perBatch)} · ${numbers(run.trainingScores())}`);
  }

  onEpochEnd(run: TrainingRun): void {
    const { epoch: _, seconds, ...rest } = run.history.last as EpochRecord;
    this.#sink.finished(`${title(run)} · ${duration(seconds)} · ${numbers(rest)}`);
  }

  onTrainEnd(run: TrainingRun): void {
    if (run.history.stopped !== undefined) this.#sink.finished(`Stopped: ${run.history.stopped}.`);
  }
}

const title = ({ epoch, epochs }: TrainingRun): string => `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;

function numbers(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores).map(([name, value]) => `${name} ${readable(name, value)}`).join(" · ");
}

function bar({ batch, batchesPerEpoch }: TrainingRun, secondsPerBatch: number): string {
  if (batchesPerEpoch === undefined || batchesPerEpoch === 0) return `batch ${batch}`;
  const filled = Math.round((BAR_LENGTH * batch) / batchesPerEpoch);
  const left = duration(secondsPerBatch * (batchesPerEpoch - batch));
  return `${"█".repeat(filled)}${"░".repeat(BAR_LENGTH - filled)} ${batch}/${batchesPerEpoch} · ${left} left`;
}

/** The place that suits where the program runs. */
export function openSink(): ProgressSink {
  if (notebookHost() !== undefined) return notebookSink();
  const clearLine = process.stderr.isTTY ? "\r\u001b[K" : undefined;
  return {
    running: (line) => {
      if (clearLine !== undefined) process.stderr.write(clearLine + line);
    },
    finished: (line) => {
      if (clearLine !== undefined) process.stderr.write(clearLine);
      console.log(line);
    },
  };
}

/** One display of plain text: the finished lines, and the one that changes. */
function notebookSink(): ProgressSink {
  const lines: string[] = [];
  let shown: DisplayHandle | undefined;
  const show = (last: readonly string[]): void => {
    const kept = lines.length > MOST_LINES ? [lines[0]!, "…", ...lines.slice(2 - MOST_LINES)] : lines;
    const text = [...kept, ...last].join("\n");
    const value = { [Symbol.for("Jupyter.display")]: () => ({ "text/plain": text }) };
    if (shown === undefined) shown = display(value);
    else shown.update(value);
  };
  return {
    running: (line) => show([line]),
    finished: (line) => {
      lines.push(line);
      show([]);
    },
  };
}
