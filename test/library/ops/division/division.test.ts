/**
 * Division with a remainder: gradients, PyTorch's values, the reference; whole numbers; and the ends of what floats hold.
 */
import { describe, expect, test } from "vitest";
import { NablaError, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("whole numbers", () => {
  test("are divided with the signs of Python and of C", () => {
    const a = ints([7, -7, 7, -7, 6, -(2 ** 31)]);
    const b = ints([3, 3, -3, -3, 3, -1]);
    expect(a.floorDivide(b).toArray()).toEqual([2, -3, -3, 2, 2, -(2 ** 31)]);
    expect(a.remainder(b).toArray()).toEqual([1, 2, -2, -1, 0, 0]);
    expect(a.fmod(b).toArray()).toEqual([1, -1, 1, -1, 0, 0]);
    expect(tensor(new Uint8Array([250, 7])).remainder(100).toArray()).toEqual([50, 7]);
    expect(tensor([true, false]).floorDivide(1).dtype).toBe("int32");
  });

  test("refuse 0", () => {
    expect(() => ints([1]).remainder(0)).toThrow(NablaError);
    // On a card it may be found when the result is read.
    expect(() => ints([1]).floorDivide(ints([0])).data()).toThrow("floorDivide: a whole number is divided by 0");
    expect(ints([1]).remainder(0.5).dtype).toBe("float32");
  });
});

test("floats divided by 0, and by what they barely reach", () => {
  const x = tensor([1, -1, 0, 0.3, -0.1], { dtype: "float64" });
  const y = tensor([0, 0, 0, 0.1, Infinity], { dtype: "float64" });
  expect(x.floorDivide(y).toArray()).toEqual([Infinity, -Infinity, NaN, 2, -1]);
  expect(x.remainder(y).at(":3").toArray()).toEqual([NaN, NaN, NaN]);
  expect(x.remainder(y).at(3).item()).toBeCloseTo(0.1, 15);
  expect(x.fmod(y).at(4).item()).toBe(-0.1);
});
