/**
 * The notebook around the library, if there is one. A kernel offers two things to whatever runs in it (it knows no tensor,
 * and the library knows no kernel): `globalThis[Symbol.for("Jupyter.host")]`, and a global `display`. In plain Node both
 * are absent and everything here falls back to text.
 */
import { stopObserving } from "./tensor/call-observer.ts";
import { withoutWantedDevice } from "./tensor/device.ts";
import { setGradEnabled } from "./tensor/grad-mode.ts";
import { setAwaitTermination } from "./tensor/interruption.ts";
import { throwLate } from "./tensor/late-errors.ts";
import { setAutocast } from "./tensor/matmul-precision.ts";
import { native } from "./tensor/native.ts";

/** What the library uses of the kernel's side of the contract. */
export interface NotebookHost {
  /** Shared memory, not 0 while the learner wants the cell to stop; native loops read it. */
  readonly interruptFlag?: Int32Array;
  /**
   * Called when native code has stopped because of the flag: waits for the termination of the cell, which then lands here.
   * Returns at once where none is to come.
   */
  awaitTermination?(): void;
  /** Calls something short that an interrupt is not to leave half done. */
  undisturbed?<T>(body: () => T): T;
  /** Aborted when the running cell is interrupted. */
  readonly signal?: AbortSignal;
  /** Calls back after each cell, however it ended. */
  onCellEnd?(callback: () => void): void;
  /** Opens a comm to a target of the page's. */
  comm?(target: string, data?: unknown, metadata?: Record<string, unknown>): NotebookComm;
  /** Registers a target that the page may open a comm to. */
  onComm?(target: string, handler: (comm: NotebookComm) => void): void;
  /** Ties a callback to the running cell: what it prints and throws later is that cell's output. */
  bind?<Args extends unknown[]>(callback: (...args: Args) => void): (...args: Args) => void;
  /** The variables that cells have declared, by name. */
  variables?(): Record<string, unknown>;
}

/** One message of the page's. */
export interface CommMessage {
  readonly data: unknown;
}

/** A two-way connection with the page. */
export interface NotebookComm {
  readonly id: string;
  send(data: unknown, buffers?: readonly Uint8Array[]): void;
  onMessage(handler: (message: CommMessage) => void): void;
  onClose(handler: () => void): void;
  /** The oldest message that waits, if any, even in the middle of a synchronous loop. */
  poll(): CommMessage | undefined;
  close(): void;
}

/** A thing shown once, that can be shown again in the same place. */
export interface DisplayHandle {
  update(value: unknown): void;
}

/** The kernel's host object, or undefined in plain Node. */
export function notebookHost(): NotebookHost | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("Jupyter.host")] as NotebookHost | undefined;
}

/** Does something short as a whole: where the learner interrupts, before it or after it. */
export function undisturbed<T>(body: () => T): T {
  const host = notebookHost();
  return host?.undisturbed === undefined ? body() : host.undisturbed(body);
}

/**
 * Shows a value in the notebook; in plain Node prints its text form.
 * @param options `id` names the display; `update: true` puts the value in the place of what was shown under that name.
 */
export function display(value: unknown, options: { id?: string; update?: boolean } = {}): DisplayHandle {
  const show = (globalThis as { display?: (value: unknown, options?: { id?: string; update?: boolean }) => DisplayHandle }).display;
  if (show !== undefined) return show(value, options);
  console.log(value);
  return { update: (next) => console.log(next) };
}

/**
 * Ties the runtime to the notebook: native loops stop when the learner interrupts, and switches that an interrupted cell
 * left behind (termination skips `finally`) are reset when it ends.
 */
export function attachToNotebook(): void {
  const host = notebookHost();
  let warning = withoutWantedDevice;
  if (warning !== undefined && host?.onCellEnd === undefined) process.emitWarning(warning, "DeviceWarning");
  if (host === undefined) return;
  if (host.interruptFlag !== undefined) native.setInterruptFlag(host.interruptFlag);
  setAwaitTermination(() => host.awaitTermination?.());
  host.onCellEnd?.(() => {
    setGradEnabled(true);
    setAutocast(false);
    stopObserving();
    // A kernel may load the library before there is a cell to say it in.
    if (warning !== undefined) console.warn(warning);
    warning = undefined;
    // What a card finds wrong belongs under the cell that asked for it, also where that reads no value.
    if (native.settleChecks()) throwLate();
  });
}
