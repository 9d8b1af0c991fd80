/**
 * Chapter 1 run from top to bottom. The ten points and the two fits are those of a book's Theano example, computed anew with
 * NumPy's generator and NumPy's arithmetic.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { numbersAfter, outputs, printed, runChapter } from "./notebook.ts";

describe("as it is", () => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("01");
  }, 120_000);

  it("draws the ten companies of the book", () => {
    expect(printed(chapter, "companies")).toContain(
      "(13, 569) (14, 588) (32, 940) (24, 778) (44, 1175) (14, 579) (86, 2026) (87, 2044) (71, 1726) (26, 814)",
    );
  });

  it("solves the normal equations", () => {
    const [slope, intercept] = numbersAfter(chapter, "rung-normal", "normal equations:");
    expect(slope).toBeCloseTo(20.03805, 5);
    expect(intercept).toBeCloseTo(13.02239, 5);
  });

  it("comes to rest at 20.046286 and 13.016069 after a thousand epochs, having passed 20.0401 and 13.0158 after a hundred", () => {
    const [slope, intercept] = numbersAfter(chapter, "rung-sgd", "after 1000 epochs:");
    expect(slope).toBeCloseTo(20.046286, 6);
    expect(intercept).toBeCloseTo(13.016069, 6);
    const [earlySlope, earlyIntercept] = numbersAfter(chapter, "rung-sgd", "after  100 epochs:");
    expect(earlySlope).toBeCloseTo(20.0401, 4);
    expect(earlyIntercept).toBeCloseTo(13.0158, 4);
  });

  it("reaches the same numbers with the library's SGD", () => {
    const [slope, intercept] = numbersAfter(chapter, "concise", "library:");
    expect(slope).toBeCloseTo(20.04629, 5);
    expect(intercept).toBeCloseTo(13.01607, 5);
    expect(numbersAfter(chapter, "concise", "from our own loop:")[0]).toBeLessThan(1e-12);
  });

  it("comes within 2 % of the formula with twelve readings, and reaches all that it claims", () => {
    const figures = figuresOf(chapter) as { id: string; median: number }[];
    expect(figures.map(({ id }) => id)).toEqual(["01.slope", "01.intercept", "01.benzene"]);
    expect(figureProblems("01", figures)).toEqual([]);
    const [byFormula] = numbersAfter(chapter, "several-formula", "mean squared error, test:");
    const [byNothing] = numbersAfter(chapter, "several-formula", "without any reading, test:");
    expect(byFormula).toBeLessThan(byNothing! / 10);
  });

  it("knows the step size beyond which the loss grows", () => {
    // 2 over the larger root of λ² - (a + c)λ + ac - b², from the sums over the ten scores.
    const x = [13, 14, 32, 24, 44, 14, 86, 87, 71, 26].map((score) => (score - 50) / 100);
    const [a, b, c] = [x.reduce((sum, v) => sum + v * v, 0) / 10, x.reduce((sum, v) => sum + v, 0) / 10, 1];
    const larger = (a + c + Math.sqrt((a - c) ** 2 + 4 * b * b)) / 2;
    expect(numbersAfter(chapter, "rate-play", "the step size must stay below")[0]).toBeCloseTo(2 / larger, 4);
  });

  it("finds every check of its own passed", () => {
    expect(numbersAfter(chapter, "rung-loss", "mseLoss:")[0]).toBeLessThan(1e-15);
    expect(numbersAfter(chapter, "rung-gradient", "from autograd:")[0]).toBeLessThan(1e-13);
    expect(numbersAfter(chapter, "rung-gradient", "from nudging:")[0]).toBeLessThan(1e-8);
    expect(numbersAfter(chapter, "rung-normal", "largest slope of the loss there:")[0]).toBeLessThan(1e-13);
    expect(numbersAfter(chapter, "fixed-point", "from 1,000 epochs:")[0]).toBeLessThan(1e-12);
  });
});

it("runs with another seed, and then fits another line", async () => {
  const chapter = await runChapter("01", (source) => source.replace("MT19937(234)", "MT19937(235)"));
  expect(outputs(chapter).filter(({ output_type }) => output_type === "error")).toEqual([]);
  const [slope, intercept] = numbersAfter(chapter, "rung-normal", "normal equations:");
  expect(slope).toBeCloseTo(20, 0);
  expect(slope).not.toBeCloseTo(20.03805, 5);
  expect(intercept).toBeCloseTo(13, 0);
}, 120_000);
