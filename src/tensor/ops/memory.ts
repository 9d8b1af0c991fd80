/**
 * Moving and filling memory.
 */
import { primitive } from "./definition.ts";

export const memoryOps = {
  copy: primitive({
    summary: "Copies elements one by one between any strides, converting the type.",
    internal: true,
    derivative: [(gradient, call) => gradient.to(call.dtypeOf(0)!)],
  }),
  fill: primitive({ summary: "Fills with one value (attribute 0).", internal: true }),
};
