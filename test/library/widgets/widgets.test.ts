/** Widgets against a notebook that is written from the widget protocol's text, and alone in plain Node. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { widgets } from "../../../src/index.ts";

type Json = Record<string, any>;

/** The page's side of one comm. */
interface PageComm {
  readonly id: string;
  readonly target: string;
  readonly opening: Json;
  readonly metadata: Json;
  readonly sent: Json[];
  isClosed: boolean;
  /** The page sends this; it waits until it is polled or delivered. */
  post(data: Json): void;
  deliver(): void;
}

const HOST = Symbol.for("Jupyter.host");
let comms: PageComm[];
let cellEnd: (() => void)[];
let control: ((comm: object) => void) | undefined;

function openComm(target: string, opening: Json = {}, metadata: Json = {}): { page: PageComm; comm: object } {
  const waiting: Json[] = [];
  let handler: ((message: { data: Json }) => void) | undefined;
  const page: PageComm = {
    id: `comm-${comms.length}`, target, opening, metadata, sent: [], isClosed: false,
    post: (data) => void waiting.push(data),
    deliver: () => {
      while (waiting.length > 0) handler!({ data: waiting.shift()! });
    },
  };
  comms.push(page);
  const comm = {
    id: page.id,
    send: (data: Json) => page.sent.push(structuredClone(data)),
    onMessage: (given: typeof handler) => (handler = given),
    onClose: () => undefined,
    poll: () => (waiting.length > 0 ? { data: waiting.shift()! } : undefined),
    close: () => (page.isClosed = true),
  };
  return { page, comm };
}

/** The comm of a widget that was shown. */
function show(widget: widgets.Widget): PageComm {
  const bundle = (widget as unknown as Record<symbol, () => Json>)[Symbol.for("Jupyter.display")]!();
  const { model_id, ...versions } = bundle["application/vnd.jupyter.widget-view+json"];
  expect(versions).toEqual({ version_major: 2, version_minor: 0 });
  return comms.find(({ id }) => id === model_id)!;
}

