/**
 * A notebook that is none: the kernel's side of the host contract with everything that a view says written down, and a page
 * that answers by hand.
 */
import type { CommMessage, NotebookComm } from "../../../src/host.ts";
import type { FromLibrary, FromPage } from "../../../src/view/wire.ts";

export interface Shown {
  readonly id: string | undefined;
  readonly isUpdate: boolean;
  readonly bundle: Record<string, unknown>;
}

export class Notebook {
  readonly shown: Shown[] = [];
  readonly said: FromLibrary<any>[] = [];
  readonly opened: { target: string; data: unknown }[] = [];
  readonly buffers: (readonly Uint8Array[] | undefined)[] = [];
  #handler: ((message: CommMessage) => void) | undefined;
  #closed: (() => void) | undefined;
  #cellEnded: (() => void)[] = [];
  /** For the newest comm. */
  readonly #mail: CommMessage[] = [];
  #comms = 0;
  closes = 0;

  /** Puts it where the library looks for its notebook. */
  install(): void {
    const host = {
      comm: (target: string, data: unknown): NotebookComm => {
        this.opened.push({ target, data });
        const serial = ++this.#comms;
        return {
          id: String(this.opened.length),
          send: (message, buffers) => {
            // What cannot be written as JSON would be lost on a real wire.
            this.said.push(JSON.parse(JSON.stringify(message)) as FromLibrary);
            this.buffers.push(buffers);
          },
          onMessage: (handler) => void (this.#handler = handler),
          onClose: (handler) => void (this.#closed = handler),
          poll: () => (serial === this.#comms ? this.#mail.shift() : undefined),
          close: () => void (this.closes += 1),
        };
      },
      onCellEnd: (callback: () => void) => void this.#cellEnded.push(callback),
    };
    const show = (value: unknown, options: { id?: string; update?: boolean } = {}) => {
      const draw = (each: unknown, isUpdate: boolean): void => {
        const bundle = (each as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
        this.shown.push({ id: options.id, isUpdate, bundle });
      };
      draw(value, options.update === true);
      return { update: (next: unknown) => draw(next, true) };
    };
    Object.assign(globalThis, { [Symbol.for("Jupyter.host")]: host, display: show });
  }

  /** The page says something, which is heard when the event loop turns. */
  says(message: FromPage): void {
    this.#handler?.({ data: message });
  }
  /** The page says something, which waits until somebody polls. */
  writes(message: FromPage): void {
    this.#mail.push({ data: message });
  }
  /** The page closes the comm. */
  closesComm(): void {
    this.#closed?.();
  }
  endCell(): void {
    for (const callback of this.#cellEnded) callback();
  }
}
