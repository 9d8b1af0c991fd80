/**
 * Tables of comma-separated values (RFC 4180): quotes, doubled quotes and line breaks within quotes, either line ending, also
 * mixed. What breaks is told by line and column, a quote that is never closed by where it opens.
 */
import { FileFormatError } from "../serialization/file-format-error.ts";
import { readWholeFile } from "../serialization/whole-file.ts";
import { tensor } from "../tensor/creation.ts";
import type { DType } from "../tensor/dtype.ts";
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Options of {@link parseCsv} and {@link readCsv}. */
export interface CsvOptions {
  /** What stands between the fields of a row. Default a comma. */
  delimiter?: string;
  /** Whether the first row names the columns. Default true; without it they are called "0", "1" and so on. */
  header?: boolean;
}

/** What an empty field becomes in a column of numbers. */
export interface NumberOptions {
  dtype?: DType;
  /** Without it, an empty field is an error. */
  missing?: number;
}

/** A field, and where it begins in the file: lines and columns are counted from 1. */
interface Field {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A table whose rows all have as many fields. */
export class CsvTable {
  /** The columns' names, in the order of the file. */
  readonly columns: readonly string[];
  readonly #rows: readonly (readonly Field[])[];
  readonly #file: string;

  /** @throws FileFormatError when the text is not such a table. Use `readCsv` or `parseCsv`. */
  constructor(text: string, file: string, options: CsvOptions) {
    const { delimiter = ",", header = true } = options;
    if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new NablaError(`readCsv: the delimiter ${JSON.stringify(delimiter)} must be one character, not a quote or the end of a line`);
    const rows = splitRows(text, delimiter, file);
    const first = rows[0];
    if (first === undefined) throw new FileFormatError(file, "line 1", "the table is empty");
    this.columns = first.map((field, i) => (header ? field.text : String(i)));
    this.#rows = header ? rows.slice(1) : rows;
    this.#file = file;
    first.forEach((field, i) => {
      if (this.columns.indexOf(field.text) < i && header) this.#refuse(field, `the column ${JSON.stringify(field.text)} is there twice`);
    });
    for (const row of this.#rows) {
      if (row.length === this.columns.length) continue;
      this.#refuse(row[Math.min(row.length, this.columns.length) - 1]!, `the row has ${row.length} fields, but the table has ${this.columns.length} columns; is a quote missing around a field?`);
    }
  }

  /** How many rows there are, without the header. */
  get length(): number {
    return this.#rows.length;
  }

  /** The fields of a row by their columns' names. @throws RangeError when there is no such row. */
  at(row: number): Record<string, string> {
    const fields = this.#rows[row];
    if (fields === undefined) throw new RangeError(`CsvTable: there is no row ${row}; the table has ${this.length}, numbered from 0`);
    return Object.fromEntries(this.columns.map((name, i) => [name, fields[i]!.text]));
  }

  /** A column as texts. @throws NablaError when there is no such column. */
  texts(column: string): string[] {
    const position = this.#position(column);
    return this.#rows.map((row) => row[position]!.text);
  }

  /**
   * Columns of numbers as a tensor: [rows] for one name, [rows, columns] for a list.
   * @throws FileFormatError naming the line and column of what is not a number, or does not fit the type.
   */
  numbers(columns: string | readonly string[], options: NumberOptions = {}): Tensor {
    const names = typeof columns === "string" ? [columns] : columns;
    const positions = names.map((name) => this.#position(name));
    const integers = { int32: [-(2 ** 31), 2 ** 31 - 1], uint8: [0, 255], bool: [0, 1] } as const;
    const range = options.dtype !== undefined && options.dtype in integers ? integers[options.dtype as keyof typeof integers] : undefined;
    const values = this.#rows.flatMap((row) => positions.map((position, i) => {
      const field = row[position]!;
      const value = this.#number(field, names[i]!, options.missing);
      if (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
        this.#refuse(field, `${JSON.stringify(field.text)} in the column ${JSON.stringify(names[i])} does not fit in ${options.dtype}`);
      }
      return value;
    }));
    const shape = typeof columns === "string" ? [this.length] : [this.length, names.length];
    return tensor(Float64Array.from(values), { shape }).to(options.dtype ?? tensor(0).dtype);
  }

  /** A column of categories as whole numbers, int32 [rows], and the categories in the order of their numbers (sorted). */
  categories(column: string): { codes: Tensor; names: string[] } {
    const texts = this.texts(column);
    const names = [...new Set(texts)].sort();
    const numbers = new Map(names.map((name, i) => [name, i]));
    return { codes: tensor(Int32Array.from(texts, (text) => numbers.get(text)!)), names };
  }

  #position(column: string): number {
    const position = this.columns.indexOf(column);
    if (position < 0) throw new NablaError(`CsvTable: there is no column ${JSON.stringify(column)} in ${this.#file}; there are ${this.columns.map((name) => JSON.stringify(name)).join(", ")}`);
    return position;
  }

  #number(field: Field, column: string, missing: number | undefined): number {
    const text = field.text.trim();
    if (text === "") return missing ?? this.#refuse(field, `a number is missing in the column ${JSON.stringify(column)}; say what to take instead with { missing: NaN }`);
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
    const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
    if (special === null) return this.#refuse(field, `${JSON.stringify(field.text)} in the column ${JSON.stringify(column)} is not a number`);
    if (special[2]!.toLowerCase() === "nan") return NaN;
    return special[1] === "-" ? -Infinity : Infinity;
  }

  #refuse(field: Field, problem: string): never {
    throw new FileFormatError(this.#file, `line ${field.line}, column ${field.column}`, problem);
  }
}

