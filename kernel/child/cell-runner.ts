/**
 * Runs one cell at a time: imports, evaluation, the value's display, user expressions, the reply.
 *
 * Every step is kernel code behind the gate; between two steps the event loop turns. A step that belongs to a cell which an
 * interrupt has already answered does nothing.
 */
import { plainScript } from "../cell/plain.ts";
import { transformCell } from "../cell/transform.ts";
import type { TransformedCell } from "../cell/transform.ts";
import type { ErrorContent, ExecuteJob, ExpressionReply } from "../channel/records.ts";
import type { DebugHost } from "./debug-host.ts";
import type { Displays } from "./displays.ts";
import type { ErrorReports } from "./error-reports.ts";
import type { Evaluator } from "./evaluator.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { MainGate } from "./gate.ts";
import type { JobContext } from "./job-context.ts";
import type { ChildrenList } from "./children-list.ts";
import type { CellModules } from "./cell-modules.ts";
import type { PastCells } from "./past-cells.ts";
import type { RecordWriter } from "./record-writer.ts";
import { Word } from "./gate-words.ts";
import { KeyboardInterrupt } from "./waits.ts";
import type { Waits } from "./waits.ts";

interface RunningCell {
  readonly job: ExecuteJob;
  readonly userExpressions: Record<string, ExpressionReply>;
  /** The interrupt that stopped it, if one did. */
  interrupt: number | undefined;
}

/** What the runner works with. */
export interface CellServices {
  readonly words: Int32Array;
  readonly children: ChildrenList;
  readonly interruptFlag: Int32Array;
  readonly gate: MainGate;
  readonly frames: Frames;
  readonly cells: PastCells;
  readonly jobs: JobContext;
  readonly writer: RecordWriter;
  readonly waits: Waits;
  readonly evaluator: Evaluator;
  readonly modules: CellModules;
  readonly displays: Displays;
  readonly errors: ErrorReports;
  readonly debugHost: DebugHost;
}

const settled = Promise.resolve();

export class CellRunner {
  readonly #services: CellServices;
  readonly #cellEnd: (() => void)[] = [];
  #cell: RunningCell | undefined;
  #abort = new AbortController();

  constructor(services: CellServices) {
    this.#services = services;
  }

  /** The signal of the cell that runs, or of the next one. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the cell that runs may ask for input. */
  get allowsStdin(): boolean {
    return this.#cell?.job.allowStdin === true;
  }

  /** Registers what runs at the end of every cell. */
  onCellEnd(callback: () => void): void {
    this.#cellEnd.push(callback);
  }

