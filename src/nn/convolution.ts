/**
 * Convolutions as functions, under PyTorch's names: what they take is checked here, so that an error is at the line of the
 * caller and says which shape does not fit.
 */
import { callPlanned, requireFloat, toType } from "../tensor/dispatch.ts";
import { promote } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import { imageSize } from "../tensor/ops/convolution.ts";
import type { Pair } from "../tensor/ops/convolution.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pairOf, windowCount, windowPadding } from "./windows.ts";
import type { Padding, PaddingOption, PairOption } from "./windows.ts";

export interface ConvolutionOptions {
  /** Steps from one window to the next; 1 when not given. */
  stride?: PairOption;
  /** Zeros around the image, or `"valid"` for none, or `"same"` for as many as keep its size at stride 1; 0 when not given. */
  padding?: PairOption | "same" | "valid";
  /** Steps from one tap of the kernel to the next; 1 when not given. */
  dilation?: PairOption;
  /** Channels are cut into so many groups, each with kernels of its own; 1 when not given. */
  groups?: number;
}

export interface Convolution1dOptions extends Omit<ConvolutionOptions, "stride" | "padding" | "dilation"> {
  stride?: number;
  padding?: number | "same" | "valid";
  dilation?: number;
  /** All padding in front, dilation * (k - 1) zeros, so that no output sees a later input (van den Oord et al. 2016). */
  causal?: boolean;
}

export interface TransposedConvolutionOptions {
  /** Steps from one input's window to the next; 1 when not given. */
  stride?: PairOption;
  /** Rows and columns taken off every edge of the result; 0 when not given. */
  padding?: PairOption;
  /** Rows and columns added at the end, to choose among the sizes that conv2d maps to the same one; 0 when not given. */
  outputPadding?: PairOption;
  groups?: number;
  dilation?: PairOption;
}

/** What a call is about, for messages. */
interface Subject {
  readonly op: string;
  /** How an input and a weight look: `[N, C, H, W]`. */
  readonly inputForm: string;
  readonly weightForm: string;
}

const conv2dSubject: Subject = { op: "conv2d", inputForm: "[N, C, H, W]", weightForm: "[out, in/groups, kH, kW]" };
const conv1dSubject: Subject = { op: "conv1d", inputForm: "[N, C, L]", weightForm: "[out, in/groups, k]" };
const transposedSubject: Subject = {
  op: "convTranspose2d",
  inputForm: "[N, C, H, W]",
  weightForm: "[in, out/groups, kH, kW]",
};

/** Operands of one floating type. */
interface Operands {
  input: Tensor;
  weight: Tensor;
  bias: Tensor | undefined;
}

/** A stack of grey images has no channels; anything else of a dimension less is one example. */
function missingDimension(input: Tensor, weight: Tensor): string {
  return weight.shape[1] === 1 && input.shape[0] !== 1
    ? "the channel dimension is missing: add it with x.unsqueeze(1), or x.unsqueeze(0).unsqueeze(0) where also the batch is"
    : "the batch dimension is missing: add it with x.unsqueeze(0)";
}

function requireOperands({ op, inputForm, weightForm }: Subject, input: Tensor, weight: Tensor, bias: Tensor | undefined): Operands {
  requireFloat(op, requireTensor(op, input));
  requireFloat(op, requireTensor(op, weight));
  const rank = inputForm.split(",").length;
  if (weight.ndim !== rank) {
    throw new ShapeError(`${op}: weight is ${weightForm}, got ${formatShape(weight.shape)}`);
  }
  if (input.ndim === rank - 1) {
    throw new ShapeError(`${op}: input is ${inputForm}, got ${formatShape(input.shape)}; ${missingDimension(input, weight)}`);
  }
  if (input.ndim !== rank) {
    const cure = input.ndim === rank - 2 ? "; batch and channel are missing: add them with x.unsqueeze(0).unsqueeze(0)" : "";
    throw new ShapeError(`${op}: input is ${inputForm}, got ${formatShape(input.shape)}${cure}`);
  }
  let dtype = promote(input.dtype, weight.dtype);
  if (bias !== undefined) dtype = promote(dtype, requireFloat(op, requireTensor(op, bias)).dtype);
  return {
    input: toType(input, dtype),
    weight: toType(weight, dtype),
    bias: bias === undefined ? undefined : toType(bias, dtype),
  };
}

