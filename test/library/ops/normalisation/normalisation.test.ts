/**
 * Normalisation, embeddings and similarity: gradients, PyTorch's values, the reference; dropout by its statistics; and what
 * is refused.
 */
import { describe, expect, test } from "vitest";
import { Generator, manualSeed, nn, ones, rand, tensor, threads, zeros } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

const { functional } = nn;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

describe("normalisation", () => {
  test("has the same bits for every number of threads", () => {
    const before = threads();
    const image = rand([16, 24, 31, 9], { generator: new Generator(3) });
    const table = rand([3000, 77], { generator: new Generator(4) });
    const bits = [1, 2, 3].map((count) => {
      threads(count);
      const leaves = [image, table].map((x) => x.clone().requiresGrad_());
      const made = leaves.map((x) => functional.batchNorm(x, undefined, undefined, { training: true }));
      made.forEach((y) => y.square().mul(y).sum().backward());
      return Buffer.concat([...made, ...leaves.map((leaf) => leaf.grad!)].map((t) => Buffer.from(t.data().buffer)));
    });
    threads(before);
    expect(bits[1]!.equals(bits[0]!) && bits[2]!.equals(bits[0]!)).toBe(true);
  });

  test("of large means loses nothing that float32 holds", () => {
    const x = rand([500, 2], { generator: new Generator(5), dtype: "float64" });
    const shifted = functional.batchNorm(x.add(4096).to("float32"), undefined, undefined, { training: true });
    const expected = functional.batchNorm(x, undefined, undefined, { training: true });
    // The input itself is rounded to 4096 / 2^24.
    expect(shifted.to("float64").sub(expected).abs().max().item()).toBeLessThan(4e-3);
  });

  test("refuses what has no variance, no statistics, or another shape, and says the cure", () => {
    expect(() => functional.batchNorm(ones([1, 3]), undefined, undefined, { training: true })).toThrow(/one value a channel.*eval\(\)/);
    expect(() => functional.batchNorm(ones([2, 3]), undefined, undefined)).toThrow(/must be a runningMean/);
    expect(() => functional.batchNorm(ones([2, 3]), zeros([2]), ones([3]))).toThrow(/runningMean has shape \[2\], but the input \[2, 3\] has 3 channels/);
    expect(() => functional.batchNorm(ones([4]), undefined, undefined, { training: true })).toThrow(/\[N, C\]/);
    expect(() => functional.layerNorm(ones([2, 3]), [2])).toThrow(/last dimensions of \[2, 3\] are not \[2\]/);
    expect(() => functional.layerNorm(ones([2, 3]), [3], { weight: ones([2]) })).toThrow(/weight has shape \[2\], expected \[3\]/);
    expect(() => functional.localResponseNorm(ones([2, 3]), 3)).toThrow(/\[N, C, ...\]/);
  });
});

describe("dropout", () => {
  test("sets the asked part to 0, enlarges the rest, and sends gradients the same way", () => {
    manualSeed(7);
    const x = ones([400, 500], { requiresGrad: true });
    const y = functional.dropout(x, { p: 0.3 });
    const dropped = y.eq(0).to("float64").mean().item();
    // 200,000 draws: a deviation of 0.001 is one standard error.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.005);
    expect(y.max().item()).toBeCloseTo(1 / 0.7, 6);
    y.sum().backward();
    expect(x.grad!.equal(y.detach())).toBe(true);
  });

  test("draws anew each time, the same numbers from the same seed", () => {
    const draw = (): unknown => functional.dropout(ones([20])).toArray();
    manualSeed(1);
    const first = draw();
    expect(draw()).not.toEqual(first);
    manualSeed(1);
    expect(draw()).toEqual(first);
  });

  test("leaves the input alone outside training and for p of 0, and nothing for p of 1", () => {
    const x = ones([3]);
    expect(functional.dropout(x, { training: false })).toBe(x);
    expect(functional.dropout(x, { p: 0 })).toBe(x);
    expect(functional.dropout(x, { p: 1 }).toArray()).toEqual([0, 0, 0]);
    expect(() => functional.dropout(x, { p: 20 })).toThrow(/p is 20; a part lies between 0 and 1/);
  });

  test("of channels drops whole planes", () => {
    manualSeed(2);
    const sums = functional.dropout2d(ones([50, 40, 2, 3])).sum({ dim: [2, 3] });
    expect(sums.eq(0).logicalOr(sums.eq(12)).all().item()).toBe(1);
    expect(sums.eq(0).to("float32").mean().item()).toBeCloseTo(0.5, 1);
  });
});

describe("embedding", () => {
  const table = rand([5, 3], { generator: new Generator(1) }).requiresGrad_();
  test("gives no gradient to the padding row", () => {
    functional.embedding(tensor(new Int32Array([4, 1, 4, 2])), table, { paddingIdx: -1 }).sum().backward();
    expect(table.grad!.toArray()).toEqual([[0, 0, 0], [1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]);
  });

  test("refuses positions outside the table, fractions, and swapped arguments", () => {
    expect(() => functional.embedding(tensor(new Int32Array([5])), table)).toThrow(/position 5 is outside the range; it must lie in 0 to 4/);
    expect(() => functional.embedding(ones([2]), table)).toThrow(/must be int32 or uint8, got float32/);
    expect(() => functional.embedding(table, tensor(new Int32Array([5])))).toThrow(/positions come first/);
  });
});
