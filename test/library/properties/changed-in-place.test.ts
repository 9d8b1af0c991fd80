/**
 * Whatever is changed in place between a call and its way back, an input or a result, directly or through a view or a detached
 * tensor: either backward refuses, or the gradients are those of the call as it was. There is no third.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GradientError, noGrad, ShapeError, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { ops } from "../../../src/tensor/ops.ts";
import type { NamedRow, OpName } from "../../../src/tensor/ops.ts";
import { resultsOf } from "../checks/case.ts";
import type { RandomCall } from "./call.ts";
import { everyCall } from "./every-call.ts";
import { numbers, pick } from "./tensors.ts";
import type { Draw } from "./tensors.ts";

/** Ways to the same memory. */
const ways: readonly ((t: Tensor) => Tensor)[] = [(t) => t, (t) => t.detach(), (t) => (t.ndim === 0 ? t : t.slice(0)), (t) => (t.ndim < 2 ? t : t.transpose(0, 1))];

function change(t: Tensor): void {
  if (t.dtype === "float32" || t.dtype === "float64") t.mul_(-2).add_(1);
  else t.fill_(0);
}

/** Runs the call, lets somebody at its tensors, and goes back. The gradients of the inputs, or that backward refused. */
function gradients({ inputs, run }: RandomCall, meddle: (tensors: readonly Tensor[]) => void): readonly (Tensor | null)[] | "refused" {
  const own = inputs.map(({ tensor: each }) => each);
  own.forEach((each) => (each.grad = null));
  const results = resultsOf(run(...own));
  // A program that changes what others need may be stopped before backward too: at a view that has become out of date.
  try {
    noGrad(() => meddle([...own, ...results]));
    const terms = results.filter(({ requiresGrad }) => requiresGrad).map((result, i) => {
      const next = numbers(300 + i);
      return result.mul(tensor(Array.from({ length: result.numel }, () => next() - 0.5), { dtype: "float64" }).reshape(result.shape)).sum();
    });
    terms.reduce((sum, term) => sum.add(term)).backward();
  } catch (error) {
    if (error instanceof GradientError) return "refused";
    throw error;
  }
  return own.map(({ grad }) => grad);
}

const bits = (each: Tensor | null): unknown => each?.toArray();

/** A call that can be differentiated, or undefined. */
function prepared(g: Draw, name: string): RandomCall | undefined {
  const call = everyCall[name]!(g);
  call.inputs.forEach(({ tensor: each, constant }) => !constant && each.dtype === "float64" && each.requiresGrad_());
  const differentiable = resultsOf(call.run(...call.inputs.map(({ tensor: each }) => each))).some(({ requiresGrad }) => requiresGrad);
  return differentiable ? call : undefined;
}

const isDifferentiable = (name: string): boolean => {
  const { derivative, jointDerivative } = ops[name.split(" ")[0] as OpName] as NamedRow;
  return derivative !== undefined || jointDerivative !== undefined;
};

describe("a change in place is refused or does not matter", () => {
  for (const name of Object.keys(everyCall).filter(isDifferentiable)) {
    test(name, () => {
      let compared = 0;
      const property = fc.property(fc.gen(), (g) => {
        const call = prepared(g, name);
        if (call === undefined) return;
        const expected = gradients(call, () => {}) as readonly (Tensor | null)[];
        const found = gradients(call, (tensors) => {
          const target = pick(g, ...tensors);
          try {
            change(pick(g, ...ways)(target));
          } catch (error) {
            // One element stands for several: it cannot be changed at all.
            if (!(error instanceof ShapeError)) throw error;
          }
        });
        compared++;
        if (found !== "refused") expect(found.map(bits)).toEqual(expected.map(bits));
      });
      fc.assert(property, { numRuns: 40, seed: 3 });
      expect(compared).toBeGreaterThan(5);
    });
  }
});
