/** Data sets and their parts: every example where it belongs, and nothing asked for that is not there. */
import { describe, expect, it } from "vitest";
import { collate, kFold, randomSplit, Subset, TensorDataset } from "../../../src/data/index.ts";
import { arange, Generator, manualSeed, NablaError, ShapeError, tensor, TensorIndexError } from "../../../src/index.ts";

const x = arange(12).reshape([6, 2]);
const y = arange(6).mul(10);
const pairs = new TensorDataset(x, y);
const numbers = (set: Subset<unknown>): number[] => [...set.indices];

describe("a data set of tensors", () => {
  it("gives rows that belong together, one by one and as a batch", () => {
    expect(pairs.length).toBe(6);
    const [row, label] = pairs.at(2);
    expect([row.toArray(), label.item()]).toEqual([[4, 5], 20]);
    const [rows, labels] = pairs.batch([5, 0]);
    expect([rows.toArray(), labels.toArray()]).toEqual([[[10, 11], [0, 1]], [50, 0]]);
    expect(pairs.batch([1, 2])[0].storage).toBe(x.storage);
  });

  it("is refused when the tensors do not fit, and has no example beyond its end", () => {
    expect(() => new TensorDataset(x, arange(5))).toThrow(ShapeError);
    expect(() => new TensorDataset(x, arange(5))).toThrow(/shapes are \[6, 2\], \[5\]/);
    expect(() => new TensorDataset()).toThrow(/shapes are none/);
    for (const index of [6, -1, 0.5]) expect(() => pairs.at(index)).toThrow(TensorIndexError);
    expect(() => pairs.batch([0, 6])).toThrow(/no example 6; the set has 6/);
  });
});

describe("parts of a data set", () => {
  it("are in their own order, also parts of parts", () => {
    const part = new Subset(new Subset(pairs, [5, 3, 1]), [2, 0]);
    expect(part.length).toBe(2);
    expect([0, 1].map((i) => (part.at(i) as ReturnType<typeof pairs.at>)[1].item())).toEqual([10, 50]);
    expect(part.batch!([1, 0])[1].toArray()).toEqual([50, 10]);
    expect(() => new Subset(pairs, [6])).toThrow(TensorIndexError);
    expect(() => part.at(2)).toThrow(/Subset: there is no example 2/);
  });

  it("of a random split hold every example once, by lengths and by fractions, and the same for the same seed", () => {
    const split = (lengths: number[], seed = 1) => randomSplit(pairs, lengths, { generator: new Generator(seed) }).map(numbers);
    for (const lengths of [[4, 2], [0.7, 0.3], [6], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]]) {
      expect(split(lengths).flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(split(lengths)).toEqual(split(lengths));
    }
    // 0.7 and 0.3 of 6 are 4.2 and 1.8: rounded down 4 and 1, and the one left over goes to the first, as in PyTorch.
    expect(split([0.7, 0.3]).map((part) => part.length)).toEqual([5, 1]);
    expect([2, 3, 4, 5].some((seed) => String(split([3, 3], seed)) !== String(split([3, 3])))).toBe(true);
    manualSeed(9);
    const first = randomSplit(pairs, [3, 3]).map(numbers);
    manualSeed(9);
    expect(randomSplit(pairs, [3, 3]).map(numbers)).toEqual(first);
    expect(() => split([4, 3])).toThrow(/sum to 7; lengths must sum to the set's 6 examples/);
    expect(() => split([-1, 7])).toThrow(RangeError);
    expect(() => split([])).toThrow(RangeError);
  });

  it("of a cross-validation measure every example exactly once, in lengths that differ by at most one", () => {
    for (const k of [2, 4, 5, 6]) {
      const folds = kFold(pairs, k, { shuffle: true, generator: new Generator(2) });
      expect(folds.flatMap(({ validation }) => numbers(validation)).sort()).toEqual([0, 1, 2, 3, 4, 5]);
      const lengths = folds.map(({ validation }) => validation.length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      for (const { train, validation } of folds) expect([...numbers(train), ...numbers(validation)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(kFold(pairs, 3).map(({ validation }) => numbers(validation))).toEqual([[0, 1], [2, 3], [4, 5]]);
    for (const k of [1, 7, 2.5]) expect(() => kFold(pairs, k)).toThrow(RangeError);
  });
});

describe("collating examples", () => {
  it("stacks tensors, and lists and objects part by part", () => {
    const batch = collate([
      { image: tensor([1, 2]), place: [1, true] as [number, boolean], name: "a", sound: new Float32Array([1]) },
      { image: tensor([3, 4]), place: [2, false] as [number, boolean], name: "b", sound: new Float32Array([2]) },
    ]);
    expect(batch.image.toArray()).toEqual([[1, 2], [3, 4]]);
    expect([batch.place[0].toArray(), batch.place[1].dtype, batch.name, batch.sound.shape]).toEqual([[1, 2], "bool", ["a", "b"], [2, 1]]);
  });

  it("says which part does not fit", () => {
    expect(() => collate([{ a: [1] }, { a: ["x"] }])).toThrow(/the examples' \.a\[0\] cannot be put together \(number, string\)/);
    expect(() => collate([[1], [1, 2]])).toThrow(/a list of 1, a list of 2/);
    expect(() => collate([{ a: 1 }, { b: 1 }])).toThrow(/an object with a, an object with b/);
    expect(() => collate([])).toThrow(NablaError);
    expect(() => collate([tensor([1]), tensor([1, 2])])).toThrow(ShapeError);
  });
});
