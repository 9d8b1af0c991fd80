/**
 * The child process as the parent sees it: records out, records in, raw output, and its end.
 *
 * A record with a barrier waits until the marks that the child wrote on its raw descriptors have come by, so what native
 * code or a sub-process printed before a display is shown before it. The last records of a cell wait until the event loop has
 * read what lies in the raw pipes. All three are local sockets, into which what is written is there to be read at once.
 */
import { spawn } from "node:child_process";
import type { ChildProcess as NodeChild } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { encodeRecord, RecordDecoder } from "../channel/framing.ts";
import type { Framed } from "../channel/framing.ts";
import { MARK_WORD_VARIABLE } from "../channel/marks.ts";
import { CELLS_IN, DEBUG_RECORDS_OUT, RECORDS_IN, RECORDS_OUT } from "../channel/records.ts";
import type { Barrier, ChildRecord, DebugRecord, ExecuteJob, JobId, ParentRecord, SentCell, WorkerRecord } from "../channel/records.ts";
import { describeDeath } from "./death.ts";
import type { Death } from "./death.ts";
import { ProcessOutput } from "./process-output.ts";
import { RawOutput } from "./raw-output.ts";

/** How long a child may take to end when it is asked to. Milliseconds. */
const SHUTDOWN_GRACE = 1000;
/** How long the raw output of a child that has ended is waited for. Milliseconds. */
const RAW_GRACE = 300;
/** How often a child that was made to wait is looked at again. Milliseconds. */
const CONGESTION_CHECK = 2;
/** How much of the last raw error output is kept, to say why a child died. Characters. */
const LAST_WORDS = 4000;

/** How much libuv reads at once. After a full read it reads on, before it asks again which pipes have something. Bytes. */
const FULL_READ = 1 << 16;

type RawName = "stdout" | "stderr";

/** What becomes of what the child says. */
export interface ChildEvents {
  onRecord(record: ChildRecord, buffers: Uint8Array[]): void;
  onDebugRecord(record: DebugRecord): void;
  /** Raw output of native code and sub-processes. @param job Whose it is, where that is known. */
  onRawText(name: RawName, text: string, job?: JobId): void;
  /** Whether records should wait in the pipe for a while, where they make the child wait. */
  isCongested(): boolean;
  /** The process has ended, and everything that it said has been passed on. */
  onDeath(death: Death): void;
}

/** A record that has been read and not been passed on. */
interface Waiting extends Framed<ChildRecord> {
  /** How many more turns of the event loop it waits for. */
  turns: number;
}

function barrierOf(record: ChildRecord): Barrier | undefined {
  return "barrier" in record ? record.barrier : undefined;
}

export class ChildProcess {
  readonly #events: ChildEvents;
  readonly #process: NodeChild;
  readonly #recordsIn: Socket;
  readonly #cellsIn: Socket;
  readonly #ended: Promise<void>;
  readonly #raw: Record<RawName, RawOutput>;
  readonly #processOutput: ProcessOutput;
  #waiting: Waiting[] = [];
  /** How many records have been sent, cells left out. */
  #sent = 0;
  #isTurning = false;
  #lastWords = "";
  #exitCode: number | undefined;
  #isReady = false;
  #isHeldUp = false;
  #holdUps = 0;
  #isExpectedToEnd = false;
  #isStuck = false;

