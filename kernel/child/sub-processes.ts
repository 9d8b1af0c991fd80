/**
 * The processes that a cell has started, as Linux lists them.
 *
 * In a terminal Ctrl-C goes to every process of the foreground group, and Jupyter signals a kernel's whole group too, so what a
 * cell waits for ends together with it. Here the cells' process must not get that signal, and what earlier cells have left
 * running is to go on, so the sub-processes of the cell alone are found and signalled one by one.
 */
import { openSync, readFileSync, readSync } from "node:fs";

/** The list of the children of a process's main thread, which in the kernel's child is the thread that runs cells. */
function listOf(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`;
}

function parse(list: string): number[] {
  return list.trim().split(" ").filter(Boolean).map(Number);
}

function childrenOf(pid: number): number[] {
  try {
    return parse(readFileSync(listOf(pid), "utf8"));
  } catch {
    // It has ended, or the system keeps no such list.
    return [];
  }
}

/** Room for a list of some hundred children; how many more there were is not looked at. */
const ROOM = 4096;

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

export class SubProcesses {
  /** The list of the root's children, kept open: it is read before every cell, and opening it takes longer than reading. */
  #list: number | undefined;
  readonly #room = Buffer.alloc(ROOM);
  #before: ReadonlySet<number> = new Set();
  #asked = new Set<number>();
  #isAsking = false;

  /** @param root The process that runs cells. */
  constructor(root: number) {
    try {
      this.#list = openSync(listOf(root), "r");
    } catch {
      // The system keeps no such list: an interrupt leaves sub-processes alone.
    }
  }

  /** A cell is about to run: what is there now is not its own. */
  startCell(): void {
    // What the one before was about to start when it was interrupted is still to be asked.
    if (this.#isAsking) this.ask();
    this.#before = new Set(this.#children());
    this.#asked = new Set();
    this.#isAsking = false;
  }

  /**
   * Asks what the cell has started, and what that has started in turn, to end. Each is asked once, however often this is
   * called.
   */
  ask(): void {
    this.#isAsking = true;
    for (const pid of this.#family()) {
      if (!this.#asked.has(pid)) send(pid, "SIGINT");
      this.#asked.add(pid);
    }
  }

  /** Nothing is left to be asked: the interrupted cell has ended. */
  asked(): void {
    this.#isAsking = false;
  }

  /** Ends them. */
  kill(): void {
    for (const pid of this.#family()) send(pid, "SIGKILL");
  }

  #children(): number[] {
    if (this.#list === undefined) return [];
    return parse(this.#room.toString("latin1", 0, readSync(this.#list, this.#room, 0, ROOM, 0)));
  }

  #family(): number[] {
    const family = this.#children().filter((pid) => !this.#before.has(pid));
    for (const pid of family) family.push(...childrenOf(pid));
    return family;
  }
}
