/**
 * What losses have in common: how the losses of single elements become one, and checks that name the usual mistakes.
 */
import { observedBy } from "../../tensor/call-observer.ts";
import { requireFloat } from "../../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { checkRange, isAtHand } from "../../tensor/range-checks.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** How the losses of single elements become one: their mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** What losses take. */
export interface LossOptions {
  /** `mean` when not given. */
  reduction?: Reduction;
}

/** @throws NablaError for a reduction that there is not. */
export function reduce(name: string, losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (reduction === "mean") return losses.mean();
  throw new NablaError(`${name}: reduction is ${JSON.stringify(reduction)}; known are "mean", "sum" and "none"`);
}

/** @throws ShapeError when the shapes differ: a silent broadcast here is the classic hidden bug of regression. */
export function requireSameShape(name: string, input: Tensor, target: Tensor): void {
  requireTensor(name, input);
  requireTensor(name, target);
  if (sameShape(input.shape, target.shape)) return;
  const cure = input.numel === target.numel ? `: target.reshape(${formatShape(input.shape)}) has the input's shape` : "";
  throw new ShapeError(
    `${name}: the input has shape ${formatShape(input.shape)}, the target ${formatShape(target.shape)}; they must be ` +
      `equal, else every prediction would be compared with every target${cure}`,
  );
}

/** A floating input and a target of its shape and type. */
export function requirePair(name: string, input: Tensor, target: Tensor): readonly [Tensor, Tensor] {
  requireSameShape(name, input, target);
  requireFloat(name, input);
  return [input, target.to(input.dtype)];
}

/**
 * Checks values against an interval; of a compiled function those of the first run alone.
 * @param cure what the usual mistake is, and what to do about it.
 * @throws NablaError naming a value outside. NaN passes, to be seen in the loss.
 */
export function requireWithin(name: string, what: string, values: Tensor, low: number, high: number, cure: string): void {
  const range = high === Infinity ? `at least ${low}` : `from ${low} to ${high}`;
  const error = (least: number, most: number): NablaError =>
    new NablaError(`${name}: ${what} must be ${range}, and ${least < low ? least : most} is among them; ${cure}`);
  checkRange(name, values, { low, high, name: `${name}: ${what}`, error });
}

/** Checks that every target is -1 or 1. @throws NablaError when one is not. */
export function requireSigns(name: string, target: Tensor): void {
  const error = (): NablaError => new NablaError(`${name}: targets must be -1 or 1; labels of 0 and 1 become that with y.mul(2).sub(1)`);
  if (target.device !== "cpu" && isAtHand(target)) {
    const signs = observedBy(undefined, () => target.data());
    if (signs.every((sign) => Math.abs(sign) === 1)) return;
    throw error();
  }
  const right = observedBy(undefined, () => target.detach().abs().eq(1));
  checkRange(name, right, { low: 1, high: 1, name: `${name}: signs`, error });
}
