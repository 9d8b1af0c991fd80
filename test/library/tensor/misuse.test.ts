/**
 * Calls that would read or write past a tensor, or over what they still have to read: each is an error or works as if the
 * operands were apart, and none goes unnoticed.
 */
import { describe, expect, test } from "vitest";
import { arange, nn, optim, ShapeError, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const positions = (...values: number[]): Tensor => tensor(new Int32Array(values));

describe("operands that share memory", () => {
  test("a tensor may be overwritten with a shifted view of itself", () => {
    const x = arange(6);
    x.set("1:", x.at(":-1"));
    expect(x.toArray()).toEqual([0, 0, 1, 2, 3, 4]);
  });

  test("a matrix may have its own transpose added", () => {
    const x = tensor([[1, 2], [3, 4]]);
    x.add_(x.mT);
    expect(x.toArray()).toEqual([[2, 5], [5, 8]]);
  });

  test("a stretched tensor cannot be changed in place: its elements are one", () => {
    expect(() => zeros([1, 3]).expand([2, 3]).add_(1)).toThrow("add_: several elements of this tensor share one place in memory");
    expect(() => zeros([1]).expand([4]).fill_(1)).toThrow(ShapeError);
  });
});

describe("shapes that do not fit are named before a kernel sees them", () => {
  test("in placing", () => {
    const wide = positions(0, 1, 0).reshape([1, 3]);
    expect(() => zeros([2, 2]).scatterAdd_(0, wide, zeros([1, 3]))).toThrow("scatterAdd_");
    expect(() => zeros([1, 3]).gatherBackward([2, 2], 0, wide)).toThrow(ShapeError);
    expect(() => zeros([5]).indexSelectBackward([4], 0, positions(1))).toThrow(ShapeError);
    expect(() => zeros([5]).sliceBackward([4], 0, 0, 2, 1)).toThrow(ShapeError);
  });

  test("in the loss's derivative", () => {
    expect(() => zeros([2, 3]).crossEntropyBackward(positions(0), zeros([2]))).toThrow(ShapeError);
    expect(() => zeros([2, 3]).crossEntropyBackward(positions(0, 1), zeros([1]))).toThrow(ShapeError);
    expect(() => positions(1).oneHot(-2)).toThrow(ShapeError);
    expect(() => nn.functional.crossEntropy(zeros([2, 3]), positions(0))).toThrow("need 2 labels");
  });

  test("in a gradient that somebody has put there", () => {
    const weight = zeros([3], { requiresGrad: true });
    const optimizer = new optim.SGD([weight], { lr: 1 });
    weight.grad = zeros([2]);
    expect(() => optimizer.step()).toThrow("SGD: parameter 0 has shape [3] and its gradient [2]");
    weight.grad = zeros([3], { dtype: "float64" });
    expect(() => optimizer.step()).toThrow("SGD: parameter 0 is float32 and its gradient float64");
  });
});

test("a step of SGD on a parameter and a gradient that are views", () => {
  const weight = tensor([[1, 2], [3, 4]]).mT.requiresGrad_();
  weight.grad = tensor([[1, 10], [100, 1000]]).mT;
  new optim.SGD([weight], { lr: 1, momentum: 0.5 }).step();
  expect(weight.detach().toArray()).toEqual([[0, -97], [-8, -996]]);
});

test("more memory than the machine has is an error, not a killed process", () => {
  expect(() => zeros([64, 1024, 1024, 1024])).toThrow(/there is no memory (on "cuda" )?for a result of shape/);
});
