/**
 * What the derivatives of convolutions are written with: each is one row of the table with its sizes given, and has a
 * derivative of its own. What users call is in src/nn/convolution.ts.
 */
import { callPlanned } from "../dispatch.ts";
import { ops } from "../ops.ts";
import type { ConvolutionGeometry, Pair, WindowGeometry } from "../ops/convolution.ts";
import type { Tensor } from "../tensor.ts";

export interface ConvolutionMethods {
  /** From the gradient of conv2d's output to that of its input, whose rows and columns are `size`. */
  conv2dInputBackward(weight: Tensor, geometry: ConvolutionGeometry, size: Pair): Tensor;
  /** From conv2d's input and the gradient of its output to the gradient of its weight. */
  conv2dWeightBackward(gradient: Tensor, geometry: ConvolutionGeometry, kernel: Pair): Tensor;
  /** From the gradient of convTranspose2d's output to that of its input, whose rows and columns are `size`. */
  convTranspose2dInputBackward(weight: Tensor, geometry: ConvolutionGeometry, size: Pair): Tensor;
  /** From the gradient of unfold's columns to that of its image, whose rows and columns are `size`. */
  unfoldBackward(geometry: WindowGeometry, kernel: Pair, size: Pair, windows: Pair): Tensor;
  /** From the gradient of fold's image to that of its columns. */
  foldBackward(geometry: WindowGeometry, kernel: Pair, windows: Pair): Tensor;
}

export const convolutionMethods: ConvolutionMethods & ThisType<Tensor> = {
  conv2dInputBackward(weight, geometry, size) {
    return callPlanned(ops.convTranspose2d, ops.convTranspose2d.plan(this, weight, undefined, geometry, size));
  },

  conv2dWeightBackward(gradient, geometry, kernel) {
    return callPlanned(ops.conv2dWeight, ops.conv2dWeight.plan(this, gradient, geometry, kernel));
  },

  convTranspose2dInputBackward(weight, geometry, size) {
    return callPlanned(ops.conv2d, ops.conv2d.plan(this, weight, undefined, geometry, size));
  },

  unfoldBackward(geometry, kernel, size, windows) {
    return callPlanned(ops.fold, ops.fold.plan(this, geometry, kernel, size, windows));
  },

  foldBackward(geometry, kernel, windows) {
    return callPlanned(ops.unfold, ops.unfold.plan(this, geometry, kernel, windows));
  },
};
