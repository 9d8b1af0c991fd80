/** Landscapes, checked on the shapes that Vega makes of them. */
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

interface Square { shape: { coordinates: [number, number][][] }; value: number; x: number; y: number }

/** The squares in the order in which they are painted. */
async function squares(chart: plot.Chart): Promise<Square[]> {
  const { marks } = await draw(chart);
  return marks("shape").map(({ datum }) => datum as Square).filter(({ shape }) => (shape as { type?: string }).type === "Polygon");
}

const domain = { x: [0, 3], y: [0, 2] } as const;

describe("a surface", () => {
  it("paints a square for each four neighbours, coloured by their mean height", async () => {
    const all = await squares(plot.surface((x, y) => x + 10 * y, domain, { samples: 4 }));
    expect(all).toHaveLength(9);
    for (const { x, y, value } of all) expect(value).toBeCloseTo(x + 10 * y, 2);
  });

  it.each([20, 110, 200, 290])("turned by %d degrees paints the far squares first", async (turn) => {
    const all = await squares(plot.surface(() => 0, { x: [-1, 1], y: [-1, 1] }, { samples: 5, turn }));
    const angle = (turn * Math.PI) / 180;
    // The direction away from the eye, along the ground.
    const depth = ({ x, y }: Square): number => x * Math.sin(angle) + y * Math.cos(angle);
    for (const [k, square] of all.entries()) {
      // No neighbour that hides it comes before it.
      const before = all.slice(0, k).filter((other) => Math.abs(other.x - square.x) < 0.6 && Math.abs(other.y - square.y) < 0.6);
      for (const other of before.filter(({ x, y }) => x === square.x || y === square.y)) expect(depth(other)).toBeGreaterThanOrEqual(depth(square) - 1e-9);
    }
  });

  it("seen from above is a map, higher when seen from the side", async () => {
    const above = await squares(plot.surface((x) => x, { x: [0, 1], y: [0, 1] }, { samples: 2, turn: 0, tilt: 90, width: 400, height: 400 }));
    const [a, b, , d] = above[0]!.shape.coordinates[0]!;
    expect(b![1]).toBeCloseTo(a![1], 6);
    expect(d![0]).toBeCloseTo(a![0], 6);
    expect(d![1]).toBeLessThan(a![1]);
    const side = await squares(plot.surface((x) => x, { x: [0, 1], y: [0, 1] }, { samples: 2, turn: 0, tilt: 5, width: 400, height: 400 }));
    const [low, high] = side[0]!.shape.coordinates[0]!;
    expect(high![1]).toBeLessThan(low![1] - 100);
  });

  it("has two sliders, names and numbers at its edges, and leaves out what is not a number", async () => {
    const chart = plot.surface((x, y) => (x > 2 ? NaN : y), domain, { samples: 4, xTitle: "w", yTitle: "b", zTitle: "loss" });
    expect((chart.spec.params as { name: string }[]).map(({ name }) => name)).toEqual([expect.stringMatching(/^heights_/), "turn", "tilt"]);
    const { texts } = await draw(chart);
    expect(texts).toEqual(expect.arrayContaining(["w", "b", "0", "3", "2", "loss"]));
    expect(await squares(chart)).toHaveLength(6);
    await draw(plot.surface(() => 5, domain));
  });

  it("beside another one turns with it, and keeps its own heights", async () => {
    const two = plot.hconcat([plot.surface((x) => x, domain, { samples: 3 }), plot.surface((_x, y) => y, domain, { samples: 3 })]);
    expect((two.spec.params as unknown[]).length).toBe(4);
    const values = (await squares(two)).map(({ value }) => value);
    expect(values).toHaveLength(8);
    expect(new Set(values)).toEqual(new Set([0.75, 2.25, 0.5, 1.5]));
  });

  it("refuses what makes none, naming it", () => {
    expect(() => plot.surface(() => Infinity, domain)).toThrow(/no finite value/);
    expect(() => plot.surface((x) => x, domain, { samples: 100 })).toThrow(/100 by 100 heights are too many.*plot\.contour/);
  });
});
