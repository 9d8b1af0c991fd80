/**
 * What all widgets have: a place in the page, a description, and ways to learn what the person in front of it does. The
 * models are those of ipywidgets' controls (`@jupyter-widgets/controls` 2.0.0), which a JupyterLab with the extension
 * jupyterlab_widgets draws; other front ends show the text.
 */
import { inspect } from "node:util";
import { notebookHost } from "../host.ts";
import { WidgetError } from "../tensor/errors.ts";
import { WidgetModel } from "./model.ts";
import type { WidgetState } from "./model.ts";

/** What every widget can be told. */
export interface WidgetOptions {
  /** A text beside the widget. Default: none. */
  readonly description?: string;
  /** Whether it can be seen and not used. Default: `false`. */
  readonly disabled?: boolean;
  /** How wide it is, in CSS, such as `"400px"` or `"100%"`. Default: what the page gives it. */
  readonly width?: string;
  /** A text that appears where the mouse rests on it. Default: none. */
  readonly tooltip?: string;
}

const CONTROLS = "@jupyter-widgets/controls";
const BASE = "@jupyter-widgets/base";
const VERSION = "2.0.0";
const VIEW_MIME = "application/vnd.jupyter.widget-view+json";

/** Styles and layouts have no events and may belong to many widgets. */
const shared = new Map<string, WidgetModel>();

function companion(modelModule: string, modelName: string, viewName: string, values: WidgetState): WidgetModel {
  const key = JSON.stringify([modelName, values]);
  const known = shared.get(key);
  if (known !== undefined) return known;
  const made = new WidgetModel({
    _model_module: modelModule, _model_module_version: VERSION, _model_name: modelName,
    _view_module: BASE, _view_module_version: VERSION, _view_name: viewName, ...values,
  });
  shared.set(key, made);
  return made;
}

/** Something in the page that a person can see and use. */
export abstract class Widget {
  /** Its state, here and in the page. */
  protected readonly model: WidgetModel;
  readonly #kind: string;
  #waiting: { resolve(): void; reject(error: Error): void }[] = [];
  #isClosed = false;

  /**
   * @param kind What the library calls it, for its text form.
   * @param names The names of its model, view and style in the page.
   */
  protected constructor(kind: string, names: { readonly model: string; readonly view: string; readonly style: string }, state: WidgetState, options: WidgetOptions) {
    this.#kind = kind;
    const { description = "", disabled = false, width, tooltip } = options;
    // Descriptions get the room that they need; what a page does by itself cuts them off.
    const style = names.style === "ButtonStyleModel" ? {} : { description_width: "initial" };
    this.model = new WidgetModel(
      {
        _dom_classes: [], _model_module: CONTROLS, _model_module_version: VERSION, _model_name: names.model,
        _view_module: CONTROLS, _view_module_version: VERSION, _view_name: names.view, _view_count: null,
        description, disabled, tooltip: tooltip ?? null, tabbable: null,
        layout: companion(BASE, "LayoutModel", "LayoutView", width === undefined ? {} : { width }),
        style: companion(CONTROLS, names.style, "StyleView", style),
        ...state,
      },
      { changed: (changed) => this.changed(changed), message: (content) => this.received(content) },
    );
  }

  /** The text beside the widget. */
  get description(): string {
    return this.model.get("description") as string;
  }
  set description(text: string) {
    this.model.set({ description: text });
  }

  /** Whether it can be seen and not used. */
  get disabled(): boolean {
    return this.model.get("disabled") as boolean;
  }
  set disabled(isDisabled: boolean) {
    this.model.set({ disabled: isDisabled });
  }

  /** Takes the widget out of the page for good; whoever waits for it gets a {@link WidgetError}. */
  close(): void {
    this.#isClosed = true;
    this.model.close();
    const error = new WidgetError(`the ${this.#kind} was closed while something waited for it`);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** The widget in its forms by MIME type, for a notebook: its view, and its text for front ends without widgets. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    const text = { "text/plain": this.toString() };
    const id = this.model.open();
    return id === undefined ? text : { [VIEW_MIME]: { version_major: 2, version_minor: 0, model_id: id }, ...text };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  toString(): string {
    const shown = Object.entries(this.shown()).map(([name, value]) => `${name}=${inspect(value)}`);
    return `${this.#kind}(${shown.join(", ")})`;
  }

  /** What its text form names. */
  protected abstract shown(): Record<string, unknown>;
  /** The page has changed some of the state. */
  protected changed(_names: readonly string[]): void {}
  /** The page has sent a message of the widget's own. */
  protected received(_content: unknown): void {}

  /** Resolves at the next `happened`. */
  protected async happening(): Promise<void> {
    if (this.#isClosed) throw new WidgetError(`the ${this.#kind} is closed: nobody can use it any more`);
    if (notebookHost()?.comm === undefined) throw new WidgetError(`nobody can use a ${this.#kind} outside a notebook: there is no page to show it in`);
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The person has done something to it. */
  protected happened(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}

/** What happened to a widget's value. */
export interface ValueChange<T> {
  readonly value: T;
  readonly previous: T;
}

type Listener<T> = (change: ValueChange<T>) => void;

/** A widget with a value that a person sets. */
export abstract class ValueWidget<T> extends Widget {
  readonly #listeners = new Set<Listener<T>>();
  #current: T | undefined;
  #isPolling = false;

  /**
   * The value as it is now in the page: reading it takes in what a person has done even in the middle of a synchronous
   * loop. Setting it moves the widget.
   */
  get value(): T {
    this.#isPolling = true;
    try {
      this.model.poll();
    } finally {
      this.#isPolling = false;
    }
    return this.read();
  }
  set value(value: T) {
    this.write(value);
    this.#notify();
  }

  /**
   * Calls back at each change of the value, by a person or by code. What the callback prints and throws is output of the
   * cell that called `observe`.
   * @returns a function that ends this
   */
  observe(callback: Listener<T>): () => void {
    const listener = notebookHost()?.bind?.(callback) ?? callback;
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Waits until a person changes the value.
   * @throws WidgetError outside a notebook, and when the widget is closed
   */
  async next(): Promise<T> {
    await this.happening();
    return this.read();
  }

  /** The value in the model. */
  protected abstract read(): T;
  /** Puts a value into the model. @throws WidgetError when it cannot be one. */
  protected abstract write(value: T): void;
  /** The names of the model's state that hold the value. */
  protected abstract readonly valueNames: readonly string[];

  /** Called at the end of a constructor: this is the value that the first change changes. */
  protected begin(): void {
    this.#current = this.read();
  }

  protected override changed(names: readonly string[]): void {
    if (!names.some((name) => this.valueNames.includes(name))) return;
    this.#notify();
    this.happened();
  }

  #notify(): void {
    const previous = this.#current as T;
    const value = this.read();
    if (Object.is(previous, value)) return;
    this.#current = value;
    const tell = (): void => {
      for (const listener of [...this.#listeners]) listener({ value, previous });
    };
    // Whoever reads the value does not expect callbacks in the middle of it: they come when the event loop turns.
    if (this.#isPolling) setTimeout(tell, 0);
    else tell();
  }
}
