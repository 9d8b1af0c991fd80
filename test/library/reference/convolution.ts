/**
 * Convolutions and windows in the reference: every op as the sum that defines it.
 */
import { build } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

type Pair = readonly [number, number];

/** A window's way over an image; `before` is the padding in front. */
export interface WindowSizes {
  kernel: Pair;
  stride: Pair;
  dilation: Pair;
  before: Pair;
}

/** The element at an index, 0 outside. */
function at({ shape, values }: ReferenceArray, ...index: number[]): number {
  let position = 0;
  for (const [d, size] of shape.entries()) {
    if (index[d]! < 0 || index[d]! >= size) return 0;
    position = position * size + index[d]!;
  }
  return values[position]!;
}

/** How many windows fit, with as much padding behind as in front. */
const windowsOf = (size: Pair, { kernel, stride, dilation, before }: WindowSizes): Pair => {
  const along = (axis: 0 | 1): number =>
    Math.floor((size[axis] + 2 * before[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  return [along(0), along(1)];
};

const sizeOf = ({ shape }: ReferenceArray): Pair => [shape[2]!, shape[3]!];

/** Sums a function over the taps of a window. */
function sumOverTaps([rows, columns]: Pair, term: (row: number, column: number) => number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) sum += term(row, column);
  return sum;
}

const biasAt = (bias: ReferenceArray | undefined, channel: number): number => (bias === undefined ? 0 : bias.values[channel]!);

/** `size` is that of the result where padding is not the same on both sides. */
export function conv2d(
  input: ReferenceArray,
  weight: ReferenceArray,
  bias: ReferenceArray | undefined,
  sizes: WindowSizes,
  groups: number,
  size: Pair = windowsOf(sizeOf(input), sizes),
): ReferenceArray {
  const { kernel, stride, dilation, before } = sizes;
  const outputs = weight.shape[0]!;
  const channels = weight.shape[1]!;
  return build([input.shape[0]!, outputs, ...size], ([n, o, y, x]) => {
    const first = Math.floor(o! / (outputs / groups)) * channels;
    let sum = biasAt(bias, o!);
    for (let c = 0; c < channels; c++) {
      sum += sumOverTaps(kernel, (t, u) => {
        const row = y! * stride[0] + t * dilation[0] - before[0];
        const column = x! * stride[1] + u * dilation[1] - before[1];
        return at(input, n!, first + c, row, column) * at(weight, o!, c, t, u);
      });
    }
    return sum;
  });
}

export function convTranspose2d(
  input: ReferenceArray,
  weight: ReferenceArray,
  bias: ReferenceArray | undefined,
  { kernel, stride, dilation, before }: WindowSizes,
  groups: number,
  outputPadding: Pair,
): ReferenceArray {
  const along = (axis: 0 | 1): number =>
    (sizeOf(input)[axis] - 1) * stride[axis] - 2 * before[axis] + dilation[axis] * (kernel[axis] - 1) + outputPadding[axis] + 1;
  const ofGroup = weight.shape[1]!;
  const channels = input.shape[1]! / groups;
  const result = build([input.shape[0]!, ofGroup * groups, along(0), along(1)], ([, o]) => biasAt(bias, o!));
  const [, outputs, height, width] = result.shape as [number, number, number, number];
  // As it is told: every number of the input spread over a window.
  build(input.shape, ([n, c, y, x]) => {
    const first = Math.floor(c! / channels) * ofGroup;
    for (let o = 0; o < ofGroup; o++) {
      for (let t = 0; t < kernel[0]; t++) {
        for (let u = 0; u < kernel[1]; u++) {
          const row = y! * stride[0] + t * dilation[0] - before[0];
          const column = x! * stride[1] + u * dilation[1] - before[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const place = ((n! * outputs + first + o) * height + row) * width + column;
          result.values[place]! += at(input, n!, c!, y!, x!) * at(weight, c!, o, t, u);
        }
      }
    }
    return 0;
  });
  return result;
}

export function unfold(input: ReferenceArray, sizes: WindowSizes): ReferenceArray {
  const { kernel, stride, dilation, before } = sizes;
  const windows = windowsOf(sizeOf(input), sizes);
  const taps = kernel[0] * kernel[1];
  return build([input.shape[0]!, input.shape[1]! * taps, windows[0] * windows[1]], ([n, line, window]) => {
    const tap = line! % taps;
    const row = Math.floor(window! / windows[1]) * stride[0] + Math.floor(tap / kernel[1]) * dilation[0] - before[0];
    const column = (window! % windows[1]) * stride[1] + (tap % kernel[1]) * dilation[1] - before[1];
    return at(input, n!, Math.floor(line! / taps), row, column);
  });
}

export function fold(columns: ReferenceArray, size: Pair, sizes: WindowSizes): ReferenceArray {
  const { kernel, stride, dilation, before } = sizes;
  const windows = windowsOf(size, sizes);
  const taps = kernel[0] * kernel[1];
  return build([columns.shape[0]!, columns.shape[1]! / taps, ...size], ([n, c, y, x]) =>
    sumOverTaps(kernel, (t, u) => {
      const row = (y! + before[0] - t * dilation[0]) / stride[0];
      const column = (x! + before[1] - u * dilation[1]) / stride[1];
      if (!Number.isInteger(row) || !Number.isInteger(column)) return 0;
      if (row < 0 || row >= windows[0] || column < 0 || column >= windows[1]) return 0;
      return at(columns, n!, c! * taps + t * kernel[1] + u, row * windows[1] + column);
    }),
  );
}

/**
 * The gradient of conv2d's weight, by its definition: each tap is the sum of all products it took part in.
 */
export function conv2dWeight(input: ReferenceArray, gradient: ReferenceArray, sizes: WindowSizes, groups: number): ReferenceArray {
  const { kernel, stride, dilation, before } = sizes;
  const [images, outputs, rows, columns] = gradient.shape as [number, number, number, number];
  const channels = input.shape[1]! / groups;
  return build([outputs, channels, ...kernel], ([o, c, t, u]) => {
    const channel = Math.floor(o! / (outputs / groups)) * channels + c!;
    let sum = 0;
    for (let n = 0; n < images; n++) {
      sum += sumOverTaps([rows, columns], (y, x) => {
        const row = y * stride[0] + t! * dilation[0] - before[0];
        return at(gradient, n, o!, y, x) * at(input, n, channel, row, x * stride[1] + u! * dilation[1] - before[1]);
      });
    }
    return sum;
  });
}
