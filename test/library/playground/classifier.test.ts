/** The classifier's playground: that it is the program it hands out, what settings change, and what the page is told. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { display, manualSeed, nn, noGrad, playground, rand, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { Json, SavedView } from "../../../src/view/index.ts";
import type { ClassifierMessage, ClassifierState } from "../../../src/view/states/classifier.ts";
import { Notebook } from "../view/notebook.ts";

const MIME = "application/vnd.nabla.view.v1+json";
const root = fileURLToPath(new URL("../../..", import.meta.url));
const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  notebook.shown.length = 0;
  notebook.said.length = 0;
});

const event = (name: string, params: Json = null) => ({ type: "event", name, params }) as const;
const savedState = () => (notebook.shown.at(-1)!.bundle[MIME] as SavedView<ClassifierState>).state;
const messages = () => notebook.said.flatMap((said) => (said.type === "message" ? [said.message as unknown as ClassifierMessage] : []));
const bytes = (base64: string): number[] => [...Buffer.from(base64, "base64")];

describe("the program that it hands out", () => {
  it("runs by itself and comes to the same weights, whatever the settings", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-program-"));
    try {
      for (const settings of [{ dataset: "circles", noise: 0.1, width: 3, depth: 2, batchSize: 50 }, { dataset: "spirals", activation: "relu", optimizer: "Adam", lr: 0.02, depth: 0, batchSize: 200 }] as const) {
        const given = playground.classifier({ ...settings, seed: 5 });
        const epochs = 7;
        given.step(epochs * Math.ceil(200 / settings.batchSize));
        const program = given.code().replace("epochs = 100", `epochs = ${epochs}`).replace('"nabla"', JSON.stringify(path.join(root, "dist", "src", "index.js")))
          .replace("(seed: number)", "(seed)").replace("hidden: number[]", "hidden");
        const file = path.join(folder, "program.mjs");
        writeFileSync(file, `${program}\nconsole.log(JSON.stringify([...model.parameters()].map((each) => [...each.detach().data()])));`);
        const [said, weights] = execFileSync(process.execPath, ["--expose-gc", file], { encoding: "utf8" }).trim().split("\n");
        expect(JSON.parse(weights!)).toEqual([...given.model.parameters()].map((each) => [...each.detach().data()]));
        expect(said).toBe(`${(100 * given.accuracy).toFixed(1)} % of the test points are right`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("follows the settings", () => {
    const given = playground.classifier();
    given.set({ lr: 0.3, optimizer: "Adam", width: 5 });
    expect(given.code()).toContain("const lr = 0.3, batchSize = 10");
    expect(given.code()).toContain("new optim.Adam(model.parameters(), { lr })");
    expect(given.code()).toContain('const width = 5, depth = 1, activation = "tanh";');
  });
});

describe("training", () => {
  it("learns the moons, and leaves the learner's own random numbers alone", () => {
    manualSeed(3);
    const undisturbed = rand([4]).toArray();
    manualSeed(3);
    const given = playground.classifier({ noise: 0.1 });
    const before = given.loss;
    given.step(1500);
    expect(given.steps).toBe(1500);
    expect(given.loss).toBeLessThan(before / 2);
    expect(given.accuracy).toBeGreaterThan(0.85);
    expect(rand([4]).toArray()).toEqual(undisturbed);
  });

  it("is not disturbed by whoever looks: a network with dropout and batch normalisation learns the same", () => {
    const model = (): nn.Module => new nn.Sequential({ a: new nn.Linear(2, 6), norm: new nn.BatchNorm1d(6), drop: new nn.Dropout(0.3), b: new nn.Linear(6, 2) });
    const [watched, alone] = [playground.classifier({ model }), playground.classifier({ model })];
    manualSeed(3);
    const undisturbed = rand([4]).toArray();
    manualSeed(3);
    for (let i = 0; i < 30; i++) watched.step();
    alone.step(30);
    expect(watched.loss).toBe(alone.loss);
    expect(Object.values(watched.model.stateDict()).map((each) => each.toArray())).toEqual(Object.values(alone.model.stateDict()).map((each) => each.toArray()));
    expect(rand([4]).toArray()).toEqual(undisturbed);
  });

  it("of many steps shows the losses on the way", () => {
    display(playground.classifier({ steps: 400 }));
    const steps = savedState().frame.curve.filter((_, i) => i % 3 === 0) as number[];
    expect([steps[0], steps.at(-1), steps.length > 20, steps.length < 120]).toEqual([0, 400, true, true]);
  });

  it("goes on with another rate, and begins again with another network or other points", () => {
    const given = playground.classifier();
    given.step(20);
    const { model } = given;
    given.set({ lr: 1, batchSize: 50, optimizer: "Adam", noise: 0.3 });
    given.step(1);
    expect([given.steps, given.model === model]).toEqual([21, true]);
    given.set({ width: 6 });
    expect([given.steps, given.model === model, given.model.summary([1, 2]).parameters]).toEqual([0, false, 3 * 6 + 7 * 2]);
    const points = given.train.points;
    given.set({ dataset: "spirals" });
    expect([given.train.points === points, given.train.points.shape]).toEqual([false, [200, 2]]);
    given.reset();
    expect(given.values).toMatchObject({ dataset: "moons", width: 4, noise: 0.1 });
    expect(() => given.set({ width: 9 })).toThrow("width is a number from 1 to 8, got 9");
  });

  it("stops when the loss is no number any more, and says so", () => {
    const given = playground.classifier({ model: () => new Explosive() });
    display(given);
    given.play();
    expect(given.loss).toBeNaN();
    expect(messages().at(-1)!.frame).toMatchObject({ running: false, trainLoss: null, testLoss: null, accuracy: null });
    expect(String(given)).toContain("the loss is no number any more");
  });
});

/** Its scores are infinite, and their softmax is no number. */
class Explosive extends nn.Module {
  readonly layer = new nn.Linear(2, 2);
  override forward(x: Tensor): Tensor {
    return this.layer.forward(x).mul(1e30).mul(1e30);
  }
}

