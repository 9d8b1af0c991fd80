/**
 * Chapter 4 as it is saved: its contests with five seeds on the real digits, every claim reached, and what is built from
 * scratch equal to the library's. The run itself is in the long test beside this one.
 */
import { describe, expect, it } from "vitest";
import { figuresOf } from "../../setup/course/figures.mjs";
import type { FigureRecord } from "../../src/course/figure.ts";
import { chapterFile, numbersAfter, printed, readNotebook } from "./notebook.ts";

const chapter = readNotebook(chapterFile("04"));
const figures = figuresOf(chapter) as FigureRecord[];

describe("chapter 4 as saved", () => {
  it("claims at least twelve figures, each with five seeds, and has reached them all", () => {
    expect(figures.length).toBeGreaterThanOrEqual(12);
    expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
    for (const { id, values, seeds, standing } of figures) {
      expect(standing, id).toBe("reached");
      expect(seeds, id).toEqual([1, 2, 3, 4, 5]);
      expect(values.length, id).toBe(5);
    }
  });

  it("measures on the published digits, and names them", () => {
    const onDigits = figures.filter(({ data }) => data.length > 0);
    expect(onDigits.length).toBeGreaterThanOrEqual(12);
    for (const { id, data } of onDigits) expect(data, id).toEqual([{ name: "MNIST", checksum: expect.stringMatching(/^[0-9a-f]{32}$/), kind: "published" }]);
  });

  it("finds the mean, the median and their kin as the best answers by five losses, and splits cross-entropy", () => {
    const numbers = [1, 2, 3, 4, 100];
    const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const best = (loss: string): number => numbersAfter(chapter, "measures", `${loss.padEnd(14)} best answer`)[0]!;
    expect(best("squared")).toBe(meanOf(numbers));
    expect(best("absolute")).toBe(3);
    expect(best("Huber")).toBe(3);
    // The weighted median: in per cent a miss of n counts 1/n.
    expect(best("in per cent")).toBe(2);
    expect(best("of logarithms")).toBeCloseTo(Math.exp(meanOf(numbers.map(Math.log1p))) - 1, 1);
    const [cross, entropy, divergence] = ["cross-entropy ", "= entropy ", "divergence "].map((word) => numbersAfter(chapter, "measures", word)[0]!);
    expect(cross).toBeCloseTo(-(0.7 * Math.log(0.5) + 0.2 * Math.log(0.2) + 0.1 * Math.log(0.3)), 4);
    expect(entropy! + divergence!).toBeCloseTo(cross!, 3);
  });

  it("agrees with the library in every rung to 1e-5", () => {
    const differences = [
      ["rung-dropout", "from the library:"], ["rung-norm", "training:"], ["rung-norm", "afterwards:"],
      ["rung-adam", "SGD: max difference"], ["rung-adam", "Adam: max difference"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numbersAfter(chapter, cell, phrase)[0], `${cell} ${phrase}`).toBeLessThan(1e-5);
  });

  it("gets the same accuracy from the library's loop as from its own", () => {
    const [, byLibrary, byLoop] = /^([\d.]+) by the library, ([\d.]+) by our own loop$/m.exec(printed(chapter, "concise"))!;
    expect(byLibrary).toBe(byLoop);
  });
});
