/**
 * Changes in place, named with a trailing underscore as in PyTorch. They raise the storage's version, so that a derivative
 * that has saved the old value says so instead of giving a wrong gradient. How one becomes part of the recorded history is
 * in in-place-history.ts.
 */
import { callBinary, callInPlace, toType } from "../dispatch.ts";
import { isFloating, promote, promoteWithNumber } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { GraphNode } from "../graph.ts";
import type { DerivativeRule } from "../graph.ts";
import { ops } from "../ops.ts";
import type { NamedRow } from "../ops.ts";
import type { BinaryRow, UnaryRow } from "../ops/definition.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { adoptHistory, mustRecord } from "./in-place-history.ts";

const unaryNames = [
  "neg", "abs", "exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "sin", "cos", "tanh", "sigmoid", "relu", "floor", "ceil", "round",
] as const;

export interface InPlaceMethods {
  /** Adds to this tensor. */
  add_(other: TensorLike): Tensor;
  /** Subtracts from this tensor. */
  sub_(other: TensorLike): Tensor;
  /** Multiplies this tensor. */
  mul_(other: TensorLike): Tensor;
  /** Divides this tensor. */
  div_(other: TensorLike): Tensor;
  /** Raises this tensor to a power. */
  pow_(other: TensorLike): Tensor;
  /** Brings every element into the interval from `min` to `max`; either may be left out. */
  clamp_(limits: { min?: number; max?: number }): Tensor;
  /** Writes one value (a number or a scalar tensor) wherever the mask, which broadcasts, is true. */
  maskedFill_(mask: Tensor, value: TensorLike): Tensor;
  /** Overwrites this tensor with another, which broadcasts and is converted. */
  copy_(source: TensorLike): Tensor;
  /** Overwrites every element with one number. */
  fill_(value: number): Tensor;
  /** Overwrites every element with 0. */
  zero_(): Tensor;
  /** Overwrites each element with its negative. */
  neg_(): Tensor;
  /** Overwrites each element with its absolute value. */
  abs_(): Tensor;
  /** Overwrites each element with its exponential. */
  exp_(): Tensor;
  /** Overwrites each element with its natural logarithm. */
  log_(): Tensor;
  /** Overwrites each element with its square root. */
  sqrt_(): Tensor;
  /** Overwrites each element with one over its square root. */
  rsqrt_(): Tensor;
  /** Overwrites each element with one over it. */
  reciprocal_(): Tensor;
  /** Overwrites each element with its square. */
  square_(): Tensor;
  /** Overwrites each element with its sine. */
  sin_(): Tensor;
  /** Overwrites each element with its cosine. */
  cos_(): Tensor;
  /** Overwrites each element with its hyperbolic tangent. */
  tanh_(): Tensor;
  /** Overwrites each element with its logistic function. */
  sigmoid_(): Tensor;
  /** Overwrites negative elements with 0. */
  relu_(): Tensor;
  /** Rounds each element down. */
  floor_(): Tensor;
  /** Rounds each element up. */
  ceil_(): Tensor;
  /** Rounds each element to the nearest whole number, halves to the even one. */
  round_(): Tensor;
}

/** Refuses a view in which several elements share one place: writing each in turn has no meaning. */
export function requireOwnPlaces(op: string, self: Tensor): void {
  if (self.numel > 0 && self.shape.some((size, d) => size > 1 && self.strides[d] === 0)) {
    throw new ShapeError(`${op}: several elements of this tensor share one place in memory (expand made it); clone() it first`);
  }
}

/** Refuses a fraction where a tensor holds whole numbers. */
export function requireHolds(op: string, self: Tensor, value: number): void {
  if (!isFloating(self.dtype) && !Number.isInteger(value)) {
    throw new DTypeError(`${op}: a tensor of ${self.dtype} cannot hold ${value}; convert with .to("float32") first`);
  }
}

/** The source as it is now, apart from what is about to be written: a copy where the two overlap without being the same. */
export function apart(source: Tensor, self: Tensor): Tensor {
  if (source.storage.handle !== self.storage.handle) return source;
  const same = source.offset === self.offset && sameShape(source.shape, self.shape) && sameShape(source.strides, self.strides);
  return same ? source : source.clone();
}

/**
 * Overwrites a tensor with what a function of it gives, which has its shape and type. Where the change is recorded, the
 * tensor takes over the result's history; else `direct`, where given, may write in place at once.
 * @param others the operands beside the tensor itself.
 */
export function changeTo(op: string, self: Tensor, others: readonly TensorLike[], compute: () => Tensor, direct?: () => void): Tensor {
  const recorded = mustRecord(op, self, others);
  requireOwnPlaces(op, self);
  if (!recorded && direct !== undefined) {
    direct();
    return self;
  }
  const result = compute();
  if (result.dtype !== self.dtype) {
    throw new DTypeError(`${op}: the result would be ${result.dtype}, which a tensor of ${self.dtype} cannot hold; convert it first, as in x = x.to("${result.dtype}")`);
  }
  callInPlace(ops.copy, [result], [self]);
  if (recorded) adoptHistory(self, result.requiresGrad ? result.node : undefined, result.outputIndex);
  return self;
}

