/**
 * Changes in place, named with a trailing underscore as in PyTorch. They raise the storage's version, so that a derivative
 * that has saved the old value says so instead of giving a wrong gradient.
 */
import { callInPlace, toType } from "../dispatch.ts";
import { promote, promoteWithNumber } from "../dtype.ts";
import { DTypeError, GradientError, ShapeError } from "../errors.ts";
import { isGradEnabled } from "../grad-mode.ts";
import { GraphNode } from "../graph.ts";
import { ops } from "../ops.ts";
import type { NamedRow } from "../ops.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface InPlaceMethods {
  /** Adds to this tensor. */
  add_(other: TensorLike): Tensor;
  /** Overwrites this tensor with another, which broadcasts and is converted. */
  copy_(source: TensorLike): Tensor;
  /** Overwrites every element with one number. */
  fill_(value: number): Tensor;
  /** Overwrites every element with 0. */
  zero_(): Tensor;
}

/** Checks that a change in place can be differentiated, or need not be, before it happens. */
function checkChange(op: string, self: Tensor, other: TensorLike | undefined): boolean {
  if (!isGradEnabled()) return false;
  const otherNeeds = typeof other === "object" && other.requiresGrad;
  if (!self.requiresGrad && !otherNeeds) return false;
  if (self.requiresGrad && self.isLeaf) {
    throw new GradientError(
      `${op}: a leaf that requires gradients cannot be changed in place while calls are recorded; ` +
        `write noGrad(() => w.${op}(...)), or use an optimiser`,
    );
  }
  if (self.viewedAt >= 0) {
    throw new GradientError(
      `${op}: this tensor is a view, and gradients do not flow through changes of a view; build the result with cat or ` +
        `stack, or change a clone()`,
    );
  }
  return true;
}

/** Refuses a view in which several elements share one place: writing each in turn has no meaning. */
function requireOwnPlaces(op: string, self: Tensor): void {
  if (self.numel > 0 && self.shape.some((size, d) => size > 1 && self.strides[d] === 0)) {
    throw new ShapeError(`${op}: several elements of this tensor share one place in memory (expand made it); clone() it first`);
  }
}

/** The source as it is now, apart from what is about to be written: a copy where the two overlap without being the same. */
function apart(source: Tensor, self: Tensor): Tensor {
  if (source.storage.handle !== self.storage.handle) return source;
  const same = source.offset === self.offset && sameShape(source.shape, self.shape) && sameShape(source.strides, self.strides);
  return same ? source : source.clone();
}

function change(row: NamedRow, name: string, self: Tensor, other: TensorLike): Tensor {
  const recorded = checkChange(name, self, other);
  const common = typeof other === "number" ? promoteWithNumber(self.dtype, other) : promote(self.dtype, requireTensor(name, other).dtype);
  if (common !== self.dtype && row !== ops.copy) {
    throw new DTypeError(`${name}: the result would be ${common}, which a ${self.dtype} tensor cannot hold; convert first`);
  }
  if (typeof other !== "number" && !sameShape(broadcastShapes(name, self.shape, other.shape), self.shape)) {
    throw new ShapeError(`${name}: ${formatShape(other.shape)} does not fit into ${formatShape(self.shape)}`);
  }
  requireOwnPlaces(name, self);
  const source =
    typeof other === "number" ? other : apart(row === ops.copy ? other : toType(other, self.dtype), self);
  const node = recorded ? GraphNode.ofCall(row, row === ops.copy ? [source] : [self, source], [self], undefined) : undefined;
  callInPlace(row, row === ops.copy ? [source] : [self, source], [self]);
  if (node !== undefined) {
    self.node = node;
    self.outputIndex = 0;
    self.requiresGrad = true;
    self.storage.recordedChanges++;
  }
  return self;
}

export const inPlaceMethods: InPlaceMethods & ThisType<Tensor> = {
  add_(other) {
    return change(ops.add, "add_", this, other);
  },
  copy_(source) {
    return change(ops.copy, "copy_", this, source);
  },
  fill_(value) {
    checkChange("fill_", this, undefined);
    requireOwnPlaces("fill_", this);
    callInPlace(ops.fill, [], [this], [value]);
    return this;
  },
  zero_() {
    return this.fill_(0);
  },
};
