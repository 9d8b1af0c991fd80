/** The five sockets of a kernel: bound, read in loops, written through one queue each. */
import { Router, XPublisher } from "zeromq";
import { endpoint } from "../wire/connection.ts";
import type { Connection, PortName } from "../wire/connection.ts";
import { formatMessage, parseMessage, WireError } from "../wire/message.ts";
import type { Message, Outgoing } from "../wire/message.ts";
import { Signer } from "../wire/signing.ts";
import { costOf, isBehindServer, OutputPace } from "./output-pace.ts";
import { SendQueue } from "./send-queue.ts";

/** The channels on which requests arrive. */
export type RequestChannel = "shell" | "control" | "stdin";

/** A message as it travels. */
type Frames = ReturnType<typeof formatMessage>;

/** How many messages may wait before the child is made to wait as well. */
const CONGESTED_AT = 500;

/** How long what is published first waits for somebody to hear it. Milliseconds. */
const FIRST_SUBSCRIBER_TIMEOUT = 2000;

/**
 * What comes in on a socket until it is closed. Of one that is closed while a message comes in, zeromq may say that it is no
 * socket.
 */
async function* messagesOf(socket: Router | XPublisher): AsyncGenerator<Buffer[]> {
  try {
    yield* socket;
  } catch (error) {
    if (!socket.closed) throw error;
  }
}

export class Channels {
  /** The identity of this kernel's run, in every header. */
  readonly session: string;
  readonly #signer: Signer;
  readonly #routers: Record<RequestChannel, Router> = { shell: new Router(), control: new Router(), stdin: new Router() };
  readonly #iopub = new XPublisher();
  readonly #heartbeat = new Router();
  readonly #queues: Record<RequestChannel | "iopub", SendQueue>;
  /** Not there where nobody counts what is published. */
  readonly #pace: OutputPace<Frames> | undefined;
  /**
   * What is published before the first subscriber has been welcomed; undefined from then on. libzmq passes messages on
   * from the moment it knows of a subscription, which is before this thread does, and the welcome is to come first.
   * (Its manual mode, in which a subscription waits for consent, loses one when another front end leaves just then.)
   */
  #early: Outgoing[] | undefined = [];

  constructor(connection: Connection, session: string) {
    this.session = session;
    this.#signer = new Signer(connection.key);
    const { shell, control, stdin } = this.#routers;
    // A front end that reconnects with its identity takes over; otherwise its replies would go to the dead connection.
    for (const router of [shell, control, stdin]) router.handover = true;
    // Every subscription is reported, not only the first of its kind: each subscriber is to be welcomed.
    this.#iopub.verbosity = "allSubs";
    this.#queues = {
      shell: new SendQueue(shell),
      control: new SendQueue(control),
      stdin: new SendQueue(stdin),
      iopub: new SendQueue(this.#iopub),
    };
    this.#pace = isBehindServer(process.env) ? new OutputPace((frames) => this.#queues.iopub.push(frames)) : undefined;
    this.#heartbeat.sendHighWaterMark = 0;
    for (const socket of [shell, control, stdin, this.#iopub, this.#heartbeat]) {
      socket.linger = 1000;
      if (connection.curve === undefined) continue;
      socket.curveServer = true;
      socket.curvePublicKey = connection.curve.publicKey;
      socket.curveSecretKey = connection.curve.secretKey;
    }
  }

  /** Binds all sockets. @returns The ports, also those that were to be chosen. */
  async bind(connection: Connection): Promise<Record<PortName, number>> {
    const { shell, control, stdin } = this.#routers;
    const bind = async (socket: Router | XPublisher, port: number): Promise<number> => {
      await socket.bind(endpoint(connection, port));
      return port === 0 ? Number(/:(\d+)$/.exec(socket.lastEndpoint ?? "")?.[1]) : port;
    };
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await Promise.all([
      bind(shell, connection.shell_port),
      bind(this.#iopub, connection.iopub_port),
      bind(stdin, connection.stdin_port),
      bind(control, connection.control_port),
      bind(this.#heartbeat, connection.hb_port),
    ]);
    return { shell_port, iopub_port, stdin_port, control_port, hb_port };
  }

  /** Reads all sockets until they are closed. A message that is not valid costs one line on stderr. */
  listen(onRequest: (channel: RequestChannel, message: Message) => void): void {
    for (const channel of ["shell", "control", "stdin"] as const) void this.#readRequests(channel, onRequest);
    void this.#echoHeartbeats();
    void this.#welcomeSubscribers();
    setTimeout(() => this.#publishEarly(), FIRST_SUBSCRIBER_TIMEOUT).unref();
  }

  send(channel: RequestChannel | "iopub", message: Outgoing): void {
    if (channel === "iopub" && this.#early !== undefined) {
      this.#early.push(message);
      return;
    }
    const frames = formatMessage(message, this.session, this.#signer);
    if (channel === "iopub" && this.#pace !== undefined) this.#pace.push(frames, costOf(message, frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0)));
    else this.#queues[channel].push(frames);
  }

  /** Whether more waits to go out on iopub than is good. */
  get isCongested(): boolean {
    return this.#pace?.isHolding === true || this.#queues.iopub.length + (this.#early?.length ?? 0) > CONGESTED_AT;
  }

  /** Sends what waits, then closes. */
  async close(): Promise<void> {
    this.#publishEarly();
    this.#pace?.flush();
    await Promise.all(Object.values(this.#queues).map((queue) => queue.flushed()));
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }

  async #readRequests(channel: RequestChannel, onRequest: (channel: RequestChannel, message: Message) => void): Promise<void> {
    for await (const frames of messagesOf(this.#routers[channel])) {
      try {
        onRequest(channel, parseMessage(frames, this.#signer));
      } catch (error) {
        const text = error instanceof WireError ? error.message : String((error as Error).stack);
        process.stderr.write(`nabla kernel: ${channel}: ${text}\n`);
      }
    }
  }

  async #echoHeartbeats(): Promise<void> {
    for await (const frames of messagesOf(this.#heartbeat)) {
      try {
        await this.#heartbeat.send(frames);
      } catch (error) {
        // The kernel ends while somebody asks whether it lives.
        if (!this.#heartbeat.closed) throw error;
      }
    }
  }

  /** Jupyter enhancement proposal 65: tell each new subscriber that from now on it misses nothing. */
  async #welcomeSubscribers(): Promise<void> {
    for await (const [notice] of messagesOf(this.#iopub)) {
      if (notice?.[0] !== 1) continue;
      const topic = notice.subarray(1);
      const welcome: Outgoing = { identities: [topic], type: "iopub_welcome", parent: undefined, content: { subscription: topic.toString() } };
      this.#early?.unshift(welcome);
      if (this.#early === undefined) this.send("iopub", welcome);
      else this.#publishEarly();
    }
  }

  #publishEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.send("iopub", message);
  }
}
