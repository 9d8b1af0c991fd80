/**
 * One gate or state over time as a picture: a row for each hidden unit, a column for each step. A picture and not rectangles,
 * because six of them stand in one output, and a saved notebook is to stay small.
 */
import { chart } from "../../plot/chart.ts";
import type { Chart } from "../../plot/chart.ts";
import { colourLegend } from "../../plot/colour-legend.ts";
import type { ColourScale } from "../../plot/colours.ts";
import { matrixPicture } from "../../plot/pictures.ts";
import { extent, readable } from "../../plot/values.ts";

export interface GatePictureOptions {
  /** Whether values have a sign; those that have none lie between 0 and 1. */
  readonly signed: boolean;
  /** The number of each row's unit. */
  readonly units: readonly number[];
  /** The name of each step; numbers when undefined. */
  readonly steps: readonly string[] | undefined;
  readonly withStepTitle: boolean;
}

const width = 264;
const [tallestRow, tallest, smallest] = [18, 150, 40];
/** About as many labels as fit beside a picture, and above it. */
const [mostRowLabels, mostStepLabels] = [10, 30];

/** An axis with the names of whole cells in their middles. */
function axisOf(names: readonly string[], most: number): object {
  const every = [1, 2, 5, 10, 20, 50, 100].find((step) => names.length / step <= most) ?? 200;
  return {
    values: Array.from({ length: Math.ceil(names.length / every) }, (_, i) => i * every + 0.5),
    labelExpr: `${JSON.stringify(names)}[floor(datum.value)]`,
    labelAngle: 0,
    labelPadding: 3,
    grid: false,
    ticks: false,
    domain: false,
  };
}

/** Draws rows of units. */
export function gatePicture(title: string, cells: readonly (readonly number[])[], { signed, units, steps, withStepTitle }: GatePictureOptions): Chart {
  const [rows, columns] = [cells.length, cells[0]!.length];
  const range = extent(cells.flat());
  // States of most layers lie between -1 and 1, and one scale for all of them lets them be compared.
  const reach = Math.max(1, -range[0], range[1]);
  const scale: ColourScale = signed ? { ramp: "diverging", domain: [-reach, reach] } : { ramp: "sequential", domain: [0, 1] };
  const height = Math.max(smallest, Math.min(tallest, tallestRow * rows));
  const numbers = Array.from({ length: columns }, (_, step) => String(step));
  // A letter takes less room than a number.
  const most = (steps ?? numbers).every(({ length }) => length < 2) ? mostStepLabels : mostStepLabels / 2;
  const sentence = `${rows} units over ${columns} steps, values ${readable(range[0])} to ${readable(range[1])}`;
  const body = {
    width,
    height,
    layer: [
      {
        data: { values: [{ x: columns / 2, y: rows / 2, url: matrixPicture(cells, scale, width) }] },
        mark: { type: "image", width, height, aspect: false, smooth: false },
        encoding: {
          url: { field: "url", type: "nominal" },
          x: {
            field: "x", type: "quantitative", scale: { domain: [0, columns], nice: false },
            axis: { ...axisOf(steps ?? numbers, most), orient: "top", title: withStepTitle ? "step" : null },
          },
          y: {
            field: "y", type: "quantitative", scale: { domain: [rows, 0], nice: false },
            axis: { ...axisOf(units.map(String), mostRowLabels), title: "unit" },
          },
        },
      },
      colourLegend(scale, height),
    ],
  };
  return chart({ title }, `${title}: ${sentence}.`, body, [`  ${sentence}`]);
}
