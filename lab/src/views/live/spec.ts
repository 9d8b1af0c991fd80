/**
 * The chart of a live panel as one Vega specification, in which only data and signals change while a run goes on: places and
 * sizes of the panes, the ranges of their axes, the points. Vega itself and not Vega-Lite, because every size is a signal.
 */

/** Where a pane's axes stand, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A pane of the chart. */
export interface Pane {
  readonly name: string;
  readonly isLog: boolean;
}

/** What the axis on the left takes, and the space on the right. */
const LEFT = 54;
const RIGHT = 14;
/** Above the axes stands the pane's name, below them the numbers of the horizontal axis and its title. */
const ABOVE = 26;
const BELOW = 38;
const FIRST_HEIGHT = 210;
const OTHER_HEIGHT = 96;
/** A pane beside others is at least so wide. */
const NARROWEST = 210;
const MOST_ACROSS = 4;

/** The first pane has a row of its own, the others share the rows below it. */
export function placesOf(count: number, width: number): { readonly places: readonly Place[]; readonly height: number; readonly across: number } {
  const places: Place[] = [];
  const across = Math.max(1, Math.min(MOST_ACROSS, count - 1, Math.floor(width / NARROWEST)));
  let y = 0;
  for (let i = 0; i < count; i++) {
    const isFirst = i === 0;
    const wide = isFirst ? width : Math.floor(width / across);
    const column = isFirst ? 0 : (i - 1) % across;
    const height = isFirst ? FIRST_HEIGHT : OTHER_HEIGHT;
    places.push({ x: column * wide + LEFT, y: y + ABOVE, width: Math.max(40, wide - LEFT - RIGHT), height });
    if (isFirst || column === across - 1 || i === count - 1) y += ABOVE + height + BELOW;
  }
  return { places, height: y, across };
}

/** The colours of the curves of a pane, in their order: those of Okabe and Ito (2008), lighter on a dark ground. */
export const COLOURS = {
  light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5A5A5A"],
  dark: ["#63B8F2", "#F5965B", "#3BC79E", "#E3A1C7", "#F2C14E", "#A9D8F7", "#BDBDBD"],
} as const;

type Json = Record<string, unknown>;

/** The chart of some panes, without data. */
export function chartSpec(panes: readonly Pane[], xTitle: string, theme: "light" | "dark", description: string): Json {
  return {
    $schema: "https://vega.github.io/schema/vega/v5.json",
    description,
    autosize: "none",
    padding: 0,
    signals: [
      { name: "xRange", value: [0, 1] },
      { name: "smooth", value: true },
      { name: "trended", value: [] },
      ...panes.flatMap((_, i) => [
        { name: `place${i}`, value: { x: 0, y: 0, width: 100, height: 100 } },
        { name: `range${i}`, value: [1, 2] },
        { name: `names${i}`, value: [] },
      ]),
    ],
    data: [{ name: "cursor" }, ...panes.flatMap((_, i) => [{ name: `points${i}` }, { name: `trend${i}` }, { name: `dots${i}` }])],
    marks: panes.map((pane, i) => paneGroup(pane, i, xTitle, theme)),
  };
}

function paneGroup({ name, isLog }: Pane, i: number, xTitle: string, theme: "light" | "dark"): Json {
  const place = `place${i}`;
  const size = (field: string): Json => ({ signal: `${place}.${field}` });
  const drawn = isLog ? "datum.y !== null && datum.y > 0" : "datum.y !== null";
  const line = (data: string, extra: Json): Json => ({
    type: "group",
    from: { facet: { name: `${data}OfOne`, data, groupby: "s" } },
    clip: true,
    encode: { update: { width: size("width"), height: size("height") } },
    marks: [{
      type: "line",
      from: { data: `${data}OfOne` },
      interactive: false,
      encode: {
        update: {
          x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" }, defined: { signal: drawn },
          stroke: { scale: "colour", field: "s" }, strokeJoin: { value: "round" }, strokeCap: { value: "round" }, ...extra,
        },
      },
    }],
  });
  const few = `${place}.width > 320 ? 8 : 4`;
  return {
    type: "group",
    name: `pane${i}`,
    encode: { update: { x: size("x"), y: size("y"), width: size("width"), height: size("height") } },
    scales: [
      { name: "x", type: "linear", zero: false, nice: false, domain: { signal: "xRange" }, range: [0, size("width")] },
      { name: "y", type: isLog ? "log" : "linear", ...(isLog ? {} : { zero: false }), nice: !isLog, domain: { signal: `range${i}` }, range: [size("height"), 0] },
      { name: "colour", type: "ordinal", domain: { signal: `names${i}` }, range: COLOURS[theme] },
    ],
    axes: [
      { scale: "y", orient: "left", grid: true, gridScale: "x", tickCount: i === 0 ? 6 : 4, domain: false, ticks: false, labelPadding: 6, labelLimit: 46, zindex: 0, gridOpacity: 0.6, ...(isLog ? { format: "~g", labelOverlap: "greedy" } : {}) },
      { scale: "x", orient: "bottom", tickCount: { signal: few }, title: xTitle, titleFontWeight: "normal", titlePadding: 4, format: "~s", tickSize: 4, labelFlush: false, labelOverlap: true },
    ],
    marks: [
      { type: "text", interactive: false, style: "guide-title", encode: { update: { x: { value: 0 }, y: { value: -10 }, text: { value: name }, fontSize: { value: 12 }, fontWeight: { value: 600 } } } },
      line(`points${i}`, {
        strokeWidth: { value: 1.5 },
        strokeOpacity: { signal: "smooth && indexof(trended, datum.s) >= 0 ? 0.32 : 1" },
      }),
      line(`trend${i}`, { strokeWidth: { value: 2.25 }, interpolate: { value: "monotone" }, strokeOpacity: { signal: "smooth ? 1 : 0" } }),
      {
        type: "symbol",
        from: { data: `dots${i}` },
        interactive: false,
        clip: true,
        encode: {
          update: {
            x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" }, size: { value: 28 },
            fill: { scale: "colour", field: "s" }, opacity: { signal: `${drawn} ? 1 : 0` },
          },
        },
      },
      {
        type: "rule",
        from: { data: "cursor" },
        interactive: false,
        encode: {
          update: {
            x: { scale: "x", field: "x" }, y: { value: 0 }, y2: size("height"), stroke: { value: theme === "light" ? "#777777" : "#BBBBBB" },
            strokeDash: { value: [3, 3] }, opacity: { signal: "inrange(datum.x, xRange) ? 1 : 0" },
          },
        },
      },
    ],
  };
}
