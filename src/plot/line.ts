/** Line charts: one or several series of numbers over a common axis, such as a loss over the steps of a training. */
import { chart } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import { sparkline } from "./sparkline.ts";
import { asArray, ChartDataError, chartNumber, extent, loneValueAxis, numberList, readable, tableNumber } from "./values.ts";
import type { NumberList } from "./values.ts";

/** One line of a chart. */
export interface LineSeries {
  /** Heights. */
  y: NumberList;
  /** Positions, as many as heights. Default: the option `x`, or else 0, 1, 2, … */
  x?: NumberList;
  /** Its name in the legend. */
  name?: string;
}

/** What to draw: one series of heights, several by name, or several with their own positions. */
export type LineData = NumberList | Readonly<Record<string, NumberList>> | readonly LineSeries[];

/** Options of {@link line}. */
export interface LineOptions extends ChartOptions {
  /** Positions for every series without its own. */
  x?: NumberList;
  xTitle?: string;
  yTitle?: string;
  /** "log" leaves out what is not above zero. Default "linear". */
  xScale?: "linear" | "log";
  yScale?: "linear" | "log";
  /** Lowest and highest value of the vertical axis. Default: as the data need. */
  yDomain?: readonly [low: number, high: number];
  /** Whether to mark each point. Default false. */
  points?: boolean;
}

interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** More points than this a line are thinned: the drawing is some 500 pixels wide. */
const MOST_POINTS = 600;

/**
 * Draws lines.
 *
 * A series of more than 600 points is drawn by the smallest and largest value of each of 300 stretches, so that no spike
 * is lost. Values that are not finite leave a gap. The points are joined in the order in which they are given, so that a
 * path may turn back.
 *
 * @example
 * plot.line({ training: losses, validation: others }, { title: "Loss", xTitle: "epoch", yScale: "log" });
 */
export function line(data: LineData, options: LineOptions = {}): Chart {
  const series = seriesOf(data, options.x);
  const { xTitle, yTitle, xScale = "linear", yScale = "linear" } = options;
  const several = series.length > 1;
  const single = several ? {} : { color: CATEGORY_COLOURS[0] };
  // Vega-Lite draws from left to right unless it is told an order.
  const goesBack = series.some(({ x }) => x.some((value, i) => i > 0 && value < x[i - 1]!));
  const rows = series.flatMap(({ name, x, y }) => thinned(x, y, MOST_POINTS).map((i) => ({
    x: placeOn(xScale, x[i]!),
    y: placeOn(yScale, y[i]!),
    ...(several ? { series: name } : {}),
    ...(goesBack ? { i } : {}),
  })));
  // Where there is nothing to show, Vega has no range to make axes of.
  const empty = rows.some(({ x, y }) => x !== null && y !== null) ? undefined : [1, 2];
  const integers = series.every(({ x }) => x.every(Number.isInteger));
  const body = {
    width: options.width ?? 480,
    height: options.height ?? 260,
    data: { values: rows },
    mark: {
      type: "line",
      strokeWidth: rows.length > 200 * series.length ? 1.5 : 2,
      ...single,
      ...(options.yDomain === undefined ? {} : { clip: true }),
      // Unseen points carry the tooltips.
      point: options.points === true ? { size: 40, filled: true, ...single } : "transparent",
      tooltip: true,
    },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: xTitle ?? null,
        scale: { ...scaleOf(xScale), nice: false, ...domainOf(empty) },
        axis: { grid: false, labelFlush: false, ...(integers ? { tickMinStep: 1 } : {}), ...loneValueAxis(rows.map(({ x }) => x)).axis },
      },
      y: {
        field: "y",
        type: "quantitative",
        title: yTitle ?? null,
        scale: { ...scaleOf(yScale), ...domainOf(options.yDomain ?? empty) },
        ...loneValueAxis(rows.map(({ y }) => y)),
      },
      ...(several ? { color: colourOfSeries(series) } : {}),
      ...(goesBack ? { order: { field: "i", type: "quantitative" } } : {}),
    },
  };
  const sentences = series.map((one) => describeSeries(one, yScale));
  const subject = options.title ?? ([yTitle, xTitle].filter(Boolean).join(" by ") || "values");
  const nameWidth = Math.max(...series.map(({ name }) => name.length));
  return chart(
    options,
    `Line chart, ${subject}. ${series.map(({ name }, i) => `${several ? `${name}: ` : ""}${sentences[i]}`).join("; ")}.`,
    body,
    series.map(({ name, y }, i) => `  ${several ? `${name.padEnd(nameWidth)}  ` : ""}${sparkline(y)}  ${sentences[i]}`),
    () => series.flatMap(({ name, x, y }) => y.map((value, i) => ({
      ...(several ? { series: name } : {}),
      [xTitle ?? "x"]: tableNumber(x[i]!),
      [yTitle ?? "y"]: tableNumber(value),
    }))),
  );
}

