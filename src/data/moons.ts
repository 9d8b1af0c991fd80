/**
 * Two interleaving half circles: the smallest set of points that no straight line separates. Points, their order and their
 * noise are those of scikit-learn's make_moons under NumPy's legacy generator, so that results printed in books come out.
 */
import { placePoints } from "./plane-points.ts";
import type { PlanePoint, PlanePoints, PlanePointsOptions } from "./plane-points.ts";

export type MoonsOptions = PlanePointsOptions;

/** Evenly spaced angles from 0 to pi. */
const angles = (count: number): number[] => Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (Math.PI / (count - 1)) * i));

/**
 * Points on two half circles, in a random order.
 * @param count how many; the outer moon has half of them, rounded down.
 * @returns points [count, 2], and labels [count], int32: 0 on the outer moon, 1 on the inner one.
 * @throws NablaError for a count that is not a whole number, or negative noise.
 */
export function moons(count: number, options: MoonsOptions = {}): PlanePoints {
  return placePoints("moons", count, (outer, inner) => [
    ...angles(outer).map((angle): PlanePoint => [Math.cos(angle), Math.sin(angle), 0]),
    ...angles(inner).map((angle): PlanePoint => [1 - Math.cos(angle), 1 - Math.sin(angle) - 0.5, 1]),
  ], options);
}
