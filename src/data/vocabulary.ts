/**
 * Text as numbers: cutting it into words, n-grams, a vocabulary that gives each word a number, windows for a model that says
 * what comes next, and padding sequences to one length.
 */
import { tensor } from "../tensor/creation.ts";
import { NablaError, TensorIndexError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Options of {@link tokenise}. */
export interface TokeniseOptions {
  /** Whether to cut into words or into single characters, blanks and punctuation included. Default "word". */
  level?: "word" | "character";
  /** Whether capital letters become small ones. Default: yes for words, no for characters. */
  lowerCase?: boolean;
}

/** Runs of letters and digits with their marks and with apostrophes inside; with Chinese characters, each of those by itself. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;
const WORD_OR_CHARACTER = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+(?:['’](?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+)*/gu;
const CHINESE = /\p{Script=Han}/u;

/**
 * The words of a text in small letters: runs of letters and digits with their marks, apostrophes within a word kept
 * (`don't`); everything else only separates. Chinese is written without spaces, so each of its characters is a word by
 * itself, as in BERT's tokeniser (J. Devlin et al., 2019).
 */
export function tokenise(text: string, options: TokeniseOptions = {}): string[] {
  const { level = "word", lowerCase = level === "word" } = options;
  if (level !== "word" && level !== "character") throw new NablaError(`tokenise: the level is ${JSON.stringify(level)}; known are "word" and "character"`);
  const written = lowerCase ? text.toLowerCase() : text;
  if (level === "character") return [...written];
  // The longer pattern takes three times as long.
  return written.match(CHINESE.test(written) ? WORD_OR_CHARACTER : WORD) ?? [];
}

/**
 * All runs of `n` neighbours, joined by a space.
 * @throws RangeError when n is not a whole number from 1.
 */
export function ngrams(tokens: readonly string[], n: number): string[] {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`ngrams: n must be a whole number from 1, but is ${n}`);
  return Array.from({ length: Math.max(0, tokens.length - n + 1) }, (_, i) => tokens.slice(i, i + n).join(" "));
}

/** What a model of language learns from: what stands before, and what follows. */
export interface NextTokenWindows {
  /** int32 [windows, length]: runs of neighbours. */
  readonly inputs: Tensor;
  /** int32 [windows]: the number that follows each run. */
  readonly targets: Tensor;
}

/**
 * All runs of `length` neighbours in a text of numbers, each with the number that follows it.
 * @throws RangeError when the length or the step is not a whole number from 1.
 */
export function nextTokenWindows(numbers: ArrayLike<number>, length: number, options: { step?: number } = {}): NextTokenWindows {
  const { step = 1 } = options;
  for (const [name, value] of [["length", length], ["step", step]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`nextTokenWindows: ${name} must be a whole number from 1, but is ${value}`);
  }
  const count = Math.max(0, Math.ceil((numbers.length - length) / step));
  const inputs = new Int32Array(count * length);
  for (let window = 0; window < count; window++) {
    for (let i = 0; i < length; i++) inputs[window * length + i] = numbers[window * step + i]!;
  }
  const targets = Int32Array.from({ length: count }, (_, window) => numbers[window * step + length]!);
  return { inputs: tensor(inputs, { shape: [count, length] }), targets: tensor(targets) };
}

/** Options of {@link Vocabulary.of}. */
export interface VocabularyOptions {
  /** At most so many words, the special ones among them: the most frequent. Default: all. */
  maxSize?: number;
  /** Only words that occur at least so often. Default 1. */
  minCount?: number;
  /** The word that pads short sequences; it gets number 0. Default "<pad>". */
  padding?: string;
  /** The word that stands for all others; it gets number 1. Default "<unk>". */
  unknown?: string;
}

/** Words and their numbers. */
export class Vocabulary {
  /** The words by their numbers: padding, unknown, then the others. */
  readonly words: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  #counts: ReadonlyMap<string, number> | undefined;

