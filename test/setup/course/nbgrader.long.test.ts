/**
 * Two chapters through nbgrader: assignments made of the instructor's files, then a right, a wrong and an empty hand-in
 * marked, with feedback. nbgrader lives in a private environment of its own, apart from the learner's JupyterLab.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../../setup/command.mjs";
import { releasedChapter, writeInstructors } from "../../../setup/course/class-notebooks.mjs";
import { readNotebook, sourceOf, writeNotebook } from "../../../setup/course/notebook-file.mjs";
import { solutionsOf } from "../../../setup/course/solutions.mjs";
import { dataFolder } from "../../../setup/data-folder.mjs";
import { jupyterEnvironment } from "../../../setup/environment.mjs";
import { paths } from "../../../setup/paths.mjs";
import { exercises } from "../../../src/course/chapters/index.ts";

interface Cell { readonly id: string; readonly cell_type: string; source: string | string[] }
const cellsOf = (file: string): Cell[] => (readNotebook(file) as unknown as { cells: Cell[] }).cells;

const nbgrader = "nbgrader==0.9.6";
const environment = path.join(paths.state, "nbgrader");
const program = (name: string): string => path.join(environment, "bin", name);
const assignments = ["01-linear-regression", "02-logistic-and-softmax-regression"];
const students = ["right", "wrong", "empty"] as const;

let course: string;
async function run(command: string, args: readonly string[]): Promise<string> {
  const [data, base] = [dataFolder(), jupyterEnvironment()];
  // nbgrader calls alembic by its bare name.
  const env = { ...base, PATH: `${path.join(environment, "bin")}${path.delimiter}${process.env["PATH"] ?? ""}`, ...(data ? { NABLA_DATA: data } : {}) };
  const { status, output } = await runCommand(command, [...args], { cwd: course, env });
  if (status !== 0) throw new Error(`${path.basename(command)} ${args.join(" ")}: ${output}`);
  return output;
}

/** The released file with every answer of a kind in the place of its stub. */
function handIn(student: (typeof students)[number], assignment: string): void {
  const released = path.join(course, "release", assignment, `${assignment}.ipynb`);
  const target = path.join(course, "submitted", student, assignment, `${assignment}.ipynb`);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(released, target);
  if (student === "empty") return;
  const [notebook, solutions] = [readNotebook(target), solutionsOf(`${assignment}.ipynb`)];
  const cells = notebook.cells as Cell[];
  for (const [id, { solution, wrong }] of solutions) {
    const check = cells.findIndex((cell) => cell.cell_type === "code" && sourceOf(cell).startsWith(`check("${id}"`));
    cells[check - 1]!.source = student === "right" ? solution : wrong;
  }
  writeNotebook(target, notebook);
}

beforeAll(async () => {
  course = mkdtempSync(path.join(tmpdir(), "nabla-class-"));
  if (!existsSync(program("nbgrader"))) {
    await run("python3", ["-m", "venv", environment]);
    await run(program("python"), ["-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", nbgrader]);
  }
  writeInstructors(course, exercises, paths.notebooks);
  for (const assignment of assignments) {
    await run(program("nbgrader"), ["generate_assignment", assignment, "--create"]);
    for (const student of students) handIn(student, assignment);
    await run(program("nbgrader"), ["autograde", assignment, "--create"]);
    await run(program("nbgrader"), ["generate_feedback", assignment]);
  }
  await run(program("nbgrader"), ["export", "--to", "grades.csv"]);
}, 900_000);
afterAll(() => rmSync(course, { recursive: true, force: true }));

/** The marks of an assignment by student: what was got, and what could be. */
function marks(assignment: string): Record<string, { score: number; max: number }> {
  const [head, ...rows] = readFileSync(path.join(course, "grades.csv"), "utf8").trim().split("\n").map((row) => row.trim().split(","));
  const column = (name: string): number => head!.indexOf(name);
  return Object.fromEntries(
    rows.filter((row) => row[column("assignment")] === assignment)
      .map((row) => [row[column("student_id")]!, { score: Number(row[column("score")]), max: Number(row[column("max_score")]) }]),
  );
}

describe.each(assignments.map((assignment) => ({ assignment })))("$assignment", ({ assignment }) => {
  const name = `${assignment}.ipynb`;

  it("is handed out by nbgrader with the very cells of our own release", () => {
    const ours = releasedChapter(readNotebook(path.join(paths.notebooks, name)), exercises) as unknown as { cells: Cell[] };
    expect(cellsOf(path.join(course, "release", assignment, name)).map((cell) => [cell.id, sourceOf(cell)]))
      .toEqual(ours.cells.map((cell) => [cell.id, sourceOf(cell)]));
  });

  it("gives all marks to the right hand-in, none to the wrong and none to the empty one", () => {
    const max = exercises.filter(({ id }) => id.startsWith(name.slice(0, 2))).reduce((sum, { stars }) => sum + stars, 0);
    expect(marks(assignment)).toEqual({ right: { score: max, max }, wrong: { score: 0, max }, empty: { score: 0, max } });
  });

  it("tells the wrong one in its feedback which mistake it was", () => {
    const feedback = (student: string): string => readFileSync(path.join(course, "feedback", student, assignment, `${assignment}.html`), "utf8");
    const first = exercises.find(({ id }) => id === `${name.slice(0, 2)}.1`)!;
    const said = first.mistakes.filter(({ says }) => feedback("wrong").includes(says.en.slice(0, 25)));
    expect(said).toHaveLength(1);
    expect(feedback("empty")).toContain("not tried yet");
  });
});
