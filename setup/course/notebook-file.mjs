/** A notebook as a file: read, written as Jupyter writes it, and its cells' text in one form. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { SetupFailure } from "../failure.mjs";
import { shown } from "../paths.mjs";

/** @returns {{cells: object[], metadata: object, nbformat: number, nbformat_minor: number}} */
export function readNotebook(file) {
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (Array.isArray(notebook?.cells)) return notebook;
  throw new SetupFailure(`${shown(file)} is not a notebook (any more). Move it away, and \`npm start\` makes a new copy.`);
}

/** The same value with the keys of its objects in order. */
function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, inOrder(value[key])]));
}

/**
 * Keys in order, indented by one space and ended by a line feed, as nbformat does, so that a file that is saved again does
 * not change.
 */
export function writeNotebook(file, notebook) {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(inOrder(notebook), null, 1)}\n`);
  renameSync(unfinished, file);
}

/** A cell's text: files hold it as one string or as lines. */
export const sourceOf = (cell) => (Array.isArray(cell.source) ? cell.source.join("") : cell.source);

/** A text as files hold it: lines with their ends. */
export const asLines = (text) => (text === "" ? [] : text.split(/(?<=\n)/));

/** What an author wrote, without outputs and counts. */
export const authoredText = (notebook) => JSON.stringify(notebook.cells.map((cell) => [cell.id, cell.cell_type, sourceOf(cell)]));

/** The id of the exercise that a code cell asks to check, if it is one: "01.3", "00t.3". */
export const exerciseOf = (cell) => (cell.cell_type === "code" ? /^check\("(\d\d[a-z]*\.\d+)"/m.exec(sourceOf(cell))?.[1] : undefined);

/**
 * The chapter that a name or a beginning of one asks for, as file names begin: a chapter's id, "00t", is `00-t` there; so a
 * learner may type either.
 */
export const nameBeginning = (asked) => asked.replace(/^(\d\d)([a-z]+)$/, "$1-$2");