/** Vega-Lite warns when a logarithmic scale is told anything about zero; rounded to powers of ten it would waste space. */
function scaleOf(type: "linear" | "log"): Record<string, unknown> {
  return type === "log" ? { type, nice: false } : { type, zero: false };
}

function domainOf(domain: readonly number[] | undefined): Record<string, unknown> {
  return domain === undefined ? {} : { domain: [...domain] };
}

function colourOfSeries(series: readonly Series[]): Record<string, unknown> {
  return {
    field: "series",
    type: "nominal",
    scale: {
      domain: series.map(({ name }) => name),
      range: series.map((_, i) => CATEGORY_COLOURS[i % CATEGORY_COLOURS.length]),
    },
    legend: { orient: "top", title: null, symbolStrokeWidth: 3 },
  };
}

function seriesOf(data: LineData, sharedX: NumberList | undefined): Series[] {
  const given = separate(data);
  if (given.length === 0) throw new ChartDataError("line: there is nothing to draw; give at least one series");
  const names = new Set<string>();
  return given.map(({ name, x = sharedX, y }, index) => {
    const label = name ?? `series ${index + 1}`;
    if (names.has(label)) throw new ChartDataError(`line: two series are called "${label}"; give each a name of its own`);
    names.add(label);
    const heights = numberList(y, `line: ${label}`);
    const positions = x === undefined ? heights.map((_, i) => i) : numberList(x, `line: the x of ${label}`);
    if (positions.length !== heights.length) {
      throw new ChartDataError(`line: ${label} has ${heights.length} values but ${positions.length} positions x; they must be as many`);
    }
    return { name: label, x: positions, y: heights };
  });
}

function separate(data: LineData): readonly LineSeries[] {
  const list = asArray(data);
  if (list === undefined) return Object.entries(data as Record<string, NumberList>).map(([name, y]) => ({ name, y }));
  const isSeries = (value: unknown): boolean => typeof value === "object" && value !== null && "y" in value;
  return list.length > 0 && list.every(isSeries) ? (list as LineSeries[]) : [{ y: list as number[] }];
}

/** The indices of the points to draw: all, or the lowest and highest of each of `most / 2` stretches. */
export function thinned(x: readonly number[], y: readonly number[], most: number): number[] {
  if (y.length <= most) return Array.from(x.keys());
  const stretches = most / 2;
  const kept = new Set<number>([0, y.length - 1]);
  for (let s = 0; s < stretches; s++) {
    const first = Math.floor((s * y.length) / stretches);
    const end = Math.floor(((s + 1) * y.length) / stretches);
    const indices = Array.from({ length: end - first }, (_, i) => first + i);
    const finite = indices.filter((i) => Number.isFinite(y[i]));
    if (finite.length < indices.length) kept.add(indices.find((i) => !Number.isFinite(y[i]))!);
    if (finite.length === 0) continue;
    kept.add(finite.reduce((lowest, i) => (y[i]! < y[lowest]! ? i : lowest)));
    kept.add(finite.reduce((highest, i) => (y[i]! > y[highest]! ? i : highest)));
  }
  return [...kept].sort((a, b) => a - b);
}

/** On a logarithmic axis there is no place for zero and below. */
function placeOn(scale: "linear" | "log", value: number): number | null {
  return scale === "log" && value <= 0 ? null : chartNumber(value);
}

function describeSeries({ x, y }: Series, yScale: "linear" | "log"): string {
  if (y.length === 0) return "no points";
  const shown = y.filter((value) => Number.isFinite(value) && (yScale === "linear" || value > 0));
  const missing = y.length - shown.length;
  const gap = missing === 0 ? "" : `, ${missing} not drawn (${yScale === "log" ? "not above zero or not finite" : "not finite"})`;
  if (shown.length === 0) return `${y.length} points${gap}`;
  const [smallest, largest] = extent(shown);
  const at = (value: number): string => readable(x[y.indexOf(value)]!);
  return `${y.length} points from ${readable(y[0]!)} to ${readable(y.at(-1)!)}, `
    + `smallest ${readable(smallest)} at ${at(smallest)}, largest ${readable(largest)} at ${at(largest)}${gap}`;
}
