/**
 * Standardisation of groups in the reference.
 */
import { build, get } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** (x - mean) / sqrt(variance + eps) over the positions that `same` joins. */
export function standardized(x: ReferenceArray, eps: number, same: (a: number[], b: number[]) => boolean): ReferenceArray {
  const all = build(x.shape, () => 0);
  const list: number[][] = [];
  build(x.shape, (index) => list.push(index));
  all.values = list.map((index) => {
    const group = list.filter((other) => same(index, other)).map((other) => get(x, other));
    const mean = group.reduce((a, b) => a + b, 0) / group.length;
    const variance = group.reduce((a, b) => a + (b - mean) ** 2, 0) / group.length;
    return (get(x, index) - mean) / Math.sqrt(variance + eps);
  });
  return all;
}
