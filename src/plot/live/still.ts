/**
 * A live panel as a chart that does not move: what a saved notebook keeps for readers without the extension, and what is
 * shown where there is none. The loss is wide, the other panes stand in a row below it.
 */
import type { LiveProgress } from "../../view/states/live.ts";
import { chart } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { CATEGORY_COLOURS } from "../colours.ts";
import { extent } from "../values.ts";
import { inOrder } from "./panes.ts";
import type { Series } from "./series.ts";
import { described, progressLine, textForm } from "./words.ts";

const WIDTH = 520;
/** What the axis of a pane and the distance to its neighbour take. */
const BETWEEN = 80;
/** So many points of a curve are drawn for each pixel of its pane's width. */
const POINTS_A_PIXEL = 0.5;
/** In a legend, about what a letter takes, what a Han character takes, and what the line and the gaps beside a name take. */
const [LETTER, HAN, BESIDE] = [6, 11, 32];
/** A curve of no more points shows each. */
const FEW = 30;

type Json = Record<string, unknown>;

/** What a still chart shows: a run. */
export interface Still {
  readonly title: string | undefined;
  readonly xTitle: string;
  readonly log: readonly string[];
  readonly progress: LiveProgress;
  readonly series: readonly Series[];
}

export function still({ title, xTitle, log, progress, series }: Still): Chart {
  const panes = inOrder(series.map(({ pane }) => pane));
  const span = extent(series.flatMap(({ steps }) => [steps[0]!, steps.at(-1)!]));
  const bodies = (wide: number, among: readonly string[], height: number): Json[] =>
    among.map((pane) => paneBody(pane, series.filter((one) => one.pane === pane), { xTitle, isLog: log.includes(pane), span, width: wide, height }));
  const [first, ...rest] = panes;
  const narrow = Math.floor((WIDTH - BETWEEN * (Math.min(3, rest.length) - 1)) / Math.min(3, rest.length));
  const rows: Json[] = [];
  if (first !== undefined) rows.push(bodies(WIDTH, [first], 200)[0]!);
  for (let i = 0; i < rest.length; i += 3) rows.push({ hconcat: bodies(narrow, rest.slice(i, i + 3), 110), spacing: 24 });
  const body = rows.length === 0 ? { width: WIDTH, height: 40, data: { values: [] }, mark: "point" } : { vconcat: rows, spacing: 18, resolve: { scale: { color: "independent" } } };
  return chart(
    {},
    described(title, progress, series),
    { title: { text: title ?? "Training", subtitle: progressLine(progress), subtitleFontSize: 11, subtitlePadding: 4 }, ...body },
    [textForm(title, progress, series)],
  );
}

interface PaneLook {
  readonly xTitle: string;
  readonly isLog: boolean;
  /** From the first step of any curve to the last. */
  readonly span: readonly [number, number];
  readonly width: number;
  readonly height: number;
}

function paneBody(pane: string, all: readonly Series[], { xTitle, isLog, span: [first, last], width, height }: PaneLook): Json {
  const several = all.length > 1;
  const place = (value: number | null): number | null => (isLog && value !== null && value <= 0 ? null : value);
  const rowsOf = (name: string, steps: readonly (number | null)[], values: readonly (number | null)[]): Json[] =>
    steps.map((step, i) => ({ x: step, y: place(values[i]!), ...(several ? { series: name } : {}) }));
  const drawn = all.map((series) => series.thinned(Math.round(POINTS_A_PIXEL * width)));
  const hasTrend = (one: (typeof drawn)[number]): boolean => one.trend.steps.length > 0;
  const lines = drawn.flatMap(({ name, steps, values }) => rowsOf(name, steps, values));
  const trends = drawn.filter(hasTrend).flatMap(({ name, trend }) => rowsOf(name, trend.steps, trend.values));
  const dots = drawn.filter(({ count }) => count <= FEW).flatMap(({ name, steps, values }) => rowsOf(name, steps, values));
  const values = lines.flatMap(({ y }) => (typeof y === "number" ? [y] : []));
  const single = several ? {} : { color: CATEGORY_COLOURS[0] };
  const layer: Json[] = [{ data: { values: lines }, mark: { type: "line", strokeWidth: 1.5, ...single, ...(trends.length > 0 ? { opacity: 0.35 } : {}) } }];
  if (trends.length > 0) {
    layer.push({ data: { values: trends }, mark: { type: "line", strokeWidth: 2, interpolate: "monotone", ...single } });
    // A curve without a trend is not to look pale beside one that has it.
    const plain = drawn.filter((one) => !hasTrend(one)).flatMap(({ name, steps, values }) => rowsOf(name, steps, values));
    if (plain.length > 0) layer.push({ data: { values: plain }, mark: { type: "line", strokeWidth: 2, ...single } });
  }
  if (dots.length > 0) layer.push({ data: { values: dots }, mark: { type: "point", size: 30, filled: true, opacity: 1, ...single } });
  const integers = drawn.every(({ steps }) => steps.every(Number.isInteger));
  return {
    width, height, layer,
    encoding: {
      x: { field: "x", type: "quantitative", title: xTitle, scale: { zero: false, nice: false, domain: first < last ? [first, last] : [first - 1, last + 1] }, axis: { grid: false, ...(integers ? { tickMinStep: 1 } : {}), tickCount: width > 300 ? 8 : 4 } },
      y: {
        field: "y", type: "quantitative", title: several ? pane : all[0]!.name,
        scale: { ...(isLog ? { type: "log", nice: false } : { zero: false }), ...around(values, isLog) },
        axis: { tickCount: height > 150 ? 6 : 4 },
      },
      ...(several ? {
        color: {
          field: "series", type: "nominal",
          scale: { domain: all.map(({ name }) => name), range: all.map((_, i) => CATEGORY_COLOURS[i % CATEGORY_COLOURS.length]) },
          legend: { orient: "top", title: null, symbolType: "stroke", symbolStrokeWidth: 3, symbolOpacity: 1, ...legendFor(all.map(({ name }) => name), width) },
        },
      } : {}),
    },
  };
}

/** As many names side by side as have room above a pane; one that is longer than its pane is cut. */
function legendFor(names: readonly string[], width: number): { readonly columns: number; readonly labelLimit: number } {
  const lengthOf = (name: string): number => [...name].reduce((sum, character) => sum + (character > "\u2e7f" ? HAN : LETTER), BESIDE);
  const columns = Math.floor(width / Math.max(...names.map(lengthOf)));
  return { columns: Math.max(1, Math.min(names.length, columns)), labelLimit: width };
}

/** Where a pane has no value or a single one, Vega has no range to make an axis of. */
function around(values: readonly number[], isLog: boolean): { domain?: [low: number, high: number] } {
  if (values.length === 0) return { domain: [1, 2] };
  const [low, high] = extent(values);
  if (low < high) return {};
  const apart = Math.abs(low) * 0.1 || 1;
  return { domain: isLog ? [low / 1.5, low * 1.5] : [low - apart, low + apart] };
}
