/**
 * Where the history of all sessions lies: one file for each session, `000012.jsonl`, with a line for each cell that was run
 * and, behind it, one for the text of its value.
 *
 * A kernel makes its file when it has something to keep, under the first number that is free, so kernels that run at the
 * same time need no lock. Writing waits a little and never delays a cell. A folder that cannot be written costs the memory
 * of earlier sessions and nothing else.
 */
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** One cell that was run. */
export interface HistoryEntry {
  readonly line: number;
  readonly input: string;
  /** The text of its value; not there when it has none, or not yet. */
  output?: string;
}

/** How long lines gather before they are written. Milliseconds. */
const WRITE_AFTER = 200;
/** How many sessions are kept. */
const SESSIONS = 500;

/**
 * The folder of the history: `NABLA_HISTORY`, or a place among Jupyter's or the person's data.
 * @returns Nothing with `NABLA_HISTORY=off`.
 */
export function historyFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const { NABLA_HISTORY: named, JUPYTER_DATA_DIR: jupyter, XDG_DATA_HOME: data } = environment;
  if (named === "off") return undefined;
  if (named !== undefined && named !== "") return named;
  return join(jupyter || data || join(homedir(), ".local", "share"), "nabla", "history");
}

export class HistoryStore {
  #folder: string | undefined;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #file: FileHandle | undefined;
  #session: number | undefined;

  /** @param folder Not there when nothing is to be kept. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Keeps the input of a cell. */
  add({ line, input }: HistoryEntry): void {
    this.#write({ line, input });
  }

  /** Keeps the text of a cell's value. */
  addOutput(line: number, output: string): void {
    this.#write({ line, output });
  }

  /** Writes what waits. @returns The number of this session. */
  async flush(): Promise<number> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#writeWaiting());
    await this.#writing;
    return this.#session ?? ((await this.sessions()).at(-1) ?? 0) + 1;
  }

  /** The numbers of the sessions that are kept, the oldest first. */
  async sessions(): Promise<number[]> {
    if (this.#folder === undefined) return [];
    const names = await readdir(this.#folder).catch(() => []);
    return names.flatMap((name) => (/^\d+\.jsonl$/.test(name) ? [Number.parseInt(name, 10)] : [])).sort((a, b) => a - b);
  }

  /** What was run in a session. A line that was cut off is left out. */
  async read(session: number): Promise<HistoryEntry[]> {
    const text = this.#folder === undefined ? "" : await readFile(this.#path(this.#folder, session), "utf8").catch(() => "");
    const entries = new Map<number, HistoryEntry>();
    for (const line of text.split("\n")) {
      const record = parse(line);
      if (record === undefined) continue;
      if (record.input !== undefined) entries.set(record.line, { line: record.line, input: record.input });
      const entry = entries.get(record.line);
      if (entry !== undefined && record.output !== undefined) entry.output = record.output;
    }
    return [...entries.values()];
  }

  /** Writes what waits, for good. */
  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
  }

  #write(record: object): void {
    if (this.#folder === undefined) return;
    this.#waiting.push(`${JSON.stringify(record)}\n`);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), WRITE_AFTER);
    this.#timer.unref();
  }

  async #writeWaiting(): Promise<void> {
    const lines = this.#waiting.splice(0).join("");
    if (lines === "" || this.#folder === undefined) return;
    try {
      this.#file ??= await this.#create(this.#folder);
      await this.#file.appendFile(lines);
    } catch {
      this.#folder = undefined;
    }
  }

  async #create(folder: string): Promise<FileHandle> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const kept = await this.sessions();
    for (const old of kept.slice(0, Math.max(0, kept.length + 1 - SESSIONS))) await rm(this.#path(folder, old), { force: true });
    for (let session = (kept.at(-1) ?? 0) + 1; ; session++) {
      try {
        const file = await open(this.#path(folder, session), "ax", 0o600);
        this.#session = session;
        return file;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  #path(folder: string, session: number): string {
    return join(folder, `${String(session).padStart(6, "0")}.jsonl`);
  }
}

function parse(line: string): { readonly line: number; readonly input?: string; readonly output?: string } | undefined {
  try {
    const { line: number, input, output } = JSON.parse(line) as Record<string, unknown>;
    if (typeof number !== "number") return undefined;
    return { line: number, ...(typeof input === "string" && { input }), ...(typeof output === "string" && { output }) };
  } catch {
    return undefined;
  }
}
