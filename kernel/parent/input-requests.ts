/** Questions of the running cell to the person who runs it: only the front end that asked for the cell is asked. */
import type { ChildRecord } from "../channel/records.ts";
import type { Message } from "../wire/message.ts";
import type { Session } from "./session.ts";

export class InputRequests {
  readonly #session: Session;
  readonly #answer: (request: number, value: string) => void;
  #pending: number | undefined;

  /** @param answer Passes an answer to the child. */
  constructor(session: Session, answer: (request: number, value: string) => void) {
    this.#session = session;
    this.#answer = answer;
  }

  /** Asks, in the name of the request that runs. */
  ask(record: Extract<ChildRecord, { type: "input" }>, running: Message | undefined): void {
    if (running === undefined) return;
    this.#pending = record.request;
    this.#session.publisher.flush();
    const { prompt, password } = record;
    this.#session.channels.send("stdin", {
      identities: running.identities,
      type: "input_request",
      parent: running.header,
      content: { prompt, password },
    });
  }

  /** Takes an `input_reply`; one that nobody waits for any more is dropped. */
  reply(message: Message): void {
    if (this.#pending === undefined) return;
    this.#answer(this.#pending, String(message.content["value"] ?? ""));
    this.#pending = undefined;
  }

  /** The cell that asked has ended. */
  forget(): void {
    this.#pending = undefined;
  }
}
