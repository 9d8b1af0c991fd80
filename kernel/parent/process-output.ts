/**
 * What the sub-processes of cells print, read from pipes that belong to one job each.
 *
 * The child makes them (child/process-output.ts, which says why) and names the folder; here they are opened, and the folder is
 * removed. A pipe lasts as long as any process holds it, which may be longer than the child does.
 */
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { PIPE_NAMES } from "../channel/records.ts";
import type { JobId, Marks, PipesOpen } from "../channel/records.ts";
import { RawOutput } from "./raw-output.ts";

type RawName = (typeof PIPE_NAMES)[number];

/** What becomes of what is read. */
export interface ProcessOutputEvents {
  onText(job: JobId, name: RawName, text: string): void;
  /** Another mark has come by. */
  onMark(): void;
}

export class ProcessOutput {
  readonly #word: string;
  readonly #events: ProcessOutputEvents;
  /** Those that the child still writes marks on, by their numbers. */
  readonly #marked = new Map<number, Record<RawName, RawOutput>>();
  /** Those that somebody holds. */
  readonly #streams = new Set<Socket>();
  #isPaused = false;

  /** @param word The word of this child's marks. */
  constructor(word: string, events: ProcessOutputEvents) {
    this.#word = word;
    this.#events = events;
  }

  /** Opens the pipes of a job. */
  open({ job, pipes, folder }: PipesOpen): void {
    const descriptors: number[] = [];
    try {
      // Without waiting for somebody who writes: whoever did may have ended.
      for (const name of PIPE_NAMES) descriptors.push(openSync(join(folder, name), constants.O_RDONLY | constants.O_NONBLOCK));
    } catch (error) {
      // Somebody has tidied up the folder for temporary files. There is nothing to read, and no mark to wait for.
      process.stderr.write(`nabla kernel: the output of a sub-process cannot be read: ${(error as Error).message}\n`);
      for (const descriptor of descriptors) closeSync(descriptor);
      return;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const [stdout, stderr] = PIPE_NAMES.map((name, index) => {
      const stream = this.#stream(descriptors[index]!);
      return new RawOutput(stream, this.#word, (text) => this.#events.onText(job, name, text), () => this.#events.onMark());
    }) as [RawOutput, RawOutput];
    this.#marked.set(pipes, { stdout, stderr });
    if (this.#isPaused) this.pause();
  }

  /** Whether marks have come by. */
  hasSeen(marks: Marks["pipes"]): boolean {
    const pipes = marks === undefined ? undefined : this.#marked.get(marks.number);
    return marks === undefined || pipes === undefined || (pipes.stdout.seen >= marks.stdout && pipes.stderr.seen >= marks.stderr);
  }

  /** Says that the record which marks belong to has been passed on. */
  release(marks: Marks["pipes"]): void {
    if (marks === undefined) return;
    const pipes = this.#marked.get(marks.number);
    pipes?.stdout.release(marks.stdout);
    pipes?.stderr.release(marks.stderr);
  }

  /** The child writes no more marks on these pipes. */
  forget(pipes: number): void {
    this.#marked.delete(pipes);
  }

  /** The child has ended: no record will come any more that a mark belongs to. */
  releaseAll(): void {
    for (const { stdout, stderr } of this.#marked.values()) {
      stdout.release(Infinity);
      stderr.release(Infinity);
    }
    this.#marked.clear();
  }

  /** Resolves when nobody holds any of the pipes that there are. */
  async ended(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => new Promise((resolve) => stream.once("close", resolve))));
  }

  /** Leaves what is printed in the pipes, which makes who prints wait. */
  pause(): void {
    this.#isPaused = true;
    for (const stream of this.#streams) stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const stream of this.#streams) stream.resume();
  }

  #stream(fd: number): Socket {
    const stream = new Socket({ fd, readable: true, writable: false });
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
    stream.on("error", () => undefined);
    return stream;
  }
}
