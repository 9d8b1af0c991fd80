/**
 * `npm exec nabla update [CHAPTER]`: takes what the authors changed into the learner's copies. Answers and own cells stay;
 * the file as it was is kept beside it.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { paths, shown } from "../paths.mjs";
import { chapterNames, copyChapters, handedOutFile, rememberHandedOut } from "./hand-out.mjs";
import { keepOld, learnerFolder, namedChapter } from "./learner-folder.mjs";
import { mergeChapter } from "./merge.mjs";
import { authoredText, readNotebook, writeNotebook } from "./notebook-file.mjs";

const cells = (count) => (count === 1 ? "1 cell" : `${count} cells`);

/**
 * Updates one chapter.
 * @returns what to tell the learner
 */
export function updateChapter(work, name, from) {
  const file = path.join(work, name);
  const [mine, upstream] = [readNotebook(file), readNotebook(path.join(from, name))];
  const base = existsSync(handedOutFile(work, name)) ? readNotebook(handedOutFile(work, name)) : undefined;
  if (base !== undefined && authoredText(base) === authoredText(upstream)) return `${name}: nothing new`;
  const { notebook, kept, taken, both } = mergeChapter({ base, mine, upstream });
  if (authoredText(notebook) === authoredText(mine)) {
    rememberHandedOut(work, name, from);
    return `${name}: nothing new`;
  }
  const old = keepOld(file);
  writeNotebook(file, notebook);
  rememberHandedOut(work, name, from);
  const clash = both.length === 0 ? "" : `; the authors also changed ${both.join(", ")}, where your text stays (\`npm exec nabla reset\` takes theirs)`;
  return `${name}: ${cells(taken.length)} new, ${cells(kept.length)} of yours kept${clash}; the old file is ${path.basename(old)}`;
}

export async function run(args, from = paths.notebooks) {
  const { work, words } = learnerFolder(args);
  const names = words.length === 0 ? chapterNames(from) : words.map((word) => namedChapter(word, from));
  const copied = copyChapters(work, from);
  for (const name of names) console.log(copied.includes(name) ? `${name}: copied to ${shown(work)}` : updateChapter(work, name, from));
  console.log("Chapters that are open in JupyterLab must be opened again: File, Reload Notebook from Disk.");
}