function changeByUnary(row: NamedRow<UnaryRow>, self: Tensor, compute: () => Tensor): Tensor {
  const op = `${row.name}_`;
  if (row.result === "float" && !isFloating(self.dtype)) {
    throw new DTypeError(`${op}: the result would be floating, which a tensor of ${self.dtype} cannot hold; convert it first, as in x = x.to("float32")`);
  }
  return changeTo(op, self, [], compute, () => callInPlace(row, [self], [self]));
}

function changeByBinary(row: NamedRow<BinaryRow>, self: Tensor, other: TensorLike): Tensor {
  const op = `${row.name}_`;
  const recorded = mustRecord(op, self, [other]);
  const promoted = typeof other === "number" ? promoteWithNumber(self.dtype, other) : promote(self.dtype, requireTensor(op, other).dtype);
  const common = row.result === "float" && !isFloating(promoted) ? "float32" : promoted;
  if (common !== self.dtype) {
    throw new DTypeError(`${op}: the result would be ${common}, which a tensor of ${self.dtype} cannot hold; convert it first, as in x = x.to("${common}")`);
  }
  requireFits(op, self, other);
  requireOwnPlaces(op, self);
  const operand = typeof other === "number" ? other : apart(toType(other, self.dtype), self);
  // A derivative that reads the old value finds it in a copy.
  if (recorded && row.saves !== undefined) return changeTo(op, self, [other], () => callBinary(row, self.clone(), operand));
  const node = recorded ? GraphNode.ofCall(row, [self, operand], [self], undefined) : undefined;
  callInPlace(row, [self, operand], [self]);
  if (recorded) adoptHistory(self, node, 0);
  return self;
}

function requireFits(op: string, self: Tensor, other: TensorLike): void {
  if (typeof other !== "number" && !sameShape(broadcastShapes(op, self.shape, other.shape), self.shape)) {
    throw new ShapeError(`${op}: ${formatShape(other.shape)} does not fit into ${formatShape(self.shape)}, and a change in place keeps the shape; write the op without "_" for a larger result`);
  }
}

/** An overwritten value has no influence any more. */
const fillRule: DerivativeRule = { name: "fill", derivative: [(gradient, call) => gradient.newZeros(call.shapeOf(0))] };

/** Overwrites a tensor with what reads none, as filling and drawing do. */
export function overwrite(op: string, self: Tensor, write: () => void): Tensor {
  const recorded = mustRecord(op, self, []);
  requireOwnPlaces(op, self);
  const node = recorded ? GraphNode.ofCall(fillRule, [self], [self], undefined) : undefined;
  write();
  if (recorded) adoptHistory(self, node, 0);
  return self;
}

const unaryMethods = Object.fromEntries(
  unaryNames.map((name) => [
    `${name}_`,
    function (this: Tensor): Tensor {
      return changeByUnary(ops[name], this, () => this.clone()[name]());
    },
  ]),
) as Pick<InPlaceMethods, `${(typeof unaryNames)[number]}_`>;

export const inPlaceMethods: InPlaceMethods & ThisType<Tensor> = {
  ...unaryMethods,

  add_(other) {
    return changeByBinary(ops.add, this, other);
  },
  sub_(other) {
    return changeByBinary(ops.sub, this, other);
  },
  mul_(other) {
    return changeByBinary(ops.mul, this, other);
  },
  div_(other) {
    return changeByBinary(ops.div, this, other);
  },
  pow_(other) {
    return changeByBinary(ops.pow, this, other);
  },
  clamp_(limits) {
    return changeTo("clamp_", this, [], () => this.clone().clamp(limits));
  },
  maskedFill_(mask, value) {
    requireFits("maskedFill_", this, requireTensor("maskedFill_", mask));
    return changeTo("maskedFill_", this, [value], () => this.maskedFill(mask, value));
  },
  copy_(source) {
    const recorded = mustRecord("copy_", this, [source]);
    if (typeof source !== "number") requireTensor("copy_", source);
    requireFits("copy_", this, source);
    requireOwnPlaces("copy_", this);
    const from = typeof source === "number" ? source : apart(source, this);
    const node = recorded ? GraphNode.ofCall(ops.copy, [from], [this], undefined) : undefined;
    callInPlace(ops.copy, [from], [this]);
    if (recorded) adoptHistory(this, node, 0);
    return this;
  },
  fill_(value) {
    return overwrite("fill_", this, () => callInPlace(ops.fill, [], [this], [value]));
  },
  zero_() {
    return this.fill_(0);
  },
};
