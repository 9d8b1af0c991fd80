/**
 * Copies: of type, of layout, out of the graph, and the two sums and paddings by which broadcasting and slicing are undone.
 */
import { observer } from "../call-observer.ts";
import { callForNew, callInPlace, callPlanned, record } from "../dispatch.ts";
import { checkDevice } from "../device.ts";
import type { Device } from "../device.ts";
import { byteSize, checkDType, isFloating } from "../dtype.ts";
import type { DType } from "../dtype.ts";
import { CompileError, DeviceError, GradientError, ShapeError } from "../errors.ts";
import type { DerivativeRule } from "../graph.ts";
import * as frame from "../frame.ts";
import { throwLate } from "../late-errors.ts";
import { isWorthNoting, noteElements } from "../memory.ts";
import { native } from "../native.ts";
import { ops } from "../ops.ts";
import { checkShape, formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";

export interface CopyMethods {
  /** The tensor with another element type, or on another device; itself when it has both already. */
  to(target: DType | Device): Tensor;
  /** The tensor in row-major order without gaps; itself when it is so already. */
  contiguous(): Tensor;
  /** A copy with memory of its own, recorded for differentiation. */
  clone(): Tensor;
  /** Zeros of a shape, with this tensor's type. */
  newZeros(shape: Shape): Tensor;
  /** The same memory outside the graph: no gradient flows through it. */
  detach(): Tensor;
  /** Says whether gradients are to be collected for this leaf. */
  requiresGrad_(required?: boolean): Tensor;
  /** Summed over the dimensions that broadcasting had stretched, back to a smaller shape. */
  sumTo(shape: Shape): Tensor;
  /** The derivative of `slice`: zeros of a shape, with this tensor written into the slice of `dim` from `start` to `end` by `step`. */
  sliceBackward(shape: Shape, dim: number, start: number, end: number, step: number): Tensor;
}

function copied(self: Tensor, dtype: DType): Tensor {
  const among = dtype === self.dtype || (dtype === "int32" && self.dtype === "uint8") ? self : undefined;
  return callPlanned(ops.copy, { inputs: [self], shape: self.shape, dtype, among });
}

const moveRule: DerivativeRule = {
  name: "to",
  derivative: [(gradient, call) => gradient.to(call.details as Device)],
};

/** The tensor on another device. */
function moved(self: Tensor, device: Device): Tensor {
  if (self.device === device) return self;
  checkDevice("to", device);
  if (observer !== undefined) {
    throw new CompileError("to: a compiled function computes on one device; move what it works on before it begins");
  }
  const source = self.contiguous();
  const target = callForNew(ops.fill, self.dtype, self.shape, [0], device);
  const item = byteSize(self.dtype);
  const copied = native.copyBetween(target.storage.handle, 0, source.storage.handle, source.offset * item, source.numel * item);
  if (!copied) throw new DeviceError(`to: ${native.cardFailure()}`);
  if (frame.violated()) throwLate();
  if (device !== "cpu" && isWorthNoting(self.dtype, source.numel)) noteElements(target.storage, source.data());
  if (self.requiresGrad) record(moveRule, target, [self], self.device);
  return target;
}

const sliceBackwardRule: DerivativeRule = {
  name: "sliceBackward",
  derivative: [
    (gradient, call) => {
      const [dim, start, end, step] = call.details as [number, number, number, number];
      return gradient.slice(dim, start, end, step);
    },
  ],
};

export const copyMethods: CopyMethods & ThisType<Tensor> = {
  to(target) {
    if (target === "cpu" || target === "cuda") return moved(this, target);
    const dtype = checkDType(target);
    return dtype === this.dtype ? this : copied(this, dtype);
  },

  contiguous() {
    return this.isContiguous() ? this : copied(this, this.dtype);
  },

  clone() {
    return copied(this, this.dtype);
  },

  newZeros(shape) {
    return callForNew(ops.fill, this.dtype, checkShape("newZeros", shape), [0], this.device);
  },

  detach() {
    return new Tensor(this.storage, this.shape, this.strides, this.offset, this.dtype);
  },

  requiresGrad_(required = true) {
    if (required && !isFloating(this.dtype)) {
      throw new GradientError(`requiresGrad_: only floating tensors have gradients, this one is ${this.dtype}`);
    }
    if (!this.isLeaf) {
      throw new GradientError("requiresGrad_: this tensor was computed; only leaves can be told. Write detach() first");
    }
    if (observer !== undefined && required && !this.requiresGrad) observer.leafMade(this);
    this.requiresGrad = required;
    if (!required) this.node = undefined;
    return this;
  },

  sumTo(shape) {
    if (sameShape(this.shape, shape)) return this;
    const missing = this.ndim - shape.length;
    const dims = this.shape.map((_, d) => d).filter((d) => d < missing || (shape[d - missing] === 1 && this.shape[d] !== 1));
    return dims.length === 0 ? this.reshape(shape) : this.sum({ dim: dims, keepdim: true }).reshape(shape);
  },

  sliceBackward(shape, dim, start, end, step) {
    const result = this.newZeros(shape);
    const part = result.slice(dim, start, end, step);
    if (!sameShape(part.shape, this.shape)) {
      throw new ShapeError(
        `sliceBackward: the slice of ${formatShape(shape)} has shape ${formatShape(part.shape)}, the tensor ${formatShape(this.shape)}`,
      );
    }
    callInPlace(ops.copy, [this], [part]);
    if (this.requiresGrad) record(sliceBackwardRule, result, [this], [dim, start, end, step]);
    return result;
  },
};
