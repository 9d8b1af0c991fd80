/**
 * Chapter 3 run from top to bottom, on the real digits where they are found and on the drawn ones. What must come out is
 * known from elsewhere: six losses that a book prints, losses and accuracies that NumPy gives for the same recipe at other
 * widths, a loss computed with PyTorch, and what the books' networks reach on MNIST.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figuresOf } from "../../setup/course/figures.mjs";
import type { FigureRecord } from "../../src/course/figure.ts";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, outputs, printed, runChapter } from "./notebook.ts";

/** Of the network 3-3-2-1 of section 5, by PyTorch 2.13 in float64. */
const SMALL_LOSS = 0.559488;

describe.each(digitSets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  let figures: FigureRecord[];
  beforeAll(async () => {
    chapter = await runChapter("03", change);
    figures = figuresOf(chapter) as FigureRecord[];
    console.log(`chapter 3 ran on ${printed(chapter, "digits-load").split(":")[0]}`);
  }, 240_000);

  it("learns the four gates that a line can part, and neither XOR nor XNOR", () => {
    for (const gate of ["AND", "OR", "NAND", "NOR"]) expect(printed(chapter, "gates-run")).toMatch(new RegExp(`^${gate} +\\d+ epochs`, "m"));
    for (const gate of ["XOR", "XNOR"]) expect(printed(chapter, "gates-run")).toMatch(new RegExp(`^${gate} +not learned`, "m"));
    expect(numbersAfter(chapter, "xor-spaces", "XOR by three perceptrons:")).toEqual([0, 1, 1, 0]);
  });

  it("computes a layer in four ways and the slopes of a graph in two", () => {
    const layers = ["unit by unit:", "Wx + b:", "b as a column:", "as a batch:"].map((way) => numbersAfter(chapter, "layer-three-ways", way).slice(0, 2));
    for (const values of layers) [2.1, -1.2].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 10));
    expect(numbersAfter(chapter, "graph-numbers", "autograd:")).toEqual([-3, -6, -6]);
    expect(numbersAfter(chapter, "activation-curves", "differ by")[0]).toBeLessThan(1e-15);
  });

  it("finds the loss of the small network that PyTorch finds, and its slopes as autograd does", () => {
    expect(numbersAfter(chapter, "numbers-forward", "loss -log a(3) =")[0]).toBeCloseTo(SMALL_LOSS, 6);
    expect(numbersAfter(chapter, "numbers-backward", "from autograd:")[0]).toBeLessThan(1e-15);
    expect(numbersAfter(chapter, "rung-backward", "from autograd:")[0]).toBeLessThan(1e-13);
    expect(numbersAfter(chapter, "rung-backward", "from nudging:")[0]).toBeLessThan(1e-7);
  });

  it("prints the six losses of the book, and comes to the same network with the library", () => {
    expect([0, 1000, 2000, 18000, 19000, 20000].map((step) => numbersAfter(chapter, "rung-step", `step ${String(step).padStart(5)}: loss`)[0])).toEqual(
      [0.389105, 0.120831, 0.116688, 0.114781, 0.11478, 0.114779],
    );
    expect(figures.find(({ id }) => id === "03.moons-losses")).toMatchObject({ median: 0, standing: "reached" });
    expect(numbersAfter(chapter, "concise-run", "20,001 steps:")[0]).toBeLessThan(1e-5);
  });

  it("sees a sixth of the moons misread without a hidden layer, and the losses of NumPy at other widths", () => {
    expect(printed(chapter, "moons-compare")).toContain("no hidden layer: 83.3 % right");
    expect(printed(chapter, "moons-compare")).toContain("three hidden units: 95.7 % right");
    for (const [width, loss] of [[1, 0.364], [2, 0.3327], [3, 0.11478], [4, 0.0971], [5, 0.0908], [30, 0.0596], [50, 0.0497]] as const) {
      expect(numbersAfter(chapter, "widths-run", `${String(width).padStart(2)} units: loss`)[0], `${width} units`).toBeCloseTo(loss, 4);
    }
  });

  it("says on which digits each of its figures was measured, and misses none", () => {
    if (expected !== undefined) expect(printed(chapter, "digits-load")).toContain(expected);
    const onDigits = figures.filter(({ data }) => data.length > 0);
    expect(onDigits.map(({ id }) => id)).toEqual([
      ...["softmax", "hidden", "dropout", "patience", "rmsprop", "adam", "order"].map((rung) => `03.ladder-${rung}`),
      "03.three-sigmoids",
      ...["sigmoid", "fine", "dropout"].map((net) => `03.wide-${net}`),
    ]);
    for (const { data } of onDigits) {
      if (expected !== undefined) expect(data.map(({ name }) => name)).toEqual([expected]);
      expect(data[0]!.checksum).toMatch(/^[0-9a-f]{32}$/);
    }
    console.log(figures.map(({ id, median, standing }) => `${id} ${median} ${standing}`).join("\n"));
    expect(figures.filter(({ standing }) => standing === "missed")).toEqual([]);
  });

  it("finds that momentum starts the three sigmoid layers, and that the book's log is slower than with it", () => {
    const [withMomentum, without] = [0.9, 0].map((momentum) => numbersAfter(chapter, "first-network-run", `momentum ${momentum}:`)[0]!);
    expect(without).toBeGreaterThan(61);
    if (expected === "MNIST") expect(withMomentum).toBeLessThan(30);
    // The drawn digits are too few: one pass does not start the three layers, with momentum or without.
    if (expected === "drawn digits") expect(withMomentum).toBeGreaterThan(50);
  });

  it("breaks as it says: equal units stay equal, and of zero weights nothing becomes", () => {
    expect(numbersAfter(chapter, "broken-run", "all zero: hidden units differ by up to")[0]).toBe(0);
    expect(numbersAfter(chapter, "broken-run", "all equal: hidden units differ by up to")[0]).toBe(0);
    expect(numbersAfter(chapter, "broken-run", "as it should be: hidden units differ by up to")[0]).toBeGreaterThan(0.05);
  });

  it("ends without an error output", () => {
    expect(outputs(chapter).filter(({ output_type }) => output_type === "error")).toEqual([]);
  });
});
