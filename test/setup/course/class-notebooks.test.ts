/** What a class gets, and what its instructor gets. nbgrader's own part is in nbgrader.long.test.ts. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { marked, writeInstructors, writeRelease } from "../../../setup/course/class-notebooks.mjs";
import { chapterNames } from "../../../setup/course/hand-out.mjs";
import { exerciseOf, readNotebook, sourceOf } from "../../../setup/course/notebook-file.mjs";
import { partsOf, solutionsOf } from "../../../setup/course/solutions.mjs";
import { paths } from "../../../setup/paths.mjs";
import { exercises } from "../../../src/course/chapters/index.ts";
import { chapterOf, notebookBeginning } from "../../../src/course/exercise.ts";

interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string[];
  readonly outputs?: unknown[];
  readonly metadata: { readonly nbgrader?: Readonly<Record<string, unknown>>; readonly tags?: string[] };
}
const cellsOf = (file: string): Cell[] => (readNotebook(file) as unknown as { cells: Cell[] }).cells;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla class "));
  writeRelease(path.join(folder, "release"), exercises, paths.notebooks);
  writeInstructors(path.join(folder, "instructor"), exercises, paths.notebooks);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = chapterNames();
const withExercises = names.filter((name) => cellsOf(path.join(paths.notebooks, name)).some((cell) => exerciseOf(cell) !== undefined));

it("keeps solutions where learners' copies are not made from", () => {
  expect(readdirSync(path.join(paths.notebooks, "instructor")).sort()).toEqual(withExercises.map((name) => name.replace(".ipynb", ".md")));
  expect(names.every((name) => !name.includes("/"))).toBe(true);
});

describe.each(withExercises.map((name) => ({ name })))("$name", ({ name }) => {
  const solutions = solutionsOf(name);
  const original = cellsOf(path.join(paths.notebooks, name));
  const asked = original.filter((cell) => exerciseOf(cell) !== undefined);

  it("asks every exercise of its chapter, once, and has a solution of each", () => {
    const ids = exercises.map(({ id }) => id).filter((id) => name.startsWith(notebookBeginning(chapterOf(id))));
    expect(asked.map(exerciseOf)).toEqual(ids);
    expect([...solutions.keys()]).toEqual(ids);
  });

  it("is released with stubs, without outputs, solutions and remarks", () => {
    const file = path.join(folder, "release", name);
    const cells = cellsOf(file);
    expect(cells.every((cell) => cell.cell_type !== "code" || cell.outputs!.length === 0)).toBe(true);
    for (const { solution, other, wrong } of solutions.values()) {
      for (const code of [solution, other, wrong]) expect(cells.map(sourceOf).join("\n")).not.toContain(code);
    }
    expect(readFileSync(file, "utf8")).not.toMatch(/SOLUTION|For the instructor/);
    const answers = cells.filter(({ metadata }) => metadata.nbgrader?.["solution"] === true);
    expect(answers.map(sourceOf)).toEqual(asked.map((cell) => partsOf(cell).stub));
  });

  it("gives every exercise as many points as stars, in a locked cell behind the answer", () => {
    const checks = cellsOf(path.join(folder, "release", name)).filter(({ metadata }) => metadata.nbgrader?.["grade"] === true);
    expect(checks.map((cell) => [exerciseOf(cell), cell.metadata.nbgrader!["points"], cell.metadata.nbgrader!["locked"]])).toEqual(
      exercises.filter(({ id }) => solutions.has(id)).map(({ id, stars }) => [id, stars, true]),
    );
  });

  it("has for the instructor a solution, the minutes, another solution and every known mistake", () => {
    const cells = cellsOf(path.join(folder, "instructor", name));
    for (const [id, { minutes, other }] of solutions) {
      const at = cells.findIndex((cell) => exerciseOf(cell) === id);
      expect(sourceOf(cells[at - 1]!)).toMatch(/\/\/ BEGIN SOLUTION\n[\s\S]*\/\/ END SOLUTION/);
      const remark = sourceOf(cells[at - 2]!);
      expect(remark).toContain(`Plan for ${minutes} minutes`);
      expect(remark).toContain(other);
      for (const mistake of exercises.find((one) => one.id === id)!.mistakes) expect(remark).toContain(mistake.says.en);
    }
    const source = cellsOf(path.join(folder, "instructor", "source", name.replace(".ipynb", ""), name));
    expect(source.filter(({ metadata }) => metadata.tags?.includes("instructor"))).toEqual([]);
  });
});

it("puts nbgrader's marks round what differs from the stub", () => {
  const stub = "function f(x: number): number {\n  return todo();\n}";
  expect(marked(stub, "function f(x: number): number {\n  const y = x;\n  return y;\n}")).toBe(
    "function f(x: number): number {\n  // BEGIN SOLUTION\n  const y = x;\n  return y;\n  // END SOLUTION\n}",
  );
  expect(() => marked(stub, "const f = (x: number): number => x;")).toThrow("must begin and end as its stub does");
});
