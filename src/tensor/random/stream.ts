/**
 * Where random numbers come from: a generator is a seed and a position, each draw takes the next positions of a Philox
 * stream. native/core/philox.h has the stream's layout.
 */
import { changing, everyRun } from "../call-observer.ts";

/** Where a generator stands, as `stateDict()` tells it. */
export interface GeneratorState {
  readonly seed: number;
  /** The next block of four words. */
  readonly block: number;
}

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

  /** Where this generator stands: two numbers, for a checkpoint. */
  stateDict(): GeneratorState {
    return { seed: this.#seed, block: this.#block };
  }

  /**
   * Goes on from where another generator, or this one at another time, stood.
   * @throws RangeError when the state is not one that `stateDict()` gives; nothing has changed then.
   */
  loadStateDict(state: GeneratorState): this {
    const { seed, block } = state;
    if (!Number.isSafeInteger(block) || block < 0) {
      throw new RangeError(`loadStateDict: block is ${block}; expected what a generator's stateDict() gives, {seed, block}`);
    }
    this.manualSeed(seed);
    everyRun(() => {
      this.#block = block;
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

/** The generator of every draw that names none. */
export const defaultGenerator = new Generator(Date.now());

/** Makes every draw that names no generator start again at a seed. */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}
