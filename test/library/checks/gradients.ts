/**
 * Gradients against central differences in double precision, and gradients of gradients against differences of the first.
 */
import { describe, expect, test } from "vitest";
import { Generator, grad, manualSeed, rand, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { drawInputs, drawnInput, resultsOf } from "./case.ts";
import type { Case } from "./case.ts";
import { expectClose } from "./closeness.ts";

/** A scalar that depends on every floating element of every result with a weight of its own. */
export function scalarOf(result: Tensor | readonly Tensor[]): Tensor {
  return resultsOf(result)
    .filter(({ dtype }) => dtype === "float64")
    .map((each, i) => each.mul(rand(each.shape, { dtype: "float64", generator: new Generator(99 + i) }).add(0.5)).sum())
    .reduce((total, part) => total.add(part));
}

/** Central differences of a scalar function with respect to each element of one input. */
export function differences(inputs: readonly Tensor[], position: number, evaluate: (inputs: Tensor[]) => number): number[] {
  const step = 1e-5;
  const base = inputs[position]!;
  return Array.from({ length: base.numel }, (_, i) => {
    const at = (sign: number): number => {
      const moved = base.data();
      moved[i]! += sign * step;
      return evaluate(inputs.map((input, k) => (k === position ? tensor(moved, { shape: base.shape, requiresGrad: true }) : input)));
    };
    return (at(1) - at(-1)) / (2 * step);
  });
}

const wanted = (each: Case): number[] =>
  each.inputs.flatMap((input, i) => (drawnInput(input).constant === true ? [] : [i]));

function leaves(each: Case, seed: number): Tensor[] {
  const asked = wanted(each);
  return drawInputs(each, seed).map((input, i) => (asked.includes(i) ? input.requiresGrad_() : input));
}

/** The gradient of a leaf, zeros where none has arrived. */
const gradientOf = (leaf: Tensor): Tensor => leaf.grad ?? zeros(leaf.shape, { dtype: leaf.dtype });

/** One test a case and order of differentiation. */
export function checkGradients(cases: readonly Case[]): void {
  describe("gradients equal finite differences", () => {
    for (const each of cases.filter(({ derivatives = 2 }) => derivatives >= 1)) {
      test(each.name, () => {
        const evaluate = (own: Tensor[]): Tensor => {
          manualSeed(1);
          return scalarOf(each.run(...own));
        };
        const inputs = leaves(each, 5);
        evaluate(inputs).backward();
        for (const position of wanted(each)) {
          const expected = differences(inputs, position, (moved) => evaluate(moved).item());
          expect(gradientOf(inputs[position]!).shape).toEqual(inputs[position]!.shape);
          expectClose(gradientOf(inputs[position]!).data(), expected, 1e-6, `gradient of input ${position}`);
        }
      });
    }
  });

  describe("gradients of gradients equal finite differences", () => {
    for (const each of cases.filter(({ derivatives = 2 }) => derivatives >= 2)) {
      test(each.name, () => {
        const asked = wanted(each);
        /** The squared length of all gradients: its own gradient needs the second derivative. */
        const penalty = (own: Tensor[]): Tensor => {
          manualSeed(1);
          return grad(scalarOf(each.run(...own)).square(), asked.map((i) => own[i]!), { createGraph: true })
            .map((gradient) => gradient.square().sum())
            .reduce((total, part) => total.add(part));
        };
        const inputs = leaves(each, 6);
        penalty(inputs).backward();
        for (const position of asked) {
          const expected = differences(inputs, position, (moved) => penalty(moved).item());
          expectClose(gradientOf(inputs[position]!).data(), expected, 1e-5, `second gradient of input ${position}`);
        }
      });
    }
  });
}
