/**
 * Completes the bundle of a chart with what other readers of the notebook need: a PNG and a text.
 *
 * With `image/png` in the bundle JupyterLab draws a chart once instead of three times and leaves the saved file alone, and
 * front ends without Vega, GitHub and nbconvert have something to show. `text/html` would outrank the chart and is dropped.
 */
import { Worker } from "node:worker_threads";
import type { MimeBundle } from "../contracts.ts";
import { VEGA, VEGA_LITE } from "../display/mime.ts";
import type { DrawReply, DrawRequest } from "./worker.ts";

/** A chart that takes longer goes without its picture, so that what waits behind it is not held up for ever. */
const LONGEST_MS = 20_000;
/** The picture's pixels for one of the chart's, as `drawing.ts` draws it; not imported, since it brings all of Vega. */
const SCALE = 2;

interface Waiting {
  readonly resolve: (reply: DrawReply) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Draws the pictures of charts in a worker thread, which is started by the first chart. */
export class ChartPictures {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #last = 0;

  /**
   * A chart's bundle with its picture and text; any other bundle as it is.
   * A chart that cannot be drawn becomes a text with the reason, since front ends would show an error of their own.
   * @throws Error when the worker failed or took too long; the chart itself may be sound.
   */
  async complete(bundle: MimeBundle): Promise<MimeBundle> {
    const mime = [VEGA_LITE, VEGA].find((each) => each in bundle);
    if (mime === undefined) return bundle;
    const { "text/html": _html, ...chart } = bundle;
    const text = chart["text/plain"] ?? summary(chart[mime]);
    if ("image/png" in chart) return { ...chart, "text/plain": text };
    const reply = await this.#draw(mime, chart[mime]);
    if ("invalid" in reply) return { "text/plain": `InvalidChart: ${reply.invalid}` };
    return { ...chart, "image/png": Buffer.from(reply.png).toString("base64"), "text/plain": text };
  }

  /** Ends the worker. Charts that still wait are rejected. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#abandon(new Error("the kernel is closing"));
    await worker?.terminate();
  }

  #draw(mime: string, spec: unknown): Promise<DrawReply> {
    const worker = this.#start();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // What keeps it busy would keep every later chart waiting: they get a new one.
        this.#abandon(new Error(`a chart took longer than ${LONGEST_MS / 1000} s to draw`));
        void worker.terminate();
      }, LONGEST_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ id, mime, spec } satisfies DrawRequest);
    });
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
    this.#worker = worker;
    // A chart that waits keeps the process alive by its timer; an idle worker does not.
    worker.unref();
    worker.on("message", (reply: DrawReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      clearTimeout(waiting?.timer);
      waiting?.resolve(reply);
    });
    worker.on("error", (error) => this.#worker === worker && this.#abandon(error));
    worker.on("exit", () => this.#worker === worker && this.#abandon(new Error("the worker that draws charts ended")));
    return worker;
  }

  #abandon(error: Error): void {
    this.#worker = undefined;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

/** What a notebook's file says of a picture beside its bytes. */
export interface PictureMetadata {
  /** In the chart's own pixels, without which nbconvert shows the picture twice as large. */
  width: number;
  height: number;
  /** What it shows, for who cannot see it; nbconvert's classic template writes it into the page. */
  alt: string;
}

/** Output metadata for a chart's picture. Empty for a bundle without a PNG or without a chart. */
export function pictureMetadata(bundle: MimeBundle): Record<string, PictureMetadata> {
  const png = bundle["image/png"];
  const mime = [VEGA_LITE, VEGA].find((each) => each in bundle);
  if (typeof png !== "string" || mime === undefined) return {};
  const header = Buffer.from(png.slice(0, 44), "base64");
  if (header.length < 24) return {}; // a cell's own bundle may hold anything
  // PNG, section 11.2.1: the size is in the first chunk, behind a signature of 8 bytes and 8 of chunk header.
  const [width, height] = [header.readUInt32BE(16) / SCALE, header.readUInt32BE(20) / SCALE];
  return { "image/png": { width, height, alt: summary(bundle[mime]) } };
}

/** A chart in one line, for who can see neither chart nor picture. */
function summary(spec: unknown): string {
  if (typeof spec !== "object" || spec === null) return "[chart]";
  const { description, title, mark } = spec as { description?: unknown; title?: unknown; mark?: unknown };
  const heading = typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  if (typeof description === "string") return description;
  const kind = typeof mark === "object" && mark !== null ? (mark as { type?: unknown }).type : mark;
  return `[${typeof kind === "string" ? `${kind} chart` : "chart"}${typeof heading === "string" ? `: ${heading}` : ""}]`;
}
