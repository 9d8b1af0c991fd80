/**
 * Sets of points in the plane, of two classes each, that a person can look at whole. Their order and their noise are drawn as
 * scikit-learn draws them under NumPy's legacy generator: first a permutation, then normal noise on each coordinate.
 */
import { tensor } from "../tensor/creation.ts";
import type { DType } from "../tensor/dtype.ts";
import { NablaError } from "../tensor/errors.ts";
import { MT19937 } from "../tensor/random/mt19937.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface PlanePointsOptions {
  /** Standard deviation of the noise on each coordinate; 0 when not given. */
  noise?: number;
  /** Where order and noise come from; one of seed 0 when not given. */
  random?: MT19937;
  /** Type of the points; the default floating type when not given. */
  dtype?: DType;
}

/** Points and their classes. */
export interface PlanePoints {
  /** [count, 2]. */
  points: Tensor;
  /** int32 [count]: 0 or 1. */
  labels: Tensor;
}

/** A point of a set before it is noisy. */
export type PlanePoint = readonly [x: number, y: number, label: 0 | 1];

/**
 * Puts points into a random order and adds noise.
 * @param points makes the points of each class without noise: half of them, rounded down, of class 0.
 * @throws NablaError for a count that is not a whole number, or negative noise.
 */
export function placePoints(
  op: string,
  count: number,
  points: (ofFirst: number, ofSecond: number) => readonly PlanePoint[],
  { noise = 0, random = new MT19937(0), dtype }: PlanePointsOptions,
): PlanePoints {
  if (!Number.isInteger(count) || count < 1) throw new NablaError(`${op}: count is ${count}; it is a whole number of at least 1`);
  if (!(noise >= 0)) throw new NablaError(`${op}: noise is ${noise}; it is a standard deviation of at least 0`);
  const ofFirst = Math.floor(count / 2);
  const placed = random.permutation([...points(ofFirst, count - ofFirst)]);
  const shift = noise > 0 ? random.normal(0, noise, [count, 2]) : undefined;
  const rows = placed.map(([x, y], i) => [x + (shift?.[i]![0] ?? 0), y + (shift?.[i]![1] ?? 0)]);
  return {
    points: tensor(rows, dtype === undefined ? {} : { dtype }),
    labels: tensor(Int32Array.from(placed, ([, , label]) => label)),
  };
}
