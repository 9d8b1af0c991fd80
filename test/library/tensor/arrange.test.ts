/**
 * Elements in another arrangement, masked, or taken from the diagonal: on empty, single and non-contiguous tensors, of
 * every type, and what is said of wrong arguments. Values and gradients against PyTorch's stand in test/library/pytorch.
 */
import { describe, expect, test } from "vitest";
import { arange, DTypeError, eye, ones, ShapeError, tensor, TensorIndexError, zeros } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";

const grid = (): Tensor => arange(6).reshape([2, 3]);
const types: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];

describe("flip, roll, repeat and tile", () => {
  test("arrange views as they arrange copies", () => {
    expect(grid().mT.flip([0]).toArray()).toEqual([[2, 5], [1, 4], [0, 3]]);
    expect(grid().mT.roll(1, { dims: 0 }).toArray()).toEqual([[2, 5], [0, 3], [1, 4]]);
    expect(grid().mT.roll(-1).toArray()).toEqual([[3, 1], [4, 2], [5, 0]]);
    expect(grid().mT.tile([2]).toArray()).toEqual([[0, 3, 0, 3], [1, 4, 1, 4], [2, 5, 2, 5]]);
    expect(grid().mT.repeat([2, 1]).toArray()).toEqual([[0, 3], [1, 4], [2, 5], [0, 3], [1, 4], [2, 5]]);
  });

  test("flip reverses as arrays of JavaScript do, at sizes round those of vectors and tiles, in every type", () => {
    for (const [rows, columns] of [[1, 67], [5, 16], [17, 33], [64, 64], [130, 9]] as const) {
      for (const dtype of types) {
        const x = arange(rows * columns).to(dtype).reshape([rows, columns]);
        for (const view of [x, x.mT, x.at("::2", "1:")]) {
          const lines = view.toArray() as number[][];
          expect(view.flip(1).toArray()).toEqual(lines.map((line) => [...line].reverse()));
          expect(view.flip(0).toArray()).toEqual([...lines].reverse());
          expect(view.flip([-1, 0]).toArray()).toEqual([...lines].reverse().map((line) => [...line].reverse()));
        }
      }
    }
    expect(ones([1, 3]).expand([2, 3]).flip(0).isContiguous()).toBe(true);
  });

  test("take scalars, single elements and nothing", () => {
    expect(tensor(3).flip([]).item()).toBe(3);
    expect(tensor(3).roll(2).item()).toBe(3);
    expect(tensor(3).repeat([2, 2]).toArray()).toEqual([[3, 3], [3, 3]]);
    expect(tensor(3).tile([]).item()).toBe(3);
    expect(zeros([0, 3]).flip([0, 1]).shape).toEqual([0, 3]);
    expect(zeros([0, 3]).roll(1, { dims: [0] }).shape).toEqual([0, 3]);
    expect(zeros([0, 3]).repeat([2, 2]).shape).toEqual([0, 6]);
    expect(ones([1, 1]).roll(5, { dims: 1 }).toArray()).toEqual([[1]]);
  });

  test("copy, even where they change nothing", () => {
    const base = ones([1, 2]);
    const results = [base.flip([]), base.flip([0]), base.roll(0), base.roll(2, { dims: 1 }), base.repeat([1, 1]), base.tile([1]), base.pad([0, 0])];
    for (const result of results) {
      expect(result.toArray()).toEqual([[1, 1]]);
      result.fill_(9);
    }
    expect(base.toArray()).toEqual([[1, 1]]);
  });

  test("repeat tensors of the highest rank", () => {
    const deep = arange(4).reshape([2, 1, 1, 1, 1, 1, 1, 2]);
    const result = deep.repeat([1, 1, 1, 3, 1, 1, 1, 2]);
    expect(result.shape).toEqual([2, 1, 1, 3, 1, 1, 1, 4]);
    expect(result.at(1, 0, 0, 2, 0, 0, 0).toArray()).toEqual([2, 3, 2, 3]);
  });

  test("say what is wrong with their arguments", () => {
    expect(() => grid().flip([0, -2])).toThrow(ShapeError);
    expect(() => grid().flip(2)).toThrow(TensorIndexError);
    expect(() => grid().roll([1, 2])).toThrow("roll: 2 shifts without dims");
    expect(() => grid().roll([1, 2], { dims: 0 })).toThrow("shifts [1, 2] and dims [0] must be equally many");
    expect(() => grid().roll(0.5, { dims: 0 })).toThrow("0.5 is not a whole number of places");
    expect(() => grid().repeat([2])).toThrow("repeat: [2] has fewer numbers than [2, 3] has dimensions; write tile");
    expect(() => grid().repeat([2, -1])).toThrow("whole numbers of at least 0");
  });
});

describe("pad", () => {
  test("counts from the last dimension, adds with positive numbers and cuts with negative ones", () => {
    expect(grid().pad([1, 0]).toArray()).toEqual([[0, 0, 1, 2], [0, 3, 4, 5]]);
    expect(grid().mT.pad([0, 1, -1, 0], { value: 9 }).toArray()).toEqual([[1, 4, 9], [2, 5, 9]]);
    expect(grid().pad([-2, 2], { value: 7 }).toArray()).toEqual([[2, 7, 7], [5, 7, 7]]);
    expect(grid().pad([-5, 5], { value: 7 }).toArray()).toEqual([[7, 7, 7], [7, 7, 7]]);
    expect(grid().pad([5, -4], { value: 7 }).shape).toEqual([2, 4]);
    expect(zeros([0]).pad([1, 1], { value: 2 }).toArray()).toEqual([2, 2]);
    expect(tensor(3).pad([]).item()).toBe(3);
  });

  test("keeps the type", () => {
    for (const dtype of types) expect(ones([1], { dtype }).pad([1, 0]).dtype).toBe(dtype);
    expect(tensor([true]).pad([0, 1], { value: 1 }).toArray()).toEqual([1, 1]);
    expect(() => grid().pad([1, 1], { value: 0.5 })).toThrow(DTypeError);
  });

  test("says what does not fit", () => {
    expect(() => grid().pad([1])).toThrow("two whole numbers a dimension, the last dimension first");
    expect(() => grid().pad([1, 1, 1, 1, 1, 1])).toThrow(ShapeError);
    expect(() => grid().pad([-2, -2])).toThrow("cuts more off [2, 3] than there is");
  });
});