/** Cuts the text into rows of fields. Empty lines are left out. */
function splitRows(text: string, delimiter: string, file: string): Field[][] {
  const rows: Field[][] = [];
  let row: Field[] = [];
  let position = text.startsWith("\ufeff") ? 1 : 0;
  let [line, lineStart] = [1, position];
  const endsLine = (at: number): boolean => text[at] === "\n" || text[at] === "\r";
  while (position < text.length) {
    const place = { line, column: position - lineStart + 1 };
    let content: string;
    if (text[position] === '"') {
      content = "";
      for (position++; ; position++) {
        const quote = text.indexOf('"', position);
        if (quote < 0) throw new FileFormatError(file, `line ${place.line}, column ${place.column}`, "the quote that opens here is never closed");
        const part = text.slice(position, quote);
        for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", at + 1)) [line, lineStart] = [line + 1, position + at + 1];
        content += part;
        position = quote + 1;
        if (text[position] !== '"') break;
        content += '"';
      }
      if (position < text.length && text[position] !== delimiter && !endsLine(position)) {
        throw new FileFormatError(file, `line ${line}, column ${position - lineStart + 1}`, `${JSON.stringify(text[position])} after a closing quote; a quote within quotes is written twice`);
      }
    } else {
      const start = position;
      while (position < text.length && text[position] !== delimiter && !endsLine(position)) {
        if (text[position] === '"') throw new FileFormatError(file, `line ${line}, column ${position - lineStart + 1}`, "a quote in the middle of a field; put the whole field in quotes and write the quote twice");
        position++;
      }
      content = text.slice(start, position);
    }
    row.push({ text: content, ...place });
    if (text[position] === delimiter) {
      position++;
      // A delimiter at the very end has an empty field after it.
      if (position === text.length) row.push({ text: "", line, column: position - lineStart + 1 });
      if (position < text.length) continue;
    }
    if (row.length > 1 || row[0]!.text !== "" || text[position - 1] === '"') rows.push(row);
    row = [];
    if (text[position] === "\r" && text[position + 1] === "\n") position++;
    position++;
    [line, lineStart] = [line + 1, position];
  }
  return rows;
}

/**
 * The table in a text of comma-separated values.
 * @param file what to call it in an error.
 * @throws FileFormatError naming the line and column where a quote is not closed or a row has more or fewer fields.
 */
export function parseCsv(text: string, options: CsvOptions = {}, file = "this text"): CsvTable {
  return new CsvTable(text, file, options);
}

/**
 * Reads a file of comma-separated values, UTF-8.
 *
 * @throws FileAccessError when it cannot be read.
 * @throws FileFormatError naming the line and column where it is not such a table.
 *
 * @example
 * const table = readCsv("iris.csv");
 * const x = table.numbers(["sepal length", "sepal width"]);
 * const { codes: y, names } = table.categories("species");
 */
export function readCsv(path: string, options: CsvOptions = {}): CsvTable {
  const bytes = readWholeFile("readCsv", path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const valid = new TextDecoder("utf-8").decode(bytes);
    throw new FileFormatError(path, `line ${valid.slice(0, valid.indexOf("\ufffd")).split("\n").length}`, "the text is not UTF-8");
  }
  return new CsvTable(text, path, options);
}
