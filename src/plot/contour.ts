/** A function of two variables as a map: bands of colour, with a line at each height between them. */
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions, SpecPart } from "./chart.ts";
import { rampColours } from "./colours.ts";
import type { ColourRamp } from "./colours.ts";
import { extremes, gridRows, heightBetween, sampleGrid } from "./function-grid.ts";
import type { FunctionGrid, FunctionOfTwo, PlaneDomain } from "./function-grid.ts";
import { isolines, simplified } from "./isolines.ts";
import { paintedPicture } from "./pictures.ts";
import { ChartDataError, chartNumber, numberList, readable } from "./values.ts";
import type { NumberList } from "./values.ts";

/** Options of {@link contour}. */
export interface ContourOptions extends ChartOptions {
  /** The heights of the lines, or about how many to draw at round numbers. Default 10. */
  levels?: number | NumberList;
  /** Points in each direction at which a function is asked. Default 61. */
  samples?: number;
  xTitle?: string;
  yTitle?: string;
  /** The name of the height, over the legend and in the table. Default "value". */
  zTitle?: string;
  /** Default viridis, which is as far apart at every step for colour-blind eyes and in grey (N. Smith and S. van der Walt, 2015). */
  colours?: ColourRamp;
}

/** Pixels of the picture of bands, in each direction. */
const PICTURE = 400;

/**
 * Draws the contours of a function, such as a loss over two weights. A path over it is a layer:
 * `plot.layer([plot.contour(loss, domain), plot.line([{ x, y }])])`.
 *
 * @param f the function, or its values on a grid of equal steps (row 0 at the lowest y).
 * @param domain the part of the plane to show.
 * @example
 * plot.contour((x, y) => x ** 2 + 10 * y ** 2, { x: [-2, 2], y: [-1, 1] }, { levels: [0.5, 2, 8] });
 * @throws ChartDataError for a domain that is none, or a function without a finite value there.
 */
export function contour(f: FunctionOfTwo, domain: PlaneDomain, options: ContourOptions = {}): Chart {
  const grid = sampleGrid(f, domain, options.samples ?? 61, "contour");
  const ends = extremes(grid);
  if (ends === undefined) throw new ChartDataError("contour: the function has no finite value in this domain");
  const { lowest, highest } = ends;
  const levels = levelsOf(options.levels ?? 10, lowest.height, highest.height);
  const colours = rampColours(options.colours ?? "viridis", levels.length + 1);
  const { xTitle, yTitle, zTitle = "value" } = options;
  const [width, height] = [options.width ?? 400, options.height ?? 320];
  const lines = levels.flatMap((level, k) => linesAt(grid, level, `${k}.`).map((point) => ({ ...point, level: chartNumber(level) })));
  const axes = planeAxes(xTitle, yTitle);
  const layer: SpecPart[] = [
    planePicture(domain, bandsPicture(grid, levels, colours), axes, false),
    ...(lines.length === 0 ? [] : [{
      data: { values: lines },
      mark: { type: "line", color: "#FFFFFF", opacity: 0.7, strokeWidth: 1 },
      encoding: { ...axes, detail: { field: "line", type: "nominal" }, order: { field: "i", type: "quantitative" }, tooltip: { field: "level", type: "quantitative", title: zTitle } },
    }]),
    thresholdLegend(levels, colours, zTitle, height),
  ];
  const at = ({ x, y, height: value }: { x: number; y: number; height: number }): string => `${readable(value)} at (${readable(x)}, ${readable(y)})`;
  const sentence = `${zTitle} over ${xTitle ?? "x"} ${readable(domain.x[0])} to ${readable(domain.x[1])} and ${yTitle ?? "y"} ${readable(domain.y[0])} to ${readable(domain.y[1])}; smallest ${at(lowest)}, largest ${at(highest)}`;
  return chart(
    options,
    `Contours${titled(options)}. ${sentence}; lines at ${levels.map(readable).join(", ")}.`,
    { width, height, layer },
    [`  ${sentence}`],
    () => gridRows(grid, [xTitle ?? "x", yTitle ?? "y", zTitle]),
  );
}

