/** Drawings as MNIST has its digits, against the words of the data set's page and against the digits themselves. */
import { describe, expect, it } from "vitest";
import { data } from "../../../src/index.ts";
import { loadMnist } from "../../../src/data/mnist-files.ts";
import { blankInk, centredInk, shrunkInk } from "../../../src/playground/centring.ts";
import type { Ink } from "../../../src/playground/centring.ts";
import { drawLine } from "../../../src/playground/pen.ts";
import { inkInPhoto } from "../../../src/playground/photo.ts";

/** A sheet with a shape on it. */
function sheet(side: number, ink: (x: number, y: number) => number): Ink {
  return { width: side, height: side, levels: Float32Array.from({ length: side * side }, (_, i) => ink(i % side, Math.floor(i / side))) };
}
const massOf = ({ levels }: Ink): number => levels.reduce((sum, level) => sum + level, 0);
function middleOf({ width, levels }: Ink): [x: number, y: number] {
  const mass = levels.reduce((sum, level) => sum + level, 0);
  return [levels.reduce((sum, level, i) => sum + level * (i % width), 0) / mass, levels.reduce((sum, level, i) => sum + level * Math.floor(i / width), 0) / mass];
}
function boxOf({ width, levels }: Ink): { width: number; height: number } {
  const places = [...levels.keys()].filter((i) => levels[i]! > 0);
  const extent = (values: number[]): number => Math.max(...values) - Math.min(...values) + 1;
  return { width: extent(places.map((i) => i % width)), height: extent(places.map((i) => Math.floor(i / width))) };
}
const difference = (a: Ink, b: Ink): number => a.levels.reduce((sum, level, i) => sum + Math.abs(level - b.levels[i]!), 0) / massOf(b);

describe("a drawing", () => {
  it("of a rectangle anywhere, of any size, fits a box of 20 with its shape kept, its middle at pixel (14, 14)", () => {
    for (const [left, top, width, height] of [[3, 70, 30, 60], [80, 10, 40, 20], [50, 50, 7, 7], [0, 0, 140, 28]] as const) {
      const made = centredInk(sheet(140, (x, y) => (x >= left && x < left + width && y >= top && y < top + height ? 1 : 0)));
      expect([made.width, made.height]).toEqual([28, 28]);
      const scale = 20 / Math.max(width, height);
      const box = boxOf(made);
      expect(Math.max(box.width, box.height)).toBe(20);
      expect(massOf(made)).toBeCloseTo(width * height * scale * scale, 2);
      for (const place of middleOf(made)) expect(Math.abs(place - 14)).toBeLessThanOrEqual(0.5001);
    }
  });

  it("balances on its centre of mass, not on the middle of its box", () => {
    // A pole with a heavy flag on top, on the left.
    const made = centredInk(sheet(100, (x, y) => ((x > 30 && x < 36 && y > 10 && y < 90) || (x >= 36 && x < 60 && y > 10 && y < 30) ? 1 : 0)));
    for (const place of middleOf(made)) expect(Math.abs(place - 14)).toBeLessThanOrEqual(0.5001);
    const rows = [...made.levels.keys()].filter((i) => made.levels[i]! > 0).map((i) => Math.floor(i / 28));
    expect((Math.min(...rows) + Math.max(...rows)) / 2).toBeGreaterThan(15.5);
  });

  it("comes out the same wherever on the pad it is drawn, and nearly so twice as large", () => {
    const seven = (scale: number, right: number, down: number): Ink => {
      const paper = blankInk(140);
      drawLine(paper, [0.1, 0.1, 0.4, 0.1, 0.2, 0.6].map((place, i) => scale * place + (i % 2 === 0 ? right : down)), 0.06 * scale);
      return centredInk(paper);
    };
    const [here, there, large] = [seven(1, 0, 0), seven(1, 0.5, 0.3), seven(1.5, 0.05, 0.02)];
    expect(difference(there, here)).toBeLessThan(0.02);
    expect(difference(large, here)).toBeLessThan(0.12);
  });

  it("that is blank stays blank", () => {
    expect(massOf(centredInk(blankInk(140)))).toBe(0);
  });

  it("that is not centred is only made smaller, where it stands", () => {
    const made = shrunkInk(sheet(140, (x, y) => (x < 10 && y >= 130 ? 1 : 0)));
    expect(massOf(made)).toBeCloseTo(4, 5);
    expect(made.levels[27 * 28]).toBeCloseTo(1, 5);
  });
});

describe("the pen", () => {
  it("leaves as much ink as the line is long and wide, with round ends", () => {
    const paper = blankInk(200);
    drawLine(paper, [0.2, 0.3, 0.7, 0.6], 0.1);
    const [long, wide] = [200 * Math.hypot(0.5, 0.3), 20];
    expect(massOf(paper)).toBeCloseTo(long * wide + Math.PI * (wide / 2) ** 2, -1);
    const dot = blankInk(200);
    drawLine(dot, [0.5, 0.5], 0.1);
    expect(massOf(dot)).toBeCloseTo(Math.PI * 100, -0.5);
  });
});

const digits = await loadMnist();
const digit = (i: number): Ink => ({ width: 28, height: 28, levels: Float32Array.from(digits.test.images.subarray(784 * i, 784 * (i + 1)), (byte) => byte / 255) });

/** The drawn digits have a faint grain all over, which is ink to a photo, and thinner lines than MNIST's. */
const grain = digits.name === "MNIST" ? { below: 0, apart: 0.6 } : { below: 0.25, apart: 0.75 };
const withoutGrain = (ink: Ink): Ink => ({ ...ink, levels: ink.levels.map((level) => (level < grain.below ? 0 : level)) });

describe(`the digits of ${digits.name}`, () => {
  if (digits.name === "MNIST") it("are fixed points: a thousand of them come out as they went in", () => {
    for (let i = 0; i < 1000; i++) {
      const given = digit(i);
      const { levels } = centredInk(given);
      expect(levels.reduce((most, level, place) => Math.max(most, Math.abs(level - given.levels[place]!)), 0)).toBeLessThan(1e-6);
    }
  });

  it("come back from a photo: dark on light and light on dark, in uneven light, with noise and specks", () => {
    const side = 112;
    const noise = data.moons(side * side, { noise: 4 }).points.data();
    const plain = Array.from({ length: 10 }, (_, i) => centredInk(withoutGrain(digit(i))));
    for (const [i, { levels }] of plain.entries()) {
      for (const isDark of [true, false]) {
        const grey = Uint8Array.from({ length: side * side }, (_, place) => {
          const [x, y] = [place % side, Math.floor(place / side)];
          const ink = levels[Math.floor(y / 4) * 28 + Math.floor(x / 4)]!;
          const light = 150 + 0.35 * x + 0.25 * y + Number(noise[2 * place]);
          const speck = (x === 3 && y === 100) || (x === 108 && y === 5);
          return isDark ? light - (speck ? 100 : 110 * ink) : 255 - light + (speck ? 100 : 110 * ink);
        });
        const found = centredInk(inkInPhoto(side, grey));
        const differences = plain.map((each) => difference(found, each));
        expect(differences.indexOf(Math.min(...differences))).toBe(i);
        expect(differences[i]).toBeLessThan(grain.apart);
      }
    }
  });
});

it("a photo of nothing is blank", () => {
  expect(massOf(inkInPhoto(10, new Uint8Array(100).fill(200)))).toBe(0);
  expect(massOf(inkInPhoto(20, Uint8Array.from({ length: 400 }, (_, i) => 180 + (i % 7))))).toBe(0);
});
