/**
 * The learner's own copy of the chapters. A chapter is copied once, when the file is not there yet, and never written
 * again unless the learner asks: what a learner changed stays changed. Beside the copies, in `.nabla/`, lies each chapter as
 * it was handed out, so that later what the learner wrote can be told from what the author changed.
 */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "../paths.mjs";
import { authoredText, readNotebook } from "./notebook-file.mjs";

/** The chapters' file names in the course's order. */
export function chapterNames(folder = paths.notebooks) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".ipynb")).sort();
}

/** The chapter as this learner got it. */
export const handedOutFile = (work, name) => path.join(work, ".nabla", "handed-out", name);

/** Remembers what the learner has got of a chapter. */
export function rememberHandedOut(work, name, from) {
  mkdirSync(path.dirname(handedOutFile(work, name)), { recursive: true });
  copyFileSync(path.join(from, name), handedOutFile(work, name));
}

/** Whether the learner's file holds the author's text, whatever its outputs. */
function isUnchanged(work, name, from) {
  try {
    return authoredText(readNotebook(path.join(work, name))) === authoredText(readNotebook(path.join(from, name)));
  } catch {
    return false; // not a notebook (any more): then it is the learner's own
  }
}

/**
 * Copies the chapters that are not in `work` yet, and marks the folder as a learner's.
 * @returns the names of those copied now
 */
export function copyChapters(work, from = paths.notebooks) {
  mkdirSync(path.join(work, ".nabla"), { recursive: true });
  writeFileSync(path.join(work, ".nabla", "course.json"), `${JSON.stringify({ source: path.resolve(from) }, null, 2)}\n`);
  return chapterNames(from).filter((name) => {
    const target = path.join(work, name);
    try {
      copyFileSync(path.join(from, name), target, constants.COPYFILE_EXCL);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      // A copy from before copies were remembered: what is still the author's text is remembered now.
      if (!existsSync(handedOutFile(work, name)) && isUnchanged(work, name, from)) rememberHandedOut(work, name, from);
      return false;
    }
    rememberHandedOut(work, name, from);
    return true;
  });
}
