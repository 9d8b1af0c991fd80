/**
 * Random tensors. A generator is a seed and a position: each draw takes the next positions of a Philox stream, so the same
 * seed gives the same numbers on every device and for every number of threads. native/core/philox.h has the stream's layout.
 */
import { changing, everyRun } from "../call-observer.ts";
import { callForNew } from "../dispatch.ts";
import { DTypeError } from "../errors.ts";
import { isFloating } from "../dtype.ts";
import type { DType } from "../dtype.ts";
import { chosenDType, checkDevice, finish } from "../creation.ts";
import type { TensorOptions } from "../creation.ts";
import { ops } from "../ops.ts";
import type { NamedRow } from "../ops.ts";
import { checkShape, elementCount } from "../shape.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** A source of random numbers, apart from the library's own. */
export class Generator {
  #seed = 0;
  #block = 0;

  /** A generator that starts at a seed, a whole number from 0 to 2^53. */
  constructor(seed = 0) {
    this.manualSeed(seed);
  }

  /** Starts again at a seed. */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`manualSeed: ${seed} is not a whole number from 0 to 2^53 - 1`);
    }
    everyRun(() => {
      this.#seed = seed;
      this.#block = 0;
    });
    return this;
  }

  /**
   * Takes the next `words` 32-bit words of the stream. Returns what kernels need to find them: the seed's low and high
   * word, and the number of the first block of four words.
   */
  take(words: number): [seedLow: number, seedHigh: number, block: number] {
    return changing(() => {
      const block = this.#block;
      this.#block += Math.ceil(words / 4);
      return [this.#seed % 2 ** 32, Math.floor(this.#seed / 2 ** 32), block];
    });
  }
}

const defaultGenerator = new Generator(Date.now());

/** Makes every draw that names no generator start again at a seed. */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}

/** What functions that draw random tensors take. */
export interface RandomOptions extends TensorOptions {
  generator?: Generator;
}

function drawn(
  op: string,
  row: NamedRow,
  dtype: DType,
  shape: Shape,
  options: RandomOptions,
  settings: readonly number[],
): Tensor {
  checkDevice(op, options.device);
  // Floating types take as many bits as they hold; whole numbers take 64 bits each.
  const wordsPerElement = dtype === "float32" ? 1 : 2;
  const generator = options.generator ?? defaultGenerator;
  const stream = generator.take(elementCount(checkShape(op, shape)) * wordsPerElement);
  return finish(op, callForNew(row, dtype, shape, [...stream, ...settings]), options);
}

function floatingType(op: string, options: RandomOptions): DType {
  const dtype = chosenDType(options);
  if (!isFloating(dtype)) throw new DTypeError(`${op}: these numbers are floating, not ${dtype}; use randint`);
  return dtype;
}

/** A tensor of uniform numbers in [0, 1). */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", ops.uniform, floatingType("rand", options), shape, options, [0, 1]);
}

/** A tensor of normal numbers with mean 0 and deviation 1. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return normal(0, 1, shape, options);
}

/** A tensor of normal numbers of a mean and a deviation. */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(std >= 0)) throw new RangeError(`normal: the deviation ${std} is negative`);
  return drawn("normal", ops.normal, floatingType("normal", options), shape, options, [mean, std]);
}

/** A tensor of whole numbers from `low` to `high - 1`, int32 unless another type is given. */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
    throw new RangeError(`randint: there is no whole number from ${low} to ${high} - 1`);
  }
  return drawn("randint", ops.randint, chosenDType(options, "int32"), shape, options, [low, high]);
}

/** The numbers 0 to n - 1 in random order, int32. */
export function randperm(n: number, options: { generator?: Generator } = {}): Tensor {
  return drawn("randperm", ops.randperm, "int32", [n], options, []);
}
