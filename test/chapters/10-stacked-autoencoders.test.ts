/**
 * Chapter 10 run from top to bottom: greedy training equal to the library's, fine-tuning that begins, by a hash of the weights,
 * where pre-training ended (and where the other arm does not), and a random network on the curve that the book prints.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, printed, runChapter } from "./notebook.ts";

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("10", change);
  }, 300_000);

  it("leaves at most a quarter of a slope behind each sigmoid", () => {
    expect(numbersAfter(chapter, "slopes-run", "slope at 0:")[0]).toBe(0.25);
    expect(numbersAfter(chapter, "slopes-run", "three layers, all at 0:")).toEqual([1 / 64]);
    const narrow = numbersAfter(chapter, "slopes-run", "1 × Xavier's width:");
    const wide = numbersAfter(chapter, "slopes-run", "4 × Xavier's width:");
    expect(narrow[0]! / narrow[3]!).toBeLessThan(0.05);
    expect(wide[0]! / wide[3]!).toBeGreaterThan(narrow[0]! / narrow[3]!);
  });

  it("trains level by level as the library does, to 1e-5", () => {
    for (const level of [1, 2]) {
      const [, difference] = numbersAfter(chapter, "rung-greedy", `level ${level}:`);
      expect(difference, `level ${level}`).toBeLessThan(1e-5);
    }
  });

  it("starts fine-tuning from the very weights that pre-training left, and the other arm from others", () => {
    const left = printed(chapter, "fine-tune").match(/(?<=:\s+)[0-9a-f]{8}$/gm)!;
    expect(left).toHaveLength(3);
    expect(left[1]).toBe(left[0]);
    expect(left[2]).not.toBe(left[0]);

    const runs = [...printed(chapter, "experiment-run").matchAll(/left ([0-9a-f]{8}); fine-tuning began at ([0-9a-f]{8}), random at ([0-9a-f]{8})/g)];
    expect(runs).toHaveLength(15);
    for (const [, pretrained, began, random] of runs) {
      expect(began).toBe(pretrained);
      expect(random).not.toBe(pretrained);
    }
    // Three numbers of labels for each of five seeds, and each seed has weights of its own.
    expect(new Set(runs.map(([, pretrained]) => pretrained)).size).toBe(5);
    expect(new Set(runs.map(([, , , random]) => random)).size).toBe(5);
  });

  it("shows the book's accident: other weights than those that were trained", () => {
    const [left, begun] = printed(chapter, "accident").match(/[0-9a-f]{8}/g)!;
    expect(begun).not.toBe(left);
    expect(printed(chapter, "accident")).toContain("the pre-training is lost");
  });

  it("reports both arms with their range, at one rate for both", () => {
    const rows = [...printed(chapter, "experiment-chart").matchAll(/(\d+) labels, (pre-trained|random)\s+([\d.]+) % wrong \(([\d.]+) to ([\d.]+)\)/g)];
    expect(rows).toHaveLength(6);
    for (const [, , , mean, low, high] of rows) {
      expect(Number(low)).toBeLessThanOrEqual(Number(mean));
      expect(Number(mean)).toBeLessThanOrEqual(Number(high));
    }
    expect(printed(chapter, "search").match(/→ [\d.]+/g)).toHaveLength(3);
  });

  it("reaches what it claims", () => {
    const figures = figuresOf(chapter) as { id: string; median: number; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual(["10.best", "10.gain-all", "10.gain-twentieth", "10.gain-few", "10.published"]);
    if (expected !== undefined) for (const { data } of figures) expect(data[0]!.name).toBe(expected);
    if (expected === "MNIST") expect(figureProblems("10", figures)).toEqual([]);
  });
});
