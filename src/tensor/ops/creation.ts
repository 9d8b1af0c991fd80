/**
 * Tensors made by a rule.
 */
import { primitive } from "./definition.ts";

export const creationOps = {
  arange: primitive({ summary: "start, start + step, start + 2 step, ...", internal: true }),
  eye: primitive({ summary: "Ones on the diagonal of a matrix, zeros elsewhere.", internal: true }),
};
