/**
 * Values and gradients against PyTorch's, stored by make-values.py.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cat, meshgrid, nn, optim, stack, tensor, where, zeros } from "../../../src/index.ts";
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
  cat: (x, y) => cat([x, y, x]),
  "cat of parts of several sizes": (x, y) => cat([x.at(":", ":1"), y, zeros([0]), x.flip(0).at(":", ":0")], { dim: 1 }),
  "cat of transposed": (x, y) => cat([x.t(), y.t()], { dim: -1 }),
  stack: (x, y) => stack([x, y, x], { dim: 1 }),
  "stack of scalars": (x) => stack([x.at(0, 0), x.at(2, 1)]),
  split: (x) => x.split(3, { dim: 1 })[0]!.mul(x.split([1, 3], { dim: 1 })[1]!),
  chunk: (x) => cat(x.chunk(2).reverse()),
  flip: (x) => x.flip([0, -1]),
  "flip of nothing": (x) => x.at(":0").flip(0),
  roll: (x) => x.roll([1, -6], { dims: [0, 1] }),
  "roll of all elements": (x) => x.t().roll(5),
  repeat: (x) => x.repeat([2, 1, 3]),
  "repeat of a transposed tensor, none of it": (x) => x.t().repeat([2, 0]),
  tile: (x) => x.t().tile([2]),
  pad: (x) => x.pad([1, 2, 0, 1], { value: 0.5 }),
  "pad that cuts": (x) => x.pad([-1, 2, 1, -2]),
  tril: (x) => x.tril(),
  "tril of a batch": (x) => x.reshape([3, 2, 2]).mT.tril({ diagonal: -1 }),
  triu: (x) => x.triu({ diagonal: 1 }),
  maskedFill: (x) => x.maskedFill(x.gt(0.5), -2),
  "maskedFill with a tensor and a mask that broadcasts": (x, y) => x.maskedFill(y.at(":", ":1").gt(0), y.at(0, 0)),
  "diag of a matrix": (x) => x.diag({ diagonal: 1 }),
  "diag of a transposed matrix": (x) => x.t().diag({ diagonal: -1 }),
  "diag of a vector": (x) => x.at(1).diag({ diagonal: -1 }),
  outer: (x, y) => x.at(0).outer(y.at(":", 0)),
  dot: (x, y) => x.at(":", 1).dot(y.at(":", 0)),
  bmm: (x, y) => x.reshape([2, 3, 2]).bmm(y.reshape([2, 3, 2]).mT),
  trace: (x) => x.trace(),
  norm: (x) => x.norm(),
  "norm along a dimension, of zeros too": (x) => x.mul(tensor([[1], [0], [1]])).norm({ dim: 1, keepdim: true }).add(1),
  "norm 1": (x) => x.norm({ p: 1, dim: 0 }),
  "norm Infinity": (x) => cat([x, x.neg()]).norm({ p: Infinity, dim: 0 }),
  logsumexp: (x) => x.mul(200).logsumexp(1, { keepdim: true }),
  "logsumexp of several dimensions": (x) => x.reshape([2, 3, 2]).logsumexp([0, 2]),
  "logsumexp of no elements": (x) => x.at(":", ":0").logsumexp(1).add(1).exp().add(x.at(":", 0)),
  "logsumexp of masked scores": (x) => x.maskedFill(x.gt(0), -Infinity).logsumexp(0).exp(),
  leakyRelu: (x) => x.leakyRelu().add(1),
  "leakyRelu with its own slope": (x) => x.leakyRelu({ negativeSlope: 0.3 }),
  elu: (x) => x.elu().add(1),
  "elu with its own alpha": (x) => x.elu({ alpha: 0.7 }).add(1),
  softplus: (x) => x.softplus(),
  "softplus with its own sharpness": (x) => x.softplus({ beta: 2, threshold: 5 }),
  softsign: (x) => x.softsign().add(1),
  hardSigmoid: (x) => x.hardSigmoid().add(1),
  meshgrid: (x, y) => stack(meshgrid([x.at(0), y.at(":", 0)])),
  "meshgrid xy": (x, y) => stack(meshgrid([x.at(0), y.at(":", 0), x.at(0, ":2")], { indexing: "xy" })),
};

const sgdOptions: Record<string, ConstructorParameters<typeof optim.SGD>[1]> = {
  plain: { lr: 0.1 },
  momentum: { lr: 0.1, momentum: 0.9 },
  nesterov: { lr: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.01 },
  dampening: { lr: 0.05, momentum: 0.8, dampening: 0.3, weightDecay: 0.1 },
};

/** Which elements are numbers: asked of the same values as in make-values.py. */
const questions: Record<string, (x: Tensor) => Tensor> = {
  isnan: (x) => x.isnan(),
  isinf: (x) => x.isinf(),
  isfinite: (x) => x.isfinite(),
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

  const questioned = tensor([0, 1, -1, Infinity, -Infinity, NaN, 1e38]);
  for (const [name, answer] of Object.entries(questions)) {
    test(name, () => {
      const own = answer(questioned);
      expect(own.dtype).toBe("bool");
      expectEqual(own, stored.cases[name]!.result);
    });
  }

  test("every stored case is computed", () => {
    const optimised = Object.keys(sgdOptions).map((name) => `SGD ${name}`);
    const known = [...Object.keys(expressions), ...Object.keys(questions), ...optimised, "printed"];
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