  /** Starts a cell; the parent sends the next one when this one has been answered. */
  start(job: ExecuteJob): void {
    const { cells, jobs, evaluator } = this.#services;
    const cell: RunningCell = { job, userExpressions: {}, interrupt: undefined };
    this.#cell = cell;
    this.#services.children.list();
    Atomics.store(this.#services.words, Word.Running, 1);
    Atomics.store(this.#services.words, Word.Started, job.serial);
    this.#abort = new AbortController();
    cells.start(job);
    jobs.startCell(job.job);
    if (this.#runPlain(cell)) return;
    this.#prepare(cell, job.source, job.url, ({ code }) => {
      evaluator.evaluate(job.job, code, (outcome) => this.#evaluated(cell, outcome));
    });
  }

  /** Deals with an interrupt, unless the cell that it was for has been answered. */
  interrupt(serial: number): void {
    const { words, interruptFlag, waits } = this.#services;
    if (serial <= Atomics.load(words, Word.InterruptsOver)) return;
    this.#abortSignal();
    waits.interrupt();
    Atomics.store(words, Word.InterruptsSeen, serial);
    if (this.#cell !== undefined) {
      this.#cell.interrupt = serial;
      return;
    }
    Atomics.store(words, Word.InterruptsOver, serial);
    Atomics.store(interruptFlag, 0, 0);
  }

  /** Answers a cell that an interrupt has not made to settle in time. */
  deadline(interrupt: number): void {
    const cell = this.#cell;
    if (cell?.interrupt !== undefined && cell.interrupt <= interrupt) this.#finish(cell, { kind: "interrupted" });
  }

  #abortSignal(): void {
    const controller = this.#abort;
    this.#abort = new AbortController();
    // Listeners are user code.
    const job = this.#services.jobs.current;
    const outcome = this.#services.frames.enter(job, () => controller.abort(new KeyboardInterrupt()));
    if (outcome.kind !== "value") this.#services.errors.report(job, outcome);
  }

  /**
   * Runs a cell that needs no making ready. Not for a debugger, which sets its breakpoints by the whole way and is to see
   * an error of the cell's as one that nobody catches.
   * @returns Whether it is such a cell.
   */
  #runPlain(cell: RunningCell): boolean {
    const { cells, debugHost, frames, gate } = this.#services;
    const { job, source, url } = cell.job;
    const script = debugHost.isAttached ? undefined : plainScript(source, url);
    if (script === undefined) return false;
    cells.transformed(url);
    const outcome = frames.enter(job, () => script.runInThisContext({ displayErrors: false }) as unknown);
    // Behind what the cell has left for microtasks: what they print is printed before its end.
    void settled.then(() => gate.callback(() => this.#evaluated(cell, outcome)));
    return true;
  }

  /** Transforms code, loads its imports, and waits for the debugger's breakpoints; an error of the first two is the cell's. */
  #prepare(cell: RunningCell, source: string, url: string, next: (transformed: TransformedCell) => void): void {
    const { modules, cells, debugHost } = this.#services;
    let transformed: TransformedCell;
    try {
      transformed = transformCell(source, { url });
    } catch (error) {
      this.#finish(cell, { kind: "error", error });
      return;
    }
    cells.transformed(url, transformed.edits);
    const loaded = transformed.imports.length === 0 ? undefined : modules.load(url, source, transformed.imports);
    this.#whenSettled(cell, loaded, () => this.#whenSettled(cell, debugHost.announce(url), () => next(transformed)));
  }

  #evaluated(cell: RunningCell, outcome: Outcome<unknown>): void {
    if (this.#cell !== cell) return;
    if (outcome.kind !== "value") return this.#finish(cell, outcome);
    const { displays } = this.#services;
    this.#whenSettled(cell, displays.pending(), () => {
      const { job } = cell;
      if (job.silent || outcome.value === undefined || displays.isHandle(outcome.value)) return this.#expressions(cell, Object.entries(job.userExpressions));
      const shown = displays.bundle(job.job, outcome.value);
      if (shown.kind !== "value") return this.#finish(cell, shown);
      this.#whenSettled(cell, shown.value, (data) => {
        const expressions = Object.entries(job.userExpressions);
        displays.result(job.job, data, expressions.length === 0);
        this.#expressions(cell, expressions);
      });
    });
  }

  #expressions(cell: RunningCell, rest: [string, string][]): void {
    const { evaluator, displays, errors } = this.#services;
    const [first, ...others] = rest;
    if (first === undefined) return this.#finish(cell, { kind: "value", value: undefined });
    const [name, source] = first;
    const fail = (outcome: Exclude<Outcome<unknown>, { kind: "value" }>): void => {
      if (outcome.kind === "interrupted") return this.#finish(cell, outcome);
      cell.userExpressions[name] = { status: "error", ...errors.describe(outcome) };
      this.#expressions(cell, others);
    };
    let code: string;
    try {
      code = transformCell(source, { url: cell.job.url }).code;
    } catch (error) {
      return fail({ kind: "error", error });
    }
    evaluator.evaluate(cell.job.job, code, (outcome) => {
      if (this.#cell !== cell) return;
      if (outcome.kind !== "value") return fail(outcome);
      const shown = displays.bundle(cell.job.job, outcome.value);
      if (shown.kind !== "value") return fail(shown);
      this.#whenSettled(cell, shown.value, (data) => {
        cell.userExpressions[name] = { status: "ok", data, metadata: {} };
        this.#expressions(cell, others);
      });
    });
  }

  /** Goes on when a value is there, at once if it is; a rejection, or an interrupt meanwhile, ends the cell. */
  #whenSettled<T>(cell: RunningCell, value: T | Promise<T>, next: (value: T) => void): void {
    if (!(value instanceof Promise)) return next(value);
    const { gate, waits } = this.#services;
    const step = (body: () => void): void =>
      gate.callback(() => {
        if (this.#cell === cell) body();
      });
    (waits.awaited(value) as Promise<T>).then(
      (settled) => step(() => next(settled)),
      (error: unknown) => step(() => this.#finish(cell, { kind: "error", error })),
    );
  }

  #finish(cell: RunningCell, outcome: Outcome<unknown>): void {
    if (this.#cell !== cell) return;
    const { job } = cell;
    const { cells, modules, words, interruptFlag, writer, evaluator, frames, errors, waits } = this.#services;
    // What runs at the end of a cell is not to be stopped by the interrupt that ended it, or by one that comes too late.
    Atomics.store(words, Word.Running, 0);
    let error: ErrorContent | undefined = outcome.kind === "value" ? undefined : errors.describe(outcome);
    // Native code that saw the flag before the termination arrived.
    const isGivenUp = error?.ename === "InterruptedError" && Atomics.load(interruptFlag, 0) !== 0;
    if (isGivenUp) error = errors.describe({ kind: "interrupted" });
    if (error !== undefined) cells.fail(job.url);
    modules.forget(job.url);
    if (outcome.kind === "interrupted" || isGivenUp) {
      // What an interrupted cell has left waiting in the background ends with it.
      waits.interrupt();
      this.#abortSignal();
    }
    for (const callback of this.#cellEnd) {
      const ended = frames.enter(job.job, callback);
      if (ended.kind !== "value") errors.report(job.job, ended);
    }
    this.#cell = undefined;
    Atomics.store(words, Word.InterruptsOver, Atomics.load(words, Word.Interrupts));
    Atomics.store(interruptFlag, 0, 0);
    const status = error === undefined ? "ok" : "error";
    const { userExpressions } = cell;
    writer.writeLast({ type: "reply", job: job.job, status, userExpressions, ...(error && { error }) });
    // Nobody waits for this any more.
    evaluator.release();
  }
}
