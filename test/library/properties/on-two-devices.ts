/**
 * The same random calls on the CPU and on a card: values and gradients are held against each other. Shapes, types, broadcasts and the
 * ways in which tensors lie in memory are drawn anew on each device from the same numbers, so that a view is the same view there.
 */
import fc from "fast-check";
import { expect } from "vitest";
import { setDefaultDevice, tensor } from "../../../src/index.ts";
import type { Device, DType, Tensor } from "../../../src/index.ts";
import { resultsOf } from "../checks/case.ts";
import { expectClose } from "../checks/closeness.ts";
import { observeRows } from "../checks/observed.ts";
import type { RandomCall } from "./call.ts";
import { everyCall } from "./every-call.ts";
import { numbers } from "./tensors.ts";

/** What came out of a call: its results, then the gradients of its inputs. */
interface Outcome {
  name: string;
  dtype: DType;
  shape: readonly number[];
  values: number[];
}

const isFloating = ({ dtype }: Tensor): boolean => dtype === "float32" || dtype === "float64";
const outcomeOf = (name: string, each: Tensor): Outcome => ({ name, dtype: each.dtype, shape: [...each.shape], values: Array.from(each.data(), Number) });

function outcomesOf({ inputs, run }: RandomCall): Outcome[] {
  const own = inputs.map(({ tensor: each }) => each);
  inputs.forEach(({ tensor: each, constant }) => !constant && isFloating(each) && each.requiresGrad_());
  const results = resultsOf(run(...own));
  const outcomes = results.map((each, i) => outcomeOf(`result ${i}`, each));
  const smooth = results.filter(({ requiresGrad }) => requiresGrad);
  if (smooth.length > 0) {
    const terms = smooth.map((each, i) => {
      const next = numbers(400 + i);
      return each.mul(tensor(Array.from({ length: each.numel }, () => next() + 0.5), { dtype: each.dtype }).reshape(each.shape)).sum().to("float64");
    });
    terms.reduce((sum, term) => sum.add(term)).backward();
    own.forEach((each, i) => each.grad !== null && each.requiresGrad && outcomes.push(outcomeOf(`gradient ${i}`, each.grad)));
  }
  return outcomes;
}

/** What random calls of an op give on a device. The same are drawn each time. */
function drawn(name: string, device: Device, options: { numRuns: number; seed: number }, seen: Set<string>): { call: RandomCall; outcomes: Outcome[] }[] {
  const all: { call: RandomCall; outcomes: Outcome[] }[] = [];
  setDefaultDevice(device);
  try {
    const property = fc.property(fc.gen(), (g) => {
      const call = everyCall[name]!(g);
      for (const { tensor: each } of call.inputs) expect(each.device).toBe(device);
      all.push({ call, outcomes: observeRows(seen, () => outcomesOf(call)) });
    });
    fc.assert(property, options);
  } finally {
    setDefaultDevice("cpu");
  }
  return all;
}

/**
 * Draws calls of an op, or of an op and its way back, on both devices and compares. Sums are made in another order there: the values
 * are as far apart as the reference may be from either.
 * @returns the rows of the table that they ran on the card.
 */
export function checkOnTwoDevices(name: string, options: { numRuns: number; seed: number }): ReadonlySet<string> {
  const seen = new Set<string>();
  const here = drawn(name, "cpu", options, new Set()), there = drawn(name, "cuda", options, seen);
  expect(there.length).toBe(here.length);
  here.forEach(({ call: { within = {}, gradientWithin = 1e-6 }, outcomes }, k) => {
    const found = there[k]!.outcomes;
    expect(found.map(({ name: what, dtype, shape }) => [what, dtype, shape])).toEqual(outcomes.map(({ name: what, dtype, shape }) => [what, dtype, shape]));
    outcomes.forEach(({ name: what, dtype, values }, i) => {
      const isGradient = what.startsWith("gradient");
      const single = Math.max(within.float32 ?? 1e-5, isGradient ? 1e-4 : 0), double = Math.max(within.float64 ?? 1e-11, isGradient ? gradientWithin * 1e-3 : 0);
      const tolerance = { float32: single, float64: double, int32: 0, uint8: 0, bool: 0 }[dtype];
      expectClose(found[i]!.values, values, tolerance, `${name}, call ${k}: ${dtype} ${what}`);
    });
  });
  return seen;
}
