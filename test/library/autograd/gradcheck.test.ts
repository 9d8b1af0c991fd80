/**
 * gradcheck passes what is right and names the first element of what is wrong.
 */
import { describe, expect, test } from "vitest";
import { DTypeError, Generator, gradcheck, gradgradcheck, rand, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { record } from "../../../src/tensor/dispatch.ts";

const draw = (shape: number[], seed = 1): Tensor => rand(shape, { dtype: "float64", generator: new Generator(seed) });

/** x * x with a derivative that is wrong where x is above one half. */
function badSquare(x: Tensor): Tensor {
  const result = x.detach().square();
  if (x.requiresGrad) {
    record({ name: "badSquare", saves: "inputs", derivative: [(g, call) => g.mul(call.input(0)).mul(call.input(0).gt(0.5).to("float64").add(2))] }, result, [x], undefined);
  }
  return result;
}

/** x * x whose derivative is right but is itself not recorded, as if it were a constant. */
function constantSlope(x: Tensor): Tensor {
  const result = x.detach().square();
  if (x.requiresGrad) record({ name: "constantSlope", saves: "inputs", derivative: [(g, call) => g.mul(call.input(0).detach()).mul(2)] }, result, [x], undefined);
  return result;
}

describe("gradcheck", () => {
  test("passes right derivatives, of several inputs and results", () => {
    expect(gradcheck((a, b) => [a.matmul(b), a.sum()], [draw([2, 3]), draw([3, 2], 2)])).toBe(true);
    expect(gradgradcheck((a, b) => [a.matmul(b).tanh(), a.square().sum()], [draw([2, 3]), draw([3, 2], 2)])).toBe(true);
  });

  test("names the first element that differs, with both values", () => {
    const x = tensor([[0.1, 0.2], [0.75, 0.3]], { dtype: "float64" });
    expect(() => gradcheck(badSquare, [x])).toThrow(
      /the derivative of result 0 at \[1, 0\] with respect to input 0 at \[1, 0\] is 2\.25 by backward\(\) and (1\.5|1\.49)\d* by central differences/,
    );
  });

  test("of first derivatives does not see a wrong second one, gradgradcheck does", () => {
    expect(gradcheck(constantSlope, [draw([3])])).toBe(true);
    expect(() => gradgradcheck(constantSlope, [draw([3])])).toThrow("gradgradcheck: the derivative of result 0 at [0] with respect to input 0 at [0] is 0 by backward()");
  });

  test("checks the inputs that require gradients, where some do", () => {
    const chosen = draw([2]).requiresGrad_();
    expect(gradcheck((a, b) => a.mul(badSquare(b)), [chosen, tensor([0.75, 0.9], { dtype: "float64" })])).toBe(true);
  });

  test("allows what its tolerances allow, and passes integers through", () => {
    expect(gradcheck(badSquare, [tensor([0.75], { dtype: "float64" })], { rtol: 0.6 })).toBe(true);
    expect(gradcheck((a, i) => a.indexSelect(0, i), [draw([3, 2]), tensor([2, 0], { dtype: "int32" })])).toBe(true);
  });

  test("refuses float32, in which differences have no digits", () => {
    expect(() => gradcheck((x) => x, [tensor([1])])).toThrow(DTypeError);
  });
});
