/** Curves made of characters. */
import { expect, it } from "vitest";
import { sparkline } from "../../../src/plot/sparkline.ts";

it("draws a rise as blocks that grow, and what is no number as a gap", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, NaN, 2])).toBe("▁ █");
});

it("draws values that never change as a flat line, whatever their means are rounded to", () => {
  // 400 values over 32 places: 12 or 13 of them each, whose sums of 0.001 are rounded differently.
  expect(sparkline(Array.from({ length: 400 }, () => 0.001))).toBe("▁".repeat(32));
});
