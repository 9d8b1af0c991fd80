/**
 * Losses of classes: the cross-entropy of scores, and the negative log-likelihood of log-probabilities, against labels.
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture", 2016. Names and formulas are PyTorch's; one
 * default is not: no label is ignored unless `ignoreIndex` says so.
 */
import { callPlanned, requireFloat, toType } from "../../tensor/dispatch.ts";
import { isFloating, promote } from "../../tensor/dtype.ts";
import { DTypeError, NablaError, ShapeError } from "../../tensor/errors.ts";
import { where } from "../../tensor/functions.ts";
import { ops } from "../../tensor/ops.ts";
import { checkPositions } from "../../tensor/positions.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { reduce } from "./reduction.ts";
import type { LossOptions } from "./reduction.ts";

export interface LabelLossOptions extends LossOptions {
  /** A factor for each class, shape [C]; a mean is divided by the sum of the factors of the labels. */
  weight?: Tensor;
  /** Places with this label count for nothing, in the mean too; PyTorch's usual one is -100. */
  ignoreIndex?: number;
}

export interface CrossEntropyOptions extends LabelLossOptions {
  /** How much of each target is shared out evenly among all classes, from 0 to 1. */
  labelSmoothing?: number;
}

/** Scores as rows of classes, and labels in the same order. */
interface Rows {
  readonly scores: Tensor;
  readonly labels: Tensor;
  /** False where the label is to be ignored; undefined when all count. */
  readonly counted: Tensor | undefined;
  /** The shape of losses that are not reduced. */
  readonly shape: readonly number[];
}

/** The classes as the last dimension of a matrix. */
function classesLast(input: Tensor): Tensor {
  if (input.ndim <= 2) return input.ndim === 2 ? input : input.unsqueeze(0);
  const order = [0, ...Array.from({ length: input.ndim - 2 }, (_, i) => i + 2), 1];
  return input.permute(order).reshape([-1, input.shape[1]!]);
}

/** Checks that scores come first and have classes. @throws DTypeError or ShapeError that says what to do. */
function checkScores(name: string, what: string, input: Tensor, target: Tensor): void {
  requireTensor(name, input);
  requireTensor(name, target);
  if (!isFloating(input.dtype) && isFloating(target.dtype)) {
    throw new DTypeError(
      `${name}: got ${input.dtype} for ${what} and ${target.dtype} for labels; ${what} come first: ${name}(${what}, labels)`,
    );
  }
  requireFloat(name, input);
  if (input.ndim > 1 || (input.ndim === 1 && (target.ndim === 0 || isFloating(target.dtype)))) return;
  throw new ShapeError(
    `${name}: ${what} have shape [N, C], or [N, C, d1, ...], got ${formatShape(input.shape)}` +
      (input.ndim === 1 ? "; the batch dimension is missing: add it with x.unsqueeze(0)" : ""),
  );
}

function rowsOf(name: string, input: Tensor, target: Tensor, ignoreIndex: number | undefined): Rows {
  const shape = input.ndim === 1 ? [] : [input.shape[0]!, ...input.shape.slice(2)];
  if (!sameShape(target.shape, shape)) {
    const count = shape.reduce((a, b) => a * b, 1);
    throw new ShapeError(
      `${name}: scores of shape ${formatShape(input.shape)} need ${count} labels` +
        `${shape.length === 1 ? "" : ` in shape ${formatShape(shape)}`}, got shape ${formatShape(target.shape)}` +
        (target.numel === count && shape.length === 1 ? "; make it flat: target.flatten()" : ""),
    );
  }
  const classes = input.shape[input.ndim === 1 ? 0 : 1]!;
  const flat = target.ndim === 1 ? target : target.reshape([-1]);
  if (ignoreIndex === undefined || isFloating(flat.dtype)) {
    return { scores: classesLast(input), labels: checkPositions(name, "label", flat, classes), counted: undefined, shape };
  }
  const whole = flat.to("int32");
  const counted = whole.ne(ignoreIndex);
  return { scores: classesLast(input), labels: checkPositions(name, "label", where(counted, whole, 0), classes), counted, shape };
}

function checkWeight(name: string, weight: Tensor | undefined, classes: number): void {
  if (weight === undefined || sameShape(requireTensor(name, weight).shape, [classes])) return;
  throw new ShapeError(`${name}: weight has one factor a class, shape [${classes}], got ${formatShape(weight.shape)}`);
}

