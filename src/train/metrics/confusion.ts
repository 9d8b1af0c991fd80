/**
 * Which class was taken for which, and what follows from it: precision, recall and F1.
 * Sources: van Rijsbergen, "Information retrieval", 1979 (F); the averages, and 0 where a quotient is 0 / 0, are scikit-learn's.
 */
import { NablaError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { decisions } from "./decisions.ts";
import type { DecisionOptions } from "./decisions.ts";
import type { Metric, MetricState } from "./metric.ts";

/** Options of {@link ConfusionMatrix}. */
export interface ConfusionMatrixOptions extends DecisionOptions {
  /** How many classes there are; as many as have been seen when not given. */
  numClasses?: number;
}

/** Counts of decisions, row by true class, column by the class decided for. */
abstract class Confusion<Value> implements Metric<Tensor, Tensor, Value> {
  protected counts: number[][] = [];
  readonly #name: string;
  readonly #options: ConfusionMatrixOptions;

  constructor(name: string, options: ConfusionMatrixOptions) {
    this.#name = name;
    this.#options = options;
    this.#grow(options.numClasses ?? 0);
  }

  /** @throws NablaError for a class outside `numClasses`. */
  update(output: Tensor, target: Tensor): void {
    const { predicted, actual } = decisions(this.#name, output, target, this.#options);
    const { numClasses = Infinity } = this.#options;
    for (let i = 0; i < actual.length; i++) {
      const largest = Math.max(actual[i]!, predicted[i]!);
      if (Math.min(actual[i]!, predicted[i]!) < 0 || largest >= numClasses) {
        const [row, column] = [actual[i], predicted[i]];
        throw new NablaError(`${this.#name}: class ${row} taken for ${column}; classes are numbered from 0${numClasses < Infinity ? ` to ${numClasses - 1}` : ""}`);
      }
      this.#grow(largest + 1);
      this.counts[actual[i]!]![predicted[i]!]!++;
    }
  }

  abstract compute(): Value;

  reset(): void {
    this.counts = [];
    this.#grow(this.#options.numClasses ?? 0);
  }

  stateDict(): MetricState {
    return { counts: this.counts.map((row) => [...row]) };
  }

  loadStateDict(state: MetricState): void {
    this.counts = (state["counts"] as readonly (readonly number[])[]).map((row) => [...row]);
  }

  #grow(classes: number): void {
    if (classes <= this.counts.length) return;
    for (const row of this.counts) while (row.length < classes) row.push(0);
    while (this.counts.length < classes) this.counts.push(new Array<number>(classes).fill(0));
  }
}

/** Counts: row i, column j says how many examples of class i were taken for class j. `plot.confusionMatrix` draws it. */
export class ConfusionMatrix extends Confusion<number[][]> {
  constructor(options: ConfusionMatrixOptions = {}) {
    super("ConfusionMatrix", options);
  }

  compute(): number[][] {
    return this.counts.map((row) => [...row]);
  }
}

/** How one number is made of the classes' numbers. */
export type Average = "binary" | "micro" | "macro" | "weighted";

/** Options of {@link Precision}, {@link Recall} and {@link F1Score}. */
export interface AveragedOptions extends DecisionOptions {
  /**
   * `"binary"` (when not given): of class 1 alone, for two classes. `"micro"`: of all decisions together. `"macro"`: the mean
   * over the classes that occur. `"weighted"`: the same, weighted by how often each is true.
   */
  average?: Average;
}

/** What was decided about one class. */
interface Tally {
  /** Of this class, and taken for it. */
  readonly hits: number;
  /** Taken for it. */
  readonly claimed: number;
  /** Of this class. */
  readonly present: number;
}

abstract class ClassScore extends Confusion<number> {
  readonly #average: Average;
  readonly #label: string;

  constructor(name: string, { average = "binary", ...options }: AveragedOptions) {
    super(name, options);
    if (!["binary", "micro", "macro", "weighted"].includes(average)) {
      throw new NablaError(`${name}: average is ${JSON.stringify(average)}; known are "binary", "micro", "macro" and "weighted"`);
    }
    this.#average = average;
    this.#label = name;
  }

  /** @throws NablaError when the average is `"binary"` and there are more than two classes. */
  compute(): number {
    const tallies = this.counts.map((row, label): Tally => ({
      hits: row[label]!,
      claimed: this.counts.reduce((sum, other) => sum + other[label]!, 0),
      present: row.reduce((sum, count) => sum + count, 0),
    }));
    if (tallies.every(({ present }) => present === 0)) return NaN;
    if (this.#average === "binary") {
      if (tallies.length > 2) {
        throw new NablaError(`${this.#label}: there are ${tallies.length} classes; say average: "macro", "micro" or "weighted"`);
      }
      return this.score(tallies[1] ?? { hits: 0, claimed: 0, present: 0 });
    }
    const total = (part: keyof Tally): number => tallies.reduce((sum, tally) => sum + tally[part], 0);
    if (this.#average === "micro") return this.score({ hits: total("hits"), claimed: total("claimed"), present: total("present") });
    const occurring = tallies.filter(({ claimed, present }) => claimed + present > 0);
    const weight = ({ present }: Tally): number => (this.#average === "macro" ? 1 : present);
    const weights = occurring.reduce((sum, tally) => sum + weight(tally), 0);
    return occurring.reduce((sum, tally) => sum + weight(tally) * this.score(tally), 0) / weights;
  }

  /** The score of one class. */
  protected abstract score(tally: Tally): number;
}

const quotient = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Of what was taken for a class, the share that is of it. */
export class Precision extends ClassScore {
  constructor(options: AveragedOptions = {}) {
    super("Precision", options);
  }

  protected score({ hits, claimed }: Tally): number {
    return quotient(hits, claimed);
  }
}

/** Of what is of a class, the share that was taken for it. */
export class Recall extends ClassScore {
  constructor(options: AveragedOptions = {}) {
    super("Recall", options);
  }

  protected score({ hits, present }: Tally): number {
    return quotient(hits, present);
  }
}

/** The harmonic mean of precision and recall. */
export class F1Score extends ClassScore {
  constructor(options: AveragedOptions = {}) {
    super("F1Score", options);
  }

  protected score({ hits, claimed, present }: Tally): number {
    return quotient(2 * hits, claimed + present);
  }
}
