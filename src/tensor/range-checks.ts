/**
 * Comparing elements with the range in which they must lie. On the CPU their values are read at once. On a card that would make
 * the process wait for everything it has started, in every step of a loop: so where the process knows the numbers itself
 * (it has sent them up) it answers from memory, and else a kernel compares them and a later call tells (late-errors.ts).
 */
import { observedBy } from "./call-observer.ts";
import { checkStatus } from "./call-status.ts";
import * as frame from "./frame.ts";
import { lateCheck } from "./late-errors.ts";
import { extentOf, extremesOf } from "./memory.ts";
import type { Extremes } from "./memory.ts";
import { native } from "./native.ts";
import { deviceOf } from "./device.ts";
import { byteSize } from "./dtype.ts";
import { elementCount, isContiguous } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** A range, both ends included, and what is said of elements outside of it. */
export interface RangeCheck {
  readonly low: number;
  readonly high: number;
  /** Whether NaN is outside too; not when not given. */
  readonly noNaN?: boolean;
  /** Names the check: two with one name must make their errors in one way. */
  readonly name: string;
  /** Given the smallest and the largest element and the range. */
  readonly error: (smallest: number, largest: number, low: number, high: number) => Error;
}

/**
 * Throws when an element is outside of the range: here on the CPU, and on a card where the numbers are known; else from a later
 * call. Of a compiled function it checks the first run alone.
 */
export function checkRange(op: string, values: Tensor, check: RangeCheck): void {
  if (values.numel === 0) return;
  if (values.device !== "cpu") {
    checkOnCard(op, values, check);
    return;
  }
  const { low, high, noNaN = false, error } = check;
  const [smallest, largest] = observedBy(undefined, () => {
    const plain = values.detach();
    return [plain.amin().item(), plain.amax().item()] as const;
  });
  if (smallest < low || largest > high || (noNaN && Number.isNaN(smallest))) throw error(smallest, largest, low, high);
}

/** The same for a tensor with elements on a card. */
export function checkOnCard(op: string, values: Tensor, { low, high, noNaN = false, name, error }: RangeCheck): void {
  const known = standing(values, low, high, noNaN);
  if (known === "inside") return;
  if (known !== undefined) throw error(known.smallest, known.largest, low, high);
  frame.begin(1, 0, 4);
  frame.writeTensor(0, values);
  frame.writeAttribute(0, lateCheck(name, error));
  frame.writeAttribute(1, low);
  frame.writeAttribute(2, high);
  frame.writeAttribute(3, noNaN ? 1 : 0);
  native.checkRange();
  checkStatus({ name: op }, values.dtype, []);
}

/** How elements look at their memory. */
export type Window = Pick<Tensor, "storage" | "dtype" | "offset" | "shape" | "strides">;

/** Whether all elements are at hand, so that reading them waits for nothing. */
export function isAtHand({ storage, shape, strides }: Tensor): boolean {
  return deviceOf(storage.handle) === "cpu" || (extentOf(storage)?.numbers !== undefined && isContiguous(shape, strides));
}

/** What the process knows of elements on a card: that all are inside a range, or what the smallest and the largest of them are; or nothing. */
export function standing(window: Window, low: number, high: number, noNaN = false): "inside" | { smallest: number; largest: number } | undefined {
  const { storage, dtype, offset, shape, strides } = window;
  const known = extentOf(storage);
  if (known === undefined) return undefined;
  const isInside = ({ smallest, largest, hasNaN }: Extremes): boolean => smallest >= low && largest <= high && !(noNaN && hasNaN);
  if (isInside(known)) return "inside";
  if (!isContiguous(shape, strides)) return undefined;
  const count = elementCount(shape);
  if (known.numbers === undefined && !(known.exact && count * byteSize(dtype) === storage.bytes)) return undefined;
  const own = known.numbers === undefined ? known : extremesOf(known.numbers, offset, offset + count);
  if (isInside(own)) return "inside";
  return noNaN && own.hasNaN ? { smallest: NaN, largest: NaN } : own;
}
