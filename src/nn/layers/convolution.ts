/**
 * Convolutional layers. Weight and bias start uniform within 1 / sqrt(numbers that one output is computed from), as in
 * PyTorch. Source: LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { conv1d, conv2d, convTranspose2d } from "../convolution.ts";
import type { Convolution1dOptions, ConvolutionOptions, TransposedConvolutionOptions } from "../convolution.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { pairOf } from "../windows.ts";
import type { PairOption } from "../windows.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { uniformWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

interface BiasOption extends WeightOptions {
  /** False for a layer that adds none; true when not given. */
  bias?: boolean;
}

export interface Conv1dOptions extends Convolution1dOptions, BiasOption {}
export interface Conv2dOptions extends ConvolutionOptions, BiasOption {}
export interface ConvTranspose2dOptions extends TransposedConvolutionOptions, BiasOption {}

/** Checks that groups divide the channels of both sides. */
function checkChannels(layer: string, inChannels: number, outChannels: number, groups: number): void {
  requireSizes(layer, { inChannels, outChannels, groups });
  for (const [name, channels] of Object.entries({ inChannels, outChannels })) {
    requireSizes(`${layer} with groups ${groups}`, { [`${name} / groups`]: channels / groups });
  }
}

/** Checks what a layer of convolutions was fed. */
function checkInput(layer: { readonly label: string }, x: Tensor, channels: number, positions: readonly string[]): void {
  requireInput(layer, x);
  const rank = positions.length + 2;
  if (x.ndim === rank && x.shape[1] === channels) return;
  let cure = "";
  if (x.ndim === rank - 1) cure = x.shape[0] === channels ? "add the batch dimension: x.unsqueeze(0)" : "add the channels' dimension: x.unsqueeze(1)";
  else if (x.ndim === rank && x.shape.at(-1) === channels) {
    cure = `channels come second here: x.permute([0, ${rank - 1}, ${positions.map((_, i) => i + 1).join(", ")}])`;
  }
  throw unexpected(layer, `[N, ${channels}, ${positions.join(", ")}]`, x, cure);
}

/** The options of a layer, each with its default, for its text. */
function optionTexts(options: Readonly<Record<string, unknown>>, bias: unknown): Record<string, [unknown, unknown]> {
  const otherwise: Record<string, unknown> = { stride: 1, padding: 0, outputPadding: 0, dilation: 1, groups: 1, causal: false };
  const texts = Object.entries(otherwise).map(([name, usual]): [string, [unknown, unknown]] => [name, [options[name], usual]]);
  return { ...Object.fromEntries(texts), bias: [bias !== undefined, true] };
}

/** Kernels over a sequence: from [N, inChannels, L] to [N, outChannels, oL]; see `functional.conv1d`. (torch.nn.Conv1d) */
export class Conv1d extends Module {
  /** [outChannels, inChannels / groups, kernelSize]. */
  readonly weight: Parameter;
  /** [outChannels]. */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly options: Readonly<Convolution1dOptions>;

  constructor(inChannels: number, outChannels: number, kernelSize: number, { bias = true, dtype, ...options }: Conv1dOptions = {}) {
    super();
    const { groups = 1 } = options;
    checkChannels("Conv1d", inChannels, outChannels, groups);
    requireSizes("Conv1d", { kernelSize });
    this.inChannels = inChannels;
    this.options = options;
    const fan = (inChannels / groups) * kernelSize;
    this.weight = uniformWeight([outChannels, inChannels / groups, kernelSize], fan, dtype);
    this.bias = bias ? uniformWeight([outChannels], fan, dtype) : undefined;
  }

  override forward(x: Tensor): Tensor {
    checkInput(this, x, this.inChannels, ["L"]);
    return conv1d(x, this.weight, this.bias, this.options);
  }

  override extraRepr(): string {
    const [outputs, , kernel] = this.weight.shape;
    return argumentsText([this.inChannels, outputs, kernel], optionTexts({ ...this.options }, this.bias));
  }
}

/** A kernel's size for texts: one number where both are equal. */
const kernelText = (weight: Tensor): unknown => (weight.shape[2] === weight.shape[3] ? weight.shape[2] : weight.shape.slice(2));

/** Kernels over an image: from [N, inChannels, H, W] to [N, outChannels, oH, oW]; see `functional.conv2d`. (torch.nn.Conv2d) */
export class Conv2d extends Module {
  /** [outChannels, inChannels / groups, kH, kW]. */
  readonly weight: Parameter;
  /** [outChannels]. */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly options: Readonly<ConvolutionOptions>;

  constructor(inChannels: number, outChannels: number, kernelSize: PairOption, { bias = true, dtype, ...options }: Conv2dOptions = {}) {
    super();
    const { groups = 1 } = options;
    checkChannels("Conv2d", inChannels, outChannels, groups);
    const kernel = pairOf("Conv2d", "kernelSize", kernelSize, 1);
    this.inChannels = inChannels;
    this.options = options;
    const fan = (inChannels / groups) * kernel[0] * kernel[1];
    this.weight = uniformWeight([outChannels, inChannels / groups, ...kernel], fan, dtype);
    this.bias = bias ? uniformWeight([outChannels], fan, dtype) : undefined;
  }

  override forward(x: Tensor): Tensor {
    checkInput(this, x, this.inChannels, ["H", "W"]);
    return conv2d(x, this.weight, this.bias, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.inChannels, this.weight.shape[0], kernelText(this.weight)], optionTexts({ ...this.options }, this.bias));
  }
}

/**
 * The transpose of a convolution: from [N, inChannels, H, W] to [N, outChannels, oH, oW]; see `functional.convTranspose2d`.
 * (torch.nn.ConvTranspose2d)
 */
export class ConvTranspose2d extends Module {
  /** [inChannels, outChannels / groups, kH, kW]. */
  readonly weight: Parameter;
  /** [outChannels]. */
  readonly bias: Parameter | undefined;
  readonly outChannels: number;
  readonly options: Readonly<TransposedConvolutionOptions>;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PairOption,
    { bias = true, dtype, ...options }: ConvTranspose2dOptions = {},
  ) {
    super();
    const { groups = 1 } = options;
    checkChannels("ConvTranspose2d", inChannels, outChannels, groups);
    const kernel = pairOf("ConvTranspose2d", "kernelSize", kernelSize, 1);
    this.outChannels = outChannels;
    this.options = options;
    // PyTorch counts the second dimension here too, which is that of the outputs.
    const fan = (outChannels / groups) * kernel[0] * kernel[1];
    this.weight = uniformWeight([inChannels, outChannels / groups, ...kernel], fan, dtype);
    this.bias = bias ? uniformWeight([outChannels], fan, dtype) : undefined;
  }

  override forward(x: Tensor): Tensor {
    checkInput(this, x, this.weight.shape[0]!, ["H", "W"]);
    return convTranspose2d(x, this.weight, this.bias, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.weight.shape[0], this.outChannels, kernelText(this.weight)], optionTexts({ ...this.options }, this.bias));
  }
}
