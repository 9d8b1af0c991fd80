/**
 * A function of two variables as a landscape. Vega-Lite knows no third dimension: the specification holds the heights, and
 * its expressions turn, tilt and project them (an orthographic view), so that two sliders move the landscape in the page
 * without a kernel. Squares are painted from the far to the near ones (the painter's algorithm; for a landscape seen from
 * above the order of rows and columns is enough).
 */
import { crc32 } from "../serialization/crc32.ts";
import { chart, titled } from "./chart.ts";
import type { Chart, ChartOptions, SpecPart } from "./chart.ts";
import { vegaColourScale } from "./colours.ts";
import type { ColourRamp } from "./colours.ts";
import { legendNumbers } from "./colour-legend.ts";
import { extremes, gridRows, sampleGrid } from "./function-grid.ts";
import type { FunctionOfTwo, PlaneDomain } from "./function-grid.ts";
import { ChartDataError, readable } from "./values.ts";

/** Options of {@link surface}. */
export interface SurfaceOptions extends ChartOptions {
  /** Points in each direction at which a function is asked. Default 29, so that the middle is one of them. */
  samples?: number;
  /** Degrees by which it is turned about the vertical at first. Default 35. */
  turn?: number;
  /** Degrees from which it is looked down upon at first: 0 from the side, 90 from above. Default 30. */
  tilt?: number;
  xTitle?: string;
  yTitle?: string;
  /** The name of the height. Default "value". */
  zTitle?: string;
  /** Default viridis. */
  colours?: ColourRamp;
}

/** The landscape's highest point above its middle, where half of its width is 1. */
const HALF_HEIGHT = 0.6;
const MOST_SAMPLES = 64;

/**
 * Draws a function as a landscape that sliders turn and tilt, such as a loss over two weights. Two landscapes beside each
 * other turn together: `plot.hconcat([plot.surface(…), plot.surface(…)])`.
 *
 * @param f the function, or its values on a grid of equal steps (row 0 at the lowest y).
 * @param domain the part of the plane to show.
 * @example
 * plot.surface((x, y) => x ** 2 - y ** 2, { x: [-1, 1], y: [-1, 1] }, { title: "A saddle" });
 * @throws ChartDataError for a domain that is none, a grid of more than 64 by 64, or a function without a finite value there.
 */
export function surface(f: FunctionOfTwo, domain: PlaneDomain, options: SurfaceOptions = {}): Chart {
  const grid = sampleGrid(f, domain, options.samples ?? 29, "surface");
  const { heights } = grid;
  const [rows, columns] = [heights.length, heights[0]!.length];
  if (Math.max(rows, columns) > MOST_SAMPLES) {
    throw new ChartDataError(`surface: ${rows} by ${columns} heights are too many to turn smoothly; give up to ${MOST_SAMPLES} by ${MOST_SAMPLES}, or draw plot.contour`);
  }
  const ends = extremes(grid);
  if (ends === undefined) throw new ChartDataError("surface: the function has no finite value in this domain");
  const [low, high] = [ends.lowest.height, ends.highest.height];
  const { xTitle = "x", yTitle = "y", zTitle = "value", turn = 35, tilt = 30 } = options;
  const [width, height] = [options.width ?? 440, options.height ?? 330];
  const scale = { ramp: options.colours ?? "viridis", domain: low === high ? [low, low + 1] as const : [low, high] as const };
  const table = heightTable(heights);
  const body = {
    width,
    height,
    params: [
      table,
      { name: "turn", value: turn, bind: { input: "range", min: 0, max: 360, step: 1, name: "turn " } },
      { name: "tilt", value: tilt, bind: { input: "range", min: 5, max: 90, step: 1, name: "tilt " } },
    ],
    // Each part of the drawing is a shape in pixels.
    projection: { type: "identity", scale: 1, translate: [0, 0] },
    layer: [
      floor(width, height),
      {
        data: { sequence: { start: 0, stop: (rows - 1) * (columns - 1), as: "k" } },
        transform: squares([rows, columns, table.name], grid.domain, [low, high], [width, height]),
        mark: { type: "geoshape", stroke: "#FFFFFF", strokeWidth: 0.4, strokeJoin: "round" },
        encoding: {
          shape: { field: "shape", type: "geojson" },
          color: { field: "value", type: "quantitative", scale: vegaColourScale(scale), legend: { title: zTitle, gradientLength: Math.min(200, height), ...legendNumbers(scale) } },
          tooltip: [
            { field: "x", type: "quantitative", title: xTitle, format: ".4~g" },
            { field: "y", type: "quantitative", title: yTitle, format: ".4~g" },
            { field: "value", type: "quantitative", title: zTitle, format: ".4~g" },
          ],
        },
      },
      labels({ domain: grid.domain, titles: [xTitle, yTitle, zTitle], heights: [low, high] }, width, height),
    ],
  };
  const place = (point: { x: number; y: number; height: number }): string => `${readable(point.height)} at (${readable(point.x)}, ${readable(point.y)})`;
  const sentence = `${zTitle} over ${xTitle} ${readable(domain.x[0])} to ${readable(domain.x[1])} and ${yTitle} ${readable(domain.y[0])} to ${readable(domain.y[1])}; smallest ${place(ends.lowest)}, largest ${place(ends.highest)}`;
  return chart(
    options,
    `Surface${titled(options)}. ${sentence}.`,
    body,
    [`  ${sentence}`],
    () => gridRows(grid, [xTitle, yTitle, zTitle]),
  );
}

