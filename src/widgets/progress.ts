/** How far something is: ipywidgets' `FloatProgress`. */
import { WidgetError } from "../tensor/errors.ts";
import { Widget } from "./widget.ts";
import type { WidgetOptions } from "./widget.ts";

/** What a progress bar can be told. */
export interface ProgressOptions extends Omit<WidgetOptions, "disabled"> {
  /** The value of a full bar. Default: 100. */
  readonly max?: number;
  /** How far it is at the start. Default: 0. */
  readonly value?: number;
}

/** The colour of a bar, by its meaning; `""` is the page's plain one. */
export type ProgressKind = "" | "success" | "info" | "warning" | "danger";

/** A progress bar; made by {@link progress}. */
export class Progress extends Widget {
  /** The value of a full bar. */
  readonly max: number;

  constructor(options: ProgressOptions = {}) {
    const { max = 100, value = 0 } = options;
    if (!(max > 0) || !Number.isFinite(max)) throw new WidgetError(`progress: max must be a number above 0, got ${String(max)}`);
    super("progress", { model: "FloatProgressModel", view: "ProgressView", style: "ProgressStyleModel" }, { min: 0, max, value: 0, bar_style: "", orientation: "horizontal" }, options);
    this.max = max;
    this.value = value;
  }

  /** How far it is, from 0 to `max`. It may be set as often as a loop goes round. */
  get value(): number {
    return this.model.get("value") as number;
  }
  set value(value: number) {
    if (!Number.isFinite(value)) throw new WidgetError(`progress: value must be a finite number, got ${String(value)}`);
    this.model.set({ value: Math.min(this.max, Math.max(0, value)) });
  }

  /** Its colour, by its meaning. */
  get kind(): ProgressKind {
    return this.model.get("bar_style") as ProgressKind;
  }
  set kind(kind: ProgressKind) {
    this.model.set({ bar_style: kind });
  }

  protected shown(): Record<string, unknown> {
    return { value: this.value, max: this.max };
  }
}

/**
 * Makes a progress bar. It is shown as a cell's value or with `display`.
 * @throws WidgetError when `max` is not above 0
 * @example
 * const bar = widgets.progress({ max: steps, description: "training" });
 * display(bar);
 * for (let step = 1; step <= steps; step++) { trainOneStep(); bar.value = step; }
 */
export function progress(options: ProgressOptions = {}): Progress {
  return new Progress(options);
}
