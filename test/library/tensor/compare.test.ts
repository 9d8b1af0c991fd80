/**
 * Whether tensors agree. The tolerances are those PyTorch documents: |a - b| <= atol + rtol |b|.
 */
import { describe, expect, test } from "vitest";
import { allclose, arange, equal, isfinite, ones, ShapeError, tensor, zeros } from "../../../src/index.ts";

describe("equal", () => {
  test("compares shapes and all elements", () => {
    expect(equal(tensor([1, 2]), tensor([1, 2]))).toBe(true);
    expect(equal(tensor([1, 2]), tensor([1, 3]))).toBe(false);
    expect(ones([2]).equal(ones([1, 2]))).toBe(false);
    expect(arange(6).reshape([2, 3]).mT.equal(tensor([[0, 3], [1, 4], [2, 5]]))).toBe(true);
    expect(zeros([0, 2]).equal(zeros([0, 2]))).toBe(true);
    expect(tensor([NaN]).equal(tensor([NaN]))).toBe(false);
    expect(() => ones([1]).equal(1 as never)).toThrow("equal: expected a tensor");
  });
});

describe("allclose", () => {
  test("allows both tolerances, the relative one of the second tensor", () => {
    expect(allclose(tensor(1, { dtype: "float64" }), tensor(1 + 9e-6, { dtype: "float64" }))).toBe(true);
    expect(allclose(tensor(1, { dtype: "float64" }), tensor(1 + 2e-5, { dtype: "float64" }))).toBe(false);
    expect(tensor(10).allclose(tensor(11), { rtol: 0.095, atol: 0 })).toBe(true);
    expect(tensor(11).allclose(tensor(10), { rtol: 0.095, atol: 0 })).toBe(false);
    expect(tensor(0).allclose(tensor(0.5), { atol: 0.5 })).toBe(true);
  });

  test("takes equal infinities for close, and NaN only when asked", () => {
    expect(tensor([Infinity, -Infinity]).allclose(tensor([Infinity, -Infinity]))).toBe(true);
    expect(tensor(Infinity).allclose(tensor(-Infinity))).toBe(false);
    expect(tensor(1).allclose(tensor(Infinity))).toBe(false);
    expect(tensor(NaN).allclose(tensor(NaN))).toBe(false);
    expect(tensor(NaN).allclose(tensor(NaN), { equalNan: true })).toBe(true);
  });

  test("compares whole numbers, broadcasts, and takes nothing", () => {
    expect(tensor(new Uint8Array([1])).allclose(tensor(new Uint8Array([2])))).toBe(false);
    expect(ones([2, 3]).allclose(ones([3]))).toBe(true);
    expect(zeros([0]).allclose(zeros([0]))).toBe(true);
    expect(() => ones([2]).allclose(ones([3]))).toThrow(ShapeError);
  });
});

test("whole numbers and booleans are finite", () => {
  for (const x of [arange(2), tensor([true, false]), tensor(new Uint8Array([1, 2]))]) {
    expect(isfinite(x).toArray()).toEqual([1, 1]);
    expect([x.isnan(), x.isinf()].map((each) => each.any().item())).toEqual([0, 0]);
  }
});
