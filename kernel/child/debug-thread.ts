/**
 * The debugger's place in the inbound worker: requests of the parent in, replies and events out on a descriptor of its own,
 * since the main thread, which writes all other records, may be stopped.
 */
import type { Session } from "node:inspector";
import { Socket } from "node:net";
import { encodeRecord } from "../channel/framing.ts";
import { DEBUG_RECORDS_OUT } from "../channel/records.ts";
import type { DebugRecord } from "../channel/records.ts";
import { DebugAdapter } from "../debugger/adapter.ts";
import { Inspector } from "../debugger/inspector.ts";
import type { DebugRequest } from "../debugger/messages.ts";
import { Gate, Word } from "./gate-words.ts";

export class DebugThread {
  readonly adapter: DebugAdapter;
  readonly #out = new Socket({ fd: DEBUG_RECORDS_OUT, readable: false, writable: true });

  /** @param session This thread's session with the main thread's inspector. */
  constructor(session: Session, words: Int32Array) {
    // The parent is gone; the reading side deals with it.
    this.#out.on("error", () => undefined);
    this.adapter = new DebugAdapter({
      inspector: new Inspector(session),
      emit: (message) => this.#write({ type: "debug-event", message }),
      setAttached: (isAttached) => Atomics.store(words, Word.Debugger, isAttached ? 1 : 0),
      mainThread: () => {
        const state = Atomics.load(words, Word.Gate);
        return state === Gate.Open ? "idle" : state === Gate.Entered ? "computing" : "busy";
      },
    });
  }

  /** Answers a request of the parent's. */
  async request(request: number, message: DebugRequest): Promise<void> {
    this.#write({ type: "debug-reply", request, message: await this.adapter.request(message) });
  }

  #write(record: DebugRecord): void {
    this.#out.write(encodeRecord(record));
  }
}
