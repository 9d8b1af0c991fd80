/** Grids of pictures, their pixels read back by another decoder. */
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";
import { draw } from "./drawn-chart.ts";

interface Picture { x: number; y: number; width: number; height: number; url: string }

/** The colour of a point of a picture given as a data address, read by a decoder that is not ours. */
function colourAt(url: string, x: number, y: number): number[] {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><image width="100" height="100" preserveAspectRatio="none" href="${url}"/></svg>`;
  const { pixels } = new Resvg(svg).render();
  const first = 4 * (Math.floor(y * 100) * 100 + Math.floor(x * 100));
  return [...pixels.subarray(first, first + 3)];
}

describe("a grid of pictures", () => {
  const digits = Array.from({ length: 10 }, (_, k) => Array.from({ length: 784 }, (_, p) => (p === k ? 255 : 0)));

  it("shows each under its caption, in rows of five", async () => {
    const { marks, texts, width } = await draw(plot.imageGrid(digits, { title: "Ten digits", captions: [..."0123456789"] }));
    const pictures = marks("image") as unknown as Picture[];
    expect(pictures).toHaveLength(10);
    expect(new Set(pictures.map(({ y }) => y)).size).toBe(2);
    expect(new Set(pictures.map(({ x }) => x)).size).toBe(5);
    const captions = marks("text") as { x: number; y: number; text: string }[];
    captions.forEach((caption, k) => {
      expect(caption.text).toBe(String(k));
      expect(caption.x).toBeCloseTo(pictures[k]!.x + pictures[k]!.width / 2, 0);
      expect(caption.y).toBeLessThan(pictures[k]!.y);
    });
    expect(texts).toContain("Ten digits");
    expect(width).toBeLessThanOrEqual(640);
  });

  it("draws ink dark on white paper, and negative and positive values in two colours around white", async () => {
    const grey = await draw(plot.imageGrid([[[0, 255], [255, 0]]]));
    const [ink] = grey.marks("image") as unknown as Picture[];
    expect(colourAt(ink!.url, 0.25, 0.25)).toEqual([255, 255, 255]);
    expect(colourAt(ink!.url, 0.75, 0.25)).toEqual([17, 17, 17]);
    const signed = await draw(plot.imageGrid([[[0, -2], [1, 2]]]));
    const [weights] = signed.marks("image") as unknown as Picture[];
    expect(colourAt(weights!.url, 0.25, 0.25)).toEqual([247, 247, 247]);
    expect(colourAt(weights!.url, 0.75, 0.25)).toEqual([11, 60, 122]);
    expect(colourAt(weights!.url, 0.75, 0.75)).toEqual([143, 59, 0]);
    // Signed colours need their scale beside them.
    expect(signed.texts).toEqual(expect.arrayContaining(["−2", "0", "2"]));
    expect(grey.texts).toEqual([]);
  });

  it("uses one scale for all pictures", async () => {
    const { marks } = await draw(plot.imageGrid([[[10]], [[5]], [[0]]]));
    const [full, half] = marks("image") as unknown as Picture[];
    expect(colourAt(full!.url, 0.5, 0.5)).toEqual([17, 17, 17]);
    expect(colourAt(half!.url, 0.5, 0.5)).toEqual([152, 152, 152]);
  });

  it("writes the ends of its scale of colours as they are, not rounded to whole numbers", async () => {
    const { texts } = await draw(plot.imageGrid([[[-1.02, 0, 1.4921]]]));
    expect(texts).toEqual(expect.arrayContaining(["−1.49", "0", "1.49"]));
  });

  it("takes flat pixels of a given size, and keeps the proportions of a picture", async () => {
    const { marks } = await draw(plot.imageGrid([Uint8Array.from({ length: 8 }, (_, p) => p)], { size: [2, 4] }));
    const [picture] = marks("image") as unknown as Picture[];
    expect(picture!.width / picture!.height).toBeCloseTo(2, 6);
    expect(colourAt(picture!.url, 0.99, 0.99)).toEqual([17, 17, 17]);
  });

  it("takes things with toArray(), as a whole and one by one", async () => {
    const whole = { toArray: () => [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] };
    expect((await draw(plot.imageGrid(whole))).marks("image")).toHaveLength(2);
    const named = await draw(plot.imageGrid(whole, { captions: { toArray: () => [7, 8] } }));
    expect(named.marks("text").map((item) => item.text)).toEqual(["7", "8"]);
    expect((await draw(plot.imageGrid([{ toArray: () => [1, 2, 3, 4] }]))).marks("image")).toHaveLength(1);
  });

  it("refuses what makes no picture, naming it", () => {
    expect(() => plot.imageGrid([])).toThrow(/at least one picture/);
    expect(() => plot.imageGrid([[1, 2, 3]])).toThrow(/picture 0 has 3 pixels, which make no square/);
    expect(() => plot.imageGrid([[1, 2, 3]], { size: [2, 2] })).toThrow(/make no 2 by 2 picture/);
    expect(() => plot.imageGrid([[[1]]], { captions: ["a", "b"] })).toThrow(/captions must be 1 names, one for each, but there are 2/);
    expect(() => plot.imageGrid([[[1]], [[1, 2]]])).toThrow(/picture 1 is 1 by 2, but the first is 1 by 1/);
    expect(() => plot.imageGrid([[[1]]], { perRow: 0 })).toThrow(/perRow/);
  });
});
