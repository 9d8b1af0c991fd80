/**
 * Metrics that are means, or follow from one: of any loss, of squared errors, of the surprise at each token.
 * Source of perplexity: Jelinek et al., "Perplexity, a measure of the difficulty of speech recognition tasks", 1977.
 */
import { crossEntropy } from "../../nn/losses/classification.ts";
import { mseLoss } from "../../nn/losses/regression.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { UnreadNumbers } from "../../tensor/unread-numbers.ts";
import type { Metric, MetricState } from "./metric.ts";

/** A weighted mean of numbers. */
export class RunningMean {
  sum = 0;
  count = 0;

  add(value: number, weight = 1): void {
    this.sum += value * weight;
    this.count += weight;
  }

  get value(): number {
    return this.sum / this.count;
  }

  reset(): void {
    this.sum = 0;
    this.count = 0;
  }

  stateDict(): { sum: number; count: number } {
    return { sum: this.sum, count: this.count };
  }

  loadStateDict(state: MetricState): void {
    this.sum = state["sum"] as number;
    this.count = state["count"] as number;
  }
}

abstract class MeanBased<Output, Target> implements Metric<Output, Target> {
  readonly #mean = new RunningMean();
  /** What still lies on a card. */
  protected readonly unread = new UnreadNumbers();

  abstract update(output: Output, target: Target): void;

  protected get mean(): RunningMean {
    return this.#mean;
  }

  compute(): number {
    this.unread.read();
    return this.#mean.value;
  }

  reset(): void {
    this.unread.clear();
    this.#mean.reset();
  }

  stateDict(): MetricState {
    this.unread.read();
    return this.#mean.stateDict();
  }

  loadStateDict(state: MetricState): void {
    this.unread.clear();
    this.#mean.loadStateDict(state);
  }
}

/**
 * The mean of any function of outputs and targets over the examples, such as a second loss: `new Mean(nn.functional.l1Loss)`.
 * The function gives the mean of a batch; batches count by their first dimension.
 */
export class Mean<Output = Tensor, Target = Tensor> extends MeanBased<Output, Target> {
  readonly #of: (output: Output, target: Target) => Tensor | number;

  constructor(of: (output: Output, target: Target) => Tensor | number) {
    super();
    this.#of = of;
  }

  update(output: Output, target: Target): void {
    const value = noGrad(() => this.#of(output, target));
    const examples = examplesOf(target);
    if (isTensor(value)) this.unread.add(value, (number) => this.mean.add(number, examples));
    else this.mean.add(value, examples);
  }
}

/** How many examples a batch has: the size of the first dimension, 1 where there is none to be seen. */
export function examplesOf(target: unknown): number {
  if (isTensor(target)) return target.shape[0] ?? 1;
  if (Array.isArray(target)) return isTensor(target[0]) ? (target[0].shape[0] ?? 1) : target.length;
  return 1;
}

/** The root of the mean squared error (RMSE), in the unit of the targets. */
export class RootMeanSquaredError extends MeanBased<Tensor, Tensor> {
  /** @throws ShapeError when the shapes differ. */
  update(output: Tensor, target: Tensor): void {
    const sum = noGrad(() => mseLoss(output.detach(), target.detach().to(output.dtype), { reduction: "sum" }));
    const { numel } = target;
    this.unread.add(sum, (number) => this.mean.add(number / (numel || 1), numel));
  }

  override compute(): number {
    return Math.sqrt(super.compute());
  }
}

/** How many tokens a language model is torn between on average: e to the power of its mean cross-entropy. */
export class Perplexity extends MeanBased<Tensor, Tensor> {
  readonly #ignoreIndex: number | undefined;

  /** @param options.ignoreIndex tokens with this number, padding as a rule, count for nothing. */
  constructor({ ignoreIndex }: { ignoreIndex?: number } = {}) {
    super();
    this.#ignoreIndex = ignoreIndex;
  }

  /**
   * @param output scores, shape [N, C] or [N, C, ...]; @param target tokens, shape [N] or [N, ...].
   * @throws ShapeError when they do not fit.
   */
  update(output: Tensor, target: Tensor): void {
    if (output.ndim < 2) throw new ShapeError(`Perplexity: needs scores [N, C] or [N, C, ...], got ${formatShape(output.shape)}`);
    const ignoreIndex = this.#ignoreIndex;
    noGrad(() => {
      const options = ignoreIndex === undefined ? {} : { ignoreIndex };
      const sum = crossEntropy(output.detach(), target, { ...options, reduction: "sum" });
      let tokens = target.numel;
      if (ignoreIndex !== undefined) this.unread.add(target.ne(ignoreIndex).to("int32").sum(), (number) => (tokens = number));
      this.unread.add(sum, (number) => {
        if (tokens > 0) this.mean.add(number / tokens, tokens);
      });
    });
  }

  override compute(): number {
    return Math.exp(super.compute());
  }
}
