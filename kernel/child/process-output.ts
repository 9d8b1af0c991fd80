/**
 * What the sub-processes of a cell print, on pipes that are the cell's own.
 *
 * A process inherits descriptors, not the knowledge of who has started it: on this process's own descriptors 1 and 2 what
 * one prints in the background could not be told from what the next cell's native code prints. So a sub-process that is to
 * inherit one of them is given a pipe in its place which belongs to the job that starts it. The parent reads these pipes, so
 * that they do not stand still while a cell computes, nor end with this process under one that outlives it. Node has no way
 * to make a pipe here and hand it over; the named pipes of POSIX have a path instead (`mkfifo`), which the parent opens and
 * removes. Where there are none, the descriptors are inherited as they are.
 *
 * Only what does not keep this thread waiting needs it: what `spawnSync` and its like start ends in its cell.
 */
import { ChildProcess, spawnSync } from "node:child_process";
import { errorMonitor } from "node:events";
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PIPE_NAMES } from "../channel/records.ts";
import type { JobId } from "../channel/records.ts";
import type { MainGate } from "./gate.ts";
import type { JobContext } from "./job-context.ts";
import { nap } from "./nap.ts";
import type { JobPipes, RecordWriter } from "./record-writer.ts";

/** How long the end of this process waits for the parent to open pipes that were just made. Milliseconds. */
const OPENING_TIMEOUT = 500;

/** How often it is looked for whether the parent has opened pipes that are not needed any more. Milliseconds. */
const LOOK_AGAIN = 20;

/** Node's own, which the cells' one is put in place of. */
const later = setTimeout;

interface Pipes extends JobPipes {
  readonly folder: string;
  /** Read by nobody; as long as they are open a pipe can be written to before the parent has opened it. */
  readonly keepers: readonly number[];
  /** How many processes have been started with these pipes, and not ended. */
  users: number;
}

/** What `ChildProcess.prototype.spawn` takes; `spawn`, `exec`, `execFile` and `fork` all come by there. */
interface SpawnOptions {
  readonly stdio?: unknown;
}

type Spawn = (this: ChildProcess, options: SpawnOptions) => unknown;