function requireGroups(op: string, groups: number, input: Tensor, outputs: number): void {
  const channels = input.shape[1]!;
  if (!Number.isInteger(groups) || groups < 1) throw new ShapeError(`${op}: groups is ${groups}; a whole number of at least 1`);
  if (channels % groups !== 0 || outputs % groups !== 0) {
    throw new ShapeError(
      `${op}: groups is ${groups}, which must divide the input's ${channels} channels and the ${outputs} channels of the result`,
    );
  }
}

function requireBias(op: string, bias: Tensor | undefined, outputs: number): void {
  if (bias === undefined || (bias.ndim === 1 && bias.shape[0] === outputs)) return;
  throw new ShapeError(`${op}: bias is [${outputs}], one number for each channel of the result, got ${formatShape(bias.shape)}`);
}

/** Checks and runs conv2d. `shown` are the operands as the caller gave them, for messages. */
function convolve(
  subject: Subject,
  operands: Operands,
  options: Omit<ConvolutionOptions, "padding"> & { padding?: PaddingOption },
  shown: readonly [Tensor, Tensor],
): Tensor {
  const { op, weightForm } = subject;
  const { input, weight, bias } = operands;
  const groups = options.groups ?? 1;
  requireGroups(op, groups, input, weight.shape[0]!);
  const channels = input.shape[1]!;
  if (weight.shape[1] !== channels / groups) {
    const wanted = weight.shape[1]! * groups;
    const fits =
      weight.shape[0] === channels / groups
        ? "; its first two dimensions look exchanged"
        : shown[0].ndim === 4 && shown[0].shape[3] === wanted
          ? "; channels come before rows and columns: x.permute([0, 3, 1, 2])"
          : "";
    throw new ShapeError(
      `${op}: weight is ${weightForm}; an input of shape ${formatShape(shown[0].shape)} and groups ${groups} need in/groups = ` +
        `${channels / groups}, got weight ${formatShape(shown[1].shape)}${fits}`,
    );
  }
  requireBias(op, bias, weight.shape[0]!);
  const stride = pairOf(op, "stride", options.stride ?? 1, 1);
  const dilation = pairOf(op, "dilation", options.dilation ?? 1, 1);
  const kernel = imageSize(weight.shape);
  const padding = windowPadding(op, options.padding ?? 0, kernel, dilation, stride);
  const size = windowCount(op, imageSize(input.shape), { kernel, stride, padding, dilation }, shown[0].shape);
  const geometry = { stride, padding: padding.before, dilation, groups };
  return callPlanned(ops.conv2d, ops.conv2d.plan(input, weight, bias, geometry, size));
}

/**
 * Scalar products of kernels with every window of an image (LeCun et al. 1989).
 * @param input [N, C, H, W].
 * @param weight [O, C / groups, kH, kW].
 * @param bias [O].
 * @returns [N, O, oH, oW] with oH = floor((H + 2 padding - dilation (kH - 1) - 1) / stride) + 1.
 * @throws ShapeError when shapes, groups or the window do not fit.
 */
export function conv2d(input: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  return convolve(conv2dSubject, requireOperands(conv2dSubject, input, weight, bias), options, [input, weight]);
}

/**
 * Scalar products of kernels with every window of a sequence.
 * @param input [N, C, L].
 * @param weight [O, C / groups, k].
 * @param bias [O].
 * @returns [N, O, oL]; with `causal` oL is L at stride 1, and no number depends on a later one of the input.
 * @throws ShapeError when shapes, groups or the window do not fit.
 */
