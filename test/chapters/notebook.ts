/** A chapter as a file and as a run: its cells, what they print, its charts. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runChapterFile } from "../../setup/course/chapter-run.mjs";
import { dataFolder } from "../../setup/data-folder.mjs";
import { paths } from "../../setup/paths.mjs";

/** An output as nbformat has it, texts joined. */
export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
  readonly name?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface Cell {
  readonly id: string;
  readonly cell_type: "code" | "markdown";
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** The chapters' files. */
export const chapterFiles: readonly string[] = readdirSync(paths.notebooks).filter((name) => name.endsWith(".ipynb")).sort()
  .map((name) => path.join(paths.notebooks, name));

/** The file of the chapter with this number, or whose name begins so. */
export function chapterFile(beginning: string): string {
  const [file, ...others] = chapterFiles.filter((each) => path.basename(each).startsWith(beginning));
  if (file === undefined) throw new Error(`there is no chapter ${beginning} in ${paths.notebooks}`);
  if (others.length > 0) throw new Error(`several chapters begin with ${beginning} in ${paths.notebooks}`);
  return file;
}

/** nbformat allows a text as a list of lines too. */
const joinText = (key: string, value: unknown): unknown =>
  Array.isArray(value) && ["source", "text", "text/plain", "image/png"].includes(key) ? value.join("") : value;

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, "utf8"), joinText) as Notebook;
}

/**
 * Runs a chapter from top to bottom on a fresh kernel in a fresh folder, the real data sets at hand if there are any.
 * @param change what a learner has changed before running, cell by cell
 * @throws Error with what the failing cell said
 */
export async function runChapter(beginning: string, change: (source: string) => string = (source) => source): Promise<Notebook> {
  const result = await runChapterFile(chapterFile(beginning), { change, cellSeconds: 120 });
  if ("failure" in result) throw new Error(result.failure);
  return JSON.parse(JSON.stringify(result.notebook), joinText) as Notebook;
}

/** What a chapter on handwritten digits can be run on; `expected` is the set's name, undefined where either may be found. */
export const bothDigitSets = [
  { set: "the digits that are found", change: (source: string): string => source, expected: dataFolder() === undefined ? undefined : "MNIST" },
  { set: "the drawn digits", change: (source: string): string => source.replace("data.mnist()", 'data.mnist({ set: "drawn digits" })'), expected: "drawn digits" },
];

/** What a chapter is run on in every test run; the stand-ins for all chapters take minutes more, which the long one has. */
export const digitSets = process.env["NABLA_LONG"] === "1" ? bothDigitSets : bothDigitSets.slice(0, 1);

/** Everything a cell printed, its result's text included. */
export function printed(notebook: Notebook, id: string): string {
  const cell = notebook.cells.find((each) => each.id === id);
  if (cell?.outputs === undefined) throw new Error(`there is no code cell ${id}`);
  return cell.outputs.map(({ text, data }) => text ?? `${String(data?.["text/plain"])}\n`).join("");
}

/** The numbers that a cell printed behind a phrase, in their order; fails if the phrase is not there. */
export function numbersAfter(notebook: Notebook, id: string, phrase: string): number[] {
  const line = printed(notebook, id).split("\n").find((each) => each.includes(phrase));
  if (line === undefined) throw new Error(`cell ${id} does not say "${phrase}", but:\n${printed(notebook, id)}`);
  const numbers = line.slice(line.indexOf(phrase) + phrase.length).match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g);
  return (numbers ?? []).map(Number);
}

/** Whether a cell shows a learner an error on purpose. Jupyter's own tools know it by this tag, and run on. */
export const failsOnPurpose = ({ metadata }: Cell): boolean => ((metadata["tags"] ?? []) as readonly string[]).includes("raises-exception");

/** The cells whose errors are not as they should be: one where none is meant, or none where one is. */
export function strayErrors(notebook: Notebook): string[] {
  const failed = (cell: Cell): boolean => (cell.outputs ?? []).some(({ output_type }) => output_type === "error");
  return notebook.cells.filter((cell) => failed(cell) !== failsOnPurpose(cell)).map(({ id, outputs = [] }) => `${id}: ${JSON.stringify(outputs)}`);
}

/** All outputs, with the cell they stand in. */
export function outputs(notebook: Notebook): (Output & { readonly cell: string })[] {
  return notebook.cells.flatMap(({ id, outputs = [] }) => outputs.map((output) => ({ ...output, cell: id })));
}
