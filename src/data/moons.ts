/**
 * Two interleaving half circles: the smallest set of points that no straight line separates. Points, their order and their
 * noise are those of scikit-learn's make_moons under NumPy's legacy generator, so that results printed in books come out.
 */
import { tensor } from "../tensor/creation.ts";
import type { DType } from "../tensor/dtype.ts";
import { NablaError } from "../tensor/errors.ts";
import { MT19937 } from "../tensor/random/mt19937.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface MoonsOptions {
  /** Standard deviation of the noise on each coordinate; 0 when not given. */
  noise?: number;
  /** Where order and noise come from; one of seed 0 when not given. */
  random?: MT19937;
  /** Type of the points; the default floating type when not given. */
  dtype?: DType;
}

/** Evenly spaced angles from 0 to pi. */
const angles = (count: number): number[] => Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (Math.PI / (count - 1)) * i));

/**
 * Points on two half circles, in a random order.
 * @param count how many; the outer moon has half of them, rounded down.
 * @returns points [count, 2], and labels [count], int32: 0 on the outer moon, 1 on the inner one.
 * @throws NablaError for a count that is not a whole number, or negative noise.
 */
export function moons(
  count: number,
  { noise = 0, random = new MT19937(0), dtype }: MoonsOptions = {},
): { points: Tensor; labels: Tensor } {
  if (!Number.isInteger(count) || count < 1) throw new NablaError(`moons: count is ${count}; it is a whole number of at least 1`);
  if (!(noise >= 0)) throw new NablaError(`moons: noise is ${noise}; it is a standard deviation of at least 0`);
  const outer = angles(Math.floor(count / 2)).map((angle) => [Math.cos(angle), Math.sin(angle), 0] as const);
  const inner = angles(count - outer.length).map((angle) => [1 - Math.cos(angle), 1 - Math.sin(angle) - 0.5, 1] as const);
  const placed = random.permutation([...outer, ...inner]);
  const shift = noise > 0 ? random.normal(0, noise, [count, 2]) : undefined;
  const points = placed.map(([x, y], i) => [x + (shift?.[i]![0] ?? 0), y + (shift?.[i]![1] ?? 0)]);
  return {
    points: tensor(points, dtype === undefined ? {} : { dtype }),
    labels: tensor(Int32Array.from(placed, ([, , label]) => label)),
  };
}
