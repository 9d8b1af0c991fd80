/** The child's ends of the comms: mail waits at its comm until a handler or a poll takes it. */
import { randomUUID } from "node:crypto";
import type { CommMail, JobId } from "../channel/records.ts";
import type { CommMessage, HostComm } from "../contracts.ts";
import type { Callbacks } from "./callbacks.ts";
import type { MainGate } from "./gate.ts";
import type { JobContext } from "./job-context.ts";
import type { RecordWriter } from "./record-writer.ts";
import { say } from "../messages/say.ts";

interface Letter {
  readonly job: JobId;
  readonly message: CommMessage;
}

/** What the child does to a comm, beside what the library sees of it. */
interface CommEnd {
  readonly comm: HostComm;
  readonly waiting: Letter[];
  handler: ((message: CommMessage) => void) | undefined;
  closeHandler: (() => void) | undefined;
  isOpen: boolean;
}

type OpenHandler = (comm: HostComm, opening: CommMessage) => void;

export class Comms {
  readonly #writer: RecordWriter;
  readonly #callbacks: Callbacks;
  readonly #jobs: JobContext;
  readonly #gate: MainGate;
  readonly #ends = new Map<string, CommEnd>();
  readonly #targets = new Map<string, OpenHandler>();
  /** What the event loop has to see to, in the order of arrival. */
  readonly #due: (() => void)[] = [];
  readonly #soon: (task: () => void) => void;
  #drain: () => void = () => undefined;

  /** @param soon Runs a task of the kernel's when the event loop turns. */
  constructor(writer: RecordWriter, callbacks: Callbacks, jobs: JobContext, gate: MainGate, soon: (task: () => void) => void) {
    this.#writer = writer;
    this.#callbacks = callbacks;
    this.#jobs = jobs;
    this.#gate = gate;
    this.#soon = soon;
  }

  /** Says how a poll takes in what has arrived since the event loop last turned. */
  drainWith(drain: () => void): void {
    this.#drain = drain;
  }

  /** Opens a comm to a target of the front end's. */
  open(target: string, data: unknown = {}, metadata: Record<string, unknown> = {}, buffers: readonly Uint8Array[] = []): HostComm {
    const { comm } = this.#create(randomUUID(), target);
    this.#writer.write({ type: "comm-open", job: this.#jobs.current, comm: comm.id, target, data, metadata }, buffers);
    return comm;
  }

  /** Ties a callback to the cell that runs now, for its output and its errors. */
  bind<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void {
    const job = this.#jobs.current;
    return (...args) => this.#callbacks.run(job, () => callback(...args));
  }

  /** Registers a target that the front end may open a comm to. */
  onOpen(target: string, handler: OpenHandler): void {
    this.#targets.set(target, handler);
  }

  /** Takes mail from the inbox. Nothing of the user's runs here. */
  receive(mail: CommMail, buffers: Uint8Array[]): void {
    const message: CommMessage = { data: mail.data, metadata: mail.metadata, buffers };
    if (mail.kind === "open") {
      // Made at once, because mail for it may stand right behind; the handler of its target runs when its turn comes.
      const opened = this.#create(mail.comm, mail.target);
      this.#due.push(() => this.#opened(mail.job, opened, message));
      return;
    }
    const end = this.#ends.get(mail.comm);
    if (end === undefined) {
      this.#due.push(() => this.#handle(mail.job, undefined));
    } else if (mail.kind === "close") {
      this.#due.push(() => this.#closed(mail.job, end));
    } else {
      end.waiting.push({ job: mail.job, message });
      this.#due.push(() => this.#deliver(end));
    }
  }

  /** Lets handlers see to the mail; called from the event loop. */
  deliver(): void {
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) next();
  }

  #opened(job: JobId, { comm }: CommEnd, message: CommMessage): void {
    const handler = this.#targets.get(comm.target);
    this.#handle(job, handler === undefined ? () => comm.close() : () => handler(comm, message));
  }

  #closed(job: JobId, end: CommEnd): void {
    end.isOpen = false;
    this.#ends.delete(end.comm.id);
    this.#handle(job, end.closeHandler);
  }

  #deliver(end: CommEnd): void {
    const { handler } = end;
    if (handler === undefined) return;
    for (let letter = end.waiting.shift(); letter !== undefined; letter = end.waiting.shift()) {
      const { job, message } = letter;
      this.#handle(job, () => handler(message));
    }
  }

  /** Runs a handler between the records that make the request's busy and idle. */
  #handle(job: JobId, handler: (() => void) | undefined): void {
    this.#writer.write({ type: "mail-begin", job });
    const end = (): void => this.#writer.writeAfterOutput({ type: "mail-end", job });
    if (handler === undefined) end();
    else this.#callbacks.run(job, handler, end);
  }

  #poll(end: CommEnd): CommMessage | undefined {
    this.#drain();
    const letter = end.waiting.shift();
    if (letter === undefined) return undefined;
    this.#writer.write({ type: "mail-begin", job: letter.job });
    this.#writer.writeAfterOutput({ type: "mail-end", job: letter.job });
    return letter.message;
  }

  #create(id: string, target: string): CommEnd {
    const end: CommEnd = {
      waiting: [],
      handler: undefined,
      closeHandler: undefined,
      isOpen: true,
      comm: {
        id,
        target,
        send: (data, buffers, metadata) => {
          if (!end.isOpen) throw new Error(say("commClosed", { target }));
          this.#writer.write({ type: "comm-msg", job: this.#jobs.current, comm: id, data, ...(metadata && { metadata }) }, buffers);
        },
        onMessage: (handler) => {
          end.handler = handler;
          // What arrived before there was a handler is for it, but not before the caller has returned.
          if (end.waiting.length > 0) this.#soon(() => this.#deliver(end));
        },
        onClose: (handler) => {
          end.closeHandler = handler;
        },
        // As a whole: a letter that an interrupt lost on the way would keep its request busy for ever.
        poll: () => this.#gate.masked(() => this.#poll(end)),
        close: (data = {}) => {
          if (!end.isOpen) return;
          end.isOpen = false;
          this.#ends.delete(id);
          this.#writer.write({ type: "comm-close", job: this.#jobs.current, comm: id, data });
        },
      },
    };
    this.#ends.set(id, end);
    return end;
  }
}
