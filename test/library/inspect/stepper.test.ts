/** The stepper's numbers: autograd's own, finite differences', and those that others have printed. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspect, manualSeed, nn, noGrad, randn, stack, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { StepperArrow, StepperState, StepperValue } from "../../../src/view/states/stepper.ts";
import { draw } from "../plot/drawn-chart.ts";

const numbers = (values: readonly (number | string)[] | undefined): number[] => (values ?? []).map(Number);

function valueNamed({ boxes }: StepperState, name: string): StepperValue {
  const found = boxes.flatMap(({ values }) => values).find((value) => value.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${boxes.flatMap(({ values }) => values.map((value) => value.name)).join()}`);
  return found;
}

/** What an arrow's terms come to: the sum over upstream times local derivative, element by element. */
function sumOfTerms({ boxes }: StepperState, { to, local }: StepperArrow): number[] {
  const upstream = boxes[to]!.values.flatMap(({ gradient, shape }) => numbers(gradient ?? new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)));
  return local!.starts.slice(1).map((end, i) => {
    let sum = 0;
    for (let entry = local!.starts[i]!; entry < end; entry++) sum += upstream[local!.of[entry]!]! * Number(local!.values[entry]);
    return sum;
  });
}

/** Every number of the state against every other that must agree with it. */
function checkArithmetic(state: StepperState): void {
  for (const arrow of state.arrows) {
    if (arrow.contribution === undefined) continue;
    const terms = sumOfTerms(state, arrow);
    numbers(arrow.contribution).forEach((value, i) => expect(terms[i]).toBeCloseTo(value, 4));
  }
  const arrived = new Map<string, number[]>();
  for (const step of state.steps) {
    if (step.kind !== "backward") continue;
    const { from, output, contribution } = state.arrows[step.arrow]!;
    const sum = numbers(contribution).map((value, i) => value + (arrived.get(`${from} ${output}`)?.[i] ?? 0));
    numbers(step.sum).forEach((value, i) => expect(sum[i]).toBeCloseTo(value, 4));
    arrived.set(`${from} ${output}`, numbers(step.sum));
  }
  for (const [key, sum] of arrived) {
    const [box, output] = key.split(" ").map(Number);
    expect(numbers(state.boxes[box!]!.values[output!]!.gradient)).toEqual(sum);
  }
}

