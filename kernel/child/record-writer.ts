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
import type { ChildRecord, Marks } from "../channel/records.ts";
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
type Unbarred<T> = T extends { readonly barrier: unknown } ? Omit<T, "barrier"> : never;

export class RecordWriter {
  readonly #gate: MainGate;
  readonly #word: string;
  #serial = 0;
  /** Records that go out together with the next one. */
  #held: Buffer[] = [];
  #isClosed = false;

  /** @param word The word of this child's marks. */
  constructor(gate: MainGate, word: string) {
    this.#gate = gate;
    this.#word = word;
  }

  /** Writes a record. */
  write(record: ChildRecord, buffers?: readonly Uint8Array[]): void {
    // Encoding may call a `toJSON` of the user's, so it stays outside the mask; a torn write is what the mask prevents.
    if (this.#isClosed) return;
    const bytes = encodeRecord(record, buffers);
    this.#gate.masked(() => this.#put(bytes));
  }

  /**
   * Writes one of the last records of a cell, which come after everything that the cell has printed.
   * @param isFollowed Whether another record is certain to come at once: then the two are written together.
   */
  writeLast(record: Unbarred<ChildRecord>, isFollowed = false): void {
    if (this.#isClosed) return;
    const bytes = encodeRecord({ ...record, barrier: "drained" } as ChildRecord);
    if (isFollowed) this.#held.push(bytes);
    else this.#gate.masked(() => this.#put(bytes));
  }

  /** Writes the last record: a process that ends makes evaluations fail, and that is not to be reported as their end. */
  close(record: ChildRecord): void {
    this.write(record);
    this.#isClosed = true;
  }

  /** Writes a record that comes after everything printed so far on the raw descriptors. */
  writeAfterOutput(record: Unbarred<ChildRecord>): void {
    if (this.#isClosed) return;
    const serial = ++this.#serial;
    // Encoded before the marks are written: a value that is no JSON throws here, and leaves no mark without a record.
    const encode = (barrier: Marks): Buffer => encodeRecord({ ...record, barrier } as ChildRecord);
    const bytes = encode({ stdout: serial, stderr: serial });
    this.#gate.masked(() => {
      const barrier: Marks = { stdout: this.#mark(1, serial), stderr: this.#mark(2, serial) };
      const isWhole = barrier.stdout === serial && barrier.stderr === serial;
      this.#put(isWhole ? bytes : encode(barrier));
    });
  }

  #put(bytes: Buffer): void {
    if (this.#held.length === 0) return writeAll(RECORDS_OUT, bytes);
    const all = Buffer.concat([...this.#held, bytes]);
    this.#held = [];
    writeAll(RECORDS_OUT, all);
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
