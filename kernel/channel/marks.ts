/**
 * Marks in the raw output of the child.
 *
 * Descriptors 1 and 2 of the child carry what native code and sub-processes print, on pipes that have no order with the
 * records. Before a display the child writes a numbered mark on both; the parent holds the record back until it
 * has seen the marks, so what was printed before is shown before. The mark holds a random word of this child, which
 * no printed text can hold by chance.
 */

/** The name of the environment variable that tells the child its word. */
export const MARK_WORD_VARIABLE = "NABLA_KERNEL_MARK";

/** A mark, as it is written. */
export function formatMark(word: string, serial: number): string {
  return `\u0000${word}:${serial}\u0000`;
}

/** Separates text from marks in one raw stream. */
export class MarkReader {
  readonly #onText: (text: Buffer) => void;
  readonly #onMark: (serial: number) => void;
  readonly #opening: Buffer;
  #pending = Buffer.alloc(0);

  constructor(word: string, onText: (text: Buffer) => void, onMark: (serial: number) => void) {
    this.#opening = Buffer.from(`\u0000${word}:`);
    this.#onText = onText;
    this.#onMark = onMark;
  }

  push(chunk: Buffer): void {
    let bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    for (;;) {
      const start = bytes.indexOf(this.#opening);
      if (start < 0) break;
      const end = bytes.indexOf(0, start + this.#opening.length);
      if (end < 0) break;
      if (start > 0) this.#onText(bytes.subarray(0, start));
      this.#onMark(Number(bytes.toString("latin1", start + this.#opening.length, end)));
      bytes = bytes.subarray(end + 1);
    }
    // What may be the beginning of a mark waits for the rest of it.
    const held = this.#heldFrom(bytes);
    if (held > 0) this.#onText(bytes.subarray(0, held));
    this.#pending = Buffer.from(bytes.subarray(held));
  }

  /** Gives out what was held back: the stream has ended. */
  end(): void {
    if (this.#pending.length > 0) this.#onText(this.#pending);
    this.#pending = Buffer.alloc(0);
  }

  #heldFrom(bytes: Buffer): number {
    const longest = this.#opening.length + 12;
    for (let from = bytes.indexOf(0, Math.max(0, bytes.length - longest)); from >= 0; from = bytes.indexOf(0, from + 1)) {
      const rest = bytes.subarray(from);
      const compared = Math.min(rest.length, this.#opening.length);
      if (rest.subarray(0, compared).equals(this.#opening.subarray(0, compared))) return from;
    }
    return bytes.length;
  }
}
