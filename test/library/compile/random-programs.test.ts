/**
 * Random programs give the same bits eager and compiled, and the same errors.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { outcome, plans } from "./random-programs.ts";

test("random programs give the same bits eager and compiled", () => {
  const property = fc.property(plans, (plan) => {
    expect(outcome(plan, true)).toEqual(outcome(plan, false));
  });
  fc.assert(property, { numRuns: 150 });
});
