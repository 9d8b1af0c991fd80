/**
 * Values and gradients against PyTorch's, stored by make-values.py.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nn, optim, tensor, where } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const { functional } = nn;

interface Numbers {
  shape: number[];
  values: number[];
}
interface Stored {
  inputs: Numbers[];
  result: Numbers;
  gradients?: Numbers[];
  losses?: number[];
}
const stored = JSON.parse(readFileSync(new URL("values.json", import.meta.url), "utf8")) as {
  torch: string;
  cases: Record<string, Stored>;
};

const positions = (...values: number[]): Tensor => tensor(new Int32Array(values));

/** The same expressions as in make-values.py, in Nabla. */
const expressions: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  "add broadcast": (x, y) => x.add(y),
  sub: (x, y) => x.sub(y),
  "mul broadcast": (x, y) => x.mul(y),
  div: (x, y) => x.div(y),
  pow: (x, y) => x.pow(y),
  maximum: (x, y) => x.maximum(y),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  sqrt: (x) => x.sqrt(),
  rsqrt: (x) => x.rsqrt(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  relu: (x) => x.relu(),
  log1p: (x) => x.log1p(),
  expm1: (x) => x.expm1(),
  sin: (x) => x.sin(),
  clamp: (x) => x.clamp({ min: -0.5, max: 0.5 }),
  sum: (x) => x.sum({ dim: 1 }),
  mean: (x) => x.mean({ dim: [0, 1] }),
  prod: (x) => x.prod({ dim: 1 }),
  amax: (x) => x.amax({ dim: 1 }),
  var: (x) => x.var({ dim: 1 }),
  std: (x) => x.std(),
  matmul: (x, y) => x.matmul(y),
  "matmul batched": (x, y) => x.matmul(y),
  "matmul vector": (x, y) => x.matmul(y),
  softmax: (x) => x.softmax(-1),
  logSoftmax: (x) => x.logSoftmax(0),
  mseLoss: (x, y) => functional.mseLoss(x, y),
  crossEntropy: (x) => functional.crossEntropy(x, positions(2, 0, 3)),
  "crossEntropy of probabilities": (x) => functional.crossEntropy(x, tensor(new Array(3).fill([0.25, 0.25, 0.25, 0.25]))),
  indexSelect: (x) => x.indexSelect(0, positions(2, 0, 2)),
  gather: (x) => x.gather(1, positions(0, 3, 1, 1, 2, 0).reshape([3, 2])),
  where: (x, y) => where(x.gt(0), x, y),
  slice: (x) => x.at("1:", "::2"),
  permute: (x) => x.permute([1, 0]).reshape([2, 6]),
};

const sgdOptions: Record<string, ConstructorParameters<typeof optim.SGD>[1]> = {
  plain: { lr: 0.1 },
  momentum: { lr: 0.1, momentum: 0.9 },
  nesterov: { lr: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.01 },
  dampening: { lr: 0.05, momentum: 0.8, dampening: 0.3, weightDecay: 0.1 },
};

const from = ({ shape, values }: Numbers): Tensor => tensor(new Float32Array(values), { shape });

function expectEqual(actual: Tensor, expected: Numbers): void {
  expect(actual.shape).toEqual(expected.shape);
  const values = actual.data();
  expected.values.forEach((value, i) => {
    expect(Math.abs(values[i]! - value)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(value)));
  });
}

describe(`values and gradients are those of PyTorch ${stored.torch}`, () => {
  for (const [name, expression] of Object.entries(expressions)) {
    test(name, () => {
      const { inputs, result, gradients } = stored.cases[name]!;
      const leaves = inputs.map((input) => from(input).requiresGrad_());
      const own = expression(leaves[0]!, leaves[1]!);
      expectEqual(own, result);
      own.to("float64").square().sum().backward();
      gradients!.forEach((gradient, i) => expectEqual(leaves[i]!.grad!, gradient));
    });
  }

  for (const [name, options] of Object.entries(sgdOptions)) {
    test(`five steps of SGD, ${name}`, () => {
      const { inputs, result, losses } = stored.cases[`SGD ${name}`]!;
      const weight = from(inputs[0]!).requiresGrad_();
      const factor = from(inputs[1]!);
      const optimizer = new optim.SGD([weight], options);
      for (const expected of losses!) {
        optimizer.zeroGrad();
        const loss = weight.mul(factor).sub(1).square().mean();
        loss.backward();
        optimizer.step();
        expect(Math.abs(loss.item() - expected)).toBeLessThan(1e-6);
      }
      expectEqual(weight, result);
    });
  }

  test("every stored case is computed", () => {
    const known = [...Object.keys(expressions), ...Object.keys(sgdOptions).map((name) => `SGD ${name}`), "printed"];
    expect(Object.keys(stored.cases).sort()).toEqual(known.sort());
  });
});

describe("tensors print as PyTorch prints them", () => {
  const printed = stored.cases["printed"] as unknown as Record<string, string>;
  const long = tensor(Float32Array.from({ length: 2000 }, (_, i) => i), { shape: [40, 50] });
  test("numbers with fractions", () => expect(String(tensor([[1, 2], [3.5, -4.25]]).toString())).toBe(printed["small"]));
  test("whole numbers", () => expect(tensor([[1, 2], [3, -40]]).toString()).toBe(printed["whole"]));
  test("a scalar", () => expect(tensor(1.5).toString()).toBe(printed["scalar"]));
  test("very different magnitudes", () => expect(tensor([1e-6, 1]).toString()).toBe(printed["scientific"]));
  test("the middle of long dimensions is left out", () => {
    // PyTorch sets a second space before the dots of a row.
    expect(long.toString().replace(", shape: [40, 50]", "")).toBe(printed["long"]!.replaceAll(",  ...", ", ..."));
  });
});
