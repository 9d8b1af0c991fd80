/**
 * Losses of sequences: CTC against all paths added up, and the chain of a conditional random field likewise.
 */
import { nn, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import * as reference from "../../reference/sequence-loss.ts";

const { functional } = nn;
const whole = (values: number[], shape: number[]): Tensor => tensor(new Int32Array(values), { shape });

const targets = whole([1, 2, 2, 2, 3, 0], [2, 3]);
const tags = whole([0, 2, 1, 1, 2, 0, 0, 2], [4, 2]);
const tagLists = [[0, 1, 2, 0], [2, 1]];

function likelihoods(emissions: ReferenceArray, transitions: ReferenceArray, start?: ReferenceArray, end?: ReferenceArray): ReferenceArray {
  const values = tagLists.map((path, n) => {
    const score = (labels: readonly number[]): number => reference.chainScore(emissions, n, labels, transitions, start, end);
    let sum = 0;
    for (const other of reference.paths(path.length, 3)) sum += Math.exp(score(other));
    return score(path) - Math.log(sum);
  });
  return { shape: [2], values };
}

export const cases: readonly Case[] = [
  {
    name: "ctcLoss of each sequence", ops: ["ctcLoss", "ctcLossBackward"], inputs: [[6, 2, 4]], derivatives: 1,
    run: (x) => functional.ctcLoss(x.logSoftmax(2), targets, [6, 5], [3, 2], { reduction: "none" }),
  },
  {
    // Of numbers that are no probabilities: the derivative is that of the sum over paths all the same.
    name: "ctcLoss of any numbers", ops: ["ctcLoss", "ctcLossBackward"], inputs: [[6, 2, 4]], derivatives: 1, pytorch: false,
    run: (x) => functional.ctcLoss(x, targets, [6, 5], [3, 2], { reduction: "none" }),
    reference: (x) => reference.ctcLoss(x, [[1, 2, 2], [2, 3]], [6, 5], 0),
  },
  {
    name: "ctcLoss with the last class as blank, joined targets, mean", ops: ["ctcLoss", "ctcLossBackward"], inputs: [[5, 3, 4]],
    derivatives: 1,
    run: (x) => functional.ctcLoss(x.logSoftmax(2), whole([0, 1, 1, 2, 0], [5]), [5, 4, 3], [2, 1, 2], { blank: 3 }),
  },
  {
    name: "ctcLoss of an empty target and an impossible one", ops: ["ctcLoss", "ctcLossBackward"], inputs: [[3, 2, 3]], derivatives: 1,
    run: (x) => functional.ctcLoss(x.logSoftmax(2), whole([1, 1, 1, 1], [2, 2]), [3, 2], [0, 2], { zeroInfinity: true, reduction: "sum" }),
  },
  {
    name: "crfLogLikelihood", ops: [], inputs: [[4, 2, 3], [3, 3], [3], [3]], pytorch: false,
    run: (emissions, transitions, start, end) =>
      functional.crfLogLikelihood(emissions!, tags, transitions!, { start: start!, end: end!, lengths: [4, 2] }),
    reference: (emissions, transitions, start, end) => likelihoods(emissions!, transitions!, start, end),
  },
];
