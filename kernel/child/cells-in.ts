/**
 * The cells that the parent sends, as they come on the way of their own.
 *
 * What is in no hurry, or must arrive while a cell runs, goes through the inbound worker. A cell comes when nothing runs, so
 * this thread reads it from a socket itself, which saves waking the worker and being woken by it. Each cell says how many
 * records were sent to the worker before it, and waits for those: a button's mail, or a debugger that has been attached.
 */
import { Socket } from "node:net";
import { RecordDecoder } from "../channel/framing.ts";
import { CELLS_IN } from "../channel/records.ts";
import type { ExecuteJob, SentCell } from "../channel/records.ts";
import type { MainGate } from "./gate.ts";
import { Word } from "./gate-words.ts";

/** How long the worker is waited for. It runs no code of the user's, and takes well under a millisecond. Milliseconds. */
const WORKER_TIMEOUT = 2000;

/** How much is read at once. Bytes. */
const READ_AT_ONCE = 1 << 16;

export class CellsIn {
  readonly #words: Int32Array;
  readonly #wake: () => void;
  readonly #run: (job: ExecuteJob) => void;

  /**
   * Starts to read.
   * @param wake Takes what the worker has left.
   * @param run Starts a cell.
   */
  constructor(words: Int32Array, gate: MainGate, wake: () => void, run: (job: ExecuteJob) => void) {
    this.#words = words;
    this.#wake = wake;
    this.#run = run;
    const decoder = new RecordDecoder<SentCell>();
    const take = (bytes: Buffer): void => {
      for (const { head } of decoder.push(bytes)) this.#take(head);
    };
    // Without the stream's own queue, which would put its work between a cell and what the cell has left for microtasks.
    const onread = {
      buffer: Buffer.allocUnsafe(READ_AT_ONCE),
      callback: (length: number, buffer: Uint8Array): boolean => {
        gate.callback(() => take(Buffer.from(buffer.subarray(0, length))));
        return true;
      },
    };
    const options = { fd: CELLS_IN, readable: true, writable: false, onread };
    const socket = new Socket(options);
    // The parent has gone: the worker sees that as well, and ends this process.
    socket.on("error", () => undefined);
  }

  /** Starts a cell, unless it has been started. */
  start(job: ExecuteJob): void {
    if (Atomics.load(this.#words, Word.Started) < job.serial) this.#run(job);
  }

  #take({ job, after }: SentCell): void {
    const end = performance.now() + WORKER_TIMEOUT;
    for (let handled = this.#handled(); handled < after && performance.now() < end; handled = this.#handled()) {
      Atomics.wait(this.#words, Word.Handled, handled, WORKER_TIMEOUT);
    }
    this.#wake();
    this.start(job);
  }

  #handled(): number {
    return Atomics.load(this.#words, Word.Handled);
  }
}
