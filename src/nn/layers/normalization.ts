/**
 * Layers that normalise activations. Sources: Ioffe and Szegedy, "Batch normalization", 2015; Ba, Kiros and Hinton, "Layer
 * normalization", 2016; Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks",
 * 2012 (local response).
 */
import { full, tensor, zeros } from "../../tensor/creation.ts";
import type { DType } from "../../tensor/dtype.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";
import { Buffer } from "../module/parameter.ts";
import type { Parameter } from "../module/parameter.ts";
import { batchNorm, layerNorm, localResponseNorm } from "../normalization.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { constantWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

export interface BatchNormLayerOptions extends WeightOptions {
  /** Added to the variance; 1e-5 when not given. */
  eps?: number;
  /** How far the running statistics move to those of a batch, 0.1 when not given; null for the mean over all batches. */
  momentum?: number | null;
  /** False for a layer without scale and shift; true when not given. */
  affine?: boolean;
  /** False for a layer that uses the batch's own statistics always; true when not given. */
  trackRunningStats?: boolean;
}

/** What both batch normalisations do. */
abstract class BatchNorm extends Module {
  /** Scale of each channel, [numFeatures], 1 at first. */
  readonly weight: Parameter | undefined;
  /** Shift of each channel, [numFeatures], 0 at first. */
  readonly bias: Parameter | undefined;
  /** Mean of each channel over past batches, [numFeatures]. */
  readonly runningMean: Buffer | undefined;
  /** Unbiased variance of each channel over past batches, [numFeatures]. */
  readonly runningVar: Buffer | undefined;
  /** How many batches there were, int32 []. */
  readonly numBatchesTracked: Buffer | undefined;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;

  constructor(
    numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true, dtype }: BatchNormLayerOptions = {},
  ) {
    super();
    requireSizes(new.target.name, { numFeatures });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    const typed: { dtype?: DType } = dtype === undefined ? {} : { dtype };
    this.weight = affine ? constantWeight([numFeatures], 1, dtype) : undefined;
    this.bias = affine ? constantWeight([numFeatures], 0, dtype) : undefined;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures], typed)) : undefined;
    this.runningVar = trackRunningStats ? new Buffer(full([numFeatures], 1, typed)) : undefined;
    this.numBatchesTracked = trackRunningStats ? new Buffer(tensor(0, { dtype: "int32" })) : undefined;
  }

  /** What the layer takes. */
  protected abstract readonly form: string;
  /** Whether an input has as many dimensions as the layer takes. */
  protected abstract takes(rank: number): boolean;

  override forward(x: Tensor): Tensor {
    requireInput(this, x);
    if (!this.takes(x.ndim) || x.shape[1] !== this.numFeatures) {
      const last = x.ndim > 2 && this.takes(x.ndim) && x.shape.at(-1) === this.numFeatures;
      throw unexpected(this, this.form, x, last ? "channels come second here: permute the dimensions" : "");
    }
    const { weight, bias, eps, runningMean, runningVar, numBatchesTracked } = this;
    const tracked = runningMean !== undefined;
    let momentum: number | Tensor = this.momentum ?? 0;
    const affine = { ...(weight === undefined ? {} : { weight }), ...(bias === undefined ? {} : { bias }) };
    if (this.training && numBatchesTracked !== undefined) {
      noGrad(() => numBatchesTracked.add_(1));
      // A tensor, so that a compiled step counts on.
      if (this.momentum === null) momentum = numBatchesTracked.to(runningMean!.dtype).reciprocal();
    }
    return batchNorm(x, runningMean, runningVar, { ...affine, eps, momentum, training: this.training || !tracked });
  }

  override extraRepr(): string {
    return argumentsText([this.numFeatures], {
      eps: [this.eps, 1e-5],
      momentum: [this.momentum, 0.1],
      affine: [this.weight !== undefined, true],
      trackRunningStats: [this.runningMean !== undefined, true],
    });
  }
}

/** Batch normalisation of vectors [N, C] or sequences [N, C, L]. (torch.nn.BatchNorm1d) */
export class BatchNorm1d extends BatchNorm {
  protected override get form(): string {
    return `[N, ${this.numFeatures}] or [N, ${this.numFeatures}, L]`;
  }

  protected override takes(rank: number): boolean {
    return rank === 2 || rank === 3;
  }
}

/** Batch normalisation of images [N, C, H, W]. (torch.nn.BatchNorm2d) */
export class BatchNorm2d extends BatchNorm {
  protected override get form(): string {
    return `[N, ${this.numFeatures}, H, W]`;
  }

  protected override takes(rank: number): boolean {
    return rank === 4;
  }
}

export interface LayerNormLayerOptions extends WeightOptions {
  /** Added to the variance; 1e-5 when not given. */
  eps?: number;
  /** False for a layer without scale and shift; true when not given. */
  elementwiseAffine?: boolean;
  /** False for a layer without shift; true when not given. */
  bias?: boolean;
}

/** Each example normalised over its last dimensions, then scaled and shifted. (torch.nn.LayerNorm) */
export class LayerNorm extends Module {
  /** Scale of each position, of `normalizedShape`, 1 at first. */
  readonly weight: Parameter | undefined;
  /** Shift of each position, of `normalizedShape`, 0 at first. */
  readonly bias: Parameter | undefined;
  readonly normalizedShape: Shape;
  readonly eps: number;

  constructor(
    normalizedShape: number | Shape,
    { eps = 1e-5, elementwiseAffine = true, bias = true, dtype }: LayerNormLayerOptions = {},
  ) {
    super();
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.normalizedShape.forEach((size, d) => requireSizes("LayerNorm", { [`normalizedShape[${d}]`]: size }));
    this.eps = eps;
    this.weight = elementwiseAffine ? constantWeight(this.normalizedShape, 1, dtype) : undefined;
    this.bias = elementwiseAffine && bias ? constantWeight(this.normalizedShape, 0, dtype) : undefined;
  }

  override forward(x: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps } = this;
    if (!sameShape(requireInput(this, x).shape.slice(-normalizedShape.length), normalizedShape)) {
      throw unexpected(this, `[..., ${normalizedShape.join(", ")}]`, x);
    }
    const affine = { ...(weight === undefined ? {} : { weight }), ...(bias === undefined ? {} : { bias }) };
    return layerNorm(x, normalizedShape, { ...affine, eps });
  }

  override extraRepr(): string {
    return argumentsText([this.normalizedShape], {
      eps: [this.eps, 1e-5],
      elementwiseAffine: [this.weight !== undefined, true],
      bias: [this.bias !== undefined, this.weight !== undefined],
    });
  }
}

/**
 * Each element divided by a power of the mean square of its neighbours in `size` channels: x / (k + alpha mean(x^2))^beta.
 * (torch.nn.LocalResponseNorm)
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: { alpha?: number; beta?: number; k?: number } = {}) {
    super();
    requireSizes("LocalResponseNorm", { size });
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(x: Tensor): Tensor {
    if (requireInput(this, x).ndim < 3) throw unexpected(this, "[N, C, ...]", x);
    return localResponseNorm(x, this.size, { alpha: this.alpha, beta: this.beta, k: this.k });
  }

  override extraRepr(): string {
    return argumentsText([this.size], { alpha: [this.alpha, 1e-4], beta: [this.beta, 0.75], k: [this.k, 1] });
  }
}
