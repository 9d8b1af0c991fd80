/**
 * Data sets: anything with a length whose examples can be asked for by number, and what is made of them: of tensors, of a
 * part of another set, of a random split, of the folds of a cross-validation. Names are PyTorch's (`torch.utils.data`).
 */
import { tensor } from "../tensor/creation.ts";
import { NablaError, ShapeError, TensorIndexError } from "../tensor/errors.ts";
import { randperm } from "../tensor/random/generator.ts";
import type { Generator } from "../tensor/random/stream.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Collated } from "./collate.ts";

/** A set of examples. One whose examples take a while to get, such as files, gives promises of them. */
export interface Dataset<Example> {
  /** How many examples there are. */
  readonly length: number;
  /** The example of a number from 0. */
  at(index: number): Example | Promise<Example>;
  /** Several examples as one batch, where that is faster than collating them one by one. */
  batch?(indices: readonly number[]): Collated<Example>;
}

/** The rows of several tensors that belong together, such as images and their labels. */
export class TensorDataset<const Tensors extends readonly Tensor[]> implements Dataset<{ -readonly [Index in keyof Tensors]: Tensor }> {
  readonly tensors: Tensors;
  readonly length: number;

  /** @throws ShapeError when the tensors have different numbers of rows. */
  constructor(...tensors: Tensors) {
    for (const value of tensors) requireTensor("TensorDataset", value);
    const length = tensors[0]?.shape[0];
    if (length === undefined || tensors.some((value) => value.shape[0] !== length)) {
      const shapes = tensors.map((value) => `[${value.shape.join(", ")}]`).join(", ");
      throw new ShapeError(`TensorDataset: all tensors need as many rows, but their shapes are ${shapes || "none"}`);
    }
    this.tensors = tensors;
    this.length = length;
  }

  /** Row `index` of each tensor, as views. */
  at(index: number): { -readonly [Index in keyof Tensors]: Tensor } {
    checkIndex("TensorDataset", index, this.length);
    return this.tensors.map((value) => value.at(index)) as never;
  }

  /** The rows of these numbers: a view where they follow one another, else a copy. */
  batch(indices: readonly number[]): Collated<{ -readonly [Index in keyof Tensors]: Tensor }> {
    for (const index of indices) checkIndex("TensorDataset", index, this.length);
    const first = indices[0] ?? 0;
    const inOrder = indices.every((index, i) => index === first + i);
    const chosen = inOrder ? undefined : tensor(Int32Array.from(indices));
    return this.tensors.map((value) => (chosen === undefined ? value.narrow(0, first, indices.length) : value.indexSelect(0, chosen.to(value.device)))) as never;
  }
}

/** Some examples of another set, in an order of their own. */
export class Subset<Example> implements Dataset<Example> {
  readonly dataset: Dataset<Example>;
  /** The numbers in the other set. */
  readonly indices: readonly number[];
  batch?: (indices: readonly number[]) => Collated<Example>;

  /** @throws TensorIndexError when the other set has no example of one of the numbers. */
  constructor(dataset: Dataset<Example>, indices: Iterable<number>) {
    this.dataset = dataset;
    this.indices = [...indices];
    for (const index of this.indices) checkIndex("Subset", index, dataset.length);
    if (dataset.batch !== undefined) {
      this.batch = (chosen) => dataset.batch!(chosen.map((index) => this.#original(index)));
    }
  }

  get length(): number {
    return this.indices.length;
  }

  at(index: number): Example | Promise<Example> {
    return this.dataset.at(this.#original(index));
  }

  #original(index: number): number {
    checkIndex("Subset", index, this.length);
    return this.indices[index]!;
  }
}

/** Where a random order comes from. */
export interface OrderOptions {
  /** Default: the library's own generator, which `manualSeed` sets. */
  generator?: Generator;
}

/**
 * Splits a set at random into parts without a common example.
 *
 * @param lengths how many examples each part gets, or the fraction of them (fractions sum to 1; what rounding down leaves
 * over goes to the first parts, one each).
 * @throws RangeError when the lengths do not sum to the set's length.
 *
 * @example
 * const [train, validation] = randomSplit(dataset, [0.9, 0.1], { generator: new Generator(1) });
 */
export function randomSplit<Example>(dataset: Dataset<Example>, lengths: readonly number[], options: OrderOptions = {}): Subset<Example>[] {
  const counts = countsOf(lengths, dataset.length);
  const order = randomOrder(dataset.length, options);
  let start = 0;
  return counts.map((count) => new Subset(dataset, order.slice(start, (start += count))));
}

function countsOf(lengths: readonly number[], total: number): number[] {
  const sum = lengths.reduce((left, right) => left + right, 0);
  const given = `[${lengths.join(", ")}]`;
  if (lengths.length === 0 || lengths.some((length) => !(length >= 0))) {
    throw new RangeError(`randomSplit: ${given} must be lengths or fractions of at least 0`);
  }
  if (lengths.every(Number.isInteger) && sum === total) return [...lengths];
  if (Math.abs(sum - 1) > 1e-9) {
    throw new RangeError(`randomSplit: ${given} sum to ${sum}; lengths must sum to the set's ${total} examples, fractions to 1`);
  }
  const counts = lengths.map((fraction) => Math.floor(fraction * total));
  const left = total - counts.reduce((all, count) => all + count, 0);
  return counts.map((count, i) => count + Math.floor(left / counts.length) + (i < left % counts.length ? 1 : 0));
}

/** One round of a cross-validation. */
export interface Fold<Example> {
  /** What to train on: all the other folds. */
  readonly train: Subset<Example>;
  /** What to measure on. */
  readonly validation: Subset<Example>;
}

/**
 * The rounds of a k-fold cross-validation: each example is in the validation part of exactly one.
 *
 * @param k how many folds; their lengths differ by at most one.
 * @throws RangeError when there are fewer than two folds, or more than examples.
 */
export function kFold<Example>(dataset: Dataset<Example>, k: number, options: OrderOptions & { shuffle?: boolean } = {}): Fold<Example>[] {
  const count = dataset.length;
  if (!Number.isSafeInteger(k) || k < 2 || k > count) {
    throw new RangeError(`kFold: ${k} folds of ${count} examples; there must be at least 2 folds and no more than examples`);
  }
  const order = options.shuffle === true ? randomOrder(count, options) : Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: k }, (_, fold) => {
    const [start, end] = [fold, fold + 1].map((at) => Math.floor((at * count) / k)) as [number, number];
    return {
      train: new Subset(dataset, [...order.slice(0, start), ...order.slice(end)]),
      validation: new Subset(dataset, order.slice(start, end)),
    };
  });
}

function randomOrder(count: number, { generator }: OrderOptions): number[] {
  // The process itself reads them: from a card it would have to wait for them, and each device draws the same numbers.
  return [...randperm(count, { device: "cpu", ...(generator === undefined ? {} : { generator }) }).data()];
}

function checkIndex(op: string, index: number, length: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < length) return;
  throw new TensorIndexError(`${op}: there is no example ${index}; the set has ${length}, numbered from 0`);
}

/** Checks that a value can be used as a data set. @throws NablaError saying what is missing. */
export function requireDataset(op: string, value: unknown): void {
  const candidate = value as Partial<Dataset<unknown>> | null;
  if (Number.isSafeInteger(candidate?.length) && typeof candidate?.at === "function") return;
  throw new NablaError(`${op}: a data set needs a length and a method at(index); put tensors into new TensorDataset(…)`);
}
