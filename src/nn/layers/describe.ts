/**
 * How layers speak of themselves: their sizes in brackets, and what they expect when they are fed something else.
 */
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import { requireTensor, Tensor } from "../../tensor/tensor.ts";

const written = (value: unknown): string => (Array.isArray(value) ? formatShape(value as number[]) : JSON.stringify(value));

/**
 * Arguments as they would be written: the required ones, then those options that are not their defaults.
 * @param options each with its default.
 */
export function argumentsText(required: readonly unknown[], options: Readonly<Record<string, readonly [value: unknown, otherwise: unknown]>> = {}): string {
  const unusual = Object.entries(options).filter(([, [value, otherwise]]) => value !== undefined && written(value) !== written(otherwise));
  const list = unusual.map(([name, [value]]) => `${name}: ${written(value)}`);
  return [...required.map(written), ...(list.length === 0 ? [] : [`{ ${list.join(", ")} }`])].join(", ");
}

/**
 * The error of a layer that was fed the wrong shape.
 * @param form what it takes, such as `[N, 3, H, W]`.
 * @param cure what to do about it, where the mistake is a usual one.
 */
export function unexpected(layer: { readonly label: string }, form: string, input: Tensor, cure = ""): ShapeError {
  return new ShapeError(`${layer.label} expects ${form}, got ${formatShape(input.shape)}${cure === "" ? "" : `; ${cure}`}`);
}

/** Checks what a layer was fed: a tensor. */
export function requireInput(layer: { readonly label: string }, input: unknown): Tensor {
  // The label is text put together anew: only for the error.
  return input instanceof Tensor ? input : requireTensor(layer.label, input);
}

/** Checks sizes that a layer is made with. @throws ShapeError naming the first that is not a whole number of at least `least`. */
export function requireSizes(layer: string, sizes: Readonly<Record<string, number>>, least = 1): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < least) {
      throw new ShapeError(`${layer}: ${name} is ${JSON.stringify(size)}; it is a whole number of at least ${least}`);
    }
  }
}

/** Checks an option that is a part of something. @throws NablaError unless it lies between 0 and 1. */
export function requirePart(layer: string, name: string, part: number): void {
  if (!(part >= 0 && part <= 1)) throw new NablaError(`${layer}: ${name} is ${part}; a part lies between 0 and 1`);
}
