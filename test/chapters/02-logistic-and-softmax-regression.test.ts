/**
 * Chapter 2 run from top to bottom, on the real digits where they are found and on the drawn ones. What must come out on
 * MNIST is known from books: about 0.92 for softmax regression, 0.9099 with an L2 penalty.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { bothDigitSets, numbersAfter, outputs, printed, runChapter } from "./notebook.ts";

/** What each set allows; the drawn digits are as hard as softmax regression finds digits. */
const bands = {
  MNIST: { accuracy: [0.92, 0.93], withFine: [0.9, 0.92] },
  "drawn digits": { accuracy: [0.85, 0.95], withFine: [0.8, 0.95] },
} as const;

describe.each(bothDigitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  let name: keyof typeof bands;
  beforeAll(async () => {
    chapter = await runChapter("02", change);
    name = printed(chapter, "load").includes("MNIST (MD5") ? "MNIST" : "drawn digits";
    console.log(`chapter 2 ran on ${printed(chapter, "load").split(":")[0]}`);
  }, 240_000);

  it("says which set it ran on, with its checksum, beside each count", () => {
    if (expected !== undefined) expect(name).toBe(expected);
    for (const cell of ["load", "train-loop", "decay-run", "concise-check"]) {
      expect(printed(chapter, cell)).toMatch(new RegExp(`${name} \\(MD5 [0-9a-f]{32}\\)`));
    }
  });

  it("reads as many test digits as the set allows, by hand and by the library", () => {
    const [, right, all] = /(\d+) of (\d+) right/.exec(printed(chapter, "train-loop"))!.map(Number);
    const [, byLibrary] = /(\d+) of \d+ right by the library/.exec(printed(chapter, "concise-check"))!.map(Number);
    const [low, high] = bands[name].accuracy;
    console.log(`${name}: ${right} of ${all} right by hand, ${byLibrary} by the library`);
    for (const count of [right!, byLibrary!]) {
      expect(count / all!).toBeGreaterThanOrEqual(low);
      expect(count / all!).toBeLessThanOrEqual(high);
    }
    expect(Math.abs(right! - byLibrary!) / all!).toBeLessThan(0.001);
  });

  it("reads fewer with the fine on large weights", () => {
    const [, right, without] = /with the fine (\d+) of \d+ right, without (\d+)/.exec(printed(chapter, "decay-run"))!.map(Number);
    const [, all] = /of (\d+) right, without/.exec(printed(chapter, "decay-run"))!.map(Number);
    const [low, high] = bands[name].withFine;
    console.log(`${name}: ${right} of ${all} right with the fine`);
    expect(right! / all!).toBeGreaterThanOrEqual(low);
    expect(right! / all!).toBeLessThanOrEqual(high);
    expect(right!).toBeLessThan(without!);
  });

  it("finds every check of its own passed", () => {
    // The slope of the sigmoid at 2, as a book prints it.
    expect(numbersAfter(chapter, "sigmoid", "by the rule:")[0]).toBeCloseTo(0.10499358540350649, 15);
    expect(numbersAfter(chapter, "sigmoid", "from autograd:")[0]).toBeLessThan(1e-15);
    const [byRule, byNudging] = numbersAfter(chapter, "logistic-gradient", "by the rule");
    expect(byRule).toBeCloseTo(byNudging!, 8);
    expect(numbersAfter(chapter, "softmax-by-hand", "from the library:")[0]).toBeLessThan(1e-15);
    expect(numbersAfter(chapter, "cross-entropy-check", "from the library:")[0]).toBeLessThan(1e-15);
    expect(numbersAfter(chapter, "cross-entropy-check", "from autograd:")[0]).toBeLessThan(1e-15);
    expect(numbersAfter(chapter, "rung-forward", "loss at the start:")[0]).toBeCloseTo(Math.LN10, 5);
    expect(numbersAfter(chapter, "rung-gradient", "from autograd:")[0]).toBeLessThan(1e-6);
    expect(numbersAfter(chapter, "evidence", "from the scores:")[0]).toBeLessThan(1e-4);
  });

  it("reaches all that it claims, over five seeds where digits are read", () => {
    const figures = figuresOf(chapter) as { id: string; values: number[] }[];
    expect(figureProblems("02", figures, { drawn: name === "drawn digits" })).toEqual([]);
    expect(figures.filter(({ values }) => values.length === 5).map(({ id }) => id)).toEqual(["02.mnist-softmax", "02.mnist-l2"]);
  });

  it("goes Newton's way as the textbook prints it, and to a lower loss than descent", () => {
    expect(printed(chapter, "newton-root").split("\n").slice(0, 4).map(Number)).toEqual([4.5, 2.5, 1.7, 1.5117647059]);
    const [byNewton] = numbersAfter(chapter, "newton-run", "step 6:").slice(-1);
    const [byDescent] = numbersAfter(chapter, "newton-run", "descent:").slice(-1);
    expect(byNewton).toBeLessThan(byDescent!);
  });

  it("ends without an error output", () => {
    expect(outputs(chapter).filter(({ output_type }) => output_type === "error")).toEqual([]);
  });
});
