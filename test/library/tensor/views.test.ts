/**
 * Views share memory, and indexing picks what Python's indexing would.
 */
import { describe, expect, test } from "vitest";
import { arange, nn, ShapeError, tensor, TensorIndexError, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const grid = (): Tensor => arange(12).reshape([3, 4]);

describe("views", () => {
  test("share memory with the tensor they show", () => {
    const base = zeros([3, 4]);
    base.at(1).fill_(7);
    base.mT.at(0).fill_(2);
    expect(base.toArray()).toEqual([[2, 0, 0, 0], [2, 7, 7, 7], [2, 0, 0, 0]]);
  });

  test("of nothing, however far behind the end they begin, are read as nothing", () => {
    const beyond = zeros([64, 16]).slice(0, 64).slice(1, 16);
    expect(beyond.shape).toEqual([0, 0]);
    expect([beyond, beyond.flatten(), beyond.add(1), beyond.clone()].map((each) => each.toArray())).toEqual([[], [], [], []]);
  });

  test("view fails where it would have to copy, reshape copies", () => {
    const turned = grid().mT;
    expect(() => turned.view([12])).toThrow("without copying; write reshape instead");
    expect(turned.reshape([12]).toArray()).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(grid().view([2, 6]).storage).not.toBeUndefined();
  });

  test("a view of a transposed tensor that needs no copy is none", () => {
    const x = arange(24).reshape([2, 3, 4]).transpose(0, 1);
    const y = x.reshape([3, 2, 2, 2]);
    expect(y.storage).toBe(x.storage);
    expect(y.at(1, 1).toArray()).toEqual([[16, 17], [18, 19]]);
  });

  test("reshape works out a size of -1", () => {
    expect(grid().reshape([2, -1]).shape).toEqual([2, 6]);
    expect(() => grid().reshape([5, -1])).toThrow(ShapeError);
    expect(() => grid().reshape([5, 5])).toThrow("reshape: [3, 4] has 12 elements, [5, 5] has 25");
  });

  test("squeeze, unsqueeze, flatten, permute and expand give the shapes PyTorch gives", () => {
    const x = zeros([2, 1, 3]);
    expect(x.squeeze().shape).toEqual([2, 3]);
    expect(x.squeeze(0).shape).toEqual([2, 1, 3]);
    expect(x.unsqueeze(-1).shape).toEqual([2, 1, 3, 1]);
    expect(x.flatten().shape).toEqual([6]);
    expect(x.flatten({ startDim: 1 }).shape).toEqual([2, 3]);
    expect(x.permute([2, 0, 1]).shape).toEqual([3, 2, 1]);
    expect(x.expand([5, -1, 4, -1]).shape).toEqual([5, 2, 4, 3]);
    expect(() => x.expand([2, 2, 4])).toThrow("only dimensions of size 1 stretch");
  });
});

describe("indexing", () => {
  test("picks positions, slices and steps", () => {
    expect(grid().at(-1).toArray()).toEqual([8, 9, 10, 11]);
    expect(grid().at(1, 2).item()).toBe(6);
    expect(grid().at(":", "1:3").toArray()).toEqual([[1, 2], [5, 6], [9, 10]]);
    expect(grid().at("::2", -1).toArray()).toEqual([3, 11]);
    expect(grid().at("...", 0).toArray()).toEqual([0, 4, 8]);
    expect(grid().at(null, 0).shape).toEqual([1, 4]);
    expect(grid().at("-2:", ":-1").toArray()).toEqual([[4, 5, 6], [8, 9, 10]]);
    expect(grid().at("2:1").shape).toEqual([0, 4]);
  });

  test("writes into the part it names, and the value broadcasts", () => {
    const x = grid();
    x.set(0, 9).set(":", 3, tensor([1, 2, 3], { dtype: "int32" }));
    expect(x.toArray()).toEqual([[9, 9, 9, 1], [4, 5, 6, 2], [8, 9, 10, 3]]);
  });

  test("says what is wrong with an index", () => {
    expect(() => grid().at(3)).toThrow(TensorIndexError);
    expect(() => grid().at(3)).toThrow("index 3 is outside dimension 0 of a tensor of shape [3, 4]; it must lie in -3 to 2");
    expect(() => grid().at(0, 0, 0)).toThrow("3 positions for a tensor of shape [3, 4]");
    expect(() => grid().at("1-3")).toThrow('"1-3" is not a slice');
    expect(() => grid().at(":").item()).toThrow("has 12 elements; item() reads exactly one");
  });
});

describe("positions and labels outside their range", () => {
  const x = zeros([3, 4]);
  const one = (position: number): Tensor => tensor(new Int32Array([position]));
  test("are named by every op that takes them", () => {
    expect(() => x.indexSelect(0, one(3))).toThrow("indexSelect: position 3 is outside the range; it must lie in 0 to 2");
    expect(() => x.indexSelect(1, one(-1))).toThrow("indexSelect: position -1 is outside the range");
    expect(() => x.gather(0, one(5).reshape([1, 1]))).toThrow("gather: position 5");
    expect(() => one(4).oneHot(4)).toThrow("oneHot: label 4 is outside the range; it must lie in 0 to 3");
    expect(() => zeros([3, 4]).indexAdd_(0, one(3), zeros([1, 4]))).toThrow("indexAdd_: position 3");
    expect(() => zeros([3, 4]).scatterAdd_(0, one(3).reshape([1, 1]), zeros([1, 1]))).toThrow("scatterAdd_: position 3");
    expect(() => nn.functional.crossEntropy(zeros([1, 4]), one(4))).toThrow("crossEntropy: label 4 is outside the range");
  });

  test("and of the wrong type too", () => {
    expect(() => x.indexSelect(0, tensor([0.5]))).toThrow("positions must be int32 or uint8, got float32");
  });
});

describe("making tensors", () => {
  test("from numbers, nested arrays, booleans and typed arrays", () => {
    expect(tensor(3).shape).toEqual([]);
    expect(tensor([[1, 2], [3, 4]]).dtype).toBe("float32");
    expect(tensor([true, false]).dtype).toBe("bool");
    expect(tensor(new Float64Array([1, 2])).dtype).toBe("float64");
    expect(tensor(new Uint8Array([1, 2]), { dtype: "float32" }).toArray()).toEqual([1, 2]);
    expect(tensor([]).shape).toEqual([0]);
  });

  test("refuses ragged arrays, unknown types and devices", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow("ragged array: in dimension 1 one entry has 2 elements and another has 1 elements");
    expect(() => tensor([[1], 2] as never)).toThrow("ragged array");
    expect(() => tensor(["a"] as never)).toThrow("a value of type string where a number belongs");
    expect(() => zeros([2], { dtype: "float16" as never })).toThrow('unknown dtype "float16"; known are float32');
    expect(() => zeros([2], { device: "tpu" as "cpu" })).toThrow('zeros: there is no device "tpu"; known are "cpu" and "cuda"');
    expect(() => zeros([2.5])).toThrow("sizes are whole numbers");
  });
});
