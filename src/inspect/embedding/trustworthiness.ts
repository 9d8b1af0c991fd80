/**
 * How far the neighbours that points have in a picture can be believed. Source: Venna and Kaski, "Neighborhood preservation
 * in nonlinear projection methods", 2001; the form is scikit-learn's.
 */
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { squaredDistances } from "./affinities.ts";
import { asRows } from "./pca.ts";

/** The other points in the order of their distances from point i. */
function neighbours(distances: Float64Array, i: number, count: number): Int32Array {
  const row = distances.subarray(i * count, (i + 1) * count);
  return Int32Array.from({ length: count - 1 }, (_, k) => (k < i ? k : k + 1)).sort((a, b) => row[a]! - row[b]! || a - b);
}

/**
 * From 0 to 1, the best: how few of each point's nearest neighbours in the picture are strangers, that is, come late among
 * its neighbours in the original dimensions.
 * @param original [N, D].
 * @param embedded [N, K].
 * @param options.neighbours how many of each point count; 5 when not given, less than half of the points.
 */
export function trustworthiness(original: Tensor, embedded: Tensor, { neighbours: k = 5 }: { neighbours?: number } = {}): number {
  const [from, to] = [asRows("trustworthiness", original), asRows("trustworthiness", embedded)];
  const count = from.shape[0]!;
  if (to.shape[0] !== count) throw new ShapeError(`trustworthiness: ${count} points, but ${to.shape[0]} in the picture`);
  if (!Number.isInteger(k) || k < 1 || k >= count / 2) {
    throw new NablaError(`trustworthiness: ${k} neighbours of ${count} points; a whole number from 1, less than half of the points`);
  }
  const [before, after] = [squaredDistances(from), squaredDistances(to)];
  const rank = new Int32Array(count);
  let strangers = 0;
  for (let i = 0; i < count; i++) {
    neighbours(before, i, count).forEach((j, place) => (rank[j] = place + 1));
    for (const j of neighbours(after, i, count).subarray(0, k)) strangers += Math.max(0, rank[j]! - k);
  }
  return 1 - (2 * strangers) / (count * k * (2 * count - 3 * k - 1));
}
