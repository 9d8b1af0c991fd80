/**
 * How alike two sequences of tokens are: BLEU for translations, the edit distance for what was read or heard.
 * Sources: Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002; Lin and Och, "ORANGE",
 * 2004 (smoothing); Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.
 */
import { NablaError } from "../../tensor/errors.ts";
import type { Metric, MetricState } from "./metric.ts";

/** A sequence of tokens: words as a list, or a text, whose characters are the tokens. */
export type TokenSequence = string | readonly (string | number)[];

/** Options of {@link Bleu}. */
export interface BleuOptions {
  /** Sequences of up to this many tokens are compared, each length with the same weight; 4 when not given. */
  maxLength?: number;
  /** `"add-one"`: as if each length above 1 had one more match, so that short texts without a match are not 0. */
  smoothing?: "none" | "add-one";
}

const tokensOf = (sequence: TokenSequence): readonly (string | number)[] => (typeof sequence === "string" ? [...sequence] : sequence);

/** How often each sequence of `length` tokens occurs. */
function countNgrams(tokens: readonly (string | number)[], length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + length <= tokens.length; i++) {
    const key = JSON.stringify(tokens.slice(i, i + length));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** BLEU of a corpus, from 0 to 1: matches and lengths are summed over all texts before they are divided. */
export class Bleu implements Metric<readonly TokenSequence[], readonly (readonly TokenSequence[])[]> {
  readonly #maxLength: number;
  readonly #smoothing: "none" | "add-one";
  #matches: number[] = [];
  #possible: number[] = [];
  #candidateLength = 0;
  #referenceLength = 0;

  /** @throws NablaError when an option is outside its range. */
  constructor({ maxLength = 4, smoothing = "none" }: BleuOptions = {}) {
    if (!Number.isInteger(maxLength) || maxLength < 1) {
      throw new NablaError(`Bleu: maxLength is ${maxLength}; it must be a whole number of at least 1`);
    }
    if (smoothing !== "none" && smoothing !== "add-one") {
      throw new NablaError(`Bleu: smoothing is ${JSON.stringify(smoothing)}; known are "none" and "add-one"`);
    }
    this.#maxLength = maxLength;
    this.#smoothing = smoothing;
    this.reset();
  }

  /**
   * @param output texts; @param target for each of them the references, one or several.
   * @throws NablaError when there is not a list of references for each text.
   */
  update(output: readonly TokenSequence[], target: readonly (readonly TokenSequence[])[]): void {
    if (output.length !== target.length || target.some((references) => !Array.isArray(references) || references.length === 0)) {
      throw new NablaError(`Bleu: ${output.length} texts need as many lists of references, none of them empty; got ${target.length}`);
    }
    output.forEach((text, i) => this.#add(tokensOf(text), target[i]!.map(tokensOf)));
  }

  #add(candidate: readonly (string | number)[], references: readonly (readonly (string | number)[])[]): void {
    for (let length = 1; length <= this.#maxLength; length++) {
      const allowed = references.map((reference) => countNgrams(reference, length));
      for (const [ngram, count] of countNgrams(candidate, length)) {
        const most = Math.max(...allowed.map((counts) => counts.get(ngram) ?? 0));
        this.#matches[length - 1]! += Math.min(count, most);
        this.#possible[length - 1]! += count;
      }
    }
    // The reference that is nearest in length, the shorter one of two.
    const distance = (length: number): number => Math.abs(length - candidate.length);
    const nearest = references.map(({ length }) => length).sort((a, b) => distance(a) - distance(b) || a - b)[0]!;
    this.#candidateLength += candidate.length;
    this.#referenceLength += nearest;
  }

  compute(): number {
    if (this.#referenceLength === 0) return NaN;
    if (this.#matches[0] === 0) return 0;
    let logarithm = 0;
    for (let i = 0; i < this.#maxLength; i++) {
      const more = this.#smoothing === "add-one" && i > 0 ? 1 : 0;
      const [matches, possible] = [this.#matches[i]! + more, this.#possible[i]! + more];
      if (matches === 0) return 0;
      logarithm += Math.log(matches / possible) / this.#maxLength;
    }
    // Too short a text would be precise without saying much.
    const brevity = Math.min(0, 1 - this.#referenceLength / this.#candidateLength);
    return Math.exp(logarithm + brevity);
  }

  reset(): void {
    this.#matches = new Array<number>(this.#maxLength).fill(0);
    this.#possible = new Array<number>(this.#maxLength).fill(0);
    this.#candidateLength = 0;
    this.#referenceLength = 0;
  }

  stateDict(): MetricState {
    return {
      matches: [...this.#matches],
      possible: [...this.#possible],
      candidateLength: this.#candidateLength,
      referenceLength: this.#referenceLength,
    };
  }

  loadStateDict(state: MetricState): void {
    this.#matches = [...(state["matches"] as readonly number[])];
    this.#possible = [...(state["possible"] as readonly number[])];
    this.#candidateLength = state["candidateLength"] as number;
    this.#referenceLength = state["referenceLength"] as number;
  }
}

/** The fewest tokens to insert, delete or replace that make one sequence of the other. */
export function editDistance(a: TokenSequence, b: TokenSequence): number {
  const [from, to] = [tokensOf(a), tokensOf(b)];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/**
 * The error rate of what was read or heard: all edits that it would take, over all tokens of the references. Of characters
 * it is known as CER, of words as WER; it can be above 1.
 */
export class EditDistance implements Metric<readonly TokenSequence[], readonly TokenSequence[]> {
  #edits = 0;
  #tokens = 0;

  /** @throws NablaError when there is not one reference for each text. */
  update(output: readonly TokenSequence[], target: readonly TokenSequence[]): void {
    if (output.length !== target.length) throw new NablaError(`EditDistance: ${output.length} texts need as many references, got ${target.length}`);
    output.forEach((text, i) => {
      this.#edits += editDistance(text, target[i]!);
      this.#tokens += tokensOf(target[i]!).length;
    });
  }

  compute(): number {
    return this.#edits / this.#tokens;
  }

  reset(): void {
    this.#edits = 0;
    this.#tokens = 0;
  }

  stateDict(): MetricState {
    return { edits: this.#edits, tokens: this.#tokens };
  }

  loadStateDict(state: MetricState): void {
    this.#edits = state["edits"] as number;
    this.#tokens = state["tokens"] as number;
  }
}
