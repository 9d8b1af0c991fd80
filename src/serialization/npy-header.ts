/**
 * The header of an `.npy` file: a Python dictionary of three entries, read by a parser that knows just the strings, booleans,
 * numbers and tuples that NumPy writes there.
 */
import { FileFormatError } from "./file-format-error.ts";

/** What the header says. */
export interface NpyHeader {
  /** NumPy's name of the element type, such as "<f4". */
  readonly description: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin in the file. */
  readonly dataStart: number;
}

const MAGIC = "\u0093NUMPY";

/** Reads the header. @throws FileFormatError saying at which byte it is not one. */
export function readNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new FileFormatError(file, 0, "not an .npy file: it must begin with \\x93NUMPY");
  }
  const [major, minor] = [buffer[6], buffer[7]];
  const start = major === 1 ? 10 : 12;
  if (buffer.length < start) throw new FileFormatError(file, buffer.length, "cut off before the length of the header");
  if (major! < 1 || major! > 3 || minor !== 0) throw new FileFormatError(file, 6, `.npy version ${major}.${minor}; known are 1.0, 2.0 and 3.0`);
  const dataStart = start + (major === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  if (dataStart > buffer.length) throw new FileFormatError(file, buffer.length, `cut off within the header, which should reach to byte ${dataStart}`);
  const text = buffer.toString(major === 3 ? "utf8" : "latin1", start, dataStart);
  const entries = new DictionaryParser(text, start, file).dictionary();
  const [description, fortranOrder, shape] = ["descr", "fortran_order", "shape"].map((key) => entries.get(key));
  if (typeof description !== "string" || typeof fortranOrder !== "boolean" || !Array.isArray(shape) || entries.size !== 3) {
    throw new FileFormatError(file, start, "the header must give 'descr' as a string, 'fortran_order' as True or False, and 'shape' as a tuple, and no more");
  }
  return { description, fortranOrder, shape: shape as number[], dataStart };
}

/** A value that a header may hold. */
type HeaderValue = string | boolean | number[];

/** Reads one Python dictionary whose keys are strings. */
class DictionaryParser {
  readonly #text: string;
  readonly #start: number;
  readonly #file: string;
  #position = 0;

  constructor(text: string, start: number, file: string) {
    this.#text = text;
    this.#start = start;
    this.#file = file;
  }

  dictionary(): Map<string, HeaderValue> {
    const entries = new Map<string, HeaderValue>();
    this.#expect("{");
    while (!this.#skips("}")) {
      const key = this.#string();
      this.#expect(":");
      if (entries.has(key)) this.#refuse(`'${key}' is there twice`);
      entries.set(key, this.#value());
      if (!this.#skips(",")) {
        this.#expect("}");
        break;
      }
    }
    if (/\S/.test(this.#text.slice(this.#position))) this.#refuse("text after the dictionary");
    return entries;
  }

  #value(): HeaderValue {
    if (this.#skips("True")) return true;
    if (this.#skips("False")) return false;
    if (this.#skips("(")) return this.#tuple();
    if (this.#skips("[")) return this.#refuse("the array has named fields; save each field as an array of its own");
    return this.#string();
  }

  #tuple(): number[] {
    const numbers: number[] = [];
    while (!this.#skips(")")) {
      const digits = this.#take(/\d+L?/y) ?? this.#refuse("expected a whole number of at least 0");
      const length = Number.parseInt(digits, 10);
      if (!Number.isSafeInteger(length)) this.#refuse(`a dimension of ${digits} elements`);
      numbers.push(length);
      if (!this.#skips(",")) {
        this.#expect(")");
        break;
      }
    }
    return numbers;
  }

  #string(): string {
    const quoted = this.#take(/'[^'\\]*'|"[^"\\]*"/y) ?? this.#refuse("expected a string, True, False or a tuple");
    return quoted.slice(1, -1);
  }

  #take(pattern: RegExp): string | undefined {
    this.#skipSpace();
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }

  #skips(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skips(token)) this.#refuse(`expected ${token}`);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#position] ?? "")) this.#position++;
  }

  #refuse(problem: string): never {
    throw new FileFormatError(this.#file, this.#start + this.#position, `the header is not as NumPy writes it: ${problem}`);
  }
}
