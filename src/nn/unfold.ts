/**
 * Windows of an image as columns of a matrix, and back: im2col and col2im under PyTorch's names. With them a convolution is
 * one product of matrices, which is how chapters build it by hand.
 */
import { callPlanned, requireFloat } from "../tensor/dispatch.ts";
import { ShapeError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import { imageSize } from "../tensor/ops/convolution.ts";
import type { Pair } from "../tensor/ops/convolution.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pairOf, windowCount, windowPadding } from "./windows.ts";
import type { PairOption, Window } from "./windows.ts";

export interface WindowOptions {
  /** Steps from one tap of a window to the next; 1 when not given. */
  dilation?: PairOption;
  /** Zeros around the image; 0 when not given. */
  padding?: PairOption;
  /** Steps from one window to the next; 1 when not given. */
  stride?: PairOption;
}

function windowOf(op: string, kernelSize: PairOption, options: WindowOptions): Window {
  const kernel = pairOf(op, "kernelSize", kernelSize, 1);
  const stride = pairOf(op, "stride", options.stride ?? 1, 1);
  const dilation = pairOf(op, "dilation", options.dilation ?? 1, 1);
  const padding = windowPadding(op, pairOf(op, "padding", options.padding ?? 0, 0), kernel, dilation, stride);
  return { kernel, stride, padding, dilation };
}

const geometryOf = ({ stride, padding, dilation }: Window) => ({ stride, padding: padding.before, dilation });

/**
 * Every window of an image as a column.
 * @param input [N, C, H, W].
 * @returns [N, C kH kW, windows], windows from left to right and from top to bottom.
 * @throws ShapeError when the input has another rank or is smaller than a window.
 */
export function unfold(input: Tensor, kernelSize: PairOption, options: WindowOptions = {}): Tensor {
  requireFloat("unfold", requireTensor("unfold", input));
  if (input.ndim !== 4) {
    const cure = input.ndim === 3 ? "; the batch dimension is missing: add it with x.unsqueeze(0)" : "";
    throw new ShapeError(`unfold: input is [N, C, H, W], got ${formatShape(input.shape)}${cure}`);
  }
  const window = windowOf("unfold", kernelSize, options);
  const windows = windowCount("unfold", imageSize(input.shape), window, input.shape);
  return callPlanned(ops.unfold, ops.unfold.plan(input, geometryOf(window), window.kernel, windows));
}

/**
 * The transpose of `unfold`: columns are added up where their windows lie.
 * @param input [N, C kH kW, windows].
 * @param outputSize rows and columns of the image.
 * @returns [N, C, ...outputSize].
 * @throws ShapeError when the columns are not those of such an image.
 */
export function fold(input: Tensor, outputSize: PairOption, kernelSize: PairOption, options: WindowOptions = {}): Tensor {
  requireFloat("fold", requireTensor("fold", input));
  const size: Pair = pairOf("fold", "outputSize", outputSize, 1);
  const window = windowOf("fold", kernelSize, options);
  const taps = window.kernel[0] * window.kernel[1];
  if (input.ndim !== 3 || input.shape[1]! % taps !== 0) {
    throw new ShapeError(`fold: input is [N, C * ${taps}, windows] for a kernel of ${taps} taps, got ${formatShape(input.shape)}`);
  }
  const windows = windowCount("fold", size, window, [input.shape[0]!, input.shape[1]! / taps, ...size]);
  if (input.shape[2] !== windows[0] * windows[1]) {
    throw new ShapeError(
      `fold: an image of ${size[0]} x ${size[1]} has ${windows[0]} x ${windows[1]} windows, got ${input.shape[2]} columns in ` +
        `${formatShape(input.shape)}`,
    );
  }
  return callPlanned(ops.fold, ops.fold.plan(input, geometryOf(window), window.kernel, size, windows));
}
