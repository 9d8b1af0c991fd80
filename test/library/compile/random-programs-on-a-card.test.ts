/**
 * Random programs give the same bits eager and compiled on a card, by the driver without one: graphs, kernels that do a chain of calls,
 * and what lies where from run to run.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=7"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { outcome, plans } = await import("./random-programs.ts");

test("random programs give the same bits eager and compiled on a card", () => {
  const property = fc.property(plans, (plan) => {
    expect(outcome(plan, true)).toEqual(outcome(plan, false));
  });
  // Large ones take the driver without a card some tenths of a second each.
  fc.assert(property, { numRuns: 30, seed: 20 });
});
