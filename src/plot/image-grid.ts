/** A grid of pictures, such as digits of a data set or the weights of each class of a classifier. */
import { chart } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import type { ColourOptions } from "./colours.ts";
import { colourLegend } from "./colour-legend.ts";
import { picturesColours, pictureRows, readPicture } from "./picture-values.ts";
import type { PictureSource } from "./picture-values.ts";
import { enlarged } from "./pictures.ts";
import { asArray, ChartDataError, namesOf, readable } from "./values.ts";
import type { ArrayConvertible, NameList } from "./values.ts";

/** Options of {@link imageGrid}. Here `width` is that of the whole grid in pixels, and `height` follows from it. */
export interface ImageGridOptions extends Omit<ChartOptions, "height">, ColourOptions {
  /** A caption above each picture. */
  captions?: NameList;
  /** How many pictures stand side by side. Default: 5, or 10 for more than twenty pictures. */
  perRow?: number;
  /** Rows and columns of a picture, where pictures are given as flat lists. Default: square. */
  size?: readonly [height: number, width: number];
  /** Whether to show the scale of colours. Default: for diverging colours. */
  legend?: boolean;
}

/** Pictures of one size: a list of them, or a tensor [count, height, width] or [count, channels, height, width]. */
export type ImageList = ArrayLike<PictureSource> | ArrayConvertible;

const GAP = 10;
const CAPTION_HEIGHT = 18;
const LARGEST_PICTURE = 112;
const SMALLEST_PICTURE = 8;
const GRID_WIDTH = 530;

/**
 * Draws pictures in a grid, all on one scale of colours: greys, or colours symmetric about zero when there are negative
 * values.
 *
 * @example
 * plot.imageGrid(model.weight.reshape([10, 28, 28]), { captions: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
 */
export function imageGrid(pictures: ImageList, options: ImageGridOptions = {}): Chart {
  const list = asArray(pictures);
  if (list === undefined || list.length === 0) throw new ChartDataError("imageGrid: give a list of at least one picture");
  const { captions, perRow = list.length > 20 ? 10 : 5 } = options;
  const names = namesOf(captions, list.length, "imageGrid: captions");
  if (!Number.isInteger(perRow) || perRow < 1) throw new ChartDataError(`imageGrid: perRow must be a whole number from 1, but is ${perRow}`);
  const grids = list.map((one, index) => readPicture(one, `imageGrid: picture ${index}`, options.size));
  const { rows, columns, planes } = grids[0]!;
  const odd = grids.findIndex((grid) => grid.rows !== rows || grid.columns !== columns || grid.planes.length !== planes.length);
  if (odd >= 0) {
    const kind = (grid: (typeof grids)[number]): string => `${grid.rows} by ${grid.columns}${grid.planes.length === planes.length ? "" : grid.planes.length === 1 ? " in grey" : " in colour"}`;
    throw new ChartDataError(`imageGrid: picture ${odd} is ${kind(grids[odd]!)}, but the first is ${rows} by ${columns}; draw them apart`);
  }
  const { range, scale, colourAt } = picturesColours(grids, options);
  const across = Math.min(perRow, list.length);
  const room = Math.floor((options.width ?? GRID_WIDTH) / across);
  const place = GAP + Math.min(LARGEST_PICTURE, Math.max(SMALLEST_PICTURE, room - GAP));
  const pictureWidth = (place - GAP) * Math.min(1, columns / rows);
  const pictureHeight = (pictureWidth * rows) / columns;
  const top = captions === undefined ? 0 : CAPTION_HEIGHT;
  const rowHeight = pictureHeight + GAP + top;
  const down = Math.ceil(list.length / across);
  const values = grids.map((grid, index) => ({
    x: place * (index % across) + place / 2,
    y: rowHeight * Math.floor(index / across) + top + pictureHeight / 2,
    captionY: rowHeight * Math.floor(index / across) + top / 2,
    url: enlarged(rows, columns, pictureWidth, (column, row) => colourAt(grid, column, row)),
    caption: names[index],
  }));
  const atPixel = (field: string): Record<string, unknown> => ({ field, type: "quantitative", scale: null, axis: null });
  const layer: Record<string, unknown>[] = [{
    mark: { type: "image", width: pictureWidth, height: pictureHeight, aspect: false, smooth: false },
    encoding: {
      url: { field: "url", type: "nominal" },
      x: atPixel("x"),
      y: atPixel("y"),
      tooltip: { field: "caption", type: "nominal" },
    },
  }];
  if (captions !== undefined) {
    layer.push({
      mark: { type: "text", fontSize: 12, baseline: "middle" },
      encoding: { x: atPixel("x"), y: atPixel("captionY"), text: { field: "caption", type: "nominal" } },
    });
  }
  if (scale !== undefined && (options.legend ?? scale.ramp === "diverging")) layer.push({ ...colourLegend(scale, Math.min(160, rowHeight * down - GAP)) });
  const named = captions === undefined ? "" : `: ${names.join(", ")}`;
  const sentence = `${list.length} pictures of ${rows} by ${columns} pixels${named}; values ${readable(range[0])} to ${readable(range[1])}`;
  return chart(
    options,
    `${options.title === undefined ? "" : `${options.title}. `}${sentence}.`,
    { width: place * across, height: rowHeight * down - GAP, data: { values }, layer },
    [`  ${sentence}`],
    () => grids.flatMap((grid, i) => pictureRows(grid).map((row) => ({ picture: captions === undefined ? i : names[i]!, ...row }))),
  );
}
