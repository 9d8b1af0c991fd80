/**
 * The instructor's side of a chapter, `notebooks/instructor/NN-name.md`: for each exercise a heading with its number, the
 * minutes to plan for, and three pieces of code, fenced as `ts solution`, `ts other` (right too, in another style) and
 * `ts wrong`.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { SetupFailure } from "../failure.mjs";
import { paths } from "../paths.mjs";
import { exerciseOf, sourceOf } from "./notebook-file.mjs";

const fenced = (text, kind) => new RegExp(`^\`\`\`ts ${kind}\\n([\\s\\S]*?)\\n\`\`\`$`, "m").exec(text)?.[1];

/**
 * @param {string} name the chapter's file name
 * @returns {Map<string, {minutes: number, solution: string, other: string, wrong: string}>} by exercise; empty without a file
 */
export function solutionsOf(name, folder = paths.notebooks) {
  const file = path.join(folder, "instructor", name.replace(/\.ipynb$/, ".md"));
  const solutions = new Map();
  if (!existsSync(file)) return solutions;
  for (const section of readFileSync(file, "utf8").split(/^## (?=\d\d[a-z]*\.\d+ )/m).slice(1)) {
    const id = /^\S+/.exec(section)[0];
    const minutes = Number(/^Plan for (\d+) minutes\.$/m.exec(section)?.[1]);
    const [solution, other, wrong] = ["solution", "other", "wrong"].map((kind) => fenced(section, kind));
    if (!minutes || [solution, other, wrong].includes(undefined)) {
      throw new SetupFailure(`${file}: exercise ${id} wants "Plan for N minutes." and code fenced as ts solution, ts other and ts wrong.`);
    }
    solutions.set(id, { minutes, solution, other, wrong });
  }
  return solutions;
}

/** What an exercise's cell asks: the learner's code, and the check that ends it. */
export function partsOf(cell) {
  const source = sourceOf(cell);
  const start = source.search(/^check\("/m);
  return { id: exerciseOf(cell), stub: source.slice(0, start).trimEnd(), check: source.slice(start) };
}

/** The exercise's cell with code in the place of its stub. */
export const answered = (cell, code) => `${code}\n\n${partsOf(cell).check}`;
