/**
 * A front end for tests: real zeromq sockets, a connection file and a kernel process, with a vocabulary in which a test
 * reads as a dialogue. Its signing and framing are written from the specification, not taken from the kernel.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { curveKeyPair, Dealer, Request, Router, Subscriber } from "zeromq";

export type Json = Record<string, any>;

export interface Received {
  readonly channel: Channel | "iopub";
  readonly type: string;
  /** The `msg_id` of the request that this message belongs to; empty for none. */
  readonly parent: string;
  readonly header: Json;
  readonly metadata: Json;
  readonly content: Json;
  readonly buffers: Buffer[];
  /** When it arrived, in milliseconds of `performance.now()`. */
  readonly at: number;
}

export type Channel = "shell" | "control" | "stdin";

/** What became of a cell. */
export interface CellResult {
  readonly reply: Json;
  /** Everything on iopub for this cell, from busy to idle. */
  readonly published: Received[];
  readonly stdout: string;
  readonly stderr: string;
  /** The text form of its value, if it has one. */
  readonly value: string | undefined;
}

/** A cell that has been sent. */
export interface RunningCell {
  readonly id: string;
  readonly finished: Promise<CellResult>;
}

const KERNEL = fileURLToPath(new URL("../../dist/kernel/main.js", import.meta.url));

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export interface FrontendOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** The Node that runs the kernel. */
  readonly node?: string;
  /** Everything on the wire is encrypted with CurveZMQ. */
  readonly encrypted?: boolean;
  /** The kernel chooses its ports and reports them. */
  readonly registers?: boolean;
}

export class Frontend {
  /** Every message that has arrived on any channel, in the order of arrival. */
  readonly received: Received[] = [];
  readonly kernel: ChildProcess;
  readonly key = randomUUID();
  /** What the kernel's process has written on its own stderr. */
  log = "";
  readonly #folder: string;
  readonly #session = randomUUID();
  readonly #sockets: Record<Channel, Dealer>;
  readonly #iopub = new Subscriber();
  /** What the kernel was told, and the ports that it reported. */
  readonly #connection: Json;
  readonly #listeners = new Set<() => void>();

