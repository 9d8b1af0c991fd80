/**
 * Chapter 8 run from top to bottom: cells from scratch equal to the library's, the books' parameter counts and series, an LSTM
 * that beats least squares where there is noise, a carried state that is needed, and gates that are those of the learner's own
 * network.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { numbersAfter, outputs, printed, runChapter, VEGA_LITE } from "./notebook.ts";

describe("chapter 8", () => {
  let chapter: Notebook;
  const numberAfter = (cell: string, phrase: string): number => numbersAfter(chapter, cell, phrase)[0]!;
  beforeAll(async () => {
    chapter = await runChapter("08");
  }, 150_000);

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

  it("reaches what it claims, and names who makes the smallest error on each series", () => {
    const figures = figuresOf(chapter) as { id: string }[];
    expect(figures.map(({ id }) => id)).toEqual(["08.sine", "08.sine-noise", "08.stateful"]);
    expect(figureProblems("08", figures)).toEqual([]);
    // Without noise the two formulas differ by rounding alone.
    expect(printed(chapter, "sine-prediction").split("\n")[0]).toMatch(/smooth: '(exact recurrence|least squares)', noisy: 'LSTM'/);
  });
});
