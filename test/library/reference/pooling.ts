/**
 * Pooling and resampling in the reference: windows listed position by position.
 */
import { build, count } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

export interface Window {
  kernel: number;
  stride: number;
  padding: number;
  dilation: number;
}

/** The positions of a window along one direction, inside the plane, and how many it has with padding. */
export function positionsOf(size: number, i: number, { kernel, stride, padding, dilation }: Window): { inside: number[]; padded: number } {
  const all = Array.from({ length: kernel }, (_, k) => i * stride - padding + k * dilation);
  return { inside: all.filter((p) => p >= 0 && p < size), padded: all.filter((p) => p < size + padding).length };
}

/** The windows of an adaptive pooling. */
export function evenly(size: number, outputs: number, i: number): { inside: number[]; padded: number } {
  const start = Math.floor((i * size) / outputs);
  const end = Math.ceil(((i + 1) * size) / outputs);
  return { inside: Array.from({ length: end - start }, (_, k) => start + k), padded: end - start };
}

type Choose = (size: number, i: number) => { inside: number[]; padded: number };

/** Folds each window of the last two dimensions; `fold` gets the values, their positions, and the padded count. */
function pool(
  x: ReferenceArray,
  output: readonly [number, number],
  rows: Choose,
  columns: Choose,
  fold: (values: number[], positions: number[], padded: number) => number,
): ReferenceArray {
  const [height, width] = x.shape.slice(-2) as [number, number];
  const outer = x.shape.slice(0, -2);
  return build([...outer, ...output], (index) => {
    const plane = index.slice(0, -2).reduce((position, at, d) => position * outer[d]! + at, 0) * height * width;
    const down = rows(height, index.at(-2)!);
    const across = columns(width, index.at(-1)!);
    const positions = down.inside.flatMap((y) => across.inside.map((z) => y * width + z));
    return fold(positions.map((p) => x.values[plane + p]!), positions, down.padded * across.padded);
  });
}

const largest = (values: number[]): number => values.reduce((best, value) => (value > best || Number.isNaN(value) ? value : best), -Infinity);

export const maxPool = (x: ReferenceArray, output: readonly [number, number], rows: Choose, columns: Choose): [ReferenceArray, ReferenceArray] => [
  pool(x, output, rows, columns, largest),
  pool(x, output, rows, columns, (values, positions) => positions[values.indexOf(largest(values))] ?? -1),
];

export const averagePool = (
  x: ReferenceArray,
  output: readonly [number, number],
  rows: Choose,
  columns: Choose,
  { countIncludePad = true, divisor = 0 } = {},
): ReferenceArray =>
  pool(x, output, rows, columns, (values, _, padded) =>
    values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / (divisor || (countIncludePad ? padded : values.length)),
  );

/** Zeros, with each element set where its position says, later ones over earlier ones. */
export function unpool(x: ReferenceArray, positions: ReferenceArray, plane: readonly [number, number]): ReferenceArray {
  const result = build([...x.shape.slice(0, -2), ...plane], () => 0);
  const each = count(x.shape.slice(-2));
  x.values.forEach((value, k) => {
    result.values[Math.floor(k / each) * count(plane) + positions.values[k]!] = value;
  });
  return result;
}
