/** `display`, `clearOutput` and the value of a cell. */
import { randomUUID } from "node:crypto";
import type { DisplayRecord, JobId } from "../channel/records.ts";
import type { DisplayHandle, MimeBundle } from "../contracts.ts";
import { displayBundle } from "../display/bundle.ts";
import type { Frames, Outcome } from "./frames.ts";
import type { JobContext } from "./job-context.ts";
import type { RecordWriter } from "./record-writer.ts";
import type { ReportFailure } from "./callbacks.ts";

export class Displays {
  readonly #writer: RecordWriter;
  readonly #frames: Frames;
  readonly #jobs: JobContext;
  readonly #report: ReportFailure;
  readonly #pending = new Set<Promise<void>>();
  readonly #handles = new WeakSet<DisplayHandle>();

  /** @param report Called when a value that needed time could not be shown. */
  constructor(writer: RecordWriter, frames: Frames, jobs: JobContext, report: ReportFailure) {
    this.#writer = writer;
    this.#frames = frames;
    this.#jobs = jobs;
    this.#report = report;
  }

  /** The forms of a value; may call its display method, which is user code that needs a frame. */
  bundle(job: JobId, value: unknown): Outcome<MimeBundle | Promise<MimeBundle>> {
    // A primitive has no method of its own: no frame is entered for it.
    const isPrimitive = (typeof value !== "object" && typeof value !== "function") || value === null;
    return isPrimitive ? { kind: "value", value: displayBundle(value) } : this.#frames.enter(job, () => displayBundle(value));
  }

  /**
   * Shows a value in the middle of a cell.
   * @param options `id` names the display; with `update: true` the value takes the place of what was shown under that name
   *   (both as in IPython's `display`).
   */
  readonly display = (value: unknown, options: { readonly id?: string; readonly update?: boolean } = {}): DisplayHandle => {
    const id = options.id ?? randomUUID();
    this.#show(options.update === true ? "update_display_data" : "display_data", value, id);
    const handle = { id, update: (next: unknown) => this.#show("update_display_data", next, id) };
    this.#handles.add(handle);
    return handle;
  };

  /** Whether a value is what `display` returned: a cell that ends with a display has shown what it has to show. */
  isHandle(value: unknown): boolean {
    return this.#handles.has(value as DisplayHandle);
  }

  /**
   * Clears the output of the cell.
   * @param options `wait: true` clears when the next output comes, so that the page does not jump.
   */
  readonly clearOutput = (options: { readonly wait?: boolean } = {}): void => {
    this.#writer.write({ type: "clear", job: this.#jobs.current, wait: options.wait === true });
  };

  /** Sends the value of a cell. @param isFollowed Whether the cell's reply is about to be sent. */
  result(job: JobId, data: MimeBundle, isFollowed: boolean): void {
    this.#writer.writeLast({ type: "display", job, kind: "execute_result", data, metadata: {} }, isFollowed);
  }

  /** Settles when every display whose value needed time has been sent; at once if none waits. */
  pending(): undefined | Promise<undefined> {
    return this.#pending.size === 0 ? undefined : Promise.all(this.#pending).then(() => undefined);
  }

  #show(kind: DisplayRecord["kind"], value: unknown, id: string): void {
    const job = this.#jobs.current;
    const send = (data: MimeBundle): void => this.#writer.writeAfterOutput({ type: "display", job, kind, data, metadata: {}, id });
    const bundle = displayBundle(value);
    if (!(bundle instanceof Promise)) return send(bundle);
    const shown: Promise<void> = bundle
      .then(send)
      .catch((error: unknown) => this.#report(job, { kind: "error", error }))
      .finally(() => this.#pending.delete(shown));
    this.#pending.add(shown);
  }
}
