/**
 * Norms, the logarithm of a sum of exponentials, and activations where their plain formulas overflow or make NaN: at 0, at
 * infinities, in rows of nothing. What they are at ordinary values is compared with PyTorch's in test/library/pytorch.
 */
import { describe, expect, test } from "vitest";
import { arange, DTypeError, NablaError, ShapeError, tensor, TensorIndexError, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** The gradient of the sum of a function's result. */
function slope(x: Tensor, run: (x: Tensor) => Tensor): unknown {
  const leaf = x.detach().clone().requiresGrad_();
  run(leaf).sum().backward();
  return leaf.grad!.toArray();
}

describe("norm", () => {
  test("3, 4 has length 5, sum 7 and maximum 4", () => {
    const x = tensor([[3, -4]]);
    expect(x.norm().item()).toBe(5);
    expect(x.norm({ p: 1, dim: 1 }).toArray()).toEqual([7]);
    expect(x.norm({ p: Infinity, dim: -1, keepdim: true }).toArray()).toEqual([[4]]);
    expect(tensor([3, 0, -4]).norm({ p: 0 }).item()).toBe(2);
  });

  test("of zeros has gradient 0, as in PyTorch", () => {
    for (const p of [0.5, 1, 2, 3, Infinity]) expect(slope(zeros([3]), (x) => x.norm({ p }))).toEqual([0, 0, 0]);
  });

  test("passes NaN and infinity on", () => {
    expect(tensor([1, NaN]).norm().item()).toBeNaN();
    expect(tensor([1, -Infinity]).norm().item()).toBe(Infinity);
  });

  test("of no elements is 0, but there is no largest one", () => {
    expect(zeros([0, 2]).norm({ dim: 0 }).toArray()).toEqual([0, 0]);
    expect(() => zeros([0]).norm({ p: Infinity })).toThrow(ShapeError);
  });

  test("wants a power and a floating type", () => {
    expect(() => zeros([2]).norm({ p: NaN })).toThrow(NablaError);
    expect(() => zeros([2]).norm({ p: "fro" as unknown as number })).toThrow("norm: p is fro; it is a number");
    expect(() => arange(2).norm()).toThrow(DTypeError);
  });
});

describe("logsumexp", () => {
  test("does not overflow, and of equal numbers adds the logarithm of how many", () => {
    expect(tensor([1000, 1000]).logsumexp(0).item()).toBeCloseTo(1000 + Math.log(2), 4);
    expect(tensor([-1000, -1000]).logsumexp(0).item()).toBeCloseTo(-1000 + Math.log(2), 4);
  });

  test("of infinities is what the limit is", () => {
    expect(tensor([[-Infinity, -Infinity], [-Infinity, 2], [Infinity, 2]]).logsumexp(1).toArray()).toEqual([-Infinity, 2, Infinity]);
    expect(tensor([1, NaN]).logsumexp(0).item()).toBeNaN();
    expect(zeros([2, 0]).logsumexp(1).toArray()).toEqual([-Infinity, -Infinity]);
  });

  test("rows of -Infinity take no gradient", () => {
    expect(slope(tensor([[-Infinity, -Infinity], [-Infinity, 2]]), (x) => x.logsumexp(1))).toEqual([[0, 0], [0, 1]]);
  });

  test("wants a dimension and a floating type", () => {
    expect(() => zeros([2]).logsumexp(1)).toThrow(TensorIndexError);
    expect(() => arange(2).logsumexp(0)).toThrow(DTypeError);
  });
});

describe("activations", () => {
  test("far out are their asymptotes, with finite slopes", () => {
    const far = tensor([-1e4, 1e4]);
    expect(far.softplus().toArray()).toEqual([0, 1e4]);
    expect(slope(far, (x) => x.softplus())).toEqual([0, 1]);
    expect(far.elu().toArray()).toEqual([-1, 1e4]);
    expect(slope(far, (x) => x.elu())).toEqual([0, 1]);
    expect(far.hardSigmoid().toArray()).toEqual([0, 1]);
    expect(slope(far, (x) => x.hardSigmoid())).toEqual([0, 0]);
  });

  test("pass NaN on", () => {
    const x = tensor(NaN);
    for (const result of [x.leakyRelu(), x.elu(), x.softplus(), x.softsign(), x.hardSigmoid()]) expect(result.item()).toBeNaN();
  });

  test("take nothing, and refuse whole numbers", () => {
    for (const name of ["leakyRelu", "elu", "softplus", "softsign", "hardSigmoid"] as const) {
      expect(zeros([0, 2])[name]().shape).toEqual([0, 2]);
      expect(() => arange(2)[name]()).toThrow(`${name}: needs a floating type, got int32`);
    }
  });
});
