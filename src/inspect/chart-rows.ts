/** Several charts as one: side by side, row below row, each with colours of its own. */
import { chart } from "../plot/chart.ts";
import type { Chart, VegaLiteSpec } from "../plot/chart.ts";

export interface ChartRowsOptions {
  title?: string;
  /** The whole in words. */
  description: string;
  /** How many stand side by side. */
  columns: number;
}

/** What only a whole specification may have. */
const ofTheWhole = new Set(["$schema", "background", "padding", "autosize", "config", "description"]);

function part(spec: VegaLiteSpec): VegaLiteSpec {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !ofTheWhole.has(name)));
}

/** Puts charts together; the text is that of all, one below the other. */
export function chartRows(charts: readonly Chart[], { title, description, columns }: ChartRowsOptions): Chart {
  const rows = Array.from({ length: Math.ceil(charts.length / columns) }, (_, row) => charts.slice(row * columns, (row + 1) * columns));
  // Each level of a specification decides for itself whether what is below shares its colours.
  const resolve = { scale: { color: "independent" }, legend: { color: "independent" } };
  const body = { vconcat: rows.map((row) => ({ hconcat: row.map(({ spec }) => part(spec)), spacing: 28, resolve })), spacing: 22, resolve };
  return chart({ ...(title === undefined ? {} : { title }), description }, description, body, charts.map(({ text }) => text));
}
