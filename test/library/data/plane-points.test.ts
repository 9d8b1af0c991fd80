/** Circles and spirals: where their points lie without noise, in what order they come, and what is refused. */
import { expect, test } from "vitest";
import { data, random } from "../../../src/index.ts";

const rowsOf = ({ points, labels }: data.PlanePoints): { rows: number[][]; kinds: number[] } => ({
  rows: points.toArray() as number[][], kinds: labels.toArray() as number[],
});

test("without noise the points of the circles lie on them, evenly", () => {
  const { rows, kinds } = rowsOf(data.circles(41, { factor: 0.3, dtype: "float64" }));
  rows.forEach(([x, y], i) => expect(Math.hypot(x!, y!)).toBeCloseTo(kinds[i] === 0 ? 1 : 0.3, 12));
  const angles = rows.filter((_, i) => kinds[i] === 0).map(([x, y]) => Math.atan2(y!, x!)).sort((a, b) => a - b);
  expect(angles).toHaveLength(20);
  angles.slice(1).forEach((angle, i) => expect(angle - angles[i]!).toBeCloseTo(Math.PI / 10, 12));
});

test("the circles come in the order, and with the noise, that NumPy draws: a permutation, then normal numbers", () => {
  const noisy = rowsOf(data.circles(9, { noise: 0.2, random: new random.MT19937(5), dtype: "float64" })).rows;
  const generator = new random.MT19937(5);
  const order = generator.permutation(9);
  const shift = generator.normal(0, 0.2, [9, 2]);
  const ideal = Array.from({ length: 9 }, (_, i) => {
    const [count, place, radius] = i < 4 ? [4, i, 1] : [5, i - 4, 0.5];
    return [radius * Math.cos((2 * Math.PI * place) / count), radius * Math.sin((2 * Math.PI * place) / count)];
  });
  noisy.forEach(([x, y], i) => {
    expect(x).toBeCloseTo(ideal[order[i]!]![0]! + shift[i]![0]!, 12);
    expect(y).toBeCloseTo(ideal[order[i]!]![1]! + shift[i]![1]!, 12);
  });
});

test("on the spirals the distance from the origin grows with the angle, and one arm is the other half a turn on", () => {
  const { rows, kinds } = rowsOf(data.spirals(60, { turns: 1.5, radius: 3, dtype: "float64" }));
  const arm = (label: number): number[][] => rows.filter((_, i) => kinds[i] === label).sort((a, b) => Math.hypot(a[0]!, a[1]!) - Math.hypot(b[0]!, b[1]!));
  const [first, second] = [arm(0), arm(1)];
  first.forEach(([x, y], i) => {
    const distance = Math.hypot(x!, y!);
    expect(distance).toBeLessThan(3);
    expect(Math.cos((2 * Math.PI * 1.5 * distance) / 3)).toBeCloseTo(x! / distance, 10);
    expect([-second[i]![0]!, -second[i]![1]!]).toEqual([expect.closeTo(x!, 12), expect.closeTo(y!, 12)]);
  });
});

test("what cannot be drawn is refused", () => {
  expect(() => data.circles(0)).toThrow("circles: count is 0; it is a whole number of at least 1");
  expect(() => data.circles(9, { factor: 1 })).toThrow("factor is 1");
  expect(() => data.spirals(9, { noise: -1 })).toThrow("spirals: noise is -1");
  expect(() => data.spirals(9, { turns: 0 })).toThrow("turns and radius are above 0");
});
