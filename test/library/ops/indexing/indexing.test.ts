/**
 * Choosing and placing by positions and masks: gradients, PyTorch's values, the reference; every type; what a change in place
 * does to histories; and what is said of wrong indices.
 */
import { describe, expect, test } from "vitest";
import { arange, noGrad, ones, tensor, zeros } from "../../../../src/index.ts";
import type { DType, Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const ints = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
const grid = (): Tensor => arange(12).reshape([3, 4]);

describe("an index of tensors and arrays", () => {
  test("works on every type, and on what repeats in memory", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as DType[]) {
      const x = tensor([[0, 1], [1, 1], [1, 0]]).to(dtype);
      expect(x.at([2, 0], [0, 1]).toArray()).toEqual([1, 1]);
      x.set([0, 2], [0, 1], 1);
      expect([x.dtype, x.toArray()]).toEqual([dtype, [[1, 1], [1, 1], [1, 1]]]);
      x.set(x.eq(1), 0);
      expect(x.any().item()).toBe(0);
    }
    expect(tensor([1, 2]).unsqueeze(1).expand([2, 3]).at(":", [2, 0]).toArray()).toEqual([[1, 1], [2, 2]]);
    expect(grid().at(tensor(new Uint8Array([2, 1])), 0).toArray()).toEqual([8, 4]);
    expect(grid().at(tensor(1, { dtype: "int32" })).toArray()).toEqual([4, 5, 6, 7]);
  });

  test("is a copy, where one of numbers and ranges is a view", () => {
    const x = grid();
    x.at([0, 1]).zero_();
    expect(x.equal(grid())).toBe(true);
    x.at(0).zero_();
    expect(x.at(0).any().item()).toBe(0);
  });

  test("writes the last of several values for one place, and adds all with accumulate", () => {
    expect(zeros([3]).indexPut([ints([1, 1, 0])], tensor([5, 6, 7])).toArray()).toEqual([7, 6, 0]);
    expect(ones([3]).indexPut_([ints([1, 1, 0])], tensor([5, 6, 7]), { accumulate: true }).toArray()).toEqual([8, 12, 1]);
  });

  test("names what is wrong", () => {
    expect(() => grid().at([0, 3])).toThrow("at: index 3 is outside dimension 0 of a tensor of shape [3, 4]; it must lie in -3 to 2");
    expect(() => grid().at(":", ints([-5]))).toThrow("at: index -5 is outside dimension 1 of a tensor of shape [3, 4]");
    expect(() => grid().at(1, 4)).toThrow("at: index 4 is outside dimension 1 of a tensor of shape [3, 4]");
    expect(() => grid().at([true, false])).toThrow("at: a mask of shape [2] does not fit the dimensions from 0 on of a tensor of shape [3, 4]: it needs shape [3]");
    expect(() => grid().at(ones([3, 5]).gt(0))).toThrow("at: a mask of shape [3, 5] does not fit");
    expect(() => grid().at(tensor([0.5]))).toThrow('at: positions must be whole numbers, got float32; convert with .to("int32")');
    expect(() => grid().at([0, 1.5])).toThrow("at: 1.5 is not a position; positions are whole numbers");
    expect(() => grid().at([0], [0], [0])).toThrow("at: 3 positions for a tensor of shape [3, 4], which has 2 dimensions");
    expect(() => grid().at(grid().gt(3), 0)).toThrow("at: 3 positions");
    expect(() => grid().at([0, 1], [0, 1, 2])).toThrow("at: shapes [2] and [3] do not broadcast");
    expect(() => grid().at("...", 0, "...")).toThrow('at: "..." can stand in an index once');
    expect(() => grid().at({} as never)).toThrow("is no index");
    expect(() => grid().set([0, 1], tensor([1, 2, 3]))).toThrow("set: shapes [3] and [2, 4] do not broadcast");
    expect(() => grid().set([0], ints([[1], [2]]))).toThrow("set: [2, 1] does not fit into [1, 4]");
    expect(() => grid().set([0, 1], 0.5)).toThrow("set: a tensor of int32 cannot hold 0.5");
    expect(() => grid().set(0, "x" as never)).toThrow("set: the value to write, a number or a tensor, comes last");
    expect(() => grid().indexPut([], 1)).toThrow("indexPut: expected a list of tensors of positions");
    expect(() => grid().maskedSelect(grid())).toThrow("maskedSelect: the mask must be bool, got int32");
    expect(() => grid().scatter(1, ints([[4]]), 1)).toThrow("scatter: position 4 is outside the range; it must lie in 0 to 3");
    expect(() => grid().scatter(1, ints([[0, 1]]), ints([[1]]))).toThrow("scatter: the index has shape [1, 2], the source [1, 1]");
    expect(() => grid().scatter(0, ints([[0]]), 1, { reduce: "mean" as never })).toThrow('scatter: reduce is "mean"');
    expect(() => grid().indexCopy(0, ints([0]), ints([[1]]))).toThrow("need a vector of positions and a source of shape [1, 4], got [1, 1]");
  });
});

