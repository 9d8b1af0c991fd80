/**
 * The learner's own copy of the chapters. A chapter is copied once, when the file is not there yet, and never written
 * again: what a learner changed stays changed.
 */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";

/** The chapters' file names in the course's order. */
export function chapterNames(folder = paths.notebooks) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".ipynb")).sort();
}

/**
 * Copies the chapters that are not in `work` yet.
 * @returns the names of those copied now
 */
export function copyChapters(work, from = paths.notebooks) {
  mkdirSync(work, { recursive: true });
  return chapterNames(from).filter((name) => {
    try {
      copyFileSync(path.join(from, name), path.join(work, name), constants.COPYFILE_EXCL);
      return true;
    } catch (error) {
      if (error.code === "EEXIST") return false;
      throw error;
    }
  });
}
