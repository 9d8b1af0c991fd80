/**
 * Sorting, running sums and counting in the reference: lines copied out, treated with the plain functions of the language,
 * and put back.
 */
import { build, get, indices } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** Every line along a dimension, under the index of its first element. */
function lineAt(a: ReferenceArray, dim: number, index: readonly number[]): number[] {
  return Array.from({ length: a.shape[dim]! }, (_, i) => get(a, index.map((at, d) => (d === dim ? i : at))));
}

/** Lines replaced by others, which may have another length. */
export function mapLines(a: ReferenceArray, dim: number, length: number, map: (line: number[]) => number[]): ReferenceArray {
  return build(
    a.shape.map((size, d) => (d === dim ? length : size)),
    (index) => map(lineAt(a, dim, index.map((at, d) => (d === dim ? 0 : at))))[index[dim]!]!,
  );
}

/** Numbers in order, NaN last. */
const compare = (x: number, y: number): number =>
  Number.isNaN(x) || Number.isNaN(y) ? Number(Number.isNaN(x)) - Number(Number.isNaN(y)) : x - y;

/** Positions that sort a line stably. */
export function orderOf(line: readonly number[], descending: boolean): number[] {
  return [...line.keys()].sort((i, j) => (descending ? -1 : 1) * compare(line[i]!, line[j]!) || i - j);
}

export function sort(a: ReferenceArray, dim: number, descending = false): [ReferenceArray, ReferenceArray] {
  return topk(a, a.shape[dim]!, dim, descending);
}

export function topk(a: ReferenceArray, k: number, dim: number, largest = true): [ReferenceArray, ReferenceArray] {
  return [
    mapLines(a, dim, k, (line) => orderOf(line, largest).map((i) => line[i]!)),
    mapLines(a, dim, k, (line) => orderOf(line, largest)),
  ];
}

/** Each element combined with all before it. */
function running(line: readonly number[], combine: (soFar: number, next: number) => number): number[] {
  return line.map((_, i) => line.slice(0, i + 1).reduce((soFar, next) => combine(soFar, next)));
}

export const cumsum = (a: ReferenceArray, dim: number, reverse = false): ReferenceArray =>
  mapLines(a, dim, a.shape[dim]!, (line) =>
    reverse ? running(line.reverse(), (x, y) => x + y).reverse() : running(line, (x, y) => x + y),
  );

export const cumprod = (a: ReferenceArray, dim: number): ReferenceArray =>
  mapLines(a, dim, a.shape[dim]!, (line) => running(line, (x, y) => x * y));

export function runningExtreme(a: ReferenceArray, dim: number, best: (x: number, y: number) => number): [ReferenceArray, ReferenceArray] {
  const values = (line: readonly number[]): number[] => running(line, best);
  const places = (line: readonly number[]): number[] =>
    values(line).map((value, i) => line.slice(0, i + 1).findLastIndex((each) => Object.is(each, value) || each === value));
  return [mapLines(a, dim, a.shape[dim]!, values), mapLines(a, dim, a.shape[dim]!, places)];
}

export const searchsorted = (sorted: ReferenceArray, values: ReferenceArray, right = false): ReferenceArray =>
  build(values.shape, (index) => {
    const line = sorted.shape.length === 1 ? sorted.values : lineAt(sorted, sorted.shape.length - 1, [...index.slice(0, -1), 0]);
    return line.filter((each) => (right ? each <= get(values, index) : each < get(values, index))).length;
  });

export function nonzero(a: ReferenceArray): ReferenceArray {
  const found = [...indices(a.shape)].filter((index) => get(a, index) !== 0);
  return { shape: [found.length, a.shape.length], values: found.flat() };
}
