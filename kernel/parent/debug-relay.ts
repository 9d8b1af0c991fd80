/**
 * The way of the debugger's messages between the front ends and the child.
 *
 * When the child ends under a front end that debugs, the next child is given what the last one was told: who has attached, and
 * the breakpoints. So a front end, which knows nothing of two processes, goes on as before.
 */
import type { DebugRecord, ParentRecord } from "../channel/records.ts";
import type { DebugRequest, DebugResponse } from "../debugger/messages.ts";
import type { Header, Message } from "../wire/message.ts";
import type { Publisher } from "./publisher.ts";

type Send = (record: ParentRecord) => void;

/** Requests whose effect lasts; one for a source takes the place of an earlier one for it. */
const LASTING: ReadonlySet<string> = new Set(["initialize", "attach", "setBreakpoints", "setExceptionBreakpoints"]);

export class DebugRelay {
  readonly #publisher: Publisher;
  readonly #send: Send;
  readonly #pending = new Map<number, { message: DebugRequest; resolve: (response: DebugResponse) => void }>();
  /** What the next child is told, in this order. */
  readonly #lasting = new Map<string, DebugRequest>();
  /** The latest request; events are told in its name. */
  #latest: Header | undefined;
  #requests = 0;
  #isStopped = false;

  /** @param send Sends to the child, if there is one. */
  constructor(publisher: Publisher, send: Send) {
    this.#publisher = publisher;
    this.#send = send;
  }

  /** Passes a `debug_request` on. @returns The content of its reply. */
  request({ header, content }: Message): Promise<object> {
    this.#latest = header;
    const message = content as unknown as DebugRequest;
    return new Promise((resolve) => {
      const request = ++this.#requests;
      this.#pending.set(request, { message, resolve });
      this.#send({ type: "debug-request", request, message });
    });
  }

  /** Takes what the child's debugger says. */
  fromChild(record: DebugRecord): void {
    if (record.type === "debug-reply") {
      const asked = this.#pending.get(record.request);
      this.#pending.delete(record.request);
      if (asked === undefined) return;
      if (record.message.success) this.#remember(asked.message);
      asked.resolve(record.message);
      return;
    }
    const { event } = record.message;
    if (event === "stopped" || event === "continued") this.#isStopped = event === "stopped";
    this.#publisher.publish("debug_event", this.#latest, record.message);
  }

  /** A child has started. */
  childStarted(): void {
    for (const message of this.#lasting.values()) this.#send({ type: "debug-request", request: 0, message });
  }

  /** The child has ended. */
  childEnded(): void {
    for (const { message, resolve } of this.#pending.values()) {
      const { seq, command } = message;
      resolve({ type: "response", seq: 0, request_seq: seq, command, success: false, message: "the process that ran the cells has ended", body: {} });
    }
    this.#pending.clear();
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#publisher.publish("debug_event", this.#latest, { type: "event", seq: 0, event: "continued", body: { threadId: 1, allThreadsContinued: true } });
  }

  #remember(message: DebugRequest): void {
    const { command } = message;
    if (command === "disconnect") this.#lasting.clear();
    if (!LASTING.has(command)) return;
    const { path } = (message.arguments?.["source"] ?? {}) as { path?: string };
    this.#lasting.set(`${command} ${path ?? ""}`, message);
  }
}
