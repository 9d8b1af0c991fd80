/**
 * Every chapter with exercises, run as handed out, with every answer wrong, and with every answer right, in one style and in
 * another: each run reaches the last cell, and the checks say what they must.
 */
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exerciseOf } from "../../setup/course/notebook-file.mjs";
import { answered, solutionsOf } from "../../setup/course/solutions.mjs";
import { chapterFiles, printed, runChapter, strayErrors } from "./notebook.ts";
import type { Notebook } from "./notebook.ts";

const chapters = chapterFiles.map((file) => ({ name: path.basename(file), solutions: solutionsOf(path.basename(file)) }))
  .filter(({ solutions }) => solutions.size > 0);

/** What the check of each exercise said, by its mark. */
function verdicts(chapter: Notebook): Record<string, string> {
  const asked = chapter.cells.map((cell) => ({ id: exerciseOf(cell), cell })).filter(({ id }) => id !== undefined);
  return Object.fromEntries(asked.map(({ id, cell }) => [id!, /[✔✘○]/u.exec(printed(chapter, (cell as { id: string }).id))?.[0] ?? "nothing"]));
}

describe.each(chapters)("$name", ({ name, solutions }) => {
  const answering = (kind: "solution" | "other" | "wrong") => (source: string): string => {
    const cell = { cell_type: "code", source };
    const id = exerciseOf(cell);
    return id === undefined ? source : answered(cell, solutions.get(id)![kind]);
  };
  const all = (mark: string): Record<string, string> => Object.fromEntries([...solutions.keys()].map((id) => [id, mark]));

  it.each([
    { way: "as handed out", change: (source: string) => source, mark: "○" },
    { way: "all right", change: answering("solution"), mark: "✔" },
    { way: "all right in another style", change: answering("other"), mark: "✔" },
  ])("$way", async ({ change, mark }) => {
    const chapter = await runChapter(name, change);
    expect(verdicts(chapter)).toEqual(all(mark));
    expect(strayErrors(chapter)).toEqual([]);
  }, 600_000);

  it("all wrong, each mistake recognised", async () => {
    const chapter = await runChapter(name, answering("wrong"));
    expect(verdicts(chapter)).toEqual(all("✘"));
    expect(strayErrors(chapter)).toEqual([]);
    const asked = chapter.cells.filter((cell) => exerciseOf(cell) !== undefined) as { id: string }[];
    // The diagnosis stands between the verdict and the first difference with its inputs.
    for (const { id } of asked) expect(printed(chapter, id).split("\n\n").length, id).toBe(4);
  }, 600_000);
});
