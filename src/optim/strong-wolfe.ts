/**
 * A line search: how far to go along a direction so that the loss falls by enough and the slope becomes flat enough (the
 * strong Wolfe conditions). The step first grows until an interval is known that holds a good one, then the interval shrinks;
 * each trial is the minimum of the cubic through the values and slopes of the two best-known ends.
 * Source: Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, algorithms 3.5 and 3.6 and equation 3.59. Constants
 * and safeguards are those of Mark Schmidt's minFunc, as in PyTorch's L-BFGS, so that both take the same steps.
 */
import type { Tensor } from "../tensor/tensor.ts";

/** What is known of one point on the line. */
export interface LinePoint {
  /** How far along the direction it is. */
  readonly step: number;
  readonly loss: number;
  readonly gradient: Tensor;
  /** The derivative of the loss along the direction. */
  readonly slope: number;
}

export interface LineSearchResult {
  readonly point: LinePoint;
  /** How often the loss was computed. */
  readonly evaluations: number;
}

/** How much of the fall that the first slope promises is asked for. */
const enoughFall = 1e-4;
/** How much of the first slope may be left. */
const enoughFlatness = 0.9;
/** An interval in which no parameter moves further than this is not divided. */
const smallestMove = 1e-9;

/**
 * @param start the point at step 0.
 * @param firstStep the first step tried.
 * @param reach the largest element of the direction, in absolute value.
 * @param mostTrials how many further steps are tried.
 * @param at computes the loss, gradient and slope at a step.
 */
export function strongWolfe(start: LinePoint, firstStep: number, reach: number, mostTrials: number, at: (step: number) => LinePoint): LineSearchResult {
  const limit = (step: number): number => start.loss + enoughFall * step * start.slope;
  const flat = (point: LinePoint): boolean => Math.abs(point.slope) <= -enoughFlatness * start.slope;
  let previous = start;
  let point = at(firstStep);
  let trials = 0;
  const found = (best: LinePoint): LineSearchResult => ({ point: best, evaluations: trials + 1 });

  let interval: readonly [LinePoint, LinePoint] | undefined;
  while (trials < mostTrials && interval === undefined) {
    if (point.loss > limit(point.step) || (trials > 1 && point.loss >= previous.loss)) interval = [previous, point];
    else if (flat(point)) return found(point);
    else if (point.slope >= 0) interval = [previous, point];
    else {
      const bounds = [point.step + 0.01 * (point.step - previous.step), point.step * 10] as const;
      const next = cubicMinimum(previous, point, bounds);
      previous = point;
      point = at(next);
      trials++;
    }
  }
  let [low, high] = ordered(interval ?? [start, point]);

  let stalled = false;
  while (trials < mostTrials) {
    const [left, right] = low.step < high.step ? [low.step, high.step] : [high.step, low.step];
    if ((right - left) * reach < smallestMove) break;
    let step = cubicMinimum(low, high, [left, right]);
    // A trial close to an end twice running, or outside, is moved inwards by a tenth of the interval.
    const margin = 0.1 * (right - left);
    if (Math.min(right - step, step - left) >= margin) stalled = false;
    else if (stalled || step >= right || step <= left) {
      step = Math.abs(step - right) < Math.abs(step - left) ? right - margin : left + margin;
      stalled = false;
    } else stalled = true;

    point = at(step);
    trials++;
    if (point.loss > limit(step) || point.loss >= low.loss) {
      [low, high] = ordered([low, point]);
    } else {
      if (flat(point)) return found(point);
      if (point.slope * (high.step - low.step) >= 0) high = low;
      low = point;
    }
  }
  return found(low);
}

/** The point of lower loss first. */
function ordered([a, b]: readonly [LinePoint, LinePoint]): [LinePoint, LinePoint] {
  return a.loss <= b.loss ? [a, b] : [b, a];
}

/** Where the cubic through two points' losses and slopes has its minimum, or the middle when it has none; within bounds. */
function cubicMinimum(a: LinePoint, b: LinePoint, [least, most]: readonly [number, number]): number {
  const [left, right] = a.step <= b.step ? [a, b] : [b, a];
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.step - b.step);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const share = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2);
  const minimum = right.step - (right.step - left.step) * share;
  return Math.min(Math.max(minimum, least), most);
}
