/**
 * Chapter 9 run from top to bottom: one number for two along the eigenvector, the linear network as good as PCA, what is built
 * from scratch equal to the library's, holes that are filled, silent units, and the costs below zero that the book prints.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, printed, runChapter } from "./notebook.ts";

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("09", change);
  }, 240_000);

  it("passes (2, 1) through one number by hand", () => {
    expect(numbersAfter(chapter, "by-hand-run", "code:")).toEqual([2.2]);
    expect(numbersAfter(chapter, "by-hand-run", "given back:")).toEqual([1.76, 1.32]);
    expect(numbersAfter(chapter, "by-hand-run", "squared error:")).toEqual([0.16]);
  });

  it("finds the cloud's direction by turning, and its eigenvector by descent", () => {
    expect(Math.abs(numbersAfter(chapter, "by-hand-run", "lowest at")[0]! - 30)).toBeLessThanOrEqual(4);
    expect(numbersAfter(chapter, "by-hand-descent", "length:")[0]).toBeCloseTo(1, 5);
    expect(numbersAfter(chapter, "by-hand-descent", "eigenvector:")[0]).toBeLessThan(1e-5);
  });

  it("finds PCA's plane with a linear network, not its directions", () => {
    const [largest, mean] = numbersAfter(chapter, "linear-directions", "largest");
    expect(largest).toBeLessThanOrEqual(1.0001);
    expect(mean).toBeGreaterThan(expected === "MNIST" ? 0.98 : 0.95);
  });

  it("agrees with the library and with autograd in every rung to 1e-5", () => {
    const differences = [
      ["rung-forward", "r, max difference from the library:"], ["rung-forward", "relative difference:"],
      ["rung-backward", "W, max difference from autograd:"], ["rung-backward", "b, max difference from autograd:"],
      ["rung-backward", "c, max difference from autograd:"], ["rung-steps", "max difference after 100 steps:"],
      ["sparse-slope", "max difference from autograd:"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numbersAfter(chapter, cell, phrase)[0], `${cell} ${phrase}`).toBeLessThan(1e-5);
    const [first, last] = numbersAfter(chapter, "rung-steps", "cost of the first and the last batch:");
    expect(last).toBeLessThan(first!);
  });

  it("takes three tenths of the ink away", () => {
    expect(Math.abs(numbersAfter(chapter, "rung-noise", "are 0 now:")[0]! - 0.3)).toBeLessThan(0.01);
  });

  it("fills holes with the denoiser better than with the copier", () => {
    const [damaged] = numbersAfter(chapter, "train-figure", "damaged digits: distance");
    const [copied] = numbersAfter(chapter, "train-figure", "trained without noise:");
    const [restored] = numbersAfter(chapter, "train-figure", "trained with 30 %:");
    expect(restored).toBeLessThan(copied!);
    expect(restored).toBeLessThan(damaged!);
  });

  it("gives the mean picture with the other book's weights, and better with a better start", () => {
    const [asPrinted] = numbersAfter(chapter, "deep-run", "as printed:");
    const [meanPicture] = numbersAfter(chapter, "deep-run", "always the mean picture:");
    const [fair] = numbersAfter(chapter, "deep-run", "no fine:");
    expect(asPrinted! / meanPicture!).toBeGreaterThan(0.9);
    expect(fair! / meanPicture!).toBeLessThan(expected === "MNIST" ? 0.4 : 0.9);
  });

  it("prices paper below zero with cross-entropy on tanh", () => {
    expect(numbersAfter(chapter, "broken-cost", "truth 0, output -0.3:")).toEqual([-0.262]);
    expect(numbersAfter(chapter, "broken-cost", "truth -0.5, output 0.001:")[0]).toBeLessThan(-3);
    expect(printed(chapter, "broken-run").match(/last cost/g)).toHaveLength(3);
    const [wrong] = numbersAfter(chapter, "broken-run", "tanh, cross-entropy: last cost").slice(1);
    const [sound] = numbersAfter(chapter, "broken-run", "tanh, squared error: last cost").slice(1);
    expect(sound).toBeLessThan(wrong!);
  });

  it("reaches what it claims", () => {
    const figures = figuresOf(chapter) as { id: string; median: number; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual(["09.linear-pca", "09.denoised", "09.sparse", "09.tanh-cost"]);
    if (expected !== undefined) for (const { data } of figures) expect(data[0]!.name).toBe(expected);
    if (expected === "MNIST") expect(figureProblems("09", figures)).toEqual([]);
  });
});
