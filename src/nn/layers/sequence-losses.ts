/**
 * Losses of whole sequences as modules: targets that nobody has aligned, and labels that depend on their neighbours.
 * Sources: Graves et al., "Connectionist temporal classification", 2006; Lafferty, McCallum and Pereira, "Conditional random
 * fields", 2001.
 */
import { zeros } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { crfDecode, crfLogLikelihood } from "../losses/crf.ts";
import type { CrfOptions, Decoded } from "../losses/crf.ts";
import { ctcLoss } from "../losses/ctc.ts";
import type { CtcLossOptions, Lengths } from "../losses/ctc.ts";
import { uniform_ } from "../init.ts";
import { reduce } from "../losses/reduction.ts";
import type { LossOptions } from "../losses/reduction.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import type { WeightOptions } from "./weights.ts";

/** Minus the log-probability that sequences say their targets; see `functional.ctcLoss`. (torch.nn.CTCLoss) */
export class CTCLoss extends Module<[logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths]> {
  readonly options: Readonly<CtcLossOptions>;

  constructor(options: CtcLossOptions = {}) {
    super();
    this.options = options;
  }

  override forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }

  override extraRepr(): string {
    const { blank, reduction, zeroInfinity } = this.options;
    return argumentsText([], { blank: [blank, 0], reduction: [reduction, "mean"], zeroInfinity: [zeroInfinity, false] });
  }
}

export interface CRFOptions extends LossOptions, WeightOptions {
  /** Emissions and labels are [N, T, ...] in place of [T, N, ...]. */
  batchFirst?: boolean;
}

/**
 * A linear chain of labels whose transitions are learnt: minus the log-likelihood of label sequences, given scores of each
 * label at each step. Names of its weights, their layout and first values (uniform within 0.1) are those of the Python
 * package pytorch-crf.
 */
export class CRF extends Module<[emissions: Tensor, tags: Tensor, options?: { lengths?: Lengths }]> {
  /** Scores of the first label, [numTags]. */
  readonly startTransitions: Parameter;
  /** Scores of the last label, [numTags]. */
  readonly endTransitions: Parameter;
  /** Scores of going from a label (row) to the next (column), [numTags, numTags]. */
  readonly transitions: Parameter;
  readonly numTags: number;
  readonly batchFirst: boolean;
  readonly reduction: LossOptions["reduction"];

  constructor(numTags: number, { batchFirst = false, reduction = "mean", dtype }: CRFOptions = {}) {
    super();
    requireSizes("CRF", { numTags });
    const scores = (shape: readonly number[]): Parameter =>
      new Parameter(uniform_(zeros(shape, dtype === undefined ? {} : { dtype }), -0.1, 0.1));
    this.startTransitions = scores([numTags]);
    this.endTransitions = scores([numTags]);
    this.transitions = scores([numTags, numTags]);
    this.numTags = numTags;
    this.batchFirst = batchFirst;
    this.reduction = reduction;
  }

  #stepsFirst(emissions: Tensor): Tensor {
    const form = this.batchFirst ? "N, T" : "T, N";
    if (requireInput(this, emissions).ndim !== 3 || emissions.shape[2] !== this.numTags) {
      throw unexpected(this, `emissions [${form}, ${this.numTags}]`, emissions);
    }
    return this.batchFirst ? emissions.transpose(0, 1) : emissions;
  }

  #options(lengths: Lengths | undefined): CrfOptions {
    return { start: this.startTransitions, end: this.endTransitions, ...(lengths !== undefined && { lengths }) };
  }

  /**
   * @param emissions scores [T, N, numTags] (or batch first).
   * @param tags the labels, int32 [T, N].
   * @param options.lengths how many steps of each sequence count.
   * @returns minus the log-likelihoods, reduced: their mean when not told otherwise.
   */
  override forward(emissions: Tensor, tags: Tensor, { lengths }: { lengths?: Lengths } = {}): Tensor {
    const labels = this.batchFirst && requireInput(this, tags).ndim === 2 ? tags.transpose(0, 1) : tags;
    const likelihoods = crfLogLikelihood(this.#stepsFirst(emissions), labels, this.transitions, this.#options(lengths));
    return reduce("CRF", likelihoods.neg(), this.reduction);
  }

  /** The label sequences of the highest score, one list a sequence; see `functional.crfDecode`. */
  decode(emissions: Tensor, { lengths }: { lengths?: Lengths } = {}): Decoded {
    return crfDecode(this.#stepsFirst(emissions), this.transitions, this.#options(lengths));
  }

  override extraRepr(): string {
    return argumentsText([this.numTags], { batchFirst: [this.batchFirst, false], reduction: [this.reduction, "mean"] });
  }
}
