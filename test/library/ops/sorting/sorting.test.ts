/**
 * Sorting, running sums and counting: gradients, PyTorch's values, the reference; every type and length; what NaN does; the
 * same bits for every number of threads; and what is said of wrong arguments.
 */
import { afterEach, describe, expect, test } from "vitest";
import { Generator, median, rand, randint, ShapeError, tensor, threads, unique, zeros } from "../../../../src/index.ts";
import type { DType, Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { orderOf } from "../../reference/sorting.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const ints = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });

describe("sorting", () => {
  // Up to 1023 elements are merged, more go by digits, more than 65536 in several chunks.
  for (const dtype of ["float32", "float64", "int32", "uint8"] as const) {
    test.each([1, 2, 16, 17, 33, 1023, 1024, 5000, 65536, 100_003])(`of %i elements of ${dtype} is stable`, (count) => {
      const numbers = randint(-count, count, [count], { generator: new Generator(count) });
      const values = dtype === "uint8" ? numbers.remainder(200).to(dtype) : numbers.to(dtype).mul(3).to(dtype);
      const elements = [...values.data()];
      for (const descending of [false, true]) {
        const sorted = values.sort({ descending });
        const order = orderOf(elements, descending);
        expect([...sorted.indices.data()]).toEqual(order);
        expect([...sorted.values.data()]).toEqual(order.map((i) => elements[i]!));
        const k = Math.ceil(count / 9);
        expect([...values.topk(k, { largest: descending }).indices.data()]).toEqual(order.slice(0, k));
        const some = values.topk(k, { largest: descending, sorted: false }).indices.data();
        expect([...some].sort((a, b) => a - b)).toEqual(order.slice(0, k).sort((a, b) => a - b));
      }
    });
  }

  test("puts NaN last, infinities at their ends, and takes -0 for 0", () => {
    const values = tensor([NaN, 1, -Infinity, 0, NaN, -0, Infinity]);
    for (const each of [values, values.to("float64")]) {
      expect(each.sort().indices.toArray()).toEqual([2, 3, 5, 1, 6, 0, 4]);
      expect(each.sort().values.toArray()).toEqual([-Infinity, 0, -0, 1, Infinity, NaN, NaN]);
      expect(each.argsort({ descending: true }).toArray()).toEqual([0, 4, 6, 1, 3, 5, 2]);
      expect(each.topk(3).indices.toArray()).toEqual([0, 4, 6]);
    }
    expect(tensor([true, false, true]).sort().indices.toArray()).toEqual([1, 0, 2]);
  });

  test("the median is NaN where there is one, and the lower of two in the middle", () => {
    expect(median(tensor([3, NaN, 1])).item()).toBeNaN();
    expect(median(tensor([4, 1, 3, 2])).item()).toBe(2);
    expect(tensor([[3, 1, 2], [NaN, 5, 4]]).median({ dim: 1 }).indices.toArray()).toEqual([2, 0]);
  });

  test("says what is wrong", () => {
    expect(() => zeros([2, 3]).topk(4)).toThrow(ShapeError);
    expect(() => zeros([2, 3]).topk(4)).toThrow("topk: there are no 4 elements along dim 1 of [2, 3]; k must lie in 0 to 3");
    expect(() => zeros([2, 3]).kthvalue(0)).toThrow("kthvalue: there is no element 0 along dim 1 of [2, 3]; it is counted from 1 to 3");
    expect(() => zeros([2, 3]).sort({ dim: 2 })).toThrow("sort: dim 2 is outside a tensor of rank 2");
    expect(() => zeros([0, 3]).median({ dim: 0 })).toThrow("median: dim 0 of [0, 3] has no elements");
    expect(() => zeros([2, 3]).cumsum(-3)).toThrow("cumsum: dim -3 is outside");
    expect(() => zeros([2, 3]).searchsorted(zeros([3, 1]))).toThrow("searchsorted: values of shape [3, 1] do not fit");
  });
});

describe("running sums", () => {
  test("of small whole numbers are int32, and wrap around like all sums of them", () => {
    const flags = tensor([true, false, true]);
    expect(flags.cumsum(0).dtype).toBe("int32");
    expect(flags.cumsum(0).toArray()).toEqual([1, 1, 2]);
    expect(tensor(new Uint8Array([200, 100])).cumsum(0).toArray()).toEqual([200, 300]);
    expect(ints([2 ** 31 - 1, 1]).cumsum(0).toArray()).toEqual([2 ** 31 - 1, -(2 ** 31)]);
    expect(ints([[1, 2], [3, 4]]).cumprod(0).toArray()).toEqual([[1, 2], [3, 8]]);
  });

  test("of float32 lose nothing on the way", () => {
    const sums = tensor([2 ** 24, ...new Array<number>(8).fill(1)]).cumsum(0);
    expect(sums.at(-1).item()).toBe(2 ** 24 + 8);
  });

  test("extremes keep the last of equal elements, and NaN once it has come", () => {
    expect(tensor([1, 3, 2, 3, NaN, 1]).cummax(0).indices.toArray()).toEqual([0, 1, 1, 3, 4, 4]);
    expect(tensor([1, 3, 2, 1, NaN, 0]).cummin(0).values.toArray()).toEqual([1, 1, 1, 1, NaN, NaN]);
  });
});

describe("counting", () => {
  test("unique gives the different elements in order, or as they appear", () => {
    const values = tensor([[3, 1, 2], [3, 1, 0]]);
    expect(unique(values).toArray()).toEqual([0, 1, 2, 3]);
    const { values: found, inverse, counts } = unique(values, { returnInverse: true, returnCounts: true });
    expect(found.at(inverse!).toArray()).toEqual(values.toArray());
    expect(counts!.toArray()).toEqual([1, 2, 1, 2]);
    const first = values.unique({ sorted: false, returnInverse: true, returnCounts: true });
    expect(first.values.toArray()).toEqual([3, 1, 2, 0]);
    expect(first.values.at(first.inverse!).toArray()).toEqual(values.toArray());
    expect(first.counts!.toArray()).toEqual([2, 2, 1, 1]);
    expect(values.unique({ returnCounts: true }).inverse).toBeUndefined();
  });

  test("unique takes each NaN for different, and knows empty tensors, scalars and every type", () => {
    expect(tensor([NaN, 1, NaN]).unique().toArray()).toEqual([1, NaN, NaN]);
    expect(zeros([0]).unique({ returnInverse: true, returnCounts: true }).counts!.shape).toEqual([0]);
    expect(tensor(5).unique({ returnInverse: true }).inverse!.shape).toEqual([]);
    for (const dtype of ["float64", "int32", "uint8", "bool"] as DType[]) {
      const made = tensor([1, 0, 1]).to(dtype).unique();
      expect([made.dtype, made.toArray()]).toEqual([dtype, [0, 1]]);
    }
  });

  test("unique compares slices along a dimension", () => {
    const rows = ints([[1, 2], [0, 9], [1, 2], [1, 0]]);
    const { values, inverse, counts } = rows.unique({ dim: 0, returnInverse: true, returnCounts: true });
    expect(values.toArray()).toEqual([[0, 9], [1, 0], [1, 2]]);
    expect(inverse!.toArray()).toEqual([2, 0, 2, 1]);
    expect(counts!.toArray()).toEqual([1, 1, 2]);
    expect(rows.t().unique({ dim: 1 }).toArray()).toEqual([[0, 1, 1], [9, 0, 2]]);
  });

  test("bincount counts, or adds up weights, of which it gives the gradient", () => {
    expect(ints([1, 3, 1]).bincount().toArray()).toEqual([0, 2, 0, 1]);
    expect(ints([]).bincount({ minlength: 2 }).toArray()).toEqual([0, 0]);
    const weights = tensor([0.5, 1, 2], { requiresGrad: true });
    const sums = ints([1, 0, 1]).bincount({ weights, minlength: 3 });
    expect(sums.toArray()).toEqual([1, 2.5, 0]);
    sums.mul(tensor([3, 4, 5])).sum().backward();
    expect(weights.grad!.toArray()).toEqual([4, 3, 4]);
    expect(() => ints([0, -1]).bincount()).toThrow("bincount: number -1 is outside the range");
    expect(() => tensor([0.5]).bincount()).toThrow("bincount: numbers must be int32 or uint8, got float32");
    expect(() => ints([[1]]).bincount()).toThrow("bincount: needs a vector, got shape [1, 1]");
  });

  test("histc counts both ends, leaves out what lies outside and NaN, and finds the range itself", () => {
    expect(tensor([0, 1, 2, 3, 4, NaN, -1]).histc({ bins: 3, min: 0, max: 3 }).toArray()).toEqual([1, 1, 2]);
    expect(tensor([1, 2, 4]).histc({ bins: 3 }).toArray()).toEqual([1, 1, 1]);
    expect(tensor([5, 5]).histc({ bins: 2 }).toArray()).toEqual([0, 2]);
    expect(() => tensor([Infinity]).histc()).toThrow("histc: the elements reach from Infinity to Infinity");
  });
});

describe("results have the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));
  const draw = (...shape: number[]): Tensor => rand(shape, { generator: new Generator(5) });
  const computations: Record<string, () => Tensor> = {
    "one long line": () => draw(300_001).mul(1000).round().argsort(),
    "many lines": () => draw(300, 2000).argsort({ dim: 0 }),
    "the largest of many": () => draw(500, 3000).topk(7).indices,
    "running sums across columns": () => draw(900, 1100).cumsum(0),
    "running sums along rows": () => draw(900, 1100).cumsum(1),
    "running products": () => draw(500, 1100).add(0.5).cumprod(0),
    "running extremes": () => draw(900, 1100).cummax(1).indices,
    "places of what is not 0": () => draw(1000, 1100).gt(0.5).nonzero(),
    "places among sorted elements": () => draw(5000).sort().values.searchsorted(draw(200_000)),
  };
  for (const [name, compute] of Object.entries(computations)) {
    test(name, () => {
      const results = [1, 2, 3].map((count) => {
        expect(threads(count)).toBe(count);
        return Buffer.from(compute().data().buffer);
      });
      expect(results[1]!.equals(results[0]!)).toBe(true);
      expect(results[2]!.equals(results[0]!)).toBe(true);
    });
  }
});
