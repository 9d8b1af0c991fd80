/**
 * How settings are declared, and the controls that come of them. A declaration is one object; the types of the values are
 * read from it, so that `playground({ width: { min: 1, max: 8 } }).width` is a number and a misspelt name is an error.
 */
import { WidgetError } from "../tensor/errors.ts";
import type { ControlState, RangeState, SettingValue } from "../view/states/playground.ts";

/** A number that a slider sets. */
export interface RangeSetting {
  /** The lowest value. */
  readonly min: number;
  /** The highest value. */
  readonly max: number;
  /** Where it stands at the start. Default: the middle; of a logarithmic range, the middle of the logarithms. */
  readonly value?: number;
  /** The distance of neighbouring values. Default: 1 where all numbers given are whole and `max` is above `min + 1`, else a hundredth of the range. */
  readonly step?: number;
  /** Whether equal ways on the slider are equal factors, as suits a learning rate. Default: false. */
  readonly log?: boolean;
  /** What the page calls it. Default: the page's words for a usual name such as `lr`, else the name. */
  readonly label?: string;
}

/** One of a few values, with more to say about it than the list alone. */
export interface ChoiceSetting<Choice extends string | number = string | number> {
  readonly choices: readonly Choice[];
  /** What is chosen at the start. Default: the first. */
  readonly value?: Choice;
  readonly label?: string;
}

/** A range, a list of choices, or `true` or `false` for a switch. */
export type Setting = RangeSetting | ChoiceSetting | readonly (string | number)[] | boolean;

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** What a setting's value is. */
export type ValueOf<S> = S extends boolean
  ? boolean
  : S extends readonly (infer Choice)[]
    ? Choice
    : S extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : number;

/** What the values of settings are. */
export type ValuesOf<S> = { -readonly [Name in keyof S]: ValueOf<S[Name]> };

/** Places of a logarithmic slider from end to end. */
const LOG_PLACES = 200;
/** Digits of a value between the places of a slider. */
const DIGITS = 3;

/** Makes the controls of a declaration. @throws WidgetError that names the setting and what is wrong with it. */
export function controlsOf(settings: Settings): ControlState[] {
  const entries = Object.entries(settings);
  if (entries.length === 0) throw new WidgetError("playground: there must be something to set, such as { lr: { min: 0.001, max: 1, log: true } }");
  return entries.map(([name, setting]) => controlOf(name, setting));
}

function controlOf(name: string, setting: Setting): ControlState {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) throw new WidgetError(`playground: ${JSON.stringify(name)} cannot be the name of a variable; use letters and digits`);
  if (typeof setting === "boolean") return { kind: "switch", name, initial: setting };
  if (typeof setting !== "object" || setting === null) {
    throw new WidgetError(`playground: ${name} is ${String(setting)}; give a range { min, max }, a list of choices, or true or false`);
  }
  if (Array.isArray(setting)) return choiceOf(name, { choices: setting as readonly (string | number)[] });
  return "choices" in setting ? choiceOf(name, setting) : rangeOf(name, setting as RangeSetting);
}

function choiceOf(name: string, { choices, value, label }: ChoiceSetting): ControlState {
  if (!Array.isArray(choices) || choices.length === 0) throw new WidgetError(`playground: ${name} has no choices; give a list such as ["moons", "circles"]`);
  const odd = choices.find((choice) => typeof choice !== "string" && !(typeof choice === "number" && Number.isFinite(choice)));
  if (odd !== undefined) throw new WidgetError(`playground: a choice of ${name} is ${String(odd)}; choices are texts or numbers`);
  if (new Set(choices).size < choices.length) throw new WidgetError(`playground: ${name} has a choice twice: ${choices.join(", ")}`);
  const initial = value ?? choices[0]!;
  if (!choices.includes(initial)) throw new WidgetError(`playground: ${name} starts at ${String(initial)}, which is not among its choices ${choices.join(", ")}`);
  return { kind: "choice", name, ...labelled(label), choices: [...choices], initial };
}

