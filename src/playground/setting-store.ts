/** The values of settings: what they are, what a person or code may make of them, and who is told. */
import { WidgetError } from "../tensor/errors.ts";
import type { ControlState, SettingValue } from "../view/states/playground.ts";
import { filledIn, receivedValue, requireValue } from "./settings.ts";

/** A setting that has another value. */
export interface SettingChange {
  readonly name: string;
  readonly value: SettingValue;
  readonly previous: SettingValue;
}

export class SettingStore {
  readonly controls: readonly ControlState[];
  readonly #code: string;
  readonly #values: Record<string, SettingValue>;
  /** What has changed since `takeChanges`, with the value before. */
  readonly #before = new Map<string, SettingValue>();

  /** @param code the setting as code, with `{{name}}` for a value. Default: a line that declares each as a constant. */
  constructor(controls: readonly ControlState[], code?: string) {
    this.controls = controls;
    this.#code = code ?? `const ${controls.map(({ name }) => `${name} = {{${name}}}`).join(", ")};`;
    this.#values = Object.fromEntries(controls.map(({ name, initial }) => [name, initial]));
  }

  /** All values by name, as they are now. */
  get values(): Record<string, SettingValue> {
    return { ...this.#values };
  }

  /** The code with places for the values. */
  get codeTemplate(): string {
    return this.#code;
  }

  /** The code with the values in it. */
  get code(): string {
    return filledIn(this.#code, this.#values);
  }

  get(name: string): SettingValue {
    return this.#values[name]!;
  }

  /** Takes what a page has sent; what can be no value of the setting is left out. */
  receive(name: unknown, value: unknown): void {
    const control = this.controls.find((each) => each.name === name);
    const received = control && receivedValue(control, value);
    if (received !== undefined) this.#change(control!.name, received);
  }

  /** Sets several values, or none if one of them cannot be. @throws WidgetError that says why. */
  set(changes: Readonly<Record<string, unknown>>): void {
    const checked = Object.entries(changes).map(([name, value]) => [name, requireValue(this.control(name), value)] as const);
    for (const [name, value] of checked) this.#change(name, value);
  }

  /** Goes back to the values of the start. */
  reset(): void {
    for (const { name, initial } of this.controls) this.#change(name, initial);
  }

  /** What has changed since this was last called. */
  takeChanges(): SettingChange[] {
    const changes = [...this.#before].map(([name, previous]) => ({ name, value: this.get(name), previous }));
    this.#before.clear();
    return changes.filter(({ value, previous }) => value !== previous);
  }

  /** @throws WidgetError for a name that no setting has. */
  control(name: string): ControlState {
    const control = this.controls.find((each) => each.name === name);
    if (control === undefined) throw new WidgetError(`playground: there is no setting ${JSON.stringify(name)}; there are ${this.controls.map((each) => each.name).join(", ")}`);
    return control;
  }

  #change(name: string, value: SettingValue): void {
    const previous = this.get(name);
    if (previous === value) return;
    this.#values[name] = value;
    if (!this.#before.has(name)) this.#before.set(name, previous);
  }

  /** The values as lines of text, with what each may be. */
  toLines(): string[] {
    const wide = Math.max(...this.controls.map(({ name }) => name.length));
    const values = this.controls.map(({ name }) => String(this.get(name)));
    const wideValue = Math.max(...values.map((value) => value.length));
    return this.controls.map((control, i) => `  ${control.name.padEnd(wide)}  ${values[i]!.padEnd(wideValue)}  ${allowed(control)}`);
  }
}

function allowed(control: ControlState): string {
  if (control.kind === "switch") return "true or false";
  if (control.kind === "choice") return control.choices.join(", ");
  return `${control.min} to ${control.max}${control.scale === "log" ? ", by factors" : ""}`;
}