describe("the stepper's gradients", () => {
  it("are those of the lecture's expression L = (a b + c) f", () => {
    const [a, b, c, f] = [2, -3, 10, -2].map((value) => tensor(value, { requiresGrad: true })) as [Tensor, Tensor, Tensor, Tensor];
    const { state } = inspect.backprop(({ a, b, c, f }) => {
      const e = a.mul(b);
      const d = e.add(c);
      return { e, d, L: d.mul(f) };
    }, { a, b, c, f });
    // A. Karpathy, "The spelled-out intro to neural networks and backpropagation: building micrograd".
    expect(["e", "d", "L"].map((name) => valueNamed(state, name).values)).toEqual([[-6], [4], [-8]]);
    expect(["a", "b", "c", "e", "d", "f", "L"].map((name) => valueNamed(state, name).gradient)).toEqual([[6], [-4], [-2], [-2], [-2], [4], [1]]);
    expect(state.result).toBe("L");
    checkArithmetic(state);
  });

  it("are those of the lecture's neuron", () => {
    const inputs = Object.fromEntries(Object.entries({ x1: 2, x2: 0, w1: -3, w2: 1, b: 6.8813735870195432 }).map(([name, value]) => [name, tensor(value, { requiresGrad: true, dtype: "float64" })]));
    const { state } = inspect.backprop(({ x1, x2, w1, w2, b }) => x1!.mul(w1!).add(x2!.mul(w2!)).add(b!).tanh(), inputs);
    const printed = { x1: -1.5, w1: 1, x2: 0.5, w2: 0, b: 0.5 };
    for (const [name, value] of Object.entries(printed)) expect(Number(valueNamed(state, name).gradient![0])).toBeCloseTo(value, 12);
    expect(Number(valueNamed(state, "loss").values![0])).toBeCloseTo(0.7071067811865476, 12);
  });

  it("are bit for bit what backward() puts into grad, and nothing is used up before", () => {
    manualSeed(3);
    const layer = new nn.Linear(3, 4);
    const scale = tensor([0.5, -1, 2, 0.25], { requiresGrad: true });
    const hidden = layer.forward(randn([2, 3])).tanh();
    const loss = hidden.mul(scale).add(hidden).pow(2).mean();
    const { state } = inspect.backprop(loss);
    expect([layer.weight.grad, scale.grad]).toEqual([null, null]);
    loss.backward();
    const leaves = state.boxes.filter(({ kind }) => kind === "parameter").map(({ values }) => numbers(values[0]!.gradient).map(Math.fround));
    const expected = [layer.weight, layer.bias!, scale].map((leaf) => [...leaf.grad!.data()]);
    expect(leaves).toHaveLength(3);
    for (const gradient of expected) expect(leaves).toContainEqual(gradient);
    checkArithmetic(state);
  });

  it("agree with finite differences, and so does each local derivative, for expressions drawn at random", () => {
    const ops: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
      add: (a, b) => a.add(b), sub: (a, b) => a.sub(b), mul: (a, b) => a.mul(b), tanh: (a) => a.tanh(), sigmoid: (a, b) => a.sigmoid().mul(b),
      square: (a) => a.mul(a), softmax: (a) => a.softmax(-1), scaled: (a) => a.mul(1.5).add(0.25), mixed: (a, b) => a.matmul(b.t()).matmul(a), centred: (a) => a.sub(a.mean({ dim: 0, keepdim: true })),
    };
    const shape = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(fc.property(shape, fc.array(fc.constantFrom(...Object.keys(ops)), { minLength: 1, maxLength: 4 }), fc.integer(), ([rows, columns], names, seed) => {
      manualSeed(Math.abs(seed));
      const [x, w] = [randn([rows, columns], { dtype: "float64" }), randn([rows, columns], { dtype: "float64" })];
      const run = (x: Tensor, w: Tensor): Tensor => names.reduce((value, name) => ops[name]!(value, w), x.mul(0.5)).mul(w).sum();
      const { state } = inspect.backprop((inputs) => run(inputs.x, inputs.w), { x, w });
      checkArithmetic(state);
      for (const [name, leaf, at] of [["x", x, 0], ["w", w, 1]] as const) {
        const { gradient } = valueNamed(state, name);
        leaf.data().forEach((_, i) => {
          const moved = (by: number): number => noGrad(() => {
            const copy = Float64Array.from(leaf.data(), Number);
            copy[i]! += by;
            const other = tensor(copy, { dtype: "float64" }).reshape(leaf.shape);
            return at === 0 ? run(other, w).item() : run(x, other).item();
          });
          expect(Number(gradient![i])).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
        });
      }
    }), { numRuns: 20 });
  });

  it("show infinite numbers where they are infinite", () => {
    const { state } = inspect.backprop((x: Tensor) => x.log().sum(), [tensor([0, 1])]);
    expect(valueNamed(state, "v1").values).toEqual(["-Infinity", 0]);
    expect(valueNamed(state, "x").gradient).toEqual(["Infinity", 1]);
    expect(state.arrows[0]!.local).toEqual({ starts: [0, 1, 2], of: [0, 1], values: ["Infinity", 1] });
  });

  it("reach the results of a call with several, and add up where one is used twice", () => {
    const x = tensor([[3, 1, 2]], { requiresGrad: true });
    const { values, indices } = x.sort({ dim: 1, descending: true });
    expect(indices.toArray()).toEqual([[0, 2, 1]]);
    const { state } = inspect.backprop(values.mul(tensor([[1, 10, 100]])).add(values).sum());
    expect(numbers(state.boxes.find(({ kind }) => kind === "parameter")!.values[0]!.gradient)).toEqual([2, 101, 11]);
    checkArithmetic(state);
  });
});

