/**
 * The joint between TypeScript and kernels: results do not depend on the number of threads, and what cannot run says so and
 * leaves everything as it was.
 */
import { afterEach, describe, expect, test } from "vitest";
import { Generator, memory, rand, ShapeError, tensor, threads, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { native } from "../../../src/tensor/native.ts";

describe("results have the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));

  const computations: Record<string, () => Tensor> = {
    "a large product of matrices": () => draw([517, 700]).matmul(draw([700, 389])),
    "a product of vectors and matrices": () => draw([1, 5000]).matmul(draw([5000, 900])),
    "a large sum": () => draw([3_000_001]).sum(),
    "sums along each dimension": () => draw([900, 1100]).sum({ dim: 0 }).add(draw([1100, 900]).sum({ dim: 1 }).sum()),
    "elementwise work": () => draw([2_000_003]).add(draw([2_000_003])),
    "random numbers": () => rand([3_000_017], { generator: new Generator(11) }),
  };
  const draw = (shape: number[]): Tensor => rand(shape, { generator: new Generator(5) });

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

describe("a call that cannot run", () => {
  test("throws where there is no memory, and the next call works", () => {
    expect(() => zeros([2 ** 24, 2 ** 24])).toThrow(/there is no memory (on "cuda" )?for a result of shape \[16777216, 16777216\]/);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });

  test("names the op and both shapes when they do not fit", () => {
    const wrong = (): Tensor => zeros([2, 3]).add(zeros([2, 4]));
    expect(wrong).toThrow(ShapeError);
    expect(wrong).toThrow("add: shapes [2, 3] and [2, 4] do not broadcast");
    expect(() => zeros([2, 3]).matmul(zeros([2, 3]))).toThrow("the second one transposed would fit: b.mT");
  });

  test("is interrupted by the host's flag and leaves no memory behind", () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const a = rand([600, 600]);
    const before = memory();
    native.setInterruptFlag(flag);
    try {
      flag[0] = 1;
      expect(() => a.matmul(a)).toThrow("matmul: interrupted");
      flag[0] = 0;
      expect(memory().tensors).toBe(before.tensors);
      expect(a.matmul(a).shape).toEqual([600, 600]);
    } finally {
      native.setInterruptFlag(null);
    }
  });
});
