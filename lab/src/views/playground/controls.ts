/** The controls of settings: a slider for a number, buttons or a list for a choice, a switch. They stand side by side in a grid. */
import type { ChoiceState, ControlState, RangeState, SettingValue, SettingValues, SwitchState } from "../../../../src/view/states/playground.ts";
import type { ViewHost } from "../../registry.ts";
import { isStringKey } from "../../strings/index.ts";
import { placeOf, readableValue, valueAt } from "./scale.ts";

/** How often a slider that is dragged tells of it. Milliseconds. */
const TELL_INTERVAL = 60;
/** An echo from the library while the person is still moving the control must not move it under the hand. Milliseconds. */
const OWN_FOR = 400;
/** More choices, or longer ones, are a list that opens. */
const MOST_BUTTONS = 4;
const MOST_LETTERS = 24;

/** One control in the page. */
interface Control {
  readonly name: string;
  show(value: SettingValue): void;
}

export interface Controls {
  /** Puts the controls to these values, and remembers them. @param isEcho whether a page, perhaps this one, has set them */
  show(values: SettingValues, isEcho?: boolean): void;
  /** The values as they stand. */
  readonly values: SettingValues;
}

/** Draws controls into an element. @param changed called when the person has changed a value. */
export function drawControls(host: ViewHost<unknown>, element: HTMLElement, states: readonly ControlState[], changed: (name: string, value: SettingValue) => void): Controls {
  const values: Record<string, SettingValue> = {};
  const touched = new Map<string, number>();
  const controls = states.map((state): Control => {
    const tell = throttled(host, (value) => changed(state.name, value));
    const set = (value: SettingValue): void => {
      values[state.name] = value;
      touched.set(state.name, performance.now());
      tell(value);
    };
    if (state.kind === "range") return drawRange(host, element, state, set);
    return state.kind === "choice" ? drawChoice(host, element, state, set) : drawSwitch(host, element, state, set);
  });
  return {
    values,
    show(next, isEcho = false) {
      for (const control of controls) {
        const value = next[control.name];
        if (value === undefined) continue;
        if (isEcho && performance.now() - (touched.get(control.name) ?? -Infinity) < OWN_FOR && value !== values[control.name]) continue;
        values[control.name] = value;
        control.show(value);
      }
    },
  };
}

/** What the page calls a setting: its own label, the page's words for a usual name, or the name. */
export function labelOf(host: ViewHost<unknown>, { name, label }: ControlState): string {
  const key = `setting.${name}`;
  return label ?? (isStringKey(key) ? host.text(key) : name);
}

/** A field with its label, the setting's name in code beside it. */
function field(host: ViewHost<unknown>, element: HTMLElement, state: ControlState, tag: "label" | "fieldset"): { box: HTMLElement; heading: HTMLElement } {
  const box = document.createElement(tag);
  box.className = `nabla-setting nabla-setting-${state.kind}`;
  box.dataset["setting"] = state.name;
  const heading = document.createElement(tag === "label" ? "span" : "legend");
  heading.className = "nabla-setting-name";
  const label = labelOf(host, state);
  heading.append(label);
  if (label !== state.name) {
    const code = document.createElement("code");
    code.textContent = state.name;
    heading.append(" ", code);
  }
  box.append(heading);
  element.append(box);
  return { box, heading };
}

function drawRange(host: ViewHost<unknown>, element: HTMLElement, state: RangeState, set: (value: number) => void): Control {
  const { box } = field(host, element, state, "label");
  const readout = document.createElement("output");
  const slider = document.createElement("input");
  slider.type = "range";
  const isLog = state.scale === "log";
  Object.assign(slider, isLog ? { min: "0", max: String(state.step), step: "1" } : { min: String(state.min), max: String(state.max), step: String(state.step) });
  box.append(readout, slider);
  const show = (value: SettingValue): void => {
    const number = value as number;
    slider.value = String(placeOf(state, number));
    write(number);
  };
  const write = (value: number): void => {
    readout.textContent = readableValue(value);
    box.dataset["value"] = String(value);
    slider.setAttribute("aria-valuetext", readableValue(value));
    slider.style.setProperty("--part", `${(100 * (Number(slider.value) - Number(slider.min))) / (Number(slider.max) - Number(slider.min))}%`);
  };
  slider.addEventListener("input", () => {
    const value = valueAt(state, Number(slider.value));
    write(value);
    set(value);
  });
  host.needsKernel(slider);
  return { name: state.name, show };
}

function drawChoice(host: ViewHost<unknown>, element: HTMLElement, state: ChoiceState, set: (value: string | number) => void): Control {
  const isShort = state.choices.length <= MOST_BUTTONS && state.choices.join("").length <= MOST_LETTERS;
  if (isShort) return drawButtons(host, element, state, set);
  const { box } = field(host, element, state, "label");
  const list = document.createElement("select");
  list.append(...state.choices.map((choice) => new Option(String(choice))));
  box.append(list);
  list.addEventListener("change", () => {
    const value = state.choices[list.selectedIndex]!;
    box.dataset["value"] = String(value);
    set(value);
  });
  host.needsKernel(list);
  return {
    name: state.name,
    show(value) {
      list.selectedIndex = state.choices.indexOf(value as string);
      box.dataset["value"] = String(value);
    },
  };
}

function drawButtons(host: ViewHost<unknown>, element: HTMLElement, state: ChoiceState, set: (value: string | number) => void): Control {
  const { box } = field(host, element, state, "fieldset");
  const row = document.createElement("div");
  row.className = "nabla-segments";
  const group = `nabla-${crypto.randomUUID()}`;
  const inputs = state.choices.map((choice) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: group, value: String(choice) });
    const text = document.createElement("span");
    text.textContent = String(choice);
    label.append(input, text);
    row.append(label);
    input.addEventListener("change", () => {
      box.dataset["value"] = String(choice);
      set(choice);
    });
    host.needsKernel(input);
    return input;
  });
  box.append(row);
  return {
    name: state.name,
    show(value) {
      inputs.forEach((input, i) => (input.checked = state.choices[i] === value));
      box.dataset["value"] = String(value);
    },
  };
}

function drawSwitch(host: ViewHost<unknown>, element: HTMLElement, state: SwitchState, set: (value: boolean) => void): Control {
  const { box, heading } = field(host, element, state, "label");
  const input = document.createElement("input");
  input.type = "checkbox";
  heading.before(input);
  input.addEventListener("change", () => {
    box.dataset["value"] = String(input.checked);
    set(input.checked);
  });
  host.needsKernel(input);
  return {
    name: state.name,
    show(value) {
      input.checked = value === true;
      box.dataset["value"] = String(value);
    },
  };
}

/** Tells at most so often, and always the last value. */
function throttled(host: ViewHost<unknown>, tell: (value: SettingValue) => void): (value: SettingValue) => void {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let newest: SettingValue;
  const now = (): void => {
    timer = undefined;
    last = performance.now();
    tell(newest);
  };
  host.onDispose(() => clearTimeout(timer));
  return (value) => {
    newest = value;
    const wait = last + TELL_INTERVAL - performance.now();
    if (wait <= 0) now();
    else timer ??= setTimeout(now, wait);
  };
}
