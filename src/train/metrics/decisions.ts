/**
 * From what a classifier gives to the classes it has decided for, beside the true ones.
 */
import { isFloating } from "../../tensor/dtype.ts";
import { DTypeError, NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** How classes are read from outputs. */
export interface DecisionOptions {
  /** With one output for yes or no: above it is class 1. 0.5, for probabilities, when not given; 0 suits scores. */
  threshold?: number;
  /** Examples (or places) with this label count for nothing, as padding has to. */
  ignoreIndex?: number;
}

/** Classes decided for and true ones, one by one. */
export interface Decisions {
  readonly predicted: ArrayLike<number>;
  readonly actual: ArrayLike<number>;
}

/**
 * Reads decisions: scores [N, C, ...] against labels [N, ...] or against probabilities of their own shape (the largest wins);
 * one floating output for each label (above the threshold is class 1; a dimension of size 1 for the class is left out); or
 * labels of the targets' shape, as they are.
 * @throws ShapeError when they do not belong together; DTypeError or NablaError for labels that are not whole.
 */
export function decisions(name: string, output: Tensor, target: Tensor, { threshold = 0.5, ignoreIndex }: DecisionOptions): Decisions {
  requireTensor(name, output);
  requireTensor(name, target);
  const [predicted, actual] = noGrad(() => classesOf(name, output.detach(), target.detach(), threshold));
  for (let i = 0; i < actual.length; i++) {
    if (!Number.isInteger(actual[i])) throw new NablaError(`${name}: label ${actual[i]} is not a whole number`);
  }
  if (ignoreIndex === undefined) return { predicted, actual };
  const counted = Array.from(actual, (_, i) => i).filter((i) => actual[i] !== ignoreIndex);
  return { predicted: counted.map((i) => predicted[i]!), actual: counted.map((i) => actual[i]!) };
}

function classesOf(name: string, output: Tensor, target: Tensor, threshold: number): [ArrayLike<number>, ArrayLike<number>] {
  const { ndim } = output;
  const same = sameShape(output.shape, target.shape);
  const several = ndim >= 2 && output.shape[1] !== 1;
  if (isFloating(output.dtype) && same && several && isFloating(target.dtype)) {
    return [output.argmax({ dim: 1 }).data(), target.argmax({ dim: 1 }).data()];
  }
  if (same) return [isFloating(output.dtype) ? output.gt(threshold).data() : output.data(), target.data()];
  const withoutClasses = [output.shape[0]!, ...output.shape.slice(2)];
  if (ndim < 2 || !sameShape(withoutClasses, target.shape)) {
    throw new ShapeError(
      `${name}: outputs of shape ${formatShape(output.shape)} and targets of shape ${formatShape(target.shape)} do not belong ` +
        `together; give scores [N, C] with labels [N], or outputs and targets of one shape`,
    );
  }
  if (!isFloating(output.dtype)) {
    throw new DTypeError(`${name}: outputs of type ${output.dtype} are labels; they have the targets' shape, not ${formatShape(output.shape)}`);
  }
  return [several ? output.argmax({ dim: 1 }).data() : output.gt(threshold).data(), target.data()];
}
