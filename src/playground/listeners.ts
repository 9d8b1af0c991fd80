/**
 * Callbacks for what a person does in the page. From the event loop each runs for the cell that gave it, so that what it
 * prints stands there. In a synchronous loop, where the mail is taken in the middle of the learner's own code, it runs as
 * part of that code: what it throws ends the loop, and what it prints is the loop's output.
 */
import { notebookHost } from "../host.ts";

export class Listeners<Given extends unknown[]> {
  readonly #all = new Map<object, { readonly direct: (...given: Given) => void; readonly tied: (...given: Given) => void }>();

  /** @returns a function that ends the calls. */
  add(callback: (...given: Given) => void): () => void {
    const key = {};
    this.#all.set(key, { direct: callback, tied: notebookHost()?.bind?.(callback) ?? callback });
    return () => void this.#all.delete(key);
  }

  /** Calls all. @param inLoop whether this happens inside the learner's own code. */
  tell(inLoop: boolean, ...given: Given): void {
    for (const { direct, tied } of [...this.#all.values()]) (inLoop ? direct : tied)(...given);
  }
}
