/** A wrong chart is told in words; the charts of Vega-Lite's own kinds pass. */
import { describe, expect, test } from "vitest";
import { InvalidChart, validateChart } from "../../../kernel/charts/validate.ts";

const data = { values: [{ a: 1, b: 2 }] };
const encoding = { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } };
const unit = { data, mark: "line", encoding };

describe("a good chart passes", () => {
  test.each([
    ["a mark", unit],
    ["with its schema", { $schema: "https://vega.github.io/schema/vega-lite/v5.json", ...unit }],
    ["layers", { data, layer: [{ mark: "line", encoding }, { mark: { type: "point", filled: true }, encoding }] }],
    ["facets", { data, facet: { row: { field: "a", type: "nominal" } }, spec: { mark: "bar", encoding } }],
    ["repetition", { data, repeat: ["a", "b"], spec: { mark: "bar", encoding: { x: { field: { repeat: "repeat" }, type: "quantitative" } } } }],
    ["side by side", { hconcat: [unit, unit] }],
    ["one above the other", { vconcat: [unit, unit] }],
    ["in a grid", { concat: [unit, unit], columns: 2 }],
    ["parameters and a theme", { ...unit, params: [{ name: "p", select: "interval" }], config: { view: { stroke: null } } }],
  ])("%s", (_, spec) => {
    expect(() => validateChart(spec)).not.toThrow();
  });
});

describe("a wrong chart names the place and what is wrong there", () => {
  test.each([
    [{ ...unit, mark: "lin" }, 'mark: "lin" is none of', '"line"'],
    [{ ...unit, encoding: { x: { feild: "a", type: "quantitative" } } }, 'encoding.x: "feild" is not known here', 'do you mean "field"'],
    [{ ...unit, encoding: { x: { field: "a", type: "quant" } } }, 'encoding.x.type: "quant" is none of', '"quantitative"'],
    [{ ...unit, mark: { type: "line", strokeWidth: "fat" } }, "mark.strokeWidth: must be number", '"fat"'],
    [{ data, layer: [{ mark: "line" }, { mark: "rulee" }] }, 'layer.1.mark: "rulee" is none of', '"rule"'],
    [{ ...unit, widht: 100 }, '"widht" is not known here', 'do you mean "width"'],
    [{ data }, "a chart needs one of", '"mark"'],
    [[], "must be an object", "chart"],
    [null, "must be an object", "chart"],
  ])("%j", (spec, place, hint) => {
    expect(() => validateChart(spec)).toThrow(InvalidChart);
    expect(() => validateChart(spec)).toThrow(place);
    expect(() => validateChart(spec)).toThrow(hint);
  });
});
