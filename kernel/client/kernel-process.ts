/**
 * A kernel that is started the way Jupyter starts one: a connection file with free ports and a key of its own, and the
 * kernelspec's command with the file's name in it ("Making kernels for Jupyter" and "Connection files" in
 * jupyter_client's documentation).
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../wire/connection.ts";

/** How to start a kernel: the part of a kernelspec that matters here. */
export interface KernelCommand {
  /** The program and its arguments; `{connection_file}` stands for the file's name. */
  readonly argv: readonly string[];
  /** Variables on top of ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder that it runs in. */
  readonly cwd: string;
}

/** A kernel that ended when it should not have, or never answered. */
export class KernelEnded extends Error {
  override readonly name = "KernelEnded";
}

/** How long a kernel may take to end when it was asked to. Milliseconds. */
const GRACE = 3000;
/** How much of what it wrote on its own stderr is kept, to say why it ended. Characters. */
const LAST_WORDS = 4000;

/** Ports that nobody listens on, all looked for at once so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export class KernelProcess {
  readonly connection: Connection;
  /** Rejects with KernelEnded when the process ends without `stop`. */
  readonly died: Promise<never>;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #lastWords = "";
  #isStopping = false;

  private constructor(connection: Connection, { argv, env, cwd }: KernelCommand) {
    this.connection = connection;
    this.#folder = mkdtempSync(join(tmpdir(), "nabla-client-"));
    const file = join(this.#folder, "connection.json");
    writeFileSync(file, JSON.stringify({ ...connection, signature_scheme: "hmac-sha256" }), { mode: 0o600 });
    const [program = "", ...args] = argv.map((word) => word.replaceAll("{connection_file}", file));
    this.#process = spawn(program, args, {
      cwd,
      // The kernel ends by itself when we are gone, and what no person has typed is no history.
      env: { ...process.env, NABLA_HISTORY: "off", ...env, JPY_PARENT_PID: String(process.pid) },
      stdio: ["ignore", "ignore", "pipe"],
      // A group of its own: Control-C in a terminal is for us, and we stop the cell.
      detached: true,
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS)));
    let fail!: (error: Error) => void;
    this.died = new Promise((_resolve, reject) => (fail = reject));
    // Whoever waits for something races with it; an end that nobody waits through is no error.
    this.died.catch(() => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        resolve();
        if (!this.#isStopping) fail(new KernelEnded(`the kernel ended ${how}${this.#said()}`));
      };
      this.#process.once("error", (error) => end(`before it began: ${error.message}`));
      this.#process.once("close", (code, signal) => end(signal === null ? `with status ${code}` : `by ${signal}`));
    });
  }

  /** Starts a kernel; whether it answers is another matter. */
  static async start(command: KernelCommand): Promise<KernelProcess> {
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = (await freePorts(5)) as [number, number, number, number, number];
    return new KernelProcess({ transport: "tcp", ip: "127.0.0.1", key: randomUUID(), shell_port, iopub_port, stdin_port, control_port, hb_port }, command);
  }

  /** What the process has written on its own stderr, for an error's text. */
  #said(): string {
    const words = this.#lastWords.trim();
    return words === "" ? "" : `; it said:\n${words}`;
  }

  /**
   * Waits for its end, by force if it takes too long, and removes the connection file.
   * @param ask Asks it to end.
   */
  async stop(ask: () => Promise<void>): Promise<void> {
    this.#isStopping = true;
    const hasEnded = this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined;
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), GRACE);
    if (!hasEnded) await ask();
    await this.#ended;
    clearTimeout(timer);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
