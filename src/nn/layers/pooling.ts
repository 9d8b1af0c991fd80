/**
 * Pooling layers: each window of an image or a sequence becomes one number. Options and sizes are those of the functions.
 */
import type { AvgPoolOptions, MaxPoolOptions, Pair } from "../../tensor/methods/pooling.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";
import { argumentsText, requireInput, unexpected } from "./describe.ts";

/** Checks what a layer was fed: planes or rows, alone or in a batch. */
function checkRank(layer: { readonly label: string }, x: Tensor, positions: readonly string[]): Tensor {
  const rank = requireInput(layer, x).ndim;
  if (rank === positions.length + 1 || rank === positions.length + 2) return x;
  const form = positions.join(", ");
  throw unexpected(layer, `[N, C, ${form}] or [C, ${form}]`, x);
}

/** The options of a layer, each with its default, for its text. */
function optionTexts(options: Readonly<Record<string, unknown>>, kernelSize: Pair): Record<string, readonly [unknown, unknown]> {
  const otherwise = { stride: kernelSize, padding: 0, dilation: 1, ceilMode: false, countIncludePad: true, divisorOverride: undefined };
  return Object.fromEntries(Object.entries(otherwise).map(([name, usual]) => [name, [options[name], usual]]));
}

/** The largest element of each window of an image. (torch.nn.MaxPool2d) */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: Readonly<MaxPoolOptions>;

  constructor(kernelSize: Pair, options: MaxPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["H", "W"]).maxPool2d(this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.kernelSize], optionTexts({ ...this.options }, this.kernelSize));
  }
}

/** The largest element of each window of a sequence. (torch.nn.MaxPool1d) */
export class MaxPool1d extends Module {
  readonly kernelSize: number;
  readonly options: Readonly<MaxPoolOptions<number>>;

  constructor(kernelSize: number, options: MaxPoolOptions<number> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["L"]).maxPool1d(this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.kernelSize], optionTexts({ ...this.options }, this.kernelSize));
  }
}

/** The mean of each window of an image. (torch.nn.AvgPool2d) */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: Readonly<AvgPoolOptions>;

  constructor(kernelSize: Pair, options: AvgPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["H", "W"]).avgPool2d(this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.kernelSize], optionTexts({ ...this.options }, this.kernelSize));
  }
}

/** The mean of each window of a sequence. (torch.nn.AvgPool1d) */
export class AvgPool1d extends Module {
  readonly kernelSize: number;
  readonly options: Readonly<AvgPoolOptions<number>>;

  constructor(kernelSize: number, options: AvgPoolOptions<number> = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["L"]).avgPool1d(this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return argumentsText([this.kernelSize], optionTexts({ ...this.options }, this.kernelSize));
  }
}

/** Means of windows as even as the wanted size allows: [N, C, L] to [N, C, outputSize]. (torch.nn.AdaptiveAvgPool1d) */
export class AdaptiveAvgPool1d extends Module {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    this.outputSize = outputSize;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["L"]).adaptiveAvgPool1d(this.outputSize);
  }

  override extraRepr(): string {
    return argumentsText([this.outputSize]);
  }
}

/** The largest of windows as even as the wanted size allows: [N, C, H, W] to [N, C, ...outputSize]. (torch.nn.AdaptiveMaxPool2d) */
export class AdaptiveMaxPool2d extends Module {
  readonly outputSize: Pair;

  constructor(outputSize: Pair) {
    super();
    this.outputSize = outputSize;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["H", "W"]).adaptiveMaxPool2d(this.outputSize);
  }

  override extraRepr(): string {
    return argumentsText([this.outputSize]);
  }
}

/** Means of windows as even as the wanted size allows: [N, C, H, W] to [N, C, ...outputSize]. (torch.nn.AdaptiveAvgPool2d) */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;

  constructor(outputSize: Pair) {
    super();
    this.outputSize = outputSize;
  }

  override forward(x: Tensor): Tensor {
    return checkRank(this, x, ["H", "W"]).adaptiveAvgPool2d(this.outputSize);
  }

  override extraRepr(): string {
    return argumentsText([this.outputSize]);
  }
}