  constructor(events: ChildEvents) {
    this.#events = events;
    const word = randomBytes(12).toString("hex");
    const script = fileURLToPath(new URL("../child/main.js", import.meta.url));
    this.#process = spawn(process.execPath, ["--expose-gc", script], {
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"],
      // The kernelspec's word to the allocator is for this process.
      env: { ...process.env, MALLOC_MMAP_THRESHOLD_: undefined, [MARK_WORD_VARIABLE]: word },
      // A process group of its own: signals of a terminal are for the parent, and what the cells start ends with the child.
      detached: true,
    });
    const recordsOut = this.#process.stdio[RECORDS_OUT] as Socket;
    this.#recordsIn = this.#process.stdio[RECORDS_IN] as Socket;
    // A child that dies while it is written to; its end is seen below.
    this.#recordsIn.on("error", () => undefined);
    this.#cellsIn = this.#extra(CELLS_IN);
    this.#cellsIn.on("error", () => undefined);
    const workerDecoder = new RecordDecoder<WorkerRecord>();
    this.#recordsIn.on("data", (chunk: Buffer) => {
      for (const { head } of workerDecoder.push(chunk)) if (head.type === "stuck") this.#giveUp();
    });
    this.#raw = { stdout: this.#readRaw("stdout", word), stderr: this.#readRaw("stderr", word) };
    this.#processOutput = new ProcessOutput(word, {
      onText: (job, name, text) => {
        this.#events.onRawText(name, text, job);
        void this.#holdUp();
      },
      onMark: () => this.#passOn(),
    });
    const decoder = new RecordDecoder<ChildRecord>();
    let wasFull = false;
    recordsOut.on("data", (chunk: Buffer) => {
      // Until all has been read that lay in the raw pipes when this was written: what the loop had not seen when it asked which
      // pipes have something, it sees when it asks again.
      const turns = chunk.length >= FULL_READ || wasFull ? 2 : 1;
      wasFull = chunk.length >= FULL_READ;
      for (const { head, buffers } of decoder.push(chunk)) this.#waiting.push({ head, buffers, turns: barrierOf(head) === "drained" ? turns : 0 });
      this.#passOn();
      this.#turn();
      void this.#holdUp();
    });
    const debugDecoder = new RecordDecoder<DebugRecord>();
    this.#extra(DEBUG_RECORDS_OUT).on("data", (chunk: Buffer) => {
      for (const { head } of debugDecoder.push(chunk)) this.#events.onDebugRecord(head);
    });
    const recordsEnd = new Promise((resolve) => recordsOut.once("close", resolve));
    const rawEnd = Promise.all([this.#process.stdout, this.#process.stderr].map((stream) => new Promise((resolve) => stream!.once("close", resolve))));
    // A sub-process that outlives the child may hold its raw descriptors open, so these are waited for only so long.
    const saidAll = recordsEnd.then(() => Promise.race([Promise.all([rawEnd, this.#processOutput.ended()]), setTimeout(RAW_GRACE)]));
    this.#ended = new Promise((resolve) => {
      this.#process.once("error", (error) => this.#end(`cannot be started: ${error.message}`, null, resolve));
      this.#process.once("exit", (code, signal) => void saidAll.then(() => this.#end(code, signal, resolve)));
    });
  }

  /** Whether it has said that it takes cells. */
  get isReady(): boolean {
    return this.#isReady;
  }

  send(record: ParentRecord, buffers?: readonly Uint8Array[]): void {
    if (!this.#recordsIn.writable) return;
    this.#sent++;
    this.#recordsIn.write(encodeRecord(record, buffers));
  }

  /** Sends a cell to be run. The one before it has been answered. */
  run(job: ExecuteJob): void {
    if (!this.#cellsIn.writable) return;
    const cell: SentCell = { type: "cell", job, after: this.#sent };
    this.#cellsIn.write(encodeRecord(cell));
  }

  /** Ends the process and what it started; resolves when it is gone. */
  async shutDown(): Promise<void> {
    this.#isExpectedToEnd = true;
    this.send({ type: "shutdown" });
    await Promise.race([this.#ended, setTimeout(SHUTDOWN_GRACE)]);
    this.#kill();
    await this.#ended;
  }

  /** Leaves what the child says in its pipes, which makes it wait, as long as more waits to go out than is good. */
  async #holdUp(): Promise<void> {
    if (this.#isHeldUp || !this.#events.isCongested()) return;
    this.#isHeldUp = true;
    this.#holdUps++;
    const streams = [this.#process.stdio[RECORDS_OUT] as Socket, this.#process.stdout!, this.#process.stderr!];
    for (const stream of streams) stream.pause();
    this.#processOutput.pause();
    while (this.#events.isCongested()) await setTimeout(CONGESTION_CHECK);
    this.#isHeldUp = false;
    for (const stream of streams) stream.resume();
    this.#processOutput.resume();
    this.#turn();
  }

  /** Counts the turns of the event loop for the records that wait for some, while the pipes are read. */
  #turn(): void {
    if (this.#isTurning || this.#isHeldUp || !this.#waiting.some(({ turns }) => turns > 0)) return;
    this.#isTurning = true;
    const heldUpBefore = this.#holdUps;
    const waiting = this.#waiting.filter(({ turns }) => turns > 0);
    setImmediate(() => {
      this.#isTurning = false;
      // Where the pipes were left alone meanwhile, this was no turn.
      if (heldUpBefore === this.#holdUps) for (const each of waiting) each.turns--;
      this.#passOn();
      this.#turn();
    });
  }

  /** Ends a child that does not heed an interrupt. */
  #giveUp(): void {
    this.#isStuck = true;
    this.#kill();
  }

  /** Ends the child's process group. */
  #kill(): void {
    try {
      process.kill(-this.#process.pid!, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }

  /** A stream of the process behind those that are declared, which are five. */
  #extra(descriptor: number): Socket {
    return (this.#process.stdio as readonly unknown[])[descriptor] as Socket;
  }

  #readRaw(name: RawName, word: string): RawOutput {
    const emit = (text: string): void => {
      if (name === "stderr") this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
      this.#events.onRawText(name, text);
      void this.#holdUp();
    };
    return new RawOutput(this.#process[name]!, word, emit, () => this.#passOn());
  }

  #passOn(): void {
    // A release may let another mark come by, which calls this again: the records still go on one at a time, in order.
    for (let next = this.#waiting[0]; next !== undefined && this.#isDue(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next);
    }
  }

  #isDue({ head, turns }: Waiting): boolean {
    const barrier = barrierOf(head);
    if (barrier === "drained") return turns <= 0;
    if (barrier === undefined) return true;
    return this.#raw.stdout.seen >= barrier.stdout && this.#raw.stderr.seen >= barrier.stderr && this.#processOutput.hasSeen(barrier.pipes);
  }

  #take({ head, buffers }: Framed<ChildRecord>): void {
    if (head.type === "ready") this.#isReady = true;
    if (head.type === "exit") this.#exitCode = head.code;
    if (head.type === "pipes-open") this.#processOutput.open(head);
    this.#events.onRecord(head, buffers);
    const barrier = barrierOf(head);
    if (barrier === undefined || barrier === "drained") return;
    this.#raw.stdout.release(barrier.stdout);
    this.#raw.stderr.release(barrier.stderr);
    this.#processOutput.release(barrier.pipes);
    if (head.type === "pipes-close") this.#processOutput.forget(head.pipes);
  }

  #end(cause: string | number | null, signal: NodeJS.Signals | null, resolve: () => void): void {
    for (const framed of this.#waiting.splice(0)) this.#take(framed);
    this.#raw.stdout.release(Infinity);
    this.#raw.stderr.release(Infinity);
    this.#processOutput.releaseAll();
    resolve();
    if (this.#isExpectedToEnd) return;
    this.#kill();
    this.#events.onDeath(describeDeath({ cause, signal, exitCode: this.#exitCode, lastWords: this.#lastWords, isStuck: this.#isStuck, wasReady: this.#isReady }));
  }
}
