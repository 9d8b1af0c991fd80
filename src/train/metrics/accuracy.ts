/**
 * How often a classifier is right: at its first choice, or among its first few.
 */
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { UnreadNumbers } from "../../tensor/unread-numbers.ts";
import { agreement, decisions } from "./decisions.ts";
import type { DecisionOptions } from "./decisions.ts";
import type { Metric, MetricState } from "./metric.ts";

/** The share of the examples that are right. */
abstract class Share implements Metric<Tensor, Tensor> {
  protected right = 0;
  protected count = 0;
  /** What still lies on a card. */
  protected readonly unread = new UnreadNumbers();

  abstract update(output: Tensor, target: Tensor): void;

  compute(): number {
    this.unread.read();
    return this.right / this.count;
  }

  reset(): void {
    this.unread.clear();
    this.right = 0;
    this.count = 0;
  }

  stateDict(): MetricState {
    this.unread.read();
    return { right: this.right, count: this.count };
  }

  loadStateDict(state: MetricState): void {
    this.unread.clear();
    this.right = state["right"] as number;
    this.count = state["count"] as number;
  }
}

/**
 * The share of right decisions: of the largest of the scores [N, C, ...] for labels [N, ...], or of one probability (score)
 * for each label of 0 or 1.
 */
export class Accuracy extends Share {
  readonly #options: DecisionOptions;

  constructor(options: DecisionOptions = {}) {
    super();
    this.#options = options;
  }

  update(output: Tensor, target: Tensor): void {
    const onCard = requireTensor("Accuracy", output).device === "cpu" ? undefined : agreement("Accuracy", output, target, this.#options);
    if (onCard !== undefined) {
      const { right, counted } = onCard;
      this.unread.add(right, (number) => (this.right += number));
      if (typeof counted === "number") this.count += counted;
      else this.unread.add(counted, (number) => (this.count += number));
      return;
    }
    const { predicted, actual } = decisions("Accuracy", output, target, this.#options);
    for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) this.right++;
    this.count += actual.length;
  }
}

/** The share of examples whose label is among the `k` classes with the highest scores; of equal scores the first counts as higher. */
export class TopKAccuracy extends Share {
  readonly #k: number;

  /** @throws NablaError when k is no whole number from 1. */
  constructor({ k = 5 }: { k?: number } = {}) {
    super();
    if (!Number.isInteger(k) || k < 1) throw new NablaError(`TopKAccuracy: k is ${k}; it must be a whole number of at least 1`);
    this.#k = k;
  }

  /** @param output scores [N, C]; @param target labels [N]. @throws ShapeError for other shapes. */
  update(output: Tensor, target: Tensor): void {
    requireTensor("TopKAccuracy", output);
    requireTensor("TopKAccuracy", target);
    const [examples = 0, classes = 0] = output.shape;
    if (output.ndim !== 2 || target.ndim !== 1 || target.shape[0] !== examples) {
      throw new ShapeError(
        `TopKAccuracy: needs scores [N, C] and labels [N], got ${formatShape(output.shape)} and ${formatShape(target.shape)}`,
      );
    }
    const [scores, labels] = [output.detach().data(), target.data()];
    for (let i = 0; i < examples; i++) if (rank(scores, i * classes, classes, labels[i]!) < this.#k) this.right++;
    this.count += examples;
  }
}

/** How many classes come before one. A score of NaN comes before all others. */
function rank(scores: ArrayLike<number>, start: number, classes: number, label: number): number {
  const own = scores[start + label]!;
  let before = 0;
  for (let other = 0; other < classes; other++) {
    const score = scores[start + other]!;
    if (other === label) continue;
    if (other < label ? !(score < own) : !(score <= own)) before++;
  }
  return before;
}
