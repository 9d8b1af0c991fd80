/**
 * What may be told of a training run while it goes on, and may stop it. The places are Keras's, and one more: `onScores`.
 */
import type { State } from "../serialization/state-tree.ts";
import { NablaError } from "../tensor/errors.ts";
import type { TrainingRun } from "./training-run.ts";

/** Any of these may return a promise, which is waited for. */
export interface Callback {
  /** Before the first epoch, or before the run goes on. */
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  onEpochBegin?(run: TrainingRun): void | Promise<void>;
  /** After each step of the optimiser. */
  onBatchEnd?(run: TrainingRun): void | Promise<void>;
  /** When `run.scores` are new: after each validation, or, with no validation data, after each epoch. */
  onScores?(run: TrainingRun): void | Promise<void>;
  /** After `run.history` has the epoch's row. */
  onEpochEnd?(run: TrainingRun): void | Promise<void>;
  /** At the end, however the run came to it: not after an error. */
  onTrainEnd?(run: TrainingRun): void | Promise<void>;
  /** What it remembers, for a checkpoint. */
  stateDict?(): State;
  /** Goes on where `stateDict()` was taken. */
  loadStateDict?(state: State): void;
}

/** Whether smaller or larger scores are better. */
export type Mode = "min" | "max";

/** A score that is watched. */
export interface Monitored {
  /** Its name among `run.scores`: `"validationLoss"` when not given. */
  monitor?: string;
  /** Whether smaller or larger is better. When not given, what a name such as loss, error or distance says is better small, the rest large. */
  mode?: Mode;
}

/** Reads the watched score of a run. */
export interface Watch {
  readonly mode: Mode;
  readonly name: string;
  /** @throws NablaError when there is no such score. */
  read(run: TrainingRun): number;
  /** True when the first score is better. A NaN is never better. */
  better(a: number, b: number): boolean;
  /** Worse than everything. */
  readonly worst: number;
}

/** @param op names the callback in messages. @throws NablaError for an unknown mode. */
export function watch(op: string, { monitor = "validationLoss", mode }: Monitored): Watch {
  if (mode !== undefined && mode !== "min" && mode !== "max") {
    throw new NablaError(`${op}: mode is ${JSON.stringify(mode)}; known are "min" and "max"`);
  }
  const small = mode === undefined ? /loss|error|perplexity|distance/i.test(monitor) : mode === "min";
  return {
    mode: small ? "min" : "max",
    name: monitor,
    worst: small ? Infinity : -Infinity,
    better: (a, b) => (small ? a < b : a > b),
    read({ scores }) {
      const score = scores[monitor];
      if (score !== undefined) return score;
      const cure = monitor.startsWith("validation") ? "; give fit validation data, or another monitor" : "";
      throw new NablaError(`${op}: there is no score ${JSON.stringify(monitor)}; there are ${Object.keys(scores).join(", ")}${cure}`);
    },
  };
}
