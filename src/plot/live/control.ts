/**
 * The buttons of a live panel, as the loop meets them: a pause is waited out where the loop next looks, a stop is thrown there.
 */
import { notebookHost } from "../../host.ts";
import { interrupted } from "../../tensor/interruption.ts";

/** How long, in milliseconds, a paused loop sleeps before it looks again. */
const NAP = 20;

/** What a loop asks between two steps. */
export class Control {
  #paused = false;
  #stopped = false;

  get isPaused(): boolean {
    return this.#paused && !this.#stopped;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  pause(): void {
    this.#paused = true;
  }

  continue(): void {
    this.#paused = false;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The run begins anew. */
  reset(): void {
    this.#paused = false;
    this.#stopped = false;
  }

  /**
   * Sleeps until the pause is over, in the middle of a synchronous loop.
   * @param look takes mail; the buttons are in it.
   * @throws InterruptedError when the cell is interrupted meanwhile and the kernel does not end it
   */
  sleep(look: () => void): void {
    const flag = notebookHost()?.interruptFlag;
    const nap = new Int32Array(new SharedArrayBuffer(4));
    while (this.isPaused) {
      Atomics.wait(nap, 0, 0, NAP);
      if (flag !== undefined && Atomics.load(flag, 0) !== 0) interrupted("the loop was interrupted while it was paused");
      look();
    }
  }

  /**
   * Waits until the pause is over, while everything else goes on.
   * @throws the reason of the signal, when it is aborted meanwhile
   */
  async wait(look: () => void, signal: AbortSignal | undefined): Promise<void> {
    while (this.isPaused) {
      await new Promise((resolve) => setTimeout(resolve, NAP));
      signal?.throwIfAborted();
      look();
    }
  }
}
