/**
 * The two contracts at which a library meets the kernel: display and host.
 *
 * The kernel knows nothing of any library and no library imports the kernel; a library that wants either contract declares
 * a structural copy of these types and reads `globalThis[Symbol.for("Jupyter.host")]`. The display symbol is Deno's
 * convention, so that libraries written for it work here.
 */

/** A value in several forms, by MIME type. JSON types hold objects, images hold base64 text, text types hold text. */
export type MimeBundle = Record<string, unknown>;

/** Names the method by which a value shows itself: no arguments, returns a MIME bundle or a promise of one. */
export const DISPLAY_SYMBOL: symbol = Symbol.for("Jupyter.display");

/** Names the property of `globalThis` that holds the {@link Host}. */
export const HOST_SYMBOL: symbol = Symbol.for("Jupyter.host");

/** One message that arrived on a comm. */
export interface CommMessage {
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
  readonly buffers: Uint8Array[];
}

/** One end of a two-way connection with the front end. */
export interface HostComm {
  /** The comm's identity on both sides. */
  readonly id: string;
  readonly target: string;
  /** Sends JSON data, with binary buffers and metadata beside it. Synchronous: it is on its way when the call returns. */
  send(data: unknown, buffers?: readonly Uint8Array[], metadata?: Record<string, unknown>): void;
  /** Sets what is called for a message that no `poll` took; it runs between cells and during an `await`. */
  onMessage(handler: (message: CommMessage) => void): void;
  /** Sets what is called when the front end closes the comm. */
  onClose(handler: () => void): void;
  /** Takes the oldest message that waits, if any, even in the middle of a synchronous loop. */
  poll(): CommMessage | undefined;
  /** Closes both ends. Closing twice does nothing. */
  close(data?: unknown): void;
}

/** What a kernel offers to the libraries that run in it. */
export interface Host {
  /** Opens a comm to a target that the front end has registered. */
  comm(target: string, data?: unknown, metadata?: Record<string, unknown>, buffers?: readonly Uint8Array[]): HostComm;
  /** Registers a target that the front end may open a comm to. A later registration takes the place of an earlier one. */
  onComm(target: string, handler: (comm: HostComm, opening: CommMessage) => void): void;
  /**
   * One word over shared memory: 1 from the moment of an interrupt until the interrupted cell has been answered. A library
   * whose native code stops for it throws an error named `InterruptedError`, which is told as the interrupt that it is.
   */
  readonly interruptFlag: Int32Array;
  /**
   * To be called, inside user code, when native code has stopped because of the flag. Where the cell is about to be
   * terminated it does not return: the termination lands here, not at a moment at which the code has ended by itself.
   */
  awaitTermination(): void;
  /**
   * Calls something short that must not be done by half: an interrupt comes before it or after it. It is called at once and
   * must not wait for anything.
   * @returns what it returns
   */
  undisturbed<T>(body: () => T): T;
  /** The running cell's signal: aborted when it is interrupted. Each cell has its own. */
  readonly signal: AbortSignal;
  /** Registers what runs after every cell, however it ended: success, error or interrupt. */
  onCellEnd(callback: () => void): void;
  /**
   * Ties a callback to the cell that runs now: what it prints, shows and throws later, whoever calls it, is that cell's
   * output. Without this, what the handler of a comm prints belongs to the message, which front ends show nowhere.
   */
  bind<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void;
  /** The variables that cells have declared and that have a value by now, the running cell's among them: their names and values. */
  variables(): Record<string, unknown>;
}

/** What `display` returns. */
export interface DisplayHandle {
  readonly id: string;
  /** Shows another value in the same place. */
  update(value: unknown): void;
}
