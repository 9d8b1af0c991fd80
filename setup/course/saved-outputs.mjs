/**
 * Whether the outputs that a chapter is saved with are those of its cells: a hash of the code that made them lies in the
 * file, and a run must give outputs of the same kinds and figures that are claimed the same. Text alone may change without a
 * run. The counts and the times that cells print differ a little from one instruction set to another and are only noted.
 */
import { createHash } from "node:crypto";
import { figuresOf } from "./figures.mjs";
import { sourceOf } from "./notebook-file.mjs";

const codeOf = (notebook) => notebook.cells.filter(({ cell_type }) => cell_type === "code");

/** Of the code cells, their ids and their order: what the outputs come from. */
export const sourcesHash = (notebook) =>
  createHash("sha256").update(JSON.stringify(codeOf(notebook).map((cell) => [cell.id, sourceOf(cell)]))).digest("hex");

/** The hash that the file holds. */
export const savedHash = (notebook) => notebook.metadata.nabla?.sources;

/** A run as it is saved: with the hash. */
export const withHash = (notebook) => ({ ...notebook, metadata: { ...notebook.metadata, nabla: { sources: sourcesHash(notebook) } } });

/** The kinds of a cell's outputs in their order: streams by name, bundles by their types. */
const kindsOf = ({ outputs = [] }) =>
  outputs.map(({ output_type, name, data }) => (data === undefined ? `${output_type} ${name ?? ""}`.trim() : `${output_type} of ${Object.keys(data).sort().join(", ")}`));

/** What a cell says in words: its streams and its values' text. */
const textOf = ({ outputs = [] }) => outputs.map(({ text, data }) => [text ?? data?.["text/plain"] ?? ""].flat().join("")).join("\n");

const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** Whether an output is a chart that went without its picture, as on a machine that was too busy to draw it in time. */
const lacksPicture = ({ data }) => data !== undefined && VEGA_LITE in data && !("image/png" in data);

/** What is wrong with a saved file by itself. @returns {string[]} sentences */
export function savedProblems(saved) {
  const problems = [];
  const run = codeOf(saved).filter((cell) => sourceOf(cell).trim() !== "");
  const outOfTurn = run.find(({ execution_count }, i) => execution_count !== i + 1);
  if (outOfTurn !== undefined) problems.push(`cell ${outOfTurn.id} is saved with the count ${outOfTurn.execution_count}, not ${run.indexOf(outOfTurn) + 1}: the file was not run from top to bottom`);
  for (const { id } of run.filter(({ outputs }) => outputs.some(lacksPicture))) problems.push(`cell ${id} shows a chart without its picture`);
  if (savedHash(saved) === undefined) problems.push("the file does not say of which code its outputs are");
  else if (savedHash(saved) !== sourcesHash(saved)) problems.push("code has changed since its outputs were saved");
  return problems;
}

/** What a figure claims, in one text. */
const claimOf = ({ id, title, band, data }) => JSON.stringify([id, title, band, data.map(({ name, checksum }) => [name, checksum])]);

/**
 * What differs between a saved chapter and a run of it at the same size.
 * @param {{figures?: boolean}} [options] `figures` false: the run was on other data, so its figures are others
 * @returns {{problems: string[], notes: string[]}} sentences
 */
export function compareWithSaved(saved, run, { figures = true } = {}) {
  const [problems, notes] = [[], []];
  const cells = new Map(run.cells.map((cell) => [cell.id, cell]));
  const order = (notebook) => notebook.cells.map(({ id }) => id).join(" ");
  if (order(saved) !== order(run)) problems.push("the run has other cells than the saved file");
  for (const cell of codeOf(saved)) {
    const now = cells.get(cell.id);
    if (now === undefined) continue;
    if (sourceOf(now) !== sourceOf(cell)) problems.push(`cell ${cell.id} is another in the run`);
    const [was, is] = [kindsOf(cell), kindsOf(now)];
    if (was.join("; ") !== is.join("; ")) problems.push(`cell ${cell.id} is saved with ${was.join("; ") || "no output"}, and now gives ${is.join("; ") || "no output"}`);
    else if (textOf(cell) !== textOf(now)) notes.push(`cell ${cell.id} prints something else than is saved`);
  }
  if (figures) {
    const [was, is] = [figuresOf(saved), figuresOf(run)].map((list) => new Map(list.map((figure) => [figure.id, figure])));
    for (const id of new Set([...was.keys(), ...is.keys()])) {
      if (!was.has(id) || !is.has(id)) problems.push(`figure ${id} is only in the ${was.has(id) ? "saved file" : "run"}`);
      else if (claimOf(was.get(id)) !== claimOf(is.get(id))) problems.push(`figure ${id} is saved with another claim or other data than the run has`);
      else if (was.get(id).standing !== is.get(id).standing) problems.push(`figure ${id} is saved as ${was.get(id).standing}, and is now ${is.get(id).standing}`);
    }
  }
  return { problems, notes };
}
