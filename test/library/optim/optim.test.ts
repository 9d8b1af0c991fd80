/**
 * Optimisers: ten steps are PyTorch's, whatever parameters share a call and however many threads share the work.
 */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { Generator, NablaError, nn, optim, rand, tensor, threads } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as reference from "../reference/ops.ts";
import { groupMakers, makers } from "./makers.ts";
import type { Optimizer } from "./makers.ts";

interface Stored {
  torch: string;
  shapes: number[][];
  starts: number[][];
  gradients: number[][][];
  results: Record<string, Record<"float32" | "float64", number[][]>>;
}
const stored = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as Stored;

const asArray = (x: Tensor): ReferenceArray => ({ shape: x.shape, values: Array.from(x.data()) });

const from = (values: readonly number[], shape: readonly number[], dtype: DType): Tensor =>
  tensor(new Float64Array(values), { shape }).to(dtype);

/** Ten steps with the stored gradients; the optimisers step one after the other. */
function tenSteps(dtype: DType, make: (parameters: Tensor[]) => Optimizer[]): Tensor[] {
  const parameters = stored.starts.map((start, i) => from(start, stored.shapes[i]!, dtype).requiresGrad_());
  const optimizers = make(parameters);
  stored.gradients.forEach((row, step) => {
    for (const optimizer of optimizers) optimizer.zeroGrad();
    row.forEach((gradient, i) => {
      if (i !== 5 || step % 2 === 0) parameters[i]!.grad = from(gradient, stored.shapes[i]!, dtype);
    });
    for (const optimizer of optimizers) optimizer.step();
  });
  return parameters;
}

describe(`ten steps are those of PyTorch ${stored.torch}`, () => {
  test("every stored run is made", () => {
    expect(Object.keys({ ...makers, ...groupMakers })).toEqual(Object.keys(stored.results));
  });

  for (const [name, make] of Object.entries({ ...makers, ...groupMakers })) {
    test.each([["float32", 1e-5], ["float64", 1e-10]] as const)(`${name}, %s`, (dtype, tolerance) => {
      const parameters = tenSteps(dtype, (all) => [make(all)]);
      parameters.forEach((parameter, i) => expectClose(parameter.data(), stored.results[name]![dtype][i]!, tolerance, `parameter ${i}`));
    });
  }
});

describe("the bits do not depend on", () => {
  const before = threads();
  afterEach(() => threads(before));
  const bytes = (parameters: readonly Tensor[]): Buffer => Buffer.concat(parameters.map((p) => Buffer.from(p.data().buffer)));

  for (const [name, make] of Object.entries(makers)) {
    test(`which parameters are stepped together: ${name}`, () => {
      const together = tenSteps("float32", (all) => [make(all)]);
      const alone = tenSteps("float32", (all) => all.map((parameter) => make([parameter])));
      expect(bytes(together).equals(bytes(alone))).toBe(true);
    });
  }

  for (const name of ["SGD momentum", "AdamW amsgrad"]) {
    test(`the number of threads: ${name}`, () => {
      const results = [1, 2, 3].map((count) => {
        threads(count);
        const generator = new Generator(3);
        const parameters = [[700, 701], [13], [300_001]].map((shape) => rand(shape, { generator }).requiresGrad_());
        const optimizer = makers[name]!(parameters);
        for (let step = 0; step < 3; step++) {
          for (const parameter of parameters) parameter.grad = rand(parameter.shape, { generator });
          optimizer.step();
        }
        return bytes(parameters);
      });
      expect(results[1]!.equals(results[0]!)).toBe(true);
      expect(results[2]!.equals(results[0]!)).toBe(true);
    });
  }

  test("the layout of a parameter or a gradient", () => {
    const draw = (seed: number): Tensor => rand([20, 30], { generator: new Generator(seed) });
    const results = [false, true].map((transposed) => {
      const parameter = (transposed ? draw(1).t().contiguous().t() : draw(1)).detach().requiresGrad_();
      const optimizer = new optim.Adam([parameter], { lr: 0.1 });
      for (const seed of [2, 3]) {
        parameter.grad = transposed ? draw(seed).t().contiguous().t() : draw(seed);
        optimizer.step();
      }
      return bytes([parameter]);
    });
    expect(results[1]!.equals(results[0]!)).toBe(true);
  });
});

test("Adam is the formula of the paper, on the plain TypeScript reference", () => {
  const options = { lr: 0.05, betas: [0.7, 0.8] as const, eps: 1e-3, weightDecay: 0.1, decoupled: true, amsgrad: true };
  const start = rand([40], { dtype: "float64", generator: new Generator(1) });
  const gradients = [2, 3, 4, 5].map((seed) => rand([40], { dtype: "float64", generator: new Generator(seed) }).sub(0.5));
  const expected = reference.general.adamStep(asArray(start), gradients.map(asArray), options);
  const parameter = start.requiresGrad_();
  const optimizer = new optim.AdamW([parameter], options);
  for (const gradient of gradients) {
    parameter.grad = gradient;
    optimizer.step();
  }
  expectClose(parameter.data(), expected.values, 1e-12);
});

test("Adam learns labels that no straight line separates", () => {
  const generator = new Generator(1);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  const draw = (shape: number[]): Tensor => rand(shape, { generator }).sub(0.5).mul(2).requiresGrad_();
  const [w1, b1, w2, b2] = [draw([2, 8]), draw([8]), draw([8, 2]), draw([2])];
  const optimizer = new optim.Adam([w1, b1, w2, b2], { lr: 0.05 });
  const loss = (): Tensor => nn.functional.crossEntropy(x.matmul(w1).add(b1).tanh().matmul(w2).add(b2), y);
  for (let step = 0; step < 200; step++) {
    optimizer.zeroGrad();
    loss().backward();
    optimizer.step();
  }
  expect(loss().item()).toBeLessThan(0.05);
});

test("options and parameters that cannot be are named", () => {
  const w = tensor([1], { requiresGrad: true });
  expect(() => new optim.Adam([w], { lr: -1 })).toThrow("Adam: lr is -1; it must be a number of at least 0");
  expect(() => new optim.AdamW([w], { betas: [0.9, 1] })).toThrow("AdamW: betas are [0.9, 1]");
  expect(() => new optim.Adam([])).toThrow("there are no parameters");
  expect(() => new optim.Adam([w, w])).toThrow("parameter 1 is in the list twice");
  expect(() => new optim.Adam([tensor([1])])).toThrow(NablaError);
  w.grad = tensor([1, 2]);
  expect(() => new optim.Adam([w]).step()).toThrow("Adam: parameter 0 has shape [1] and its gradient [2]");
});
