/**
 * First values: the distribution of each initialiser by its mean, deviation and bounds, and that layers start as PyTorch's do.
 */
import { describe, expect, test } from "vitest";
import { Generator, manualSeed, nn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

const shape = [80, 50, 3, 3];
const [fanIn, fanOut] = [450, 720];
const generator = (): Generator => new Generator(11);
const weight = (): Tensor => zeros(shape, { dtype: "float64" });

interface Spread {
  mean: number;
  deviation: number;
  largest: number;
}

function spreadOf(values: Tensor): Spread {
  const mean = values.mean().item();
  return { mean, deviation: Math.sqrt(values.sub(mean).square().mean().item()), largest: values.abs().amax().item() };
}

/** Uniform numbers within `bound` of 0, or normal ones of a deviation. */
function expectSpread(values: Tensor, wanted: { bound: number } | { deviation: number }): void {
  const { mean, deviation, largest } = spreadOf(values);
  const expected = "bound" in wanted ? wanted.bound / Math.sqrt(3) : wanted.deviation;
  expect(Math.abs(mean)).toBeLessThan((4 * expected) / Math.sqrt(values.numel));
  expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.02);
  if ("bound" in wanted) {
    expect(largest).toBeLessThanOrEqual(wanted.bound);
    expect(largest).toBeGreaterThan(0.99 * wanted.bound);
  } else {
    expect(largest).toBeGreaterThan(3 * expected);
  }
}

describe("distributions", () => {
  const options = { generator: generator() };
  test.each<[string, (each: Tensor) => Tensor, { bound: number } | { deviation: number }]>([
    ["uniform_", (each) => nn.init.uniform_(each, -2, 2, options), { bound: 2 }],
    ["normal_", (each) => nn.init.normal_(each, 0, 3, options), { deviation: 3 }],
    ["xavierUniform_", (each) => nn.init.xavierUniform_(each, { gain: 2, ...options }), { bound: 2 * Math.sqrt(6 / (fanIn + fanOut)) }],
    ["xavierNormal_", (each) => nn.init.xavierNormal_(each, options), { deviation: Math.sqrt(2 / (fanIn + fanOut)) }],
    ["kaimingUniform_", (each) => nn.init.kaimingUniform_(each, { nonlinearity: "relu", ...options }), { bound: Math.sqrt(6 / fanIn) }],
    ["kaimingUniform_ by slope", (each) => nn.init.kaimingUniform_(each, { a: Math.sqrt(5), ...options }), { bound: 1 / Math.sqrt(fanIn) }],
    ["kaimingNormal_", (each) => nn.init.kaimingNormal_(each, { mode: "fanOut", ...options }), { deviation: Math.sqrt(2 / fanOut) }],
    ["lecunUniform_", (each) => nn.init.lecunUniform_(each, options), { bound: Math.sqrt(3 / fanIn) }],
    ["lecunNormal_", (each) => nn.init.lecunNormal_(each, options), { deviation: Math.sqrt(1 / fanIn) }],
  ])("%s", (_, write, wanted) => {
    const values = weight().requiresGrad_();
    expect(write(values)).toBe(values);
    expect(values.isLeaf).toBe(true);
    expectSpread(values.detach(), wanted);
  });

  test("truncNormal_ keeps within its bounds", () => {
    const values = nn.init.truncNormal_(weight(), 0, 2, -2, 2, { generator: generator() });
    const { mean, deviation, largest } = spreadOf(values);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    // The deviation of a normal distribution cut off one deviation from its mean.
    expect(Math.abs(deviation / (2 * 0.53956) - 1)).toBeLessThan(0.02);
    expect(largest).toBeLessThanOrEqual(2);
  });

  test("constants, the identity", () => {
    expect(nn.init.constant_(zeros([2]), 3).toArray()).toEqual([3, 3]);
    expect(nn.init.ones_(zeros([2])).toArray()).toEqual([1, 1]);
    expect(nn.init.zeros_(tensor([1, 2])).toArray()).toEqual([0, 0]);
    expect(nn.init.eye_(zeros([2, 3])).toArray()).toEqual([[1, 0, 0], [0, 1, 0]]);
    expect(() => nn.init.eye_(zeros([2]))).toThrow("needs a matrix");
  });

  test.each([[[6, 4]], [[4, 6]], [[5, 5]], [[4, 2, 3]]])("orthogonal_ of %j has rows or columns at right angles", (size) => {
    const values = nn.init.orthogonal_(zeros(size, { dtype: "float64" }), { gain: 2, generator: generator() });
    const matrix = values.reshape([size[0]!, -1]);
    const [rows, columns] = matrix.shape as [number, number];
    const products = rows < columns ? matrix.matmul(matrix.t()) : matrix.t().matmul(matrix);
    const identity = nn.init.eye_(zeros([Math.min(rows, columns), Math.min(rows, columns)], { dtype: "float64" }));
    expectClose(products.data(), identity.mul(4).data(), 1e-12);
  });

  test("the same seed gives the same values, and no weight of one dimension has a fan", () => {
    const [a, b] = [weight(), weight()].map((each) => nn.init.kaimingNormal_(each, { generator: generator() }).data());
    expect(a).toEqual(b);
    expect(() => nn.init.xavierUniform_(zeros([3]))).toThrow("needs a weight [out, in, ...], got shape [3]");
    expect(() => nn.init.calculateGain("swish" as "relu")).toThrow('"swish" is not known');
    expect(() => nn.init.kaimingNormal_(weight(), { mode: "both" as "fanIn" })).toThrow('mode is "both"');
  });

  test.each([["linear", 1], ["tanh", 5 / 3], ["relu", Math.SQRT2], ["selu", 0.75]] as const)("the gain of %s", (name, gain) => {
    expect(nn.init.calculateGain(name)).toBe(gain);
  });

  test("the gain of leakyRelu has the slope in it", () => {
    expect(nn.init.calculateGain("leakyRelu", 0.5)).toBeCloseTo(Math.sqrt(2 / 1.25), 12);
    expect(nn.init.calculateGain("leakyRelu")).toBeCloseTo(Math.sqrt(2 / 1.0001), 12);
  });
});

test("layers start with PyTorch's distributions", () => {
  manualSeed(1);
  const bounds: [Tensor, number][] = [
    [new nn.Linear(400, 100).weight, 1 / 20],
    [new nn.Linear(100, 20000).bias!, 1 / 10],
    [new nn.Conv2d(8, 200, 5, { groups: 2 }).weight, 1 / 10],
    [new nn.Conv1d(20, 300, 5).weight, 1 / 10],
    [new nn.ConvTranspose2d(200, 4, 5).weight, 1 / 10],
    [new nn.Bilinear(25, 40, 30).weight, 1 / 5],
    [new nn.LSTM(300, 100).weights.weightIhL0!, 1 / 10],
    [new nn.GRUCell(100, 100).weightHh, 1 / 10],
  ];
  for (const [values, bound] of bounds) expectSpread(values.detach(), { bound });
  expectSpread(new nn.Embedding(200, 100).weight.detach(), { deviation: 1 });
  const norm = new nn.BatchNorm2d(3);
  expect([norm.weight!, norm.bias!, norm.runningMean!, norm.runningVar!].map((each) => each.toArray())).toEqual([[1, 1, 1], [0, 0, 0], [0, 0, 0], [1, 1, 1]]);
});
