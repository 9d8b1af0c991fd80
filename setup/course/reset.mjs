/**
 * `npm exec nabla reset CHAPTER [EXERCISE]`: puts a chapter, or one exercise of it, back as the authors have it. The file as
 * it was is kept beside it.
 */
import { copyFileSync } from "node:fs";
import path from "node:path";
import { SetupFailure } from "../failure.mjs";
import { paths } from "../paths.mjs";
import { rememberHandedOut } from "./hand-out.mjs";
import { keepOld, learnerFolder, namedChapter } from "./learner-folder.mjs";
import { exerciseOf, readNotebook, writeNotebook } from "./notebook-file.mjs";

/** Puts the cell of one exercise back, at the place where the learner has it, or else where the author has it. */
export function resetExercise(mine, upstream, exercise) {
  const at = upstream.cells.findIndex((cell) => exerciseOf(cell) === exercise);
  if (at < 0) {
    const known = upstream.cells.map(exerciseOf).filter((id) => id !== undefined);
    throw new SetupFailure(`There is no exercise ${exercise} in this chapter; it has ${known.join(", ")}.`);
  }
  const original = upstream.cells[at];
  const cells = [...mine.cells];
  const place = cells.findIndex(({ id }) => id === original.id);
  if (place >= 0) cells[place] = original;
  else {
    const before = upstream.cells.slice(0, at).findLast(({ id }) => cells.some((cell) => cell.id === id));
    cells.splice(before === undefined ? cells.length : cells.findIndex(({ id }) => id === before.id) + 1, 0, original);
  }
  return { ...mine, cells };
}

export async function run(args, from = paths.notebooks) {
  const { work, words } = learnerFolder(args);
  const [chapter, exercise] = words;
  if (chapter === undefined) throw new SetupFailure("Which chapter? `npm exec nabla reset 01` puts chapter 1 back, `npm exec nabla reset 01 01.2` one exercise.");
  const name = namedChapter(chapter, from);
  const file = path.join(work, name);
  const upstream = readNotebook(path.join(from, name));
  if (exercise === undefined) {
    const old = keepOld(file);
    copyFileSync(path.join(from, name), file);
    rememberHandedOut(work, name, from);
    console.log(`${name} is as it was handed out; what you had is in ${path.basename(old)}.`);
  } else {
    const notebook = resetExercise(readNotebook(file), upstream, exercise);
    const old = keepOld(file);
    writeNotebook(file, notebook);
    console.log(`Exercise ${exercise} is as it was handed out; what you had is in ${path.basename(old)}.`);
  }
}
