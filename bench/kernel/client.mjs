/**
 * A front end reduced to its sockets: it signs, sends, and notes when each answer arrives. It checks no signature and parses
 * no more than it must, so that what it measures is the kernel.
 */
import { createHmac, randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Dealer, Subscriber } from "zeromq";

/** @typedef {{transport: string, ip: string, key: string, signature_scheme: string, shell_port: number, control_port: number, stdin_port: number, iopub_port: number, hb_port: number}} Connection */
/** @typedef {{type: string, content: any, at: number}} Arrival */

const DELIMITER = Buffer.from("<IDS|MSG>");

/** How long, in milliseconds, libzmq waits before it tries a port again at which nobody listens yet. */
const RECONNECT_AFTER = 5;

/** A request that did not come to its end in time. */
export class NoAnswer extends Error {
  /** @param {string} type @param {number} timeout */
  constructor(type, timeout) {
    super(`no answer to ${type} in ${timeout / 1000} s`);
    this.name = "NoAnswer";
  }
}

/** One request and everything that came back for it; times are of `performance.now()`. */
export class Exchange {
  /** @type {any} */
  reply;
  replyAt = NaN;
  idleAt = NaN;
  /** @type {Arrival[]} what was published for it, status messages left out */
  outputs = [];
  #listeners = /** @type {Set<() => void>} */ (new Set());

  /** @param {string} type @param {number} sentAt */
  constructor(type, sentAt) {
    this.type = type;
    this.sentAt = sentAt;
  }

  /** Milliseconds until both the reply and the word that the kernel is idle again were there. */
  get milliseconds() {
    return Math.max(this.replyAt, this.idleAt) - this.sentAt;
  }

  /** What was printed so far. */
  get printed() {
    return this.outputs.filter(({ type }) => type === "stream").map(({ content }) => content.text).join("");
  }

  /** @param {boolean} fromShell @param {string} type @param {() => any} content @param {number} at */
  take(fromShell, type, content, at) {
    if (fromShell) {
      this.reply = content();
      this.replyAt = at;
    } else if (type === "status") {
      if (content().execution_state === "idle") this.idleAt = at;
    } else {
      this.outputs.push({ type, content: content(), at });
    }
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Waits for something to be true of this exchange.
   * @param {() => boolean} holds @param {number} timeout milliseconds
   * @throws {NoAnswer}
   */
  async until(holds, timeout) {
    if (holds()) return;
    await /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
      const listener = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(listener);
        reject(new NoAnswer(this.type, timeout));
      }, timeout);
      this.#listeners.add(listener);
    }));
  }

  /** Waits for the reply and for idle. @param {number} [timeout] */
  async finished(timeout = 10_000) {
    await this.until(() => !Number.isNaN(this.replyAt) && !Number.isNaN(this.idleAt), timeout);
    return this;
  }
}

export class Client {
  #key;
  #session = randomUUID();
  #sockets;
  #iopub = new Subscriber();
  /** @type {Map<string, Exchange>} */
  #open = new Map();

  /** @param {Connection} connection */
  constructor(connection) {
    this.#key = connection.key;
    const routingId = randomUUID();
    this.#sockets = { shell: new Dealer({ routingId }), control: new Dealer({ routingId }) };
    this.#iopub.receiveHighWaterMark = 0;
    const at = (/** @type {number} */ port) => `${connection.transport}://${connection.ip}:${port}`;
    for (const socket of [this.#sockets.shell, this.#sockets.control, this.#iopub]) {
      socket.linger = 0;
      socket.reconnectInterval = RECONNECT_AFTER;
    }
    this.#sockets.shell.connect(at(connection.shell_port));
    this.#sockets.control.connect(at(connection.control_port));
    this.#iopub.connect(at(connection.iopub_port));
    this.#iopub.subscribe();
    void this.#read(this.#sockets.shell, true);
    void this.#read(this.#sockets.control, true);
    void this.#read(this.#iopub, false);
  }

  /**
   * Sends a request.
   * @param {"shell" | "control"} channel @param {string} type @param {object} content
   * @returns {Promise<Exchange>} at once; its answers come later
   */
  async send(channel, type, content) {
    const header = { msg_id: randomUUID(), msg_type: type, session: this.#session, username: "bench", date: new Date().toISOString(), version: "5.3" };
    const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    const frames = [DELIMITER, hmac.digest("hex"), ...parts];
    const exchange = new Exchange(type, performance.now());
    this.#open.set(header.msg_id, exchange);
    await this.#sockets[channel].send(frames);
    return exchange;
  }

  /** Sends a request and waits for its end. @param {string} type @param {object} content @param {number} [timeout] */
  async ask(type, content, timeout) {
    return await (await this.send("shell", type, content)).finished(timeout);
  }

  /** Sends a cell. @param {string} code */
  start(code) {
    return this.send("shell", "execute_request", { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true });
  }

  /** Runs a cell to its end. @param {string} code @param {number} [timeout] */
  async run(code, timeout) {
    return await (await this.start(code)).finished(timeout);
  }

  /** Runs a cell that is expected to succeed. @param {string} code @param {number} [timeout] */
  async mustRun(code, timeout) {
    const exchange = await this.run(code, timeout);
    if (exchange.reply.status !== "ok") throw new Error(`the cell ${JSON.stringify(code.slice(0, 80))} failed: ${JSON.stringify(exchange.reply).slice(0, 500)}`);
    return exchange;
  }

  /**
   * Waits for a fresh kernel, which may not listen yet, and until what it publishes arrives.
   * @returns {Promise<number>} when it answered first
   */
  async ready() {
    const first = await this.send("shell", "kernel_info_request", {});
    await first.until(() => !Number.isNaN(first.replyAt), 30_000);
    for (let exchange = first; ; exchange = await this.send("shell", "kernel_info_request", {})) {
      try {
        await exchange.finished(200);
        return first.replyAt;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
    }
  }

  close() {
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
  }

  /** @param {AsyncIterable<Buffer[]>} socket @param {boolean} isReply */
  async #read(socket, isReply) {
    for await (const frames of socket) {
      const at = performance.now();
      const start = frames.findIndex((frame) => frame.equals(DELIMITER));
      const parent = JSON.parse(frames[start + 3].toString()).msg_id;
      const exchange = this.#open.get(parent);
      if (exchange === undefined) continue;
      const type = JSON.parse(frames[start + 2].toString()).msg_type;
      exchange.take(isReply, type, () => JSON.parse(frames[start + 5].toString()), at);
    }
  }
}
