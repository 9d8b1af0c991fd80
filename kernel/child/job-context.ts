/**
 * Which request the output of this moment belongs to.
 *
 * Inside a frame it is the job that the frame was entered for: the cell, or the one that set the timer. A continuation
 * after an `await` of a cell runs outside every frame, under the job that it had before it waited (waits.ts). Whatever else
 * runs there, such as a callback of a promise, belongs to the outermost `cell:` name in the stack, which costs a few
 * microseconds and needs no async hooks.
 */
import type { JobId } from "../channel/records.ts";
import type { PastCells } from "./past-cells.ts";

/** What `begin` found. */
interface Before {
  readonly entered: JobId | undefined;
  readonly resumed: JobId | undefined;
}

export class JobContext {
  readonly #cells: PastCells;
  #entered: JobId | undefined;
  #resumed: JobId | undefined;
  #latest: JobId = "";

  /** @param cells Know which job a cell's name stands for. */
  constructor(cells: PastCells) {
    this.#cells = cells;
  }

  /** Makes a job the one that unattributed output goes to. */
  startCell(job: JobId): void {
    this.#latest = job;
  }

  /** Enters a job; the result is for `end`. */
  begin(job: JobId): Before {
    const before = { entered: this.#entered, resumed: this.#resumed };
    this.#entered = job;
    this.#resumed = undefined;
    return before;
  }

  end({ entered, resumed }: Before): void {
    this.#entered = entered;
    this.#resumed = resumed;
  }

  /** What runs next is the continuation of an `await` of this job's, until `suspend`. */
  resume(job: JobId): void {
    this.#resumed = job;
  }

  suspend(): void {
    this.#resumed = undefined;
  }

  /** The job of this moment. */
  get current(): JobId {
    return this.#resumed ?? this.#entered ?? this.#jobOfStack() ?? this.#latest;
  }

  /** The job that an error comes from: that of the outermost cell in its stack, else that of this moment. */
  ofError(error: unknown): JobId {
    try {
      return this.#outermost(error instanceof Error ? String(error.stack) : "") ?? this.current;
    } catch {
      // A getter of the user's.
      return this.current;
    }
  }

  #jobOfStack(): JobId | undefined {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 50;
    const stack = String(new Error().stack);
    Error.stackTraceLimit = limit;
    return this.#outermost(stack);
  }

  #outermost(stack: string): JobId | undefined {
    const outermost = stack.match(/\bcell:\d+/g)?.at(-1);
    return outermost === undefined ? undefined : this.#cells.jobOf(outermost);
  }
}
