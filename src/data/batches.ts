/** Cutting tensors of examples into batches, in order or shuffled anew for every pass. */
import { ShapeError } from "../tensor/errors.ts";
import { randperm } from "../tensor/random/generator.ts";
import type { Generator } from "../tensor/random/stream.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Options of {@link batches}. */
export interface BatchesOptions {
  /** How many examples make a batch. Default 1. */
  batchSize?: number;
  /** Whether every pass goes through the examples in a new random order. Default false. */
  shuffle?: boolean;
  /** Where the order comes from. Default: the library's own generator, which `manualSeed` sets. */
  generator?: Generator;
  /** Whether to leave out the last batch when it is not full. Default false. */
  dropLast?: boolean;
}

/** Batches of several tensors, cut alike. Each `for … of` over it is one pass. */
export interface Batches<Tensors extends readonly Tensor[]> extends Iterable<{ -readonly [Index in keyof Tensors]: Tensor }> {
  /** How many batches one pass has. */
  readonly length: number;
}

/**
 * Cuts tensors along their first dimension into batches.
 *
 * Without `shuffle` a batch is a view of its tensor, with it a copy of the chosen rows.
 *
 * @throws ShapeError when the tensors have different numbers of rows.
 *
 * @example
 * for (const [x, y] of batches([train.images, train.labels], { batchSize: 100, shuffle: true })) { … }
 */
export function batches<const Tensors extends readonly [Tensor, ...Tensor[]]>(
  tensors: Tensors,
  options: BatchesOptions = {},
): Batches<Tensors> {
  const { batchSize = 1, shuffle = false, generator, dropLast = false } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batches: batchSize must be a whole number from 1, but is ${batchSize}`);
  }
  const counts = tensors.map((tensor) => tensor.shape[0]);
  const count = counts[0];
  if (count === undefined || counts.some((other) => other !== count)) {
    const shapes = tensors.map((tensor) => `[${tensor.shape.join(", ")}]`).join(", ");
    throw new ShapeError(`batches: all tensors need as many rows, but their shapes are ${shapes}`);
  }
  const length = dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
  type Batch = { -readonly [Index in keyof Tensors]: Tensor };
  return {
    length,
    *[Symbol.iterator]() {
      const order = shuffle ? randperm(count, generator === undefined ? {} : { generator }) : undefined;
      for (let batch = 0; batch < length; batch++) {
        const first = batch * batchSize;
        const size = Math.min(batchSize, count - first);
        const chosen = order?.narrow(0, first, size);
        yield tensors.map((tensor) => (chosen === undefined ? tensor.narrow(0, first, size) : tensor.indexSelect(0, chosen))) as unknown as Batch;
      }
    },
  };
}
