/** Histograms, checked against NumPy's counts and on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

const counts = (chart: plot.Chart): unknown[] => chart.table.column("count");

describe("a histogram", () => {
  it("counts as NumPy does, the last stretch with its upper end", () => {
    // numpy.histogram([0, 1, 1.5, 2, 4, 4], bins=4) and numpy.histogram([1, 2, 3, 4, 5], bins=3, range=(2, 4))
    expect(counts(plot.histogram([0, 1, 1.5, 2, 4, 4], { bins: 4 }))).toEqual([1, 2, 1, 2]);
    const inside = plot.histogram([1, 2, 3, 4, 5], { bins: 3, range: [2, 4] });
    expect(counts(inside)).toEqual([1, 1, 1]);
    expect(inside.spec.description).toContain("2 outside the range");
  });

  it("draws bars whose heights are the counts, from edge to edge", async () => {
    const { marks } = await draw(plot.histogram([0, 1, 1.5, 2, 4, 4], { bins: 4, width: 400 }));
    const bars = marks("rect") as { x: number; width: number; height: number }[];
    expect(bars[1]!.height).toBeCloseTo(2 * bars[0]!.height, 6);
    expect(bars.map(({ x }) => Math.round(x / 100))).toEqual([0, 1, 2, 3]);
    expect(bars[0]!.width).toBeCloseTo(99, 0);
  });

  it("takes a tensor's copy of its numbers, nested lists and names", async () => {
    const tensor = { toArray: () => { throw new Error("boxed"); }, data: () => Float32Array.of(1, 2, 2, 3) };
    expect(counts(plot.histogram(tensor as never))).toEqual([1, 2, 1]);
    expect(counts(plot.histogram([[1, 2], [2, 3]]))).toEqual([1, 2, 1]);
    const { marks, texts } = await draw(plot.histogram({ before: [1, 2, 2.5], after: [2, 3, 3.5] }));
    expect(new Set(marks("rect").map(({ fill }) => fill)).size).toBe(2);
    expect(texts).toEqual(expect.arrayContaining(["before", "after"]));
  });

  it("gives whole numbers of a short range a bar each, in their middle", async () => {
    const chart = plot.histogram([1, 2, 2, 5]);
    expect(counts(chart)).toEqual([1, 2, 0, 0, 1]);
    expect(chart.table.rows[1]).toMatchObject({ from: 1.5, to: 2.5 });
    await draw(chart);
  });

  it("as a density has an area of 1", () => {
    const { rows } = plot.histogram([0, 0.1, 0.4, 0.9, 2], { density: true, bins: 7 }).table;
    const area = rows.reduce((sum, { from, to, density }) => sum + ((to as number) - (from as number)) * (density as number), 0);
    expect(area).toBeCloseTo(1, 4);
  });

  it("leaves out what is not finite and says so; equal values make one bar", async () => {
    expect(plot.histogram([1.5, NaN, 2.5, Infinity]).spec.description).toContain("2 not finite");
    const same = plot.histogram([3, 3, 3]);
    expect(counts(same)).toEqual([3]);
    await draw(same);
    await draw(plot.histogram([0.3, 0.3]));
  });

  it("refuses what it cannot count, naming it", () => {
    expect(() => plot.histogram([])).toThrow(/values has 0 values, none of them a finite number/);
    expect(() => plot.histogram({})).toThrow(/nothing to count/);
    expect(() => plot.histogram([1], { bins: 0 })).toThrow(/bins must be a whole number from 1, but is 0/);
    expect(() => plot.histogram([1], { range: [2, 1] })).toThrow(/from low to high, but is \[2, 1\]/);
    expect(() => plot.histogram(["1"] as never)).toThrow(/must be a number, but is the string 1/);
  });
});
