/**
 * A chart as a value: a Vega-Lite specification with a text beside it. A notebook draws it through the display contract
 * (the kernel adds the picture for readers without Vega); plain Node prints the text.
 */

/** A Vega-Lite specification: JSON. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

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

/** The key under which a value offers its MIME bundle to a notebook. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");
/** The key under which Node's `console.log` finds a value's own text. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** A chart that a notebook draws when it is a cell's value, and that `display` shows and updates. */
export class Chart {
  /** The Vega-Lite specification. */
  readonly spec: VegaLiteSpec;
  /** The chart as lines of text. */
  readonly text: string;

  constructor(spec: VegaLiteSpec, text: string) {
    this.spec = spec;
    this.text = text;
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

const INK = "#333333";
const HAIRLINE = "#E4E4E4";

/**
 * A white card in the light and in the dark theme: JupyterLab's dark theme would otherwise turn the text white but leave
 * the saved picture as it is. What a specification says itself wins over the theme.
 */
const LOOK = {
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

/** Puts a specification on the card and makes the chart of it. */
export function chart(options: ChartOptions, description: string, body: VegaLiteSpec, lines: readonly string[]): Chart {
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: options.description ?? description,
    ...LOOK,
    ...(options.title === undefined ? {} : { title: options.title }),
    ...body,
  };
  const heading = options.title ?? options.description;
  return new Chart(spec, [...(heading === undefined ? [] : [heading]), ...lines].join("\n"));
}
