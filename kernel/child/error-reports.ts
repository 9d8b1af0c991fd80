/** What a front end is told about an error: for a cell's reply, or printed when it happened behind a cell's back. */
import { inspect } from "node:util";
import { CellSyntaxError } from "../cell/syntax-error.ts";
import { hintsFor } from "../cell/error-hints.ts";
import { SavedNotebook } from "../cell/notebook.ts";
import { cellsOf, formatTraceback } from "../cell/traceback.ts";
import type { ErrorContent, JobId } from "../channel/records.ts";
import { say } from "../messages/say.ts";
import type { CellModules } from "./cell-modules.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { JobContext } from "./job-context.ts";
import type { PastCells } from "./past-cells.ts";
import type { RecordWriter } from "./record-writer.ts";
import { KeyboardInterrupt } from "./waits.ts";

type Failure = Exclude<Outcome<unknown>, { kind: "value" }>;

export class ErrorReports {
  readonly #cells: PastCells;
  readonly #frames: Frames;
  readonly #jobs: JobContext;
  readonly #writer: RecordWriter;
  readonly #modules: CellModules;
  readonly #notebook = new SavedNotebook();

  constructor(cells: PastCells, frames: Frames, jobs: JobContext, writer: RecordWriter, modules: CellModules) {
    this.#cells = cells;
    this.#frames = frames;
    this.#jobs = jobs;
    this.#writer = writer;
    this.#modules = modules;
  }

  /** The error's name, its message and its traceback. */
  describe(failure: Failure): ErrorContent {
    if (failure.kind === "interrupted") return this.#interrupted();
    // Reading an error may run a getter of the user's.
    const outcome = this.#frames.enter(this.#jobs.current, () => this.#describeError(failure));
    if (outcome.kind === "value") return outcome.value;
    return outcome.kind === "interrupted" ? this.#interrupted() : { ename: "Error", evalue: say("unreadableError"), traceback: [say("unreadableError")] };
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

  #describeError({ error, at }: Extract<Failure, { kind: "error" }>): ErrorContent {
    if (!(error instanceof Error)) {
      const evalue = typeof error === "string" ? error : inspect(error);
      return { ename: "Uncaught", evalue, traceback: [say("uncaught", { value: inspect(error) }), "", say("hint", { text: say("hintThrowError") })] };
    }
    const { name, message, stack, cause } = error;
    const place = error instanceof CellSyntaxError ? error : this.#modules.placeOf(error);
    const shown = error instanceof CellSyntaxError ? { name, message } : at === undefined ? error : { name, message, stack, cause, at };
    const traceback = formatTraceback(shown, this.#cells.sources);
    if (place !== undefined) {
      const title = say("cellLine", { count: this.#cells.executionCountOf(place.url) ?? "", line: place.line });
      traceback.push("", title, ...place.frame.split("\n").map((line) => `  ${line}`));
    }
    const hints = hintsFor(error, { ran: this.#cells.all(), notebook: this.#notebook, shown: cellsOf(error, this.#cells.sources) });
    for (const text of hints) traceback.push("", say("hint", { text }));
    return { ename: String(name), evalue: String(message), traceback };
  }
}
