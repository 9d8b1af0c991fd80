/**
 * The list of this process's children at the start of a cell, in shared memory: what is in it is not the cell's own, should
 * the inbound worker have to end what the cell has started (sub-processes.ts).
 */
import { openSync, readSync } from "node:fs";
import { Word } from "./gate-words.ts";

/** Room for a list of some hundred children; how many more there were is not looked at. Bytes. */
export const ROOM = 4096;

/** Linux's list of the children of a process's main thread, which in the kernel's child is the thread that runs cells. */
export function childrenFile(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`;
}

export class ChildrenList {
  readonly #words: Int32Array;
  readonly #listed: Uint8Array;
  /** Kept open: opening it takes longer than reading. */
  #file: number | undefined;

  /** @param listed Shared memory of `ROOM` bytes. */
  constructor(words: Int32Array, listed: Uint8Array) {
    this.#words = words;
    this.#listed = listed;
    try {
      this.#file = openSync(childrenFile(process.pid), "r");
    } catch {
      // The system keeps no such list: an interrupt leaves sub-processes alone.
    }
  }

  /** Lists the children there are. */
  list(): void {
    if (this.#file === undefined) return;
    try {
      Atomics.store(this.#words, Word.Listed, readSync(this.#file, this.#listed, 0, ROOM, 0));
    } catch {
      // User code has closed a descriptor that is not its own.
      this.#file = undefined;
    }
  }
}
