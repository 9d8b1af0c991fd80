/** A network shown: its table against counts that books print, its graph against the module that the test has written. */
import { describe, expect, it } from "vitest";
import { cat, inspect, manualSeed, nn, randn, stack, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { NetworkBox, NetworkDrawing, NetworkState } from "../../../src/view/states/network.ts";
import { draw } from "../plot/drawn-chart.ts";

/** One of these numbers, for sizes that no code can have been written for. */
const anyOf = (numbers: readonly number[]): number => numbers[Math.floor(Math.random() * numbers.length)]!;

class Block extends nn.Module {
  first: nn.Conv2d;
  normalise: nn.BatchNorm2d;
  drop = new nn.Dropout(0.3);
  second: nn.Conv2d;
  constructor(channels: number) {
    super();
    this.first = new nn.Conv2d(channels, channels, 3, { padding: 1 });
    this.normalise = new nn.BatchNorm2d(channels);
    this.second = new nn.Conv2d(channels, channels, 1);
  }
  override forward(x: Tensor): Tensor {
    return this.second.forward(this.drop.forward(this.normalise.forward(this.first.forward(x)))).add(x);
  }
}

/** A stem, a block that is skipped over, two branches, a layer that is used twice, and one that is not used. */
class Branching extends nn.Module {
  stem: nn.Conv2d;
  block: Block;
  left: nn.Linear;
  right: nn.Linear;
  shared: nn.Linear;
  idle: nn.Linear;
  constructor(channels: number, features: number) {
    super();
    this.stem = new nn.Conv2d(1, channels, 3);
    this.block = new Block(channels);
    this.left = new nn.Linear(channels, features);
    this.right = new nn.Linear(channels, features);
    this.shared = new nn.Linear(2 * features, 2 * features);
    this.idle = new nn.Linear(2, 2);
  }
  override forward(x: Tensor): Tensor {
    const pooled = this.block.forward(this.stem.forward(x).relu()).mean({ dim: [2, 3] });
    const joined = cat([this.left.forward(pooled).tanh(), this.right.forward(pooled)], { dim: 1 });
    return this.shared.forward(this.shared.forward(joined)).add(joined);
  }
}

const boxOf = (drawing: NetworkDrawing, id: string): NetworkBox => drawing.boxes.find((box) => box.id === id)!;
const named = ({ title, call }: NetworkBox): string => `${title.split(":")[0]!.replace(/^. /, "")}${call === undefined ? "" : ` ${call[0]}`}`;
const arrowsOf = (drawing: NetworkDrawing): string[] => drawing.arrows.map(({ from, to }) => `${named(boxOf(drawing, from))} > ${named(boxOf(drawing, to))}`).sort();

describe("the graph of a network", () => {
  const [channels, features, size, batch] = [anyOf([3, 5, 7]), anyOf([2, 3, 4]), anyOf([7, 9]), anyOf([1, 2, 3])];
  const model = new Branching(channels, features);
  const view = inspect.network(model, randn([batch, 1, size, size]));
  const [folded, unfolded] = [view.state.levels[0]!, view.state.levels.at(-1)!];

  it("has the arrows of forward: branches, a skipped block, a layer that is called twice", () => {
    expect(arrowsOf(folded)).toEqual([
      "input > stem", "stem > relu", "relu > block", "block > mean", "mean > left", "mean > right", "left > tanh", "tanh > cat", "right > cat",
      "cat > shared 1", "shared 1 > shared 2", "shared 2 > add", "cat > add", "add > output",
    ].sort());
    const inside = arrowsOf(unfolded);
    expect(inside).toEqual(expect.arrayContaining(["relu > first", "first > normalise", "normalise > drop", "drop > second", "second > add", "relu > add"]));
    expect(inside).toHaveLength(arrowsOf(folded).length + 5 - 1 + 1);
  });

  it("says of each box what shape it gives", () => {
    const shapes = Object.fromEntries(unfolded.boxes.map((box) => [named(box), box.subtitle]));
    const image = `[${batch}, ${channels}, ${size - 2}, ${size - 2}]`;
    expect(shapes).toMatchObject({ input: `[${batch}, 1, ${size}, ${size}]`, stem: image, drop: image, mean: `[${batch}, ${channels}]`, left: `[${batch}, ${features}]`, "shared 2": `[${batch}, ${2 * features}]`, output: `[${batch}, ${2 * features}]` });
  });

  it("folds one module and not the other when it is asked to", () => {
    const asked = (open: readonly string[]): NetworkDrawing => inspectFold(view, open);
    const id = unfolded.open[0]!;
    expect(asked([id])).toEqual(unfolded);
    expect(asked([])).toEqual(folded);
    expect(asked(["nothing of the kind"])).toEqual(folded);
  });

  it("is laid out without overlaps, every box within its frame and every arrow on its boxes", () => {
    for (const drawing of view.state.levels) {
      const boxes = drawing.boxes.filter(({ role }) => role !== "frame");
      for (const [i, a] of boxes.entries()) {
        expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.width && a.y + a.height <= drawing.height).toBe(true);
        for (const b of boxes.slice(i + 1)) {
          const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(apart, `${a.title} and ${b.title}`).toBe(true);
        }
      }
      for (const { from, to, points } of drawing.arrows) {
        const [start, end] = [boxOf(drawing, from), boxOf(drawing, to)];
        expect(points[0]![1]).toBeCloseTo(start.y + start.height, 0);
        expect(points.at(-1)![1]).toBeCloseTo(end.y, 0);
        expect(start.y).toBeLessThan(end.y);
      }
    }
    const frame = unfolded.boxes.find(({ role }) => role === "frame")!;
    const inner = unfolded.boxes.filter(({ path, role }) => role !== "frame" && path?.startsWith("block.") === true);
    expect(inner).toHaveLength(4);
    for (const { x, y, width, height } of inner) {
      expect(x > frame.x && y > frame.y && x + width < frame.x + frame.width && y + height < frame.y + frame.height).toBe(true);
    }
  });

  it("says which layers are called twice, and which never", () => {
    const calls = Object.fromEntries(view.state.layers.map((layer) => [layer.path, layer.calls]));
    expect(calls).toMatchObject({ "": 1, shared: 2, idle: 0, "block.drop": 1 });
    expect(unfolded.boxes.some(({ path }) => path === "idle")).toBe(false);
  });

  it("says how pieces are put together, by a call or by hand", () => {
    class Around extends nn.Module {
      inner = new nn.Sequential(new nn.ReLU());
      override forward(x: Tensor): Tensor {
        const whole = zeros([2, 3]);
        whole.slice(0, 0, 1).copy_(x.relu());
        whole.slice(0, 1, 2).copy_(x.tanh());
        return stack([whole.exp(), this.inner.forward(x).expand([2, 3])], { dim: 0 }).sum();
      }
    }
    expect(arrowsOf(inspect.network(new Around(), [1, 3]).state.levels[0]!)).toEqual(
      ["input > relu", "input > tanh", "relu > copy", "tanh > copy", "copy > exp", "exp > stack", "input > inner", "inner > stack", "stack > sum", "sum > output"].sort(),
    );
  });

  it("marks what does not lead to the result", () => {
    class Wasteful extends nn.Module {
      used = new nn.Linear(3, 2);
      wasted = new nn.Linear(3, 4);
      override forward(x: Tensor): Tensor {
        this.wasted.forward(x);
        return this.used.forward(x);
      }
    }
    const { boxes } = inspect.network(new Wasteful(), [1, 3]).state.levels[0]!;
    expect(boxes.filter(({ unused }) => unused === true).map(({ path }) => path)).toEqual(["wasted"]);
  });

  it("leads through layers that give their input on as it is", () => {
    class Skipping extends nn.Module {
      drop = new nn.Dropout(0.5);
      override forward(x: Tensor): Tensor {
        return this.drop.forward(x).add(x);
      }
    }
    expect(arrowsOf(inspect.network(new Skipping(), [2, 3]).state.levels[0]!)).toEqual(["add > output", "drop > add", "input > add", "input > drop"]);
  });

  it("takes several inputs and gives several outputs", () => {
    class Two extends nn.Module<[Tensor, Tensor], { sum: Tensor; product: Tensor }> {
      override forward(a: Tensor, b: Tensor): { sum: Tensor; product: Tensor } {
        return { sum: a.add(b), product: a.mul(b) };
      }
    }
    class Around extends nn.Module<[Tensor, Tensor], Tensor[]> {
      two = new Two();
      override forward(a: Tensor, b: Tensor): Tensor[] {
        const { sum, product } = this.two.forward(a, b);
        return [sum, product.relu()];
      }
    }
    const { boxes } = inspect.network(new Around(), [randn([2]), randn([2])]).state.levels[0]!;
    expect(boxes.map(({ title }) => title).sort()).toEqual(["input 1", "input 2", "output 1", "output 2", "relu", "two: Two()"]);
  });
});