describe("in a notebook", () => {
  beforeEach(() => {
    comms = [];
    // A library in one process meets one notebook: the hooks of the first stay.
    cellEnd ??= [];
    (globalThis as Record<symbol, unknown>)[HOST] = {
      comm: (target: string, data: Json, metadata: Json) => openComm(target, data, metadata).comm,
      onCellEnd: (callback: () => void) => cellEnd.push(callback),
      onComm: (target: string, handler: (comm: object) => void) => {
        if (target === "jupyter.widget.control") control = handler;
      },
      bind: (callback: () => void) => callback,
    };
  });
  afterEach(() => {
    delete (globalThis as Record<symbol, unknown>)[HOST];
    vi.useRealTimers();
  });

  test("a widget opens a model of the controls' package with version 2 of the protocol, and its style and layout before it", () => {
    const page = show(widgets.slider({ min: 0, max: 10, value: 3, description: "depth", width: "300px" }));
    expect([page.target, page.metadata]).toEqual(["jupyter.widget", { version: "2.1.0" }]);
    const { state } = page.opening as { state: Json };
    expect(state).toMatchObject({ _model_module: "@jupyter-widgets/controls", _model_module_version: "2.0.0", _model_name: "IntSliderModel", _view_name: "IntSliderView", min: 0, max: 10, step: 1, value: 3, description: "depth" });
    const named = (name: string): Json => comms.find(({ id }) => `IPY_MODEL_${id}` === state[name])!.opening["state"];
    expect(named("layout")).toMatchObject({ _model_module: "@jupyter-widgets/base", _model_name: "LayoutModel", width: "300px" });
    expect(named("style")).toMatchObject({ _model_name: "SliderStyleModel" });
    expect(comms.indexOf(page)).toBe(comms.length - 1);
  });

  test("a slider follows the page, tells who observes it, and confirms what it took", () => {
    const slider = widgets.slider({ max: 1, step: 0.01 });
    const page = show(slider);
    const seen: object[] = [];
    const stop = slider.observe((change) => seen.push(change));
    page.post({ method: "update", state: { value: 0.25, nonsense: 1 }, buffer_paths: [] });
    page.deliver();
    expect(slider.value).toBe(0.25);
    expect(seen).toEqual([{ value: 0.25, previous: 0 }]);
    expect(page.sent).toEqual([{ method: "echo_update", state: { value: 0.25 }, buffer_paths: [] }]);
    stop();
    page.post({ method: "update", state: { value: 0.5 } });
    page.deliver();
    expect(seen).toHaveLength(1);
  });

  test("a value is read in the middle of a synchronous loop, and callbacks come after it", async () => {
    const slider = widgets.slider();
    const page = show(slider);
    const seen: number[] = [];
    slider.observe(({ value }) => seen.push(value));
    page.post({ method: "update", state: { value: 7 } });
    expect([slider.value, seen]).toEqual([7, []]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([7]);
  });

  test("next waits for the person and not for code", async () => {
    const slider = widgets.slider();
    const page = show(slider);
    let got: number | undefined;
    const waits = slider.next().then((value) => (got = value));
    slider.value = 4;
    await Promise.resolve();
    expect(got).toBeUndefined();
    page.post({ method: "update", state: { value: 9 } });
    page.deliver();
    await waits;
    expect(got).toBe(9);
  });

  test("a value that a loop sets 10,000 times goes out a few times, and the last one at the end of the cell", () => {
    const bar = widgets.progress({ max: 10_000 });
    const page = show(bar);
    for (let i = 1; i <= 10_000; i++) bar.value = i;
    expect(page.sent.length).toBeLessThan(20);
    for (const callback of cellEnd) callback();
    expect(page.sent.at(-1)).toEqual({ method: "update", state: { value: 10_000 }, buffer_paths: [] });
    const count = page.sent.length;
    for (const callback of cellEnd) callback();
    expect(page.sent.length).toBe(count);
  });

  test("a value that code sets once more goes out by itself a little later", () => {
    vi.useFakeTimers();
    const bar = widgets.progress();
    const page = show(bar);
    bar.value = 1;
    bar.value = 2;
    vi.advanceTimersByTime(60);
    expect(page.sent.map(({ state }) => state.value)).toEqual([1, 2]);
  });

  test("a drop-down gives the value that belongs to the label", () => {
    const dropdown = widgets.dropdown({ small: 32, large: 512 }, { value: 512 });
    const page = show(dropdown);
    expect((page.opening as Json)["state"]).toMatchObject({ _options_labels: ["small", "large"], index: 1 });
    page.post({ method: "update", state: { index: 0 } });
    expect(dropdown.value).toBe(32);
    dropdown.value = 512;
    for (const callback of cellEnd) callback();
    expect(page.sent.at(-1)!["state"]).toEqual({ index: 1 });
  });

  test("a button counts presses, calls back and resolves who waits", async () => {
    const button = widgets.button("Train", { kind: "primary" });
    const page = show(button);
    expect((page.opening as Json)["state"]).toMatchObject({ _model_name: "ButtonModel", description: "Train", button_style: "primary" });
    const pressed = vi.fn();
    button.onClick(pressed);
    const waits = button.next();
    page.post({ method: "custom", content: { event: "click" } });
    page.post({ method: "custom", content: { event: "hover" } });
    page.deliver();
    await waits;
    expect([button.clicks, pressed.mock.calls.length]).toEqual([1, 1]);
  });

  test("a page that was loaded anew is told the state of every model, by control or one by one", () => {
    const slider = widgets.slider({ value: 5 });
    const page = show(slider);
    slider.value = 6;
    const { page: asking, comm } = openComm("jupyter.widget.control");
    control!(comm);
    asking.post({ method: "request_states" });
    asking.deliver();
    const { method, states } = asking.sent[0] as Json;
    expect(method).toBe("update_states");
    expect(states[page.id]).toMatchObject({ model_name: "IntSliderModel", model_module: "@jupyter-widgets/controls", model_module_version: "2.0.0", state: { value: 6 } });
    page.sent.length = 0;
    page.post({ method: "request_state" });
    page.deliver();
    expect(page.sent[0]).toMatchObject({ method: "update", state: { value: 6, _model_name: "IntSliderModel" } });
  });

  test("a widget that is closed leaves the page, and who waits for it gets an error", async () => {
    const slider = widgets.slider();
    const page = show(slider);
    const waits = slider.next();
    slider.close();
    await expect(waits).rejects.toThrow("slider was closed");
    expect(page.isClosed).toBe(true);
    await expect(slider.next()).rejects.toThrow("is closed");
  });
});

describe("in plain Node", () => {
  test("widgets hold their values, show text, and say that nobody can use them", async () => {
    const slider = widgets.slider({ value: 150, max: 10 });
    slider.value = 3;
    expect([slider.value, String(slider), String(widgets.dropdown(["a", "b"])), String(widgets.button("Go"))]).toEqual([
      3, "slider(value=3, min=0, max=10)", "dropdown(value='a', choices=[ 'a', 'b' ])", "button(description='Go', clicks=0)"]);
    expect((slider as unknown as Record<symbol, () => Json>)[Symbol.for("Jupyter.display")]!()).toEqual({ "text/plain": String(slider) });
    await expect(slider.next()).rejects.toThrow("outside a notebook");
  });

  test.each([
    [() => widgets.slider({ min: 2, max: 1 }), "min must be below max, got min 2 and max 1"],
    [() => widgets.slider({ value: Number.NaN }), "value must be a finite number, got NaN"],
    [() => widgets.slider({ step: 0 }), "step must be above 0"],
    [() => widgets.dropdown([]), "there must be something to choose from"],
    [() => widgets.dropdown(["a"], { value: "b" as "a" }), "b is not among the choices, which are a"],
    [() => widgets.progress({ max: 0 }), "max must be a number above 0, got 0"],
  ])("what cannot be shown is an error that says why", (make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ name: "WidgetError" }));
  });
});
