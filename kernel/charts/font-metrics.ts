/**
 * How wide a text is in an OpenType font, read from the font's own tables.
 *
 * Without a canvas Vega guesses eight tenths of the font size a letter, which cuts labels too early and pushes titles away.
 * The format: https://learn.microsoft.com/typography/opentype/spec/ (tables `head`, `hhea`, `hmtx`, and `cmap` format 4).
 */
import { readFileSync } from "node:fs";

/** The advance widths of one font, with outlines of either kind. */
export class FontMetrics {
  readonly #file: DataView;
  readonly #tables = new Map<string, number>();
  readonly #unitsPerEm: number;
  readonly #widths: number;
  readonly #characters: number;

  /** @throws Error when the file is not an OpenType font with Unicode characters. */
  constructor(path: string) {
    const bytes = readFileSync(path);
    this.#file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < this.#file.getUint16(4); index++) {
      const entry = 12 + index * 16;
      this.#tables.set(bytes.toString("latin1", entry, entry + 4), this.#file.getUint32(entry + 8));
    }
    this.#unitsPerEm = this.#file.getUint16(this.#table("head") + 18);
    this.#widths = this.#file.getUint16(this.#table("hhea") + 34);
    this.#characters = this.#characterMap();
  }

  /**
   * The width of a text, in the unit of the size, without kerning.
   * @param fallback The font that has the characters which this one has not.
   */
  width(text: string, size: number, fallback?: FontMetrics): number {
    let sum = 0;
    for (const character of text) {
      const code = character.codePointAt(0)!;
      sum += this.has(code) ? this.#advance(code) : (fallback ?? this).#advance(code);
    }
    return sum * size;
  }

  /** Whether the font has a character. */
  has(code: number): boolean {
    return this.#glyph(code) !== 0;
  }

  /** In the unit of the size. */
  #advance(code: number): number {
    // Glyphs behind the last width have that width.
    const glyph = Math.min(this.#glyph(code), this.#widths - 1);
    return this.#file.getUint16(this.#table("hmtx") + glyph * 4) / this.#unitsPerEm;
  }

  #table(name: string): number {
    const offset = this.#tables.get(name);
    if (offset === undefined) throw new Error(`not an OpenType font: no table "${name}"`);
    return offset;
  }

  /** The offset of the map of the first 65,536 characters. */
  #characterMap(): number {
    const table = this.#table("cmap");
    for (let index = 0; index < this.#file.getUint16(table + 2); index++) {
      const map = table + this.#file.getUint32(table + 4 + index * 8 + 4);
      if (this.#file.getUint16(map) === 4) return map;
    }
    throw new Error("a font without a character map of format 4");
  }

  /** The glyph of a character; 0, which draws a box, when the font has none. */
  #glyph(code: number): number {
    const map = this.#characters;
    const doubled = this.#file.getUint16(map + 6);
    const ends = map + 14;
    const starts = ends + doubled + 2;
    for (let at = 0; at < doubled && code <= 0xffff; at += 2) {
      if (this.#file.getUint16(ends + at) < code) continue;
      const start = this.#file.getUint16(starts + at);
      if (start > code) return 0;
      const delta = this.#file.getUint16(starts + doubled + at);
      const rangeAt = starts + 2 * doubled + at;
      const range = this.#file.getUint16(rangeAt);
      if (range === 0) return (code + delta) & 0xffff;
      const glyph = this.#file.getUint16(rangeAt + range + (code - start) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  }
}
