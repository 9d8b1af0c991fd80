/**
 * The IMDB reviews, ready for a model: as texts with labels, and as sequences of word numbers that a DataLoader pads batch by
 * batch. The files behind them are loaded by `imdb-files.ts`.
 */
import { tensor } from "../tensor/creation.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Dataset } from "./dataset.ts";
import { loadImdb } from "./imdb-files.ts";
import type { ImdbFiles, ImdbOptions, ReviewPart } from "./imdb-files.ts";
import { padSequences, tokenise, Vocabulary } from "./vocabulary.ts";
import type { PadOptions, VocabularyOptions } from "./vocabulary.ts";

/** Reviews with their labels. */
export interface Reviews {
  readonly texts: readonly string[];
  /** int32 [N]: 1 where the writer liked the film, else 0. */
  readonly labels: Tensor;
}

/** A set of reviews, and which one it is. */
export interface ImdbReviews {
  /** Which reviews these are; say it beside every figure that comes from them. */
  readonly name: ImdbFiles["name"];
  /** MD5 of the set. */
  readonly checksum: string;
  readonly train: Reviews;
  readonly test: Reviews;
}

/**
 * Loads the reviews: IMDB's, as many as are there, or, where those cannot be had, reviews that the package writes itself
 * (`name` tells). Good and bad ones take turns.
 *
 * @throws CorruptedDataFile when the archive is there but damaged, naming the byte.
 *
 * @example
 * const { train, name } = await imdb();
 * train.texts[0]; // "Bromwell High is a cartoon comedy. …"
 */
export async function imdb(options: ImdbOptions = {}): Promise<ImdbReviews> {
  const { name, checksum, train, test } = await loadImdb(options);
  const withLabels = ({ texts, labels }: ReviewPart): Reviews => ({ texts, labels: tensor(labels).to("int32") });
  return { name, checksum, train: withLabels(train), test: withLabels(test) };
}

/** A batch of sequences of different lengths. */
export interface SequenceBatch {
  /** int32 [N, length of the longest]: the numbers, padded. */
  readonly tokens: Tensor;
  /** int32 [N]: how many of each row are not padding. */
  readonly lengths: Tensor;
  /** int32 [N]. */
  readonly labels: Tensor;
}

/** Sequences of numbers and their labels; a DataLoader gets them padded to the longest of each batch. */
export class SequenceDataset implements Dataset<SequenceBatch> {
  readonly sequences: readonly ArrayLike<number>[];
  readonly labels: Tensor;
  readonly #padding: PadOptions;
  readonly #labelNumbers: ArrayLike<number>;

  /**
   * @param labels int32 [sequences].
   * @throws ShapeError when there are not as many labels as sequences.
   */
  constructor(sequences: readonly ArrayLike<number>[], labels: Tensor, padding: PadOptions = {}) {
    if (labels.ndim !== 1 || labels.shape[0] !== sequences.length) {
      throw new ShapeError(`SequenceDataset: ${sequences.length} sequences need labels of shape [${sequences.length}], but it is [${labels.shape.join(", ")}]`);
    }
    this.sequences = sequences;
    this.labels = labels;
    this.#padding = padding;
    this.#labelNumbers = labels.data();
  }

  get length(): number {
    return this.sequences.length;
  }

  /** One sequence as a batch of one. */
  at(index: number): SequenceBatch {
    return this.batch([index]);
  }

  /** These sequences, padded to the longest of them or to the length that the set was given. */
  batch(indices: readonly number[]): SequenceBatch {
    const missing = indices.find((index) => this.sequences[index] === undefined);
    if (missing !== undefined) throw new RangeError(`SequenceDataset: there is no sequence ${missing}; the set has ${this.length}, numbered from 0`);
    const padded = padSequences(indices.map((index) => this.sequences[index]!), this.#padding);
    return { ...padded, labels: tensor(Int32Array.from(indices, (index) => this.#labelNumbers[index]!)) };
  }
}

/** Options of {@link encodeReviews}. */
export interface EncodeOptions extends VocabularyOptions, PadOptions {}

/** Reviews as numbers of words. */
export interface EncodedReviews {
  readonly vocabulary: Vocabulary;
  readonly train: SequenceDataset;
  readonly test: SequenceDataset;
}

/**
 * Reviews as sequences of word numbers, in a vocabulary of the training part alone (words that only the test part has are
 * unknown ones, as they would be in life). The line breaks that the reviews are written with, `<br />`, are no words.
 *
 * @param options the vocabulary's (`maxSize`, `minCount`) and the padding's (`length`, `side`).
 *
 * @example
 * const reviews = await imdb();
 * const { train, vocabulary } = encodeReviews(reviews, { maxSize: 20_000, length: 400 });
 * for (const { tokens, lengths, labels } of new DataLoader(train, { batchSize: 32, shuffle: true })) { … }
 */
export function encodeReviews(reviews: Pick<ImdbReviews, "train" | "test">, options: EncodeOptions = {}): EncodedReviews {
  const { length, side, value, ...vocabularyOptions } = options;
  const padding: PadOptions = { ...(length === undefined ? {} : { length }), ...(side === undefined ? {} : { side }), ...(value === undefined ? {} : { value }) };
  const wordsOf = (text: string): string[] => tokenise(text.replaceAll(/<br\s*\/?>/g, " "));
  const { counts, sequences } = countedWords(reviews.train.texts, wordsOf);
  const vocabulary = Vocabulary.ofCounts(counts, vocabularyOptions);
  const numbers = Int32Array.from(vocabulary.encode([...counts.keys()]));
  return {
    vocabulary,
    train: new SequenceDataset(sequences.map((ranks) => ranks.map((rank) => numbers[rank]!)), reviews.train.labels, padding),
    test: new SequenceDataset(reviews.test.texts.map((text) => Int32Array.from(vocabulary.encode(wordsOf(text)))), reviews.test.labels, padding),
  };
}

/**
 * How often each word occurs, and every text as the places of its words among them. The words themselves are given up text by
 * text: six million strings at once would take as much memory as all that a chapter may use.
 */
function countedWords(texts: readonly string[], wordsOf: (text: string) => string[]): { counts: Map<string, number>; sequences: Int32Array[] } {
  const places = new Map<string, number>();
  const found: number[] = [];
  const sequences = texts.map((text) =>
    Int32Array.from(wordsOf(text), (word) => {
      let place = places.get(word);
      if (place === undefined) places.set(word, (place = found.push(0) - 1));
      found[place]!++;
      return place;
    }));
  return { counts: new Map([...places.keys()].map((word, place) => [word, found[place]!])), sequences };
}
