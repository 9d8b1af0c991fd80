/**
 * Steps of optimisers: several parameters a call, in place and in one pass over their memory.
 */
import { primitive } from "./definition.ts";

export const optimisation = {
  sgdStep: primitive({ summary: "A step of gradient descent with momentum and weight decay.", internal: true }),
  adamStep: primitive({ summary: "A step of Adam, AdamW or AMSGrad.", internal: true }),
};
