/** One of a few values, chosen from a list that opens: ipywidgets' `Dropdown`. */
import { WidgetError } from "../tensor/errors.ts";
import { ValueWidget } from "./widget.ts";
import type { WidgetOptions } from "./widget.ts";

/** The values to choose from; those of an object go by its keys. */
export type Choices<T> = readonly T[] | Readonly<Record<string, T>>;

/** What a drop-down can be told. */
export interface DropdownOptions<T> extends WidgetOptions {
  /** What is chosen at the start. Default: the first. */
  readonly value?: T;
}

/** A drop-down; made by {@link dropdown}. */
export class Dropdown<T> extends ValueWidget<T> {
  protected readonly valueNames = ["index"];
  readonly #values: readonly T[];
  readonly #labels: readonly string[];

  constructor(choices: Choices<T>, options: DropdownOptions<T> = {}) {
    const entries: [string, T][] = isList(choices) ? choices.map((each) => [String(each), each]) : Object.entries(choices);
    if (entries.length === 0) throw new WidgetError("dropdown: there must be something to choose from, got no choices");
    const [labels, values] = [entries.map(([label]) => label), entries.map(([, value]) => value)];
    const index = "value" in options ? indexOf(values, labels, options.value as T) : 0;
    super("dropdown", { model: "DropdownModel", view: "DropdownView", style: "DescriptionStyleModel" }, { _options_labels: labels, index }, options);
    this.#values = values;
    this.#labels = labels;
    this.begin();
  }

  protected read(): T {
    return this.#values[(this.model.get("index") as number | null) ?? 0]!;
  }

  protected write(value: T): void {
    this.model.set({ index: indexOf(this.#values, this.#labels, value) });
  }

  protected shown(): Record<string, unknown> {
    return { value: this.read(), choices: this.#labels };
  }
}

function isList<T>(choices: Choices<T>): choices is readonly T[] {
  return Array.isArray(choices);
}

function indexOf<T>(values: readonly T[], labels: readonly string[], value: T): number {
  const index = values.findIndex((each) => Object.is(each, value));
  if (index < 0) throw new WidgetError(`dropdown: ${String(value)} is not among the choices, which are ${labels.join(", ")}`);
  return index;
}

/**
 * Makes a drop-down. It is shown as a cell's value or with `display`.
 * @param choices The values; or an object, whose keys are shown and whose values are chosen.
 * @throws WidgetError when there are no choices, or the value at the start is none of them
 * @example
 * const optimizer = widgets.dropdown(["SGD", "Adam"], { description: "optimizer" });
 */
export function dropdown<const T>(choices: Choices<T>, options: DropdownOptions<NoInfer<T>> = {}): Dropdown<T> {
  return new Dropdown<T>(choices, options);
}
