/**
 * Convolution as networks mean it (a sliding scalar product, no flipping) and its relatives. The three rows conv2d,
 * convTranspose2d and conv2dWeight are the three ways of solving one trilinear form, sum of gradient * weight * input over
 * all windows, for one of its factors: each is the derivative of the others, so derivatives of any order stay inside the
 * family (PyTorch's convolution_double_backward makes the same observation).
 *
 * The plans expect what the functions of src/nn/convolution.ts have checked.
 */
import type { GraphNode } from "../graph.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general } from "./definition.ts";
import type { CallPlan } from "./definition.ts";

/** Something for rows and for columns. */
export type Pair = readonly [rows: number, columns: number];

/** How windows lie on an image. */
export interface WindowGeometry {
  /** From one window to the next. */
  readonly stride: Pair;
  /** Zeros before the first row and column; those after the last follow from the sizes. */
  readonly padding: Pair;
  /** From one tap of the window to the next. */
  readonly dilation: Pair;
}

export interface ConvolutionGeometry extends WindowGeometry {
  /** Channels are cut into so many groups that do not see each other. */
  readonly groups: number;
}

const windowAttributes = ({ stride, padding, dilation }: WindowGeometry): number[] => [...stride, ...padding, ...dilation];

const attributesOf = (geometry: ConvolutionGeometry): number[] => [...windowAttributes(geometry), geometry.groups];

/** Rows and columns of an image. */
export const imageSize = (shape: Shape): Pair => [shape.at(-2)!, shape.at(-1)!];

const withBias = (input: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor[] => {
  const operands = [input.contiguous(), weight.contiguous()];
  if (bias !== undefined) operands.push(bias.contiguous());
  return operands;
};

const overImages = { dim: [0, 2, 3] };

const geometryOf = (call: GraphNode): ConvolutionGeometry => call.details as ConvolutionGeometry;

/** What the derivatives of unfold and fold are told. */
interface WindowDetails {
  readonly geometry: WindowGeometry;
  readonly kernel: Pair;
  /** Rows and columns of the image, for both. */
  readonly size: Pair;
  /** How many windows lie below each other and beside each other. */
  readonly windows: Pair;
}

export const convolution = {
  conv2d: general({
    summary: "Scalar products of a kernel with every window of an image: [N, C, H, W], weight [O, C / groups, kH, kW], bias [O].",
    parameters: "",
    internal: true,
    plan: (input: Tensor, weight: Tensor, bias: Tensor | undefined, geometry: ConvolutionGeometry, size: Pair): CallPlan => ({
      inputs: withBias(input, weight, bias),
      shape: [input.shape[0]!, weight.shape[0]!, ...size],
      dtype: input.dtype,
      attributes: attributesOf(geometry),
      details: geometry,
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.conv2dInputBackward(call.input(1), geometryOf(call), imageSize(call.shapeOf(0))),
      (gradient, call) => call.input(0).conv2dWeightBackward(gradient, geometryOf(call), imageSize(call.shapeOf(1))),
      (gradient) => gradient.sum(overImages),
    ],
  }),
  convTranspose2d: general({
    summary: "The transpose of conv2d, each input number spread over a window: [N, C, H, W], weight [C, O / groups, kH, kW], bias [O].",
    parameters: "",
    internal: true,
    plan: (input: Tensor, weight: Tensor, bias: Tensor | undefined, geometry: ConvolutionGeometry, size: Pair): CallPlan => ({
      inputs: withBias(input, weight, bias),
      shape: [input.shape[0]!, weight.shape[1]! * geometry.groups, ...size],
      dtype: input.dtype,
      attributes: attributesOf(geometry),
      details: geometry,
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.convTranspose2dInputBackward(call.input(1), geometryOf(call), imageSize(call.shapeOf(0))),
      (gradient, call) => gradient.conv2dWeightBackward(call.input(0), geometryOf(call), imageSize(call.shapeOf(1))),
      (gradient) => gradient.sum(overImages),
    ],
  }),
  conv2dWeight: general({
    summary: "The gradient of conv2d's weight, from its input [N, C, H, W] and its output's gradient [N, O, oH, oW].",
    parameters: "",
    internal: true,
    plan: (input: Tensor, gradient: Tensor, geometry: ConvolutionGeometry, kernel: Pair): CallPlan => ({
      inputs: [input.contiguous(), gradient.contiguous()],
      shape: [gradient.shape[1]!, input.shape[1]! / geometry.groups, ...kernel],
      dtype: input.dtype,
      attributes: attributesOf(geometry),
      details: geometry,
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => call.input(1).conv2dInputBackward(gradient, geometryOf(call), imageSize(call.shapeOf(0))),
      (gradient, call) => call.input(0).convTranspose2dInputBackward(gradient, geometryOf(call), imageSize(call.shapeOf(1))),
    ],
  }),
  unfold: general({
    summary: "Every window of an image as a column: [N, C, H, W] to [N, C kH kW, windows] (im2col).",
    parameters: "",
    internal: true,
    plan: (input: Tensor, geometry: WindowGeometry, kernel: Pair, windows: Pair): CallPlan => ({
      inputs: [input.contiguous()],
      shape: [input.shape[0]!, input.shape[1]! * kernel[0] * kernel[1], windows[0] * windows[1]],
      dtype: input.dtype,
      attributes: [...windowAttributes(geometry), ...kernel, ...windows],
      details: { geometry, kernel, size: imageSize(input.shape), windows } satisfies WindowDetails,
    }),
    derivative: [
      (gradient, call) => {
        const { geometry, kernel, size, windows } = call.details as WindowDetails;
        return gradient.unfoldBackward(geometry, kernel, size, windows);
      },
    ],
  }),
  fold: general({
    summary: "The transpose of unfold: columns added up where their windows lie, [N, C kH kW, windows] to [N, C, H, W] (col2im).",
    parameters: "",
    internal: true,
    plan: (columns: Tensor, geometry: WindowGeometry, kernel: Pair, size: Pair, windows: Pair): CallPlan => ({
      inputs: [columns.contiguous()],
      shape: [columns.shape[0]!, columns.shape[1]! / (kernel[0] * kernel[1]), ...size],
      dtype: columns.dtype,
      attributes: [...windowAttributes(geometry), ...kernel, ...windows],
      details: { geometry, kernel, size, windows } satisfies WindowDetails,
    }),
    derivative: [
      (gradient, call) => {
        const { geometry, kernel, windows } = call.details as WindowDetails;
        return gradient.foldBackward(geometry, kernel, windows);
      },
    ],
  }),
};
