/**
 * Sizes that may depend on the batch. A model is traced with two sizes of the batch; a number that comes out the same is
 * meant, one that differs is a multiple of the batch and something added. (Of JAX's shape polymorphism and PyTorch's symbolic
 * shapes this is the least part that an exported model needs.)
 */
import { OnnxError } from "./onnx-error.ts";

/** A number that is `times` the batch plus `plus`. */
export interface BatchSize {
  readonly times: number;
  readonly plus: number;
}

/** A whole number, or one that depends on the batch. */
export type Size = number | BatchSize;

/** The sizes of the batch in the two traces. */
export interface Batches {
  readonly first: number;
  readonly second: number;
}

/** What a number is, given its value at both sizes of the batch. */
export function sizeOf(a: number, b: number, { first, second }: Batches, what: string): Size {
  if (Object.is(a, b)) return a;
  const times = (b - a) / (second - first);
  const plus = a - times * first;
  if (Number.isInteger(times) && Number.isInteger(plus)) return { times, plus };
  throw new OnnxError(
    `onnx.export: ${what} is ${a} for a batch of ${first} and ${b} for ${second}, which is no multiple of the batch; export for ` +
      `this batch alone, with { batchDim: null }`,
  );
}

/** The number, which must not depend on the batch. */
export function fixed(size: Size, what: string): number {
  if (typeof size === "number") return size;
  throw new OnnxError(`onnx.export: ${what} depends on the batch, which ONNX cannot say; export for one batch alone, with { batchDim: null }`);
}

export const sameSize = (a: Size, b: Size): boolean =>
  typeof a === "number" || typeof b === "number" ? a === b : a.times === b.times && a.plus === b.plus;

/** The first less the second. */
export function difference(a: Size, b: Size): Size {
  const [x, y] = [a, b].map((each) => (typeof each === "number" ? { times: 0, plus: each } : each)) as [BatchSize, BatchSize];
  const times = x.times - y.times;
  return times === 0 ? x.plus - y.plus : { times, plus: x.plus - y.plus };
}