/** The losses of labels as one number, or in the target's shape. */
function finish(name: string, losses: Tensor, rows: Rows, factors: Tensor | undefined, { reduction }: LossOptions): Tensor {
  const { counted, shape } = rows;
  const kept = counted === undefined ? losses : where(counted, losses, 0);
  if (reduction === "none") return kept.reshape(shape);
  if ((reduction !== undefined && reduction !== "mean") || (factors === undefined && counted === undefined)) {
    return reduce(name, kept, reduction);
  }
  const whole = factors ?? counted!.to(losses.dtype);
  return kept.sum().div((counted === undefined ? whole : where(counted, whole, 0)).sum());
}

/**
 * The cross-entropy of scores (not probabilities: softmax is inside) against labels.
 * @param input scores, shape [N, C], or [N, C, d1, ...] for a label at each place, or [C] for one.
 * @param target labels from 0 to C - 1, int32 or uint8, shape [N] (or [N, d1, ...], or []); or probabilities in the shape of
 * the scores.
 * @throws TensorIndexError naming the first label outside the classes.
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const name = "crossEntropy";
  checkScores(name, "scores", input, target);
  const { weight, labelSmoothing = 0, ignoreIndex } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new NablaError(`${name}: labelSmoothing is ${labelSmoothing}; it must be from 0 to 1`);
  }
  const classes = input.shape[input.ndim === 1 ? 0 : 1]!;
  checkWeight(name, weight, classes);
  if (isFloating(target.dtype)) return againstProbabilities(input, target, options);
  const rows = rowsOf(name, input, target, ignoreIndex);
  const { scores, labels } = rows;
  const { reduction = "mean" } = options;
  const plain = weight === undefined && labelSmoothing === 0 && rows.counted === undefined;
  if (plain && (reduction === "mean" || reduction === "sum")) return callPlanned(ops.crossEntropy, ops.crossEntropy.plan(scores, labels, reduction));
  let losses = callPlanned(ops.crossEntropy, ops.crossEntropy.plan(scores, labels));
  const factors = weight?.to(input.dtype).indexSelect(0, labels);
  if (factors !== undefined) losses = losses.mul(factors);
  if (labelSmoothing > 0) {
    const logarithms = scores.logSoftmax(1);
    const even = (weight === undefined ? logarithms : logarithms.mul(weight)).sum({ dim: 1 });
    losses = losses.mul(1 - labelSmoothing).sub(even.mul(labelSmoothing / classes));
  }
  return finish(name, losses, rows, factors, options);
}

function againstProbabilities(input: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { weight, labelSmoothing = 0, ignoreIndex, reduction } = options;
  if (target.ndim < input.ndim) {
    throw new DTypeError(
      `crossEntropy: labels are whole numbers, got ${target.dtype} of shape ${formatShape(target.shape)} for scores of shape ` +
        `${formatShape(input.shape)}; convert them with .to("int32")`,
    );
  }
  if (!sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `crossEntropy: probabilities of shape ${formatShape(target.shape)} for scores of shape ${formatShape(input.shape)}; ` +
        `they must be equal, a probability for each class. Labels are whole numbers of shape [N]`,
    );
  }
  if (ignoreIndex !== undefined) {
    throw new NablaError("crossEntropy: ignoreIndex is for labels; these targets are probabilities");
  }
  const along = input.ndim === 1 ? 0 : 1;
  const dtype = promote(input.dtype, target.dtype);
  let wanted = toType(target, dtype);
  if (labelSmoothing > 0) wanted = wanted.mul(1 - labelSmoothing).add(labelSmoothing / input.shape[along]!);
  if (weight !== undefined) wanted = wanted.mul(weight.to(dtype).reshape([-1, ...input.shape.slice(along + 1).map(() => 1)]));
  const losses = input.logSoftmax(along).mul(wanted).sum({ dim: along }).neg();
  return reduce("crossEntropy", losses, reduction);
}

/**
 * The negative log-likelihood: minus the log-probability of each label.
 * @param input logarithms of probabilities (logSoftmax), shape [N, C], [N, C, d1, ...] or [C].
 * @param target labels from 0 to C - 1, int32 or uint8, shape [N], [N, d1, ...] or [].
 * @throws TensorIndexError naming the first label outside the classes.
 */
export function nllLoss(input: Tensor, target: Tensor, options: LabelLossOptions = {}): Tensor {
  const name = "nllLoss";
  checkScores(name, "logProbabilities", input, target);
  const { weight, ignoreIndex } = options;
  checkWeight(name, weight, input.shape[input.ndim === 1 ? 0 : 1]!);
  const rows = rowsOf(name, input, target, ignoreIndex);
  const losses = rows.scores.gather(1, rows.labels.unsqueeze(1)).squeeze(1).neg();
  const factors = weight?.to(input.dtype).indexSelect(0, rows.labels);
  return finish(name, factors === undefined ? losses : losses.mul(factors), rows, factors, options);
}
