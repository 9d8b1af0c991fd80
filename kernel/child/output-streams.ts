/** `process.stdout`, `process.stderr` and `console` of the child: text goes to the record writer, in the order of the calls. */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { formatConsole } from "../display/bundle.ts";
import type { JobContext } from "./job-context.ts";
import type { RecordWriter } from "./record-writer.ts";

type StreamName = "stdout" | "stderr";

/** A console whose arguments are shown as values are shown in a notebook; its indentation and tables are Node's. */
class NotebookConsole extends Console {
  override log(...args: unknown[]): void {
    super.log("%s", formatConsole(args));
  }
  override info(...args: unknown[]): void {
    super.log("%s", formatConsole(args));
  }
  override debug(...args: unknown[]): void {
    super.log("%s", formatConsole(args));
  }
  override warn(...args: unknown[]): void {
    super.warn("%s", formatConsole(args));
  }
  override error(...args: unknown[]): void {
    super.warn("%s", formatConsole(args));
  }
}

/** Puts them in place. */
export function installOutputStreams(writer: RecordWriter, jobs: JobContext): void {
  const streamOf = (name: StreamName, descriptor: number): Writable => {
    const stream = new Writable();
    // Whoever pipes bytes here may cut them in the middle of a character.
    const decoder = new StringDecoder("utf8");
    // Written at once instead of through the stream's own queue, which would wait for the event loop.
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
      writer.write({ type: "stream", job: jobs.current, name, text });
      const done = typeof encoding === "function" ? encoding : callback;
      if (typeof done === "function") process.nextTick(done);
      return true;
    }) as typeof stream.write;
    return Object.assign(stream, { fd: descriptor, isTTY: false });
  };
  const stdout = streamOf("stdout", 1);
  const stderr = streamOf("stderr", 2);
  for (const [name, value] of Object.entries({ stdout, stderr })) {
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => value });
  }
  const notebook = new NotebookConsole({ stdout, stderr, ignoreErrors: false });
  // Node's own object stays, with its inspector methods, so that references taken earlier print here as well.
  for (const name of Object.keys(console) as (keyof Console)[]) {
    const method = notebook[name] as unknown;
    if (typeof method === "function") Object.assign(console, { [name]: (method as () => void).bind(notebook) });
  }
}
