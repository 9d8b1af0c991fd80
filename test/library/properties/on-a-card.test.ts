/**
 * Every op of the table gives on a card what it gives on the CPU, by the driver without a card: random calls over shapes, broadcasts,
 * types and views, and their gradients. Random numbers are the same to the last bit.
 */
import { describe, expect, test } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=6"), { NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "", NABLA_CUDA_LIBRARIES: "none" });
const { bernoulli, manualSeed, multinomial, nn, noGrad, normal, rand, randint, randn, randperm, tensor, truncatedNormal, zeros } = await import("../../../src/index.ts");
const { ops } = await import("../../../src/tensor/ops.ts");
const { observeRows } = await import("../checks/observed.ts");
const { everyCall, notDrawn } = await import("./every-call.ts");
const { checkOnTwoDevices } = await import("./on-two-devices.ts");
type Tensor = ReturnType<typeof tensor>;

const run = new Set<string>();

describe("random calls give on a card what they give on the CPU", () => {
  for (const name of Object.keys(everyCall)) test(name, () => checkOnTwoDevices(name, { numRuns: 12, seed: 5 }).forEach((row) => run.add(row)));
});

/** Draws under their names, made on a device. */
const draws: Record<string, (device: "cpu" | "cuda") => Tensor[]> = {
  uniform: (device) => [[0], [1], [3], [4], [5], [257, 3], [70_001]].flatMap((shape) => [rand(shape, { device }), rand(shape, { device, dtype: "float64" })]),
  normal: (device) => [[0], [1], [6], [1001]].flatMap((shape) => [randn(shape, { device }), normal(2, 3, shape, { device, dtype: "float64" })]),
  randint: (device) => [[0], [7], [33, 5]].flatMap((shape) => [randint(-3, 1000, shape, { device }), randint(0, 200, shape, { device, dtype: "uint8" })]),
  bernoulli: (device) => [bernoulli([501], 0.3, { device }), bernoulli(tensor([[0.1, 0.9, 0.5], [0, 1, 0.25]], { device })), zeros([11], { device, dtype: "int32" }).bernoulli_(0.5)],
  multinomial: (device) => [multinomial(tensor([[1, 2, 3, 4], [0, 1, 0, 1]], { device }), 300, { replacement: true }), multinomial(tensor([1, 2, 3, 4, 5], { device }), 4)],
  truncatedNormal: (device) => [truncatedNormal([301], { device }), truncatedNormal([5], { mean: 1, std: 2, device, dtype: "float64" })],
  randperm: (device) => [0, 1, 2, 31, 1000].map((n) => randperm(n, { device })),
};

describe("what is drawn is the same on a card", () => {
  for (const [name, draw] of Object.entries(draws)) {
    test(name, () => {
      const [here, there] = (["cpu", "cuda"] as const).map((device) => {
        manualSeed(8);
        return observeRows(run, () => noGrad(() => draw(device)));
      }) as [Tensor[], Tensor[]];
      expect(there.map((each) => each.device)).toEqual(here.map(() => "cuda"));
      // The logarithms and cosines of normal numbers are those of the device.
      const isExact = !name.toLowerCase().includes("normal");
      here.forEach((each, i) => {
        const [expected, found] = [Array.from(each.data(), Number), Array.from(there[i]!.data(), Number)];
        if (isExact) expect(found).toEqual(expected);
        else found.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(each.dtype === "float64" ? 1e-12 : 2e-6));
      });
      expect(run).toContain(name);
    });
  }

  test("dropout", () => {
    const [here, there] = (["cpu", "cuda"] as const).map((device) => {
      manualSeed(2);
      return new nn.Dropout(0.4).forward(tensor(Array.from({ length: 1003 }, (_, i) => i + 1)).to(device)).toArray();
    });
    expect(there).toEqual(here);
  });
});

test("every row of the table was run on the card", () => {
  expect(Object.keys(notDrawn).sort()).toEqual(Object.keys(draws).sort());
  expect(Object.keys(ops).filter((name) => !run.has(name))).toEqual([]);
});
