/** Charts of which only Vega-Lite knows the form: a specification of one's own, on the same white card as the other charts. */
import { Chart, LOOK, SCHEMA } from "./chart.ts";
import type { GivenSpec, VegaLiteSpec } from "./chart.ts";
import { CATEGORY_COLOURS, rampColours } from "./colours.ts";

/**
 * A chart of any Vega-Lite 5 specification (https://vega.github.io/vega-lite/docs/). What it leaves out of ground, padding,
 * colours and the looks of axes, legends and titles is as in the other charts; all that it says itself stands. A notebook checks it
 * against Vega-Lite's schema before it is drawn, and says in words what is wrong and where.
 *
 * @example
 * plot.spec({
 *   description: "Three steps of a random walk.",
 *   data: { values: [{ step: 0, place: 0 }, { step: 1, place: 1 }, { step: 2, place: 0 }] },
 *   mark: "line",
 *   encoding: { x: { field: "step", type: "quantitative" }, y: { field: "place", type: "quantitative" } },
 * });
 */
export function spec(given: GivenSpec): Chart {
  const vegaLite = given as VegaLiteSpec;
  const whole = { $schema: SCHEMA, description: describe(vegaLite), ...LOOK, ...vegaLite, config: { ...LOOK.config, ...COLOURS, ...vegaLite.config } };
  return new Chart(whole, vegaLite.description ?? describe(vegaLite));
}

const hex = (rgb: readonly number[]): string => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

/** Vega's own first colours are not safe for colour-blind eyes. */
const COLOURS = {
  mark: { color: CATEGORY_COLOURS[0] },
  range: { category: CATEGORY_COLOURS, ramp: rampColours("viridis", 9).map(hex), heatmap: rampColours("viridis", 9).map(hex), diverging: rampColours("diverging", 9).map(hex) },
};

/** A specification in a few words, for one that brings none. */
function describe(vegaLite: VegaLiteSpec): string {
  const { title, mark, encoding } = vegaLite as { title?: unknown; mark?: unknown; encoding?: Record<string, { title?: unknown; field?: unknown }> };
  const text = (value: unknown, key: string): string | undefined => {
    const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : value;
    return typeof found === "string" ? found : undefined;
  };
  const kind = `${text(mark, "type") ?? "layered"} chart`;
  const channels = Object.entries(encoding ?? {}).flatMap(([channel, { title: name, field }]) => {
    const shown = typeof name === "string" ? name : field;
    return typeof shown === "string" ? [`${channel}: ${shown}`] : [];
  });
  return [text(title, "text") ?? "", `${kind}${channels.length === 0 ? "" : ` of ${channels.join(", ")}`}`].filter(Boolean).join(", ");
}
