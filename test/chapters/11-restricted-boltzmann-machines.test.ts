/**
 * Chapter 11 run from top to bottom: what is counted state by state, what is built from scratch equal to the library's and to
 * autograd's, and a machine on digits whose exact pseudo-likelihood reaches what it claims.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, printed, runChapter } from "./notebook.ts";

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("11", change);
  }, 240_000);

  it("counts 32 states, whose partition function the library finds too", () => {
    const [states, Z] = numbersAfter(chapter, "energy-run", "").slice(0, 2);
    expect(states).toBe(32);
    const [byHand, byLibrary] = numbersAfter(chapter, "free-energy-run", "log Z:");
    expect(byHand).toBeCloseTo(Math.log(Z!), 5);
    expect(byLibrary).toBe(byHand);
  });

  it("agrees with counting and with autograd wherever it compares", () => {
    const differences = [
      ["conditionals", "max difference from counting:"], ["free-energy-run", "max difference from counting:"], ["free-energy-run", "RBM.freeEnergy, max difference:"],
      ["gradient-run", "max difference from autograd:"], ["rung-cd", "weight, max difference:"], ["rung-cd", "hiddenBias, max difference:"],
      ["rung-cd", "visibleBias, max difference:"], ["rung-pll", "by the loop, difference:"], ["rung-pll", "by the library, difference:"],
      ["concise-run", "max difference after 100 steps:"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numbersAfter(chapter, cell, phrase)[0], `${cell} ${phrase}`).toBeLessThan(1e-9);
    expect(numbersAfter(chapter, "concise-run", "moved by:")[0]).toBeGreaterThan(0.05);
  });

  it("draws units as often as their probabilities say", () => {
    const often = numbersAfter(chapter, "conditionals", "mean of 10,000 draws:");
    [0.1, 0.3, 0.8, 0.86, 0.9].forEach((p, i) => expect(Math.abs(often[i]! - p)).toBeLessThan(0.02));
  });

  it("finds expected slopes that come nearer to the exact one with more steps, and sooner on a machine that knows nothing", () => {
    const lines = [...printed(chapter, "cd-cosines").matchAll(/CD-(\d+): cosine (\S+),/g)].map(([, k, cosine]) => [Number(k), Number(cosine)] as const);
    expect(lines.map(([k]) => k)).toEqual([1, 2, 5, 10, 20, 50, 1, 2, 5, 10, 20, 50]);
    const [random, learned] = [lines.slice(0, 6).map(([, cosine]) => cosine), lines.slice(6).map(([, cosine]) => cosine)];
    expect(random[5]).toBeGreaterThan(0.9999);
    expect(random[5]).toBeGreaterThan(random[0]!);
    learned.forEach((cosine, i) => expect(cosine).toBeLessThan(random[i]!));
    expect(numbersAfter(chapter, "gradient-learn", "after 2000 steps:")[0]).toBeGreaterThan(-1.75);
  });

  it("sees each accident of section 13 cost likelihood", () => {
    const right = numbersAfter(chapter, "broken", "as it should be:")[0]!;
    for (const accident of ["cut at 0.5:", "end not constant:", "rate × 100, persistent:"]) {
      expect(numbersAfter(chapter, "broken", accident)[0], accident).toBeLessThan(right - 0.1);
    }
  });

  it("knows a hidden pixel better than who knows only how often it is ink", () => {
    const [blind, byChance] = numbersAfter(chapter, "digits-prediction", "is ink: PLL");
    const [machine, byMachine] = numbersAfter(chapter, "digits-prediction", "the machine: PLL");
    expect(machine).toBeGreaterThan(blind! + 50);
    expect(byMachine).toBeGreaterThan(byChance! + 0.05);
  });

  it("reaches the figures that it claims", () => {
    const figures = figuresOf(chapter) as { id: string; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual(["11.cd-direction", "11.small-rise", "11.pll", "11.reconstruction", "11.gaussian"]);
    if (expected !== undefined) for (const { data } of figures) if (data.length > 0) expect(data[0]!.name).toBe(expected);
    expect(figureProblems("11", figures, { drawn: true })).toEqual([]);
  });
});
