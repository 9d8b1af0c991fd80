/** What holds for every chart: Vega-Lite's own schema, its width, its alternative text, both themes. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

const random = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(i * 3 + j * 7)));
const charts: Record<string, (options: plot.ChartOptions) => plot.Chart> = {
  line: (options) => plot.line({ training: [1, 2, 3], validation: [2, 3, 4] }, { xTitle: "epoch", yTitle: "loss", ...options }),
  scatter: (options) => plot.scatter([1, 2], [3, 4], { line: (x) => x, xTitle: "x", yTitle: "y", ...options }),
  "small matrix": (options) => plot.heatmap(random(4, 5), options),
  "matrix of 32 by 32": (options) => plot.heatmap(random(32, 32), { xTitle: "column", yTitle: "row", ...options }),
  "large matrix": (options) => plot.heatmap(random(60, 100), { xTitle: "column", yTitle: "row", ...options }),
  "confusion matrix": (options) => plot.confusionMatrix(random(10, 10).map((row) => row.map((x) => Math.round(500 + 500 * x))), options),
  images: ({ height: _, ...options }) => plot.imageGrid(Array.from({ length: 10 }, () => random(28, 28)), { captions: [..."0123456789"], ...options }),
  bars: (options) => plot.bar({ a: 1, b: 2 }, { yTitle: "count", ...options }),
};

describe.each(Object.entries(charts))("%s", (_, make) => {
  it("is a valid Vega-Lite 5 chart that fits a notebook's column", async () => {
    const { width } = await draw(make({ title: "A title" }));
    expect(width).toBeLessThanOrEqual(640);
  });

  it("has an alternative text: its own, or one made from the data", () => {
    expect(make({}).spec.description).toMatch(/\d/);
    expect(make({ description: "What it shows." }).spec.description).toBe("What it shows.");
  });

  it("hands a notebook the chart and a text, and no HTML, which would outrank the chart", () => {
    const chart = make({ title: "A title" });
    const bundle = (chart as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
    expect(Object.keys(bundle)).toEqual(["application/vnd.vegalite.v5+json", "text/plain"]);
    expect(bundle["application/vnd.vegalite.v5+json"]).toBe(chart.spec);
    expect(inspect(chart)).toBe(bundle["text/plain"]);
    expect(`${chart}`.split("\n")[0]).toBe("A title");
    // Without a title nothing stands twice.
    const lines = String(make({})).split("\n");
    expect(new Set(lines.map((line) => line.trim())).size).toBe(lines.length);
    expect(make({}).text).not.toContain(make({}).spec.description);
  });

  it("is dark text on a white card whatever the theme around it", async () => {
    const { svg } = await draw(make({ title: "A title" }));
    expect(svg).toMatch(/<rect width="[\d.]+" height="[\d.]+" fill="white"/);
    // As in vega-themes, which JupyterLab's dark theme uses.
    const white = "#fff";
    const dark = await draw(make({ title: "A title" }), {
      background: "#333",
      view: { stroke: "#888" },
      title: { color: white, subtitleColor: white },
      style: { "guide-label": { fill: white }, "guide-title": { fill: white } },
      axis: { domainColor: white, gridColor: "#888", tickColor: white },
    });
    expect(dark.svg).toBe(svg);
  });
});
