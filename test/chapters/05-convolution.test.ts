/**
 * Chapter 5 run from top to bottom: the sums and sizes that the books print (and those that they print wrong), what is built
 * from scratch equal to the library's, and a network of sliding windows that loses less when digits move.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, printed, runChapter } from "./notebook.ts";

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("05", change);
  }, 150_000);

  it("counts what the books count, and counts it right", () => {
    expect(numbersAfter(chapter, "counting", "  shared:")).toEqual([34, 944]);
    expect(numbersAfter(chapter, "counting", "  each with its own:")).toEqual([105, 705, 600]);
    expect(numbersAfter(chapter, "counting", "3072-1536-10:").slice(0, 3)).toEqual([4, 735, 498]);
    expect(numbersAfter(chapter, "dense-as-convolution-run", "512 · 7 · 7 to 4096:")).toEqual([102, 764, 544]);
    expect(numbersAfter(chapter, "dense-as-convolution-run", "answers along a side:")).toEqual([6]);
    expect(numbersAfter(chapter, "sizes", "kernel 5: 28 →")).toEqual([24]);
    expect(numbersAfter(chapter, "sizes", "227 →")).toEqual([55]);
  });

  it("walks through one dimension as the book does: -2 first, five places at stride 1, three at stride 2", () => {
    expect(numbersAfter(chapter, "one-dimension-walk", "first window: 1·0 + 0·1 - 1·2 =")).toEqual([-2]);
    const [byHand, byLibrary] = [/^stride (\d): (.*)$/gm, /^conv1d, stride (\d): (.*)$/gm].map((line) =>
      [...printed(chapter, "one-dimension-walk").matchAll(line)].map(([, stride, numbers]) => `${stride}: ${numbers}`));
    expect(byHand).toHaveLength(2);
    expect(byHand).toEqual(byLibrary);
    expect(byHand!.map((line) => line.split(",").length)).toEqual([5, 3]);
  });

  it("lays the cross on the image as UFLDL prints it", () => {
    expect(printed(chapter, "two-dimensions")).toContain("by hand:   4 3 4 | 2 4 3 | 2 3 4\nby conv2d: 4 3 4 | 2 4 3 | 2 3 4");
  });

  it("writes out 27 products whose sum with the bias is the book's 3, in two maps of 3 by 3", () => {
    const products = [0, 1, 2].flatMap((channel) => numbersAfter(chapter, "volume", `channel ${channel}:`));
    expect(products).toHaveLength(27);
    const sum = products.reduce((total, value) => total + value, 0);
    expect(numbersAfter(chapter, "volume", "sum")).toEqual([sum, 1, 3]);
    expect(sum + 1).toBe(3);
    expect(numbersAfter(chapter, "volume", "shape:")).toEqual([1, 2, 3, 3]);
  });

  it("sets the other book's im2col right", () => {
    expect(printed(chapter, "rung-columns")).toContain("[0., 1., 3., 1.]");
    expect(numbersAfter(chapter, "rung-columns", "kernel A:")).toEqual([4, 6, 6, 5]);
    expect(numbersAfter(chapter, "rung-columns", "kernel B:")).toEqual([11, 12, 7, 8]);
    expect(numbersAfter(chapter, "rung-columns", "section 7:")).toEqual([9, 27, 27, 2]);
  });

  it("agrees with the library and with autograd in every rung to 1e-5", () => {
    const differences = [
      ["rung-loops", "from conv2d:"], ["rung-columns", "from section 7:"], ["rung-columns", "from unfold:"],
      ["rung-backward", "weight, max difference from autograd:"], ["rung-backward", "bias, max difference from autograd:"],
      ["rung-backward", "x, max difference from autograd:"], ["dense-as-convolution-run", "from cutting out:"],
      ["broken-linear", "max difference:"], ["concise-run", "from our own:"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numbersAfter(chapter, cell, phrase)[0], `${cell} ${phrase}`).toBeLessThan(1e-5);
  });

  it("sees as far by autograd as by the formula", () => {
    const fields = [...printed(chapter, "fields-run").matchAll(/formula (\d+), counted (\d+)/g)].map(([, formula, counted]) => [formula, counted]);
    expect(fields.map(([formula]) => Number(formula))).toEqual([3, 5, 7, 9, 8, 15]);
    for (const [formula, counted] of fields) expect(counted).toBe(formula);
  });

  it("pools as the books do, and sends the slope to the winners alone", () => {
    expect(printed(chapter, "pooling-run")).toMatch(/largest\s+\[ \[ 2, 3 \], \[ 4, 4 \] \]/);
    const slope = printed(chapter, "pooling-run").split("largest:").at(-1)!.match(/\d\./g)!.map(Number);
    expect(slope.filter((value) => value === 1)).toHaveLength(4);
    expect(slope).toHaveLength(16);
  });

  it("learns the Laplacian from its pictures", () => {
    const learned = printed(chapter, "learn-kernel").split("learned:")[1]!.match(/-?\d+\.\d*/g)!.slice(0, 9).map(Number);
    [-1, -1, -1, -1, 8, -1, -1, -1, -1].forEach((weight, i) => expect(learned[i]).toBeCloseTo(weight, 1));
  });

  it("reads moved digits better than a perceptron by what it claims", () => {
    const figures = figuresOf(chapter) as { id: string; median: number; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual(["05.centred", "05.shift-lead"]);
    expect(figures.find(({ id }) => id === "05.shift-lead")!.median).toBeGreaterThan(0.1);
    if (expected !== undefined) for (const { data } of figures) expect(data[0]!.name).toBe(expected);
    if (expected === "MNIST") expect(figureProblems("05", figures)).toEqual([]);
  });
});
