/**
 * The numbers behind a chart, as a table: for who reads rather than looks, for a screen reader, and to be copied into a
 * spreadsheet. "A data table behind every figure" is what the guidelines for accessible charts ask for first (W3C, "Complex
 * Images", https://www.w3.org/WAI/tutorials/images/complex/).
 */
import { DISPLAY, INSPECT } from "./display-keys.ts";
import { readable } from "./values.ts";

/** What stands in a table. `null` is a number that is missing or not finite. */
export type TableValue = number | string | boolean | null;

/** A row of a table: values by the names of their columns. */
export type TableRow = Readonly<Record<string, TableValue>>;

/** More rows are shown by their first and last ones. */
const MOST_ROWS_SHOWN = 60;
const ROWS_AT_THE_END = 10;

/** The rows behind a chart. As a cell's value it is a table; iterating gives the rows; `toCSV()` gives all of it as text. */
export class ChartTable implements Iterable<TableRow> {
  readonly rows: readonly TableRow[];
  /** The names of the columns, in their order. */
  readonly columns: readonly string[];

  constructor(rows: readonly TableRow[]) {
    this.rows = rows;
    this.columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  }

  /** How many rows there are. */
  get length(): number {
    return this.rows.length;
  }

  [Symbol.iterator](): Iterator<TableRow> {
    return this.rows[Symbol.iterator]();
  }

  /** The values of one column, top to bottom. */
  column(name: string): TableValue[] {
    return this.rows.map((row) => row[name] ?? null);
  }

  /** Comma-separated values with a line of names above (RFC 4180): every row, every digit. */
  toCSV(): string {
    const cell = (value: TableValue | undefined): string => {
      const text = value === null || value === undefined ? "" : String(value);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [this.columns, ...this.rows.map((row) => this.columns.map((name) => row[name]))]
      .map((line) => `${line.map(cell).join(",")}\r\n`)
      .join("");
  }

  /** Columns aligned under their names; of a long table the first and last rows. */
  toString(): string {
    const lines = [[...this.columns], ...this.#shown().map((row) => this.columns.map((name) => (row === undefined ? "…" : written(row[name]))))];
    const widths = this.columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    const numeric = this.columns.map((name) => this.rows.every((row) => typeof row[name] !== "string"));
    return lines.map((line) => line.map((text, i) => (numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))).join("  ").trimEnd()).join("\n");
  }

  [INSPECT](): string {
    return this.toString();
  }

  [DISPLAY](): { "text/html": string; "text/plain": string } {
    const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
    const head = this.columns.map((name) => `<th scope="col">${escape(name)}</th>`).join("");
    const body = this.#shown().map((row) => `<tr>${this.columns.map((name) => `<td>${row === undefined ? "…" : escape(written(row[name]))}</td>`).join("")}</tr>`);
    return { "text/html": `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`, "text/plain": this.toString() };
  }

  /** The rows to show, with undefined where some are left out. */
  #shown(): readonly (TableRow | undefined)[] {
    if (this.rows.length <= MOST_ROWS_SHOWN) return this.rows;
    return [...this.rows.slice(0, MOST_ROWS_SHOWN - ROWS_AT_THE_END), undefined, ...this.rows.slice(-ROWS_AT_THE_END)];
  }
}

function written(value: TableValue | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? readable(value) : String(value);
}