describe("maskedFill, tril and triu", () => {
  test("keep the type", () => {
    for (const dtype of types) {
      const square = ones([2, 2], { dtype });
      expect(square.tril().dtype).toBe(dtype);
      expect(square.tril().toArray()).toEqual([[1, 0], [1, 1]]);
      expect(square.triu({ diagonal: 1 }).toArray()).toEqual([[0, 1], [0, 0]]);
      expect(square.maskedFill(eye(2).gt(0), 0).dtype).toBe(dtype);
      expect(square.maskedFill(eye(2).gt(0), 0).toArray()).toEqual([[0, 1], [1, 0]]);
    }
  });

  test("take every diagonal of rectangles, batches and nothing", () => {
    expect(ones([2, 3]).tril({ diagonal: 5 }).toArray()).toEqual([[1, 1, 1], [1, 1, 1]]);
    expect(ones([2, 3]).tril({ diagonal: -5 }).toArray()).toEqual([[0, 0, 0], [0, 0, 0]]);
    expect(grid().mT.triu().toArray()).toEqual([[0, 3], [0, 4], [0, 0]]);
    expect(ones([2, 2, 2]).triu().at(1).toArray()).toEqual([[1, 1], [0, 1]]);
    expect(ones([0, 3]).tril().shape).toEqual([0, 3]);
    expect(ones([2, 0]).triu().shape).toEqual([2, 0]);
    expect(ones([3]).maskedFill(tensor([[true], [false]]), 0).toArray()).toEqual([[0, 0, 0], [1, 1, 1]]);
  });

  test("the triangle of an infinite matrix has zeros, not NaN", () => {
    expect(ones([2, 2]).mul(Infinity).tril().toArray()).toEqual([[Infinity, 0], [Infinity, Infinity]]);
  });

  test("say what is wrong", () => {
    expect(() => arange(3).tril()).toThrow("tril: needs at least two dimensions, got shape [3]");
    expect(() => grid().triu({ diagonal: 0.5 })).toThrow("0.5 is not a whole number");
    expect(() => grid().maskedFill(grid(), 1)).toThrow("the mask must be bool, got int32");
    expect(() => grid().maskedFill(grid().gt(0), arange(2))).toThrow("the value must be a number or a scalar, got shape [2]");
    expect(() => grid().maskedFill(grid().gt(0), 0.5)).toThrow(DTypeError);
    expect(() => grid().maskedFill(tensor([true, false]), 0)).toThrow("do not broadcast");
  });
});

describe("diag and the products of vectors", () => {
  test("take every diagonal, of nothing too", () => {
    expect(grid().diag().toArray()).toEqual([0, 4]);
    expect(grid().diag({ diagonal: 2 }).toArray()).toEqual([2]);
    expect(grid().diag({ diagonal: 3 }).shape).toEqual([0]);
    expect(grid().diag({ diagonal: -2 }).shape).toEqual([0]);
    expect(zeros([0]).diag({ diagonal: 1 }).toArray()).toEqual([[0]]);
    expect(zeros([0]).diag().shape).toEqual([0, 0]);
    expect(zeros([0, 3]).diag().shape).toEqual([0]);
    expect(arange(4).at("::3").diag().toArray()).toEqual([[0, 0], [0, 3]]);
    expect(grid().trace().item()).toBe(4);
    expect(zeros([0, 0]).trace().item()).toBe(0);
  });

  test("the diagonal is a copy", () => {
    const base = eye(2);
    base.diag().fill_(5);
    expect(base.toArray()).toEqual([[1, 0], [0, 1]]);
  });

  test("empty vectors have an empty outer and a zero scalar product", () => {
    expect(zeros([0]).outer(zeros([2])).shape).toEqual([0, 2]);
    expect(zeros([0]).dot(zeros([0])).item()).toBe(0);
    expect(zeros([2, 3, 0]).bmm(zeros([2, 0, 4])).toArray()).toEqual(zeros([2, 3, 4]).toArray());
  });

  test("insist on ranks and lengths", () => {
    expect(() => tensor(1).diag()).toThrow("diag: needs a matrix, got shape []");
    expect(() => arange(3).trace()).toThrow("trace: needs a matrix, got shape [3]");
    expect(() => grid().dot(arange(3))).toThrow("dot: needs two vectors, got shapes [2, 3] and [3]; matmul takes others too");
    expect(() => arange(2).dot(arange(3))).toThrow("vectors of 2 and 3 elements");
    expect(() => arange(2).outer(grid())).toThrow("outer: needs two vectors");
    expect(() => grid().bmm(grid())).toThrow("bmm: needs two batches of matrices");
    expect(() => zeros([2, 3, 4]).bmm(zeros([1, 4, 5]))).toThrow("with equal B and K");
  });
});
