/**
 * The chapters on an NVIDIA card: each runs from top to bottom as it is, on a kernel whose tensors are made there, and has to keep what
 * it claims and give the outputs that it gave on the CPU, where its saved file comes from. How long it takes is no matter here.
 */
import path from "node:path";
import { paths } from "../paths.mjs";
import { chapterEnvironment, runChapterFile } from "./chapter-run.mjs";
import { drawnSets, figureProblems, figuresOf } from "./figures.mjs";
import { chapterNames } from "./hand-out.mjs";
import { readNotebook } from "./notebook-file.mjs";
import { compareWithSaved } from "./saved-outputs.mjs";

/**
 * What is wrong with a chapter's run on a card.
 * @param {string} name the chapter's file
 * @param {object} saved the notebook as it is saved, of a run on the CPU
 * @param {object} run the notebook as it ran
 * @returns {string[]} sentences
 */
export function problemsOnCard(name, saved, run) {
  const figures = figuresOf(run);
  // A machine with a card need not have the real data sets: on others a chapter reaches other figures.
  const onDrawn = figures.some((figure) => drawnSets(figure).length > 0);
  return [...figureProblems(name.slice(0, 2), figures, { drawn: true }), ...compareWithSaved(saved, run, { figures: !onDrawn }).problems];
}

/** How many of a run's figures have the number of the saved file. */
function asSaved(saved, run) {
  const medians = new Map(figuresOf(saved).map(({ id, median }) => [id, median]));
  return figuresOf(run).filter(({ id, median }) => medians.get(id) === median).length;
}

/**
 * Runs all chapters with tensors on the card.
 * @param {NodeJS.ProcessEnv} given
 * @param {readonly string[]} [names] the chapters' files
 * @returns {Promise<{passed: number, failed: number, complaints: string[]}>}
 */
export async function runChaptersOnCard(given, names = chapterNames()) {
  const env = { ...chapterEnvironment(given), NABLA_DEVICE: "cuda" };
  const counts = { passed: 0, failed: 0, complaints: /** @type {string[]} */ ([]) };
  for (const name of names) {
    const file = path.join(paths.notebooks, name);
    const result = await runChapterFile(file, { env, cellSeconds: 20 * 60 });
    const saved = readNotebook(file);
    const problems = "failure" in result ? [`it did not run to its end:\n${result.failure}`] : problemsOnCard(name, saved, result.notebook);
    if (problems.length === 0) counts.passed += 1;
    else counts.failed += 1;
    counts.complaints.push(...problems.map((problem) => `${name}: ${problem}`));
    if ("failure" in result) console.log(`✘ ${name}`);
    else console.log(`${problems.length === 0 ? "✓" : "✘"} ${name}: ${result.seconds.toFixed(1)} s, ${asSaved(saved, result.notebook)} of ${figuresOf(saved).length} figures to the digit those of the CPU`);
    for (const problem of problems) console.log(`  ${problem}`);
  }
  return counts;
}
