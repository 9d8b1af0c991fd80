/**
 * Joining and cutting: what is a view, what is copied, which types come out, and what is said of parts that do not fit.
 * Values and gradients against PyTorch's stand in test/library/pytorch.
 */
import { describe, expect, test } from "vitest";
import { arange, cat, meshgrid, noGrad, ones, ShapeError, stack, tensor, TensorIndexError, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const grid = (): Tensor => arange(12).reshape([3, 4]);
const shapes = (parts: readonly Tensor[]): unknown => parts.map((part) => part.shape);

describe("cat", () => {
  test("joins parts of any layout along any dimension", () => {
    expect(cat([grid(), grid().at(":1")]).toArray()).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [0, 1, 2, 3]]);
    expect(cat([grid().mT, grid().mT.at(":", "::2")], { dim: -1 }).toArray()).toEqual([
      [0, 4, 8, 0, 8], [1, 5, 9, 1, 9], [2, 6, 10, 2, 10], [3, 7, 11, 3, 11],
    ]);
    expect(cat([ones([2, 1, 3]).expand([2, 4, 3]), zeros([2, 1, 3])], { dim: 1 }).sum({ dim: [0, 2] }).toArray()).toEqual([6, 6, 6, 6, 0]);
  });

  test("copies: a change of the result does not reach the parts", () => {
    const part = zeros([2]);
    cat([part]).fill_(7);
    expect(part.toArray()).toEqual([0, 0]);
  });

  test("gives the widest type of the parts", () => {
    const joined = cat([tensor([true, false]), tensor(new Int32Array([5])), tensor(new Float64Array([0.5]))]);
    expect(joined.dtype).toBe("float64");
    expect(joined.toArray()).toEqual([1, 0, 5, 0.5]);
    expect(cat([tensor([true]), tensor([false])]).dtype).toBe("bool");
  });

  test("takes empty parts, and [0] beside any shape", () => {
    expect(cat([zeros([0, 4]), ones([1, 4])]).toArray()).toEqual([[1, 1, 1, 1]]);
    expect(cat([zeros([0]), ones([1, 2])], { dim: 1 }).toArray()).toEqual([[1, 1]]);
    expect(cat([zeros([0]), zeros([0])]).shape).toEqual([0]);
    expect(cat([zeros([2, 0]), zeros([2, 0])], { dim: 1 }).shape).toEqual([2, 0]);
  });

  test("gives a part of another type a gradient of its own type", () => {
    const a = tensor([1, 2], { requiresGrad: true });
    const b = tensor([3], { dtype: "float64", requiresGrad: true });
    cat([a, b]).mul(tensor([1, 2, 3])).sum().backward();
    expect(a.grad!.dtype).toBe("float32");
    expect(a.grad!.toArray()).toEqual([1, 2]);
    expect(b.grad!.toArray()).toEqual([3]);
  });

  test("is one recorded call, and none inside noGrad", () => {
    const a = tensor([1, 2], { requiresGrad: true });
    const { node } = cat([a, a, a]);
    expect(node!.rule.name).toBe("cat");
    expect(node!.inputs.map((input) => input.node?.leaf)).toEqual([a, a, a]);
    expect(noGrad(() => cat([a, a])).requiresGrad).toBe(false);
  });

  test("says which part does not fit", () => {
    expect(() => cat([grid(), zeros([3, 5])])).toThrow("cat: tensor 1 has shape [3, 5], which does not continue [3, 4] along dim 0");
    expect(() => cat([grid(), zeros([4])])).toThrow(ShapeError);
    expect(() => cat([grid()], { dim: 2 })).toThrow(TensorIndexError);
    expect(() => cat([tensor(1), tensor(2)])).toThrow("a scalar has no dimension to be joined along; write stack");
    expect(() => cat([])).toThrow("a list of at least one tensor");
    expect(() => cat(grid() as never)).toThrow("a list of at least one tensor");
    expect(() => cat([grid(), 3 as never])).toThrow("cat: expected a tensor, got a value of type number");
  });
});

describe("stack", () => {
  test("joins along a new dimension, in any place", () => {
    expect(stack([tensor(1), tensor(2)]).toArray()).toEqual([1, 2]);
    expect(stack([grid().at(0), grid().at(":", 0).tile([2]).at(":4")], { dim: 1 }).toArray()).toEqual([[0, 0], [1, 4], [2, 8], [3, 0]]);
    expect(stack([grid(), grid()], { dim: -1 }).shape).toEqual([3, 4, 2]);
    expect(stack([zeros([0, 2])]).shape).toEqual([1, 0, 2]);
  });

  test("wants equal shapes", () => {
    expect(() => stack([zeros([2]), zeros([3])])).toThrow("stack: tensor 1 has shape [3], the first one [2]; they must be equal");
    expect(() => stack([zeros([2])], { dim: 2 })).toThrow(TensorIndexError);
    expect(() => stack([zeros([1, 1, 1, 1, 1, 1, 1, 1])])).toThrow("8 are the most");
  });
});

describe("split and chunk", () => {
  test("cut into views", () => {
    const base = grid();
    const parts = base.split(3, { dim: 1 });
    expect(shapes(parts)).toEqual([[3, 3], [3, 1]]);
    parts[1]!.fill_(-1);
    expect(base.at(":", 3).toArray()).toEqual([-1, -1, -1]);
    expect(shapes(base.split([0, 1, 2]))).toEqual([[0, 4], [1, 4], [2, 4]]);
    expect(base.mT.chunk(2)[1]!.storage).toBe(base.storage);
  });

  test("give the pieces PyTorch gives, fewer than asked for where they come out even", () => {
    expect(shapes(arange(5).chunk(4))).toEqual([[2], [2], [1]]);
    expect(shapes(arange(2).chunk(4))).toEqual([[1], [1]]);
    expect(shapes(arange(0).chunk(3))).toEqual([[0], [0], [0]]);
    expect(shapes(arange(0).split(3))).toEqual([[0]]);
    expect(shapes(arange(2).split(3))).toEqual([[2]]);
  });

  test("say what does not add up", () => {
    expect(() => grid().split([1, 1])).toThrow("split: pieces of [1, 1] do not add up to dim 0 of [3, 4], which is 3");
    expect(() => grid().split([4, -1])).toThrow(ShapeError);
    expect(() => grid().split(0)).toThrow("0 is not the size of a piece");
    expect(() => grid().chunk(0)).toThrow("0 is not a number of pieces");
    expect(() => tensor(1).split(1)).toThrow(TensorIndexError);
  });
});

describe("meshgrid", () => {
  test("gives views, of scalars too", () => {
    const x = arange(3);
    const [rows, columns] = meshgrid([x, tensor(7)]);
    expect(rows!.toArray()).toEqual([[0], [1], [2]]);
    expect(columns!.toArray()).toEqual([[7], [7], [7]]);
    expect(rows!.storage).toBe(x.storage);
    expect(shapes(meshgrid([x, arange(2)], { indexing: "xy" }))).toEqual([[2, 3], [2, 3]]);
    expect(shapes(meshgrid([x, arange(0)]))).toEqual([[3, 0], [3, 0]]);
  });

  test("wants vectors and a known way of indexing", () => {
    expect(() => meshgrid([grid()])).toThrow("axis 0 has shape [3, 4]; an axis is a vector");
    expect(() => meshgrid([])).toThrow(ShapeError);
    expect(() => meshgrid([arange(2)], { indexing: "yx" as never })).toThrow('known are "ij" and "xy"');
  });
});
