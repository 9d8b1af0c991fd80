/**
 * Losses: of numbers, of yes and no, of classes, of distributions, of margins; with each reduction, weights, ignored labels
 * and smoothing.
 */
import { nn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import type { ReferenceArray } from "../../reference/array.ts";

const { functional: F } = nn;
const whole = (values: number[], shape: number[] = [values.length]): Tensor => tensor(new Int32Array(values), { shape });
const like = (x: Tensor, values: number[]): Tensor => tensor(values, { dtype: x.dtype });

const signs = whole([1, -1, 1, 1, -1, -1], [2, 3]);
const labels = whole([2, 0, 3, 1, 2]);
const places = whole([0, 2, 1, 1, 2, 0, 0, 2], [2, 2, 2]);
const weights = [0.5, 2, 1, 0.25];
const pair = [[3, 4], [3, 4]] as const;
const open = { shape: [3, 4], interval: [0.05, 0.95] as const };
const given = { ...open, constant: true as const };
const positive = { shape: [3, 4], interval: [0.2, 3] as const };

const each = (f: (x: number, y: number) => number) => (x: ReferenceArray, y: ReferenceArray): ReferenceArray => ({
  shape: x.shape,
  values: Array.from(x.values, (value, i) => f(value, y.values[i]!)),
});
const averaged = (f: (x: number, y: number) => number) => (x: ReferenceArray, y: ReferenceArray): ReferenceArray => {
  const all = Array.from(x.values, (value, i) => f(value, y.values[i]!));
  return { shape: [], values: [all.reduce((a, b) => a + b, 0) / all.length] };
};

export const cases: readonly Case[] = [
  {
    name: "l1Loss", ops: ["abs"], inputs: pair, derivatives: 1, run: (x, y) => F.l1Loss(x, y),
    reference: averaged((x, y) => Math.abs(x - y)),
  },
  { name: "l1Loss of nothing", ops: ["abs"], inputs: [[0, 4], [0, 4]], derivatives: 1, run: (x, y) => F.l1Loss(x, y, { reduction: "sum" }) },
  { name: "mseLoss of each", ops: ["square"], inputs: pair, run: (x, y) => F.mseLoss(x, y, { reduction: "none" }) },
  {
    name: "huberLoss", ops: ["clamp"], inputs: pair, derivatives: 1, run: (x, y) => F.huberLoss(x, y, { delta: 0.7, reduction: "none" }),
    reference: each((x, y) => (Math.abs(x - y) < 0.7 ? (x - y) ** 2 / 2 : 0.7 * (Math.abs(x - y) - 0.35))),
  },
  {
    name: "smoothL1Loss", ops: ["clamp"], inputs: pair, derivatives: 1, run: (x, y) => F.smoothL1Loss(x, y, { beta: 1.3 }),
    reference: averaged((x, y) => (Math.abs(x - y) < 1.3 ? (x - y) ** 2 / 2.6 : Math.abs(x - y) - 0.65)),
  },
  { name: "smoothL1Loss with beta 0", ops: ["abs"], inputs: pair, derivatives: 1, run: (x, y) => F.smoothL1Loss(x, y, { beta: 0 }) },
  {
    name: "msleLoss", ops: ["log1p"], inputs: [positive, positive], run: (x, y) => F.msleLoss(x, y),
    reference: averaged((x, y) => (Math.log1p(x) - Math.log1p(y)) ** 2),
  },
  {
    name: "mapeLoss", ops: ["abs", "div"], inputs: [positive, positive], derivatives: 1, run: (x, y) => F.mapeLoss(x, y),
    reference: averaged((x, y) => (100 * Math.abs(x - y)) / Math.abs(y)),
  },
  {
    name: "binaryCrossEntropy", ops: ["log", "log1p"], inputs: [open, open], run: (p, t) => F.binaryCrossEntropy(p, t),
    reference: averaged((p, t) => -(t * Math.log(p) + (1 - t) * Math.log(1 - p))),
  },
  {
    name: "binaryCrossEntropy weighted", ops: ["log", "log1p"], inputs: [open, given],
    run: (p, t) => F.binaryCrossEntropy(p, t, { weight: like(p, weights), reduction: "sum" }),
  },
  {
    name: "binaryCrossEntropy of certain predictions", ops: ["log", "log1p"], inputs: [[2]], derivatives: 0,
    run: (x) => F.binaryCrossEntropy(x.mul(0).add(like(x, [1, 0])), like(x, [0, 0]), { reduction: "none" }),
  },
  {
    name: "binaryCrossEntropyWithLogits", ops: ["softplus"], inputs: [[3, 4], open], run: (x, t) => F.binaryCrossEntropyWithLogits(x, t),
    reference: averaged((x, t) => t * Math.log1p(Math.exp(-x)) + (1 - t) * Math.log1p(Math.exp(x))),
  },
  {
    name: "binaryCrossEntropyWithLogits of large scores", ops: ["softplus"], inputs: [{ shape: [3, 4], interval: [-90, 90] }, given],
    derivatives: 1, run: (x, t) => F.binaryCrossEntropyWithLogits(x, t, { reduction: "none" }),
  },
  {
    name: "binaryCrossEntropyWithLogits weighted", ops: ["softplus"], inputs: [[3, 4], given],
    run: (x, t) =>
      F.binaryCrossEntropyWithLogits(x, t, { weight: like(x, [1, 2, 0.5, 1]), posWeight: like(x, weights), reduction: "none" }),
  },
  { name: "nllLoss", ops: ["gather"], inputs: [[5, 4]], run: (x) => F.nllLoss(x.logSoftmax(1), labels) },
  {
    name: "nllLoss weighted, one label ignored", ops: ["gather", "indexSelect"], inputs: [[5, 4]],
    run: (x) => F.nllLoss(x.logSoftmax(1), labels, { weight: like(x, weights), ignoreIndex: 2 }),
  },
  {
    name: "nllLoss of places", ops: ["gather"], inputs: [[2, 3, 2, 2]],
    run: (x) => F.nllLoss(x.logSoftmax(1), places, { reduction: "none" }),
  },
  { name: "crossEntropy of places", ops: ["crossEntropy"], inputs: [[2, 3, 2, 2]], run: (x) => F.crossEntropy(x, places) },
  {
    name: "crossEntropy of places, each", ops: ["crossEntropy"], inputs: [[2, 3, 2, 2]],
    run: (x) => F.crossEntropy(x, places, { reduction: "none", ignoreIndex: 1 }),
  },
  { name: "crossEntropy of one", ops: ["crossEntropy"], inputs: [[4]], run: (x) => F.crossEntropy(x, whole([3], [])) },
  {
    name: "crossEntropy weighted", ops: ["crossEntropy"], inputs: [[5, 4]],
    run: (x) => F.crossEntropy(x, labels, { weight: like(x, weights) }),
  },
  {
    name: "crossEntropy weighted, smoothed, one label ignored", ops: ["crossEntropy", "logSoftmax"], inputs: [[5, 4]],
    run: (x) => F.crossEntropy(x, labels, { weight: like(x, weights), labelSmoothing: 0.2, ignoreIndex: 0 }),
  },
  {
    name: "crossEntropy smoothed, summed", ops: ["crossEntropy", "logSoftmax"], inputs: [[2, 3, 2, 2]],
    run: (x) => F.crossEntropy(x, places, { labelSmoothing: 0.3, reduction: "sum" }),
  },
  {
    name: "crossEntropy against probabilities, weighted and smoothed", ops: ["logSoftmax"], inputs: [[5, 4], [5, 4]],
    run: (x, t) => F.crossEntropy(x, t.softmax(1), { weight: like(x, weights), labelSmoothing: 0.1 }),
  },
  {
    name: "crossEntropy against probabilities at places", ops: ["logSoftmax"], inputs: [[2, 3, 2], [2, 3, 2]],
    run: (x, t) => F.crossEntropy(x, t.softmax(1), { weight: like(x, [1, 2, 0.5]) }),
  },
  {
    name: "klDiv, batchmean", ops: ["log"], inputs: [[3, 4], [3, 4]],
    run: (x, t) => F.klDiv(x.logSoftmax(1), t.softmax(1), { reduction: "batchmean" }),
  },
  {
    name: "klDiv of logarithms", ops: ["exp"], inputs: [[3, 4], [3, 4]],
    run: (x, t) => F.klDiv(x.logSoftmax(1), t.logSoftmax(1), { reduction: "sum", logTarget: true }),
  },
  {
    name: "klDiv against what is impossible", ops: ["where"], inputs: [[4]],
    run: (x) => F.klDiv(x.logSoftmax(0), like(x, [0, 0.5, 0.5, 0]), { reduction: "none" }),
  },
  {
    name: "hingeLoss", ops: ["relu"], inputs: [[2, 3]], derivatives: 1, pytorch: false, run: (x) => F.hingeLoss(x, signs, { reduction: "none" }),
    reference: (x) => each((score, sign) => Math.max(0, 1 - score * sign))(x, { shape: [2, 3], values: [...signs.data()] }),
  },
  {
    name: "squaredHingeLoss", ops: ["relu", "square"], inputs: [[2, 3]], derivatives: 1, pytorch: false, run: (x) => F.squaredHingeLoss(x, signs),
    reference: (x) => averaged((score, sign) => Math.max(0, 1 - score * sign) ** 2)(x, { shape: [2, 3], values: [...signs.data()] }),
  },
  {
    name: "exponentialLoss", ops: ["exp"], inputs: [[2, 3]], pytorch: false, run: (x) => F.exponentialLoss(x, signs, { reduction: "none" }),
    reference: (x) => each((score, sign) => Math.exp(-score * sign))(x, { shape: [2, 3], values: [...signs.data()] }),
  },
  {
    name: "cosineEmbeddingLoss", ops: ["sqrt"], inputs: [[4, 3], [4, 3]], derivatives: 1,
    run: (a, b) => F.cosineEmbeddingLoss(a, b, whole([1, -1, -1, 1]), { margin: 0.1, reduction: "none" }),
  },
  {
    name: "tripletMarginLoss", ops: ["relu"], inputs: [[4, 3], [4, 3], [4, 3]], derivatives: 1,
    run: (a, p, n) => F.tripletMarginLoss(a, p, n, { margin: 1.5, reduction: "none" }),
  },
  {
    name: "tripletMarginLoss, swapped, by absolute values", ops: ["relu", "minimum"], inputs: [[4, 3], [4, 3], [4, 3]], derivatives: 1,
    run: (a, p, n) => F.tripletMarginLoss(a, p, n, { p: 1, swap: true }),
  },
];
