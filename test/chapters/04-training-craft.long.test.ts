/**
 * Chapter 4 run from top to bottom, on the digits that are found and on the drawn ones. On the published digits every claim
 * must be reached; on drawn ones the chapter must run, and the claims that need no digits hold all the same.
 */
import { describe, expect, it } from "vitest";
import { figuresOf } from "../../setup/course/figures.mjs";
import { dataFolder } from "../../setup/data-folder.mjs";
import type { FigureRecord } from "../../src/course/figure.ts";
import { outputs, runChapter } from "./notebook.ts";

describe("chapter 4", () => {
  it("reaches what it claims on the digits that are found", async () => {
    const chapter = await runChapter("04");
    const figures = figuresOf(chapter) as FigureRecord[];
    console.log(figures.map(({ id, median, standing }) => `${id} ${median} ${standing}`).join("\n"));
    for (const { id, standing, data } of figures) {
      const published = data.every(({ kind }) => kind === "published");
      expect(standing, id).toBe(published ? "reached" : "open");
    }
    expect(figures.some(({ data }) => data.length > 0 && data.every(({ kind }) => kind === "published"))).toBe(dataFolder() !== undefined);
    expect(outputs(chapter).filter(({ output_type }) => output_type === "error")).toEqual([]);
  }, 600_000);

  it("runs on drawn digits, of which it claims nothing", async () => {
    const chapter = await runChapter("04", (source) => source.replace("data.mnist()", 'data.mnist({ set: "drawn digits" })'));
    for (const { id, standing, data } of figuresOf(chapter) as FigureRecord[]) expect(standing, id).toBe(data.length === 0 ? "reached" : "open");
  }, 600_000);
});
