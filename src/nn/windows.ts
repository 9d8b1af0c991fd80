/**
 * Windows that slide over an image: their options made pairs, and how many of them fit. Rules and defaults are PyTorch's.
 */
import { ShapeError } from "../tensor/errors.ts";
import type { Pair } from "../tensor/ops/convolution.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";

/** One number for rows and columns alike, or one for each. */
export type PairOption = number | Pair;

/** Zeros around an image. */
export interface Padding {
  readonly before: Pair;
  readonly after: Pair;
}

/** A window and how it moves. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
}

/**
 * An option as a pair of whole numbers.
 * @throws ShapeError when it is not one, or smaller than `least`.
 */
export function pairOf(op: string, name: string, option: PairOption, least: number): Pair {
  const pair: readonly number[] = typeof option === "number" ? [option, option] : option;
  const fits = Array.isArray(pair) && pair.length === 2 && pair.every((value) => Number.isInteger(value) && value >= least);
  if (fits) return pair as unknown as Pair;
  throw new ShapeError(
    `${op}: ${name} is ${JSON.stringify(option)}; a whole number of at least ${least}, or a pair of them: [rows, columns]`,
  );
}

/** Padding as a caller gives it, or already with its two sides. */
export type PaddingOption = PairOption | "same" | "valid" | Padding;

/**
 * The zeros on each side. `"same"` puts the odd one after, as PyTorch does.
 * @throws ShapeError for `"same"` with a stride, which would not keep the size.
 */
export function windowPadding(op: string, option: PaddingOption, kernel: Pair, dilation: Pair, stride: Pair): Padding {
  if (typeof option === "object" && "before" in option) return option;
  if (option === "valid") return { before: [0, 0], after: [0, 0] };
  if (option === "same") {
    if (stride[0] !== 1 || stride[1] !== 1) {
      throw new ShapeError(`${op}: padding "same" keeps the size only at stride 1, got stride ${formatShape(stride)}`);
    }
    const total = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
    const before: Pair = [Math.floor(total[0] / 2), Math.floor(total[1] / 2)];
    return { before, after: [total[0] - before[0], total[1] - before[1]] };
  }
  if (typeof option === "string") {
    throw new ShapeError(`${op}: padding is ${JSON.stringify(option)}; a number, a pair, "same" or "valid"`);
  }
  const pair = pairOf(op, "padding", option, 0);
  return { before: pair, after: pair };
}

/**
 * How many windows fit below each other and beside each other.
 * @throws ShapeError when the image, padded, is smaller than one window.
 */
export function windowCount(op: string, size: Pair, window: Window, shown: Shape): Pair {
  const { kernel, stride, padding, dilation } = window;
  const along = (axis: 0 | 1): number => {
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    const padded = size[axis] + padding.before[axis] + padding.after[axis];
    if (kernel[axis] < 1 || padded < reach) {
      throw new ShapeError(
        `${op}: a kernel of ${kernel[0]} x ${kernel[1]} with dilation ${formatShape(dilation)} does not fit into an input of shape ` +
          `${formatShape(shown)}: ${axis === 0 ? "rows" : "columns"} need ${reach}, with padding there are ${padded}`,
      );
    }
    return Math.floor((padded - reach) / stride[axis]) + 1;
  };
  return [along(0), along(1)];
}
