/** Answers and announcements for one request, with the parent header and the status messages that the protocol asks for. */
import type { Header, Message } from "../wire/message.ts";
import type { Channels, RequestChannel } from "./channels.ts";
import type { Publisher } from "./publisher.ts";

export class Session {
  readonly channels: Channels;
  readonly publisher: Publisher;
  /** The request whose cell is running: after any other request the kernel is busy with it again. */
  #running: Header | undefined;

  constructor(channels: Channels, publisher: Publisher) {
    this.channels = channels;
    this.publisher = publisher;
  }

  /** Answers a request; the reply's type is the request's with `_reply` in place of `_request`. */
  reply(channel: RequestChannel, request: Message, content: object): void {
    const type = request.header.msg_type.replace(/_request$/, "_reply");
    this.channels.send(channel, { identities: request.identities, type, parent: request.header, content });
  }

  starting(): void {
    this.#status("starting", undefined);
  }

  busy(parent: Header): void {
    this.#status("busy", parent);
  }

  /**
   * Says that a request is done with; while a cell runs the front end's indicator is put back to busy. After a request of the
   * debugger's that is said in nobody's name: JupyterLab's debugger answers every message of a running cell with a request.
   */
  idle(parent: Header): void {
    this.#status("idle", parent);
    const running = this.#running;
    if (running !== undefined && running !== parent) this.#status("busy", parent.msg_type === "debug_request" ? undefined : running);
  }

  /** Busy with a cell. */
  startCell(parent: Header): void {
    this.#running = parent;
    this.busy(parent);
  }

  endCell(parent: Header): void {
    this.#running = undefined;
    this.idle(parent);
  }

  #status(state: "starting" | "busy" | "idle", parent: Header | undefined): void {
    this.publisher.publish("status", parent, { execution_state: state });
  }
}
