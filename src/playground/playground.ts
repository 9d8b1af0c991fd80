/**
 * Sliders, choices and switches whose values a running program reads. A program with numbers that move while it runs teaches
 * what a table of runs does not; the idea of a network's settings around a live picture is TensorFlow Playground's (D. Smilkov
 * et al., "Direct-Manipulation Visualization of Deep Networks", 2016), here for whatever the learner's own cell computes.
 */
import { WidgetError } from "../tensor/errors.ts";
import { View } from "../view/index.ts";
import type { Json } from "../view/index.ts";
import type { PlaygroundState } from "../view/states/playground.ts";
import { Listeners } from "./listeners.ts";
import type { SettingChange } from "./setting-store.ts";
import { SettingStore } from "./setting-store.ts";
import { controlsOf } from "./settings.ts";
import type { Settings, ValuesOf } from "./settings.ts";
import { PlainSliders } from "./plain-sliders.ts";

export interface PlaygroundOptions {
  /** Shown above the controls. Default: none. */
  readonly title?: string;
  /**
   * What "Copy as code" copies, with `{{name}}` where a value stands: `"new nn.models.Mlp([2, {{width}}, 2])"`. Default: a
   * line that declares each setting as a constant.
   */
  readonly code?: string;
}

/** A setting by its name, with its type. */
export type ChangeOf<Values> = { [Name in keyof Values & string]: { readonly name: Name; readonly value: Values[Name]; readonly previous: Values[Name] } }[keyof Values & string];

/** What a playground has beside its values. */
export class PlaygroundControls<Values extends object> {
  readonly #store: SettingStore;
  readonly #view: View<PlaygroundState>;
  readonly #listeners = new Listeners<[change: SettingChange]>();
  readonly #sliders: PlainSliders;
  /** Whether waiting mail is being taken in the middle of the learner's code. */
  #isTaking = false;
  /** Whether what has changed was moved on a page, and not set by code or by a reset. */
  #isEcho = false;

  /** Made by {@link playground}. */
  constructor(settings: Settings, { title, code }: PlaygroundOptions = {}) {
    const store = new SettingStore(controlsOf(settings), code);
    this.#store = store;
    const state = (): PlaygroundState => ({ ...(title !== undefined && { title }), controls: store.controls, values: store.values, code: store.codeTemplate });
    this.#view = new View<PlaygroundState>({
      kind: "playground",
      state,
      fallback: () => ({ text: this.toString() }),
      events: {
        set: ({ name, value }: { name: Json; value: Json }) => this.#received(() => store.receive(name, value)),
        reset: () => this.#received(() => store.reset(), false),
      },
    });
    this.#sliders = new PlainSliders(store.controls, (name, value) => this.#received(() => store.receive(name, value)), this.#view);
    for (const { name } of store.controls) {
      if (name in this) throw new WidgetError(`playground: a setting cannot be called ${name}, which is a method here; take another name`);
      Object.defineProperty(this, name, { enumerable: true, get: () => this.#read(name), set: (value: unknown) => this.set({ [name]: value } as Partial<Values>) });
    }
  }

  /** All values as they are now, a copy. Like each single value it is the newest, also in a synchronous loop. */
  get values(): Values {
    this.#take();
    return this.#store.values as Values;
  }

  /**
   * Sets values, and moves the controls in the page.
   * @throws WidgetError for a name that is not there or a value that the setting cannot have; nothing has changed then.
   */
  set(changes: Partial<Values>): void {
    this.#take();
    this.#store.set(changes as Readonly<Record<string, unknown>>);
    this.#changed(true);
  }

  /** Goes back to the values of the start. */
  reset(): void {
    this.#take();
    this.#store.reset();
    this.#changed(true);
  }

  /**
   * Calls back when a value has changed, by a person or by code: to build a new model when its width has changed, say. While
   * a cell awaits and between cells this happens at once. In a synchronous loop it happens where the loop reads a value of
   * the playground, before it gets it: read the settings where a step begins.
   * @param name a setting, or several
   * @returns a function that ends this
   */
  onChange<Name extends keyof Values & string>(name: Name | readonly Name[], callback: (change: Extract<ChangeOf<Values>, { readonly name: Name }>) => void): () => void {
    const names: readonly string[] = typeof name === "string" ? [name] : name;
    for (const each of names) this.#store.control(each);
    return this.#listeners.add((change) => {
      if (names.includes(change.name)) callback(change as unknown as Extract<ChangeOf<Values>, { readonly name: Name }>);
    });
  }

  /** The setting as it is now, as code. */
  code(): string {
    this.#take();
    return this.#store.code;
  }

  /**
   * Shows plain sliders for the same values, ipywidgets' own, for a front end that draws those but not this playground. In
   * VS Code this happens by itself.
   */
  sliders(): void {
    this.#sliders.show(this.#store.values);
  }

  /** In a notebook: the controls, and for readers without them the values as text. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    this.#sliders.watch(() => this.#store.values);
    return (this.#view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  toString(): string {
    return ["playground", ...this.#store.toLines(), `  set({ … }) on it changes values: ${this.#example()}`].join("\n");
  }

  #example(): string {
    const { name } = this.#store.controls[0]!;
    return `set({ ${name}: ${JSON.stringify(this.#store.get(name))} })`;
  }

  #read(name: string): unknown {
    this.#take();
    return this.#store.get(name);
  }

  /** Takes what the page has said so far, then tells who wants to know. */
  #take(): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      this.#view.poll();
      this.#sliders.poll(() => this.#store.values);
    } finally {
      this.#isTaking = false;
    }
    this.#changed(true);
  }

  #received(change: () => void, isEcho = true): void {
    change();
    this.#isEcho = isEcho;
    if (!this.#isTaking) this.#changed(false);
  }

  #changed(inLoop: boolean): void {
    const changes = this.#store.takeChanges();
    const isEcho = this.#isEcho;
    this.#isEcho = false;
    if (changes.length === 0) return;
    const values = Object.fromEntries(changes.map(({ name, value }) => [name, value]));
    this.#view.send({ values, isEcho });
    this.#sliders.follow(values);
    for (const change of changes) this.#listeners.tell(inLoop, change);
  }
}

/** A playground: its values by name, and what {@link PlaygroundControls} has. */
export type Playground<S extends Settings> = PlaygroundControls<ValuesOf<S>> & ValuesOf<S>;

/** Names that no setting can have. */
type Taken = { readonly [Name in Exclude<keyof PlaygroundControls<object> & string, "toString">]?: never };

/**
 * Makes controls for a few settings. It is shown as a cell's value or with `display`; the settings are its properties, and
 * reading one gives what the page says at that moment, also in the middle of a loop that never awaits.
 * @param settings a range `{ min, max }`, a list of choices, or `true` or `false`, by name
 * @throws WidgetError for a setting that cannot be set
 * @example
 * const p = playground({
 *   lr: { min: 0.001, max: 1, log: true },
 *   width: { min: 1, max: 16, value: 4 },
 *   dataset: ["moons", "circles", "spirals"],
 * });
 * display(p);
 * p.onChange("width", () => { model = new nn.models.Mlp([2, p.width, 2]); });
 * for (let step = 0; step < 10_000; step++) {
 *   optimizer.lr = p.lr;
 *   trainOneStep();
 * }
 */
export function playground<const S extends Settings>(settings: S & Taken, options: PlaygroundOptions = {}): Playground<S> {
  return new PlaygroundControls<ValuesOf<S>>(settings as Settings, options) as Playground<S>;
}