/** What identifies what a descriptor stands for. */
function identity(descriptor: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function close(descriptors: readonly number[]): void {
  for (const descriptor of descriptors) {
    try {
      closeSync(descriptor);
    } catch {
      // User code has closed a descriptor that is not its own.
    }
  }
}

export class ProcessOutput {
  readonly #writer: RecordWriter;
  readonly #jobs: JobContext;
  /** What descriptors 1 and 2 were when this process started: user code may put something else in their place. */
  readonly #own = [1, 2].map(identity);
  readonly #gate: MainGate;
  readonly #open = new Map<JobId, Pipes>();
  /** Those that the parent may not have opened. */
  readonly #fresh = new Set<Pipes>();
  #serial = 0;
  #isPossible = true;

  constructor(writer: RecordWriter, jobs: JobContext, gate: MainGate) {
    this.#writer = writer;
    this.#jobs = jobs;
    this.#gate = gate;
  }

  /** Sees to every sub-process that is started from now on. */
  install(): void {
    // A termination that landed halfway would leave the count of a job's processes wrong.
    const start = (process: ChildProcess, options: SpawnOptions, spawn: Spawn): unknown => this.#gate.masked(() => this.#start(process, options, spawn));
    const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
    const { spawn } = prototype;
    prototype.spawn = function (options) {
      return start(this, options, spawn);
    };
  }

  /** Before this process ends: what was printed on pipes that nobody else holds would be lost if they had not been opened. */
  close(): void {
    const end = performance.now() + OPENING_TIMEOUT;
    for (const pipes of this.#fresh) while (!this.#isOpened(pipes) && performance.now() < end) nap(1);
  }

  #start(process: ChildProcess, options: SpawnOptions, spawn: Spawn): unknown {
    const wanted = this.#inherited(options.stdio);
    const job = this.#jobs.current;
    const pipes = wanted === undefined ? undefined : (this.#open.get(job) ?? this.#create(job));
    if (wanted === undefined || pipes === undefined) return spawn.call(process, options);
    pipes.users++;
    let hasEnded = false;
    const ended = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      this.#gate.callback(() => this.#release(job, pipes));
    };
    // The first listener: when the others hear of the end, all that was printed has its place before what they print.
    process.once("exit", ended);
    process.once(errorMonitor as unknown as "error", () => {
      if (process.pid === undefined) ended();
    });
    try {
      return spawn.call(process, { ...options, stdio: wanted.map((entry) => (entry === 1 ? pipes.stdout : entry === 2 ? pipes.stderr : entry.given)) });
    } catch (error) {
      ended();
      throw error;
    }
  }

  /**
   * Which entries of `stdio` stand for a descriptor of this process that is the kernel's.
   * @returns 1 or 2 for those, what was given for the others; nothing if there are none of the first kind.
   */
  #inherited(stdio: unknown): (1 | 2 | { readonly given: unknown })[] | undefined {
    const entries: unknown[] = stdio === "inherit" ? ["inherit", "inherit", "inherit"] : Array.isArray(stdio) ? stdio : [];
    const found = entries.map((given, index) => {
      const descriptor = given === "inherit" ? index : typeof given === "object" && given !== null && "fd" in given ? given.fd : given;
      return (descriptor === 1 || descriptor === 2) && identity(descriptor) === this.#own[descriptor - 1] ? descriptor : { given };
    });
    return found.some((entry) => typeof entry === "number") ? found : undefined;
  }

  #create(job: JobId): Pipes | undefined {
    if (!this.#isPossible) return undefined;
    const descriptors: number[] = [];
    let folder: string | undefined;
    const open = (path: string, flags: string): number => {
      const descriptor = openSync(path, flags);
      descriptors.push(descriptor);
      return descriptor;
    };
    try {
      folder = mkdtempSync(join(tmpdir(), "nabla-output-"));
      const [stdout, stderr] = PIPE_NAMES.map((name) => join(folder!, name)) as [string, string];
      const { status, error } = spawnSync("mkfifo", [stdout, stderr], { stdio: "ignore" });
      if (error !== undefined && "code" in error && error.code === "ENOENT") this.#isPossible = false;
      if (status !== 0) throw new Error("there is no pipe");
      // Opening for writing alone would wait for a reader, which these are as well.
      const keepers = [stdout, stderr].map((path) => open(path, "r+"));
      const pipes: Pipes = { serial: ++this.#serial, folder, keepers, stdout: open(stdout, "w"), stderr: open(stderr, "w"), users: 0 };
      this.#open.set(job, pipes);
      this.#fresh.add(pipes);
      this.#writer.write({ type: "pipes-open", job, pipes: pipes.serial, folder });
      this.#writer.markAlso(job, pipes);
      return pipes;
    } catch {
      // No such command, no room, no descriptor left.
      close(descriptors);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      return undefined;
    }
  }

  /** A process has ended. With the last one the pipes are closed here; what that has started in turn may hold them still. */
  #release(job: JobId, pipes: Pipes): void {
    if (--pipes.users > 0) return;
    this.#open.delete(job);
    this.#writer.writeAfterOutput({ type: "pipes-close", job, pipes: pipes.serial });
    this.#writer.markAlso(job, undefined);
    close([pipes.stdout, pipes.stderr]);
    this.#letGo(pipes);
  }

  /** Closes what keeps the pipes open for the parent, when it has opened them. */
  #letGo(pipes: Pipes): void {
    if (this.#isOpened(pipes)) close(pipes.keepers);
    else later(() => this.#gate.callback(() => this.#letGo(pipes)), LOOK_AGAIN).unref();
  }

  #isOpened(pipes: Pipes): boolean {
    if (this.#fresh.has(pipes) && !existsSync(pipes.folder)) this.#fresh.delete(pipes);
    return !this.#fresh.has(pipes);
  }
}
