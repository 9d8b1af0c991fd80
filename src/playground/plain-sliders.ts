/**
 * The same settings as ipywidgets' controls, for front ends that draw those and have no renderer for a playground: VS Code,
 * above all, which is known by a variable that it sets for its kernels. A front end that has neither shows the text.
 */
import { display, notebookHost } from "../host.ts";
import { dropdown, slider } from "../widgets/index.ts";
import type { ControlState, SettingValue, SettingValues } from "../view/states/playground.ts";

/** A control that can be read and moved. */
interface PlainControl {
  readonly name: string;
  poll(): void;
  move(value: SettingValue): void;
}

/** How long a page has to say that it draws the playground itself. Milliseconds. */
const DRAWN_WITHIN = 1000;

export class PlainSliders {
  readonly #controls: readonly ControlState[];
  readonly #changed: (name: string, value: SettingValue) => void;
  readonly #view: { readonly isAttached: boolean };
  #shown: readonly PlainControl[] = [];
  /** Shows the sliders in the cell that shows the playground. */
  #showThere: (() => void) | undefined;
  #due = Infinity;

  constructor(controls: readonly ControlState[], changed: (name: string, value: SettingValue) => void, view: { readonly isAttached: boolean }) {
    this.#controls = controls;
    this.#changed = changed;
    this.#view = view;
  }

  /** Shows the sliders where the playground is not drawn and they are likely to be. */
  watch(values: () => SettingValues): void {
    const host = notebookHost();
    if (process.env["VSCODE_PID"] === undefined || host?.comm === undefined || this.#due !== Infinity) return;
    const show = (): void => {
      if (this.#view.isAttached || this.#shown.length > 0) return;
      this.show(values());
    };
    this.#showThere = host.bind?.(show) ?? show;
    this.#due = performance.now() + DRAWN_WITHIN;
    setTimeout(() => this.#showThere?.(), DRAWN_WITHIN);
  }

  /** Shows them now. */
  show(values: SettingValues): void {
    this.#shown = this.#controls.map((control) => this.#make(control, values[control.name]!));
  }

  /** Takes what a person has done to them; in the middle of a loop also shows them when it is time. */
  poll(values: () => SettingValues): void {
    if (performance.now() > this.#due && this.#shown.length === 0 && !this.#view.isAttached) {
      this.#due = Infinity;
      this.show(values());
    }
    for (const control of this.#shown) control.poll();
  }

  /** Moves them to values that were set elsewhere. */
  follow(values: SettingValues): void {
    for (const control of this.#shown) if (control.name in values) control.move(values[control.name]!);
  }

  #make(control: ControlState, value: SettingValue): PlainControl {
    const { name } = control;
    if (control.kind === "range") {
      const isLog = control.scale === "log";
      const [to, from] = isLog ? [Math.log10, (place: number): number => 10 ** place] : [Number, Number];
      const made = slider({
        min: to(control.min), max: to(control.max), value: to(value as number),
        step: isLog ? to(control.max / control.min) / control.step : control.step, description: isLog ? `log₁₀ ${name}` : name,
      });
      return this.#tied(name, made, (place) => from(place), (next) => to(next as number));
    }
    const choices = control.kind === "choice" ? control.choices : [false, true];
    const made = dropdown<SettingValue>(choices, { value, description: name });
    return this.#tied(name, made, (choice) => choice, (next) => next);
  }

  #tied<Shown>(name: string, widget: { value: Shown; observe(callback: () => void): unknown }, read: (shown: Shown) => SettingValue, write: (value: SettingValue) => Shown): PlainControl {
    let last = widget.value;
    const tell = (): void => {
      const shown = widget.value;
      if (Object.is(shown, last)) return;
      last = shown;
      this.#changed(name, read(shown));
    };
    display(widget);
    widget.observe(tell);
    return {
      name,
      poll: tell,
      move: (value) => {
        const shown = write(value);
        if (Object.is(read(widget.value), value)) return;
        last = shown;
        widget.value = shown;
      },
    };
  }
}