/** What the library answers when the page unfolds modules. */
function inspectFold(view: ReturnType<typeof inspect.network>, open: readonly string[]): NetworkDrawing {
  const said: Record<string, unknown>[] = [];
  let hear: ((message: { data: unknown }) => void) | undefined;
  const comm = { id: "1", send: (message: Record<string, unknown>) => void said.push(message), onMessage: (handler: typeof hear) => void (hear = handler), onClose: () => undefined, poll: () => undefined, close: () => undefined };
  Object.assign(globalThis, { [Symbol.for("Jupyter.host")]: { comm: () => comm } });
  try {
    (view as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")]!();
    listeners.set(view, hear ?? listeners.get(view)!);
    const answers = replies.get(view) ?? said;
    replies.set(view, answers);
    listeners.get(view)!({ data: { type: "request", n: "1", name: "fold", params: { open } } });
    return answers.filter(({ type }) => type === "reply").at(-1)!["value"] as NetworkDrawing;
  } finally {
    Reflect.deleteProperty(globalThis, Symbol.for("Jupyter.host"));
  }
}
const listeners = new Map<object, (message: { data: unknown }) => void>();
const replies = new Map<object, Record<string, unknown>[]>();

describe("the table of a network", () => {
  class LeNet5 extends nn.Module {
    features = new nn.Sequential(new nn.Conv2d(1, 6, 5, { padding: 2 }), new nn.Tanh(), new nn.AvgPool2d(2), new nn.Conv2d(6, 16, 5), new nn.Tanh(), new nn.AvgPool2d(2));
    classifier = new nn.Sequential(new nn.Flatten(), new nn.Linear(400, 120), new nn.Tanh(), new nn.Linear(120, 84), new nn.Tanh(), new nn.Linear(84, 10));
    override forward(x: Tensor): Tensor {
      return this.classifier.forward(this.features.forward(x));
    }
  }

  it("counts LeNet-5's 61,706 parameters, with the shapes of its layers", () => {
    const { state } = inspect.network(new LeNet5(), [1, 1, 28, 28]);
    // A. Zhang and others, "Dive into Deep Learning", section "Convolutional Neural Networks (LeNet)": shapes; the counts are its layers'.
    expect(state.parameters).toBe(61_706);
    expect(state.bytes).toBe(4 * 61_706);
    expect(state.layers.filter(({ parameters }) => parameters > 0).map(({ parameters }) => parameters)).toEqual([156, 2416, 48120, 10164, 850]);
    const shapes = state.layers.filter(({ inner }) => !inner).map(({ outputShapes }) => outputShapes[0]);
    expect(shapes).toEqual([[1, 6, 28, 28], [1, 6, 28, 28], [1, 6, 14, 14], [1, 16, 10, 10], [1, 16, 10, 10], [1, 16, 5, 5], [1, 400], [1, 120], [1, 120], [1, 84], [1, 84], [1, 10]]);
  });

  it("says the numbers of parameters, buffers, gradients and outputs", () => {
    manualSeed(5);
    const model = new nn.Sequential(new nn.Linear(3, 50), new nn.BatchNorm1d(50), new nn.ReLU());
    model.forward(randn([8, 3])).sum().backward();
    const x = randn([20, 3]);
    const { layers } = inspect.network(model, x).state;
    const linear = model.at(0) as nn.Linear;
    const [weight] = layers[1]!.tensors;
    expect(weight).toMatchObject({ name: "weight", kind: "parameter", shape: [50, 3] });
    expect(weight!.mean).toBeCloseTo(linear.weight.mean().item(), 5);
    expect(weight!.std).toBeCloseTo(linear.weight.std().item(), 5);
    expect(weight!.gradient!.std).toBeCloseTo(linear.weight.grad!.std().item(), 4);
    expect(weight!.histogram.reduce((a, b) => a + b)).toBe(150);
    expect(layers[2]!.tensors.map(({ name, kind }) => `${name} ${kind}`)).toContain("runningMean buffer");
    const zeros = [...model.eval().forward(x).data()].filter((value) => value === 0).length / 1000;
    expect(layers[3]!.output!.zeros).toBeCloseTo(zeros, 5);
  });

  it("reads a sample of a large tensor, and says so", () => {
    const [large] = inspect.network(new nn.Linear(1024, 700)).state.layers[0]!.tensors;
    expect(large!.sampled).toBeGreaterThan(100_000);
    expect(large!.std).toBeCloseTo(1 / 32 / Math.sqrt(3), 3);
  });

  it("knows parameters but no shapes without an example, and says what to do", () => {
    const { state } = inspect.network(new LeNet5());
    expect(state).toMatchObject({ levels: [], note: "no-example", parameters: 61_706 });
    expect(state.layers.every(({ calls }) => calls === undefined)).toBe(true);
  });

  it("counts what lies deep inside of a model of a thousand modules with what is around it", () => {
    const block = (): nn.Sequential => new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 2));
    const model = new nn.Sequential(...Array.from({ length: 250 }, block));
    const view = inspect.network(model, [1, 2]);
    expect(view.state.layers).toHaveLength(251);
    expect(view.state.layers[17]!.parameters).toBe(9 + 8);
    expect(view.state.parameters).toBe(250 * 17);
    expect(JSON.stringify(view.state).length).toBeLessThan(300_000);
  });

  it("leaves the model as it was", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.Sequential(new nn.Dropout(0.5)));
    const [, inner] = [model.at(0), model.at(2) as nn.Sequential];
    inner.eval();
    const before = JSON.stringify([...model.namedBuffers()].map(([name, buffer]) => [name, buffer.toArray()]));
    const x = randn([4, 1, 5, 5], { requiresGrad: true });
    inspect.network(model, x);
    expect(JSON.stringify([...model.namedBuffers()].map(([name, buffer]) => [name, buffer.toArray()]))).toBe(before);
    expect([...model.modules()].map(({ training }) => training)).toEqual([true, true, true, false, false]);
    expect(x.grad).toBeNull();
    expect(model.forward(x).requiresGrad).toBe(true);
  });

  it("is the value of a cell that ends with a module, beside the module's own text", () => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU());
    const bundle = (model as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
    expect(bundle["text/plain"]).toBe(model.toString());
    const { kind, state } = bundle["application/vnd.nabla.view.v1+json"] as { kind: string; state: NetworkState };
    expect([kind, state.parameters]).toEqual(["network", 16]);
  });
});

