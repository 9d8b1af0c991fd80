/**
 * The error for a cell that cannot be parsed, and the code frame that every error of a cell is shown with.
 */
import type { Place } from "./edits.ts";

/** A cell, or what it asks for, is not TypeScript that can be run. The place is in the cell, counted from 1. */
export class CellSyntaxError extends SyntaxError {
  override readonly name = "SyntaxError";
  /** The cell's address, `cell:<n>`. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
  /** The line of the cell with a caret under the place. */
  readonly frame: string;

  constructor(message: string, url: string, source: string, place: Place) {
    super(message);
    this.url = url;
    this.line = place.line;
    this.column = place.column;
    this.frame = codeFrame(source, place).join("\n");
    // No frame leads to a cell that never ran: the stack shows the line itself.
    this.stack = `SyntaxError: ${message}\n\nline ${place.line}, column ${place.column}\n${this.frame}`;
  }
}

/**
 * The line at a place, numbered, with the line before it for context and a caret under the column.
 * A very long line is cut to the part around the column, so that the caret is seen.
 * @param length How many characters are marked, as far as the line goes.
 */
export function codeFrame(source: string, place: Place, length = 1): string[] {
  const widest = 100;
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  const text = lines[place.line - 1];
  if (text === undefined) return [];
  const width = String(place.line).length;
  const frame: string[] = [];
  const before = lines[place.line - 2];
  if (before !== undefined && before.trim() !== "") {
    frame.push(`${String(place.line - 1).padStart(width)} | ${before.length > widest ? before.slice(0, widest - 1) + "…" : before}`);
  }
  const column = Math.min(place.column - 1, text.length);
  const from = text.length > widest ? Math.max(0, Math.min(column - widest / 2, text.length - widest)) : 0;
  const shown = (from > 0 ? "…" : "") + text.slice(from, from + widest) + (from + widest < text.length ? "…" : "");
  // Tabs are kept so that the caret lands under its column whatever the tab's width.
  const lead = (from > 0 ? " " : "") + text.slice(from, column).replace(/[^\t]/g, " ");
  const marked = Math.max(1, Math.min(length, text.length - column, from + widest - column));
  frame.push(`${place.line} | ${shown}`, `${" ".repeat(width)} | ${lead}${"^".repeat(marked)}`);
  return frame;
}
