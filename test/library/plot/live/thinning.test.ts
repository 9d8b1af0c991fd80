/** Thinning, compared with the code of the algorithm's author. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { largestTriangles, thin } from "../../../../src/plot/live/thinning.ts";

interface Case { readonly x: number[]; readonly y: number[]; readonly count: number; readonly kept: number[] }
const { cases } = JSON.parse(readFileSync(new URL("thinning.json", import.meta.url), "utf8")) as { cases: Case[] };

test.each(cases.map(({ x, count, kept, y }) => [x.length, count, { x, y, kept }] as const))("of %i points keeps the %i that the author's code keeps", (_, count, { x, y, kept }) => {
  expect(largestTriangles(x, y, count)).toEqual(kept);
});

describe("thinning", () => {
  test("keeps every point where there are no more than are asked for", () => {
    expect(largestTriangles([1, 2, 3], [5, 4, 3], 3)).toEqual([0, 1, 2]);
    expect(thin([], [], 10)).toEqual([]);
  });

  test("keeps a lone spike among ten thousand points", () => {
    const y = Array.from({ length: 10_000 }, () => 1);
    y[6789] = 40;
    expect(largestTriangles(Array.from(y.keys()), y, 50)).toContain(6789);
  });

  test("leaves a gap for each run of values that are not finite, and goes by the finite ones otherwise", () => {
    const y = Array.from({ length: 3000 }, (_, i) => Math.sin(i / 50));
    for (const i of [700, 701, 702, 2500]) y[i] = NaN;
    y[1500] = Infinity;
    const kept = thin(Array.from(y.keys()), y, 200);
    expect(kept.filter((i) => !Number.isFinite(y[i]))).toEqual([700, 1500, 2500]);
    expect(kept).toHaveLength(203);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  });
});
