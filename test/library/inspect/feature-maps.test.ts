/** The feature-map explorer's saved state, what it answers to its page, and what is shown without one. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspect, manualSeed, nn, noGrad, rand, randn } from "../../../src/index.ts";
import type { FeatureArithmetic, FeatureExplanation, FeatureMap, FeaturesState, MapSheet } from "../../../src/view/states/features.ts";
import { draw, seed } from "./drawn.ts";

manualSeed(seed);
type View = ReturnType<typeof inspect.featureMaps>;
const display = Symbol.for("Jupyter.display");
type Bundle = Record<string, unknown> & { "text/plain": string };
/** Views that are to be closed. */
const shown: View[] = [];

/** What the output holds. */
function bundleOf(view: View): Bundle {
  const bundle = (view as unknown as Record<symbol, () => Bundle>)[display]!();
  shown.push(view);
  return bundle;
}

/** A page that says what a person does and hears the answers. */
class Page {
  readonly heard: { type: string; n?: string; value?: unknown; error?: string; state?: FeaturesState }[] = [];
  #say: (message: { data: unknown }) => void = () => undefined;
  readonly host = {
    comm: () => ({
      id: "1",
      send: (data: never) => void this.heard.push(data),
      onMessage: (handler: (message: { data: unknown }) => void) => void (this.#say = handler),
      onClose: () => undefined,
      poll: () => undefined,
      close: () => undefined,
    }),
  };

  say(message: object): void {
    this.#say({ data: message });
  }

  /** Asks, and gives the answer, which is JSON. */
  ask<Answer>(name: string, params: object): Answer {
    this.say({ type: "request", n: name, name, params });
    const { error, value } = this.heard.findLast(({ type }) => type === "reply")!;
    if (error !== undefined) throw new Error(error);
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
    return value as Answer;
  }
}

let page: Page;
const globals = globalThis as Record<symbol, unknown>;
beforeEach(() => {
  page = new Page();
  globals[Symbol.for("Jupyter.host")] = page.host;
});
afterEach(() => {
  shown.splice(0).forEach((view) => view.close());
  delete globals[Symbol.for("Jupyter.host")];
});

describe(`the feature-map explorer (seed ${seed})`, () => {
  it("saves a large network's maps in less than a notebook should hold, the chosen layer's among them", () => {
    const model = new nn.models.LeNet5();
    const { state } = inspect.featureMaps(model, randn([1, 1, 28, 28]), { layer: "features.relu2" });
    expect(JSON.stringify(state).length).toBeLessThan(300_000);
    // What a layer only hands on, such as dropout that is off, is no layer of its own.
    expect(state.layers.map(({ name }) => name)).toEqual([
      ...["conv1", "relu1", "pool1", "conv2", "relu2", "pool2"].map((name) => `features.${name}`),
      ...["linear1", "relu3", "linear2", "relu4", "linear3"].map((name) => `classifier.${name}`),
    ]);
    expect(state.layers[state.choice.layer]!.name).toBe("features.relu2");
    expect(state.layers[state.choice.layer]!.sheet!.count).toBe(64);
    expect(state.layers.filter(({ sheet }) => sheet !== null).length).toBeGreaterThan(2);
    const wide = inspect.featureMaps(new nn.Conv2d(3, 300, 3), rand([1, 3, 96, 96]), {}).state;
    expect(JSON.stringify(wide).length).toBeLessThan(300_000);
    expect([wide.layers[0]!.maps, wide.layers[0]!.sheet!.count, wide.map.values]).toEqual([300, 256, null]);
    const deep = inspect.featureMaps(new nn.Conv2d(200, 200, 11), randn([1, 200, 70, 70])).state;
    expect(JSON.stringify(deep).length).toBeLessThan(300_000);
  });

  it("opens the largest number of the first convolution, and explains it", () => {
    const conv = new nn.Conv2d(2, 3, 3, { padding: 1 });
    const model = new nn.Sequential(new nn.Tanh(), conv, new nn.ReLU());
    const x = randn([2, 2, 6, 5]);
    const { choice, explanation: { arithmetic, input }, map, input: picture } = inspect.featureMaps(model, x, { example: 1 }).state;
    const own = noGrad(() => conv.forward(x.tanh())).at(1);
    expect(choice.layer).toBe(1);
    expect(arithmetic.value).toBeCloseTo(own.amax().item(), 4);
    expect(own.at(choice.map, choice.row, choice.column).item()).toBe(own.amax().item());
    expect(map.values).toHaveLength(30);
    expect(arithmetic.kind).toBe("convolution");
    // Each of the three is rounded for the page.
    expect(arithmetic.sum! + arithmetic.bias!).toBeCloseTo(arithmetic.value!, 4);
    expect([input!.count, input!.size, picture!.count]).toEqual([2, [6, 5], 2]);
  });

  it("answers for every layer, map and place with the numbers of the tensors", () => {
    const [inputs, outputs] = [draw(1, 4), draw(2, 5)];
    const conv = new nn.Conv2d(inputs, outputs, [draw(1, 3), draw(1, 3)], { padding: draw(0, 2), dilation: draw(1, 2) });
    const model = new nn.Sequential(conv, new nn.AvgPool2d(2), new nn.AdaptiveAvgPool2d(3), new nn.Flatten(), new nn.Linear(9 * outputs, 6));
    const x = randn([1, inputs, 9, 8]);
    const view = inspect.featureMaps(model, x);
    bundleOf(view);
    const own = noGrad(() => conv.forward(x)).at(0);
    const [, rows, columns] = own.shape as [number, number, number];
    for (let trial = 0; trial < 10; trial++) {
      const wanted = { layer: 0, map: draw(0, outputs - 1), row: draw(0, rows - 1), column: draw(0, columns - 1) };
      const { arithmetic } = page.ask<FeatureExplanation>("explanation", wanted);
      expect(arithmetic.result).toBeCloseTo(own.at(wanted.map, wanted.row, wanted.column).item(), 4);
      const { values } = page.ask<FeatureMap>("map", wanted);
      expect(values![wanted.row * columns + wanted.column]).toBeCloseTo(own.at(wanted.map, wanted.row, wanted.column).item(), 4);
    }
    expect(page.ask<MapSheet>("sheet", { layer: 1 }).size).toEqual([Math.floor(rows / 2), Math.floor(columns / 2)]);
    expect(page.ask<FeatureExplanation>("explanation", { layer: 1, map: 0, row: 0, column: 0 }).arithmetic).toMatchObject({ kind: "mean", divisor: 4 });
    expect(page.ask<FeatureExplanation>("explanation", { layer: 3, map: 0, row: 0, column: 5 })).toMatchObject({ arithmetic: { kind: "other" }, input: null });
    expect(page.ask("strongest", { layer: 0, map: 1 })).toMatchObject({ layer: 0, map: 1 });
    expect(() => page.ask("map", { layer: 0, map: outputs, row: 0, column: 0 })).toThrow(`there is no map ${outputs}`);
    expect(() => page.ask("sheet", { layer: 9 })).toThrow(/there is no layer 9; there are 4/);
  });

  it("runs again with the weights that the model has then, and tells the page", () => {
    const conv = new nn.Conv2d(1, 2, 3);
    const view = inspect.featureMaps(conv, rand([1, 1, 6, 6]), { map: 1, position: [2, 3] });
    bundleOf(view);
    page.say({ type: "hello", since: 0 });
    const before = view.state;
    noGrad(() => conv.weight.add_(0.5));
    page.ask("again", before.choice);
    const { state } = page.heard.findLast(({ type }) => type === "sync")!;
    expect(state!.choice).toEqual({ layer: 0, map: 1, row: 2, column: 3 });
    expect(state!.layers[0]!.sheet!.url).not.toBe(before.layers[0]!.sheet!.url);
    expect(state!.explanation.arithmetic.value).toBeGreaterThan(before.explanation.arithmetic.value!);
    expect(conv.training).toBe(true);
  });

  it("saves what was looked at last", () => {
    const view = inspect.featureMaps(new nn.Conv2d(1, 3, 3), rand([1, 1, 6, 6]));
    bundleOf(view);
    page.say({ type: "event", name: "choose", params: { layer: 0, map: 2, row: 1, column: 3 } });
    expect(view.state.choice).toEqual({ layer: 0, map: 2, row: 1, column: 3 });
    expect(bundleOf(view)["text/plain"]).toContain("map 2, row 1, column 3");
  });

  it("keeps the parts of many channels short: the largest, and the sum of the rest", () => {
    const arithmetic: FeatureArithmetic = inspect.featureMaps(new nn.Conv2d(40, 1, 3), randn([1, 40, 5, 5])).state.explanation.arithmetic;
    expect(arithmetic.parts).toHaveLength(24);
    expect(arithmetic.rest!.channels).toBe(16);
    expect(arithmetic.parts!.reduce((sum, part) => sum + part.sum!, 0) + arithmetic.rest!.sum!).toBeCloseTo(arithmetic.sum!, 4);
  });

  it("holds no number that JSON has not", () => {
    const conv = new nn.Conv2d(1, 1, 2);
    noGrad(() => conv.bias!.fill_(NaN));
    const { state } = inspect.featureMaps(conv, rand([1, 1, 4, 4]));
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(state.explanation.arithmetic.value).toBeNull();
  });

  it("is a chart of the chosen layer's maps and a text where no page draws it", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.MaxPool2d(2));
    const bundle = bundleOf(inspect.featureMaps(model, rand([1, 1, 8, 8]), { layer: "1" }));
    const spec = bundle["application/vnd.vegalite.v5+json"] as { description: string; data: { values: object[] } };
    expect(spec.data.values).toHaveLength(3);
    expect(spec.description).toContain("Maps of 1: MaxPool2d(2)");
    expect(bundle["text/plain"]).toMatch(/Sequential.*\n {2}0 +\[3, 6, 6\] +Conv2d.*\n> 1 +\[3, 3, 3\] +MaxPool2d.*\n1, map \d, row \d, column \d: .* = the largest under rows/s);
  });

  it("refuses a layer, a map and a place that are not there", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.ReLU());
    const x = rand([1, 1, 6, 6]);
    expect(() => inspect.featureMaps(model, x, { layer: "conv" })).toThrow(/no layer ran at "conv"; there are 0, 1/);
    expect(() => inspect.featureMaps(model, x, { map: 3 })).toThrow(/no map 3 in maps of shape \[3, 4, 4\]/);
    expect(() => inspect.featureMaps(model, x, { position: [0, 4] })).toThrow(/no column 4/);
    expect(() => inspect.featureMaps(model, [])).toThrow(/expected the model's input/);
  });
});
