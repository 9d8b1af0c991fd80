/**
 * What the child remembers of the cells that it has run: tracebacks and the debugger show their lines, late output goes to
 * their requests, hints look at their texts.
 *
 * A session may run cells without end, so only the newest are kept. Of those the way between a cell's text and the code that
 * V8 ran is made again when it is wanted, since most cells are never asked for it.
 */
import type { RanCell } from "../cell/error-hints.ts";
import type { EditList } from "../cell/edits.ts";
import type { CellSource, CellSources } from "../cell/traceback.ts";
import { transformCell } from "../cell/transform.ts";
import type { ExecuteJob, JobId } from "../channel/records.ts";

/** How many cells are kept, and how many UTF-16 units of text in all. */
const CELLS = 5000;
const TEXT = 1 << 24;

class PastCell implements CellSource, RanCell {
  readonly job: JobId;
  readonly url: string;
  readonly source: string;
  readonly executionCount: number;
  readonly cellId: string | undefined;
  readonly at = Date.now();
  hasFailed = false;
  /** Whether it could be transformed, so that there is code of it. */
  hasCode = false;

  constructor({ job, url, source, executionCount, cellId }: ExecuteJob) {
    this.job = job;
    this.url = url;
    this.source = source;
    this.executionCount = executionCount;
    this.cellId = cellId;
  }

  get edits(): EditList {
    return latestEdits.of(this);
  }
}

/** The edits of the cell that was asked for last: a traceback asks for the same ones again and again. */
const latestEdits = {
  cell: undefined as PastCell | undefined,
  edits: undefined as EditList | undefined,
  of(cell: PastCell): EditList {
    if (this.cell !== cell || this.edits === undefined) this.set(cell, transformCell(cell.source, { url: cell.url }).edits);
    return this.edits!;
  },
  set(cell: PastCell, edits: EditList): void {
    this.cell = cell;
    this.edits = edits;
  },
};

export class PastCells {
  /** By their addresses, the oldest first. */
  readonly #cells = new Map<string, PastCell>();
  #text = 0;

  /** Those that could be transformed, by their addresses. */
  readonly sources: CellSources = {
    get: (url) => {
      const cell = this.#cells.get(url);
      return cell?.hasCode === true ? cell : undefined;
    },
    [Symbol.iterator]: () => this.#withCode(),
  };

  /** Remembers a cell that starts. */
  start(job: ExecuteJob): void {
    this.#cells.set(job.url, new PastCell(job));
    this.#text += job.source.length;
    for (const [url, { source }] of this.#cells) {
      if (url === job.url || (this.#cells.size <= CELLS && this.#text <= TEXT)) break;
      this.#cells.delete(url);
      this.#text -= source.length;
    }
  }

  /** Remembers that there is code of the cell that was started last. @param edits If they have been made already. */
  transformed(url: string, edits?: EditList): void {
    const cell = this.#cells.get(url)!;
    cell.hasCode = true;
    if (edits !== undefined) latestEdits.set(cell, edits);
  }

  /** Remembers that a cell did not get to its end. */
  fail(url: string): void {
    this.#cells.get(url)!.hasFailed = true;
  }

  /** Every cell that has run, the oldest first. */
  all(): RanCell[] {
    return [...this.#cells.values()];
  }

  /** The number of a cell's execution. */
  executionCountOf(url: string): number | undefined {
    return this.#cells.get(url)?.executionCount;
  }

  /** The request that has run a cell. */
  jobOf(url: string): JobId | undefined {
    return this.#cells.get(url)?.job;
  }

  *#withCode(): IterableIterator<[string, CellSource]> {
    for (const [url, cell] of this.#cells) if (cell.hasCode) yield [url, cell];
  }
}
