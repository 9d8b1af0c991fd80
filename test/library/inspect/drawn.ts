/** Sizes and choices drawn at random, others in each run; the seed stands in the tests' names. */
import { numbers } from "../properties/tensors.ts";

export const seed = Number(process.env["NABLA_SEED"] ?? Date.now() % 1_000_000);
const next = numbers(seed);

/** A whole number from `low` to `high`, both included. */
export const draw = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));

/** One of several. */
export const oneOf = <Choice>(...choices: readonly Choice[]): Choice => choices[draw(0, choices.length - 1)]!;
