/**
 * The arithmetic behind one number of a feature map: the window of the input that it saw, the kernel, their products, the
 * sum and the bias; or the window and what pooling took of it. Computed anew in double precision from the operands of the
 * call, beside the number that the tensor holds. (The idea of opening a map down to one sum is CNN Explainer's: Wang et al.,
 * "CNN Explainer: Learning Convolutional Neural Networks with Interactive Visualization", 2020.)
 */
import type { Tensor } from "../../tensor/tensor.ts";
import type { RecordedCall, WindowCall } from "./recording.ts";

/** One input channel's part. A number is null where the window reaches over the edge: a convolution counts 0 there. */
export interface ChannelPart {
  readonly channel: number;
  readonly inputs: readonly (readonly (number | null)[])[];
  /** Of a convolution. */
  readonly weights?: readonly (readonly number[])[];
  /** The sum of its products, or of its numbers. */
  readonly sum: number;
}

interface Place {
  readonly map: number;
  readonly row: number;
  readonly column: number;
  /** What the tensor holds there. */
  readonly value: number;
}

/** A number that came out of a window. */
export interface WindowArithmetic extends Place {
  readonly kind: "convolution" | "maximum" | "mean";
  /** The rows of the layer's input that the window lies on, from above; outside the input where it reaches over the edge. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Rows and columns of the layer's input. */
  readonly inputSize: readonly [number, number];
  /** Every input channel that counts, one for pooling. */
  readonly parts: readonly ChannelPart[];
  /** Of all products, or all numbers. */
  readonly sum: number;
  readonly bias?: number;
  /** What a mean divides by. */
  readonly divisor?: number;
  /** Where the largest element lies in the input. */
  readonly at?: readonly [row: number, column: number];
  /** The whole calculation's result. */
  readonly result: number;
}

/** A number of another layer: only what stood at the same place before is known. */
export interface OtherArithmetic extends Place {
  readonly kind: "elementwise" | "other";
  readonly before?: number;
}

export type Arithmetic = WindowArithmetic | OtherArithmetic;

/** The elements of a gapless tensor [C, H, W] by their places. */
class Planes {
  readonly rows: number;
  readonly columns: number;
  readonly #values: ArrayLike<number>;

  constructor(tensor: Tensor) {
    [this.rows, this.columns] = [tensor.shape[1]!, tensor.shape[2]!];
    this.#values = tensor.data() as ArrayLike<number>;
  }

  at(channel: number, row: number, column: number): number {
    return this.#values[(channel * this.rows + row) * this.columns + column]!;
  }

  /** One channel's part of a window; null outside. */
  window(channel: number, rows: readonly number[], columns: readonly number[]): (number | null)[][] {
    const inside = (place: number, size: number): boolean => place >= 0 && place < size;
    return rows.map((row) =>
      columns.map((column) => (inside(row, this.rows) && inside(column, this.columns) ? this.at(channel, row, column) : null)),
    );
  }
}

const taps = (first: number, count: number, step: number): number[] => Array.from({ length: count }, (_, i) => first + i * step);
const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

function ofConvolution(place: Place, { input, weight, bias, attributes }: WindowCall): WindowArithmetic {
  const [strideRows, strideColumns, above, left, dilationRows, dilationColumns, groups] = attributes as number[] & { length: 7 };
  const [outputs, channels, kernelRows, kernelColumns] = weight!.shape as [number, number, number, number];
  const planes = new Planes(input);
  const kernels = weight!.data() as ArrayLike<number>;
  const rows = taps(place.row * strideRows! - above!, kernelRows, dilationRows!);
  const columns = taps(place.column * strideColumns! - left!, kernelColumns, dilationColumns!);
  const group = Math.floor(place.map / (outputs / groups!));
  const parts = Array.from({ length: channels }, (_, i): ChannelPart => {
    const channel = group * channels + i;
    const inputs = planes.window(channel, rows, columns);
    const weights = rows.map((_, r) =>
      columns.map((_, c) => kernels[((place.map * channels + i) * kernelRows + r) * kernelColumns + c]!));
    const sum = total(inputs.flatMap((line, r) => line.map((value, c) => (value ?? 0) * weights[r]![c]!)));
    return { channel, inputs, weights, sum };
  });
  const sum = total(parts.map((part) => part.sum));
  const added = bias === undefined ? undefined : (bias.data() as ArrayLike<number>)[place.map]!;
  return {
    ...place, kind: "convolution", rows, columns, inputSize: [planes.rows, planes.columns], parts, sum,
    ...(added === undefined ? {} : { bias: added }), result: sum + (added ?? 0),
  };
}

/** The rows (or columns) of a pooling window, and how many of them a divisor counts. */
function poolTaps(position: number, size: number, count: number, axis: 0 | 1, attributes: readonly number[]): { taps: number[]; counted: number } {
  const [kernel, stride, padding, dilation] = [0, 2, 4, 6].map((first) => attributes[first + axis]!) as [number, number, number, number];
  if (attributes[8] === 1) {
    const first = Math.floor((position * size) / count);
    const length = Math.ceil(((position + 1) * size) / count) - first;
    return { taps: taps(first, length, 1), counted: length };
  }
  const first = position * stride - padding;
  // A last window that ceilMode keeps may reach beyond the padding; what lies there is not counted.
  return { taps: taps(first, kernel, dilation), counted: Math.min(first + kernel, size + padding) - first };
}

function ofPooling(place: Place, { op, input, attributes }: WindowCall, [outRows, outColumns]: readonly [number, number]): WindowArithmetic {
  const planes = new Planes(input);
  const down = poolTaps(place.row, planes.rows, outRows, 0, attributes);
  const across = poolTaps(place.column, planes.columns, outColumns, 1, attributes);
  const inputs = planes.window(place.map, down.taps, across.taps);
  const numbers = inputs.flat().filter((value) => value !== null);
  const sum = total(numbers);
  const whole = {
    ...place, rows: down.taps, columns: across.taps, inputSize: [planes.rows, planes.columns] as const,
    parts: [{ channel: place.map, inputs, sum }], sum,
  };
  if (op === "averagePool") {
    const [countPadding, given] = [attributes[9] === 1, attributes[10]!];
    const divisor = given !== 0 ? given : countPadding ? down.counted * across.counted : numbers.length;
    return { ...whole, kind: "mean", divisor, result: sum / divisor };
  }
  let at: readonly [number, number] = [-1, -1];
  let largest = -Infinity;
  inputs.forEach((line, r) => line.forEach((value, c) => {
    // Like the native kernel: the first of equals, and a NaN before everything.
    if (value === null || !(value > largest || (Number.isNaN(value) && !Number.isNaN(largest)) || at[0] < 0)) return;
    largest = value;
    at = [down.taps[r]!, across.taps[c]!];
  }));
  return { ...whole, kind: "maximum", at, result: largest };
}

/** How the number at a place of a recorded output came about. */
export function arithmeticOf({ output, window, before }: RecordedCall, map: number, row: number, column: number): Arithmetic {
  const place = { map, row, column, value: new Planes(output).at(map, row, column) };
  if (window?.op === "conv2d") return ofConvolution(place, window);
  if (window !== undefined) return ofPooling(place, window, [output.shape[1]!, output.shape[2]!]);
  if (before === undefined) return { ...place, kind: "other" };
  return { ...place, kind: "elementwise", before: new Planes(before).at(map, row, column) };
}
