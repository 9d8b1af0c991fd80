/**
 * What becomes of a cell's type problems.
 *
 * By default the cell runs at once and its problems are shown under it as soon as they are known, while it runs or after:
 * JupyterLab keeps listening for late output of a cell, and a front end that does not (nbclient, nbconvert) neither waits
 * nor shows them. `NABLA_TYPES=off|warn|error` sets this for the kernel, and `// @check off|warn|error` in a cell for that
 * cell. `error` looks first and does not run a cell that has problems.
 */
import type { CellReply, ErrorContent, ExecuteJob, JobId } from "../channel/records.ts";
import { say } from "../messages/say.ts";
import type { RunCell } from "../language/cells.ts";
import type { Header } from "../wire/message.ts";
import type { LanguageClient } from "./language-client.ts";
import type { Publisher } from "./publisher.ts";

export type CheckMode = "off" | "warn" | "error";

const MODES: ReadonlySet<string> = new Set<CheckMode>(["off", "warn", "error"]);

function isMode(text: string | undefined): text is CheckMode {
  return text !== undefined && MODES.has(text);
}

/** How a cell wants to be checked: by its own comment, else by the kernel's setting. */
export function modeOf(source: string, setting: string | undefined): CheckMode {
  const asked = /^[ \t]*\/\/[ \t]*@check[ \t]+(\w+)[ \t]*$/m.exec(source)?.[1];
  if (isMode(asked)) return asked;
  if (/^[ \t]*\/\/[ \t]*@ts-nocheck\b/m.test(source)) return "off";
  return isMode(setting) ? setting : "warn";
}

function modeFor({ silent, source }: ExecuteJob): CheckMode {
  return silent ? "off" : modeOf(source, process.env["NABLA_TYPES"]);
}

function runCell({ url, source, executionCount, cellId }: ExecuteJob): RunCell {
  return { url, source, executionCount, ...(cellId !== undefined && { cellId }) };
}

export class TypeChecks {
  readonly #language: LanguageClient;
  readonly #publisher: Publisher;
  /** The cells whose problems are being looked for, and the error with which a cell has ended meanwhile. */
  readonly #open = new Map<JobId, ErrorContent | undefined>();

  constructor(language: LanguageClient, publisher: Publisher) {
    this.#language = language;
    this.#publisher = publisher;
  }

  /**
   * Looks first at a cell that asks for it.
   * @returns Nothing when it may run at once, else a promise of the error that forbids it.
   */
  judge(job: ExecuteJob): Promise<ErrorContent | undefined> | undefined {
    if (modeFor(job) !== "error") return undefined;
    this.#language.busy();
    return this.#verdict(runCell(job));
  }

  /** Looks at a cell that runs, and shows its problems when they are known. */
  check(job: ExecuteJob, header: Header): void {
    this.#language.busy();
    if (modeFor(job) === "off") return this.#language.add(runCell(job));
    this.#open.set(job.job, undefined);
    void this.#show(job.job, runCell(job), header);
  }

  /** A cell has ended. */
  ended({ job, error }: CellReply): void {
    if (this.#open.has(job)) this.#open.set(job, error);
    this.#language.idle();
  }

  /** Forgets what has run. */
  forget(): void {
    this.#language.forget();
    this.#open.clear();
  }

  async #show(job: JobId, cell: RunCell, header: Header): Promise<void> {
    try {
      const { lines, missing } = await this.#language.check(cell);
      if (lines.length === 0 || !this.#open.has(job)) return;
      const error = this.#open.get(job);
      // Code that did not parse was never looked at by V8 either, and a missing name is told once.
      const isTold = error !== undefined && (error.ename === "SyntaxError" || (missing.length > 0 && /^(?:ReferenceError|ModuleNotFound)$/.test(error.ename)));
      if (!isTold) this.#publisher.publish("display_data", header, { data: { "text/plain": lines.join("\n") }, metadata: {}, transient: {} });
    } catch {
      // The worker has ended, or what the cell made is gone: there is nothing to show.
    } finally {
      this.#open.delete(job);
    }
  }

  async #verdict(cell: RunCell): Promise<ErrorContent | undefined> {
    try {
      const { lines } = await this.#language.ask({ kind: "judge", cell });
      if (lines.length > 0) {
        const evalue = say("typeProblemsRefused");
        return { ename: "TypeCheckError", evalue, traceback: [`TypeCheckError: ${evalue}`, "", ...lines] };
      }
    } catch {
      // Without its worker nothing can be said against the cell.
    }
    this.#language.add(cell);
    return undefined;
  }
}
