/** Contours and the lines of equal height beneath them, checked against circles and planes. */
import { describe, expect, it } from "vitest";
import { isolines, simplified } from "../../../src/plot/isolines.ts";
import * as plot from "../../../src/plot/index.ts";
import { decoded } from "./decoded-picture.ts";
import { draw } from "./drawn-chart.ts";

const grid = (size: number, f: (x: number, y: number) => number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => f(j, i)));

describe("lines of equal height", () => {
  it("of a cone are one closed circle of the right radius", () => {
    const lines = isolines(grid(41, (x, y) => Math.hypot(x - 20, y - 20)), 12);
    expect(lines).toHaveLength(1);
    const [circle] = lines;
    expect(circle![0]).toEqual(circle!.at(-1));
    for (const [x, y] of circle!) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(12, 1);
    // All the way around: a circle's length.
    const length = circle!.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - circle![i]![0], y - circle![i]![1]), 0);
    expect(length).toBeCloseTo(2 * Math.PI * 12, 0);
  });

  it("of a plane are straight, and go from border to border", () => {
    const [line, ...others] = isolines(grid(10, (x, y) => x + 0.5 * y), 6);
    expect(others).toEqual([]);
    for (const [x, y] of line!) expect(x + 0.5 * y).toBeCloseTo(6, 9);
    expect(simplified(line!, 1e-6)).toHaveLength(2);
  });

  it("keep apart at a saddle, and leave out what is not a number", () => {
    const saddle = [[1, 0], [0, 1]];
    expect(isolines(saddle, 0.4)).toHaveLength(2);
    expect(isolines(saddle, 0.6)).toHaveLength(2);
    expect(isolines([[0, 1], [NaN, 1]], 0.5)).toEqual([]);
  });

  it("simplified stay within the tolerance of the old line", () => {
    const [circle] = isolines(grid(41, (x, y) => Math.hypot(x - 20, y - 20)), 12);
    const fewer = simplified(circle!, 0.1);
    expect(fewer.length).toBeLessThan(0.6 * circle!.length);
    for (const [x, y] of fewer) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(12, 1);
  });
});

describe("contours", () => {
  it("colour each place by the band that its height lies in", async () => {
    const { marks, scale } = await draw(plot.contour((x) => x, { x: [0, 4], y: [0, 1] }, { levels: [1, 2, 3] }));
    const [picture] = marks("image") as { url: string; x: number; width: number }[];
    const at = decoded(picture!.url);
    const colours = [0.12, 0.37, 0.62, 0.87].map((share) => at(share, 0.5));
    expect(colours).toEqual(["#440154", "#31688e", "#35b779", "#fde725"]);
    expect([0.5, 1.5, 2.5, 3.5].map((value) => scale("color")(value))).toEqual(colours);
    expect(picture!.width).toBe(400);
  });

  it("draw lines at round heights, as many as asked for or so, y upwards", async () => {
    const chart = plot.contour((_x, y) => y, { x: [0, 1], y: [0, 10] }, { levels: 4, height: 100 });
    expect(chart.spec.description).toMatch(/smallest 0 at \(0, 0\), largest 10 at \(0, 10\); lines at 2, 4, 6, 8\.$/);
    const { marks } = await draw(chart);
    expect(new Set(marks("line").map(({ y }) => Math.round(y as number)))).toEqual(new Set([80, 60, 40, 20]));
  });

  it("take tensors with one element, and heights on a grid with the lowest y first", () => {
    const tensors = plot.contour((x, y) => ({ item: () => x * y }), { x: [0, 1], y: [0, 1] }, { samples: 3 });
    expect(tensors.table.rows).toContainEqual({ x: 0.5, y: 1, value: 0.5 });
    const given = plot.contour([[1, 2], [3, 5]], { x: [0, 1], y: [10, 20] }, { zTitle: "loss" });
    expect(given.table.rows).toEqual([{ x: 0, y: 10, loss: 1 }, { x: 1, y: 10, loss: 2 }, { x: 0, y: 20, loss: 3 }, { x: 1, y: 20, loss: 5 }]);
  });

  it("draw flat functions, and grey where there is no number", async () => {
    await draw(plot.contour(() => 3, { x: [0, 1], y: [0, 1] }));
    const { marks } = await draw(plot.contour((x) => (x < 0 ? NaN : x), { x: [-1, 1], y: [0, 1] }));
    expect(decoded((marks("image")[0] as unknown as { url: string }).url)(0.1, 0.5)).toBe("#bdbdbd");
  });

  it("refuse what makes none, naming it", () => {
    const plane = { x: [0, 1], y: [0, 1] } as const;
    expect(() => plot.contour(() => NaN, plane)).toThrow(/no finite value/);
    expect(() => plot.contour((x) => x, { x: [1, 0], y: [0, 1] })).toThrow(/domain's x must go from low to high, but is \[1, 0\]/);
    expect(() => plot.contour((x) => x, plane, { levels: [2, 1] })).toThrow(/levels must rise.*but are 2, 1/);
    expect(() => plot.contour((x) => x, plane, { levels: 0 })).toThrow(/whole number from 1/);
    expect(() => plot.contour((() => "1") as never, plane)).toThrow(/must give a number or a tensor with one element, but gave string/);
    expect(() => plot.contour([[1, 2]], plane)).toThrow(/1 by 2; give at least 2 by 2/);
  });
});