  private constructor(connection: Json, options: FrontendOptions) {
    const keys = options.encrypted === true ? curveKeyPair() : undefined;
    this.#connection = { ...connection, key: this.key, ...(keys && { curve_publickey: keys.publicKey, curve_secretkey: keys.secretKey }) };
    this.#folder = mkdtempSync(join(tmpdir(), "nabla-kernel-test-"));
    const file = join(this.#folder, "connection.json");
    writeFileSync(file, JSON.stringify(this.#connection));
    this.kernel = spawn(options.node ?? process.execPath, [KERNEL, "--connection-file", file], {
      stdio: ["ignore", "inherit", "pipe"],
      cwd: options.cwd ?? this.#folder,
      // As Jupyter does: a kernel whose front end is gone ends by itself.
      env: { ...process.env, JPY_PARENT_PID: String(process.pid), NABLA_HISTORY: join(this.#folder, "history"), ...options.env },
    });
    this.kernel.stderr!.on("data", (chunk) => (this.log += String(chunk)));
    const routingId = randomUUID();
    this.#sockets = { shell: new Dealer({ routingId }), control: new Dealer({ routingId }), stdin: new Dealer({ routingId }) };
    this.#iopub.receiveHighWaterMark = 0;
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: FrontendOptions = {}): Promise<Frontend> {
    const connection = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256" };
    if (options.registers === true) return await Frontend.#startRegistered(connection, options);
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
    const frontend = new Frontend({ ...connection, shell_port, iopub_port, stdin_port, control_port, hb_port }, options);
    await frontend.#connect();
    return frontend;
  }

  /** Starts a kernel as a launcher that follows Jupyter enhancement proposal 66. */
  static async #startRegistered(connection: Json, options: FrontendOptions): Promise<Frontend> {
    const socket = new Router({ linger: 1000 });
    await socket.bind("tcp://127.0.0.1:*");
    const registration_port = Number(/\d+$/.exec(socket.lastEndpoint ?? "")![0]);
    const frontend = new Frontend({ ...connection, registration_ip: "127.0.0.1", registration_port, kernel_id: "k-1" }, options);
    const sign = (content: Uint8Array): string => createHmac("sha256", frontend.key).update(content).digest("hex");
    const [identity, , signature, content] = (await socket.receive()) as [Buffer, Buffer, Buffer, Buffer];
    if (sign(content) !== signature.toString()) throw new Error("the kernel registered with a wrong signature");
    Object.assign(frontend.#connection, JSON.parse(content.toString()));
    await socket.send([identity, "<IDS|MSG>", sign(Buffer.from("ACK")), "ACK"]);
    socket.close();
    await frontend.#connect();
    return frontend;
  }

  /** The folder in which the connection file lies. */
  get folder(): string {
    return this.#folder;
  }

  /** What a client needs to know to connect. */
  get connection(): Readonly<Json> {
    return this.#connection;
  }

  /** Sends a request. @returns Its `msg_id`. */
  async send(channel: Channel, type: string, content: Json, extra: { metadata?: Json; buffers?: Uint8Array[]; key?: string } = {}): Promise<string> {
    const header = { msg_id: randomUUID(), msg_type: type, session: this.#session, username: "test", date: new Date().toISOString(), version: "5.4" };
    const parts = [header, {}, extra.metadata ?? {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    const hmac = createHmac("sha256", extra.key ?? this.key);
    for (const part of parts) hmac.update(part);
    await this.#sockets[channel].send(["<IDS|MSG>", hmac.digest("hex"), ...parts, ...(extra.buffers ?? [])]);
    return header.msg_id;
  }

  /** Waits for a message, from those that have arrived on. */
  async until(matches: (message: Received) => boolean, timeout = 20_000): Promise<Received> {
    let seen = 0;
    const find = (): Received | undefined => {
      while (seen < this.received.length) {
        const message = this.received[seen++]!;
        if (matches(message)) return message;
      }
      return undefined;
    };
    const found = find();
    if (found !== undefined) return found;
    return await new Promise((resolve, reject) => {
      const listener = (): void => {
        const message = find();
        if (message === undefined) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(message);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(listener);
        const last = this.received.slice(-5).map(({ type, content }) => `${type} ${JSON.stringify(content).slice(0, 300)}`);
        reject(new Error(`no such message within ${timeout} ms; the last ones were:\n${last.join("\n")}\nkernel's log: ${this.log}`));
      }, timeout);
      this.#listeners.add(listener);
    });
  }

  /** Sends a request and waits for its reply. */
  async ask(channel: Channel, type: string, content: Json = {}, timeout?: number): Promise<Received> {
    const id = await this.send(channel, type, content);
    return await this.replyTo(id, timeout);
  }

  replyTo(id: string, timeout?: number): Promise<Received> {
    return this.until((message) => message.parent === id && message.channel !== "iopub" && message.type.endsWith("_reply"), timeout);
  }

  idleAfter(id: string, timeout?: number): Promise<Received> {
    return this.until((message) => message.parent === id && message.type === "status" && message.content["execution_state"] === "idle", timeout);
  }

  /** The messages on iopub for a request, status messages left out. */
  outputsOf(id: string): Received[] {
    return this.received.filter((message) => message.channel === "iopub" && message.parent === id && message.type !== "status");
  }

  /** Sends a cell and does not wait for it. */
  async run(code: string, content: Json = {}, metadata: Json = {}, timeout?: number): Promise<RunningCell> {
    const id = await this.send("shell", "execute_request", { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true, ...content }, { metadata });
    const finished = Promise.all([this.replyTo(id, timeout), this.idleAfter(id, timeout)]).then(([{ content: reply }]) => this.#result(id, reply));
    // A test that does not look at the end of a cell is not to be failed by it.
    finished.catch(() => undefined);
    return { id, finished };
  }

  /** Runs a cell to its end. */
  async execute(code: string, content: Json = {}, timeout?: number): Promise<CellResult> {
    const cell = await this.run(code, content, {}, timeout);
    return await cell.finished;
  }

  /** The text form of the value of a cell that is expected to succeed. */
  async evaluate(code: string): Promise<string | undefined> {
    const { reply, value } = await this.execute(code);
    if (reply["status"] !== "ok") throw new Error(`${code}: ${JSON.stringify(reply)}`);
    return value;
  }

  /** Waits until a cell has printed a text. */
  async printed(cell: RunningCell, text: string): Promise<void> {
    let all = "";
    await this.until((message) => {
      if (message.parent === cell.id && message.type === "stream") all += message.content["text"];
      return all.includes(text);
    });
  }

  /** Presses the stop button. @returns When, in milliseconds of `performance.now()`. */
  async interrupt(): Promise<number> {
    const at = performance.now();
    await this.send("control", "interrupt_request", {});
    return at;
  }

  /** Asks on the heartbeat channel. */
  async heartbeat(beat: string): Promise<string> {
    const socket = new Request({ linger: 0, receiveTimeout: 5000 });
    this.#encrypt(socket);
    socket.connect(this.#endpoint("hb_port"));
    await socket.send(beat);
    const [answer] = await socket.receive();
    socket.close();
    return String(answer);
  }

  /** Shuts the kernel down, and makes sure of it. */
  async stop(): Promise<void> {
    if (this.kernel.exitCode === null && this.kernel.signalCode === null) {
      const ended = new Promise((resolve) => this.kernel.once("exit", resolve));
      await this.send("control", "shutdown_request", { restart: false });
      const timer = setTimeout(() => this.kernel.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #connect(): Promise<void> {
    for (const channel of ["shell", "control", "stdin"] as const) {
      const socket = this.#sockets[channel];
      socket.linger = 0;
      socket.reconnectInterval = 10;
      this.#encrypt(socket);
      socket.connect(this.#endpoint(`${channel}_port`));
      void this.#read(channel, socket);
    }
    this.#iopub.linger = 0;
    this.#iopub.reconnectInterval = 10;
    this.#encrypt(this.#iopub);
    this.#iopub.connect(this.#endpoint("iopub_port"));
    this.#iopub.subscribe();
    void this.#read("iopub", this.#iopub);
    await this.until((message) => message.type === "iopub_welcome");
    await this.ask("shell", "kernel_info_request");
  }

  #encrypt(socket: Dealer | Request | Subscriber): void {
    const { curve_publickey, curve_secretkey } = this.#connection;
    if (curve_publickey === undefined) return;
    socket.curveServerKey = curve_publickey;
    socket.curvePublicKey = curve_publickey;
    socket.curveSecretKey = curve_secretkey;
  }

  /** Where a channel can be connected to. */
  address(channel: Channel | "iopub" | "hb"): string {
    return this.#endpoint(`${channel}_port`);
  }

  #endpoint(port: string): string {
    return `tcp://127.0.0.1:${this.#connection[port]}`;
  }

  async #read(channel: Channel | "iopub", socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => frame.toString() === "<IDS|MSG>");
      const [signature, ...parts] = frames.slice(start + 1, start + 6) as [Buffer, Buffer, Buffer, Buffer, Buffer];
      const hmac = createHmac("sha256", this.key);
      for (const part of parts) hmac.update(part);
      if (hmac.digest("hex") !== signature.toString()) throw new Error("the kernel sent a message with a wrong signature");
      const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as Json) as [Json, Json, Json, Json];
      this.received.push({
        channel,
        type: header["msg_type"],
        parent: parent["msg_id"] ?? "",
        header,
        metadata,
        content,
        buffers: frames.slice(start + 6),
        at: performance.now(),
      });
      for (const listener of [...this.#listeners]) listener();
    }
  }

  #result(id: string, reply: Json): CellResult {
    const published = this.received.filter((message) => message.channel === "iopub" && message.parent === id);
    const printed = (name: string): string =>
      published
        .filter(({ type, content }) => type === "stream" && content["name"] === name)
        .map(({ content }) => content["text"])
        .join("");
    const result = published.find(({ type }) => type === "execute_result");
    return { reply, published, stdout: printed("stdout"), stderr: printed("stderr"), value: result?.content["data"]["text/plain"] };
  }
}
