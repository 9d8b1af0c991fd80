/**
 * Points on two moons: where they lie without noise, and what is refused.
 */
import { expect, test } from "vitest";
import { data, random } from "../../../src/index.ts";

test("without noise the points lie on their half circles, as many on each as can be", () => {
  const { points, labels } = data.moons(21, { dtype: "float64" });
  const rows = points.toArray() as number[][];
  const kinds = labels.toArray() as number[];
  expect(kinds.filter((kind) => kind === 1)).toHaveLength(11);
  rows.forEach(([x, y], i) => {
    const [fromCentre, side] = kinds[i] === 0 ? [Math.hypot(x!, y!), y!] : [Math.hypot(x! - 1, y! - 0.5), 0.5 - y!];
    expect(fromCentre).toBeCloseTo(1, 12);
    expect(side).toBeGreaterThan(-1e-12);
  });
});

test("the same generator gives the same points, and the noise has its size", () => {
  const draw = (noise: number): number[] => [...data.moons(2000, { noise, random: new random.MT19937(3), dtype: "float64" }).points.data()];
  expect(draw(0.1)).toEqual(draw(0.1));
  const [noisy, plain] = [draw(0.1), draw(0)];
  const variance = noisy.reduce((sum, value, i) => sum + (value - plain[i]!) ** 2, 0) / noisy.length;
  expect(Math.sqrt(variance)).toBeCloseTo(0.1, 2);
});

test("counts and noise that cannot be are refused", () => {
  expect(() => data.moons(0)).toThrow("moons: count is 0; it is a whole number of at least 1");
  expect(() => data.moons(3, { noise: -1 })).toThrow("moons: noise is -1; it is a standard deviation of at least 0");
});