describe("the values of a computation", () => {
  const inputs = (): [Tensor, Tensor] => [tensor([[1, 2], [3, 4]]), tensor([[0.5], [-1]], { requiresGrad: true })];
  const steps = (x: Tensor, w: Tensor): Tensor => x.matmul(w).add(1).relu().reshape([2]).neg().exp().mean();

  it("are the same, whether a function was watched or a loss is looked at afterwards", () => {
    const [x, w] = inputs();
    const [watched, later] = [inspect.backprop(steps, [x, w]).state, inspect.backprop(steps(x, w)).state];
    expect(later.boxes.map(({ values }) => values.map((value) => value.values))).toEqual(watched.boxes.map(({ values }) => values.map((value) => value.values)));
    expect(later.boxes.every(({ values }) => values.every((value) => value.values !== undefined))).toBe(true);
  });

  it("are those of the moment, though a tensor is changed in place afterwards", () => {
    const state = inspect.backprop((w: Tensor) => {
      const doubled = w.mul(2);
      const before = doubled.add(1);
      doubled.add_(10);
      return before.sum().add(doubled.sum());
    }, [tensor([1, 2], { requiresGrad: true })]).state;
    const shown = state.boxes.map(({ operation, values }) => [operation, values[0]!.values] as const);
    expect(shown).toContainEqual(["mul", [2, 4]]);
    expect(shown).toContainEqual(["add", [3, 5]]);
    expect(shown).toContainEqual(["sum", [26]]);
  });

  it("leave out operands that were left out", () => {
    const lstm = new nn.LSTM(2, 1);
    const { state } = inspect.backprop((input: Tensor) => (lstm.forward(input) as { output: Tensor }).output.sum(), [randn([2, 1, 2])]);
    expect(state.boxes.find(({ operation }) => operation === "lstm")!.expression).toMatch(/^lstm\(input\d*, p1, p2, p3, p4\)$/);
    checkArithmetic(state);
  });

  it("say so where nobody has kept them", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4], { requiresGrad: true })];
    const { state } = inspect.backprop(stack([b.add(a.mul(2)), b], { dim: 0 }).sum());
    const constant = state.boxes.find(({ kind }) => kind === "constant")!;
    expect(constant.values[0]).toMatchObject({ missing: "not-kept" });
    expect(constant.values[0]!.values).toBeUndefined();
    expect(state.boxes.find(({ kind }) => kind === "parameter")!.values[0]!.gradient).toEqual([2, 2]);
  });

  it("have the names of the function's parameters, of its result's members and of a model's path", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh());
    const host = { variables: () => ({ model, unrelated: 3 }) };
    Object.assign(globalThis, { [Symbol.for("Jupyter.host")]: host });
    try {
      const { state } = inspect.backprop((points: Tensor) => {
        const h = model.forward(points);
        return { h, loss: h.sum() };
      }, [tensor([[1, 2]])]);
      const names = state.boxes.flatMap(({ values }) => values.filter(({ named }) => named).map(({ name }) => name));
      expect(new Set(names)).toEqual(new Set(["points", "model[0].weight", "model[0].bias", "h", "loss"]));
    } finally {
      Reflect.deleteProperty(globalThis, Symbol.for("Jupyter.host"));
    }
  });
});

describe("a computation that cannot be stepped through", () => {
  const leaf = (): Tensor => tensor([1, 2], { requiresGrad: true });

  it("is refused with what to do instead when it has too many calls", () => {
    let value = leaf();
    for (let i = 0; i < 60; i++) value = value.mul(1.01);
    expect(() => inspect.backprop(value.sum())).toThrow(/61 calls, too many.*one layer.*inspect\.network/s);
  });
  it("is refused when backward() has used it up, with the way to keep it", () => {
    const loss = leaf().mul(2).sum();
    loss.backward();
    expect(() => inspect.backprop(loss)).toThrow(/retainGraph.*before backward/s);
  });
  it("is refused when it is not one number, or nothing collects a gradient", () => {
    expect(() => inspect.backprop(leaf().mul(2))).toThrow(/\[2\].*sum\(\)/s);
    expect(() => inspect.backprop(tensor([1, 2]).sum())).toThrow(/requiresGrad/);
    expect(() => inspect.backprop(3 as never)).toThrow(/a loss, or a function/);
  });
  it("keeps its structure but not its numbers where tensors are large, within the room of a notebook", () => {
    const w = randn([40, 40], { requiresGrad: true });
    const { state } = inspect.backprop(w.matmul(randn([40, 3])).tanh().sum());
    expect(state.boxes.find(({ kind }) => kind === "parameter")!.values[0]).toMatchObject({ missing: "too-large" });
    expect(state.steps.filter(({ kind }) => kind === "backward")).toHaveLength(3);
    expect(JSON.stringify(state).length).toBeLessThan(300_000);
    // Forty calls on 256 elements each are shown with fewer numbers.
    const many = randn([16, 16], { requiresGrad: true });
    let value = many;
    for (let i = 0; i < 40; i++) value = value.mul(many);
    expect(JSON.stringify(inspect.backprop(value.sum()).state).length).toBeLessThan(300_000);
  });
});

it("is shown as a picture and a text where no page draws it", async () => {
  const view = inspect.backprop((x: Tensor, w: Tensor) => x.mul(w).sum(), [tensor([1, -2]), tensor([0.5, 3], { requiresGrad: true })]);
  const bundle = (view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
  expect(bundle["text/plain"]).toBe(
    ["forward", "  w = [0.5, 3]", "  x = [1, −2]", "  v1 = x × w = [0.5, −6]", "  loss = sum(v1) = −5.5",
      "backward", "  ∂loss/∂loss = 1", "  ∂loss/∂v1 = ∂loss/∂loss × 1 = [1, 1]", "  ∂loss/∂w = ∂loss/∂v1 × x = [1, −2]"].join("\n"),
  );
  const { texts } = await draw({ spec: bundle["application/vnd.vegalite.v5+json"] } as never);
  expect(texts).toEqual(expect.arrayContaining(["x", "w", "x × w", "sum(v1)", "−5.5", "0.5", "3"]));
});
