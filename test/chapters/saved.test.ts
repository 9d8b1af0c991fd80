/** The chapters as they are saved: what somebody sees who opens them without running anything, on any machine. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import { exerciseOf } from "../../setup/course/notebook-file.mjs";
import { readmeText, readResults } from "../../setup/course/results.mjs";
import { savedProblems, sourcesHash } from "../../setup/course/saved-outputs.mjs";
import { figureFacts } from "../../src/course/figure-text.ts";
import { chapterFile, chapterFiles, outputs, printed, readNotebook, strayErrors, VEGA_LITE } from "./notebook.ts";

const VIEW = "application/vnd.nabla.view.v1+json";

const chapters = chapterFiles.map((file) => ({ name: path.basename(file, ".ipynb"), file }));

it("the first hour comes first, and the chapters stand in the course's order", () => {
  expect(chapters.map(({ name }) => name).slice(0, 4)).toEqual([
    "00-first-hour", "00-tensors", "01-linear-regression", "02-logistic-and-softmax-regression",
  ]);
});

it("chapter 2 is saved with the figures of the real digits, named with their checksum", () => {
  const chapter = readNotebook(chapterFile("02"));
  const [, right] = /MNIST \(MD5 [0-9a-f]{32}\), seed \d+, test digits:\n(\d+) of 10000 right/.exec(printed(chapter, "train-loop"))!;
  expect(Number(right)).toBeGreaterThanOrEqual(9200);
});

it("the page of figures is what the results of the runs say", () => {
  const isCurrent = ({ chapter, sources }: { chapter: string; sources: string }): boolean => {
    const file = chapters.find(({ name }) => name === chapter)?.file;
    return file !== undefined && sourcesHash(readNotebook(file)) === sources;
  };
  const page = readFileSync(path.join(path.dirname(chapterFiles[0]!), "README.md"), "utf8");
  expect(page).toBe(readmeText(readResults(), figureFacts, isCurrent));
});

describe.each(chapters)("$name", ({ name, file }) => {
  const text = readFileSync(file, "utf8");
  const notebook = readNotebook(file);
  const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const charts = outputs(notebook).filter(({ data }) => data !== undefined && VEGA_LITE in data);

  it("stays within 80 cells beside its exercises, 3,500 words and 1 MB", () => {
    const words = notebook.cells.filter(({ cell_type }) => cell_type === "markdown").flatMap(({ source }) => source.split(/\s+/));
    expect(notebook.cells.filter(({ id }) => !id.startsWith("exercise-")).length).toBeLessThanOrEqual(80);
    expect(words.length).toBeLessThanOrEqual(3500);
    expect(statSync(file).size).toBeLessThanOrEqual(1_000_000);
  });

  it("was run from top to bottom on a fresh kernel: counts 1, 2, 3, …, the code that made the outputs, and no error but on purpose", () => {
    expect(savedProblems(notebook)).toEqual([]);
    expect(strayErrors(notebook)).toEqual([]);
    expect(outputs(notebook).filter(({ name }) => name === "stderr")).toEqual([]);
  });

  it("claims figures that it reaches on the real files, the same as in the results of its run", () => {
    const figures = figuresOf(notebook);
    expect(figureProblems(name.slice(0, 2), figures)).toEqual([]);
    const quick = readResults().find((result: { chapter: string; size: string }) => result.chapter === name && result.size === "quick");
    expect(quick).toMatchObject({ sources: sourcesHash(notebook), figures: figures.map(({ cell: _cell, ...record }: { cell: string }) => record) });
  });

  it("names its kernel and nothing of the machine it was saved on", () => {
    expect(notebook.metadata).toMatchObject({
      kernelspec: { name: "nabla", display_name: "TypeScript (Nabla)", language: "typescript" },
      language_info: { name: "typescript", file_extension: ".ts" },
    });
    expect(Object.keys(notebook.metadata).sort()).toEqual(["kernelspec", "language_info", "nabla"]);
    expect(notebook.metadata["nabla"]).toEqual({ sources: sourcesHash(notebook) });
    expect(notebook.cells.filter(({ metadata }) => Object.keys(metadata).some((key) => key !== "tags"))).toEqual([]);
    const shown = JSON.stringify(outputs(notebook).map(({ data, ...rest }) => ({ ...rest, data: { ...data, "image/png": "" } })));
    expect(shown).not.toMatch(/\/(home|root|Users|tmp|work)\//);
    expect(shown).not.toContain(process.cwd());
  });

  it("has a name of its own for every cell", () => {
    const names = notebook.cells.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  });

  it("shows charts as Vega-Lite with a picture, a text and a description in words, never as HTML", () => {
    expect(charts.length).toBeGreaterThan(5);
    for (const { cell, data, metadata } of charts) {
      // A view to play with has its state beside them; where no page draws it, its chart is what is seen.
      const kinds = Object.keys(data!).filter((kind) => kind !== VIEW);
      expect(kinds.sort(), cell).toEqual([VEGA_LITE, "image/png", "text/plain"].sort());
      const { description } = data![VEGA_LITE] as { description?: unknown };
      expect(description, cell).toMatch(/\w+ \w+/);
      expect(metadata?.["image/png"], cell).toMatchObject({ alt: description });
      expect(Buffer.from(String(data!["image/png"]), "base64").subarray(1, 4).toString(), cell).toBe("PNG");
    }
    expect(text).not.toContain('"text/html"');
  });

  it("asks its exercises as stubs, has not tried them, and imports only the library", () => {
    const exercises = code.filter((cell) => exerciseOf(cell) !== undefined);
    expect(exercises.length).toBeGreaterThanOrEqual(6);
    for (const { id, source } of exercises) {
      expect(source, id).toContain("  return todo();");
      expect(printed(notebook, id), id).toContain("not tried yet");
    }
    const imported = code.flatMap(({ source }) => [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name));
    expect(new Set(imported)).toEqual(new Set(["nabla", "nabla/course"]));
  });
});