export function conv1d(input: Tensor, weight: Tensor, bias?: Tensor, options: Convolution1dOptions = {}): Tensor {
  const operands = requireOperands(conv1dSubject, input, weight, bias);
  const { stride = 1, dilation = 1, groups = 1, causal = false } = options;
  for (const [name, value] of Object.entries({ stride, dilation })) pairOf("conv1d", name, value, 1);
  if (causal && options.padding !== undefined) {
    throw new ShapeError("conv1d: causal chooses the padding, dilation * (k - 1) in front; leave padding out");
  }
  const { padding = 0 } = options;
  const inFront: Padding = { before: [0, dilation * (weight.shape[2]! - 1)], after: [0, 0] };
  const around = typeof padding === "number" ? ([0, padding] as const) : padding;
  // A sequence is an image of one row.
  const image = { ...operands, input: operands.input.unsqueeze(2), weight: operands.weight.unsqueeze(2) };
  const geometry = { stride: [1, stride], dilation: [1, dilation], groups, padding: causal ? inFront : around } as const;
  return convolve(conv1dSubject, image, geometry, [input, weight]).squeeze(2);
}

/**
 * The transpose of conv2d: each number of the input is spread over a window, windows that overlap add up. With the same
 * options it gives back the sizes that conv2d was given.
 * @param input [N, C, H, W].
 * @param weight [C, O / groups, kH, kW].
 * @param bias [O].
 * @returns [N, O, oH, oW] with oH = (H - 1) stride - 2 padding + dilation (kH - 1) + outputPadding + 1.
 * @throws ShapeError when shapes or groups do not fit, or the result would have no pixel.
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposedConvolutionOptions = {},
): Tensor {
  const { op, weightForm } = transposedSubject;
  const operands = requireOperands(transposedSubject, input, weight, bias);
  const groups = options.groups ?? 1;
  requireGroups(op, groups, input, input.shape[1]!);
  const outputs = weight.shape[1]! * groups;
  if (weight.shape[0] !== input.shape[1]) {
    const fits = weight.shape[1] === input.shape[1] ? "; its first two dimensions look exchanged" : "";
    throw new ShapeError(
      `${op}: weight is ${weightForm}; an input of shape ${formatShape(input.shape)} needs in = ${input.shape[1]}, got weight ` +
        `${formatShape(weight.shape)}${fits}`,
    );
  }
  requireBias(op, bias, outputs);
  const stride = pairOf(op, "stride", options.stride ?? 1, 1);
  const dilation = pairOf(op, "dilation", options.dilation ?? 1, 1);
  const padding = pairOf(op, "padding", options.padding ?? 0, 0);
  const outputPadding = pairOf(op, "outputPadding", options.outputPadding ?? 0, 0);
  const kernel = imageSize(weight.shape);
  const along = (axis: 0 | 1): number => {
    if (outputPadding[axis] >= Math.max(stride[axis], dilation[axis])) {
      throw new ShapeError(
        `${op}: outputPadding ${outputPadding[axis]} must be smaller than the stride ${stride[axis]} or the dilation ${dilation[axis]}`,
      );
    }
    const reach = dilation[axis] * (kernel[axis] - 1) + 1;
    return (imageSize(input.shape)[axis] - 1) * stride[axis] - 2 * padding[axis] + reach + outputPadding[axis];
  };
  const size: Pair = [along(0), along(1)];
  if (size[0] < 1 || size[1] < 1) {
    throw new ShapeError(
      `${op}: an input of shape ${formatShape(input.shape)} and a kernel of ${kernel[0]} x ${kernel[1]} with padding ` +
        `${formatShape(padding)} leave a result of ${size[0]} x ${size[1]} pixels; use less padding`,
    );
  }
  const geometry = { stride, padding, dilation, groups };
  return callPlanned(ops.convTranspose2d, ops.convTranspose2d.plan(operands.input, operands.weight, operands.bias, geometry, size));
}
