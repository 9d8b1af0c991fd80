/**
 * The numbered messages of a view. A live view keeps its last ones, so that a page which was away for a moment gets what it
 * missed and nothing twice; a page that has missed more gets the whole state instead.
 */
import type { Json, NumberedMessage } from "./wire.ts";

/** At twenty messages a second, about a minute's. */
const KEPT = 1200;

export class MessageLog {
  readonly #isKept: boolean;
  #messages: NumberedMessage[] = [];
  #seq = 0;

  /** @param isKept whether messages are kept for pages that come later */
  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  /** The number of the newest message. */
  get seq(): number {
    return this.#seq;
  }

  /** Adds a message. @returns its number */
  add(message: Json): number {
    this.#seq += 1;
    if (this.#isKept) {
      this.#messages.push({ seq: this.#seq, message });
      // Cut in halves, so that adding stays cheap.
      if (this.#messages.length >= 2 * KEPT) this.#messages = this.#messages.slice(-KEPT);
    }
    return this.#seq;
  }

  /** The whole state is another one, to which no earlier message applies. @returns its number */
  replace(): number {
    this.#messages = [];
    this.#seq += 1;
    return this.#seq;
  }

  /** The messages after a number; undefined where they are not all there, and the state is needed. */
  after(since: number): readonly NumberedMessage[] | undefined {
    if (since < 0 || since > this.#seq) return undefined;
    const missed = this.#seq - since;
    if (missed === 0) return [];
    return missed <= this.#messages.length ? this.#messages.slice(-missed) : undefined;
  }
}
