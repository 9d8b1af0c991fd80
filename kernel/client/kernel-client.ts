/**
 * A front end without a face: it starts a kernel and speaks Jupyter's messaging protocol with it over zeromq, to run cells
 * and to see what they show. `nabla run` and `nabla doctor` need no Python and no Jupyter this way.
 */
import { randomUUID } from "node:crypto";
import { Dealer, Subscriber } from "zeromq";
import { endpoint } from "../wire/connection.ts";
import { formatMessage, parseMessage } from "../wire/message.ts";
import type { Content, Message } from "../wire/message.ts";
import { Signer } from "../wire/signing.ts";
import { KernelEnded, KernelProcess } from "./kernel-process.ts";
import type { KernelCommand } from "./kernel-process.ts";

/** How long a kernel may take until it answers for the first time. Milliseconds. */
const START = 60_000;
/** How long a cell that was stopped may take to end; the kernel itself gives up on it sooner. Milliseconds. */
const STOP = 10_000;

type Channel = "shell" | "control";

/** How a cell ended. */
export interface CellEnd {
  readonly status: "ok" | "error" | "aborted";
  readonly executionCount: number;
  /** Of a cell that failed. */
  readonly error?: { readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] };
  /** Why it was stopped by us, if it was. */
  readonly stopped?: "timeout" | "signal";
}

export interface ExecuteOptions {
  /** Called with each message that the cell publishes, in order, from busy to idle. */
  readonly onOutput?: (type: string, content: Content) => void;
  /** The cell's id in its notebook. */
  readonly cellId?: string;
  /** Milliseconds after which it is stopped; without it, never. */
  readonly timeout?: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
}

/** Waits at most so long for something. */
async function within<Result>(promise: Promise<Result>, milliseconds: number, sentence: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new KernelEnded(sentence)), milliseconds)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class KernelClient {
  readonly #process: KernelProcess;
  readonly #signer: Signer;
  readonly #session = randomUUID();
  readonly #sockets: Readonly<Record<Channel, Dealer>> = { shell: new Dealer({ linger: 0 }), control: new Dealer({ linger: 0 }) };
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  readonly #listeners = new Set<(channel: Channel | "iopub", message: Message, parent: string) => void>();
  #info: Content = {};

  private constructor(process: KernelProcess) {
    this.#process = process;
    this.#signer = new Signer(process.connection.key);
  }

  /**
   * Starts a kernel and waits until it answers.
   * @throws KernelEnded when it ends or does not answer, with what it said.
   */
  static async start(command: KernelCommand): Promise<KernelClient> {
    const client = new KernelClient(await KernelProcess.start(command));
    try {
      await client.#connect();
    } catch (error) {
      await client.stop();
      throw error;
    }
    return client;
  }

  /** The content of the kernel's `kernel_info_reply`. */
  get info(): Content {
    return this.#info;
  }

  /**
   * Runs a cell to its end.
   * @throws KernelEnded when the kernel ends meanwhile, or does not stop when it is told to.
   */
  async execute(code: string, { onOutput, cellId, timeout, signal }: ExecuteOptions = {}): Promise<CellEnd> {
    let stopped: CellEnd["stopped"];
    let hurry: NodeJS.Timeout | undefined;
    let giveUp!: (error: Error) => void;
    const stuck = new Promise<never>((_resolve, reject) => (giveUp = reject));
    const stop = (why: NonNullable<CellEnd["stopped"]>): void => {
      if (stopped !== undefined) return;
      stopped = why;
      void this.#send("control", "interrupt_request", {});
      hurry = setTimeout(() => giveUp(new KernelEnded("the cell could not be stopped")), STOP);
    };
    const id = randomUUID();
    const reply = this.#until((channel, { header }, parent) => channel === "shell" && parent === id && header.msg_type === "execute_reply");
    const idle = this.#until((channel, { header, content }, parent) => {
      if (channel !== "iopub" || parent !== id) return false;
      if (header.msg_type !== "status") onOutput?.(header.msg_type, content);
      return header.msg_type === "status" && content["execution_state"] === "idle";
    });
    const onAbort = (): void => stop("signal");
    const timer = timeout === undefined ? undefined : setTimeout(() => stop("timeout"), timeout);
    signal?.addEventListener("abort", onAbort);
    try {
      const request = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: false };
      await this.#send("shell", "execute_request", request, id, cellId === undefined ? {} : { cellId });
      if (signal?.aborted === true) onAbort();
      const [{ content }] = await Promise.race([Promise.all([reply.found, idle.found]), this.#process.died, stuck]);
      return cellEnd(content, stopped);
    } finally {
      clearTimeout(timer);
      clearTimeout(hurry);
      signal?.removeEventListener("abort", onAbort);
      reply.forget();
      idle.forget();
    }
  }

  /** Ends the kernel and closes the sockets. */
  async stop(): Promise<void> {
    await this.#process.stop(() => this.#send("control", "shutdown_request", { restart: false }));
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
  }

  async #connect(): Promise<void> {
    const { connection } = this.#process;
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.reconnectInterval = 20;
    this.#sockets.shell.connect(endpoint(connection, connection.shell_port));
    this.#sockets.control.connect(endpoint(connection, connection.control_port));
    this.#iopub.connect(endpoint(connection, connection.iopub_port));
    this.#iopub.subscribe();
    for (const channel of ["shell", "control"] as const) void this.#read(channel, this.#sockets[channel]);
    void this.#read("iopub", this.#iopub);
    // After the welcome nothing that is published is missed (Jupyter enhancement proposal 65).
    const welcome = this.#until((channel, { header }) => channel === "iopub" && header.msg_type === "iopub_welcome");
    const info = this.#until((channel, { header }) => channel === "shell" && header.msg_type === "kernel_info_reply");
    await this.#send("shell", "kernel_info_request", {});
    const answered = Promise.race([Promise.all([info.found, welcome.found]), this.#process.died]);
    const [{ content }] = await within(answered, START, `the kernel did not answer within ${START / 1000} s`);
    this.#info = content;
  }

  /** Waits for a message; it is to be forgotten when nobody waits any more. */
  #until(matches: (channel: Channel | "iopub", message: Message, parent: string) => boolean): { found: Promise<Message>; forget: () => void } {
    let forget!: () => void;
    const found = new Promise<Message>((resolve) => {
      const listener = (channel: Channel | "iopub", message: Message, parent: string): void => {
        if (!matches(channel, message, parent)) return;
        forget();
        resolve(message);
      };
      forget = () => this.#listeners.delete(listener);
      this.#listeners.add(listener);
    });
    return { found, forget };
  }

  async #send(channel: Channel, type: string, content: Content, id: string = randomUUID(), metadata: Content = {}): Promise<void> {
    await this.#sockets[channel].send(formatMessage({ identities: [], type, id, parent: undefined, content, metadata }, this.#session, this.#signer));
  }

  async #read(channel: Channel | "iopub", socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const message = parseMessage(frames, this.#signer);
      for (const listener of [...this.#listeners]) listener(channel, message, message.parent);
    }
  }
}

function cellEnd(reply: Content, stopped: CellEnd["stopped"]): CellEnd {
  const status = reply["status"] as CellEnd["status"];
  const executionCount = Number(reply["execution_count"]);
  const { ename, evalue, traceback } = reply as { ename: string; evalue: string; traceback: string[] };
  return {
    status,
    executionCount,
    ...(status === "error" && { error: { ename, evalue, traceback } }),
    ...(stopped !== undefined && { stopped }),
  };
}
