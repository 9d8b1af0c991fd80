/** Line charts, checked on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

interface Row { x: number | null; y: number | null; series?: string }
const rowsOf = (chart: plot.Chart): Row[] => (chart.spec.data as { values: Row[] }).values;

describe("a line chart", () => {
  it("draws one list of heights over 0, 1, 2, …", async () => {
    const chart = plot.line([3, 1, 2], { title: "Loss", xTitle: "epoch", yTitle: "loss" });
    const { marks, texts } = await draw(chart);
    expect(rowsOf(chart)).toEqual([{ x: 0, y: 3 }, { x: 1, y: 1 }, { x: 2, y: 2 }]);
    const points = marks("line");
    expect(points).toHaveLength(3);
    // Higher values stand higher: y counts from the top.
    expect(points[0]!.y).toBeLessThan(points[2]!.y as number);
    expect(points[2]!.y).toBeLessThan(points[1]!.y as number);
    expect(texts).toEqual(expect.arrayContaining(["Loss", "epoch", "loss"]));
  });

  it("keeps what lies beyond a given range of heights out of the drawing", async () => {
    const { svg, height } = await draw(plot.line([0.1, 0.91, 0.92], { yDomain: [0.8, 1], height: 200 }));
    expect(svg).toContain("clip-path");
    expect(height).toBeLessThan(280);
  });

  it("draws several series by name, in their order, each in a colour of its own", async () => {
    const chart = plot.line({ training: [1, 2], validation: [2, 3], another: [0, 0] });
    const { marks, texts } = await draw(chart);
    const colours = new Set(marks("line").map((point) => point.stroke));
    expect(colours.size).toBe(3);
    const legend = texts.filter((text) => ["training", "validation", "another"].includes(text));
    expect(legend).toEqual(["training", "validation", "another"]);
  });

  it("takes series with positions of their own, typed arrays, and things with toArray()", async () => {
    const tensor = { toArray: () => [5, 6, 7] };
    const chart = plot.line([{ x: Float32Array.of(0, 10, 20), y: tensor, name: "a" }, { y: Int32Array.of(1, 2), name: "b" }]);
    await draw(chart);
    expect(rowsOf(chart)).toEqual([
      { x: 0, y: 5, series: "a" }, { x: 10, y: 6, series: "a" }, { x: 20, y: 7, series: "a" },
      { x: 0, y: 1, series: "b" }, { x: 1, y: 2, series: "b" },
    ]);
    expect(rowsOf(plot.line(tensor, { x: [1, 2, 4] })).map(({ x }) => x)).toEqual([1, 2, 4]);
    const bigints = { toArray: () => [1n, 2n] };
    expect(rowsOf(plot.line(bigints)).map(({ y }) => y)).toEqual([1, 2]);
  });

  it("spaces a logarithmic axis by ratio and says what it cannot show", async () => {
    const chart = plot.line([1, 10, 100, 0], { yScale: "log" });
    const { marks } = await draw(chart);
    const [a, b, c] = marks("line").map(({ y }) => y as number);
    expect(a! - b!).toBeCloseTo(b! - c!, 6);
    expect(chart.text).toContain("1 not drawn (not above zero or not finite)");
    expect(rowsOf(chart)[3]!.y).toBeNull();
  });

  it("leaves a gap where a value is not finite, and says so", async () => {
    const chart = plot.line([1, NaN, 3, Infinity]);
    await draw(chart);
    expect(rowsOf(chart).map(({ y }) => y)).toEqual([1, null, 3, null]);
    expect(chart.spec.description).toContain("2 not drawn (not finite)");
    await draw(plot.line([NaN, NaN]));
    await draw(plot.line([0, -1], { yScale: "log" }));
    await draw(plot.line([]));
  });

  it("thins a long series but keeps its ends and every spike", async () => {
    const long = Array.from({ length: 50_000 }, (_, i) => Math.sin(i / 1000));
    long[31_234] = 99;
    long[41_234] = -99;
    long[20_000] = NaN;
    const chart = plot.line(long);
    const rows = rowsOf(chart);
    expect(rows.length).toBeLessThan(700);
    expect(rows).toContainEqual({ x: 31_234, y: 99 });
    expect(rows).toContainEqual({ x: 41_234, y: -99 });
    expect(rows).toContainEqual({ x: 20_000, y: null });
    expect([rows[0]!.x, rows.at(-1)!.x]).toEqual([0, 49_999]);
    await draw(chart);
  });

  it("is readable as text", () => {
    const chart = plot.line({ training: [4, 3, 2, 1], test: [4, 4, 4, 5] }, { title: "Loss" });
    expect(String(chart).split("\n")).toEqual([
      "Loss",
      "  training  █▆▃▁  4 points from 4 to 1, smallest 1 at 3, largest 4 at 0",
      "  test      ▁▁▁█  4 points from 4 to 5, smallest 4 at 0, largest 5 at 3",
    ]);
  });

  it("refuses what it cannot draw, naming it", () => {
    expect(() => plot.line({ a: [1, 2] }, { x: [1] })).toThrow(/a has 2 values but 1 positions/);
    expect(() => plot.line([{ y: [1], name: "a" }, { y: [2], name: "a" }])).toThrow(/two series are called "a"/);
    expect(() => plot.line({})).toThrow(/nothing to draw/);
    expect(() => plot.line(["1", "2"] as never)).toThrow(/must be a number, but is the string 1/);
    expect(() => plot.line(5 as never)).toThrow(plot.ChartDataError);
  });
});
