/** A function of two variables on a grid of points, for the charts that show one as a landscape or as a map. */
import { ChartDataError, numberMatrix } from "./values.ts";
import type { ArrayConvertible, NumberMatrix } from "./values.ts";

/**
 * A function of two variables: of two numbers, giving a number or a tensor with one element; or its values on a grid of
 * equal steps, rows from the lowest y up, columns from the lowest x up.
 */
export type FunctionOfTwo = ((x: number, y: number) => number | { item(): number }) | NumberMatrix;

/** The part of the plane that is shown. */
export interface PlaneDomain {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
}

/** Heights over a grid: `heights[row][column]`, row 0 at the lowest y. */
export interface FunctionGrid {
  readonly domain: PlaneDomain;
  readonly heights: readonly (readonly number[])[];
}

/** Checks a range of an axis. */
export function checkRange([low, high]: readonly [number, number], what: string): void {
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) return;
  throw new ChartDataError(`${what} must go from low to high, but is [${low}, ${high}]`);
}

/** Where the points of a range stand. */
export function steps([low, high]: readonly [number, number], count: number): number[] {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** The function on `samples` by `samples` points; a matrix as it is. */
export function sampleGrid(given: FunctionOfTwo, domain: PlaneDomain, samples: number, what: string): FunctionGrid {
  checkRange(domain.x, `${what}: the domain's x`);
  checkRange(domain.y, `${what}: the domain's y`);
  if (!Number.isInteger(samples) || samples < 2) throw new ChartDataError(`${what}: samples must be a whole number from 2, but is ${samples}`);
  if (typeof given !== "function") {
    const heights = numberMatrix(given as NumberMatrix & ArrayConvertible, `${what}: heights`);
    if (heights.length < 2 || heights[0]!.length < 2) throw new ChartDataError(`${what}: heights are ${heights.length} by ${heights[0]!.length}; give at least 2 by 2`);
    return { domain, heights };
  }
  const number = (value: unknown, x: number, y: number): number => {
    if (typeof value === "number") return value;
    if (typeof value === "object" && value !== null && "item" in value && typeof value.item === "function") return (value.item as () => number).call(value);
    throw new ChartDataError(`${what}: the function must give a number or a tensor with one element, but gave ${typeof value} at (${x}, ${y})`);
  };
  return { domain, heights: steps(domain.y, samples).map((y) => steps(domain.x, samples).map((x) => number(given(x, y), x, y))) };
}

/** The height between the points of the grid, linear in both directions; `column` and `row` count from 0 in steps of the grid. */
export function heightBetween(heights: readonly (readonly number[])[], column: number, row: number): number {
  const [j, i] = [Math.min(Math.floor(column), heights[0]!.length - 2), Math.min(Math.floor(row), heights.length - 2)];
  const [right, up] = [column - j, row - i];
  const mix = (a: number, b: number, share: number): number => (share === 0 ? a : share === 1 ? b : a + (b - a) * share);
  return mix(mix(heights[i]![j]!, heights[i]![j + 1]!, right), mix(heights[i + 1]![j]!, heights[i + 1]![j + 1]!, right), up);
}

/** Where the smallest and the largest height stand. */
export function extremes({ domain, heights }: FunctionGrid): { lowest: GridPoint; highest: GridPoint } | undefined {
  const xs = steps(domain.x, heights[0]!.length);
  const ys = steps(domain.y, heights.length);
  const points = heights.flatMap((row, i) => row.map((height, j) => ({ x: xs[j]!, y: ys[i]!, height }))).filter(({ height }) => Number.isFinite(height));
  if (points.length === 0) return undefined;
  return {
    lowest: points.reduce((best, point) => (point.height < best.height ? point : best)),
    highest: points.reduce((best, point) => (point.height > best.height ? point : best)),
  };
}

/** A point of a grid. */
export interface GridPoint {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** The points of a grid as rows of a table. */
export function gridRows({ domain, heights }: FunctionGrid, [x, y, height]: readonly [string, string, string]): Record<string, number | null>[] {
  const xs = steps(domain.x, heights[0]!.length);
  const ys = steps(domain.y, heights.length);
  return heights.flatMap((row, i) => row.map((value, j) => ({ [x]: xs[j]!, [y]: ys[i]!, [height]: Number.isFinite(value) ? value : null })));
}
