/**
 * Two spirals wound around each other, the classic hard case for small networks: K. J. Lang and M. J. Witbrock, "Learning to
 * Tell Two Spirals Apart", 1988.
 */
import { NablaError } from "../tensor/errors.ts";
import { placePoints } from "./plane-points.ts";
import type { PlanePoint, PlanePoints, PlanePointsOptions } from "./plane-points.ts";

export interface SpiralsOptions extends PlanePointsOptions {
  /** How often each arm goes round. Default: 1.25. */
  turns?: number;
  /** How far the arms reach. Default: 2. */
  radius?: number;
}

/**
 * Points on two arms about the origin, in a random order; they lie as densely outside as inside, and on each the distance
 * from the origin grows with the angle (a spiral of Archimedes).
 * @param count how many; the first arm has half of them, rounded down.
 * @returns points [count, 2], and labels [count], int32: 0 on the first arm, 1 on the one half a turn on.
 * @throws NablaError for a count that is not a whole number, negative noise, or turns or a radius that are not above 0.
 */
export function spirals(count: number, { turns = 1.25, radius = 2, ...options }: SpiralsOptions = {}): PlanePoints {
  if (!(turns > 0 && radius > 0)) throw new NablaError(`spirals: turns and radius are above 0, got ${turns} and ${radius}`);
  const arm = (points: number, label: 0 | 1): PlanePoint[] => Array.from({ length: points }, (_, i) => {
    const part = Math.sqrt((i + 0.5) / points);
    const angle = 2 * Math.PI * turns * part + (label === 0 ? 0 : Math.PI);
    return [radius * part * Math.cos(angle), radius * part * Math.sin(angle), label];
  });
  return placePoints("spirals", count, (first, second) => [...arm(first, 0), ...arm(second, 1)], options);
}
