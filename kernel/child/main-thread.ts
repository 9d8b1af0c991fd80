/**
 * How long the main thread has run, as its process's other threads can learn it. Linux counts for each thread the time it has
 * had on a processor (Documentation/scheduler/sched-stats.rst of the kernel); elsewhere the clock has to do.
 */
import { openSync, readSync } from "node:fs";

export class MainThread {
  /** Kept open: it is read every two milliseconds. */
  #file: number | undefined;
  readonly #bytes = Buffer.alloc(64);

  /** @param pid The process; its main thread has the same number. */
  constructor(pid: number) {
    try {
      this.#file = openSync(`/proc/${pid}/task/${pid}/schedstat`, "r");
    } catch {
      // The system does not tell.
    }
  }

  /** The time it has had on a processor so far, or where that is not known, the clock's. Milliseconds. */
  timeRun(): number {
    if (this.#file === undefined) return performance.now();
    try {
      const nanoseconds = this.#bytes.toString("latin1", 0, readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0));
      return Number.parseInt(nanoseconds, 10) / 1e6;
    } catch {
      // User code has closed a descriptor that is not its own.
      this.#file = undefined;
      return performance.now();
    }
  }
}
