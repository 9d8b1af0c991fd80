/**
 * The sources that a person can debug: cells, named by the hash of their text, and the local files that cells import; and the
 * way between a place in them and the place that V8 knows.
 *
 * A local file's lines are the lines of the code that runs. A cell's lines go through its edit list, which is fetched from
 * the main thread when it is wanted. Lines and columns count from 1 here and from 0 in the inspector.
 */
import type { Debugger } from "node:inspector";
import { basename, join, sep } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { EditList, type EditData, type Place } from "../cell/edits.ts";
import type { DebugSource } from "./messages.ts";
import { murmur2 } from "./murmur2.ts";

/** The hash's seed: any number does, this one is ipykernel's. */
export const HASH_SEED = 0xc70f6907;
export const CELL_SUFFIX = ".ts";

/** What stands in front of the hash in a cell's path. Nothing is ever written there; the path only names the cell. */
export const CELL_PREFIX = join(tmpdir(), `nabla_${process.ppid}`) + sep;

/** Matches the URLs of what is not a person's own code; V8 steps over it. */
export const FOREIGN_CODE = "^(?!cell:\\d+$)(?!file:.*[?&]version=)";

/** The path that names a cell. */
export function pathOfCell(source: string): string {
  return `${CELL_PREFIX}${murmur2(source, HASH_SEED)}${CELL_SUFFIX}`;
}

/** One execution of a cell. */
export interface CellExecution {
  readonly url: string;
  readonly source: string;
  readonly path: string;
  readonly executionCount: number;
}

/** A place in a source, as the front end knows it. */
export interface SourcePlace extends Place {
  readonly source: DebugSource;
  /** Whether it lies in code that the kernel put around the person's own. */
  readonly isAround: boolean;
}

/** A location as V8 names it; both numbers count from 0. */
interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number | undefined;
}

function isOwn(url: string): boolean {
  return !new RegExp(FOREIGN_CODE).test(url);
}

export class Sources {
  readonly #fetchEdits: (url: string) => Promise<EditData | undefined>;
  readonly #cells = new Map<string, CellExecution>();
  readonly #edits = new Map<string, EditList>();
  /** The texts of cells that a front end has spoken of. */
  readonly #dumped = new Map<string, string>();
  /** URLs of a person's scripts, by V8's number. */
  readonly #scripts = new Map<string, string>();

  /** @param fetchEdits Asks the main thread for the edit list of a cell. */
  constructor(fetchEdits: (url: string) => Promise<EditData | undefined>) {
    this.#fetchEdits = fetchEdits;
  }

  /** V8 has compiled a script. */
  addScript({ scriptId, url }: Debugger.ScriptParsedEventDataType): void {
    if (isOwn(url)) this.#scripts.set(scriptId, url);
  }

  /** A cell has run, or is about to. */
  addCell(cell: { url: string; source: string; executionCount: number }, edits?: EditData): CellExecution {
    const { url, source, executionCount } = cell;
    const execution = { url, source, executionCount, path: pathOfCell(source) };
    this.#cells.set(url, execution);
    if (edits !== undefined) this.#edits.set(url, new EditList(edits));
    return execution;
  }

  /** A front end shows a cell's text. @returns The cell's path. */
  dump(source: string): string {
    const path = pathOfCell(source);
    this.#dumped.set(path, source);
    return path;
  }

  /** Forgets everything. */
  clear(): void {
    for (const map of [this.#cells, this.#edits, this.#dumped, this.#scripts]) map.clear();
  }

  /** Whether a script is a person's own. */
  has(scriptId: string): boolean {
    return this.#scripts.has(scriptId);
  }

  /** A cell's text, by its path. */
  textOf(path: string): string | undefined {
    return this.#dumped.get(path) ?? this.executionsOf(path).at(-1)?.source;
  }

  /** The executions of a cell, oldest first. */
  executionsOf(path: string): CellExecution[] {
    return path.startsWith(CELL_PREFIX) ? [...this.#cells.values()].filter((each) => each.path === path) : [];
  }

  /** The local files that have been loaded. */
  files(): string[] {
    const urls = [...this.#scripts.values()].filter((url) => url.startsWith("file:"));
    return [...new Set(urls.map((url) => fileURLToPath(url.replace(/[?#].*$/, ""))))];
  }

  /** Where V8 is to put a breakpoint that was asked for at a cell's line; nothing where no code follows that line. */
  async generatedPlace(url: string, line: number): Promise<Place | undefined> {
    return (await this.#editsOf(url))?.generated({ line, column: 1 });
  }

  /** Where a location is in its source; nothing for code that is not a person's own. */
  async placeOf({ scriptId, lineNumber, columnNumber = 0 }: Location): Promise<SourcePlace | undefined> {
    const url = this.#scripts.get(scriptId);
    if (url === undefined) return undefined;
    const place = { line: lineNumber + 1, column: columnNumber + 1 };
    if (url.startsWith("file:")) {
      const path = fileURLToPath(url.replace(/[?#].*$/, ""));
      return { ...place, isAround: false, source: { name: basename(path), path } };
    }
    const cell = this.#cells.get(url);
    const edits = await this.#editsOf(url);
    if (cell === undefined || edits === undefined) return undefined;
    const source = { name: `Cell [${cell.executionCount}]`, path: cell.path };
    return { ...edits.original(place), isAround: edits.isAround(place), source };
  }

  async #editsOf(url: string): Promise<EditList | undefined> {
    const known = this.#edits.get(url);
    if (known !== undefined) return known;
    const data = await this.#fetchEdits(url);
    if (data === undefined) return undefined;
    const edits = new EditList(data);
    this.#edits.set(url, edits);
    return edits;
  }
}

/** Matches the URLs of every version of a local file. */
export function urlPatternOf(path: string): string {
  return `^${pathToFileURL(path).href.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}[?]`;
}
