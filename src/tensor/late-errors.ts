/**
 * Errors that a card finds and nobody waits for. A check on a card is one more kernel in the row; what it finds it writes where
 * the process can read it, and the next call on the card, or the next value that is read from it, tells. So the error stands
 * at a later line than the mistake: its text says so.
 */
import { RuntimeError } from "./errors.ts";
import { native } from "./native.ts";

/** Makes the error of elements that reach from `smallest` to `largest` and had to lie in `low` to `high`. */
type Describe = (smallest: number, largest: number, low: number, high: number) => Error;

const numbers = new Map<string, number>();
const described = new Map<number, Describe>();

/**
 * The number under which the card knows a kind of check.
 * @param name the same for all checks whose errors are made in one way.
 */
export function lateCheck(name: string, describe: Describe): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = native.checkNumber(name);
    numbers.set(name, number);
    described.set(number, describe);
  }
  return number;
}

const AFTERWARDS = 'It was found on the card by an earlier line, which did not wait for the answer; on "cpu" the error is at that line';

/** Throws what a check on the card has found. From then on checks are made as if nothing had been. */
export function throwLate(): never {
  const found = native.takeViolation();
  const error = found === undefined ? undefined : described.get(found[0])?.(found[1], found[2], found[3], found[4]);
  if (error === undefined) throw new RuntimeError("a check on the card has found numbers outside of their range, which another thread was working on");
  error.message += `. ${AFTERWARDS}`;
  throw error;
}
