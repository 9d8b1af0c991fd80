/**
 * The one synchronous writer of the child.
 *
 * Everything that the child says goes through here in the order of the calls, even in a synchronous loop in which the event
 * loop never turns. When the pipe is full the thread naps and tries again: a parent that is slow makes the cell slow,
 * and nothing is lost.
 */
import { writeSync } from "node:fs";
import { encodeRecord } from "../channel/framing.ts";
import { formatMark } from "../channel/marks.ts";
import { RECORDS_OUT } from "../channel/records.ts";
import type { Barrier, ChildRecord } from "../channel/records.ts";
import type { MainGate } from "./gate.ts";

const NAP = new Int32Array(new SharedArrayBuffer(4));

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") throw error;
      Atomics.wait(NAP, 0, 0, 1);
    }
  }
}

/** A record without its barrier, which the writer adds. */
type Unbarred<T> = T extends { readonly barrier: Barrier } ? Omit<T, "barrier"> : never;

export class RecordWriter {
  readonly #gate: MainGate;
  readonly #word: string;
  #serial = 0;

  /** @param word The word of this child's marks. */
  constructor(gate: MainGate, word: string) {
    this.#gate = gate;
    this.#word = word;
  }

  /** Writes a record. */
  write(record: ChildRecord, buffers?: readonly Uint8Array[]): void {
    // Encoding may call a `toJSON` of the user's, so it stays outside the mask; a torn write is what the mask prevents.
    const bytes = encodeRecord(record, buffers);
    this.#gate.masked(() => writeAll(RECORDS_OUT, bytes));
  }

  /** Writes a record that comes after everything printed so far on the raw descriptors. */
  writeAfterOutput(record: Unbarred<ChildRecord>): void {
    this.#gate.masked(() => {
      const serial = ++this.#serial;
      const barrier: Barrier = { stdout: this.#mark(1, serial), stderr: this.#mark(2, serial) };
      writeAll(RECORDS_OUT, encodeRecord({ ...record, barrier } as ChildRecord));
    });
  }

  #mark(descriptor: number, serial: number): number {
    try {
      writeAll(descriptor, Buffer.from(formatMark(this.#word, serial)));
      return serial;
    } catch {
      // User code may have closed the descriptor. Then there is nothing to wait for.
      return 0;
    }
  }
}