describe("what is seen", () => {
  it("is the model's own probability at every place, and what each unit of any network answers there", () => {
    const [first, second] = [3, 5];
    class Learner extends nn.Module {
      readonly twice = new nn.Linear(2, 2);
      readonly hidden = new nn.Linear(2, first);
      readonly more = new nn.Linear(first, second);
      readonly relu = new nn.ReLU();
      readonly out = new nn.Linear(second, 2);
      override forward(x: Tensor): Tensor {
        const y = this.twice.forward(this.twice.forward(x));
        return this.out.forward(this.relu.forward(this.more.forward(this.hidden.forward(y).tanh())));
      }
    }
    const given = playground.classifier({ model: () => new Learner() });
    given.step(30);
    display(given);
    const { frame, bounds: [x0, x1, y0, y1], fieldSide: side, mapSide } = savedState();
    const model = given.model as Learner;
    const places = tensor(Array.from({ length: side * side }, (_, i) => [x0 + (((i % side) + 0.5) / side) * (x1 - x0), y1 - ((Math.floor(i / side) + 0.5) / side) * (y1 - y0)]));
    const probabilities = noGrad(() => model.forward(places).softmax(-1)).toArray() as number[][];
    bytes(frame.field).forEach((level, i) => expect(Math.abs(level / 255 - probabilities[i]![1]!)).toBeLessThan(0.003));
    expect(frame.layers.map(({ name, units }) => [name, units])).toEqual([["twice", 2], ["twice", 2], ["hidden", first], ["more", second]]);
    const afterRelu = noGrad(() => model.more.forward(model.hidden.forward(model.twice.forward(model.twice.forward(places))).tanh()).relu()).toArray() as number[][];
    frame.layers[3]!.maps.forEach(({ map, low, high }, unit) => bytes(map).forEach((level, i) => {
      const place = 2 * Math.floor(i / mapSide) * side + 2 * (i % mapSide);
      const mean = [0, 1, side, side + 1].reduce((sum, step) => sum + afterRelu[place + step]![unit]!, 0) / 4;
      expect(Math.abs(high > low ? low + (level / 255) * (high - low) - mean : 0)).toBeLessThan(0.01 * Math.max(1, high - low));
    }));
    const weights = [...model.more.weight.detach().data()].map(Number);
    frame.layers[3]!.weights!.forEach((weight, i) => expect(weight).toBeCloseTo(weights[i]!, 2));
    const out = model.out.weight.toArray() as number[][];
    frame.outputWeights!.forEach((weight, unit) => expect(weight).toBeCloseTo(out[1]![unit]! - out[0]![unit]!, 2));
  });

  it("of a wide and deep network is a part, so that the notebook stays small", () => {
    display(playground.classifier({ model: () => new nn.models.Mlp([2, ...Array<number>(9).fill(40), 2], { activation: "tanh" }) }));
    const { frame } = savedState();
    expect(frame.layers.map(({ units, maps }) => [units, maps.length])).toEqual(Array(6).fill([40, 8]));
    expect(frame.outputWeights).toBeUndefined();
    expect(JSON.stringify(savedState()).length).toBeLessThan(100_000);
  });

  it("of a model that does not fit says what is wrong with it, and the page can go on", () => {
    expect(() => playground.classifier({ model: () => new nn.Linear(2, 3) })).toThrow("the model gave shape [200, 3] for points of shape [200, 2]; expected two scores for each point");
    const given = playground.classifier({ model: ({ width }) => new nn.Linear(2, width === 4 ? 2 : 3) });
    display(given);
    notebook.says(event("set", { name: "width", value: 5 }));
    expect(messages().at(-1)!.frame!.problem).toContain("expected two scores");
    notebook.says(event("set", { name: "width", value: 4 }));
    notebook.says(event("step"));
    expect(messages().at(-1)!.frame).toMatchObject({ step: 1 });
    expect(messages().at(-1)!.frame!.problem).toBeUndefined();
  });
});

