/** What is taken as a picture: rows of grey values, or planes or triples of red, green and blue. */
import { chooseScale, colourOf } from "./colours.ts";
import type { ColourOptions, ColourScale, Rgb } from "./colours.ts";
import type { TableRow } from "./table.ts";
import { asArray, ChartDataError, extent, numberList, numberMatrix, tableNumber } from "./values.ts";
import type { ArrayConvertible, NumberList, NumberMatrix } from "./values.ts";

/**
 * A picture: rows of grey values [height, width]; colour planes [3, height, width] as in PyTorch, or pixels
 * [height, width, 3] as most programs write them; one plane [1, height, width]; or a flat list of grey values.
 */
export type PictureSource = NumberList | NumberMatrix | ArrayLike<ArrayLike<ArrayLike<number>>> | ArrayConvertible;

/** A picture's values: one plane, or three for red, green and blue. */
export interface PictureValues {
  readonly rows: number;
  readonly columns: number;
  readonly planes: readonly (readonly (readonly number[])[])[];
}

/** Reads a picture; `size` is that of one given as a flat list, square when left out. */
export function readPicture(source: unknown, what: string, size?: readonly [height: number, width: number]): PictureValues {
  const elements = asArray(source);
  if (elements === undefined) throw new ChartDataError(`${what} must be a matrix or a list of pixels`);
  const inner = asArray(elements[0]);
  if (inner === undefined) return onePlane(folded(numberList(elements as number[], what), what, size));
  if (asArray(inner[0]) === undefined) return onePlane(numberMatrix(elements as number[][], what));
  const outer = elements.map((one, i) => numberMatrix(one as number[][], `${what}[${i}]`));
  if (outer.length === 1) return onePlane(outer[0]!);
  if (outer.length === 3) {
    const [red, green, blue] = outer as [number[][], number[][], number[][]];
    if (green.length === red.length && blue.length === red.length && green[0]!.length === red[0]!.length && blue[0]!.length === red[0]!.length) {
      return { rows: red.length, columns: red[0]!.length, planes: [red, green, blue] };
    }
  }
  const [rows, columns, channels] = [outer.length, outer[0]!.length, outer[0]![0]!.length];
  if (channels !== 1 && channels !== 3) {
    throw new ChartDataError(`${what} has the shape [${rows}, ${columns}, ${channels}]; a picture is [height, width], [3, height, width] or [height, width, 3]. Several feature maps are drawn by plot.imageGrid`);
  }
  return { rows, columns, planes: Array.from({ length: channels }, (_, k) => outer.map((row) => row.map((pixel) => pixel[k]!))) };
}

function onePlane(plane: readonly (readonly number[])[]): PictureValues {
  return { rows: plane.length, columns: plane[0]!.length, planes: [plane] };
}

/** A flat list as rows. */
function folded(pixels: readonly number[], what: string, size: readonly [height: number, width: number] | undefined): number[][] {
  const side = Math.sqrt(pixels.length);
  const [height, width] = size ?? [side, side];
  if (height * width !== pixels.length || !Number.isInteger(height) || pixels.length === 0) {
    throw new ChartDataError(
      `${what} has ${pixels.length} pixels, which make no ${size === undefined ? "square" : `${height} by ${width} picture`}; give size: [height, width]`,
    );
  }
  return Array.from({ length: height }, (_, row) => pixels.slice(row * width, (row + 1) * width));
}

/** How the values of pictures become colours. */
export interface PictureColours {
  /** The smallest and the largest value. */
  readonly range: readonly [low: number, high: number];
  /** For grey values. */
  readonly scale: ColourScale | undefined;
  colourAt(picture: PictureValues, column: number, row: number): Rgb;
}

/** Chooses colours for pictures of one kind, all on one scale. */
export function picturesColours(pictures: readonly PictureValues[], options: ColourOptions): PictureColours {
  const range = extent(pictures.flatMap(({ planes }) => planes.flat(2)));
  if (pictures[0]!.planes.length === 1) {
    const scale = chooseScale(range, options, "greys");
    return { range, scale, colourAt: ({ planes }, column, row) => colourOf(planes[0]![row]![column]!, scale) };
  }
  if (options.colours !== undefined) throw new ChartDataError(`a picture of red, green and blue has its own colours; leave colours: "${options.colours}" out`);
  // Colours are shares of full light, or bytes; whatever else is stretched over its own range.
  const [low, high] = options.domain ?? (range[0] < 0 ? range : range[1] <= 1 ? [0, 1] : range[1] <= 255 ? [0, 255] : range);
  const channel = (value: number): number => (Number.isFinite(value) ? Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low || 1)))) : 0);
  const colourAt = ({ planes }: PictureValues, column: number, row: number): Rgb => [
    channel(planes[0]![row]![column]!), channel(planes[1]![row]![column]!), channel(planes[2]![row]![column]!),
  ];
  return { range, scale: undefined, colourAt };
}

/** The pixels of a picture as rows of a table. */
export function pictureRows({ planes }: PictureValues): TableRow[] {
  const names = planes.length === 1 ? ["value"] : ["red", "green", "blue"];
  return planes[0]!.flatMap((line, row) => line.map((_, column) => ({
    row, column, ...Object.fromEntries(names.map((name, k) => [name, tableNumber(planes[k]![row]![column]!)])),
  })));
}
