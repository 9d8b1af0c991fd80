/**
 * Chapter 8 run from top to bottom: cells from scratch equal to the library's, the books' parameter counts and series, an LSTM
 * that beats least squares where there is noise, a carried state that is needed, gates that are those of the learner's own
 * network, digits read row by row, and a bag of words that wins.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { digitSets, numbersAfter, outputs, printed, runChapter, VEGA_LITE } from "./notebook.ts";

const sets = digitSets.map(({ set, change, expected }) => {
  if (expected !== "drawn digits") return { set, change, expected };
  const written = (source: string): string => source.replace("data.imdb()", 'data.imdb({ set: "written reviews" })');
  return { set: "the drawn digits and written reviews", change: (source: string): string => written(change(source)), expected };
});

describe.each(sets)("on $set", ({ change, expected }) => {
  let chapter: Notebook;
  const numberAfter = (cell: string, phrase: string): number => numbersAfter(chapter, cell, phrase)[0]!;
  beforeAll(async () => {
    chapter = await runChapter("08", change);
  }, 400_000);

  it("agrees with the library and with autograd in every rung to 1e-5", () => {
    const differences = [
      ["rung-step", "h, max difference from nn.LSTMCell:"], ["rung-step", "c, max difference from nn.LSTMCell:"],
      ["rung-sequence", "states, max difference from nn.LSTM:"], ["rung-sequence", "slope by U, max difference:"],
      ["rung-backward", "W: max difference from autograd:"], ["rung-backward", "U: max difference from autograd:"],
      ["rung-backward", "h: max difference from autograd:"], ["rung-backward", "c: max difference from autograd:"],
      ["rung-gru", "max difference from nn.GRUCell:"], ["rung-gru", "the other form, z negated, max difference:"],
      ["concise-run", "between loop and layer:"], ["concise-run", "and from nn.models.SeriesLSTM:"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numberAfter(cell, phrase), `${cell} ${phrase}`).toBeLessThan(1e-5);
    expect(numbersAfter(chapter, "by-hand", "the library: c'")).toEqual([numberAfter("by-hand", "c' = f c + i g ="), numberAfter("by-hand", "h' = o tanh(c') =")]);
  });

  it("counts what the books' networks have", () => {
    expect(numbersAfter(chapter, "counting-run", "ten classes:")).toEqual([6, 674]);
    expect(numberAfter("counting-run", "10 units on one number:")).toBe(491);
    expect(numberAfter("counting-run", "with peepholes:")).toBe(521);
  });

  it("remembers longest with an open forget gate, and no better than a plain layer with one half open", () => {
    const [plain, usual, open] = ["plain recurrent layer", "LSTM as it begins", "LSTM, forget gate open"]
      .map((name) => numberAfter("vanishing-run", `${name}: after 30 steps`)) as [number, number, number];
    expect(open).toBeGreaterThan(0.01);
    expect(Math.max(plain, usual)).toBeLessThan(1e-4);
  });

  it("meets the book's series, which its recurrence foretells without a mistake", () => {
    expect(numbersAfter(chapter, "sine-series", "the test series:").map((value) => value.toFixed(4))).toEqual(["-0.7435", "16.7424", "13.9678"]);
    const exact = printed(chapter, "sine-run").split("\n").find((line) => line.startsWith("exact recurrence"))!.match(/[\d.]+/g)!.map(Number);
    expect(exact[0]).toBe(0);
    expect(exact[1]).toBeGreaterThan(5);
  });

  it("draws the gates of the learner's own network: a changed weight changes the picture, the gate and the error", () => {
    const picture = (cell: string): unknown => outputs(chapter).find((output) => output.cell === cell && output.data?.[VEGA_LITE] !== undefined)?.data?.[VEGA_LITE];
    expect(picture("gates-run")).toBeDefined();
    expect(picture("gates-cut-run")).not.toEqual(picture("gates-run"));
    expect(numberAfter("gates-cut-run", "mean of the forget gates:")).toBeLessThan(numberAfter("gates-run", "mean of the forget gates:") - 0.03);
    expect(numbersAfter(chapter, "gates-cut-run", ", error after:")[0]).toBeGreaterThan(2 * numbersAfter(chapter, "gates-cut-run", ", error before:")[0]!);
  });

  it("shows that the last step of a bidirectional layer has seen one step from the end", () => {
    expect(numberAfter("broken-end", "by output.at(-1): they differ by")).toBe(0);
    expect(numberAfter("broken-end", "by hN.at(1): they differ by")).toBeGreaterThan(0.001);
    expect(numberAfter("broken-padding-run", "always 0:")).toBeGreaterThan(0.914);
  });

  it("draws what the trained reader thinks after each row, sure of its digit in the end", () => {
    const pictures = outputs(chapter).filter(({ cell, data }) => cell === "rows-when" && data?.[VEGA_LITE] !== undefined);
    expect(pictures).toHaveLength(3);
    expect(printed(chapter, "rows-when")).toMatch(/10 rows and 28 columns, values .* to (0\.9\d*|1)\n/);
    expect(printed(chapter, "rows-own")).toMatch(/Read as a \d/);
  });

  it("measures the book's reader in full beside 128 at random, whose error it names", () => {
    const [reached] = numbersAfter(chapter, "rows-book", "batches") as [number];
    const [off] = numbersAfter(chapter, "rows-book", "are off by ±") as [number];
    expect(off).toBeCloseTo(Math.sqrt((reached * (1 - reached)) / 128), 2);
    if (expected === "MNIST") expect(reached).toBeGreaterThan(0.8);
  });

  it("shows the words that speak for a film and those that speak against it", () => {
    const scores = new Map(printed(chapter, "reviews-words").split("\n").map((line) => {
      const [word = "", ...rest] = line.trim().split(/\s+/);
      return [word, Number(rest.at(-1))] as const;
    }));
    const numbers = [...scores.values()].filter(Number.isFinite);
    expect(numbers).toHaveLength(20);
    expect(Math.min(...numbers)).toBeLessThan(0);
    expect(Math.max(...numbers)).toBeGreaterThan(0);
    if (printed(chapter, "reviews-load").startsWith("IMDB (")) {
      expect(scores.get("“excellent”")).toBeGreaterThan(10);
      expect(scores.get("“awful”")).toBeLessThan(-10);
    }
  });

  it("reaches what it claims, and names who makes the smallest error on each series", () => {
    const figures = figuresOf(chapter) as { id: string; standing: string; data: { name: string }[] }[];
    expect(figures.map(({ id }) => id)).toEqual([
      "08.sine", "08.sine-noise", "08.stateful", "08.row-lstm", "08.row-gru", "08.row-both-ways", "08.row-lstm-128", "08.imdb-bag", "08.imdb-lstm", "08.imdb-lead",
    ]);
    expect(figures.filter(({ data }) => data.length === 0).map(({ standing }) => standing)).toEqual(["reached", "reached", "reached"]);
    const names = figures.flatMap(({ data }) => data.map(({ name }) => name));
    if (expected === "drawn digits") expect(new Set(names)).toEqual(new Set(["drawn digits", "written reviews"]));
    if (expected === "MNIST" && names.includes("IMDB")) expect(figureProblems("08", figures)).toEqual([]);
    // Without noise the two formulas differ by rounding alone.
    expect(printed(chapter, "sine-prediction").split("\n")[0]).toMatch(/smooth: '(exact recurrence|least squares)', noisy: 'LSTM'/);
  });
});
