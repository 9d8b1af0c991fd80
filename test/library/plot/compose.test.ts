/** Charts put together, checked on what Vega draws. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

const plane = { x: [-2, 2], y: [-2, 2] } as const;

describe("layers", () => {
  it("stand on common axes, whose range is that of all, under the first title and names", async () => {
    const chart = plot.layer([
      plot.scatter([0, 1], [0, 1], { title: "Points", xTitle: "w", yTitle: "loss", width: 300, height: 200 }),
      plot.line([{ x: [0, 10], y: [0, 5] }], { title: "Line" }),
    ]);
    const { marks, texts, width } = await draw(chart);
    const [, point] = marks("symbol") as { x: number; y: number }[];
    const [from, to] = marks("line") as { x: number; y: number }[];
    expect(point!.x - from!.x).toBeCloseTo((to!.x - from!.x) / 10, 6);
    expect(from!.y - point!.y).toBeCloseTo((from!.y - to!.y) / 5, 6);
    expect(texts).toEqual(expect.arrayContaining(["Points", "w", "loss"]));
    expect(texts).not.toContain("Line");
    expect(width).toBeLessThan(400);
  });

  it("of one colour each get one each; what has several keeps its own and its legend", async () => {
    const chart = plot.layer([plot.line([1, 2]), plot.line([2, 1]), plot.scatter([0, 1], [1, 2], { labels: ["a", "b"] })]);
    const { marks, texts } = await draw(chart);
    const lines = new Set(marks("line").map(({ stroke }) => stroke));
    expect([...lines]).toEqual(["#0072B2", "#D55E00"]);
    expect(texts).toEqual(expect.arrayContaining(["a", "b"]));
  });

  it("over a picture keep it in its place, also where they reach beyond it", async () => {
    const chart = plot.layer([plot.contour((x) => x, plane), plot.line([{ x: [-2, 6], y: [0, 0] }])], { width: 400 });
    const [picture] = (await draw(chart)).marks("image") as { x: number; width: number }[];
    expect([picture!.x, picture!.width]).toEqual([0, 200]);
  });

  it("can be layered and put side by side again", async () => {
    const inner = plot.layer([plot.line([1, 2]), plot.line([2, 3])]);
    const { marks } = await draw(plot.vconcat([plot.layer([inner, plot.scatter([0], [1])]), plot.hconcat([plot.bar([1]), plot.heatmap([[1]])])]));
    expect(marks("line")).toHaveLength(4);
    expect(marks("symbol").length).toBeGreaterThan(0);
    expect(marks("rect").length).toBe(2);
  });

  it("are described one after the other, and their rows say whose they are", () => {
    const chart = plot.layer([plot.line([1, 2]), plot.scatter([5], [6])]);
    expect(chart.spec.description).toMatch(/^2 layers\. Line chart.* Scatter chart/);
    expect(chart.table.rows).toEqual([{ chart: 1, x: 0, y: 1 }, { chart: 1, x: 1, y: 2 }, { chart: 2, x: 5, y: 6 }]);
  });

  it("are refused where they make no chart", () => {
    expect(() => plot.layer([])).toThrow(/at least one chart, as in plot\.layer\(\[a, b\]\)/);
    expect(() => plot.layer([{ mark: "bar" } as never])).toThrow(/element 0 is no chart.*plot\.spec/);
    expect(() => plot.layer([plot.line([1]), plot.hconcat([plot.line([1])])])).toThrow(/chart 1 is itself several charts/);
  });
});

describe("charts side by side", () => {
  it("keep their titles, sizes and colours", async () => {
    const chart = plot.hconcat([plot.line([1, 2], { title: "Left", width: 100 }), plot.bar({ a: 1 }, { title: "Right" })], { title: "Both" });
    const { texts } = await draw(chart);
    expect(texts).toEqual(expect.arrayContaining(["Left", "Right", "Both"]));
    const scales = plot.hconcat([plot.heatmap([[0, 1]]), plot.heatmap([[0, 100]])]);
    expect((await draw(scales)).texts).toEqual(expect.arrayContaining(["0.5", "50"]));
  });
});
