/**
 * The processes that a cell has started, as Linux lists them.
 *
 * In a terminal Ctrl-C goes to every process of the foreground group, and Jupyter signals a kernel's whole group too, so what a
 * cell waits for ends together with it. Here the cells' process must not get that signal, and what earlier cells have left
 * running is to go on, so the sub-processes of the cell alone are found and signalled one by one.
 */
import { readFileSync } from "node:fs";
import { childrenFile } from "./children-list.ts";
import { Word } from "./gate-words.ts";

function parse(list: string): number[] {
  return list.trim().split(" ").filter(Boolean).map(Number);
}

function childrenOf(pid: number): number[] {
  try {
    return parse(readFileSync(childrenFile(pid), "latin1"));
  } catch {
    // It has ended, or the system keeps no such list.
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

export class SubProcesses {
  readonly #root: number;
  readonly #words: Int32Array;
  readonly #listed: Uint8Array;
  /** The cell that was interrupted last. */
  #cell = 0;
  /** What was there when that cell started; not known before. */
  #before: ReadonlySet<number> | undefined;
  #asked = new Set<number>();

  /**
   * @param root The process that runs cells.
   * @param listed The list of its children when the last cell was started; see children-list.ts.
   */
  constructor(root: number, words: Int32Array, listed: Uint8Array) {
    this.#root = root;
    this.#words = words;
    this.#listed = listed;
  }

  /** A cell is interrupted, which may be about to start. */
  interrupted(cell: number): void {
    if (cell === this.#cell) return;
    this.#cell = cell;
    this.#before = undefined;
    this.#asked = new Set();
  }

  /**
   * Asks what the cell has started, and what that has started in turn, to end. Each is asked once, however often this is
   * called.
   */
  ask(): void {
    for (const pid of this.#family()) {
      if (!this.#asked.has(pid)) send(pid, "SIGINT");
      this.#asked.add(pid);
    }
  }

  /** Ends them. */
  kill(): void {
    for (const pid of this.#family()) send(pid, "SIGKILL");
  }

  #family(): number[] {
    const started = Atomics.load(this.#words, Word.Started);
    if (started < this.#cell) return [];
    const isLast = started === this.#cell;
    if (isLast) this.#before ??= new Set(this.#list());
    // The next cell may have started since: what it starts in turn is its own.
    const all = isLast ? childrenOf(this.#root) : this.#list();
    const family = all.filter((pid) => this.#before?.has(pid) === false);
    for (const pid of family) family.push(...childrenOf(pid));
    return family;
  }

  /** The list that the main thread has made when the last cell started. */
  #list(): number[] {
    return parse(Buffer.from(this.#listed.slice(0, Atomics.load(this.#words, Word.Listed))).toString("latin1"));
  }
}
