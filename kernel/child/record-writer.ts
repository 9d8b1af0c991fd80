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
import type { ChildRecord, JobId, Marks } from "../channel/records.ts";
import type { MainGate } from "./gate.ts";
import { nap } from "./nap.ts";

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
      nap(1);
    }
  }
}

/** Pipes of a job, on which what its sub-processes print comes; see process-output.ts. */
export interface JobPipes {
  readonly serial: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** A record without its barrier, which the writer adds. */
type Unbarred<T> = T extends { readonly barrier: unknown } ? Omit<T, "barrier"> : never;

export class RecordWriter {
  readonly #gate: MainGate;
  readonly #word: string;
  #serial = 0;
  /** Records that go out together with the next one. */
  #held: Buffer[] = [];
  readonly #pipes = new Map<JobId, JobPipes>();
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

  /** Says that a job has pipes of its own, or has them no more. */
  markAlso(job: JobId, pipes: JobPipes | undefined): void {
    if (pipes === undefined) this.#pipes.delete(job);
    else this.#pipes.set(job, pipes);
  }

  /** Writes a record that comes after everything printed so far on the raw descriptors, and on the pipes of its job. */
  writeAfterOutput(record: Unbarred<ChildRecord>): void {
    if (this.#isClosed) return;
    const serial = ++this.#serial;
    // Encoded before the marks are written: a value that is no JSON throws here, and leaves no mark without a record.
    const encode = (barrier: Marks): Buffer => encodeRecord({ ...record, barrier } as ChildRecord);
    const pipes = this.#pipes.get(record.job);
    const whole: Marks = { stdout: serial, stderr: serial, ...(pipes !== undefined && { pipes: { number: pipes.serial, stdout: serial, stderr: serial } }) };
    const bytes = encode(whole);
    this.#gate.masked(() => {
      const marked = (stdout: number, stderr: number): { stdout: number; stderr: number } => ({ stdout: this.#mark(stdout, serial), stderr: this.#mark(stderr, serial) });
      const barrier: Marks = { ...marked(1, 2), ...(pipes !== undefined && { pipes: { number: pipes.serial, ...marked(pipes.stdout, pipes.stderr) } }) };
      const isWhole = [barrier, barrier.pipes ?? barrier].every(({ stdout, stderr }) => stdout === serial && stderr === serial);
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
