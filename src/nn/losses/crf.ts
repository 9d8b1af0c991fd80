/**
 * The linear-chain conditional random field: labels of a sequence scored together, by how well each fits its step (emissions)
 * and how well it follows the one before (transitions). The likelihood needs the sum over all label sequences, which the
 * forward recursion takes in T K^2; the best of them is Viterbi's.
 * Source: Lafferty, McCallum and Pereira, "Conditional random fields", 2001.
 */
import { requireFloat } from "../../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { arange, tensor } from "../../tensor/creation.ts";
import { where } from "../../tensor/functions.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { checkPositions } from "../../tensor/positions.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Lengths } from "./ctc.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface CrfOptions {
  /** Scores of a sequence's first label, shape [K]; 0 when not given. */
  start?: Tensor;
  /** Scores of its last label, shape [K]; 0 when not given. */
  end?: Tensor;
  /** How many steps of each sequence count; all when not given. */
  lengths?: Lengths;
}

interface Chain {
  steps: number;
  batch: number;
  labels: number;
  lengths: Int32Array;
}

function checkChain(op: string, emissions: Tensor, transitions: Tensor, { start, end, lengths }: CrfOptions): Chain {
  requireFloat(op, requireTensor(op, emissions));
  if (emissions.ndim !== 3 || emissions.shape[0] === 0) {
    throw new ShapeError(`${op}: emissions have shape [T, N, K] with at least one step, got ${formatShape(emissions.shape)}`);
  }
  const [steps, batch, labels] = emissions.shape as [number, number, number];
  const expected: [string, Tensor | undefined, readonly number[]][] = [
    ["transitions", transitions, [labels, labels]],
    ["start", start, [labels]],
    ["end", end, [labels]],
  ];
  for (const [name, given, shape] of expected) {
    if (given !== undefined && !sameShape(requireTensor(op, given).shape, shape)) {
      throw new ShapeError(`${op}: ${name} must have shape ${formatShape(shape)} for ${labels} labels, got ${formatShape(given.shape)}`);
    }
  }
  const list = lengths === undefined ? new Int32Array(batch).fill(steps) : Int32Array.from("data" in lengths ? lengths.data() : lengths);
  if (list.length !== batch) throw new ShapeError(`${op}: ${list.length} lengths for a batch of ${batch}`);
  list.forEach((length, i) => {
    if (length < 1 || length > steps) throw new NablaError(`${op}: lengths[${i}] is ${length}; it must lie in 1 to ${steps}`);
  });
  return { steps, batch, labels, lengths: list };
}

/** Which sequences still go on at a step, [N, 1]. */
const goingOn = (lengths: Int32Array, step: number, { device }: Tensor): Tensor =>
  tensor(Array.from(lengths, (length) => step < length), { device }).unsqueeze(1);

/** The score of the given labels: [N]. */
function scoreOf(emissions: Tensor, tags: Tensor, transitions: Tensor, options: CrfOptions, chain: Chain): Tensor {
  const { steps, labels, lengths } = chain;
  const flat = transitions.reshape([-1]);
  let score = emissions.at(0).gather(1, tags.at(0).unsqueeze(1)).squeeze(1);
  if (options.start !== undefined) score = score.add(options.start.indexSelect(0, tags.at(0)));
  for (let t = 1; t < steps; t++) {
    const step = flat.indexSelect(0, tags.at(t - 1).mul(labels).add(tags.at(t)));
    const emitted = emissions.at(t).gather(1, tags.at(t).unsqueeze(1)).squeeze(1);
    score = score.add(where(goingOn(lengths, t, emissions).squeeze(1), step.add(emitted), 0));
  }
  if (options.end !== undefined) {
    const last = tags.t().gather(1, tensor(lengths, { device: tags.device }).sub(1).unsqueeze(1)).squeeze(1);
    score = score.add(options.end.indexSelect(0, last));
  }
  return score;
}

/**
 * The log-likelihood of label sequences: their score less the logarithm of the sum over all label sequences.
 * @param emissions scores of each label at each step, shape [T, N, K].
 * @param tags the labels, int32, shape [T, N]; those beyond a sequence's length do not count.
 * @param transitions scores of going from a label (row) to the next (column), shape [K, K].
 * @returns one log-likelihood a sequence, shape [N].
 */
export function crfLogLikelihood(emissions: Tensor, tags: Tensor, transitions: Tensor, options: CrfOptions = {}): Tensor {
  const op = "crfLogLikelihood";
  const chain = checkChain(op, emissions, transitions, options);
  const { steps, batch, labels, lengths } = chain;
  if (!sameShape(requireTensor(op, tags).shape, [steps, batch])) {
    throw new ShapeError(`${op}: tags must have shape ${formatShape([steps, batch])}, time first, got ${formatShape(tags.shape)}`);
  }
  const { device } = tags;
  const counting = arange(0, steps, 1, { device }).unsqueeze(1).lt(tensor(lengths, { device }));
  const checked = checkPositions(op, "tag", where(counting, tags.to("int32"), 0).to("int32"), labels);
  let forward = options.start === undefined ? emissions.at(0) : emissions.at(0).add(options.start);
  for (let t = 1; t < steps; t++) {
    const arriving = forward.unsqueeze(2).add(transitions).logsumexp(1).add(emissions.at(t));
    forward = where(goingOn(lengths, t, emissions), arriving, forward);
  }
  if (options.end !== undefined) forward = forward.add(options.end);
  return scoreOf(emissions, checked, transitions, options, chain).sub(forward.logsumexp(1));
}

/** The best labels of each sequence, and their scores. */
export interface Decoded {
  /** One list of labels a sequence, as long as it is. */
  paths: number[][];
  /** Shape [N]. */
  scores: Tensor;
}

/**
 * The label sequence with the highest score (Viterbi 1967).
 * @param emissions shape [T, N, K].
 * @param transitions shape [K, K], from row to column.
 */
export function crfDecode(emissions: Tensor, transitions: Tensor, options: CrfOptions = {}): Decoded {
  const { steps, lengths } = checkChain("crfDecode", emissions, transitions, options);
  return noGrad(() => {
    let best = options.start === undefined ? emissions.at(0) : emissions.at(0).add(options.start);
    /** For each step from the second on: the best label before each label. */
    const before: number[][][] = [];
    for (let t = 1; t < steps; t++) {
      const { values, indices } = best.unsqueeze(2).add(transitions).max({ dim: 1 });
      before.push(indices.toArray() as number[][]);
      best = where(goingOn(lengths, t, emissions), values.add(emissions.at(t)), best);
    }
    if (options.end !== undefined) best = best.add(options.end);
    const { values, indices } = best.max({ dim: 1 });
    const paths = Array.from(indices.data(), (last, n) => {
      const path = [last];
      for (let t = lengths[n]! - 1; t > 0; t--) path.unshift(before[t - 1]![n]![path[0]!]!);
      return path;
    });
    return { paths, scores: values };
  });
}
