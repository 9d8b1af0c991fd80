/**
 * The inputs of an exercise, drawn afresh for every check. They come from a generator of their own, seeded by the check, so
 * the same trial can be drawn again for the learner's function, for the right answer and for each known mistake: no one of
 * them can spoil the others' inputs, and the learner's own random numbers go on as if nothing had happened.
 */
import { rand, randint, randn, randperm } from "../tensor/random/generator.ts";
import { Generator } from "../tensor/random/stream.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

const float64 = { dtype: "float64" } as const;

/** Draws the inputs of one trial. */
export class Draw {
  /** The trial's number, from 0; the first trials may be small, so that a difference is easy to read. */
  readonly trial: number;
  readonly #generator: Generator;

  constructor(seed: number, trial: number) {
    this.trial = trial;
    this.#generator = new Generator(seed * 64 + trial);
  }

  /** A number in [low, high). */
  number(low = -1, high = 1): number {
    return low + (high - low) * rand([], { ...float64, generator: this.#generator }).item();
  }

  /** A whole number from low to high, both included. */
  int(low: number, high: number): number {
    return randint(low, high + 1, [], { generator: this.#generator }).item();
  }

  /** `count` numbers of a normal distribution, as a plain array. */
  numbers(count: number, { mean = 0, std = 1 }: { mean?: number; std?: number } = {}): number[] {
    return [...randn([count], { ...float64, generator: this.#generator }).mul(std).add(mean).data()].map(Number);
  }

  /** A normal tensor. Default type: float64, in which a right answer agrees to many digits. */
  normal(shape: Shape, { dtype = "float64" }: { dtype?: DType } = {}): Tensor {
    return randn(shape, { dtype, generator: this.#generator });
  }

  /** A tensor of numbers in [low, high). */
  uniform(shape: Shape, low = 0, high = 1): Tensor {
    return rand(shape, { ...float64, generator: this.#generator }).mul(high - low).add(low);
  }

  /** Class numbers from 0 to classes - 1. */
  labels(count: number, classes: number): Tensor {
    return randint(0, classes, [count], { generator: this.#generator });
  }

  /** The numbers 0 to count - 1 in a random order. */
  permutation(count: number): number[] {
    return [...randperm(count, { generator: this.#generator }).data()].map(Number);
  }

  /** One of several things. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length - 1)]!;
  }

  /** A seed for whatever wants its own. */
  seed(): number {
    return this.int(0, 2 ** 31 - 2);
  }
}
