/** The comms that are open, and the way of their messages between the front end and the child. */
import type { ChildRecord, CommMail, JobId } from "../channel/records.ts";
import type { Content, Header, Message } from "../wire/message.ts";
import type { OutputRouter } from "./output-router.ts";
import type { Session } from "./session.ts";

interface OpenComm {
  readonly target: string;
  /** The cell that opened it, where the front end said which: a page that was loaded anew finds its place by it. */
  readonly cellId: string | undefined;
}

type CommRecord = Extract<ChildRecord, { type: "comm-open" | "comm-msg" | "comm-close" }>;

export class CommRegistry {
  readonly #session: Session;
  readonly #router: OutputRouter;
  readonly #send: (mail: CommMail, buffers: readonly Uint8Array[]) => void;
  readonly #open = new Map<string, OpenComm>();
  /** Requests that the child has not dealt with yet. */
  readonly #inChild = new Map<JobId, Header>();

  /** @param send Sends mail to the child. */
  constructor(session: Session, router: OutputRouter, send: (mail: CommMail, buffers: readonly Uint8Array[]) => void) {
    this.#session = session;
    this.#router = router;
    this.#send = send;
  }

  /** Answers the content of a `comm_info_request`. */
  info(content: Content): object {
    const wanted = content["target_name"];
    const comms: Record<string, object> = {};
    for (const [id, { target, cellId }] of this.#open) {
      if (wanted === undefined || wanted === null || wanted === "" || wanted === target) {
        comms[id] = { target_name: target, ...(cellId !== undefined && { cellId }) };
      }
    }
    return { status: "ok", comms };
  }

  /** Passes a message of the front end's on to the child. */
  fromFrontEnd(message: Message): void {
    const { header, content, metadata, buffers } = message;
    const comm = String(content["comm_id"]);
    const kind = header.msg_type === "comm_open" ? "open" : header.msg_type === "comm_close" ? "close" : "msg";
    const target = String(content["target_name"] ?? this.#open.get(comm)?.target ?? "");
    if (kind === "open") this.#open.set(comm, { target, cellId: undefined });
    if (kind === "close") this.#open.delete(comm);
    this.#router.add(header);
    this.#inChild.set(header.msg_id, header);
    this.#send({ type: "comm", job: header.msg_id, kind, comm, target, data: content["data"] ?? {}, metadata }, buffers);
  }

  /** The child has begun, or ended, to deal with a message of the front end's. */
  handling(job: JobId, phase: "begin" | "end"): void {
    const header = this.#inChild.get(job);
    if (header === undefined) return;
    if (phase === "begin") return this.#session.busy(header);
    this.#inChild.delete(job);
    this.#session.idle(header);
  }

  /** Publishes a message of the child's. */
  fromChild(record: CommRecord, buffers: readonly Uint8Array[], cellId: string | undefined): void {
    const parent = this.#router.header(record.job);
    const { publisher } = this.#session;
    const { comm, data } = record;
    if (record.type === "comm-open") {
      const { target, metadata } = record;
      this.#open.set(comm, { target, cellId });
      const extra = { metadata: { ...metadata, ...(cellId !== undefined && { cellId }) }, buffers };
      publisher.publish("comm_open", parent, { comm_id: comm, target_name: target, data }, extra);
    } else if (record.type === "comm-msg") {
      publisher.publish("comm_msg", parent, { comm_id: comm, data }, { buffers, ...(record.metadata && { metadata: record.metadata }) });
    } else {
      this.#open.delete(comm);
      publisher.publish("comm_close", parent, { comm_id: comm, data });
    }
  }

  /** The child has ended, and with it its ends of all comms. */
  closeAll(parent: Header | undefined): void {
    for (const comm of this.#open.keys()) this.#session.publisher.publish("comm_close", parent, { comm_id: comm, data: {} });
    this.#open.clear();
    for (const header of this.#inChild.values()) {
      this.#session.busy(header);
      this.#session.idle(header);
    }
    this.#inChild.clear();
  }
}