describe("a network without the page's renderer", () => {
  it("is a picture of the graph, which Vega-Lite draws, and a text", async () => {
    const view = inspect.network(new Branching(5, 3), [1, 1, 9, 9]);
    const bundle = (view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
    const { texts } = await draw({ spec: bundle["application/vnd.vegalite.v5+json"] } as never);
    expect(texts).toEqual(expect.arrayContaining(["input", "stem: Conv2d(1, 5, 3)", "[1, 5, 7, 7]", "+ add", "block: Block()", "output"]));
    const text = bundle["text/plain"] as string;
    expect(text).toMatch(/stem: Conv2d\(1, 5, 3\) +\[1, 5, 7, 7\] +50\n/);
    expect(text).toMatch(/shared: Linear\(6, 6\) +\[1, 6\] \(2 calls\) +42\n/);
    expect(text).toMatch(/idle: Linear\(2, 2\) +not called +6\n/);
    expect(text).toContain("cat takes tanh and right: Linear(5, 3)");
  });

  it("is refused in words when it is no module, or gets no input", () => {
    expect(() => inspect.network({} as never)).toThrow(/extends nn\.Module/);
    expect(() => inspect.network(new nn.ReLU(), "x" as never)).toThrow(/\[1, 1, 28, 28\]/);
  });

  it("says so when the graph is too large to be drawn, and still has its table", () => {
    class Deep extends nn.Module {
      override forward(x: Tensor): Tensor {
        let value = x;
        for (let i = 0; i < 200; i++) value = value.mul(0.99);
        return value;
      }
    }
    class Around extends nn.Module {
      inner = new nn.Linear(2, 2);
      deep = new Deep();
      override forward(x: Tensor): Tensor {
        let value = this.inner.forward(x);
        for (let i = 0; i < 200; i++) value = value.mul(0.99);
        return this.deep.forward(value);
      }
    }
    const { state } = inspect.network(new Around(), [1, 2]);
    expect(state).toMatchObject({ note: "too-large", levels: [], parameters: 6 });
    expect(inspect.network(new Deep(), [1, 2]).state.levels[0]!.boxes.map(({ title }) => title)).toEqual(["input", "Deep()", "output"]);
  });
});