const SIN = "sin(turn * PI / 180)";
const COS = "cos(turn * PI / 180)";

/**
 * Where a point stands in the picture, as expressions of Vega's: u and v from -1 to 1 over the plane, w from -0.6 to 0.6 up.
 * The page's y goes down.
 */
function projected(u: string, v: string, w: string, width: number, height: number): [x: string, y: string] {
  const size = Math.round(Math.min(width / 3.1, height / 2.5));
  return [
    `${width / 2} + ${size} * ((${u}) * ${COS} - (${v}) * ${SIN})`,
    `${height / 2} - ${size} * (((${u}) * ${SIN} + (${v}) * ${COS}) * sin(tilt * PI / 180) + (${w}) * cos(tilt * PI / 180))`,
  ];
}

/** The heights as one list, row after row, under a name that another landscape beside this one does not have. */
function heightTable(heights: readonly (readonly number[])[]): { name: string; value: (number | null)[] } {
  const value = heights.flat().map((height) => (Number.isFinite(height) ? Number(height.toPrecision(4)) : null));
  return { name: `heights_${crc32(Buffer.from(JSON.stringify(value))).toString(16)}`, value };
}

/** The transforms that make the k-th square of the landscape, counted from the far side to the near one. */
function squares([rows, columns, table]: readonly [number, number, string], domain: PlaneDomain, [low, high]: readonly [number, number], [width, height]: readonly [number, number]): SpecPart[] {
  const calculate = (as: string, expression: string): SpecPart => ({ calculate: expression, as });
  const at = (dj: number, di: number): string => `${table}[(datum.i + ${di}) * ${columns} + datum.j + ${dj}]`;
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
  const up = `${2 * HALF_HEIGHT} / ${high - low || 1}`;
  const pixel = (corner: number): string => {
    const [dj, di] = corners[corner]!;
    const [x, y] = projected(`2 * (datum.j + ${dj}) / ${columns - 1} - 1`, `2 * (datum.i + ${di}) / ${rows - 1} - 1`, `(datum.h${corner} - ${low}) * ${up} - ${HALF_HEIGHT}`, width, height);
    return `[${x}, ${y}]`;
  };
  const axis = ([from, to]: readonly [number, number], name: "i" | "j", count: number): string => `${from} + (datum.${name} + 0.5) * ${(to - from) / (count - 1)}`;
  return [
    calculate("j", `${SIN} < 0 ? datum.k % ${columns - 1} : ${columns - 2} - datum.k % ${columns - 1}`),
    calculate("i", `${COS} < 0 ? floor(datum.k / ${columns - 1}) : ${rows - 2} - floor(datum.k / ${columns - 1})`),
    ...corners.map(([dj, di], corner) => calculate(`h${corner}`, at(dj, di))),
    { filter: corners.map((_, corner) => `isValid(datum.h${corner})`).join(" && ") },
    calculate("value", "(datum.h0 + datum.h1 + datum.h2 + datum.h3) / 4"),
    calculate("x", axis(domain.x, "j", columns)),
    calculate("y", axis(domain.y, "i", rows)),
    calculate("shape", `{type: 'Polygon', coordinates: [[${[0, 1, 2, 3, 0].map(pixel).join(", ")}]]}`),
  ];
}

