/**
 * JavaScript's operators do not compute on tensors; they must say so instead of answering with a string or NaN.
 */
import { describe, expect, test } from "vitest";
import { tensor, TensorOperatorError } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const a = tensor([1, 2]);
const b = tensor([3, 4]);

/** The operators as a JavaScript cell would apply them, past the type checker. */
const operators: Record<string, (x: never, y: never) => unknown> = {
  "a + b": (x, y) => x + y,
  "a * 2": (x) => x * 2,
  "a < b": (x, y) => x < y,
  "-a": (x) => -x,
  "joining to a string": (x) => "the tensor is " + x,
  "a template": (x) => `the tensor is ${x}`,
};

describe("operators on tensors", () => {
  for (const [name, apply] of Object.entries(operators)) {
    test(`${name} throws and says what to write`, () => {
      expect(() => apply(a as never, b as never)).toThrow(TensorOperatorError);
      expect(() => apply(a as never, b as never)).toThrow("write a.add(b)");
    });
  }

  test("t[0] says to write t.at(0)", () => {
    expect(() => (a as unknown as number[])[0]).toThrow("write t.at(0)");
  });

  test("t[0] = 5 says to write t.set(0, x)", () => {
    expect(() => ((a as unknown as number[])[0] = 5)).toThrow("write t.set(0, x)");
  });

  test("properties that a tensor does not have are still simply undefined", () => {
    expect((a as Tensor & { then?: unknown }).then).toBeUndefined();
  });
});
