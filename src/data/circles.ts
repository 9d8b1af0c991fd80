/** A circle within a circle: what is inside belongs together. Points, order and noise are those of scikit-learn's make_circles. */
import { NablaError } from "../tensor/errors.ts";
import { placePoints } from "./plane-points.ts";
import type { PlanePoint, PlanePoints, PlanePointsOptions } from "./plane-points.ts";

export interface CirclesOptions extends PlanePointsOptions {
  /** The inner circle's radius; the outer one's is 1. Default: 0.5 (scikit-learn's is 0.8). */
  factor?: number;
}

/** Evenly spaced angles of the whole circle. */
const angles = (count: number): number[] => Array.from({ length: count }, (_, i) => ((2 * Math.PI) / count) * i);

/**
 * Points on two circles about the origin, in a random order.
 * @param count how many; the outer circle has half of them, rounded down.
 * @returns points [count, 2], and labels [count], int32: 0 on the outer circle, 1 on the inner one.
 * @throws NablaError for a count that is not a whole number, negative noise, or a factor outside of 0 to 1.
 */
export function circles(count: number, { factor = 0.5, ...options }: CirclesOptions = {}): PlanePoints {
  if (!(factor >= 0 && factor < 1)) throw new NablaError(`circles: factor is ${factor}; the inner circle's radius is at least 0 and below 1`);
  return placePoints("circles", count, (outer, inner) => [
    ...angles(outer).map((angle): PlanePoint => [Math.cos(angle), Math.sin(angle), 0]),
    ...angles(inner).map((angle): PlanePoint => [factor * Math.cos(angle), factor * Math.sin(angle), 1]),
  ], options);
}