  /**
   * A vocabulary of these words in this order, the first the padding and the second the unknown one; to make one of texts
   * use `Vocabulary.of`.
   * @throws NablaError when a word is there twice or the special ones are missing.
   */
  constructor(words: Iterable<string>) {
    this.words = [...words];
    this.#numbers = new Map(this.words.map((word, i) => [word, i]));
    if (this.words.length < 2) throw new NablaError("Vocabulary: the first two words are the padding and the unknown one; make a vocabulary of texts with Vocabulary.of(…)");
    const twice = this.words.find((word, i) => this.#numbers.get(word) !== i);
    if (twice !== undefined) throw new NablaError(`Vocabulary: the word ${JSON.stringify(twice)} is there twice`);
  }

  /**
   * The vocabulary of texts that are cut into words: the most frequent word first, of equally frequent ones the one that is
   * first in the order of characters.
   */
  static of(texts: Iterable<readonly string[]>, options: VocabularyOptions = {}): Vocabulary {
    const counts = new Map<string, number>();
    for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return Vocabulary.ofCounts(counts, options);
  }

  /** The same vocabulary of words that somebody has counted. */
  static ofCounts(counts: ReadonlyMap<string, number>, options: VocabularyOptions = {}): Vocabulary {
    const { maxSize = Infinity, minCount = 1, padding = "<pad>", unknown = "<unk>" } = options;
    if (!(maxSize >= 2)) throw new RangeError(`Vocabulary: maxSize is ${maxSize}; padding and unknown alone make 2`);
    // What the special words stand for is not counted under their names.
    const ranked = [...counts].filter(([word]) => word !== padding && word !== unknown).filter(([, count]) => count >= minCount);
    ranked.sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
    const vocabulary = new Vocabulary([padding, unknown, ...ranked.slice(0, maxSize - 2).map(([word]) => word)]);
    vocabulary.#counts = counts;
    return vocabulary;
  }

  /** How many words there are, the two special ones among them. */
  get size(): number {
    return this.words.length;
  }

  /** The number of the padding. */
  readonly padding = 0;
  /** The number of every word that is not in the vocabulary. */
  readonly unknown = 1;

  /** Whether a word has a number of its own. */
  has(word: string): boolean {
    return this.#numbers.has(word);
  }

  /**
   * How often a word occurred in the texts that the vocabulary was made of, whether or not it found a place in it.
   * @throws NablaError when the vocabulary was made of a list of words.
   */
  count(word: string): number {
    if (this.#counts === undefined) throw new NablaError("Vocabulary: nothing was counted, because it was made of a list of words; make it of texts with Vocabulary.of(…)");
    return this.#counts.get(word) ?? 0;
  }

  /** The numbers of words. */
  encode(words: readonly string[]): number[] {
    return words.map((word) => this.#numbers.get(word) ?? this.unknown);
  }

  /** The words of numbers, padding left out. @throws TensorIndexError when a number is no word's. */
  decode(numbers: Tensor | ArrayLike<number>): string[] {
    const list = Array.from("data" in numbers ? numbers.data() : numbers);
    return list.filter((number) => number !== this.padding).map((number) => {
      const word = this.words[number];
      if (word === undefined) throw new TensorIndexError(`Vocabulary: there is no word ${number}; the vocabulary has ${this.size}, numbered from 0`);
      return word;
    });
  }
}

/** Options of {@link padSequences}. */
export interface PadOptions {
  /** The common length; longer sequences are cut. Default: that of the longest. */
  length?: number;
  /** What fills short sequences. Default 0. */
  value?: number;
  /** Where to fill and to cut. Default "end". */
  side?: "start" | "end";
}

/** Sequences of whole numbers brought to one length, and how long each was (at most that length). */
export interface PaddedSequences {
  /** int32 [sequences, length]. */
  readonly tokens: Tensor;
  /** int32 [sequences]. */
  readonly lengths: Tensor;
}

/** Brings sequences of whole numbers to one length. @throws RangeError when the length is not a whole number. */
export function padSequences(sequences: readonly ArrayLike<number>[], options: PadOptions = {}): PaddedSequences {
  const { length = sequences.reduce((most, sequence) => Math.max(most, sequence.length), 0), value = 0, side = "end" } = options;
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`padSequences: the length must be a whole number, but is ${length}`);
  const tokens = new Int32Array(sequences.length * length).fill(value);
  const lengths = Int32Array.from(sequences, (sequence) => Math.min(sequence.length, length));
  sequences.forEach((sequence, i) => {
    const kept = lengths[i]!;
    const [from, to] = side === "end" ? [0, 0] : [sequence.length - kept, length - kept];
    for (let at = 0; at < kept; at++) tokens[i * length + to + at] = sequence[from + at]!;
  });
  return { tokens: tensor(tokens, { shape: [sequences.length, length] }), lengths: tensor(lengths) };
}
