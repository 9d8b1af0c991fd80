/** Specifications of one's own. */
import { expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

const bars = {
  data: { values: [{ kind: "a", n: 1 }, { kind: "b", n: 2 }] },
  mark: "bar",
  encoding: { x: { field: "kind", type: "nominal" }, y: { field: "n", type: "quantitative", title: "how many" } },
} as const;

it("are drawn on the same card as the other charts, in the same colours", async () => {
  const { svg, marks } = await draw(plot.spec(bars));
  expect(svg).toMatch(/<rect width="[\d.]+" height="[\d.]+" fill="white"/);
  expect(marks("rect").map(({ fill }) => fill)).toEqual(["#0072B2", "#0072B2"]);
  const coloured = await draw(plot.spec({ ...bars, encoding: { ...bars.encoding, color: { field: "kind", type: "nominal" } } }));
  expect(coloured.marks("rect").map(({ fill }) => fill)).toEqual(["#0072B2", "#D55E00"]);
});

it("keep all that they say themselves", async () => {
  const { svg, marks } = await draw(plot.spec({ ...bars, background: "#eeeeee", config: { bar: { color: "#123456" } } }));
  expect(svg).toContain('fill="#eeeeee"');
  expect(marks("rect")[0]!.fill).toBe("#123456");
});

it("are described by their title and channels where they bring no description", () => {
  expect(plot.spec({ ...bars, title: "Kinds" }).spec.description).toBe("Kinds, bar chart of x: kind, y: how many");
  expect(plot.spec({ ...bars, description: "My words." }).text).toBe("My words.");
  expect(plot.spec(bars).table.rows).toEqual(bars.data.values);
});
