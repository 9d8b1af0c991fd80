/**
 * Values against the reference in plain TypeScript, on inputs in several layouts: in order, with gaps, and with the dimensions
 * in another order in memory.
 */
import { describe, expect, test } from "vitest";
import { manualSeed, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { ReferenceArray } from "../reference/array.ts";
import { drawInputs, resultsOf, toleranceOf } from "./case.ts";
import type { Case } from "./case.ts";
import { expectClose } from "./closeness.ts";

/** The same elements, every second one of a larger memory. */
function withGaps(input: Tensor): Tensor {
  if (input.ndim === 0) return input;
  const wide = zeros([...input.shape.slice(0, -1), input.shape.at(-1)! * 2 + 1], { dtype: input.dtype });
  const view = wide.at("...", "1::2");
  view.copy_(input);
  return view;
}

/** The same elements, the last dimension outermost in memory. */
function turned(input: Tensor): Tensor {
  const order = Array.from({ length: input.ndim }, (_, d) => input.ndim - 1 - d);
  return input.permute(order).contiguous().permute(order);
}

const layouts: Record<string, (input: Tensor) => Tensor> = { "in order": (input) => input, "with gaps": withGaps, turned };

const asArray = (t: Tensor): ReferenceArray => ({ shape: t.shape, values: [...t.data()] });

/** One test a case that has a reference, type and layout. */
export function checkReference(cases: readonly Case[]): void {
  describe("values are those of the reference", () => {
    for (const each of cases.filter(({ reference }) => reference !== undefined)) {
      for (const [layout, lay] of Object.entries(layouts)) {
        test(`${each.name}, ${layout}`, () => {
          for (const dtype of ["float64", "float32"] as const) {
            const inputs = drawInputs(each, 7, dtype);
            const expected = each.reference!(...inputs.map(asArray));
            manualSeed(1);
            const made = resultsOf(each.run(...inputs.map(lay)));
            const wanted = Array.isArray(expected) ? (expected as readonly ReferenceArray[]) : [expected as ReferenceArray];
            expect(made.length).toBe(wanted.length);
            made.forEach((result, i) => {
              expect(result.shape).toEqual(wanted[i]!.shape);
              expectClose(result.data(), wanted[i]!.values, toleranceOf(each, dtype), `${dtype} result ${i}`);
            });
          }
        });
      }
    }
  });
}
