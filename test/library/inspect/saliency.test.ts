/** Saliency, maximised inputs, the inputs that a unit answers, and attention: against the model itself. */
import { describe, expect, it } from "vitest";
import { data, inspect, manualSeed, nn, noGrad, rand, randn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import { draw, seed } from "./drawn.ts";

manualSeed(seed);

class Classifier extends nn.Module {
  readonly conv: nn.Conv2d;
  readonly norm: nn.BatchNorm2d;
  readonly noise = new nn.Dropout(0.5);
  readonly last: nn.Linear;
  constructor(channels: number, maps: number) {
    super();
    this.conv = new nn.Conv2d(channels, maps, 3);
    this.norm = new nn.BatchNorm2d(maps);
    this.last = new nn.Linear(maps * 16, 4);
  }
  override forward(x: Tensor): Tensor {
    return this.last.forward(this.noise.forward(this.norm.forward(this.conv.forward(x)).tanh()).flatten({ startDim: 1 }));
  }
}

/** What must not change. */
function keptBy(model: nn.AnyModule, look: () => void): void {
  const state = (): unknown => [[...model.modules()].map(({ training }) => training), Object.entries(model.stateDict()).map(([name, each]) => [name, each.toArray()]), [...model.parameters()].map(({ grad }) => grad?.toArray())];
  const before = state();
  look();
  expect(state()).toEqual(before);
}

describe(`saliency (seed ${seed})`, () => {
  const channels = draw(1, 3);
  const model = new Classifier(channels, draw(1, 3)).to("float64");
  const x = randn([2, channels, 6, 6], { dtype: "float64" });
  model.forward(x).sum().backward();

  it("is the slope of the score, as differences find it, without training's noise", () => {
    keptBy(model, () => {
      const { gradient, size, targets } = inspect.saliency(model, x, [3, 1]).values;
      expect(targets).toEqual([3, 1]);
      const quiet = (input: Tensor): Tensor => {
        const modes = [...model.modules()].map((each) => [each, each.training] as const);
        model.eval();
        const scores = noGrad(() => model.forward(input));
        modes.forEach(([each, training]) => (each.training = training));
        return scores;
      };
      for (let trial = 0; trial < 8; trial++) {
        const place = [draw(0, 1), draw(0, channels - 1), draw(0, 5), draw(0, 5)] as const;
        const moved = (by: number): Tensor => {
          const other = x.clone();
          other.at(...place).add_(by);
          return quiet(other).at(place[0], targets[place[0]]!);
        };
        expect(gradient.at(...place).item()).toBeCloseTo((moved(1e-5).item() - moved(-1e-5).item()) / 2e-5, 7);
        expect(size.at(place[0], place[2], place[3]).item()).toBeCloseTo(Math.max(...(gradient.at(place[0]).select(1, place[2]).select(1, place[3]).abs().toArray() as number[])), 12);
      }
    });
  });

  it("looks at the likeliest class where none is named", () => {
    keptBy(model, () => {
      const scores = noGrad(() => model.eval().forward(x)).argmax({ dim: 1 }).toArray();
      model.train();
      expect(inspect.saliency(model, x).values.targets).toEqual(scores);
    });
  });

  it("smooths over noisy inputs, the same noise for the same seed, and over none with none", () => {
    const of = (smooth: boolean | inspect.SmoothOptions): number[] => Array.from(inspect.saliency(model, x, 0, { smooth }).values.gradient.data());
    const plain = of(false);
    expect(of({ noise: 0, samples: 3 })).toEqual(plain.map((each) => expect.closeTo(each, 10)));
    expect(of({ seed: 3, samples: 4 })).toEqual(of({ seed: 3, samples: 4 }));
    expect(of({ seed: 4, samples: 4 })).not.toEqual(of({ seed: 3, samples: 4 }));
    expect(of(true)).not.toEqual(plain);
  });

  it("refuses a class that is none and a model without scores", () => {
    expect(() => inspect.saliency(model, x, 4)).toThrow(/no unit 4; its units are 0 to 3/);
    expect(() => inspect.saliency(model, x, [1])).toThrow(/1 targets for 2 examples/);
    expect(() => inspect.saliency(model.conv, x)).toThrow(/must give scores \[N, classes\]/);
  });
});

describe("a maximised input", () => {
  it("of a unit that multiplies points along its weights", () => {
    const layer = new nn.Linear(9, 5);
    const { inputs, before, after } = inspect.maximize(layer, { unit: [1, 4], shape: [9], steps: 60 }).values;
    [1, 4].forEach((unit, i) => {
      const [found, weight] = [inputs.at(i), layer.weight.detach().at(unit)];
      expect(found.dot(weight).item() / Math.sqrt(found.dot(found).item() * weight.dot(weight).item())).toBeGreaterThan(0.99);
      expect(after[i]).toBeGreaterThan(before[i]! + 1);
    });
  });

  it("of a channel raises the mean of its map, stays within its range, and leaves the model alone", () => {
    const model = new Classifier(2, 3);
    model.forward(randn([4, 2, 6, 6])).sum().backward();
    keptBy(model, () => {
      const options = { layer: "norm", unit: 2, shape: [2, 6, 6], range: [0, 1] as const, steps: 20 };
      const { inputs, before, after } = inspect.maximize(model, options).values;
      expect(after[0]).toBeGreaterThan(before[0]!);
      expect([inputs.amin().item() >= 0, inputs.amax().item() <= 1]).toEqual([true, true]);
      expect(inspect.maximize(model, options).values.inputs.toArray()).toEqual(inputs.toArray());
    });
    keptBy(model, () => expect(() => inspect.maximize(model, { layer: "conv", unit: 3, shape: [2, 6, 6] })).toThrow(/no unit 3; its units are 0 to 2/));
    expect(() => inspect.maximize(model, { layer: "convolution", unit: 0, shape: [2, 6, 6] })).toThrow(/it has conv, norm, noise, last/);
    expect(() => inspect.maximize(model, { unit: 0, shape: [3, 6, 6] })).toThrow(/conv.*expects/s);
  });
});

describe("the inputs that a unit answers most strongly", () => {
  const model = new Classifier(1, 3);
  const pictures = randn([23, 1, 6, 6]);
  const maps = noGrad(() => model.conv.forward(pictures)).select(1, 1).reshape([23, -1]);
  const order = (maps.amax({ dim: 1 }).toArray() as number[]).map((value, index) => ({ value, index })).sort((a, b) => b.value - a.value).slice(0, 4);

  it("are those of the largest number in its map, wherever batches end", async () => {
    for (const batchSize of [4, 64]) {
      const { values } = await inspect.topInputs(model, pictures, { layer: "conv", unit: 1, count: 4, batchSize });
      expect(values.indices).toEqual(order.map(({ index }) => index));
      expectClose(values.activations, order.map(({ value }) => value), 1e-5);
      expect(values.inputs.at(0).toArray()).toEqual(pictures.at(order[0]!.index).toArray());
      values.places.forEach(([row, column], i) => expect(noGrad(() => model.conv.forward(pictures)).at(values.indices[i]!, 1, row!, column!).item()).toBeCloseTo(values.activations[i]!, 5));
    }
  });

  it("come from data sets too, whose examples may take a while and have labels", async () => {
    const set = new data.TensorDataset(pictures, tensor(Int32Array.from({ length: 23 }, (_, i) => i)));
    const slow = { length: 23, at: (index: number) => Promise.resolve(set.at(index)) };
    for (const each of [set, slow]) {
      const { values } = await inspect.topInputs(model, each, { layer: "conv", unit: 1, count: 4, limit: 23 });
      expect(values.indices).toEqual(order.map(({ index }) => index));
    }
    await expect(inspect.topInputs(model, pictures, { layer: "conv", unit: 9 })).rejects.toThrow(/its units are 0 to 2/);
    expect(model.training).toBe(true);
  });
});

describe("attention", () => {
  const names = ["the", "cat", "sat"];

  it("of several heads is softmax(Q K^T / sqrt(d)) of each, and their mean what the layer gives", () => {
    const layer = new nn.MultiheadAttention(6, 3, { batchFirst: true, dropout: 0.5 });
    const x = randn([2, 3, 6]);
    keptBy(layer, () => {
      const { values } = inspect.attention(layer, x, { example: 1, queries: names });
      const quiet = layer.eval();
      expectClose(values.mean({ dim: 0 }).data(), quiet.forward(x, x, x).weights.detach().at(1).contiguous().data(), 1e-6);
      layer.train();
      const part = (which: number, head: number): Tensor => {
        const rows = which * 6 + head * 2;
        return x.at(1).matmul(layer.inProjWeight!.detach().narrow(0, rows, 2).t()).add(layer.inProjBias!.detach().narrow(0, rows, 2));
      };
      for (const head of [0, 1, 2]) {
        const expected = part(0, head).matmul(part(1, head).t()).div(Math.sqrt(2)).softmax(-1);
        expectClose(values.at(head).contiguous().data(), expected.data(), 1e-5, `head ${head}`);
      }
    });
  });

  it("is found in a model that does not ask for weights itself, with its masks", () => {
    class Encoder extends nn.Module {
      readonly attend = new nn.MultiheadAttention(4, 2, { batchFirst: true });
      override forward(x: Tensor): Tensor {
        const { output } = this.attend.forward(x, x, x, { needWeights: false, isCausal: true });
        return this.attend.forward(output, x, x, { needWeights: false }).output;
      }
    }
    const model = new Encoder();
    const first = inspect.attention(model, randn([1, 5, 4]));
    expect(first.values.shape).toEqual([2, 5, 5]);
    expect(first.values.at(0, 1, 2).item()).toBe(0);
    expectClose(first.values.sum({ dim: -1 }).data(), Array.from({ length: 10 }, () => 1), 1e-5);
    expect(inspect.attention(model, randn([1, 5, 4]), { call: 1 }).values.at(0, 1, 2).item()).toBeGreaterThan(0);
    expect(() => inspect.attention(model, randn([1, 5, 4]), { call: 2 })).toThrow(/runs 2 times here; there is no call 2/);
    expect(() => inspect.attention(new nn.Linear(4, 2), randn([1, 4]))).toThrow(/nothing in the model attends/);
  });

  it("of an encoder's states is what the layer gives", () => {
    const layer = new nn.AdditiveAttention(3, 4, 5);
    const [query, keys] = [randn([2, 3]), randn([2, 6, 4])];
    expect(inspect.attention(layer, [query, keys], { example: 1 }).values.toArray()).toEqual([[noGrad(() => layer.forward(query, keys)).weights.at(1).toArray()]]);
  });
});

describe("samples of a Boltzmann machine", () => {
  it("have the machine's probabilities, counted exactly on a small one", () => {
    const machine = new nn.models.RBM(4, 3);
    const states = Array.from({ length: 16 }, (_, k) => [0, 1, 2, 3].map((bit) => (k >> bit) & 1));
    const weights = (noGrad(() => machine.freeEnergy(tensor(states, { dtype: "float32" }))).toArray() as number[]).map((energy) => Math.exp(-energy));
    const whole = weights.reduce((a, b) => a + b, 0);
    const exact = [0, 1, 2, 3].map((bit) => states.reduce((sum, state, k) => sum + state[bit]! * weights[k]!, 0) / whole);
    const { values } = inspect.samples(machine, rand([4000, 4]).round(), { every: 40, looks: 2 });
    expect(values.shape).toEqual([4000, 2, 4]);
    // Four standard errors of 4000 numbers between 0 and 1 are at most 0.032.
    expectClose(values.select(1, 1).mean({ dim: 0 }).data(), exact, 0.035);
  });
});
