/** What a classifier says over a part of the plane: a class and a degree of certainty for each point of a grid. */
import { noGrad } from "../tensor/grad-mode.ts";
import { tensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { steps } from "./function-grid.ts";
import type { PlaneDomain } from "./function-grid.ts";
import { ChartDataError } from "./values.ts";

/** A model, or a function of a tensor. Given points of shape [N, 2] it gives scores [N, classes], or one number for each. */
export type Classifier = { forward(points: Tensor): Tensor; training?: boolean; train?(mode: boolean): unknown } | ((points: Tensor) => Tensor);

/** Scores of each point, `[point][class]`, that add up to 1. */
export type Shares = readonly (readonly number[])[];

/**
 * Asks a classifier about points. A model is asked in evaluation mode, and nothing is recorded for gradients.
 *
 * What it gives is read by its form: [N, K] are scores of K classes, made shares by softmax unless they are shares already;
 * [N] or [N, 1] of a floating type is one number for two classes, a probability of class 1 if all lie between 0 and 1 and
 * else a logit; whole numbers are the classes themselves.
 */
export function sharesOf(classifier: Classifier, points: readonly (readonly [number, number])[], classes: number): Shares {
  const answer = ask(classifier, tensor(points.map((point) => [...point])));
  const { shape, dtype } = answer;
  if (shape[0] !== points.length || shape.length > 2) {
    throw new ChartDataError(`decisionBoundary: for ${points.length} points of shape [${points.length}, 2] the classifier must give [${points.length}, classes] or [${points.length}], but gave [${shape.join(", ")}]`);
  }
  const numbers = answer.data();
  const across = shape[1] ?? 1;
  const row = (i: number): number[] => Array.from({ length: across }, (_, k) => Number(numbers[i * across + k]));
  if (across > 1) return points.map((_, i) => asShares(row(i)));
  const single = points.map((_, i) => row(i)[0]!);
  if (!dtype.startsWith("float")) return single.map((label) => Array.from({ length: Math.max(classes, label + 1) }, (_, k) => (k === label ? 1 : 0)));
  const isProbability = single.every((value) => value >= 0 && value <= 1);
  return single.map((value) => {
    const one = isProbability ? value : 1 / (1 + Math.exp(-value));
    return [1 - one, one];
  });
}

function ask(classifier: Classifier, points: Tensor): Tensor {
  return noGrad(() => {
    if (typeof classifier === "function") return classifier(points);
    const wasTraining = classifier.training === true && classifier.train !== undefined;
    if (wasTraining) classifier.train!(false);
    try {
      return classifier.forward(points);
    } finally {
      if (wasTraining) classifier.train!(true);
    }
  });
}

function asShares(scores: readonly number[]): number[] {
  const sum = scores.reduce((total, score) => total + score, 0);
  if (scores.every((score) => score >= 0) && Math.abs(sum - 1) < 1e-3) return [...scores];
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}

/** The points of a grid over the domain, row after row from the lowest y up. */
export function gridPoints({ x, y }: PlaneDomain, columns: number, rows: number): [number, number][] {
  const xs = steps(x, columns);
  return steps(y, rows).flatMap((up) => xs.map((across): [number, number] => [across, up]));
}

/** The class with the largest share. */
export function likeliest(shares: readonly number[]): number {
  return shares.reduce((best, share, k) => (share > shares[best]! ? k : best), 0);
}

/** How far class `k` lies ahead of the best other class: positive where it wins, zero on its border. */
export function lead(shares: readonly number[], k: number): number {
  return shares[k]! - Math.max(...shares.filter((_, other) => other !== k));
}
