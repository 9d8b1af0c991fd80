/**
 * A step of an optimiser on one parameter, in place and in one pass over memory.
 */
import { primitive } from "./definition.ts";

export const optimisation = {
  sgdStep: primitive({ summary: "A step of gradient descent with momentum and weight decay.", internal: true }),
};
