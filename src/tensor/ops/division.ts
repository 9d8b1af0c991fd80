/**
 * Division that leaves a remainder.
 */
import type { GraphNode } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { binary } from "./definition.ts";

/** How often the divisor went in, given what was left: the derivative by the divisor is minus that. */
const timesOf = (call: GraphNode, rest: (a: Tensor, b: Tensor | number) => Tensor): Tensor => {
  const a = call.operand(0);
  const b = call.input(1);
  const dividend = typeof a === "number" ? b.mul(0).add(a) : a;
  return dividend.sub(rest(dividend, b)).div(b).round();
};

export const division = {
  floorDivide: binary({
    summary: "The quotient of two operands, element by element, rounded down.",
    result: "promoted",
    internal: true,
  }),
  remainder: binary({
    summary: "What is left of the first operand after division by the second; it has the second one's sign.",
    result: "promoted",
    internal: true,
    saves: "inputs",
    derivative: [(gradient) => gradient, (gradient, call) => gradient.mul(timesOf(call, (a, b) => a.remainder(b))).neg()],
  }),
  fmod: binary({
    summary: "What is left of the first operand after division by the second; it has the first one's sign.",
    result: "promoted",
    internal: true,
    saves: "inputs",
    derivative: [(gradient) => gradient, (gradient, call) => gradient.mul(timesOf(call, (a, b) => a.fmod(b))).neg()],
  }),
};
