/**
 * Connectionist temporal classification: a network that says a symbol or nothing (the blank) at each step is trained on
 * targets whose places in time nobody has marked. Said at length, repetitions are dropped first and blanks second.
 * Source: Graves et al., "Connectionist temporal classification", 2006.
 */
import { callMultiple, requireFloat } from "../../tensor/dispatch.ts";
import { DTypeError, NablaError, ShapeError } from "../../tensor/errors.ts";
import { tensor, zeros } from "../../tensor/creation.ts";
import { ops } from "../../tensor/ops.ts";
import { checkPositions } from "../../tensor/positions.ts";
import { formatShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import { where } from "../../tensor/functions.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Lengths as a tensor or a list of whole numbers. */
export type Lengths = Tensor | readonly number[];

export interface CtcLossOptions {
  /** The class that says nothing; 0 when not given. */
  blank?: number;
  /** `mean` divides each loss by its target's length first, as PyTorch does. */
  reduction?: "mean" | "sum" | "none";
  /** An impossible alignment counts as 0 in place of infinity. */
  zeroInfinity?: boolean;
}

function lengthsOf(what: string, given: Lengths, count: number, most: number): Int32Array {
  const list = Int32Array.from(Array.isArray(given) ? (given as readonly number[]) : requireTensor("ctcLoss", given).data());
  if (list.length !== count) throw new ShapeError(`ctcLoss: ${what} has ${list.length} entries for a batch of ${count}`);
  list.forEach((length, i) => {
    if (length < 0 || length > most) throw new ShapeError(`ctcLoss: ${what}[${i}] is ${length}; it must lie in 0 to ${most}`);
  });
  return list;
}

/** Targets as rows: PyTorch takes them joined end to end as well. */
function targetRows(targets: Tensor, lengths: Int32Array): Tensor {
  if (targets.ndim === 2) return targets;
  const whole = lengths.reduce((a, b) => a + b, 0);
  if (targets.ndim !== 1 || targets.shape[0] !== whole) {
    throw new ShapeError(
      `ctcLoss: targets have shape [N, S], or are joined end to end in [${whole}], the sum of the lengths; got ${formatShape(targets.shape)}`,
    );
  }
  const width = Math.max(0, ...lengths);
  const joined = targets.data();
  const rows = new Int32Array(lengths.length * width);
  let at = 0;
  lengths.forEach((length, i) => {
    rows.set(Int32Array.from(joined.subarray(at, at + length)), i * width);
    at += length;
  });
  return tensor(rows, { shape: [lengths.length, width] });
}

/**
 * Minus the logarithm of the probability that the sequence says the target.
 * @param logProbs logarithms of probabilities (logSoftmax), shape [T, N, C].
 * @param targets classes other than the blank, int32, shape [N, S] or joined end to end.
 * @param inputLengths how many steps of each sequence count.
 * @param targetLengths how many symbols of each target count.
 * @throws TensorIndexError for a class that is not there; NablaError for a blank in a target.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  { blank = 0, reduction = "mean", zeroInfinity = false }: CtcLossOptions = {},
): Tensor {
  requireFloat("ctcLoss", requireTensor("ctcLoss", logProbs));
  if (logProbs.ndim !== 3) {
    throw new ShapeError(`ctcLoss: logProbs have shape [T, N, C] (time first), got ${formatShape(logProbs.shape)}`);
  }
  const [steps, batch, classes] = logProbs.shape as [number, number, number];
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new NablaError(`ctcLoss: the blank is ${blank}; there are classes 0 to ${classes - 1}`);
  }
  if (requireTensor("ctcLoss", targets).dtype === "float32" || targets.dtype === "float64") {
    throw new DTypeError(`ctcLoss: targets are whole numbers, got ${targets.dtype}; convert with .to("int32")`);
  }
  const said = lengthsOf("inputLengths", inputLengths, batch, steps);
  const wanted = lengthsOf("targetLengths", targetLengths, batch, targets.ndim === 2 ? targets.shape[1]! : Infinity);
  const rows = targetRows(targets, wanted);
  if (rows.shape[0] !== batch) throw new ShapeError(`ctcLoss: ${rows.shape[0]} targets for a batch of ${batch}`);
  const symbols = rows.data();
  const inside = new Int32Array(symbols.length);
  const width = rows.shape[1]!;
  wanted.forEach((length, i) => {
    for (let s = i * width; s < i * width + length; s++) {
      if (symbols[s] === blank) throw new NablaError(`ctcLoss: target ${i} holds the blank, ${blank}; a target has only what is said`);
      inside[s] = symbols[s]!;
    }
  });
  const { device } = logProbs;
  const checked = checkPositions("ctcLoss", "target", tensor(inside, { shape: rows.shape, device }), classes);
  const plan = ops.ctcLoss.plan(logProbs, checked, tensor(said, { device }), tensor(wanted, { device }), blank);
  let losses = callMultiple(ops.ctcLoss, plan)[0]!;
  if (zeroInfinity) losses = where(losses.eq(Infinity), 0, losses);
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (batch === 0) return zeros([], { dtype: losses.dtype, device });
  return losses.div(tensor(Float64Array.from(wanted, (length) => Math.max(length, 1)), { dtype: losses.dtype, device })).mean();
}

/** What a sequence of classes says: repetitions dropped first, blanks second. */
export function ctcCollapse(path: Iterable<number>, blank = 0): number[] {
  const said: number[] = [];
  let before: number | undefined;
  for (const symbol of path) {
    if (symbol !== before && symbol !== blank) said.push(symbol);
    before = symbol;
  }
  return said;
}

/**
 * What each sequence says when its likeliest class is taken at every step (best path decoding).
 * @param scores probabilities, their logarithms or plain scores, shape [T, N, C].
 * @returns one list of classes a sequence.
 */
export function ctcBestPath(scores: Tensor, { blank = 0 }: { blank?: number } = {}): number[][] {
  if (requireTensor("ctcBestPath", scores).ndim !== 3) {
    throw new ShapeError(`ctcBestPath: scores have shape [T, N, C] (time first), got ${formatShape(scores.shape)}`);
  }
  const paths = scores.argmax({ dim: 2 }).t().toArray() as number[][];
  return paths.map((path) => ctcCollapse(path, blank));
}
