/**
 * Elementwise arithmetic on two operands.
 */
import type { GraphNode } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { binary } from "./definition.ts";

const pairs = [{ shapes: [[2, 3], [2, 3]] }, { shapes: [[2, 3], [3]] }, { shapes: [[4, 1], [1, 5]] }];
/** Away from 0 and from negative numbers, where a derivative does not exist or is huge. */
const positivePairs = pairs.map((pair) => ({ ...pair, interval: [0.5, 2] as const }));

/** The share of the gradient that the larger (smaller) operand gets; equal ones get half each, as in PyTorch. */
function share(gradient: Tensor, wins: Tensor, ties: Tensor): Tensor {
  return gradient.mul(wins.to(gradient.dtype).add(ties.to(gradient.dtype).mul(0.5)));
}

export const arithmetic = {
  add: binary({
    summary: "Sum of two operands, element by element.",
    result: "promoted",
    derivative: [(gradient) => gradient, (gradient) => gradient],
    examples: pairs,
  }),
  sub: binary({
    summary: "Difference of two operands, element by element.",
    result: "promoted",
    derivative: [(gradient) => gradient, (gradient) => gradient.neg()],
    examples: pairs,
  }),
  mul: binary({
    summary: "Product of two operands, element by element.",
    result: "promoted",
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.mul(call.operand(1)),
      (gradient, call) => gradient.mul(call.operand(0)),
    ],
    examples: pairs,
  }),
  div: binary({
    summary: "Quotient of two operands, element by element; whole numbers give fractions.",
    result: "float",
    saves: "both",
    derivative: [
      (gradient, call) => gradient.div(call.operand(1)),
      (gradient, call) => gradient.mul(call.output).div(call.operand(1)).neg(),
    ],
    examples: positivePairs,
  }),
  pow: binary({
    summary: "The first operand raised to the second, element by element.",
    result: "promoted",
    saves: "both",
    derivative: [powBase, (gradient, call) => gradient.mul(call.output).mul(logOf(call))],
    examples: positivePairs,
  }),
  maximum: binary({
    summary: "The larger of two operands, element by element; NaN where either is.",
    result: "promoted",
    saves: "inputs",
    derivative: [
      (gradient, call) => share(gradient, call.input(0).gt(call.operand(1)), call.input(0).eq(call.operand(1))),
      (gradient, call) => share(gradient, call.input(1).gt(call.operand(0)), call.input(1).eq(call.operand(0))),
    ],
    examples: pairs,
  }),
  minimum: binary({
    summary: "The smaller of two operands, element by element; NaN where either is.",
    result: "promoted",
    saves: "inputs",
    derivative: [
      (gradient, call) => share(gradient, call.input(0).lt(call.operand(1)), call.input(0).eq(call.operand(1))),
      (gradient, call) => share(gradient, call.input(1).lt(call.operand(0)), call.input(1).eq(call.operand(0))),
    ],
    examples: pairs,
  }),
};

/** d(a^b)/da = b a^(b-1). */
function powBase(gradient: Tensor, call: GraphNode): Tensor {
  const exponent = call.operand(1);
  const base = call.input(0);
  if (typeof exponent !== "number") {
    // x^0 is 1 also for x = 0, where its slope would be 0 times infinity.
    return gradient.mul(exponent).mul(base.pow(exponent.sub(1))).where(exponent.ne(0), 0);
  }
  return exponent === 0 ? gradient.mul(0) : gradient.mul(base.pow(exponent - 1)).mul(exponent);
}

/** The logarithm of the base, with 0 where a^b does not change with b. */
function logOf(call: GraphNode): Tensor | number {
  const base = call.operand(0);
  if (typeof base === "number") return base === 0 ? 0 : Math.log(base);
  return base.where(base.ne(0), 1).log();
}
