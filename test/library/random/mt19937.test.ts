/** The legacy stream against NumPy's own numbers (mt19937-reference.py) and against values printed in a book. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MT19937 } from "../../../src/tensor/random/mt19937.ts";

interface Case {
  seed: number | number[];
  randomSample: number[];
  uniform: number[][];
  randintSmall: number[];
  randintOffset: number[];
  randintOne: number[];
  randint32: number[];
  randintWide: number[];
  randn: number[];
  normalAfterSpare: number[];
  permutation: number[];
  choice: number[];
  choiceOne: number;
  choiceP: number[];
  choiceWithout: number[];
  choiceWithoutP: number[];
  bernoulli: number[];
  bernoulliHigh: number[];
  binomial: number[];
  afterAll: number[];
}
const reference = JSON.parse(readFileSync(new URL("mt19937-reference.json", import.meta.url), "utf8")) as {
  cases: Record<string, Case>;
  manyLast: number[];
  normals: number[];
  normalsLast: number[];
};

/** How many representable doubles lie between two numbers of the same sign. */
function unitsInLastPlace(a: number, b: number): number {
  const bits = new BigInt64Array(new Float64Array([a, b]).buffer);
  const distance = bits[0]! - bits[1]!;
  return Number(distance < 0n ? -distance : distance);
}

function expectNormals(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(unitsInLastPlace(value, expected[i]!)).toBeLessThanOrEqual(2));
}

describe("MT19937 draws what numpy.random.RandomState draws", () => {
  for (const [name, expected] of Object.entries(reference.cases)) {
    it(`through every distribution in turn, from seed ${name}`, () => {
      const generator = new MT19937(expected.seed);
      expect(generator.randomSample(5)).toEqual(expected.randomSample);
      expect(generator.uniform(-3, 7.5, [3, 4])).toEqual(expected.uniform);
      expect(generator.randint(10, undefined, 20)).toEqual(expected.randintSmall);
      expect(generator.randint(-5, 1000, 20)).toEqual(expected.randintOffset);
      expect(generator.randint(3, 4, 3)).toEqual(expected.randintOne);
      expect(generator.randint(0, 2 ** 32, 5)).toEqual(expected.randint32);
      expect(generator.randint(-(2 ** 40), 2 ** 50, 20)).toEqual(expected.randintWide);
      expectNormals(generator.randn(7), expected.randn);
      // The seventh normal left its twin waiting; NumPy hands it out first here.
      const shifted = generator.normal(3, 0.5, 4);
      shifted.forEach((value, i) => expect(value).toBeCloseTo(expected.normalAfterSpare[i]!, 14));
      expect(generator.permutation(30)).toEqual(expected.permutation);
      expect(generator.choice(12, { size: 10 })).toEqual(expected.choice);
      expect(generator.choice(12)).toBe(expected.choiceOne);
      expect(generator.choice(4, { size: 15, p: [0.1, 0.2, 0.3, 0.4] })).toEqual(expected.choiceP);
      expect(generator.choice(20, { size: 8, replace: false })).toEqual(expected.choiceWithout);
      const p = [0.05, 0.05, 0.1, 0.5, 0.2, 0.1];
      expect(generator.choice(6, { size: 4, replace: false, p })).toEqual(expected.choiceWithoutP);
      expect(generator.binomial(1, 0.3, 40)).toEqual(expected.bernoulli);
      expect(generator.binomial(1, 0.8, 40)).toEqual(expected.bernoulliHigh);
      expect(generator.binomial(25, 0.4, 40)).toEqual(expected.binomial);
      expect(generator.randomSample(3)).toEqual(expected.afterAll);
    });
  }

  it("and has not drifted after a hundred thousand numbers", () => {
    expect(new MT19937(99).rand(100_000).slice(-3)).toEqual(reference.manyLast);
    const normals = new MT19937(99).randn(100_000);
    expectNormals(normals.slice(0, 2000), reference.normals);
    expectNormals(normals.slice(-3), reference.normalsLast);
  });
});

describe("the books' printed numbers", () => {
  /** Theano's RandomStreams: each random node draws a seed for a generator of its own (book 004, 2.5). */
  const nodeOfStream = (streams: MT19937): MT19937 => new MT19937(streams.randint(2 ** 30));

  it("has the two uniform matrices of the Theano example with seed 234", () => {
    const node = nodeOfStream(new MT19937(234));
    const printed = (rows: number[][]): number[][] => rows.map((row) => row.map((value) => Number(value.toFixed(8))));
    expect(printed(node.uniform(0, 1, [2, 2]))).toEqual([[0.12672381, 0.97091597], [0.13989098, 0.88754825]]);
    expect(printed(node.uniform(0, 1, [2, 2]))).toEqual([[0.31971415, 0.47584377], [0.24129163, 0.42046081]]);
  });

  it("has the ten companies of the valuation example with seed 234", () => {
    const node = nodeOfStream(new MT19937(234));
    const companies = Array.from({ length: 10 }, () => {
      const score = Math.round(node.uniform() * 100);
      const noise = Math.round(node.uniform() * 20) - 10;
      return [score, 300 + 20 * score + noise];
    });
    expect(companies).toEqual([
      [13, 569], [14, 588], [32, 940], [24, 778], [44, 1175],
      [14, 579], [86, 2026], [87, 2044], [71, 1726], [26, 814],
    ]);
  });
});

describe("MT19937 as a tool", () => {
  it("shuffles typed arrays and lists in place alike", () => {
    const list = [10, 11, 12, 13, 14, 15];
    const typed = Uint8Array.from(list);
    new MT19937(5).shuffle(list);
    new MT19937(5).shuffle(typed);
    expect([...typed]).toEqual(list);
    expect(list).not.toEqual([10, 11, 12, 13, 14, 15]);
    expect([...list].sort()).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it("returns one number without a size, and elements of the list it chose from", () => {
    const generator = new MT19937(1);
    expect(typeof generator.uniform()).toBe("number");
    expect(typeof generator.randn()).toBe("number");
    expect(["a", "b"]).toContain(generator.choice(["a", "b"]));
    expect(generator.choice(["a", "b"], { size: 3 })).toHaveLength(3);
    expect(generator.rand(2, 3).map((row) => row.length)).toEqual([3, 3]);
  });

  it("refuses what it cannot draw, naming the cure", () => {
    expect(() => new MT19937(-1)).toThrow(/seed must be a whole number from 0 to 2\^32 - 1, but was -1/);
    expect(() => new MT19937(2 ** 32)).toThrow(RangeError);
    expect(() => new MT19937([])).toThrow(/must not be empty/);
    const generator = new MT19937(1);
    expect(() => generator.randint(5, 5)).toThrow(/low \(5\) must be below high \(5\)/);
    expect(() => generator.randint(0.5)).toThrow(/whole numbers/);
    expect(() => generator.choice(3, { p: [0.5, 0.6, 0.1] })).toThrow(/must sum to 1/);
    expect(() => generator.choice(3, { p: [0.5, 0.5] })).toThrow(/need 3 probabilities/);
    expect(() => generator.choice(3, { size: 4, replace: false })).toThrow(/cannot draw 4 different/);
    expect(() => generator.choice([])).toThrow(/nothing to choose from/);
    expect(() => generator.binomial(1000, 0.5)).toThrow(/more than 30/);
    expect(() => generator.binomial(1, 1.5)).toThrow(/between 0 and 1/);
    expect(() => generator.normal(0, -1)).toThrow(/must not be negative/);
    expect(() => generator.rand(-1)).toThrow(/length/);
  });
});