function rangeOf(name: string, { min, max, value, step, log = false, label }: RangeSetting): RangeState {
  for (const [what, number] of Object.entries({ min, max, value: value ?? 0, step: step ?? 1 })) {
    if (!Number.isFinite(number)) throw new WidgetError(`playground: ${what} of ${name} must be a finite number, got ${String(number)}`);
  }
  if (min >= max) throw new WidgetError(`playground: min of ${name} must be below max, got min ${min} and max ${max}`);
  if (step !== undefined && step <= 0) throw new WidgetError(`playground: step of ${name} must be above 0, got ${step}`);
  if (log && min <= 0) throw new WidgetError(`playground: a logarithmic range has no zero in it, but min of ${name} is ${min}`);
  if (log && step !== undefined) throw new WidgetError(`playground: ${name} is logarithmic, where steps are factors; leave step out`);
  if (value !== undefined && (value < min || value > max)) throw new WidgetError(`playground: ${name} starts at ${value}, outside of its range from ${min} to ${max}`);
  const areWhole = [min, max, value ?? min].every(Number.isInteger) && max > min + 1;
  const range = {
    kind: "range" as const, name, ...labelled(label), min, max,
    step: log ? LOG_PLACES : (step ?? (areWhole ? 1 : (max - min) / 100)), scale: log ? ("log" as const) : ("linear" as const), initial: min,
  };
  return { ...range, initial: value ?? snapped(range, log ? Math.sqrt(min * max) : (min + max) / 2) };
}

function labelled(label: string | undefined): { label?: string } {
  return label === undefined ? {} : { label };
}

/** The place on the slider that is nearest to a number: what a page may send. */
function snapped({ min, max, step, scale }: RangeState, value: number): number {
  const within = Math.min(max, Math.max(min, value));
  if (scale === "log") return within === min || within === max ? within : Number(within.toPrecision(DIGITS));
  const places = Math.round((within - min) / step);
  // The sum of decimals such as 0.1 and 0.2 has digits that nobody meant.
  return Math.min(max, Number((min + places * step).toPrecision(12)));
}

/** A value that a page has sent, as one of the control's; undefined where it is none. */
export function receivedValue(control: ControlState, value: unknown): SettingValue | undefined {
  if (control.kind === "switch") return typeof value === "boolean" ? value : undefined;
  if (control.kind === "choice") return control.choices.find((choice) => choice === value);
  return typeof value === "number" && Number.isFinite(value) ? snapped(control, value) : undefined;
}

/** Checks a value that code sets; numbers between the places of a slider are kept. @throws WidgetError when it cannot be. */
export function requireValue(control: ControlState, value: unknown): SettingValue {
  const { name } = control;
  if (control.kind === "switch") {
    if (typeof value !== "boolean") throw new WidgetError(`playground: ${name} is true or false, got ${String(value)}`);
    return value;
  }
  if (control.kind === "choice") {
    const choice = control.choices.find((each) => each === value);
    if (choice === undefined) throw new WidgetError(`playground: ${name} is one of ${control.choices.map((each) => JSON.stringify(each)).join(", ")}, got ${JSON.stringify(value)}`);
    return choice;
  }
  if (typeof value !== "number" || !(value >= control.min && value <= control.max)) {
    throw new WidgetError(`playground: ${name} is a number from ${control.min} to ${control.max}, got ${String(value)}`);
  }
  return value;
}

/** Fills values into code: `{{name}}` becomes the value as JSON, `{{!name}}` the value as it is. */
export function filledIn(code: string, values: Readonly<Record<string, SettingValue>>): string {
  return code.replace(/\{\{(!?)([\p{L}\p{N}_$]+)\}\}/gu, (whole, bare: string, name: string) => {
    if (!(name in values)) return whole;
    return bare === "!" ? String(values[name]) : JSON.stringify(values[name]);
  });
}
