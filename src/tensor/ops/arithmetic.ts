/**
 * Elementwise arithmetic on two operands.
 */
import { binary } from "./definition.ts";

const pairs = [{ shapes: [[2, 3], [2, 3]] }, { shapes: [[2, 3], [3]] }, { shapes: [[4, 1], [1, 5]] }];

export const arithmetic = {
  add: binary({
    summary: "Sum of two operands, element by element.",
    result: "promoted",
    derivative: [(gradient) => gradient, (gradient) => gradient],
    examples: pairs,
  }),
};
