/** One picture: a digit, a photo, the weights of a neuron. */
import { chart } from "./chart.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import type { ColourOptions } from "./colours.ts";
import { colourLegend } from "./colour-legend.ts";
import { picturesColours, pictureRows, readPicture } from "./picture-values.ts";
import type { PictureSource } from "./picture-values.ts";
import { enlarged } from "./pictures.ts";
import { readable } from "./values.ts";

/** Options of {@link image}. Here `width` is that of the picture in pixels of the page, and the height follows from it. */
export interface ImageOptions extends Omit<ChartOptions, "height">, ColourOptions {
  /** Rows and columns, where the picture is given as a flat list. Default: square. */
  size?: readonly [height: number, width: number];
  /** Whether to show the scale of colours. Default: for diverging colours. */
  legend?: boolean;
}

const SHOWN_WIDTH = 280;
const HIGHEST = 480;

/**
 * Draws one picture, its pixels apart and not blurred. Grey values go from white (smallest) to black, or to two colours
 * about zero when there are negative ones. Values of red, green and blue are taken as 0 to 1, or as 0 to 255 where larger
 * ones occur.
 *
 * @param picture [height, width], [3, height, width], [height, width, 3], or a flat list of grey values.
 * @example
 * plot.image(test.images.select(0, 7), { title: "A seven" });
 * @throws ChartDataError for what is no picture.
 */
export function image(picture: PictureSource, options: ImageOptions = {}): Chart {
  const values = readPicture(picture, "image", options.size);
  const { rows, columns } = values;
  const { range, scale, colourAt } = picturesColours([values], options);
  const width = Math.round(options.width ?? Math.min(SHOWN_WIDTH, (HIGHEST * columns) / rows));
  const height = Math.max(1, Math.round((width * rows) / columns));
  const url = enlarged(rows, columns, width, (column, row) => colourAt(values, column, row));
  const pixel = (field: string): object => ({ field, type: "quantitative", scale: null, axis: null });
  const layer: object[] = [{
    data: { values: [{ x: width / 2, y: height / 2, url }] },
    mark: { type: "image", width, height, aspect: false, smooth: false, tooltip: false },
    encoding: { url: { field: "url", type: "nominal" }, x: pixel("x"), y: pixel("y") },
  }];
  if (scale !== undefined && (options.legend ?? scale.ramp === "diverging")) layer.push(colourLegend(scale, Math.min(160, height)));
  const sentence = `${rows} by ${columns} pixels${scale === undefined ? " in colour" : ""}, values ${readable(range[0])} to ${readable(range[1])}`;
  return chart(
    options,
    `Picture${options.title === undefined ? "" : `, ${options.title}`}: ${sentence}.`,
    { width, height, layer },
    [`  ${sentence}`],
    () => pictureRows(values),
  );
}
