/**
 * A chart as a value: a Vega-Lite specification with a text and a table beside it. A notebook draws it through the display
 * contract (the kernel adds the picture for readers without Vega); plain Node prints the text.
 */
import type { TopLevelSpec } from "vega-lite";
import { DISPLAY, INSPECT } from "./display-keys.ts";
import { ChartTable } from "./table.ts";
import type { TableRow } from "./table.ts";
import { ChartDataError } from "./values.ts";

/** A Vega-Lite specification: JSON, in Vega-Lite's own types. */
export type VegaLiteSpec = TopLevelSpec;

/** A piece of a specification while it is put together; what comes of it is checked against Vega-Lite's schema. */
export type SpecPart = Readonly<Record<string, unknown>>;

/**
 * A specification as a person writes it. One that was put together from parts has lost its literal types (`type: string`) and
 * fits no type of Vega-Lite's; it is taken as it is, since a notebook checks every specification before it draws it.
 */
export type GivenSpec = VegaLiteSpec | SpecPart;

/** What every kind of chart can be told. */
export interface ChartOptions {
  /** Shown above the chart. */
  title?: string;
  /** The chart in words, for readers who do not see it (alt text). Default: a description made from the data. */
  description?: string;
  /** Width of the drawing in pixels, without axes and legend. */
  width?: number;
  /** Height of the drawing in pixels, without axes and title. */
  height?: number;
}

const VEGA_LITE = "application/vnd.vegalite.v5+json";

/**
 * A chart lies in the notebook's file, goes to the browser whole, and is drawn there by one thread: a megabyte of it (some
 * 20,000 points) takes a tenth of a second and more for each drawing.
 */
const MOST_CHARACTERS = 1_000_000;

/** A chart that a notebook draws when it is a cell's value, and that `display` shows and updates. */
export class Chart {
  /** The Vega-Lite specification. */
  readonly spec: VegaLiteSpec;
  /** The chart as lines of text. */
  readonly text: string;
  readonly #rows: () => readonly TableRow[];

  /** @throws ChartDataError when the specification is too large for a notebook. */
  constructor(spec: GivenSpec, text: string, rows?: () => readonly TableRow[]) {
    // A TopLevelSpec by name alone where it came from parts; see GivenSpec.
    this.spec = spec as VegaLiteSpec;
    refuseTooLarge(this.spec);
    this.text = text;
    this.#rows = rows ?? (() => inlineRows(this.spec));
  }

  /** The numbers behind the chart, to be read, copied or counted: `chart.table` as a cell's value shows them. */
  get table(): ChartTable {
    return new ChartTable(this.#rows());
  }

  [DISPLAY](): { [VEGA_LITE]: VegaLiteSpec; "text/plain": string } {
    return { [VEGA_LITE]: this.spec, "text/plain": this.text };
  }

  [INSPECT](): string {
    return this.text;
  }

  toString(): string {
    return this.text;
  }
}

function refuseTooLarge(spec: VegaLiteSpec): void {
  const characters = JSON.stringify(spec).length;
  if (characters <= MOST_CHARACTERS) return;
  throw new ChartDataError(
    `this chart would be ${(characters / 1e6).toFixed(1)} MB of text; up to ${MOST_CHARACTERS / 1e6} MB is drawn, since it lies in the notebook's file and in the page. `
    + "Draw a sample of the points (x.narrow(0, 0, 2000), or rows chosen by randperm), count them first (plot.histogram), or show a large matrix as one picture (plot.heatmap, plot.image)",
  );
}

/** The rows that stand in a specification itself, of its first data that has any. */
function inlineRows(spec: unknown): readonly TableRow[] {
  if (typeof spec !== "object" || spec === null) return [];
  const { data, layer, concat, hconcat, vconcat, spec: repeated } = spec as Record<string, unknown>;
  const values = (data as { values?: unknown } | null | undefined)?.values;
  if (Array.isArray(values)) return values.map((row) => (typeof row === "object" && row !== null ? row as TableRow : { value: row as number }));
  for (const part of [layer, concat, hconcat, vconcat, [repeated]].flat()) {
    const rows = part === undefined ? [] : inlineRows(part);
    if (rows.length > 0) return rows;
  }
  return [];
}

const INK = "#333333";
const HAIRLINE = "#E4E4E4";

/**
 * A white card in the light and in the dark theme: JupyterLab's dark theme would otherwise turn the text white but leave
 * the saved picture as it is. What a specification says itself wins over the theme.
 */
export const LOOK = {
  background: "white",
  padding: 10,
  autosize: { type: "pad" },
  config: {
    view: { stroke: null },
    axis: {
      domainColor: "#888888",
      tickColor: "#888888",
      gridColor: HAIRLINE,
      labelColor: INK,
      titleColor: INK,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: "normal",
      titlePadding: 8,
    },
    legend: { labelColor: INK, titleColor: INK, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" },
    title: { color: INK, subtitleColor: INK, fontSize: 14, anchor: "start", offset: 10 },
    text: { color: INK },
    style: { "guide-label": { fill: INK }, "guide-title": { fill: INK } },
  },
} as const;

export const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";

/**
 * Puts a specification on the card and makes the chart of it.
 *
 * @param description the chart in words, unless the options have other ones.
 * @param body data, marks and encoding.
 * @param lines the chart as text, without its title.
 * @param rows the numbers behind it, made when they are asked for; left out, the rows in the specification.
 */
export function chart(options: ChartOptions, description: string, body: SpecPart, lines: readonly string[], rows?: () => readonly TableRow[]): Chart {
  const spec = {
    $schema: SCHEMA,
    description: options.description ?? description,
    ...LOOK,
    ...(options.title === undefined ? {} : { title: options.title }),
    ...body,
  };
  const heading = options.title ?? options.description;
  return new Chart(spec, [...(heading === undefined ? [] : [heading]), ...lines].join("\n"), rows);
}

/** A title as it stands inside a description: ", Loss" or nothing. */
export function titled(options: ChartOptions): string {
  return options.title === undefined ? "" : `, ${options.title}`;
}
