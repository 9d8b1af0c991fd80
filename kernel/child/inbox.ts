/**
 * What the inbound worker has left for the main thread.
 *
 * Records wait in the queue of a message port, which is memory that both threads share, and are taken from it
 * synchronously: from the event loop when the worker wakes it, or in the middle of a loop of user code that polls.
 */
import { receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { Framed } from "../channel/framing.ts";
import type { CommMail, ExecuteJob, ParentRecord } from "../channel/records.ts";
import type { MainGate } from "./gate.ts";
import { Word } from "./gate-words.ts";

/** An interrupt, in its place among the other records: it is for the cell before it, not for the one behind it. */
export interface Interrupt {
  readonly type: "interrupt";
  readonly serial: number;
  /** The cell that it is for, which may not have come yet. */
  readonly job?: ExecuteJob;
}

/** The worker's word that an interrupt has been dealt with for long enough: what has not ended now is answered. */
export interface Deadline {
  readonly type: "deadline";
  readonly interrupt: number;
}

/** The debugger's word that it has seen a cell that was announced to it. */
export interface Proceed {
  readonly type: "proceed";
  readonly url: string;
}

export type InboxRecord = Exclude<ParentRecord, { type: "interrupt" | "debug-request" }> | Interrupt | Deadline | Proceed;

/** What the main thread does about a record that is not mail. */
export type InboxTask = Interrupt | Deadline | Proceed | { readonly type: "shutdown" };

export class Inbox {
  readonly #port: MessagePort;
  readonly #words: Int32Array;
  readonly #gate: MainGate;
  readonly #onMail: (mail: CommMail, buffers: Uint8Array[]) => void;
  readonly #tasks: InboxTask[] = [];
  readonly #inputs = new Map<number, string>();
  #seen = 0;

  /** @param onMail Called for each comm message, in the order of arrival, at the moment it is taken from the queue. */
  constructor(port: MessagePort, words: Int32Array, gate: MainGate, onMail: (mail: CommMail, buffers: Uint8Array[]) => void) {
    this.#port = port;
    this.#words = words;
    this.#gate = gate;
    this.#onMail = onMail;
  }

  /** Sorts what has arrived. Costs one atomic load when nothing has. */
  drain(): void {
    const count = Atomics.load(this.#words, Word.Inbox);
    if (count === this.#seen) return;
    this.#gate.masked(() => {
      this.#seen = count;
      for (let received = receiveMessageOnPort(this.#port); received !== undefined; received = receiveMessageOnPort(this.#port)) {
        const { head, buffers } = received.message as Framed<InboxRecord>;
        if (head.type === "comm") this.#onMail(head, buffers);
        else if (head.type === "input-reply") this.#inputs.set(head.request, head.value);
        else this.#tasks.push(head);
      }
    });
  }

  /** The oldest task, if there is one. */
  takeTask(): InboxTask | undefined {
    return this.#tasks.shift();
  }

  /** Blocks the thread until the front end has answered a question. An interrupt unwinds out of here. */
  awaitInput(request: number): string {
    for (;;) {
      const seen = Atomics.load(this.#words, Word.Inbox);
      this.drain();
      const value = this.#inputs.get(request);
      if (value !== undefined) {
        this.#inputs.clear();
        return value;
      }
      Atomics.wait(this.#words, Word.Inbox, seen);
    }
  }
}
