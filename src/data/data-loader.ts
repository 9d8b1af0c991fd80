/**
 * Goes through a data set in batches, in order or shuffled, at once or as the examples arrive (after PyTorch's
 * `torch.utils.data.DataLoader`). Where it stands can be saved, so that a run resumed in the middle of a pass sees the
 * batches that the uninterrupted run would have seen.
 */
import { notebookHost } from "../host.ts";
import { NablaError } from "../tensor/errors.ts";
import { randint, randperm } from "../tensor/random/generator.ts";
import { Generator } from "../tensor/random/stream.ts";
import type { GeneratorState } from "../tensor/random/stream.ts";
import { collate as collateExamples } from "./collate.ts";
import type { Collated } from "./collate.ts";
import { requireDataset } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<Example, Batch> {
  /** How many examples make a batch. Default 1. */
  batchSize?: number;
  /** Whether every pass goes through the examples in a new random order. Default false. */
  shuffle?: boolean;
  /** Where the orders come from. Default: a generator of its own, whose seed the library's generator draws now. */
  generator?: Generator;
  /** Whether to leave out the last batch when it is not full. Default false. */
  dropLast?: boolean;
  /** Makes a batch of examples. Default: `collate`. */
  collate?: (examples: Example[]) => Batch;
  /**
   * With `for await`: how many batches are begun before they are wanted, so that examples that come as promises (files,
   * pictures) arrive while the model computes. Default 2 (with 0 each batch is begun when it is asked for).
   */
  prefetch?: number;
}

/** Where a loader stands. */
export interface DataLoaderState {
  /** How many batches of the present pass have been given out; 0 before the first. */
  readonly batch: number;
  /** The state of the generator from which the present pass took its order. */
  readonly order: GeneratorState;
  /** The state of the generator for the passes to come. */
  readonly generator: GeneratorState;
}

const LARGEST_SEED = 2 ** 31 - 1;

/** Draws that the process itself reads: from a card it would have to wait for them. Each device draws the same numbers. */
const HERE = { device: "cpu" } as const;

/** Batches of a data set. Each `for … of` or `for await … of` over it is one pass. */
export class DataLoader<Example, Batch = Collated<Example>> implements Iterable<Batch>, AsyncIterable<Batch> {
  readonly dataset: Dataset<Example>;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly #shuffle: boolean;
  readonly #generator: Generator;
  readonly #collate: ((examples: Example[]) => Batch) | undefined;
  readonly #prefetch: number;
  /** Batches given out in the present pass. */
  #given = 0;
  #order: GeneratorState;
  #resumes = false;

  /** @throws RangeError when an option is outside its range. */
  constructor(dataset: Dataset<Example>, options: DataLoaderOptions<Example, Batch> = {}) {
    requireDataset("DataLoader", dataset);
    const { batchSize = 1, shuffle = false, generator, dropLast = false, collate, prefetch = 2 } = options;
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`DataLoader: batchSize must be a whole number from 1, but is ${batchSize}`);
    if (!Number.isSafeInteger(prefetch) || prefetch < 0) throw new RangeError(`DataLoader: prefetch must be a whole number from 0, but is ${prefetch}`);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.#shuffle = shuffle;
    // Drawn only where it is needed, so that a loader in order leaves the library's generator alone.
    this.#generator = generator ?? new Generator(shuffle ? randint(0, LARGEST_SEED, [1], HERE).item() : 0);
    this.#collate = collate;
    this.#prefetch = prefetch;
    this.#order = this.#generator.stateDict();
  }

  /** How many batches one pass has. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /**
   * One pass.
   * @throws NablaError when the data set gives promises: those need `for await`.
   */
  *[Symbol.iterator](): IterableIterator<Batch> {
    const order = this.#begin();
    for (let batch = this.#given; batch < this.length; batch++) {
      const made = this.#make(this.#indices(order, batch));
      if (made instanceof Promise) {
        made.catch(() => {});
        throw new NablaError("DataLoader: this data set gives promises of its examples; write for await (const batch of loader)");
      }
      this.#given = batch + 1;
      yield made;
    }
    this.#end();
  }

  /** One pass, in which the next batches are begun while the present one is used. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    const order = this.#begin();
    const { length } = this;
    const begun: Promise<Batch>[] = [];
    let next = this.#given;
    for (let batch = next; batch < length; batch++) {
      notebookHost()?.signal?.throwIfAborted();
      for (; next < length && next <= batch + this.#prefetch; next++) {
        const indices = this.#indices(order, next);
        const made = (async () => await this.#make(indices))();
        // One that fails before it is waited for is reported when it is.
        made.catch(() => {});
        begun.push(made);
      }
      const made = await begun.shift()!;
      this.#given = batch + 1;
      yield made;
    }
    this.#end();
  }

  /** Where the loader stands, in the middle of a pass too, for a checkpoint. */
  stateDict(): DataLoaderState {
    return { batch: this.#given, order: this.#order, generator: this.#generator.stateDict() };
  }

  /**
   * Puts a loader of the same data set and options where another one stood: the next pass over it is the rest of the pass
   * in which the state was taken.
   * @throws NablaError when the state does not belong to such a loader.
   */
  loadStateDict(state: DataLoaderState): void {
    const { batch, order, generator } = state;
    if (!Number.isSafeInteger(batch) || batch < 0 || batch > this.length) {
      throw new NablaError(`DataLoader: the state has given out ${batch} batches, but a pass here has ${this.length}; is it the same data set and batchSize?`);
    }
    new Generator().loadStateDict(order);
    this.#generator.loadStateDict(generator);
    this.#order = order;
    this.#given = batch;
    this.#resumes = batch > 0;
  }

  /** The order of a new pass, or of the one that goes on. */
  #begin(): ArrayLike<number> | undefined {
    if (!this.#resumes) {
      this.#given = 0;
      this.#order = this.#generator.stateDict();
      return this.#shuffle ? randperm(this.dataset.length, { generator: this.#generator, ...HERE }).data() : undefined;
    }
    this.#resumes = false;
    // The generator itself has drawn this order already.
    return this.#shuffle ? randperm(this.dataset.length, { generator: new Generator().loadStateDict(this.#order), ...HERE }).data() : undefined;
  }

  #end(): void {
    this.#given = 0;
    this.#order = this.#generator.stateDict();
  }

  #indices(order: ArrayLike<number> | undefined, batch: number): number[] {
    const first = batch * this.batchSize;
    const size = Math.min(this.batchSize, this.dataset.length - first);
    return Array.from({ length: size }, (_, i) => (order === undefined ? first + i : order[first + i]!));
  }

  #make(indices: number[]): Batch | Promise<Batch> {
    const make = this.#collate ?? (collateExamples as unknown as (examples: Example[]) => Batch);
    if (this.#collate === undefined && this.dataset.batch !== undefined) return this.dataset.batch(indices) as Batch;
    const examples = indices.map((index) => this.dataset.at(index));
    return examples.some((example) => example instanceof Promise) ? Promise.all(examples).then(make) : make(examples as Example[]);
  }
}
