/** Bar charts, checked on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

describe("a bar chart", () => {
  it("draws a bar from zero for each name, with its value at its end", async () => {
    const { marks, texts } = await draw(plot.bar({ linear: 0.5, convolutional: 1, worse: -0.25 }, { yTitle: "accuracy" }));
    const bars = marks("rect") as { height: number; y: number }[];
    expect(bars[1]!.height).toBeCloseTo(2 * bars[0]!.height, 6);
    expect(bars[2]!.y).toBeCloseTo(bars[0]!.y + bars[0]!.height, 6);
    expect(marks("text").map((item) => item.text).sort()).toEqual(["-0.25", "0.5", "1"]);
    expect(texts).toEqual(expect.arrayContaining(["linear", "convolutional", "accuracy"]));
  });

  it("takes a list, with or without names", async () => {
    expect((await draw(plot.bar(Float32Array.of(1, 2)))).texts).toEqual(expect.arrayContaining(["0", "1"]));
    expect((await draw(plot.bar([1, 2], { labels: ["a", "b"] }))).texts).toEqual(expect.arrayContaining(["a", "b"]));
  });

  it("stays within a notebook's column however many bars there are", async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`a rather long name ${i}`, i]));
    expect((await draw(plot.bar(many))).width).toBeLessThanOrEqual(640);
  });

  it("can be cut to a range, and survives values that are not finite", async () => {
    const { marks } = await draw(plot.bar([0.9, 0.95], { yDomain: [0.8, 1] }));
    const bars = marks("rect") as { height: number }[];
    expect(bars[1]!.height).toBeGreaterThan(bars[0]!.height);
    await draw(plot.bar([NaN, 1]));
    await draw(plot.bar([0, 0]));
  });

  it("is bars in plain text too", () => {
    expect(String(plot.bar({ a: 1, bb: 2 }, { title: "Two" })).split("\n")).toEqual([
      "Two",
      `  a   ${"█".repeat(16)} 1`,
      `  bb  ${"█".repeat(32)} 2`,
    ]);
  });

  it("refuses nothing, and names given twice", () => {
    expect(() => plot.bar([])).toThrow(/nothing to draw/);
    expect(() => plot.bar({ a: 1 }, { labels: ["b"] })).toThrow(/names already/);
  });
});