describe("a change in place", () => {
  const leaf = (): Tensor => tensor([[1, 2], [3, 4]], { requiresGrad: true });

  test("of a leaf or a view of one is refused while calls are recorded, and allowed inside noGrad", () => {
    const w = leaf();
    expect(() => w.set(0, 1)).toThrow("a view of a leaf that requires gradients cannot be changed in place");
    expect(() => w.set([0], 1)).toThrow("set: a leaf that requires gradients cannot be changed in place");
    expect(() => w.mul_(2)).toThrow("mul_: a leaf that requires gradients");
    noGrad(() => w.set(0, 9));
    expect(w.toArray()).toEqual([[9, 9], [3, 4]]);
  });

  test("makes views from before it out of date", () => {
    const x = leaf().mul(2);
    const before = x.at(0);
    x.set(1, 5);
    expect(() => before.mul(1)).toThrow("a view was used after the tensor behind it had been changed in place");
    expect(() => before.add_(1)).toThrow("add_: this view was made before the tensor behind it was changed in place");
    expect(x.at(0).mul(1).toArray()).toEqual([2, 4]);
  });

  test("of what a derivative has saved is an error when it is needed, also where it saved its result", () => {
    const w = leaf();
    const x = w.mul(2);
    const y = x.mul(x);
    x.set(0, 0, 1);
    expect(() => y.sum().backward()).toThrow("changed in place after the call");
    const powers = leaf().exp();
    powers.add_(1);
    expect(() => powers.sum().backward()).toThrow("exp: a tensor that its derivative needs was changed in place after the call");
    const positions = ints([0, 1]);
    const chosen = leaf().at(positions);
    positions.fill_(0);
    expect(() => chosen.sum().backward()).toThrow("changed in place after the call");
  });

  test("by a constant gives the old value no gradient", () => {
    const w = leaf();
    const x = w.mul(2);
    x.at(0).fill_(7);
    x.sum().backward();
    expect(w.grad!.toArray()).toEqual([[0, 0], [2, 2]]);
    const v = leaf();
    v.mul(3).zero_().sum().backward();
    expect(v.grad!.toArray()).toEqual([[0, 0], [0, 0]]);
  });

  test("of a view made inside noGrad is refused: its gradient would be lost", () => {
    const x = leaf().mul(2);
    const view = noGrad(() => x.at(0));
    expect(() => view.mul_(2)).toThrow("mul_: this view of a tensor with gradients was made inside noGrad");
  });

  test("reads what it overwrites first, where both share memory", () => {
    const x = arange(6).to("float32");
    x.at("1:").copy_(x.at(":5"));
    expect(x.toArray()).toEqual([0, 0, 1, 2, 3, 4]);
    const y = arange(4).to("float32");
    y.set([0, 1, 2, 3], y.flip(0));
    expect(y.toArray()).toEqual([3, 2, 1, 0]);
    const z = arange(4).to("float32");
    z.set([1, 2, 3], z.at(":3"));
    expect(z.toArray()).toEqual([0, 0, 1, 2]);
  });

  test("keeps the type, and says where it cannot", () => {
    expect(() => ints([1]).div_(2)).toThrow("div_: the result would be float32, which a tensor of int32 cannot hold");
    expect(() => ints([1]).add_(0.5)).toThrow("add_: the result would be float32");
    expect(() => ints([1]).exp_()).toThrow("exp_: the result would be floating, which a tensor of int32 cannot hold");
    expect(() => zeros([2]).add_(zeros([3]))).toThrow("add_: shapes [2] and [3] do not broadcast");
    expect(() => zeros([1]).mul_(zeros([3]))).toThrow("mul_: [3] does not fit into [1]");
    expect(() => zeros([2, 1]).expand([2, 3]).mul_(2)).toThrow("mul_: several elements of this tensor share one place");
    expect(ints([5, -3]).sub_(1).mul_(2).neg_().toArray()).toEqual([-8, 8]);
  });
});
