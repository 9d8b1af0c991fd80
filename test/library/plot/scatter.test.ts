/** Scatter charts, checked on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

describe("a scatter chart", () => {
  it("puts each point where its numbers say", async () => {
    const { marks } = await draw(plot.scatter([0, 5, 10], [0, 10, 5]));
    const points = marks("symbol") as { x: number; y: number }[];
    expect(points).toHaveLength(3);
    expect(points[1]!.x - points[0]!.x).toBeCloseTo(points[2]!.x - points[1]!.x, 6);
    expect(points[1]!.y).toBeLessThan(points[2]!.y);
  });

  it("draws a function as a line through the points it belongs to", async () => {
    const chart = plot.scatter([1, 2, 3], [2, 4, 6], { line: (x) => 2 * x, lineName: "y = 2x" });
    const { marks, texts } = await draw(chart);
    const points = marks("symbol") as { x: number; y: number }[];
    const through = marks("line") as { x: number; y: number }[];
    expect(through[0]).toMatchObject({ x: points[0]!.x, y: points[0]!.y });
    expect(through.at(-1)).toMatchObject({ x: points[2]!.x, y: points[2]!.y });
    expect(texts).toContain("y = 2x");
  });

  it("draws a line of its own points", async () => {
    const { marks } = await draw(plot.scatter([1, 2], [1, 2], { line: { x: [0, 3], y: [0, 3] } }));
    expect(marks("line")).toHaveLength(2);
  });

  it("colours points by class, apart from the line's colour", async () => {
    const chart = plot.scatter([1, 2, 3], [1, 2, 3], { labels: ["a", "b", "a"], line: (x) => x });
    const { marks, texts } = await draw(chart);
    const colours = marks("symbol").map((point) => point.fill);
    expect(colours[0]).toBe(colours[2]);
    expect(new Set([...colours, marks("line")[0]!.stroke]).size).toBe(3);
    expect(texts).toEqual(expect.arrayContaining(["a", "b", "fit"]));
  });

  it("refuses points without both numbers, and labels that do not match", () => {
    expect(() => plot.scatter([1, 2], [1])).toThrow(/2 x but 1 y/);
    expect(() => plot.scatter([1], [1], { labels: ["a", "b"] })).toThrow(/labels must be 1 names/);
    expect(() => plot.scatter([1], [1], { line: { x: [1], y: [] } })).toThrow(/the line has 1 x but 0 y/);
  });
});
