/**
 * The band that a figure must fall into: not less than, not more than, or near a value. Each part may be told for the quick
 * and the book size apart, and a part told for one size alone claims nothing at the other.
 */
import { FigureError } from "./figure-error.ts";
import type { Size } from "./size.ts";

/** The same at both sizes, or told for each. */
export type AtSize<Value> = Value | { readonly quick?: Value; readonly book?: Value };

/** A value, and how far from it is still near. */
export type Near = readonly [value: number, tolerance: number];

/** What is claimed of a figure. */
export interface Claim {
  /** The smallest value that will do. */
  readonly atLeast?: AtSize<number>;
  /** The largest value that will do. */
  readonly atMost?: AtSize<number>;
  /** A value and the largest difference from it. */
  readonly near?: AtSize<Near>;
}

/** What is claimed at one size. */
export interface Band {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly near?: Near;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isNear = (value: unknown): value is Near =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber) && value[1] > 0;

function part<Value>(where: string, given: unknown, size: Size, fits: (value: unknown) => value is Value, wanted: string): Value | undefined {
  if (given === undefined || fits(given)) return given;
  const sizes = typeof given === "object" && given !== null && !Array.isArray(given) ? Object.entries(given) : [];
  if (sizes.length === 0 || sizes.some(([key, value]) => !["quick", "book"].includes(key) || !fits(value))) {
    throw new FigureError(`${where} is ${JSON.stringify(given)}; it must be ${wanted}, or { quick: …, book: … } of such`);
  }
  return (given as { quick?: Value; book?: Value })[size];
}

/**
 * The band at one size; undefined where nothing is claimed at it.
 * @throws FigureError when a part is not a number or pair of numbers, when none is there, or when the parts leave no value.
 */
export function bandAt(where: string, claim: Claim, size: Size): Band | undefined {
  if (claim.atLeast === undefined && claim.atMost === undefined && claim.near === undefined) {
    throw new FigureError(`${where} claims nothing: give it atLeast, atMost or near: [value, tolerance]`);
  }
  const atLeast = part(`${where}: atLeast`, claim.atLeast, size, isNumber, "a number");
  const atMost = part(`${where}: atMost`, claim.atMost, size, isNumber, "a number");
  const near = part(`${where}: near`, claim.near, size, isNear, "[value, tolerance] with a tolerance above 0");
  const lowest = Math.max(atLeast ?? -Infinity, near === undefined ? -Infinity : near[0] - near[1]);
  const highest = Math.min(atMost ?? Infinity, near === undefined ? Infinity : near[0] + near[1]);
  if (lowest > highest) throw new FigureError(`${where}: no value is at least ${lowest} and at most ${highest}`);
  if (atLeast === undefined && atMost === undefined && near === undefined) return undefined;
  return { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }), ...(near === undefined ? {} : { near }) };
}

/** So that 0.4 is within 0.1 of 0.3, although their difference in binary is a little more. */
const ROUNDING = 1 + 1e-9;

/** Whether a value lies in a band; NaN lies in none. */
export function liesIn(value: number, { atLeast = -Infinity, atMost = Infinity, near }: Band): boolean {
  return value >= atLeast && value <= atMost && (near === undefined || Math.abs(value - near[0]) <= near[1] * ROUNDING);
}