/** Axes over exactly what is shown: the picture, and what is layered over it; or over a domain and nothing besides. */
export function planeAxes(xTitle: string | undefined, yTitle: string | undefined, only?: PlaneDomain): { x: SpecPart; y: SpecPart } {
  const axis = (field: "x" | "y", title: string | undefined): SpecPart => ({
    field,
    type: "quantitative",
    title: title ?? null,
    scale: { nice: false, zero: false, ...(only === undefined ? {} : { domain: only[field].map((value) => chartNumber(value)) }) },
    axis: { grid: false, labelFlush: false },
  });
  return { x: axis("x", xTitle), y: axis("y", yTitle) };
}

/** A picture laid over a part of the plane; it stretches with the axes, whatever is layered over it. */
export function planePicture({ x, y }: PlaneDomain, url: string, axes: { x: SpecPart; y: SpecPart }, smooth: boolean): SpecPart {
  return {
    data: { values: [{ x: chartNumber(x[0]), x2: chartNumber(x[1]), y: chartNumber(y[0]), y2: chartNumber(y[1]), url }] },
    mark: { type: "image", aspect: false, smooth, tooltip: false },
    encoding: { url: { field: "url", type: "nominal" }, x: axes.x, y: axes.y, x2: { field: "x2" }, y2: { field: "y2" } },
  };
}

/** The lines at one height as rows of points in the plane. */
export function linesAt({ domain, heights }: FunctionGrid, level: number, name = ""): LinePoint[] {
  const across = (domain.x[1] - domain.x[0]) / (heights[0]!.length - 1);
  const up = (domain.y[1] - domain.y[0]) / (heights.length - 1);
  // As fine as a pixel or so: a thousandth of the range.
  const rounded = (value: number, step: number): number => Number(value.toFixed(Math.max(0, Math.ceil(-Math.log10(step)) + 1))) + 0;
  return isolines(heights, level).flatMap((places, line) => simplified(places, LINE_TOLERANCE).map(([column, row], i) => ({
    x: rounded(domain.x[0] + column * across, across),
    y: rounded(domain.y[0] + row * up, up),
    line: `${name}${line}`,
    i,
  })));
}

/** A point of a line of equal height; points of one line have its name and count up. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly line: string;
  readonly i: number;
}

/** How far a line may be moved to save points, in steps of the grid. */
const LINE_TOLERANCE = 0.04;

function levelsOf(given: number | NumberList, low: number, high: number): number[] {
  if (typeof given !== "number") {
    const levels = numberList(given, "contour: levels");
    if (levels.length === 0 || levels.some((level, i) => !Number.isFinite(level) || (i > 0 && level <= levels[i - 1]!))) {
      throw new ChartDataError(`contour: levels must rise from one to the next, but are ${levels.join(", ") || "none"}`);
    }
    return levels;
  }
  if (!Number.isInteger(given) || given < 1) throw new ChartDataError(`contour: levels must be a whole number from 1 or a list of heights, but is ${given}`);
  if (low === high) return [low];
  // Steps of 1, 2 or 5 times a power of ten.
  const raw = (high - low) / (given + 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((multiple) => multiple * power >= raw) ?? 10);
  const first = Math.floor(low / step) + 1;
  const count = Math.ceil(high / step) - first;
  return Array.from({ length: Math.max(1, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function bandsPicture({ heights }: FunctionGrid, levels: readonly number[], colours: readonly (readonly [number, number, number])[]): string {
  const place = (pixel: number, points: number): number => ((pixel + 0.5) / PICTURE) * (points - 1);
  return paintedPicture(PICTURE, PICTURE, (column, row) => {
    const value = heightBetween(heights, place(column, heights[0]!.length), place(PICTURE - 1 - row, heights.length));
    if (!Number.isFinite(value)) return undefined;
    const band = levels.findIndex((level) => value < level);
    return colours[band < 0 ? levels.length : band]!;
  });
}

function thresholdLegend(levels: readonly number[], colours: readonly (readonly [number, number, number])[], title: string, height: number): SpecPart {
  const hex = colours.map((rgb) => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`);
  return {
    data: { values: [{ value: levels[0] }] },
    mark: { type: "point", opacity: 0, tooltip: false },
    encoding: {
      x: { value: 0 },
      y: { value: 0 },
      color: {
        field: "value",
        type: "quantitative",
        scale: { type: "threshold", domain: levels.map((level) => chartNumber(level)), range: hex },
        legend: { title, gradientLength: Math.min(240, height), gradientOpacity: 1 },
      },
    },
  };
}
