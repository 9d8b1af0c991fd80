/**
 * Choosing and placing by positions in the reference.
 */
import { build, get, indices } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** The elements at lists of positions of the leading dimensions, taken together: one slice a position. */
export const advancedIndex = (a: ReferenceArray, positions: readonly (readonly number[])[]): ReferenceArray =>
  build([positions[0]!.length, ...a.shape.slice(positions.length)], ([i, ...rest]) =>
    get(a, [...places(a, positions, i!), ...rest]),
  );

/** Values written, or added, at lists of positions of the leading dimensions. */
export function indexPut(
  a: ReferenceArray,
  positions: readonly (readonly number[])[],
  values: ReferenceArray,
  accumulate = false,
): ReferenceArray {
  const result = { shape: a.shape, values: [...a.values] };
  for (const [i, ...rest] of indices([positions[0]!.length, ...a.shape.slice(positions.length)])) {
    const at = flat(a.shape, [...places(a, positions, i!), ...rest]);
    const value = get(values, [i!, ...rest]);
    result.values[at] = accumulate ? result.values[at]! + value : value;
  }
  return result;
}

/** Each element of `source` written to the place that `index` names along a dimension. */
export function scatter(a: ReferenceArray, dim: number, index: ReferenceArray, source: ReferenceArray): ReferenceArray {
  const result = { shape: a.shape, values: [...a.values] };
  for (const at of indices(index.shape)) {
    result.values[flat(a.shape, at.map((i, d) => (d === dim ? get(index, at) : i)))] = get(source, at);
  }
  return result;
}

/** Position `i` of each list; negative ones count from the end. */
function places(a: ReferenceArray, positions: readonly (readonly number[])[], i: number): number[] {
  return positions.map((list, d) => (list[i]! < 0 ? list[i]! + a.shape[d]! : list[i]!));
}

function flat(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((position, size, d) => position * size + index[d]!, 0);
}
