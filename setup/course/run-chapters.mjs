/**
 * `npm run course`: runs the chapters, or those whose names begin as told, and checks what they claim and what they are saved
 * with. Within a chapter every problem is found before the next one begins; the command fails when there was any.
 */
import { statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { SetupFailure } from "../failure.mjs";
import { paths, shown } from "../paths.mjs";
import { chapterEnvironment, runChapterFile } from "./chapter-run.mjs";
import { drawnSets, figureProblems, figuresOf } from "./figures.mjs";
import { chapterNames } from "./hand-out.mjs";
import { nameBeginning, readNotebook, writeNotebook } from "./notebook-file.mjs";
import { readmeText, readResults, SIZES, writeResult } from "./results.mjs";
import { compareWithSaved, savedProblems, sourcesHash, withHash } from "./saved-outputs.mjs";

const MEGA = 1e6;
/** What a chapter may take: seconds on two quiet cores, memory of all processes together, and the saved file's size. */
const LIMITS = {
  quick: { seconds: 90, peakMegabytes: 1500, savedBytes: MEGA, cellSeconds: 150 },
  book: { seconds: 20 * 60, peakMegabytes: Infinity, savedBytes: MEGA, cellSeconds: 20 * 60 },
};
/** Without AVX-512 a quick chapter may take longer. */
const SECONDS_ON_OTHER_INSTRUCTIONS = 150;

function chosenChapters(asked, notebooks) {
  const names = chapterNames(notebooks);
  const beginnings = asked.map(nameBeginning);
  const unknown = beginnings.find((beginning) => !names.some((name) => name.startsWith(beginning)));
  if (unknown !== undefined) throw new SetupFailure(`No chapter's name begins with ${unknown}: there are ${names.join(", ")}.`);
  return beginnings.length === 0 ? names : names.filter((name) => beginnings.some((beginning) => name.startsWith(beginning)));
}

/** The size that NABLA_SIZE asks for. */
function sizeOf({ NABLA_SIZE: size = "" }) {
  if (size === "") return "quick";
  if (SIZES.includes(size)) return size;
  throw new SetupFailure(`NABLA_SIZE is ${JSON.stringify(size)}; it can be ${SIZES.join(" or ")}.`);
}

/** The library as it was built, for what it knows of the machine and of figures. */
const built = (...parts) => import(pathToFileURL(path.join(paths.dist, "src", ...parts)));

/** Writes the page of figures anew from the results that there are. */
async function writeReadme(notebooks) {
  const { figureFacts } = await built("course", "figure-text.js");
  const isCurrent = ({ chapter, sources }) => chapterNames(notebooks).includes(`${chapter}.ipynb`)
    && sourcesHash(readNotebook(path.join(notebooks, `${chapter}.ipynb`))) === sources;
  writeFileSync(path.join(notebooks, "README.md"), readmeText(readResults(notebooks), figureFacts, isCurrent));
}

function overLimits({ seconds, peakMegabytes }, savedBytes, limits) {
  return [
    ...(seconds > limits.seconds ? [`it took ${seconds.toFixed(0)} s, more than ${limits.seconds}`] : []),
    ...(peakMegabytes > limits.peakMegabytes ? [`its processes took ${peakMegabytes} MB together, more than ${limits.peakMegabytes}`] : []),
    ...(savedBytes > limits.savedBytes ? [`its file has ${savedBytes} bytes, more than ${limits.savedBytes}`] : []),
  ];
}

/**
 * Runs one chapter and says what is wrong with it.
 * @returns {Promise<{problems: string[], notes: string[], line: string, saved: boolean}>}
 */
async function runOne(name, { size, save, drawn, notebooks, machine, limits, env }) {
  const file = path.join(notebooks, name);
  const saved = readNotebook(file);
  const result = await runChapterFile(file, { env, cellSeconds: limits.cellSeconds });
  if ("failure" in result) return { problems: [`it did not run to its end:\n${result.failure}`], notes: [], line: name, saved: false };

  const figures = figuresOf(result.notebook);
  const problems = figureProblems(name.slice(0, 2), figures, { drawn });
  const onDrawn = figures.some((figure) => drawnSets(figure).length > 0);
  const measured = { seconds: Number(result.seconds.toFixed(1)), peakMegabytes: Math.round(result.peakBytes / MEGA) };
  const notes = [];
  const fresh = withHash(result.notebook);
  const unfit = save ? [...savedProblems(fresh), ...(onDrawn ? ["only runs on real files are saved"] : [])] : [];
  const keep = save ? unfit.length === 0 : size === "book" && !onDrawn;
  if (save && keep) writeNotebook(file, fresh);
  else if (save) problems.push(...unfit, "the saved file is left as it was");
  else {
    // At the book's size other numbers come out; that its cells give the same kinds of output holds all the same.
    const comparison = compareWithSaved(saved, result.notebook, { figures: size === "quick" && !onDrawn });
    problems.push(...savedProblems(saved), ...comparison.problems);
    if (size === "quick") notes.push(...comparison.notes);
  }
  if (keep) {
    const records = figures.map(({ cell: _cell, ...record }) => record);
    writeResult({ chapter: name.replace(/\.ipynb$/, ""), size, sources: sourcesHash(saved), machine, ...measured, figures: records }, notebooks);
  }
  problems.push(...overLimits(measured, statSync(file).size, limits));
  const reached = figures.filter(({ standing }) => standing === "reached").length;
  const line = `${name}: ${measured.seconds} s, ${measured.peakMegabytes} MB, ${Math.ceil(statSync(file).size / 1024)} KiB saved, ${reached} of ${figures.length} figures as claimed`;
  return { problems, notes, line, saved: keep };
}

/**
 * @param {{beginnings?: string[], save?: boolean, drawn?: boolean, notebooks?: string}} [what] `save` writes outputs and
 *   results; `drawn` lets figures on sets pass that the package makes itself; `notebooks` is the chapters' folder
 * @returns {Promise<boolean>} whether everything was as it must be
 */
export async function runChapters({ beginnings = [], save = false, drawn = false, notebooks = paths.notebooks } = {}, given = process.env) {
  const size = sizeOf(given);
  if (save && size === "book") throw new SetupFailure("Chapters are saved at the quick size, which a learner gets; a book-sized run writes its results without --save.");
  const chapters = chosenChapters(beginnings, notebooks);
  const { instructionSet } = await built("index.js");
  const machine = `${cpus()[0]?.model ?? "an unknown processor"}, ${cpus().length} cores, ${instructionSet}`;
  const limits = { ...LIMITS[size], ...(size === "quick" && instructionSet !== "avx512" ? { seconds: SECONDS_ON_OTHER_INSTRUCTIONS } : {}) };
  const env = chapterEnvironment(given);

  let [fine, written] = [true, false];
  for (const name of chapters) {
    const { problems, notes, line, saved } = await runOne(name, { size, save, drawn, notebooks, machine, limits, env });
    console.log(line);
    for (const note of notes) console.log(`  note: ${note}`);
    for (const problem of problems) console.log(`  ✘ ${problem}`);
    fine &&= problems.length === 0;
    written ||= saved;
  }
  if (written) {
    await writeReadme(notebooks);
    console.log(`Figures are in ${shown(path.join(notebooks, "README.md"))}.`);
  }
  return fine;
}
