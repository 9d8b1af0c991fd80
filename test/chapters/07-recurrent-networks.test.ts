/**
 * Chapter 7 run from top to bottom: what the book prints of every part of its caption network, gradients that pass their checks,
 * networks built from scratch equal to the library's, a paragraph learned by heart; and pictures that are those of the learner's
 * own network: with a weight changed they are others.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { chapterFile, numbersAfter, outputs, printed, readNotebook, runChapter, VEGA_LITE } from "./notebook.ts";

/** A chart's specification. */
function chartOf(chapter: Notebook, id: string): string {
  const chart = outputs(chapter).find(({ cell, data }) => cell === id && data !== undefined && VEGA_LITE in data);
  if (chart === undefined) throw new Error(`cell ${id} shows no chart`);
  return JSON.stringify(chart.data![VEGA_LITE]);
}

describe("as it is", () => {
  let chapter: Notebook;
  beforeAll(async () => {
    chapter = await runChapter("07");
  }, 600_000);

  it("meets what the book prints, to the printed digits", () => {
    const figures = figuresOf(chapter) as { id: string; median: number; standing: string }[];
    expect(figureProblems("07", figures)).toEqual([]);
    const valueOf = (id: string): number => figures.find((figure) => figure.id === id)!.median;
    expect(valueOf("07.step").toExponential(8)).toBe("6.29242143e-9");
    expect(valueOf("07.sequence")).toBeCloseTo(7.728466e-8, 13);
    expect(valueOf("07.embedding").toExponential(8)).toBe("1.00000001e-8");
    expect(valueOf("07.caption").toFixed(12)).toBe("9.832355910027");
  });

  it("checks every gradient to 1e-6", () => {
    const errors = ["rung-step-back", "rung-through-time", "rung-embedding", "rung-scores", "caption-check"].flatMap((id) =>
      [...printed(chapter, id).matchAll(/^d(\w+) +(\S+)$/gm)].map(([, , error]) => Number(error)));
    expect(errors).toHaveLength(5 + 5 + 1 + 3 + 1 + 8);
    for (const error of errors) expect(error).toBeLessThan(1e-6);
  });

  it("agrees with autograd and with the library to 1e-5", () => {
    const differences = [
      ["caption-check", "from autograd:"], ["rung-compare", "losses and slopes:"],
      ["concise-run", "from our own loop:"], ["concise-run", "from two loops:"],
    ] as const;
    for (const [cell, phrase] of differences) expect(numbersAfter(chapter, cell, phrase)[0], `${cell} ${phrase}`).toBeLessThan(1e-5);
    const byHand = numbersAfter(chapter, "by-hand-through-time", "together");
    expect(numbersAfter(chapter, "by-hand-through-time", "autograd")).toEqual(byHand);
  });

  it("counts the parameters that the books count", () => {
    expect(numbersAfter(chapter, "paragraph", "95 signs:")).toEqual([29195]);
    expect(numbersAfter(chapter, "alice-text", "42 characters")).toEqual([27306]);
    expect(numbersAfter(chapter, "grammar", "network has")).toEqual([989705]);
  });

  it("recites the paragraph, and steps through the same slopes that it computes by hand", () => {
    const recited = printed(chapter, "train-writers").split("step 8800: ")[1]!;
    expect(recited).toContain("像针尖上一滴水滴在大海里，我的日子滴在时间的流里");
    for (const share of ["0.2747", "−0.6796"]) expect(printed(chapter, "stepper")).toContain(share);
  });
});

/** The cells that the pictures of section 12 are made from; the others are left out of the runs that change a weight. */
const needed = [
  "imports", "play-line", "rung-step", "rung-sequence", "rung-step-back", "rung-through-time", "rung-scores", "paragraph",
  "rung-writer", "train-writers", "temperature-writer", "inside-states", "inside-slopes",
];
const sources = new Set(readNotebook(chapterFile("07")).cells.filter(({ id }) => needed.includes(id)).map(({ source }) => source));

/** Runs those cells, with one network that reads less often. */
const runPictures = (change: (source: string) => string = (source) => source): Promise<Notebook> =>
  runChapter("07", (source) => (sources.has(source) ? change(source.replaceAll("8800", "400").replace("const panel", "const seeds = [1];\nconst panel")) : ""));

it("shows states and slopes of the learner's own network: without its recurrent weights a guess hangs on the last character alone", async () => {
  const usual = await runPictures();
  const changed = await runPictures((source) =>
    source.replace("const watched = writers[0].net;", "const watched = writers[0].net;\nnoGrad(() => [watched, young].forEach((net) => net.weightHh.zero_()));"));
  for (const id of ["inside-states", "inside-slopes"]) expect(chartOf(changed, id), id).not.toBe(chartOf(usual, id));
  const reaching = (chapter: Notebook): number =>
    [...chartOf(chapter, "inside-slopes").matchAll(/"value":(-?[\d.]+)/g)].filter(([, value]) => Number(value) > -4).length;
  expect(reaching(changed)).toBe(24);
  expect(reaching(usual)).toBeGreaterThan(200);
}, 600_000);
