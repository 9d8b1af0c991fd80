/** What a front end is told about an error: for a cell's reply, or printed when it happened behind a cell's back. */
import { inspect } from "node:util";
import { formatTraceback } from "../cell/traceback.ts";
import type { CellSource } from "../cell/traceback.ts";
import type { ErrorContent, JobId } from "../channel/records.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { JobContext } from "./jobContext.ts";
import type { RecordWriter } from "./recordWriter.ts";
import { KeyboardInterrupt } from "./waits.ts";

type Failure = Exclude<Outcome<unknown>, { kind: "value" }>;

export class ErrorReports {
  readonly #cells = new Map<string, CellSource>();
  readonly #frames: Frames;
  readonly #jobs: JobContext;
  readonly #writer: RecordWriter;

  constructor(frames: Frames, jobs: JobContext, writer: RecordWriter) {
    this.#frames = frames;
    this.#jobs = jobs;
    this.#writer = writer;
  }

  /** Remembers a cell, so that tracebacks can show its lines. */
  addCell(url: string, cell: CellSource): void {
    this.#cells.set(url, cell);
  }

  /** The error's name, its message and its traceback. */
  describe(failure: Failure): ErrorContent {
    if (failure.kind === "interrupted") return this.#interrupted();
    const { error } = failure;
    // Reading an error may run a getter of the user's.
    const outcome = this.#frames.enter(this.#jobs.current, () => this.#describeError(error));
    if (outcome.kind === "value") return outcome.value;
    return outcome.kind === "interrupted" ? this.#interrupted() : { ename: "Error", evalue: "an error that cannot be read", traceback: ["an error that cannot be read"] };
  }

  /** Prints an error that no cell can report: of a timer, a comm handler, or a promise that nobody awaits. */
  readonly report = (job: JobId, failure: Failure): void => {
    const { traceback } = this.describe(failure);
    this.#writer.write({ type: "stream", job, name: "stderr", text: traceback.join("\n") + "\n" });
  };

  #interrupted(): ErrorContent {
    const { name, message } = new KeyboardInterrupt();
    return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
  }

  #describeError(error: unknown): ErrorContent {
    if (!(error instanceof Error)) {
      const evalue = typeof error === "string" ? error : inspect(error);
      return { ename: "Uncaught", evalue, traceback: [`Uncaught ${inspect(error)}`] };
    }
    return { ename: error.name, evalue: error.message, traceback: formatTraceback({ name: error.name, message: error.message, stack: String(error.stack), cause: error.cause }, this.#cells) };
  }
}
