/**
 * Chapter 6 run from top to bottom: on the sets that are found, where every claim must be reached; on drawn ones, where it must
 * run; and with a weight changed before the network is looked at, which every view must show.
 */
import { describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import { dataFolder } from "../../setup/data-folder.mjs";
import { outputs, printed, runChapter, strayErrors, VEGA_LITE } from "./notebook.ts";
import type { Notebook } from "./notebook.ts";

const onDrawn = (source: string): string => source
  .replace("data.mnist()", 'data.mnist({ set: "drawn digits" })').replace("data.cifar10()", 'data.cifar10({ set: "drawn pictures" })');
/** On drawn sets, and learning for a moment only. */
const briefly = (source: string): string => onDrawn(source)
  .replace("epochs: 5,", "epochs: 1,").replaceAll(/steps: (?:600|300)/g, "steps: 20").replace("? 8 : 30", "? 1 : 30");

/** What a cell shows of a network, as the page gets it. */
const shown = (chapter: Notebook, cell: string): string => {
  const views = outputs(chapter).filter((output) => output.cell === cell && output.data?.[VEGA_LITE] !== undefined);
  expect(views.length, cell).toBeGreaterThan(0);
  return JSON.stringify(views.map(({ data }) => data![VEGA_LITE]));
};

describe("chapter 6", () => {
  it("reaches what it claims on the sets that are found", async () => {
    const chapter = await runChapter("06");
    expect(strayErrors(chapter)).toEqual([]);
    if (dataFolder() !== undefined) expect(figureProblems("06", figuresOf(chapter))).toEqual([]);
  }, 600_000);

  it("runs on drawn digits and pictures", async () => {
    const chapter = await runChapter("06", onDrawn);
    expect(strayErrors(chapter)).toEqual([]);
    expect(printed(chapter, "load")).toContain("drawn digits");
    expect(printed(chapter, "pictures-load")).toContain("drawn pictures");
  }, 600_000);

  it("shows the network as it is: a weight that is changed beforehand changes its pictures", async () => {
    const change = "noGrad(() => void (reader.at(\"C1\") as nn.Conv2d).weight.select(0, 2).mul_(-3));\n";
    const asLearned = await runChapter("06", briefly);
    const changed = await runChapter("06", (source) => (source.startsWith("const example =") ? change : "") + briefly(source));
    for (const cell of ["inside-explorer", "inside-maps", "inside-deep-run"]) expect(shown(changed, cell), cell).not.toBe(shown(asLearned, cell));
    // What was drawn before the change is the same in both runs.
    expect(shown(changed, "play-network")).toBe(shown(asLearned, "play-network"));
  }, 600_000);
});
