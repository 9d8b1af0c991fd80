/**
 * A tensor as pictures side by side on one sheet: samples that a network draws, images that it restores, its filters. All
 * are on one scale of colours, so that they can be compared.
 */
import type { LivePicture } from "../../view/states/live.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { chooseScale, colourOf } from "../colours.ts";
import type { Rgb } from "../colours.ts";
import { pngUrl } from "../png.ts";
import { ChartDataError, extent, readable } from "../values.ts";

/** More pictures than this are not shown. */
const MOST = 64;
/** Pixels of the pictures of a sheet, at most: about what a small chart weighs. */
const MOST_PIXELS = 1 << 16;
/** A small sheet is enlarged up to this width, in pixels: not every program that shows it enlarges it without blurring. */
const WIDTH = 240;
const GAP: Rgb = [255, 255, 255];

/** The pictures of a tensor: how many, how large, and the colour of each pixel. */
interface Pictures {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  pixel(picture: number, row: number, column: number): Rgb;
  readonly text: string;
}

/** Checks that a shape is that of pictures. @throws ChartDataError when it is not, or they are too large for a sheet */
export function requirePictures(name: string, shape: Shape): void {
  const [height = 0, width = 0] = shape.slice(-2);
  if (shape.length < 2 || shape.length > 4 || shape.includes(0)) {
    throw new ChartDataError(`live.images: ${JSON.stringify(name)} has shape ${formatShape(shape)}; give [height, width], [pictures, height, width] or [pictures, channels, height, width]`);
  }
  if (height * width > MOST_PIXELS) {
    throw new ChartDataError(`live.images: a picture of ${JSON.stringify(name)} is ${height} by ${width}; at most ${MOST_PIXELS} pixels can be shown while a run goes on`);
  }
}

/**
 * @param tensor `[H, W]`, `[N, H, W]`, `[N, 1, H, W]`, `[N, 3, H, W]` in colours, or `[N, C, H, W]`, of which each channel is
 * a picture.
 * @throws ChartDataError when it has another shape, or its pictures are too large for a sheet
 */
export function contactSheet(name: string, tensor: Tensor, step: number | undefined): LivePicture {
  requirePictures(name, tensor.shape);
  const pictures = picturesOf(tensor);
  const shown = Math.min(pictures.count, MOST, Math.max(1, Math.floor(MOST_PIXELS / (pictures.width * pictures.height))));
  const across = Math.min(shown, Math.max(1, Math.ceil(Math.sqrt((1.6 * shown * pictures.height) / pictures.width))));
  const down = Math.ceil(shown / across);
  const [width, height] = [across * (pictures.width + 1) - 1, down * (pictures.height + 1) - 1];
  const times = Math.max(1, Math.round(WIDTH / width));
  const rgb = new Uint8Array(3 * width * height * times * times);
  for (let y = 0; y < height; y++) {
    const [row, line] = [y % (pictures.height + 1), Math.floor(y / (pictures.height + 1))];
    for (let x = 0; x < width; x++) {
      const [column, place] = [x % (pictures.width + 1), Math.floor(x / (pictures.width + 1))];
      const picture = line * across + place;
      const inside = row < pictures.height && column < pictures.width && picture < shown;
      const colour = inside ? pictures.pixel(picture, row, column) : GAP;
      for (let copy = 0; copy < times; copy++) rgb.set(colour, 3 * (y * times * width * times + x * times + copy));
    }
    const first = 3 * y * times * width * times;
    for (let copy = 1; copy < times; copy++) rgb.copyWithin(first + 3 * copy * width * times, first, first + 3 * width * times);
  }
  const part = shown < pictures.count ? `the first ${shown} of ${pictures.text}` : pictures.text;
  return {
    name, text: `${name}: ${part}`, url: pngUrl(width * times, rgb), width: width * times, height: height * times,
    ...(step === undefined ? {} : { step }),
  };
}

function picturesOf(tensor: Tensor): Pictures {
  const { shape } = tensor;
  const colours = shape.length === 4 && shape[1] === 3;
  const [height = 0, width = 0] = shape.slice(-2);
  const count = shape.slice(0, colours ? 1 : -2).reduce((product, size) => product * size, 1);
  const values = tensor.detach().data() as ArrayLike<number>;
  const range = extent(Array.from(values, Number));
  const text = `${count} picture${count === 1 ? "" : "s"} of ${height} by ${width} pixels${colours ? " in colours" : ""}, values ${readable(range[0])} to ${readable(range[1])}`;
  const at = (plane: number, row: number, column: number): number => Number(values[(plane * height + row) * width + column]);
  if (!colours) {
    const scale = chooseScale(range, {}, "greys");
    return { count, height, width, text, pixel: (picture, row, column) => colourOf(at(picture, row, column), scale) };
  }
  // Colours in the usual ranges stay as they are.
  const [low, high] = range[0] >= 0 && range[1] <= 1 ? [0, 1] : range[0] >= 0 && range[1] <= 255 ? [0, 255] : range[0] === range[1] ? [range[0], range[0] + 1] : range;
  const light = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low)))) || 0;
  return {
    count, height, width, text,
    pixel: (picture, row, column) => [light(at(3 * picture, row, column)), light(at(3 * picture + 1, row, column)), light(at(3 * picture + 2, row, column))],
  };
}
