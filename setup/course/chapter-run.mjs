/**
 * A chapter run from top to bottom on a fresh kernel, in a folder of its own that is gone afterwards: the chapter's file is
 * only read. The real data sets are at hand where there are any, and cells speak English whatever the machine's language.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dataFolder } from "../data-folder.mjs";
import { runNotebook } from "../notebook-run.mjs";
import { asLines, readNotebook, sourceOf, writeNotebook } from "./notebook-file.mjs";

/** The environment of a run: what was given, and what makes every run the same. */
export function chapterEnvironment(given = process.env) {
  const data = dataFolder(given);
  return { ...given, NABLA_LANG: "en", ...(data ? { NABLA_DATA: data } : {}) };
}

/**
 * @param {string} file the chapter
 * @param {{change?: (source: string) => string, env?: NodeJS.ProcessEnv, cellSeconds?: number}} [options] `change` is what a
 *   learner has changed before running, cell by cell; `env` is made of the process's own by `chapterEnvironment`
 * @returns {Promise<{notebook: object, seconds: number, peakBytes: number} | {failure: string}>}
 */
export async function runChapterFile(file, { change = (source) => source, env = chapterEnvironment(), cellSeconds = 600 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-chapter-"));
  try {
    const [source, target] = [path.join(folder, "source.ipynb"), path.join(folder, path.basename(file))];
    const notebook = readNotebook(file);
    const cells = notebook.cells.map((cell) => (cell.cell_type === "code" ? { ...cell, source: asLines(change(sourceOf(cell))) } : cell));
    writeNotebook(source, { ...notebook, cells });
    const result = await runNotebook(source, target, { env, cellSeconds });
    return "failure" in result ? result : { notebook: readNotebook(target), ...result };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
