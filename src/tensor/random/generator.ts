/**
 * Random tensors. A generator is a seed and a position: each draw takes the next positions of a Philox stream, so the same
 * seed gives the same numbers on every device and for every number of threads. native/core/philox.h has the stream's layout.
 */
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
    this.#seed = seed;
    this.#block = 0;
    return this;
  }

  /**
   * Takes the next `words` 32-bit words of the stream. Returns what kernels need to find them: the seed's low and high
   * word, and the number of the first block of four words.
   */
  take(words: number): [seedLow: number, seedHigh: number, block: number] {
    const block = this.#block;
    this.#block += Math.ceil(words / 4);
    return [this.#seed % 2 ** 32, Math.floor(this.#seed / 2 ** 32), block];
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
  if (!isFloating(dtype)) throw new DTypeError(`${op}: these numbers are floating, not ${dtype}`);
  return dtype;
}

/** A tensor of uniform numbers in [0, 1). */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", ops.uniform, floatingType("rand", options), shape, options, [0, 1]);
}
