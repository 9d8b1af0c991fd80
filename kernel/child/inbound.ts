/**
 * The child's inbound worker: a thread that reads the parent's records whatever the main thread does.
 *
 * The descriptor is read as a socket on this thread's own event loop. A file stream would go through libuv's pool of file
 * threads, which user code can fill, and then no interrupt would arrive. This thread alone sends terminations, through an
 * inspector session of its own that is connected to the main thread; the debugger, when there is one, shares that session.
 */
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { encodeRecord, RecordDecoder } from "../channel/framing.ts";
import type { Framed } from "../channel/framing.ts";
import { RECORDS_IN } from "../channel/records.ts";
import type { ExecuteJob, ParentRecord, WorkerRecord } from "../channel/records.ts";
import type { Announcement } from "./debug-host.ts";
import type { DebugThread } from "./debug-thread.ts";
import type { InboxRecord } from "./inbox.ts";
import { Gate, Word } from "./gate-words.ts";
import { MainThread } from "./main-thread.ts";
import { SubProcesses } from "./sub-processes.ts";

/** What the main thread hands to this worker. */
export interface InboundData {
  readonly words: Int32Array;
  readonly interruptFlag: Int32Array;
  readonly inbox: MessagePort;
  /** The list of the sub-processes that were there when the last cell was started. */
  readonly listed: Uint8Array;
}

/**
 * How long the event loop has to deal with an interrupt before what keeps it busy outside a frame is terminated: the
 * continuation of an `await` that loops. Milliseconds in which the main thread has run: on a machine with much to do it may
 * not have had its turn, and a termination that hits Node's own timers ends the process.
 */
const OPEN_GRACE = 25;

/** The same for one that does not run but sleeps. Milliseconds of the clock. */
const BLOCKED_GRACE = 500;

/** How long an interrupted cell has to settle after the main thread has dealt with the interrupt. Milliseconds. */
const SETTLE_GRACE = 50;

/** How long a sub-process that the cell waits for has to end on a request before it is killed. Milliseconds. */
const SUB_PROCESS_GRACE = 1000;

/** How long a cell has to end before this process is given up: native code that heeds nothing. Milliseconds. */
const STUCK_AFTER = 2000;

/** How often, and how many times in a row, it must then be found outside the kernel's own code. Milliseconds. */
const STUCK_LOOK = 20;
const STUCK_LOOKS = 5;

const main = parentPort!;
const { words, interruptFlag, inbox, listed } = workerData as InboundData;
const session = new Session();
session.connectToMainThread();
const mainThread = new MainThread(process.pid);
const subProcesses = new SubProcesses(process.pid, words, listed);

/** Loaded when the first front end asks for a debugger. */
let loading: Promise<DebugThread> | undefined;
let debug: DebugThread | undefined;

function debugThread(): Promise<DebugThread> {
  loading ??= import("./debug-thread.ts").then((module) => (debug = new module.DebugThread(session, words)));
  return loading;
}

function deliver(record: Framed<InboxRecord>): void {
  inbox.postMessage(record, record.buffers.map((buffer) => buffer.buffer as ArrayBuffer));
  Atomics.add(words, Word.Inbox, 1);
  Atomics.notify(words, Word.Inbox);
  wake();
}

function wake(): void {
  main.postMessage("wake");
}

/** Terminates what runs, if the gate is still in the state that was seen. @returns Whether it was. */
function terminateFrom(state: number): boolean {
  if (Atomics.compareExchange(words, Word.Gate, state, Gate.Terminating) !== state) return false;
  Atomics.store(words, Word.Landed, 0);
  session.post("Runtime.terminateExecution", () => {
    Atomics.store(words, Word.Landed, 1);
    Atomics.notify(words, Word.Landed);
  });
  return true;
}

/**
 * Raises the flag that native code reads.
 *
 * Never before a termination that is to be sent: native code that returns at once would throw, and a termination that then
 * arrives while the error leaves the cell makes V8's inspector abort the process (it lands in Node's handler of rejected
 * promises, which swallows it, and the inspector takes for granted that none is pending). A termination that has been sent
 * lands at the first call of a function after the native code.
 */
function raiseFlag(serial: number): void {
  Atomics.store(interruptFlag, 0, 1);
  Atomics.notify(interruptFlag, 0);
  // The main thread notes the end of the interrupt and then lowers the flag; one of the two sees the other.
  if (Atomics.load(words, Word.InterruptsOver) >= serial) Atomics.store(interruptFlag, 0, 0);
}

/** Whether a cell has still to end, or even to begin. */
function isOpen(job: ExecuteJob): boolean {
  const started = Atomics.load(words, Word.Started);
  return started < job.serial || (started === job.serial && Atomics.load(words, Word.Running) === 1);
}

