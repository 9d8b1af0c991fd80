/**
 * Puts a view as it stands into the notebook's output some time after it has changed, so that a notebook that is saved then
 * holds the values a person has set, and not those of the moment at which the cell ran.
 */
import { notebookHost } from "../host.ts";
import type { View } from "../view/index.ts";

/** How long after a change. Milliseconds; while changes go on, once in this time. */
const DELAY = 600;

export class OutputSaver {
  readonly #view: { save: View<object>["save"] };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: { save: View<object>["save"] }) {
    this.#view = view;
  }

  /** Says that the view has changed. */
  soon(): void {
    if (notebookHost()?.comm === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#view.save();
    }, DELAY);
  }
}
