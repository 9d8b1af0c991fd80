/**
 * Values and gradients against PyTorch's, computed in float64 and stored by a family's pytorch.py (see recording.py). Both of
 * our floating types are held against them.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manualSeed, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { drawnInput, resultsOf, toleranceOf } from "./case.ts";
import type { Case } from "./case.ts";
import { expectClose } from "./closeness.ts";

/** What JSON cannot say as a number is said as a text. */
type StoredNumber = number | "nan" | "inf" | "-inf";

interface StoredTensor {
  shape: number[];
  values: StoredNumber[];
}

interface StoredCase {
  inputs: StoredTensor[];
  results: StoredTensor[];
  /** Of the sum of the squares of all floating results; null where an input has none. */
  gradients: (StoredTensor | null)[];
}

export interface StoredCases {
  torch: string;
  cases: Record<string, StoredCase>;
}

export const readStored = (url: URL): StoredCases => JSON.parse(readFileSync(url, "utf8")) as StoredCases;

const numberOf = (stored: StoredNumber): number =>
  typeof stored === "number" ? stored : { nan: NaN, inf: Infinity, "-inf": -Infinity }[stored];

const numbersOf = ({ values }: StoredTensor): number[] => values.map(numberOf);

/**
 * One test a case and type.
 * @param stored the JSON beside the family's cases: `new URL("pytorch.json", import.meta.url)`.
 */
export function checkPyTorch(cases: readonly Case[], stored: URL): void {
  const { torch, cases: expected } = readStored(stored);
  const compared = cases.filter(({ pytorch }) => pytorch !== false);

  describe(`values and gradients are those of PyTorch ${torch}`, () => {
    test("every case is stored, and every stored case computed", () => {
      expect(Object.keys(expected).sort()).toEqual(compared.map(({ name }) => name).sort());
    });
    for (const each of compared) {
      for (const dtype of ["float64", "float32"] as const) {
        test(`${each.name}, ${dtype}`, () => {
          const { inputs, results, gradients } = expected[each.name]!;
          const within = toleranceOf(each, dtype);
          const own = inputs.map((input, i) => {
            const made = tensor(numbersOf(input), { dtype }).reshape(input.shape);
            return drawnInput(each.inputs[i]!).constant === true ? made : made.requiresGrad_();
          });
          manualSeed(1);
          const made = resultsOf(each.run(...own));
          expect(made.map(({ shape }) => shape)).toEqual(results.map(({ shape }) => shape));
          made.forEach((result, i) => expectClose(result.data(), numbersOf(results[i]!), within, `result ${i}`));
          if ((each.derivatives ?? 2) === 0) return;
          made
            .filter((result: Tensor) => result.requiresGrad)
            .map((result) => result.square().sum())
            .reduce((total, part) => total.add(part))
            .backward();
          gradients.forEach((gradient, i) => {
            if (gradient === null) return;
            const arrived = own[i]!.grad ?? zeros(own[i]!.shape, { dtype });
            expect(arrived.shape).toEqual(gradient.shape);
            expectClose(arrived.data(), numbersOf(gradient), 10 * within, `gradient of input ${i}`);
          });
        });
      }
    }
  });
}
