/** A playground where no page draws it: ipywidgets' controls stand for the same values. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { display, playground } from "../../../src/index.ts";
import type { FromPage } from "../../../src/view/wire.ts";
import { Notebook } from "../view/notebook.ts";

const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  notebook.opened.length = 0;
  notebook.said.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** The widgets that have been shown, by their model's name. */
const widgets = (): string[] => notebook.opened.flatMap(({ target, data }) => (target === "jupyter.widget" ? [(data as { state: { _model_name: string } }).state._model_name] : []))
  .filter((name) => /Slider|Dropdown/.test(name) && !name.endsWith("StyleModel"));
/** The widget that was shown last is moved in the page. */
const move = (state: Record<string, number>): void => notebook.says({ method: "update", state } as unknown as FromPage);

it("on request there is a slider for a number and a list for a choice or a switch", () => {
  const p = playground({ width: { min: 1, max: 8 }, noise: { min: 0, max: 0.5 }, dataset: ["moons", "circles"], normalise: true });
  p.sliders();
  expect(widgets()).toEqual(["IntSliderModel", "FloatSliderModel", "DropdownModel", "DropdownModel"]);
});

it("a slider that is moved sets the value and tells of it, and a value that is set moves the slider", () => {
  const p = playground({ lr: { min: 0.001, max: 1, log: true, value: 0.1 } });
  const told: number[] = [];
  p.onChange("lr", ({ value }) => told.push(value));
  p.sliders();
  move({ value: -2 });
  expect([p.lr, told]).toEqual([0.01, [0.01]]);
  vi.advanceTimersByTime(100);
  p.lr = 1;
  vi.advanceTimersByTime(100);
  const sent = notebook.said.map((said) => (said as unknown as { method?: string; state?: { value?: number } })).filter(({ method }) => method === "update");
  expect(sent.at(-1)!.state!.value).toBeCloseTo(0, 12);
});

it("in VS Code they come by themselves, unless a page says that it draws the playground", () => {
  vi.stubEnv("VSCODE_PID", "1");
  display(playground({ width: { min: 1, max: 8 } }));
  vi.advanceTimersByTime(2000);
  expect(widgets()).toEqual(["IntSliderModel"]);
  notebook.opened.length = 0;
  display(playground({ width: { min: 1, max: 8 } }));
  notebook.says({ type: "hello", since: 0 });
  vi.advanceTimersByTime(2000);
  expect(widgets()).toEqual([]);
});

it("elsewhere they do not come by themselves, because a notebook that is run by a program would keep them", () => {
  vi.stubEnv("VSCODE_PID", undefined);
  display(playground({ width: { min: 1, max: 8 } }));
  vi.advanceTimersByTime(2000);
  expect(widgets()).toEqual([]);
});
