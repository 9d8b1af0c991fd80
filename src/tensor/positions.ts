/**
 * Tensors of positions and labels: whole numbers that must lie inside a range. They are checked before a kernel sees them,
 * so that the error names the number instead of a NaN turning up later.
 */
import { observedBy, observer } from "./call-observer.ts";
import { codeOf } from "./dtype.ts";
import { DTypeError, TensorIndexError } from "./errors.ts";
import { lateCheck } from "./late-errors.ts";
import { native } from "./native.ts";
import { checkOnCard } from "./range-checks.ts";
import type { RangeCheck } from "./range-checks.ts";
import { isContiguous } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The positions as int32.
 * @param what how to call them in an error: "position", "label".
 * @param size how many there are to choose from.
 * @throws DTypeError when they are no whole numbers.
 * @throws TensorIndexError naming the smallest or largest one that is outside 0 to size - 1. For positions that a card has computed
 * a later call throws it.
 */
export function checkPositions(op: string, what: string, index: Tensor, size: number): Tensor {
  if (index.dtype !== "int32" && index.dtype !== "uint8") {
    throw new DTypeError(`${op}: ${what}s must be int32 or uint8, got ${index.dtype}; convert with .to("int32")`);
  }
  if (index.numel === 0) return index.to("int32");
  if (observer !== undefined) observer.positionsChecked(op, what, index, size);
  if (index.device !== "cpu") {
    checkOnCard(op, index, positionsCheck(op, what, size));
    return index.to("int32");
  }
  const { storage, dtype, offset, shape, strides } = index;
  if (isContiguous(shape, strides) && native.allBelow(storage.handle, codeOf(dtype), offset, index.numel, size)) return index.to("int32");
  const [smallest, largest] = observedBy(undefined, () => [index.amin().item(), index.amax().item()] as const);
  if (smallest < 0 || largest >= size) throw outsideRange(op, what, smallest, largest, size);
  return index.to("int32");
}

/** What the positions of an op are compared with. */
function positionsCheck(op: string, what: string, size: number): RangeCheck {
  return { low: 0, high: size - 1, name: `${op}: ${what}`, error: (smallest, largest, _, high) => outsideRange(op, what, smallest, largest, high + 1) };
}

/** The number of the check of an op's positions, for programs that a card runs. */
export function positionsCheckNumber(op: string, what: string): number {
  const { name, error } = positionsCheck(op, what, 0);
  return lateCheck(name, error);
}

/** The error of positions of which the smallest or the largest is outside 0 to size - 1. */
export function outsideRange(op: string, what: string, smallest: number, largest: number, size: number): TensorIndexError {
  const wrong = smallest < 0 ? smallest : largest;
  const range = size === 0 ? "there is nothing to choose from" : `it must lie in 0 to ${size - 1}`;
  const fromOne = smallest === 1 && largest === size ? "; if these count from 1, subtract 1 first" : "";
  return new TensorIndexError(`${op}: ${what} ${wrong} is outside the range; ${range}${fromOne}`);
}
