/**
 * How near points are to each other, as t-SNE sees it: around each point a normal distribution just as wide that its
 * perplexity (about how many neighbours count) is the wanted one. Source: van der Maaten and Hinton, "Visualizing data using
 * t-SNE", 2008, sections 2 and 3.1.
 */
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Squared distances between all points [N, D], row after row. */
export function squaredDistances(x: Tensor): Float64Array {
  return noGrad(() => {
    const rows = x.detach().to("float64");
    const lengths = rows.square().sum({ dim: 1, keepdim: true });
    const squares = lengths.add(lengths.t()).sub(rows.matmul(rows.t()).mul(2)).clamp({ min: 0 });
    return squares.data() as Float64Array;
  });
}

/** So near must the entropy come to the wanted one, in nats. */
const entropyTolerance = 1e-6;
const mostTrials = 60;

/**
 * Fills one row with the probabilities p(j | i).
 *
 * The width is found by Newton's steps on the logarithm of the precision (the entropy's derivative by it is -precision^2
 * times the variance of the distances), kept between bounds that are known to be too wide and too narrow.
 */
function conditional(distances: Float64Array, i: number, count: number, wanted: number, row: Float64Array): void {
  const first = i * count;
  let nearest = Infinity;
  let sum = 0;
  for (let j = 0; j < count; j++) {
    if (j === i) continue;
    nearest = Math.min(nearest, distances[first + j]!);
    sum += distances[first + j]!;
  }
  const spread = sum / (count - 1) - nearest;
  // All others are equally far: all precisions give the same.
  if (!(spread > 0)) {
    row.fill(1 / (count - 1));
    row[i] = 0;
    return;
  }
  let logPrecision = -Math.log(spread);
  let [low, high] = [-Infinity, Infinity];
  for (let trial = 0; ; trial++) {
    const precision = Math.exp(logPrecision);
    let [weight, mean, square] = [0, 0, 0];
    for (let j = 0; j < count; j++) {
      const distance = distances[first + j]! - nearest;
      const value = j === i ? 0 : Math.exp(-precision * distance);
      row[j] = value;
      weight += value;
      mean += value * distance;
      square += value * distance * distance;
    }
    mean /= weight;
    const excess = Math.log(weight) + precision * mean - wanted;
    if (Math.abs(excess) < entropyTolerance || trial === mostTrials) {
      for (let j = 0; j < count; j++) row[j]! /= weight;
      return;
    }
    // Too much entropy: the distribution is too wide.
    if (excess > 0) low = logPrecision;
    else high = logPrecision;
    const slope = precision * precision * (square / weight - mean * mean);
    const step = slope > 0 ? excess / slope : Number.NaN;
    const next = logPrecision + step;
    if (next > low && next < high && Math.abs(step) < 4) logPrecision = next;
    else if (low === -Infinity) logPrecision = high - 2;
    else if (high === Infinity) logPrecision = low + 2;
    else logPrecision = (low + high) / 2;
  }
}

/** The joint probabilities of all pairs, p(i, j) = (p(j | i) + p(i | j)) / 2N, row after row; all of them sum to 1. */
export function jointProbabilities(distances: Float64Array, count: number, perplexity: number): Float32Array {
  const wanted = Math.log(perplexity);
  const row = new Float64Array(count);
  const joint = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    conditional(distances, i, count, wanted, row);
    for (let j = 0; j < count; j++) {
      const half = row[j]! / (2 * count);
      joint[i * count + j]! += half;
      joint[j * count + i]! += half;
    }
  }
  return joint;
}
