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
  const [decided, given] = noGrad(() => classesOf(name, output.detach(), target.detach(), threshold));
  const [predicted, actual] = [decided.data(), given.data()];
  for (let i = 0; i < actual.length; i++) {
    if (!Number.isInteger(actual[i])) throw new NablaError(`${name}: label ${actual[i]} is not a whole number`);
  }
  if (ignoreIndex === undefined) return { predicted, actual };
  const counted = Array.from(actual, (_, i) => i).filter((i) => actual[i] !== ignoreIndex);
  return { predicted: counted.map((i) => predicted[i]!), actual: counted.map((i) => actual[i]!) };
}

/**
 * How many decisions count and how many of those are right, as two tensors that nobody has to wait for. Undefined where labels are of a
 * floating type, which have to be looked at.
 */
export function agreement(name: string, output: Tensor, target: Tensor, { threshold = 0.5, ignoreIndex }: DecisionOptions): { right: Tensor; counted: Tensor | number } | undefined {
  return noGrad(() => {
    const [predicted, actual] = classesOf(name, requireTensor(name, output).detach(), requireTensor(name, target).detach(), threshold);
    if (isFloating(actual.dtype)) return undefined;
    // As lists, one by one: a dimension of size 1 for the class has been left out of one of them.
    const agree = predicted.flatten().to("int32").eq(actual.flatten().to("int32"));
    if (ignoreIndex === undefined) return { right: agree.to("int32").sum(), counted: actual.numel };
    const counts = actual.flatten().ne(ignoreIndex);
    return { right: agree.logicalAnd(counts).to("int32").sum(), counted: counts.to("int32").sum() };
  });
}

function classesOf(name: string, output: Tensor, target: Tensor, threshold: number): [Tensor, Tensor] {
  const { ndim } = output;
  const same = sameShape(output.shape, target.shape);
  const several = ndim >= 2 && output.shape[1] !== 1;
  if (isFloating(output.dtype) && same && several && isFloating(target.dtype)) {
    return [output.argmax({ dim: 1 }), target.argmax({ dim: 1 })];
  }
  if (same) return [isFloating(output.dtype) ? output.gt(threshold) : output, target];
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
  return [several ? output.argmax({ dim: 1 }) : output.gt(threshold), target];
}
