/** What could help against an error that is a common one in a notebook. */
import { say } from "../messages/say.ts";
import type { SavedNotebook } from "./notebook.ts";
import { outlineCell } from "./outline.ts";

/** A cell that has been sent to run. */
export interface RanCell {
  readonly source: string;
  readonly executionCount: number;
  /** The cell of the notebook, where the front end names it. */
  readonly cellId: string | undefined;
  /** When it was run, in milliseconds of `Date.now()`. */
  readonly at: number;
  hasFailed: boolean;
}

export interface HintContext {
  /** The cells that have run, the oldest first; the last one is where the error is. */
  readonly ran: readonly RanCell[];
  readonly notebook: Pick<SavedNotebook, "cells" | "savedAt">;
  /** The cells whose lines the traceback shows, by their number. */
  readonly shown: ReadonlySet<number>;
}

/** Of the cells that have run, how many are looked through. */
const LOOKED_THROUGH = 500;

/** The hints for an error; most have none. */
export function hintsFor(error: { readonly name?: unknown; readonly message?: unknown }, context: HintContext): string[] {
  const message = String(error.message ?? "");
  const edited = context.ran.filter((cell) => context.shown.has(cell.executionCount) && isEdited(cell, context));
  const hints = edited.map(({ executionCount }) => say("hintEdited", { count: executionCount }));
  const missing = /^(.+) is not defined$|^Cannot access '(.+)' before initialization$/.exec(message);
  const name = missing?.[1] ?? missing?.[2];
  if (error.name === "ReferenceError" && name !== undefined) hints.push(...missingName(name, context));
  const made = /^Class constructor (.+) cannot be invoked without 'new'$/.exec(message)?.[1];
  if (made !== undefined) hints.push(say("hintNew", { name: made }));
  if (message === "Maximum call stack size exceeded") hints.push(say("hintRecursion"));
  const assigned = /'(.+)'/.exec(message)?.[1] ?? "";
  if (message === "Assignment to constant variable." || message === say("assignedConstant", { name: assigned })) hints.push(say("hintConstant"));
  return hints;
}

/** Whether the notebook was saved with another text of a cell after that had run. */
function isEdited({ cellId, source, at }: RanCell, { notebook, ran }: HintContext): boolean {
  const saved = cellId === undefined ? undefined : notebook.cells().find(({ id }) => id === cellId);
  const isNewest = ran.findLast((each) => each.cellId === cellId)?.source === source;
  return saved !== undefined && isNewest && saved.source !== source && notebook.savedAt > at;
}

function missingName(name: string, { ran, notebook }: HintContext): string[] {
  const current = ran.at(-1);
  if (current !== undefined && outlineCell(current.source).names.has(name)) return [say("hintDeclaredBelow", { name })];
  const earlier = ran.slice(-LOOKED_THROUGH, -1).reverse().map((cell) => ({ cell, names: outlineCell(cell.source).names }));
  const failed = earlier.find(({ cell, names }) => cell.hasFailed && names.has(name));
  if (failed !== undefined) return [say("hintDeclaringCellFailed", { name, count: failed.cell.executionCount })];
  const saved = notebook.cells().find(({ source }) => outlineCell(source).names.has(name));
  if (saved !== undefined) {
    const run = ran.findLast(({ cellId }) => cellId === saved.id);
    return [run === undefined ? say("hintNotRun", { name, cell: quote(saved.source, name) }) : say("hintEdited", { count: run.executionCount })];
  }
  const known = new Set(earlier.filter(({ cell }) => !cell.hasFailed).flatMap(({ names }) => [...names.keys()]));
  const alike = closest(name, known);
  return alike === undefined ? [] : [say("hintDidYouMean", { name: alike })];
}

/** The line of a cell that has a name in it, short enough to be quoted. */
export function quote(source: string, name: string): string {
  const line = (source.split("\n").find((each) => each.includes(name)) ?? source).trim();
  return `\`${line.length > 60 ? `${line.slice(0, 59)}…` : line}\``;
}

/** The name that differs least, if it does not differ much. */
function closest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(name.length / 3) + 0.5;
  for (const each of known) {
    if (Math.abs(each.length - name.length) > least) continue;
    const distance = editDistance(name.toLowerCase(), each.toLowerCase());
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}

/** Levenshtein's distance: how many characters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
