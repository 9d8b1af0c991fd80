/**
 * What a change in place does to the recorded history. The changed tensor gets the history of its new value. Where it is a
 * view, the tensor behind it has changed too: its new value is the old one outside the view's window and the view's inside,
 * and that is recorded as a call of its own, so gradients find their way to all three. Other views made before are out of
 * date from then on and say so when they are used (graph.ts). The scheme is PyTorch's.
 */
import { callInPlace, callPlanned, record, recordView } from "../dispatch.ts";
import { isFloating } from "../dtype.ts";
import { GradientError } from "../errors.ts";
import { isGradEnabled } from "../grad-mode.ts";
import { GraphNode } from "../graph.ts";
import type { DerivativeRule } from "../graph.ts";
import { ops } from "../ops.ts";
import type { Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import type { TensorLike } from "../tensor.ts";

/** The part of a contiguous tensor that a view shows. */
interface Window {
  shape: Shape;
  strides: Shape;
  /** From the tensor's first element. */
  offset: number;
}

/**
 * Checks that a change in place can be differentiated, or need not be, before it happens.
 * @returns whether it is to be recorded.
 */
export function mustRecord(op: string, self: Tensor, others: readonly TensorLike[]): boolean {
  if (!isGradEnabled() || !isFloating(self.dtype)) return false;
  const { base } = self;
  const behind = base?.requiresGrad === true;
  if (!self.requiresGrad && !behind && !others.some((other) => typeof other === "object" && other.requiresGrad)) return false;
  const owner = base ?? self;
  if (owner.requiresGrad && owner.isLeaf) {
    throw new GradientError(
      `${op}: ${base === undefined ? "a leaf" : "a view of a leaf"} that requires gradients cannot be changed in place while ` +
        `calls are recorded; write noGrad(() => w.${op}(...)), or use an optimiser`,
    );
  }
  if (base === undefined) return true;
  if (self.viewedAt !== self.storage.recordedChanges) {
    throw new GradientError(
      `${op}: this view was made before the tensor behind it was changed in place; its gradient would miss that change. ` +
        "Make the view again after the change",
    );
  }
  if (behind && !self.requiresGrad) {
    throw new GradientError(`${op}: this view of a tensor with gradients was made inside noGrad; make it outside, or change it inside`);
  }
  if (!base.isContiguous()) {
    throw new GradientError(`${op}: the tensor behind this view lies in memory with gaps; change a clone() of it`);
  }
  return true;
}

/** Gives a tensor that has just been changed the history of its new value, and the tensor behind it, if it is a view. */
export function adoptHistory(self: Tensor, node: GraphNode | undefined, outputIndex: number): void {
  const { base, storage } = self;
  self.node = node;
  self.outputIndex = outputIndex;
  self.requiresGrad = node !== undefined;
  if (base !== undefined) {
    const window: Window = { shape: self.shape, strides: self.strides, offset: self.offset - base.offset };
    base.node = GraphNode.ofCall(windowChangeRule, [base, self], [base], window);
    base.outputIndex = 0;
    base.requiresGrad = true;
  }
  storage.recordedChanges++;
  if (base !== undefined) self.viewedAt = storage.recordedChanges;
}

/** What a window shows of a tensor in row-major order. */
function seenThrough(self: Tensor, window: Window): Tensor {
  const whole = self.contiguous();
  return recordView(seenRule, whole, window.shape, window.strides, whole.offset + window.offset, window);
}

/** Zeros of a shape, with a tensor in the window. */
function behindWindow(self: Tensor, shape: Shape, window: Window): Tensor {
  const result = self.newZeros(shape);
  callInPlace(ops.copy, [self], [windowOf(result, window)]);
  if (self.requiresGrad) record(behindRule, result, [self], window);
  return result;
}

/** A tensor with zeros in the window. */
function outsideWindow(self: Tensor, window: Window): Tensor {
  const result = callPlanned(ops.copy, { inputs: [self.detach()], shape: self.shape, dtype: self.dtype });
  callInPlace(ops.fill, [], [windowOf(result, window)], [0]);
  if (self.requiresGrad) record(outsideRule, result, [self], window);
  return result;
}

/** The same memory, outside the record. */
function windowOf(self: Tensor, { shape, strides, offset }: Window): Tensor {
  return new Tensor(self.storage, shape, strides, self.offset + offset, self.dtype);
}

const windowChangeRule: DerivativeRule = {
  name: "change of a view",
  derivative: [
    (gradient, call) => outsideWindow(gradient, call.details as Window),
    (gradient, call) => seenThrough(gradient, call.details as Window),
  ],
};
const seenRule: DerivativeRule = {
  name: "view of a gradient",
  derivative: [(gradient, call) => behindWindow(gradient, call.shapeOf(0), call.details as Window)],
};
const behindRule: DerivativeRule = {
  name: "gradient behind a view",
  derivative: [(gradient, call) => seenThrough(gradient, call.details as Window)],
};
const outsideRule: DerivativeRule = {
  name: "gradient outside a view",
  derivative: [(gradient, call) => outsideWindow(gradient, call.details as Window)],
};