describe("the page", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("starts, steps and pauses it, and hears of each moment", () => {
    const given = playground.classifier({ depth: 0 });
    display(given);
    notebook.says({ type: "hello", since: 0 });
    notebook.says(event("step"));
    expect(given.steps).toBe(1);
    notebook.says(event("play"));
    vi.advanceTimersByTime(400);
    const { steps } = given;
    expect(steps).toBeGreaterThan(5);
    expect(messages().at(-1)!.frame).toMatchObject({ running: true, step: steps, trainLoss: given.loss });
    notebook.says(event("pause"));
    vi.advanceTimersByTime(5000);
    expect(given.steps).toBe(steps);
    expect(messages().at(-1)!.frame!.running).toBe(false);
    expect(savedState().frame.step).toBe(steps);
    notebook.says(event("restart"));
    expect(given.steps).toBe(0);
  });

  it("that no longer looks on lets it rest, and it goes on when the page is back", () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 0.5));
    try {
      const given = playground.classifier({ depth: 0 });
      display(given);
      notebook.says(event("play"));
      vi.advanceTimersByTime(200);
      expect(given.steps).toBeGreaterThan(0);
      now += 10_000;
      vi.advanceTimersByTime(200);
      const { steps } = given;
      vi.advanceTimersByTime(1000);
      expect(given.steps).toBe(steps);
      notebook.says(event("watch"));
      vi.advanceTimersByTime(200);
      expect(given.steps).toBeGreaterThan(steps);
      given.pause();
    } finally {
      clock.mockRestore();
    }
  });

  it("gets new points when the noise changes", () => {
    const given = playground.classifier();
    display(given);
    notebook.says(event("set", { name: "noise", value: 0.4 }));
    const { points, bounds, values } = messages().at(-1)!;
    expect([points!.train.length, bounds!.length, values]).toEqual([600, 4, { noise: 0.4 }]);
    (given.train.points.toArray() as number[][]).forEach(([x, y], i) => {
      expect(points!.train[3 * i]).toBeCloseTo(x!, 3);
      expect(points!.train[3 * i + 1]).toBeCloseTo(y!, 3);
    });
  });
});

it("without a page that draws it, the output is a chart of the plane and the losses, and text", () => {
  const given = playground.classifier({ steps: 40 });
  display(given);
  const { bundle } = notebook.shown.at(-1)!;
  const spec = bundle["application/vnd.vegalite.v5+json"] as { hconcat: unknown[]; description: string };
  expect(spec.hconcat).toHaveLength(2);
  expect(spec.description).toContain("after 40 steps");
  expect(bundle["text/plain"]).toMatch(/after 40 steps: loss 0\.\d{4}, on test points 0\.\d{4}, \d+\.\d % of them right/);
});
