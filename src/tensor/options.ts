/**
 * Optional arguments come in one object. PyTorch takes many of them by position, so `x.sum(1)` comes easily to whoever has
 * read about it elsewhere; JavaScript would not notice, and the sum would be of everything.
 */
import { NablaError } from "./errors.ts";

/**
 * Checks that options are an object or were left out.
 * @param example how they are written, as in "{dim: 1}".
 * @throws NablaError naming the cure.
 */
export function requireOptions(op: string, options: unknown, example: string): void {
  if (options === undefined || (typeof options === "object" && options !== null && !Array.isArray(options))) return;
  const got = Array.isArray(options) ? "an array" : `${String(options)}`;
  throw new NablaError(`${op}: options are one object, as in ${example}, got ${got}`);
}
