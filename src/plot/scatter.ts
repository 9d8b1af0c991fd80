/** Scatter charts: points in the plane, with a line through them if wanted, such as data and a fitted model. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { CATEGORY_COLOURS } from "./colours.ts";
import { ChartDataError, chartNumber, extent, loneValueAxis, namesOf, numberList, readable, tableNumber } from "./values.ts";
import type { NameList, NumberList } from "./values.ts";

/** Options of {@link scatter}. */
export interface ScatterOptions extends ChartOptions {
  xTitle?: string;
  yTitle?: string;
  /** The class of each point: points of one class have one colour. */
  labels?: NameList;
  /** A line over the points: a function of x, drawn from the leftmost to the rightmost point, or its own points. */
  line?: ((x: number) => number) | { x: NumberList; y: NumberList };
  /** The line's name in the legend. Default "fit". */
  lineName?: string;
}

/** Points at which a function is drawn. */
const SAMPLES = 100;

/**
 * Draws points.
 *
 * @example
 * plot.scatter(scores, values, { line: (score) => 300 + 20 * score, xTitle: "score", yTitle: "value" });
 */
export function scatter(x: NumberList, y: NumberList, options: ScatterOptions = {}): Chart {
  const xs = numberList(x, "scatter: x");
  const ys = numberList(y, "scatter: y");
  if (xs.length !== ys.length) {
    throw new ChartDataError(`scatter: there are ${xs.length} x but ${ys.length} y; each point needs both`);
  }
  const { labels, xTitle, yTitle, lineName = "fit" } = options;
  const classes = labels === undefined ? undefined : namesOf(labels, xs.length, "scatter: labels");
  const classNames = [...new Set(classes)];
  const overlay = options.line === undefined ? undefined : linePoints(options.line, extent(xs));
  const domain = [...classNames, ...(overlay === undefined ? [] : [lineName])];
  const colour = {
    type: "nominal",
    scale: { domain, range: domain.map((name, i) => (name === lineName && overlay !== undefined
      ? CATEGORY_COLOURS[1]
      : CATEGORY_COLOURS[(overlay !== undefined && i > 0 ? i + 1 : i) % CATEGORY_COLOURS.length])) },
    legend: { orient: "top", title: null },
  };
  const axes = {
    x: { field: "x", type: "quantitative", title: xTitle ?? null, scale: { zero: false }, axis: { labelFlush: false, ...loneValueAxis(xs).axis } },
    y: { field: "y", type: "quantitative", title: yTitle ?? null, scale: { zero: false }, ...loneValueAxis([...ys, ...(overlay ?? []).map((point) => point.y)]) },
  };
  const points = {
    data: { values: xs.map((value, i) => ({
      x: chartNumber(value),
      y: chartNumber(ys[i]!),
      ...(classes === undefined ? {} : { label: classes[i] }),
    })) },
    mark: { type: "point", filled: true, size: 50, opacity: 0.75, color: CATEGORY_COLOURS[0], tooltip: true },
    encoding: { ...axes, ...(classes === undefined ? {} : { color: { field: "label", ...colour } }) },
  };
  const through = overlay && {
    data: { values: overlay.map((point) => ({ x: chartNumber(point.x), y: chartNumber(point.y), label: lineName })) },
    mark: { type: "line", strokeWidth: 2.5 },
    encoding: { ...axes, color: { field: "label", ...colour } },
  };
  const [left, right] = extent(xs);
  const [bottom, top] = extent(ys);
  const ranges = `${xTitle ?? "x"} ${readable(left)} to ${readable(right)}, ${yTitle ?? "y"} ${readable(bottom)} to ${readable(top)}`;
  const extras = [
    classNames.length > 0 ? `in ${classNames.length} classes: ${classNames.join(", ")}` : "",
    overlay === undefined ? "" : `with a line (${lineName}) ${describeLine(overlay)}`,
  ].filter(Boolean).join("; ");
  const sentence = `${xs.length} points, ${ranges}${extras === "" ? "" : `; ${extras}`}`;
  return chart(
    options,
    `Scatter chart${titled(options)}. ${sentence}.`,
    { width: options.width ?? 440, height: options.height ?? 300, layer: through ? [points, through] : [points] },
    [`  ${sentence}`],
    () => xs.map((value, i) => ({
      [xTitle ?? "x"]: tableNumber(value),
      [yTitle ?? "y"]: tableNumber(ys[i]!),
      ...(classes === undefined ? {} : { label: classes[i]! }),
    })),
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function linePoints(given: NonNullable<ScatterOptions["line"]>, [left, right]: readonly [number, number]): Point[] {
  if (typeof given === "function") {
    return Array.from({ length: SAMPLES }, (_, i) => left + ((right - left) * i) / (SAMPLES - 1)).map((x) => ({ x, y: given(x) }));
  }
  const xs = numberList(given.x, "scatter: line.x");
  const ys = numberList(given.y, "scatter: line.y");
  if (xs.length !== ys.length) throw new ChartDataError(`scatter: the line has ${xs.length} x but ${ys.length} y`);
  return xs.map((x, i) => ({ x, y: ys[i]! }));
}

function describeLine(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "without points";
  return `from (${readable(first.x)}, ${readable(first.y)}) to (${readable(last.x)}, ${readable(last.y)})`;
}
