/**
 * Random choices, by chi-square tests and moments: each bound is one that chance alone crosses less than once in 10,000
 * seeds, and the seeds are fixed. And the same bits for every number of threads; for every instruction set they are compared
 * in native/test/sampling_test.cpp.
 */
import { afterEach, describe, expect, test } from "vitest";
import { bernoulli, Generator, ones, rand, tensor, threads, truncatedNormal, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const seeded = (seed: number): { generator: Generator } => ({ generator: new Generator(seed) });

/** Pearson's statistic of counts against expected ones. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

const countsOf = (drawn: Tensor, categories: number): number[] => [...drawn.reshape([-1]).bincount({ minlength: categories }).data()];

describe("bernoulli", () => {
  test.each([0.5, 0.1, 0.999])("draws 1 with probability %f", (probability) => {
    const count = 1_000_000;
    const drawn = bernoulli([count], probability, seeded(1));
    const deviation = Math.sqrt(probability * (1 - probability) / count);
    expect(Math.abs(drawn.mean().item() - probability)).toBeLessThan(4 * deviation);
    expect(drawn.unique().toArray()).toEqual([0, 1]);
  });

  test("takes each element's own probability, in its type or another", () => {
    const probabilities = tensor([0, 1, 0.25]).expand([100_000, 3]);
    const drawn = bernoulli(probabilities, seeded(2));
    const [never, always, sometimes] = drawn.mean({ dim: 0 }).toArray() as number[];
    expect([never, always, drawn.dtype]).toEqual([0, 1, "float32"]);
    expect(Math.abs(sometimes! - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / 100_000));
    for (const dtype of ["float64", "int32", "uint8", "bool"] as const) {
      expect(bernoulli(probabilities, { ...seeded(2), dtype }).to("float32").equal(drawn)).toBe(true);
    }
    expect(zeros([100_000, 3]).bernoulli_(tensor([0, 1, 0.25]), seeded(2)).equal(drawn)).toBe(true);
  });

  test("refuses what is no probability", () => {
    expect(() => bernoulli([2], 1.5)).toThrow("bernoulli: 1.5 is no probability");
    // On a card it may be found when the draws are read.
    expect(() => bernoulli(tensor([0.5, NaN])).data()).toThrow("bernoulli: NaN is no probability");
    expect(() => bernoulli(tensor([1, 0], { dtype: "int32" }))).toThrow("bernoulli: probabilities are floating, got int32");
  });
});

describe("multinomial", () => {
  const weights = [1, 2, 0, 3, 4];

  test("draws categories in proportion to their weights, and none of weight 0", () => {
    const draws = 200_000;
    const counts = countsOf(tensor(weights).multinomial(draws, { replacement: true, ...seeded(3) }), 5);
    expect(counts[2]).toBe(0);
    const used = [0, 1, 3, 4];
    // The 0.9999 quantile of chi-square with 3 degrees of freedom is 21.1.
    expect(chiSquare(used.map((i) => counts[i]!), used.map((i) => weights[i]! * draws / 10))).toBeLessThan(21.1);
  });

  test("without replacement draws each category once, the first in proportion to its weight", () => {
    const rows = 50_000;
    const drawn = tensor(weights).expand([rows, 5]).multinomial(4, seeded(4));
    expect(drawn.sort().values.unique({ dim: 0 }).toArray()).toEqual([[0, 1, 3, 4]]);
    const first = countsOf(drawn.at(":", 0), 5);
    const used = [0, 1, 3, 4];
    expect(chiSquare(used.map((i) => first[i]!), used.map((i) => weights[i]! * rows / 10))).toBeLessThan(21.1);
    // The second, given that the first was category 4: in proportion to what is left.
    const second = countsOf(drawn.at(drawn.at(":", 0).eq(4), 1), 5);
    const cases = first[4]!;
    expect(second[4]).toBe(0);
    // The 0.9999 quantile with 2 degrees of freedom is 18.4.
    expect(chiSquare([second[0]!, second[1]!, second[3]!], [cases / 6, cases / 3, cases / 2])).toBeLessThan(18.4);
  });

  test("knows wide rows, float64 and tiny weights", () => {
    const wide = ones([3000], { dtype: "float64" }).multinomial(3000, seeded(5));
    expect(wide.sort().values.equal(tensor(Int32Array.from({ length: 3000 }, (_, i) => i)))).toBe(true);
    expect(tensor([0, 1e-38, 0]).multinomial(5, { replacement: true }).toArray()).toEqual([1, 1, 1, 1, 1]);
  });

  test("says what is wrong with weights", () => {
    expect(() => tensor([1, -1]).multinomial(1)).toThrow("multinomial: a weight is -1; weights are at least 0");
    expect(() => tensor([1, NaN]).multinomial(1)).toThrow("multinomial: a weight is NaN");
    expect(() => tensor([0, 0]).multinomial(1)).toThrow("multinomial: no weight is above 0");
    expect(() => tensor([1, 0, 2]).multinomial(3)).toThrow("3 different categories cannot be drawn where 2 weights are above 0");
    expect(() => tensor([1, Infinity]).multinomial(1)).toThrow("multinomial: a weight is infinite");
    expect(() => ones([1, 1, 1]).multinomial(1)).toThrow("multinomial: needs weights [K] or [N, K], got shape [1, 1, 1]");
  });
});

describe("truncatedNormal", () => {
  test.each([
    // a, b, and the mean and variance of the standard normal distribution between them, by the formulas of Johnson, Kotz and
    // Balakrishnan, "Continuous univariate distributions", vol. 1, section 13.10.1.
    [-2, 2, 0, 0.7737413],
    [0, Infinity, 0.7978846, 0.3633802],
    [5, 6, 5.1831471, 0.0294524],
  ])("between %f and %f has the mean and variance of theory", (a, b, mean, variance) => {
    for (const dtype of ["float32", "float64"] as const) {
      const drawn = truncatedNormal([1_000_000], { a, b, dtype, ...seeded(6) });
      expect(drawn.min().item()).toBeGreaterThanOrEqual(a);
      expect(drawn.max().item()).toBeLessThanOrEqual(b);
      expect(Math.abs(drawn.mean().item() - mean)).toBeLessThan(4 * Math.sqrt(variance / 1e6) + 1e-6);
      expect(Math.abs(drawn.var().item() / variance - 1)).toBeLessThan(0.01);
    }
  });

  test("is moved and stretched, and fills its interval as the distribution function says", () => {
    const drawn = truncatedNormal([100_000], { mean: 1, std: 2, a: -1, b: 3, dtype: "float64", ...seeded(7) });
    const counts = [...drawn.histc({ bins: 4, min: -1, max: 3 }).data()];
    // Phi(-0.5) - Phi(-1) and Phi(0) - Phi(-0.5), as parts of Phi(1) - Phi(-1).
    const parts = [0.1498823, 0.1914625, 0.1914625, 0.1498823].map((part) => (part / 0.6826895) * 100_000);
    expect(chiSquare(counts, parts)).toBeLessThan(21.1);
    expect(() => truncatedNormal([1], { a: 2, b: 1 })).toThrow("truncatedNormal: there is nothing between 2 and 1");
  });
});

describe("draws in place", () => {
  test("are those of the functions, also on views, and take the next numbers of the stream", () => {
    const generator = new Generator(8);
    const filled = zeros([3, 4]).uniform_(0, 1, { generator });
    expect(filled.equal(rand([3, 4], seeded(8)))).toBe(true);
    expect(zeros([3, 4]).uniform_(0, 1, { generator }).equal(filled)).toBe(false);
    const turned = zeros([4, 3]);
    turned.t().uniform_(0, 1, seeded(8));
    expect(turned.t().equal(filled)).toBe(true);
    const numbers = zeros([1000], { dtype: "int32" }).randint_(2, 5, seeded(9));
    expect(numbers.unique().toArray()).toEqual([2, 3, 4]);
    expect(() => numbers.normal_()).toThrow("normal_: these numbers are floating, not int32; write randint_");
  });
});

const draws: Record<string, () => Tensor> = {
  masks: () => bernoulli([300_001], 0.3, seeded(10)),
  categories: () => rand([400, 333], seeded(11)).multinomial(20, seeded(12)),
  "categories of long rows": () => rand([3, 70_000], seeded(13)).multinomial(50_000, { replacement: true, ...seeded(14) }),
};

describe("choices have the same bits", () => {
  const before = threads();
  afterEach(() => threads(before));
  for (const [name, draw] of Object.entries({ ...draws, "truncated normals": () => truncatedNormal([300_001], seeded(15)) })) {
    test(`for every number of threads: ${name}`, () => {
      const results = [1, 2, 3].map((count) => {
        expect(threads(count)).toBe(count);
        return Buffer.from(draw().data().buffer);
      });
      expect(results[1]!.equals(results[0]!)).toBe(true);
      expect(results[2]!.equals(results[0]!)).toBe(true);
    });
  }
});
