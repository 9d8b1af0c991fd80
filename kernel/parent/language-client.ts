/**
 * The parent's side of the language worker.
 *
 * The worker starts at the first question, or when the kernel has been idle for a moment. Cells that run are told to it a
 * little later, and many at once, so that it takes no processor time away from cells that follow each other quickly.
 */
import { Worker } from "node:worker_threads";
import type { RunCell } from "../language/cells.ts";
import type { LanguageAnswer, LanguageAnswers, LanguageQuestion } from "../language/questions.ts";

/** How long the kernel has been idle when the worker starts by itself. Milliseconds. */
const START_AFTER = 500;
/** How long after the last cell the worker is told of it. Milliseconds. */
const TELL_AFTER = 25;
/** How many cells wait at most to be told. */
const TELL_AT = 200;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Waiting {
  readonly cell: RunCell;
  /** Not there when nobody wants its problems. */
  readonly check: Pending | undefined;
}

export class LanguageClient {
  readonly #pending = new Map<number, Pending>();
  /** The cells that a fresh worker would have to know. */
  readonly #cells = new Map<string, RunCell>();
  #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #questions = 0;
  #startTimer: NodeJS.Timeout | undefined;
  #tellTimer: NodeJS.Timeout | undefined;

  /** The kernel is idle: if it stays so, the worker gets ready for the first question. */
  idle(): void {
    if (this.#worker !== undefined || this.#startTimer !== undefined) return;
    this.#startTimer = setTimeout(() => {
      this.#startTimer = undefined;
      void this.ask({ kind: "warm" }).catch(() => undefined);
    }, START_AFTER);
    this.#startTimer.unref();
  }

  /** A cell is sent to run. */
  busy(): void {
    clearTimeout(this.#startTimer);
    this.#startTimer = undefined;
  }

  /** Asks the worker. */
  async ask<Kind extends LanguageQuestion["kind"]>(question: Extract<LanguageQuestion, { kind: Kind }>): Promise<LanguageAnswers[Kind]> {
    this.#tell();
    return await this.#post(question);
  }

  /** Makes a cell known that is sent to run. */
  add(cell: RunCell): void {
    this.#wait({ cell, check: undefined });
  }

  /** As `add`, and resolves with the cell's problems when the worker has come round to them. */
  check(cell: RunCell): Promise<LanguageAnswers["check"]> {
    return new Promise((resolve, reject) => this.#wait({ cell, check: { resolve: resolve as (value: unknown) => void, reject } }));
  }

  /** Forgets the cells that have run. */
  forget(): void {
    for (const { check } of this.#waiting.splice(0)) check?.reject(new Error("what the cell made is gone"));
    this.#cells.clear();
    if (this.#worker !== undefined) void this.#post({ kind: "forget" }).catch(() => undefined);
  }

  async close(): Promise<void> {
    clearTimeout(this.#startTimer);
    clearTimeout(this.#tellTimer);
    await this.#worker?.terminate();
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    clearTimeout(this.#tellTimer);
    if (this.#waiting.length > TELL_AT) return this.#tell();
    if (this.#worker === undefined) return;
    this.#tellTimer = setTimeout(() => this.#tell(), TELL_AFTER);
    this.#tellTimer.unref();
  }

  /** Tells the worker of the cells that have run since. */
  #tell(): void {
    clearTimeout(this.#tellTimer);
    const told = this.#waiting.splice(0);
    if (told.length === 0) return;
    for (const { cell } of told) this.#cells.set(cell.url, cell);
    const toCheck = told.filter(({ check }) => check !== undefined).map(({ cell }) => cell.url);
    void this.#post({ kind: "add", cells: told.map(({ cell }) => cell), toCheck }).catch(() => undefined);
    for (const { cell, check } of told) if (check !== undefined) this.#post<"check">({ kind: "check", url: cell.url }).then(check.resolve, check.reject);
    this.#post<"collect">({ kind: "collect" }).then((dropped) => dropped.forEach((url) => this.#cells.delete(url)), () => undefined);
  }

  #post<Kind extends LanguageQuestion["kind"]>(question: Extract<LanguageQuestion, { kind: Kind }>): Promise<LanguageAnswers[Kind]> {
    const worker = (this.#worker ??= this.#spawn());
    const id = ++this.#questions;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, question });
    });
  }

  #spawn(): Worker {
    const worker = new Worker(new URL("../language/worker.js", import.meta.url));
    worker.unref();
    worker.on("message", ({ id, value, failure }: LanguageAnswer) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (failure === undefined) pending?.resolve(value);
      else pending?.reject(new Error(failure));
    });
    const ended = (error: Error): void => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    };
    // A worker that takes the place of one that ended knows nothing.
    if (this.#cells.size > 0) worker.postMessage({ id: 0, question: { kind: "add", cells: [...this.#cells.values()], toCheck: [] } satisfies LanguageQuestion });
    worker.once("error", ended);
    worker.once("exit", (code) => ended(new Error(`the language worker ended with code ${code}`)));
    return worker;
  }
}
