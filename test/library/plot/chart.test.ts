/** What holds for every chart: Vega-Lite's own schema, its width, its alternative text, both themes. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { plot } from "../../../src/index.ts";
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
  "one picture": ({ height: _, ...options }) => plot.image(random(28, 28), options),
  "one picture in colour": ({ height: _, ...options }) => plot.image([random(8, 8), random(8, 8), random(8, 8)], options),
  histogram: (options) => plot.histogram(random(20, 20), options),
  "two histograms": (options) => plot.histogram({ a: random(20, 20), b: [0.5, 0.25] }, { density: true, ...options }),
  contour: (options) => plot.contour((x, y) => x * x - y, { x: [-1, 1], y: [0, 2] }, options),
  surface: (options) => plot.surface((x, y) => x * x - y, { x: [-1, 1], y: [0, 2] }, options),
  "decision boundary": (options) => plot.decisionBoundary((points) => points.select(1, 0), [[-1, 0], [1, 0], [2, 1]], [0, 1, 1], options),
  "loss curve": (options) => plot.lossCurve({ epochs: [{ epoch: 1, loss: 2, validationLoss: 3 }, { epoch: 2, loss: 1, validationLoss: 2 }], batchLosses: [3, 2, 2, 1] }, options),
  layers: (options) => plot.layer([plot.contour((x, y) => x + y, { x: [-1, 1], y: [-1, 1] }), plot.line([{ x: [0, 1, 0.5], y: [0, 1, 1] }])], options),
  "charts side by side": ({ width: _w, height: _h, ...options }) => plot.hconcat([plot.line([1, 2], { width: 150 }), plot.bar([1, 2])], options),
  "charts one below the other": ({ width: _w, height: _h, ...options }) => plot.vconcat([plot.line([1, 2]), plot.surface((x) => x, { x: [0, 1], y: [0, 1] })], options),
  "a specification of one's own": ({ title, description }) => plot.spec({
    ...(title === undefined ? {} : { title }),
    description: description ?? "3 points",
    data: { values: [{ a: 1 }, { a: 2 }, { a: 4 }] },
    mark: "bar",
    encoding: { x: { field: "a", type: "quantitative" } },
  }),
  bars: (options) => plot.bar({ a: 1, b: 2 }, { yTitle: "count", ...options }),
};

const { "a specification of one's own": _own, ...ours } = charts;

describe.each(Object.entries(ours))("%s", (_, make) => {
  it("as text begins with its title and says nothing twice", () => {
    expect(String(make({ title: "A title" })).split("\n")[0]).toBe("A title");
    const lines = String(make({})).split("\n");
    expect(new Set(lines.map((line) => line.trim())).size).toBe(lines.length);
    expect(make({}).text).not.toContain(make({}).spec.description);
  });
});

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
  });

  it("has a table of the numbers behind it", () => {
    const { table } = make({});
    expect(table.length).toBeGreaterThan(1);
    expect(table.rows.some((row) => Object.values(row).some((value) => typeof value === "number"))).toBe(true);
    expect(table.toCSV().trimEnd().split("\r\n")).toHaveLength(table.length + 1);
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

it.each([
  ["line", () => plot.line([0.25, 0.25])],
  ["scatter", () => plot.scatter([3], [0.25])],
  ["loss curve", () => plot.lossCurve({ epochs: [{ epoch: 1, loss: 0.25 }, { epoch: 2, loss: 0.25 }], batchLosses: [] })],
])("an axis on which there is one value only says that value: %s", async (_, make) => {
  expect((await draw(make())).texts).toContain("0.25");
  // Laid over another chart it leaves that chart its range.
  const { texts } = await draw(plot.layer([plot.line([0, 1, 4]), make()]));
  expect(texts).toEqual(expect.arrayContaining(["0", "4"]));
});

it("a chart too large for a notebook is refused, and what to draw instead is said", () => {
  const many = Array.from({ length: 80_000 }, (_, i) => i);
  expect(() => plot.scatter(many, many)).toThrow(/would be \d\.\d MB of text; up to 1 MB is drawn.*randperm.*plot\.histogram.*plot\.heatmap/s);
  expect(() => plot.spec({ data: { values: many.map((a) => ({ a, name: "a name of some length" })) }, mark: "point", encoding: {} })).toThrow(plot.ChartDataError);
});
