/**
 * Evaluation of a transformed cell by V8's inspector, in the mode that consoles use: top-level `await`, `let` and `const`
 * that may be declared again, and the value of the last expression.
 */
import type { Runtime, Session } from "node:inspector";
import { promiseHooks } from "node:v8";
import type { JobId } from "../channel/records.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { MainGate } from "./gate.ts";

/** The group under which the inspector keeps the values of a cell until they have been taken out. */
const OBJECT_GROUP = "cell";

interface Evaluated {
  readonly failure: Error | null;
  /** Not there when there was a failure. */
  readonly result: Runtime.EvaluateReturnType | undefined;
}

export class Evaluator {
  readonly #session: Session;
  readonly #frames: Frames;
  readonly #gate: MainGate;
  readonly #kernelObject: Runtime.RemoteObjectId;
  #taken: unknown;
  #mayHold = false;
  /** Promises of evaluations that have not been answered; see `#post`. */
  readonly #held = new Set<Promise<unknown>>();

  constructor(session: Session, frames: Frames, gate: MainGate) {
    this.#session = session;
    this.#frames = frames;
    this.#gate = gate;
    let object: Runtime.RemoteObjectId | undefined;
    session.post("Runtime.evaluate", { expression: "__kernel" }, (_failure, result) => {
      object = result.result.objectId;
    });
    if (object === undefined) throw new Error("the V8 inspector did not evaluate; is this Node built without it?");
    this.#kernelObject = object;
  }

  /** What the inspector calls with a value that it holds. */
  readonly take = (value: unknown): void => {
    this.#taken = value;
  };

  /**
   * Evaluates code.
   * @param done Called once, as kernel code, when the code has run and its own awaits are over. It is not called if what
   * the code awaits never settles, nor if a continuation of it is terminated.
   */
  evaluate(job: JobId, code: string, done: (outcome: Outcome<unknown>) => void): void {
    let early: Evaluated | undefined;
    let hasReturned = false;
    let isEntered = true;
    const entered = this.#frames.enter(job, () => {
      this.#post(code, (evaluated) => {
        if (isEntered) early = evaluated;
        else this.#gate.callback(() => done(this.#outcome(evaluated)));
      });
      hasReturned = true;
      // Only a termination makes an evaluation fail while it runs.
      if (early?.failure) this.#frames.noteLanded();
    });
    isEntered = false;
    if (early !== undefined) done(this.#outcome(early));
    // Where the evaluation has returned and the frame was terminated after it, the code's own awaits are still to come.
    else if (entered.kind === "interrupted" && !hasReturned) done(entered);
  }

  /** Lets the inspector forget the values of a cell that has ended. */
  release(): void {
    if (!this.#mayHold) return;
    this.#mayHold = false;
    this.#session.post("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP });
  }

  /**
   * The inspector holds the promise of an evaluation weakly. On Node 22 a collection between the evaluation and its
   * microtask then aborts the process, and on any version the answer can be "Promise was collected". The first promise
   * that V8 makes during an evaluation is the evaluation's own, so it is caught as it is made, and held.
   *
   * It gets a handler at once. Otherwise an error that leaves the cell calls Node's handler of unhandled rejections, which is
   * JavaScript: a termination that lands there is swallowed, and on Node 20 the inspector, which takes for granted that
   * none is pending, aborts the process.
   */
  #post(code: string, answer: (evaluated: Evaluated) => void): void {
    let own: Promise<unknown> | undefined;
    // Declared without a result, but it returns the function that ends the hook.
    const stop = promiseHooks.onInit((promise: Promise<unknown>) => {
      stop();
      if (own !== undefined) return;
      own = promise;
      void promise.then(undefined, () => undefined);
    }) as unknown as () => void;
    let isAnswered = false;
    this.#mayHold = true;
    const options = { expression: code, replMode: true, objectGroup: OBJECT_GROUP };
    this.#session.post("Runtime.evaluate", options, (failure, result?: Runtime.EvaluateReturnType) => {
      isAnswered = true;
      if (own !== undefined) this.#held.delete(own);
      answer({ failure, result });
    });
    stop();
    if (own !== undefined && !isAnswered) this.#held.add(own);
  }

  #outcome({ failure, result }: Evaluated): Outcome<unknown> {
    if (failure !== null || result === undefined) return { kind: "interrupted" };
    const { exceptionDetails } = result;
    if (exceptionDetails === undefined) return { kind: "value", value: this.#materialise(result.result) };
    const { exception, text, stackTrace, url, lineNumber, columnNumber } = exceptionDetails;
    const error = exception === undefined ? new Error(text) : this.#materialise(exception);
    // Code that was refused has no stack; whatever was thrown by running code has one.
    if (stackTrace !== undefined || url === undefined || !(error instanceof SyntaxError)) return { kind: "error", error };
    return { kind: "error", error, at: { url, line: lineNumber + 1, column: columnNumber + 1 } };
  }

  /** The value that the inspector describes. */
  #materialise(remote: Runtime.RemoteObject): unknown {
    if (remote.objectId === undefined && remote.unserializableValue === undefined) return remote.value as unknown;
    const argument = remote.objectId === undefined ? { unserializableValue: remote.unserializableValue } : { objectId: remote.objectId };
    const functionDeclaration = "function (value) { this.take(value); }";
    this.#session.post("Runtime.callFunctionOn", { objectId: this.#kernelObject, functionDeclaration, arguments: [argument], silent: true });
    const value = this.#taken;
    this.#taken = undefined;
    return value;
  }
}
