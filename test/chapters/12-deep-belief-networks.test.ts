/**
 * Chapter 12 run from top to bottom: what can be counted on six pixels, greedy training equal to the library's, fine-tuning
 * that begins at the weights that were learned, and the experiment on pre-training with its figures.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, printed, runChapter } from "./notebook.ts";

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("12", change);
  }, 240_000);

  it("leaves the likelihood as it is when a machine is turned over on itself, and raises the bound from there", () => {
    const lines = printed(chapter, "bound-run").split("\n").filter((line) => line.startsWith("one machine"));
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const [, first, turned, , before, after, total] = /machine (\S+), .*over (\S+), trained (\S+); bound (\S+) to (\S+); .* (\S+)$/.exec(line)!.map(Number);
      expect(turned).toBe(first);
      expect(before).toBeLessThanOrEqual(first! + 1e-3);
      expect(after).toBeGreaterThan(before!);
      expect(total).toBeCloseTo(1, 8);
    }
  });

  it("trains greedily as the library does, to the last bit, and counts the book's parameters", () => {
    expect(numbersAfter(chapter, "rung-greedy", "max difference:")).toEqual([0]);
    expect(printed(chapter, "rung-greedy")).toContain("2,797,010");
  });

  it("begins fine-tuning at the pre-trained weights, by their hash", () => {
    const hash = (name: string): string => new RegExp(`${name}:\\s+([0-9a-f]{8})`).exec(printed(chapter, "hashes"))![1]!;
    expect(hash("what fine-tuning begins at")).toBe(hash("pre-trained"));
    expect(hash("random first weights")).not.toBe(hash("pre-trained"));
  });

  it("works the book's small sums", () => {
    expect(printed(chapter, "worked-run")).toContain("logarithms: -0.09 -0.20 -0.31");
    expect(numbersAfter(chapter, "worked-run", "mean negative log-likelihood:")[0]).toBeCloseTo(0.2025, 3);
    expect(numbersAfter(chapter, "worked-run", "error rate:")).toEqual([0.4]);
    expect(numbersAfter(chapter, "worked-run", "at step 1000: go on until")).toEqual([5000]);
    expect(numbersAfter(chapter, "worked-run", "at step 4000: go on until")).toEqual([8000]);
  });

  it("takes one rate for both arms, the best of those searched", () => {
    const taken = printed(chapter, "experiment-search").match(/← taken/g);
    expect(taken).toHaveLength(3);
    for (const block of printed(chapter, "experiment-search").split(/\d+ labels:\n/).slice(1)) {
      const tried = [...block.matchAll(/pre-trained (\S+), random (\d\.\d+)(.*)/g)].map(([, one, other, mark]) => ({ mean: (Number(one) + Number(other)) / 2, mark }));
      expect(tried).toHaveLength(3);
      const best = Math.max(...tried.map(({ mean }) => mean));
      expect(tried.find(({ mark }) => mark!.includes("taken"))!.mean).toBeGreaterThan(best - 1e-4);
    }
  });

  it("takes equal steps in both arms", () => {
    const runs = [...printed(chapter, "experiment-run").matchAll(/(\d+) labels, (\d+) steps, (pre-trained|random):/g)].map(([, labels, steps]) => `${labels} ${steps}`);
    expect(runs).toHaveLength(6);
    for (let i = 0; i < 6; i += 2) expect(runs[i]).toBe(runs[i + 1]);
  });

  it("computes in the library what is written out", () => {
    expect(numbersAfter(chapter, "concise-run", "max difference:")[0]).toBeLessThan(1e-4);
  });

  it("reaches the figures that it claims", () => {
    const figures = figuresOf(chapter) as { id: string; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual(["12.bound", "12.all-labels", "12.gain-all", "12.gain-some", "12.gain-few"]);
    if (expected !== undefined) for (const { data } of figures) if (data.length > 0) expect(data[0]!.name).toBe(expected);
    expect(figureProblems("12", figures, { drawn: true })).toEqual([]);
  });
});
