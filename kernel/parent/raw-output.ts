/**
 * One raw stream of the child, put into order with the records.
 *
 * A mark in the stream belongs to a record. The record waits for its mark, and what the stream holds behind the mark waits
 * for the record: what was printed before a display is shown before it, and what was printed after it after it.
 */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { MarkReader } from "../channel/marks.ts";

export class RawOutput {
  readonly #emit: (text: string) => void;
  readonly #onMark: () => void;
  readonly #decoder = new StringDecoder("utf8");
  /** What stands behind a mark whose record has not been passed on: text, and the serials of further marks. */
  readonly #held: (Buffer | number)[] = [];
  #seen = 0;
  #passed = 0;

  /**
   * @param word The word of this child's marks.
   * @param emit Takes text that is due.
   * @param onMark Called when another mark has come by, or the end.
   */
  constructor(stream: Readable, word: string, emit: (text: string) => void, onMark: () => void) {
    this.#emit = emit;
    this.#onMark = onMark;
    const reader = new MarkReader(word, (text) => this.#take(text), (serial) => this.#take(serial));
    stream.on("data", (chunk: Buffer) => reader.push(chunk));
    stream.once("close", () => {
      reader.end();
      this.#take(Infinity);
    });
  }

  /** The last mark that has come by. */
  get seen(): number {
    return this.#seen;
  }

  /** Says that the record which a mark belongs to has been passed on. */
  release(serial: number): void {
    this.#passed = Math.max(this.#passed, serial);
    while (this.#held.length > 0 && this.#seen <= this.#passed) this.#handle(this.#held.shift()!);
  }

  #take(item: Buffer | number): void {
    if (this.#seen > this.#passed) this.#held.push(item);
    else this.#handle(item);
  }

  #handle(item: Buffer | number): void {
    if (typeof item !== "number") {
      const text = this.#decoder.write(item);
      if (text !== "") this.#emit(text);
    } else {
      this.#seen = Math.max(this.#seen, item);
      this.#onMark();
    }
  }
}