/** The rectangle under the landscape, and the upright at its left corner. */
function floor(width: number, height: number): SpecPart {
  const point = (u: string, v: string, w: number): string => {
    const [x, y] = projected(u, v, String(w), width, height);
    return `[${x}, ${y}]`;
  };
  const base = [["-1", "-1"], ["1", "-1"], ["1", "1"], ["-1", "1"], ["-1", "-1"]].map(([u, v]) => point(u!, v!, -HALF_HEIGHT));
  const [u, v] = LEFT_CORNER;
  const upright = [point(u, v, -HALF_HEIGHT), point(u, v, HALF_HEIGHT)];
  return {
    data: { values: [{}] },
    transform: [{ calculate: `{type: 'MultiLineString', coordinates: [[${base.join(", ")}], [${upright.join(", ")}]]}`, as: "shape" }],
    mark: { type: "geoshape", filled: false, stroke: "#888888", strokeWidth: 1, tooltip: false },
    encoding: { shape: { field: "shape", type: "geojson" } },
  };
}

/** The corner that is farthest to the left, whichever way it is turned. */
const LEFT_CORNER = [`(${COS} >= 0 ? -1 : 1)`, `(${SIN} >= 0 ? 1 : -1)`] as const;

interface Labelled {
  readonly domain: PlaneDomain;
  readonly titles: readonly [x: string, y: string, z: string];
  readonly heights: readonly [low: number, high: number];
}

/** Of the numbers at the ends of the edges. */
const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Numbers at the ends and names in the middle of the two near edges and of the upright. */
function labels({ domain, titles, heights }: Labelled, width: number, height: number): SpecPart {
  const values = [
    ...[domain.x[0], titles[0], domain.x[1]].map((text, i) => ({ axis: "x", at: i - 1, text: typeof text === "number" ? short(text) : text })),
    ...[domain.y[0], titles[1], domain.y[1]].map((text, i) => ({ axis: "y", at: i - 1, text: typeof text === "number" ? short(text) : text })),
    ...heights.map((value, i) => ({ axis: "z", at: 2 * i - 1, text: short(value) })),
  ];
  const beside = 1.17;
  const near = { v: `(${COS} >= 0 ? -${beside} : ${beside})`, u: `(${SIN} >= 0 ? -${beside} : ${beside})` };
  const [left, back] = LEFT_CORNER;
  const [x, y] = projected(
    `datum.axis == 'x' ? datum.at * 0.94 : datum.axis == 'y' ? ${near.u} : ${left}`,
    `datum.axis == 'y' ? datum.at * 0.94 : datum.axis == 'x' ? ${near.v} : ${back}`,
    `datum.axis == 'z' ? datum.at * ${HALF_HEIGHT} : -${HALF_HEIGHT}`,
    width,
    height,
  );
  const pixel = (field: string): SpecPart => ({ field, type: "quantitative", scale: null, axis: null });
  const encoding = { x: pixel("px"), y: pixel("py"), text: { field: "text", type: "nominal" } };
  return {
    data: { values },
    transform: [{ calculate: x, as: "px" }, { calculate: y, as: "py" }],
    layer: [
      { transform: [{ filter: "datum.axis != 'z'" }], mark: { type: "text", fontSize: 11, tooltip: false }, encoding },
      // Beside the upright, clear of what stands at its foot.
      { transform: [{ filter: "datum.axis == 'z'" }], mark: { type: "text", fontSize: 11, align: "right", dx: -5, dy: -6, tooltip: false }, encoding },
    ],
  };
}
