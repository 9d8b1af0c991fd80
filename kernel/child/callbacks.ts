/**
 * Callbacks of user code that nobody waits for: a timer's, a handler of a front end's mail. Where one fails, it is reported.
 *
 * The frame through which it is entered catches its error, and so V8's debugger takes the error for one that is caught. With
 * a debugger the callback is called by an async function, and an error that leaves one counts as uncaught as long as nobody has
 * asked for its promise: then the debugger stops where the error is thrown. It is reported a microtask later this way.
 */
import type { JobId } from "../channel/records.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { MainGate } from "./gate.ts";

/** Called with what a callback left behind when it did not return. */
export type ReportFailure = (job: JobId, outcome: Exclude<Outcome<void>, { kind: "value" }>) => void;

export class Callbacks {
  readonly #frames: Frames;
  readonly #gate: MainGate;
  readonly #report: ReportFailure;
  readonly #isDebugged: () => boolean;

  constructor(frames: Frames, gate: MainGate, report: ReportFailure, isDebugged: () => boolean) {
    this.#frames = frames;
    this.#gate = gate;
    this.#report = report;
    this.#isDebugged = isDebugged;
  }

  /**
   * Calls user code, with what it prints going to `job`. Never throws.
   * @param ended Called with how it ended, when that has been reported.
   */
  run(job: JobId, body: () => void, ended: (how: Outcome<void>["kind"]) => void = () => undefined): void {
    const end = (outcome: Outcome<void>): void => {
      if (outcome.kind !== "value") this.#report(job, outcome);
      ended(outcome.kind);
    };
    if (!this.#isDebugged()) return end(this.#frames.enter(job, body));
    const settle = (outcome: Outcome<void>): void => this.#gate.callback(() => end(outcome));
    const entered = this.#frames.enter(job, () => {
      const call = async (): Promise<void> => {
        body();
      };
      call().then((value) => settle({ kind: "value", value }), (error: unknown) => settle({ kind: "error", error }));
    });
    if (entered.kind !== "value") end(entered);
  }
}
