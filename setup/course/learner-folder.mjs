/** Which learner's folder a command works on, which of its chapters, and the copy that is kept of a file before it changes. */
import { copyFileSync, existsSync } from "node:fs";
import path from "node:path";
import { SetupFailure } from "../failure.mjs";
import { shown } from "../paths.mjs";
import { splitArguments } from "../start-arguments.mjs";
import { chapterNames } from "./hand-out.mjs";
import { nameBeginning } from "./notebook-file.mjs";

/** @returns {{work: string, words: string[]}} the folder, and the arguments that are left */
export function learnerFolder(args) {
  const { work, rest } = splitArguments(args, process.env, process.env.INIT_CWD ?? process.cwd());
  if (!existsSync(work)) throw new SetupFailure(`There are no chapters in ${shown(work)} yet: \`npm exec nabla chapters\` puts them there, and \`--work DIR\` names another folder.`);
  return { work, words: rest };
}

/** The one chapter with this id, or whose name begins so. */
export function namedChapter(beginning, from) {
  const found = chapterNames(from).filter((name) => name.startsWith(nameBeginning(beginning)));
  if (found.length === 1) return found[0];
  if (found.length > 1) throw new SetupFailure(`"${beginning}" could be ${found.join(" or ")}: write more of the name.`);
  throw new SetupFailure(`No chapter's name begins with ${beginning}: there are ${chapterNames(from).join(", ")}.`);
}

/** Copies a file to `NAME.bak`, or `NAME.bak2` and so on: an older copy may hold what was lost before. */
export function keepOld(file) {
  for (let number = 1; ; number++) {
    const copy = `${file}.bak${number === 1 ? "" : number}`;
    if (existsSync(copy)) continue;
    copyFileSync(file, copy);
    return copy;
  }
}
