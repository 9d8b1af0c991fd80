/**
 * What runs of the chapters came to, one JSON file a chapter and size in `notebooks/results/`, and the table that is made of
 * them, `notebooks/README.md`: per figure what the book printed, what a quick and a book-sized run measured, the seeds and
 * minutes of each, and per chapter its memory. A figure that no run reached stands there as missed, one without a run as not
 * run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "../paths.mjs";

export const SIZES = ["quick", "book"];

const resultsFolder = (notebooks) => path.join(notebooks, "results");

/**
 * Writes what a run came to.
 * @param {{chapter: string, size: string, [fact: string]: unknown}} result
 * @returns {string} the file
 */
export function writeResult(result, notebooks = paths.notebooks) {
  mkdirSync(resultsFolder(notebooks), { recursive: true });
  const file = path.join(resultsFolder(notebooks), `${result.chapter}.${result.size}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  return file;
}

/** All results, by chapter and then as `SIZES` has them. */
export function readResults(notebooks = paths.notebooks) {
  if (!existsSync(resultsFolder(notebooks))) return [];
  const names = readdirSync(resultsFolder(notebooks)).filter((name) => name.endsWith(".json"));
  const results = names.map((name) => JSON.parse(readFileSync(path.join(resultsFolder(notebooks), name), "utf8")));
  return results.sort((a, b) => (a.chapter === b.chapter ? SIZES.indexOf(a.size) - SIZES.indexOf(b.size) : a.chapter < b.chapter ? -1 : 1));
}

const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
const table = (head, rows) => [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");

/** A figure of one size in a cell of the table. */
function measured(facts) {
  if (facts === undefined) return "not run";
  const word = { "✔": "✔ ", "✘": "✘ missed: ", "○": "○ " }[facts.mark];
  return `${word}${facts.value}${facts.range === undefined ? "" : ` (${facts.range})`}`;
}

const minutes = (seconds) => (seconds < 100 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`);
const SIZE_NAMES = { quick: "quick", book: "book size" };

/** The figures of one chapter: at each size what is claimed, what came out, from which seeds, and how long the run took. */
function figuresTable(runs, factsOf, old) {
  const ids = [...new Set(runs.flatMap((run) => run?.figures.map(({ id }) => id) ?? []))];
  const rows = ids.map((id) => {
    const records = runs.map((run) => run?.figures.find((figure) => figure.id === id));
    const facts = records.map((record) => record && factsOf(record));
    const first = facts.find((one) => one !== undefined);
    const { title } = records.find((record) => record !== undefined);
    const cells = facts.flatMap((one, i) => [one?.claimed ?? "", `${measured(one)}${one === undefined ? "" : old(runs[i])}`, one?.seeds ?? ""]);
    return [`\`${id}\``, title, first.printed ?? "", ...cells, first.data ?? "made in the chapter"];
  });
  const heads = SIZES.flatMap((size, i) => {
    const name = SIZE_NAMES[size];
    return [`claimed, ${name}`, runs[i] === undefined ? name : `${name}, ${minutes(runs[i].seconds)}`, "seeds"];
  });
  return table(["figure", "what is measured", "the book printed", ...heads, "data"], rows);
}

/**
 * The table of the runs, and for each chapter that states figures the table of those.
 * @param {object[]} results as `readResults` gives them
 * @param {(record: any) => any} factsOf `figureFacts` of `src/course/figure-text.ts`
 * @param {(result: any) => boolean} isCurrent whether the chapter's code is still that of the result
 */
export function resultsText(results, factsOf, isCurrent = () => true) {
  const chapters = [...new Set(results.map(({ chapter }) => chapter))];
  const of = (chapter) => SIZES.map((size) => results.find((result) => result.chapter === chapter && result.size === size));
  const old = (result) => (result === undefined || isCurrent(result) ? "" : " †");
  const runs = chapters.map((chapter) => [
    `[${chapter}](${chapter}.ipynb)`,
    ...of(chapter).flatMap((run) => (run === undefined ? ["not run", ""] : [`${minutes(run.seconds)}${old(run)}`, `${run.peakMegabytes} MB`])),
  ]);
  const figures = chapters
    .filter((chapter) => of(chapter).some((run) => run !== undefined && run.figures.length > 0))
    .flatMap((chapter) => [`## ${chapter}`, "", figuresTable(of(chapter), factsOf, old), ""]);
  const machines = [...new Set(results.map(({ machine }) => machine))];
  return [
    table(["chapter", "quick", "memory", "book size", "memory"], runs),
    "",
    `Measured on: ${machines.join("; ")}. † of code that has changed since.`,
    "",
    ...figures,
  ].join("\n").trimEnd();
}

const INTRODUCTION = `# The chapters and their figures

Start them with \`npm start\`. What they claim is checked by \`npm run course\`, which runs every chapter from top to bottom on a
fresh kernel and compares it with the saved file; \`npm run course -- --save 02\` saves a chapter with its outputs, and
\`NABLA_SIZE=book npm run course\` runs the books' own sizes. What runs came to is kept in \`results/\`, and this page is
written from it. ✔ is as claimed, ✘ is missed, ○ is measured with nothing claimed. Over several seeds a figure is the median,
with the range behind it; it comes from a run of its whole chapter, whose time stands above. A figure counts only on the real
files of its data set.

`;

/** The whole page. */
export const readmeText = (...inputs) => `${INTRODUCTION}${resultsText(...inputs)}\n`;
