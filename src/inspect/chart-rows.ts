/** Several charts as one: side by side, row below row, each with colours of its own. */
import type { Chart } from "../plot/chart.ts";
import { hconcat, vconcat } from "../plot/compose.ts";

export interface ChartRowsOptions {
  title?: string;
  /** The whole in words. */
  description: string;
  /** How many stand side by side. */
  columns: number;
}

/** Puts charts together; the text is that of all, one below the other. */
export function chartRows(charts: readonly Chart[], { title, description, columns }: ChartRowsOptions): Chart {
  const rows = Array.from({ length: Math.ceil(charts.length / columns) }, (_, row) => charts.slice(row * columns, (row + 1) * columns));
  return vconcat(rows.map((row) => hconcat(row)), { ...(title === undefined ? {} : { title }), description });
}
