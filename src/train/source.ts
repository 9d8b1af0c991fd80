/**
 * Where batches come from: anything that can be gone through once for each epoch, or a set of examples, which is then cut
 * into batches here.
 */
import { DataLoader } from "../data/data-loader.ts";
import type { DataLoaderState } from "../data/data-loader.ts";
import { NablaError } from "../tensor/errors.ts";
import { defaultGenerator } from "../tensor/random/stream.ts";
import { isTensor } from "../tensor/tensor.ts";

/** A data set that makes batches of its examples by itself, as `data.TensorDataset` does. */
export interface BatchedDataset<Batch> {
  readonly length: number;
  at(index: number): unknown;
  batch(indices: readonly number[]): Batch;
}

/** What `fit`, `evaluate` and `predict` go through: a DataLoader, another iterable of batches, or a data set. */
export type TrainingData<Batch> = Iterable<Batch> | AsyncIterable<Batch> | BatchedDataset<Batch>;

/** Batches, one pass after the other. */
export interface Source<Batch> {
  /** How many batches a pass has, where that is known. */
  readonly length: number | undefined;
  /** Begins a pass, or goes on with the one that was resumed. */
  pass(): Iterable<Batch> | AsyncIterable<Batch>;
  /** Where a pass stands; undefined where that cannot be said. */
  stateDict(): DataLoaderState | undefined;
  /** @throws NablaError when the data cannot be gone on with in the middle of a pass. */
  loadStateDict(state: DataLoaderState | undefined, batch: number): void;
}

const has = (value: object, key: symbol): boolean => typeof (value as Record<symbol, unknown>)[key] === "function";

/** How a data set is cut. */
export interface CutOptions {
  batchSize?: number | undefined;
  shuffle: boolean;
  /** Whether a batch may be one tensor. A list of tensors is then one of batches, else the usual mistake. */
  bare: boolean;
}

/**
 * Makes a source of what was given.
 * @throws NablaError when it is none, saying what to give.
 */
export function sourceOf<Batch>(op: string, given: TrainingData<Batch>, { batchSize, shuffle, bare }: CutOptions): Source<Batch> {
  if (isTensor(given)) throw new NablaError(`${op}: got a tensor for data; put it into new data.TensorDataset(x, y)`);
  if (typeof given !== "object" || given === null) throw new NablaError(`${op}: expected data, as a DataLoader, got ${typeof given}`);
  if (!bare && Array.isArray(given) && given.length > 0 && given.every(isTensor)) {
    throw new NablaError(`${op}: got a list of tensors for data; put them into new data.TensorDataset(x, y)`);
  }
  if (given instanceof DataLoader) {
    refuseBatchSize(op, batchSize);
    return loaderSource(given as DataLoader<unknown, Batch>);
  }
  if (has(given, Symbol.iterator) || has(given, Symbol.asyncIterator)) {
    refuseBatchSize(op, batchSize);
    return iterableSource(op, given as Iterable<Batch> | AsyncIterable<Batch>);
  }
  const dataset = given as BatchedDataset<Batch>;
  if (typeof dataset.batch !== "function" || !Number.isSafeInteger(dataset.length)) {
    throw new NablaError(`${op}: this data cannot be gone through; give new data.DataLoader(dataset, {batchSize}), or an iterable of batches`);
  }
  const whole = { length: dataset.length, at: (index: number) => dataset.at(index), batch: (indices: readonly number[]) => dataset.batch(indices) as never };
  return loaderSource(new DataLoader<unknown, Batch>(whole, { batchSize: batchSize ?? 32, shuffle }));
}

function refuseBatchSize(op: string, batchSize: number | undefined): void {
  if (batchSize === undefined) return;
  throw new NablaError(`${op}: batchSize is for a data set that is to be cut; this data comes in batches already`);
}

function loaderSource<Batch>(loader: DataLoader<unknown, Batch>): Source<Batch> {
  const sequential = givesExamplesAtOnce(loader);
  return {
    length: loader.length,
    // Without promises nothing is gained by beginning batches early, and random changes to examples would be drawn early too.
    pass: () => (sequential ? { [Symbol.iterator]: () => loader[Symbol.iterator]() } : loader),
    stateDict: () => loader.stateDict(),
    loadStateDict(state) {
      if (state === undefined) throw new NablaError("fit: the checkpoint was made with data that is no DataLoader, and here it is one");
      loader.loadStateDict(state);
    },
  };
}

/** True when examples come as they are. Looking at one must not change what is drawn later. */
function givesExamplesAtOnce({ dataset }: DataLoader<unknown, unknown>): boolean {
  if (dataset.batch !== undefined || dataset.length === 0) return true;
  const before = defaultGenerator.stateDict();
  const example = dataset.at(0);
  defaultGenerator.loadStateDict(before);
  if (!(example instanceof Promise)) return true;
  // Its failure is reported when the example's turn comes.
  example.catch(() => {});
  return false;
}

function iterableSource<Batch>(op: string, given: Iterable<Batch> | AsyncIterable<Batch>): Source<Batch> {
  const { length } = given as { length?: unknown };
  let passes = 0;
  return {
    length: typeof length === "number" ? length : undefined,
    pass() {
      // Asked for its iterator, a generator gives itself.
      const iterator = has(given, Symbol.iterator)
        ? (given as Iterable<Batch>)[Symbol.iterator]()
        : (given as AsyncIterable<Batch>)[Symbol.asyncIterator]();
      if ((iterator as object) === given && passes++ > 0) {
        throw new NablaError(`${op}: this data can be gone through only once, and more than one epoch is asked for; give a DataLoader or a list`);
      }
      return given;
    },
    stateDict: () => undefined,
    loadStateDict(_state, batch) {
      if (batch === 0) return;
      throw new NablaError(`fit: the checkpoint was taken after ${batch} batches of an epoch; only a DataLoader can go on in the middle`);
    },
  };
}
