/**
 * The one way into user code: a frame of the V8 inspector.
 *
 * `Runtime.terminateExecution` unwinds to the innermost inspector evaluation and the caller of that evaluation goes on, so
 * user code that was entered through one can be stopped anywhere, even in a timer callback. Two findings decide how:
 * a termination that unwinds `Runtime.callFunctionOn` in a timer callback ends the process on Node 20, 22 and 24 while
 * `Runtime.evaluate` survives, so every frame is an evaluation; and the cell's evaluation is nested in a frame, so that the
 * moment between its return and the closing of the gate is inside a frame too.
 */
import type { Session } from "node:inspector";
import type { MainGate } from "./gate.ts";
import type { JobContext } from "./job-context.ts";
import type { JobId } from "../channel/records.ts";

/** Where V8 refused code before it ran; both numbers count from 1, in the code that was evaluated. */
export interface RefusedPlace {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** How a call into user code ended. */
export type Outcome<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "error"; readonly error: unknown; readonly at?: RefusedPlace }
  | { readonly kind: "interrupted" };

export class Frames {
  readonly #session: Session;
  readonly #gate: MainGate;
  readonly #jobs: JobContext;
  #body: (() => void) | undefined;
  /** Whether an evaluation inside the current frame has taken the termination that was sent. */
  #landed = false;

  constructor(session: Session, gate: MainGate, jobs: JobContext) {
    this.#session = session;
    this.#gate = gate;
    this.#jobs = jobs;
    gate.absorbWith((wait) => this.#evaluate(wait));
  }

  /** What the evaluated text of a frame calls. */
  readonly run = (): void => {
    const body = this.#body;
    this.#body = undefined;
    body?.();
  };

  /** Says that an evaluation inside the current frame was terminated. */
  noteLanded(): void {
    this.#landed = true;
  }

  /** Calls user code, with what it prints going to `job`. Never throws. */
  enter<T>(job: JobId, body: () => T): Outcome<T> {
    return this.#gate.callback(() => {
      let outcome: Outcome<T> = { kind: "interrupted" };
      let finished = false;
      const before = this.#jobs.begin(job);
      this.#landed = false;
      this.#evaluate(() => {
        this.#gate.enter();
        let result: Outcome<T>;
        try {
          result = { kind: "value", value: body() };
        } catch (error) {
          result = { kind: "error", error };
        }
        this.#gate.leave(this.#landed);
        outcome = result;
        finished = true;
      });
      if (!finished) this.#gate.terminated();
      this.#jobs.end(before);
      return outcome;
    });
  }

  #evaluate(body: () => void): void {
    this.#body = body;
    this.#session.post("Runtime.evaluate", { expression: "__kernel.frame()" }, () => undefined);
  }
}
