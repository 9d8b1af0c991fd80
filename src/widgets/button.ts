/** Something to press: ipywidgets' `Button`. */
import { notebookHost } from "../host.ts";
import { Widget } from "./widget.ts";
import type { WidgetOptions } from "./widget.ts";

/** What a button can be told. */
export interface ButtonOptions extends Omit<WidgetOptions, "description"> {
  /** Its colour, by its meaning. Default: the page's plain one. */
  readonly kind?: "primary" | "success" | "info" | "warning" | "danger";
}

/** A button; made by {@link button}. */
export class Button extends Widget {
  readonly #listeners = new Set<() => void>();
  #clicks = 0;
  #isPolling = false;

  constructor(description: string, options: ButtonOptions = {}) {
    const state = { button_style: options.kind ?? "", icon: "" };
    super("button", { model: "ButtonModel", view: "ButtonView", style: "ButtonStyleModel" }, state, { ...options, description });
  }

  /** How often it has been pressed, also as seen from the middle of a synchronous loop. */
  get clicks(): number {
    this.#isPolling = true;
    try {
      this.model.poll();
    } finally {
      this.#isPolling = false;
    }
    return this.#clicks;
  }

  /**
   * Calls back each time it is pressed. What the callback prints and throws is output of the cell that called `onClick`.
   * @returns a function that ends this
   */
  onClick(callback: () => void): () => void {
    const listener = notebookHost()?.bind?.(callback) ?? callback;
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Waits until it is pressed.
   * @throws WidgetError outside a notebook, and when the button is closed
   */
  next(): Promise<void> {
    return this.happening();
  }

  protected override received(content: unknown): void {
    if ((content as { event?: unknown } | null)?.event !== "click") return;
    this.#clicks++;
    const tell = (): void => {
      for (const listener of [...this.#listeners]) listener();
    };
    // As with a value: whoever reads the number does not expect callbacks in the middle of it.
    if (this.#isPolling) setTimeout(tell, 0);
    else tell();
    this.happened();
  }

  protected shown(): Record<string, unknown> {
    return { description: this.description, clicks: this.#clicks };
  }
}

/**
 * Makes a button. It is shown as a cell's value or with `display`.
 * @param description The text on it.
 * @example
 * const stop = widgets.button("Stop", { kind: "danger" });
 * display(stop);
 * for (let step = 0; step < 10_000 && stop.clicks === 0; step++) trainOneStep();
 */
export function button(description: string, options: ButtonOptions = {}): Button {
  return new Button(description, options);
}