/** @param job The cell that the parent waits for. */
function interrupt(job?: ExecuteJob): void {
  // Looked at before the main thread hears of the interrupt, which may be the end of the cell.
  const isForCell = job !== undefined && isOpen(job);
  if (isForCell) subProcesses.interrupted(job.serial);
  const serial = Atomics.add(words, Word.Interrupts, 1) + 1;
  deliver({ head: { type: "interrupt", serial, ...(job !== undefined && { job }) }, buffers: [] });
  let deadline: "wait" | "set" | "delivered" = "wait";
  let sent = performance.now();
  let hadRun = mainThread.timeRun();
  let isRaised = false;

  const isOver = (): boolean => Atomics.load(words, Word.InterruptsOver) >= serial;
  const deliverDeadline = (): void => {
    deadline = "delivered";
    sent = performance.now();
    hadRun = mainThread.timeRun();
    deliver({ head: { type: "deadline", interrupt: serial }, buffers: [] });
  };

  const terminateIfDue = (): void => {
    const isSeen = Atomics.load(words, Word.InterruptsSeen) >= serial || Atomics.load(words, Word.Running) === 0;
    if (isSeen && deadline === "wait") {
      deadline = "set";
      setTimeout(deliverDeadline, SETTLE_GRACE);
    }
    // What the cell does once it knows of the interrupt is left alone until the deadline.
    if (isSeen && deadline !== "delivered") return;
    const state = Atomics.load(words, Word.Gate);
    // Code that stands at a breakpoint is not the event loop, however long it takes.
    const isStopped = debug?.adapter.isStopped === true;
    const isLate = isStopped || performance.now() - sent > OPEN_GRACE;
    if (state === Gate.Entered && (!isSeen || isLate)) {
      terminateFrom(Gate.Entered);
    } else if (state === Gate.Open && (isStopped || performance.now() - sent > BLOCKED_GRACE || mainThread.timeRun() - hadRun > OPEN_GRACE)) {
      // A continuation that was terminated never settles its cell's promise, so there is nothing left to wait for.
      if (terminateFrom(Gate.Open) && deadline === "wait") deliverDeadline();
      // Should the event loop have been idle after all, the termination took its wake-up with it.
      wake();
    }
    if (isStopped) debug?.adapter.letGo();
  };

  const attempt = (): void => {
    if (isForCell) subProcesses.ask();
    if (isOver()) return;
    setTimeout(attempt, 2);
    terminateIfDue();
    const state = Atomics.load(words, Word.Gate);
    if (isRaised || state === Gate.Entered || state === Gate.Masked) return;
    isRaised = true;
    raiseFlag(serial);
  };
  attempt();

  setTimeout(() => {
    if (!isOver()) subProcesses.kill();
  }, SUB_PROCESS_GRACE);
  const giveUp = (looks: number): void => {
    if (isOver()) return;
    // The kernel's own code may be waiting for a slow front end to take what a cell has printed: that ends by itself.
    const left = Atomics.load(words, Word.Gate) === Gate.Masked ? STUCK_LOOKS : looks - 1;
    if (left > 0) setTimeout(giveUp, STUCK_LOOK, left);
    else socket.write(encodeRecord({ type: "stuck" } satisfies WorkerRecord));
  };
  setTimeout(giveUp, STUCK_AFTER, STUCK_LOOKS);
}

const decoder = new RecordDecoder<ParentRecord>();
const socket = new Socket({ fd: RECORDS_IN, readable: true, writable: true });
function handle({ head, buffers }: Framed<ParentRecord>): void {
  if (head.type === "interrupt") return interrupt(head.job);
  if (head.type === "debug-request") {
    const { request, message } = head;
    // From now on, though attaching takes a moment: the cell behind this request is to wait for its breakpoints.
    if (message.command === "attach") Atomics.store(words, Word.Debugger, 1);
    void debugThread().then((thread) => thread.request(request, message));
    return;
  }
  deliver({ head, buffers });
  // The end is announced to what runs, so that a loop does not keep the process from its orderly end.
  if (head.type === "shutdown") interrupt();
}

socket.on("data", (chunk) => {
  for (const record of decoder.push(chunk)) {
    handle(record);
    Atomics.add(words, Word.Handled, 1);
    Atomics.notify(words, Word.Handled);
  }
});
// The parent is gone, perhaps killed. The main thread may be in an endless loop, so nothing gentler is certain to work.
const orphaned = (): void => {
  try {
    // With it goes what the cells have started: this process leads a group of its own.
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
};
socket.on("error", orphaned);
socket.on("close", orphaned);

main.on("message", (message: Announcement | "disconnect") => {
  if (message !== "disconnect") {
    const proceed = (): void => deliver({ head: { type: "proceed", url: message.url }, buffers: [] });
    void debugThread().then((thread) => thread.adapter.announced(message)).then(proceed, proceed);
    return;
  }
  session.disconnect();
  Atomics.store(words, Word.Disconnected, 1);
  Atomics.notify(words, Word.Disconnected);
});
