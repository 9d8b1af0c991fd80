/**
 * Losses as modules: what `functional` computes, with its options said once. Names are PyTorch's where it has the loss;
 * MSLELoss and MAPELoss are Keras's, the hinge and exponential losses those of support-vector machines and AdaBoost.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "../losses/binary.ts";
import { crossEntropy, nllLoss } from "../losses/classification.ts";
import type { CrossEntropyOptions, LabelLossOptions } from "../losses/classification.ts";
import { klDiv } from "../losses/divergence.ts";
import { cosineEmbeddingLoss, exponentialLoss, hingeLoss, squaredHingeLoss, tripletMarginLoss } from "../losses/margin.ts";
import type { LossOptions } from "../losses/reduction.ts";
import { huberLoss, l1Loss, mapeLoss, mseLoss, msleLoss, smoothL1Loss } from "../losses/regression.ts";
import { Module } from "../module/module.ts";
import { Buffer } from "../module/parameter.ts";
import { argumentsText, requireInput } from "./describe.ts";

/** What the losses do alike. */
abstract class Loss<Options extends object, Input extends readonly Tensor[] = [input: Tensor, target: Tensor]> extends Module<Input> {
  /** The options that were given, without tensors. */
  readonly options: Readonly<Options>;

  constructor(options: Options = {} as Options) {
    super();
    this.options = options;
  }

  override extraRepr(): string {
    return argumentsText([], Object.fromEntries(Object.entries(this.options).map(([name, value]) => [name, [value, undefined]])));
  }
}

/** A loss with a factor for each class or element, which belongs to its state as in PyTorch. */
abstract class WeightedLoss<Options extends { weight?: Tensor }> extends Loss<Omit<Options, "weight">> {
  readonly weight: Buffer | undefined;

  constructor({ weight, ...options }: Options = {} as Options) {
    super(options);
    this.weight = weight === undefined ? undefined : new Buffer(requireInput(this, weight).detach());
  }

  /** The function's options. */
  protected get settings(): Omit<Options, "weight"> & { weight?: Tensor } {
    return this.weight === undefined ? this.options : { ...this.options, weight: this.weight };
  }
}

/** The mean squared error; see `functional.mseLoss`. (torch.nn.MSELoss) */
export class MSELoss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this.options);
  }
}

/** The mean absolute error; see `functional.l1Loss`. (torch.nn.L1Loss) */
export class L1Loss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}

/** Half the squared error, straight on beyond an error of `delta`; see `functional.huberLoss`. (torch.nn.HuberLoss) */
export class HuberLoss extends Loss<LossOptions & { delta?: number }> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, this.options);
  }
}

/** The absolute error, rounded off below `beta`; see `functional.smoothL1Loss`. (torch.nn.SmoothL1Loss) */
export class SmoothL1Loss extends Loss<LossOptions & { beta?: number }> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, this.options);
  }
}

/** The mean squared logarithmic error; see `functional.msleLoss`. */
export class MSLELoss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return msleLoss(input, target, this.options);
  }
}

/** The mean absolute percentage error; see `functional.mapeLoss`. */
export class MAPELoss extends Loss<LossOptions & { eps?: number }> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return mapeLoss(input, target, this.options);
  }
}

/** The cross-entropy of probabilities against labels of 0 and 1; see `functional.binaryCrossEntropy`. (torch.nn.BCELoss) */
export class BCELoss extends WeightedLoss<LossOptions & { weight?: Tensor }> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, this.settings);
  }
}

/**
 * The cross-entropy of scores against labels of 0 and 1; see `functional.binaryCrossEntropyWithLogits`.
 * (torch.nn.BCEWithLogitsLoss)
 */
export class BCEWithLogitsLoss extends WeightedLoss<LossOptions & { weight?: Tensor }> {
  readonly posWeight: Buffer | undefined;

  /** @param options.posWeight a factor of the losses of positive labels. */
  constructor({ posWeight, ...options }: LossOptions & { weight?: Tensor; posWeight?: Tensor } = {}) {
    super(options);
    this.posWeight = posWeight === undefined ? undefined : new Buffer(requireInput(this, posWeight).detach());
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, { ...this.settings, ...(this.posWeight && { posWeight: this.posWeight }) });
  }
}

/** The cross-entropy of scores against labels; see `functional.crossEntropy`. (torch.nn.CrossEntropyLoss) */
export class CrossEntropyLoss extends WeightedLoss<CrossEntropyOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this.settings);
  }
}

/** The negative log-likelihood of log-probabilities against labels; see `functional.nllLoss`. (torch.nn.NLLLoss) */
export class NLLLoss extends WeightedLoss<LabelLossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this.settings);
  }
}

/** The Kullback-Leibler divergence of the target from the input; see `functional.klDiv`. (torch.nn.KLDivLoss) */
export class KLDivLoss extends Loss<NonNullable<Parameters<typeof klDiv>[2]>> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, this.options);
  }
}

/** max(0, 1 - score times label), labels -1 and 1; see `functional.hingeLoss`. */
export class HingeLoss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return hingeLoss(input, target, this.options);
  }
}

/** max(0, 1 - score times label)^2, labels -1 and 1; see `functional.squaredHingeLoss`. */
export class SquaredHingeLoss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return squaredHingeLoss(input, target, this.options);
  }
}

/** exp(-score times label), labels -1 and 1; see `functional.exponentialLoss`. */
export class ExponentialLoss extends Loss<LossOptions> {
  override forward(input: Tensor, target: Tensor): Tensor {
    return exponentialLoss(input, target, this.options);
  }
}

/** 1 - cosine where vectors belong together, their cosine where not; see `functional.cosineEmbeddingLoss`. (torch.nn.CosineEmbeddingLoss) */
export class CosineEmbeddingLoss extends Loss<LossOptions & { margin?: number }, [input1: Tensor, input2: Tensor, target: Tensor]> {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input1, input2, target, this.options);
  }
}

/** How much nearer the positive is to the anchor than the negative; see `functional.tripletMarginLoss`. (torch.nn.TripletMarginLoss) */
export class TripletMarginLoss extends Loss<
  NonNullable<Parameters<typeof tripletMarginLoss>[3]>,
  [anchor: Tensor, positive: Tensor, negative: Tensor]
> {
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.options);
  }
}
