/** A kernel's process: its connection file, its start, its memory with all that it has started, and its end. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Client } from "./client.mjs";

/** How long, in milliseconds, a kernel may take to end before it is killed. */
const SHUTDOWN_GRACE = 3000;

/** @param {number} count @returns {Promise<number[]>} ports that were free a moment ago */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)))));
  const ports = servers.map((server) => /** @type {import("node:net").AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The process and all that it has started, by their parents in /proc. @param {number} root */
function familyOf(root) {
  const children = /** @type {Map<number, number[]>} */ (new Map());
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      // The name stands in parentheses and may hold anything; the state and the parent come behind it.
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const family = [root];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

/** The memory that a process would give back by ending: what it shares is counted in parts. @param {number} pid @returns {number} bytes */
function proportionalBytes(pid) {
  try {
    return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The kernels that run. What a bench that is broken off leaves would make every later figure wrong. @type {Set<KernelProcess>} */
const running = new Set();
process.on("exit", () => running.forEach((kernel) => kernel.kill()));
for (const [signal, code] of /** @type {const} */ ([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]])) process.on(signal, () => process.exit(code));

export class KernelProcess {
  #child;
  #folder;
  /** When it was started, in milliseconds of `performance.now()`. */
  startedAt;
  /** When it first answered. */
  readyAt = NaN;
  client;

  /** @param {import("./contenders.mjs").Contender} contender @param {import("./client.mjs").Connection} connection */
  constructor(contender, connection) {
    this.contender = contender;
    this.#folder = mkdtempSync(path.join(tmpdir(), "nabla-bench-kernel-"));
    const file = path.join(this.#folder, "connection.json");
    writeFileSync(file, JSON.stringify(connection));
    const [program, ...args] = contender.command(file);
    this.startedAt = performance.now();
    this.#child = spawn(program, args, { stdio: "ignore", cwd: this.#folder, env: { ...process.env, ...contender.env }, detached: true });
    this.#child.on("error", () => {});
    running.add(this);
    /** Resolves when the process has ended. @type {Promise<void>} */
    this.ended = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    this.client = new Client(connection);
  }

  /** Starts a kernel and waits until it answers. @param {import("./contenders.mjs").Contender} contender */
  static async start(contender) {
    const [shell_port, control_port, stdin_port, iopub_port, hb_port] = await freePorts(5);
    const connection = { transport: "tcp", ip: "127.0.0.1", key: randomUUID(), signature_scheme: "hmac-sha256", shell_port, control_port, stdin_port, iopub_port, hb_port };
    const kernel = new KernelProcess(contender, connection);
    kernel.readyAt = await kernel.client.ready();
    return kernel;
  }

  /** Presses the stop button, as the kernel's own kernelspec asks a front end to do. @returns {Promise<number>} when */
  async interrupt() {
    const at = performance.now();
    if (this.contender.interruptMode === "message") await this.client.send("control", "interrupt_request", {});
    else process.kill(-(/** @type {number} */ (this.#child.pid)), "SIGINT");
    return at;
  }

  /** The memory of all its processes in bytes. */
  get memory() {
    return familyOf(/** @type {number} */ (this.#child.pid)).reduce((sum, pid) => sum + proportionalBytes(pid), 0);
  }

  /** Ends it with all that it has started, whatever it does. */
  kill() {
    running.delete(this);
    // What has left its process group is found by its parent.
    for (const pid of familyOf(/** @type {number} */ (this.#child.pid)).reverse()) {
      for (const target of [-pid, pid]) {
        try {
          process.kill(target, "SIGKILL");
        } catch {
          // Nothing of it is left.
        }
      }
    }
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.client.send("control", "shutdown_request", { restart: false });
      const timer = setTimeout(() => this.kill(), SHUTDOWN_GRACE);
      await this.ended;
      clearTimeout(timer);
    }
    this.kill();
    this.client.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
