/**
 * What a class gets and what its instructor gets, made from the chapters: `--release` writes them as handed out, without
 * outputs, in the cells and with the metadata that nbgrader wants (version 3 of its schema); `--instructor` the same with
 * solutions, minutes and the mistakes that checks recognise, and a folder that nbgrader takes as its own: its sources and
 * its configuration. nbgrader makes of the instructor's cells what the release has: a test compares them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SetupFailure } from "../failure.mjs";
import { chapterNames } from "./hand-out.mjs";
import { asLines, exerciseOf, readNotebook, writeNotebook } from "./notebook-file.mjs";
import { partsOf, solutionsOf } from "./solutions.mjs";

const graded = (grade_id, { solution, points }) => ({
  schema_version: 3, cell_type: "code", grade_id, solution, grade: !solution, locked: !solution, task: false, ...(solution ? {} : { points }),
});

const codeCell = (id, text, nbgrader) => ({
  cell_type: "code", execution_count: null, id, metadata: { nbgrader, ...(nbgrader.locked ? { deletable: false, editable: false } : {}) }, outputs: [], source: asLines(text),
});

const STUB = "return todo();";

/** The solution between nbgrader's marks: what stands round the stub's `return todo();` is the same in both. */
export function marked(stub, solution) {
  const [line] = new RegExp(`^ *${STUB.replace(/[()]/g, "\\$&")}$`, "m").exec(stub) ?? [];
  if (line === undefined) throw new SetupFailure(`This exercise's stub has no line \`${STUB}\`:\n${stub}`);
  const [before, after] = stub.split(line);
  if (!solution.startsWith(before) || !solution.endsWith(after)) {
    throw new SetupFailure(`The solution must begin and end as its stub does:\n${stub}\n\n${solution}`);
  }
  const indent = line.slice(0, line.length - STUB.length);
  return `${before}${indent}// BEGIN SOLUTION\n${solution.slice(before.length, solution.length - after.length)}\n${indent}// END SOLUTION${after}`;
}

const plain = ({ execution_count: _count, outputs: _outputs, ...cell }) => (cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell);

/** The two cells that an exercise's cell becomes: code to write, and its check, worth as many points as it has stars. */
function exerciseCells(cell, exercise, code) {
  const { check } = partsOf(cell);
  return [
    codeCell(cell.id, code, graded(cell.id, { solution: true })),
    codeCell(`${cell.id}-check`, check, graded(`${cell.id}-check`, { solution: false, points: exercise.stars })),
  ];
}

function withExercises(notebook, exercises, cellsOf) {
  const cells = notebook.cells.flatMap((cell) => {
    const id = exerciseOf(cell);
    const exercise = exercises.find((one) => one.id === id);
    if (id !== undefined && exercise === undefined) throw new SetupFailure(`The cell ${cell.id} checks ${id}, which is no exercise.`);
    return exercise === undefined ? [plain(cell)] : cellsOf(cell, exercise);
  });
  return { ...notebook, cells };
}

/** A chapter as a class gets it. */
export const releasedChapter = (notebook, exercises) =>
  withExercises(notebook, exercises, (cell, exercise) => exerciseCells(cell, exercise, partsOf(cell).stub));

/** What only the instructor reads, above the exercise. */
function remark(cell, exercise, { minutes, other }) {
  const mistakes = exercise.mistakes.map(({ name, says }) => `- *${name}*: ${says.en}`);
  const text = [
    `**For the instructor: ${exercise.id}.** Plan for ${minutes} minutes; ${exercise.stars} of 3 stars.`, "", "Also right:", "", "```ts", other, "```", "",
    "Mistakes that the check recognises:", "", ...mistakes,
  ].join("\n");
  return { cell_type: "markdown", id: `${cell.id}-remark`, metadata: { tags: ["instructor"] }, source: asLines(text) };
}

/** A chapter with solutions. `remarks`: also what only the instructor reads, which nbgrader would hand out. */
export function instructorsChapter(notebook, exercises, solutions, { remarks }) {
  return withExercises(notebook, exercises, (cell, exercise) => {
    const solution = solutions.get(exercise.id);
    if (solution === undefined) throw new SetupFailure(`Exercise ${exercise.id} has no solution in notebooks/instructor.`);
    const cells = exerciseCells(cell, exercise, marked(partsOf(cell).stub, solution.solution));
    return remarks ? [remark(cell, exercise, solution), ...cells] : cells;
  });
}

/** nbgrader's configuration: how a solution is cleared in our language, and that checks throw while marks are given. */
const configuration = `# nbgrader's configuration for these chapters.
import os

c = get_config()
c.CourseDirectory.course_id = "nabla"
c.ClearSolutions.code_stub = {"typescript": "${STUB}"}
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
c.ClearSolutions.enforce_metadata = False
c.Execute.timeout = 600
# The first chart of a kernel waits for its picture: seconds on a busy server.
c.Execute.iopub_timeout = 60
os.environ["NABLA_CHECK"] = "strict"
`;

const assignment = (name) => name.replace(/\.ipynb$/, "");

/** Writes the chapters of a class. @returns the files */
export function writeRelease(folder, exercises, from) {
  mkdirSync(folder, { recursive: true });
  return chapterNames(from).map((name) => {
    const file = path.join(folder, name);
    writeNotebook(file, releasedChapter(readNotebook(path.join(from, name)), exercises));
    return file;
  });
}

/** Writes the instructor's chapters, and beside them nbgrader's course folder. @returns the files */
export function writeInstructors(folder, exercises, from) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "nbgrader_config.py"), configuration);
  return chapterNames(from).map((name) => {
    const [notebook, solutions] = [readNotebook(path.join(from, name)), solutionsOf(name, from)];
    const file = path.join(folder, name);
    writeNotebook(file, instructorsChapter(notebook, exercises, solutions, { remarks: true }));
    const source = path.join(folder, "source", assignment(name));
    mkdirSync(source, { recursive: true });
    writeNotebook(path.join(source, name), instructorsChapter(notebook, exercises, solutions, { remarks: false }));
    return file;
  });
}
