/**
 * Choosing by a condition and placing by positions.
 */
import { callInPlace, callPlanned, record, toType } from "../dispatch.ts";
import { promote, promoteWithNumber } from "../dtype.ts";
import { DTypeError, GradientError, ShapeError } from "../errors.ts";
import { isGradEnabled } from "../grad-mode.ts";
import type { DerivativeRule } from "../graph.ts";
import { ops } from "../ops.ts";
import { checkPositions } from "../positions.ts";
import { broadcastShapes, formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface SelectMethods {
  /** This tensor's elements where the condition is true, the other operand's elsewhere; all three broadcast. */
  where(condition: Tensor, other: TensorLike): Tensor;
  /** The derivative of `indexSelect`: zeros of a shape, with this tensor's slices added at the positions `index`. */
  indexSelectBackward(shape: Shape, dim: number, index: Tensor): Tensor;
  /** The derivative of `gather`: zeros of a shape, with each element added where `index` names. */
  gatherBackward(shape: Shape, dim: number, index: Tensor): Tensor;
  /** Adds slices of `source` to the positions `index` of a dimension. */
  indexAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** Adds each element of `source` to the place that `index` names along a dimension. */
  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
}

interface Placing {
  dim: number;
  index: Tensor;
}
const indexSelectBackwardRule: DerivativeRule = {
  name: "indexSelectBackward",
  derivative: [
    (gradient, call) => {
      const { dim, index } = call.details as Placing;
      return gradient.indexSelect(dim, index);
    },
  ],
};
const gatherBackwardRule: DerivativeRule = {
  name: "gatherBackward",
  derivative: [
    (gradient, call) => {
      const { dim, index } = call.details as Placing;
      return gradient.gather(dim, index);
    },
  ],
};

/** Changes of a tensor that somebody may still look at: gradients would have to be followed through them. */
function requireUnrecorded(op: string, ...tensors: readonly Tensor[]): void {
  if (isGradEnabled() && tensors.some((each) => each.requiresGrad)) {
    throw new GradientError(`${op}: gradients do not flow through it; wrap the call in noGrad, or use gather or indexSelect`);
  }
}

function requireShape(op: string, self: Tensor, wanted: Shape): void {
  if (!sameShape(self.shape, wanted)) {
    throw new ShapeError(`${op}: the tensor has shape ${formatShape(self.shape)}, expected ${formatShape(wanted)}`);
  }
}

/** Checks that an index names places inside a shape in the dimensions that it does not choose. */
function requirePlaces(op: string, index: Tensor, shape: Shape, dim: number): void {
  if (index.ndim !== shape.length || index.shape.some((size, d) => d !== dim && size > shape[d]!)) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} does not fit into ${formatShape(shape)} along dim ${dim}`,
    );
  }
}

function requireAlike(op: string, self: Tensor, source: Tensor): void {
  if (self.dtype !== source.dtype) {
    throw new DTypeError(`${op}: the tensor is ${self.dtype}, the source ${source.dtype}; convert one with .to(...)`);
  }
}

export const selectMethods: SelectMethods & ThisType<Tensor> = {
  where(condition, other) {
    if (requireTensor("where", condition).dtype !== "bool") {
      throw new DTypeError(`where: the condition must be bool, got ${condition.dtype}; compare first, as in x.gt(0)`);
    }
    const dtype =
      typeof other === "number" ? promoteWithNumber(this.dtype, other) : promote(this.dtype, requireTensor("where", other).dtype);
    let shape = broadcastShapes("where", condition.shape, this.shape);
    if (typeof other !== "number") shape = broadcastShapes("where", shape, other.shape);
    const otherwise = typeof other === "number" ? other : toType(other, dtype);
    return callPlanned(ops.where, ops.where.plan(condition, toType(this, dtype), otherwise, shape, dtype));
  },

  indexSelectBackward(shape, dim, index) {
    const wanted = shape.map((size, d) => (d === dim ? index.numel : size));
    requireShape("indexSelectBackward", this, wanted);
    const result = this.newZeros(shape);
    callInPlace(ops.indexAdd, [index, this], [result], [dim]);
    if (this.requiresGrad) record(indexSelectBackwardRule, result, [this], { dim, index } satisfies Placing);
    return result;
  },

  gatherBackward(shape, dim, index) {
    requireShape("gatherBackward", this, index.shape);
    requirePlaces("gatherBackward", index, shape, dim);
    const result = this.newZeros(shape);
    callInPlace(ops.scatterAdd, [index, this], [result], [dim]);
    if (this.requiresGrad) record(gatherBackwardRule, result, [this], { dim, index } satisfies Placing);
    return result;
  },

  indexAdd_(dim, index, source) {
    requireUnrecorded("indexAdd_", this, source);
    requireAlike("indexAdd_", this, source);
    const along = normalizeDim("indexAdd_", dim, this.ndim);
    const wanted = this.shape.map((size, d) => (d === along ? index.numel : size));
    if (index.ndim !== 1 || !sameShape(source.shape, wanted)) {
      throw new ShapeError(
        `indexAdd_: ${index.numel} positions along dim ${dim} of ${formatShape(this.shape)} need a source of shape ` +
          `${formatShape(wanted)}, got ${formatShape(source.shape)}`,
      );
    }
    const positions = checkPositions("indexAdd_", "position", index, this.shape[along]!);
    callInPlace(ops.indexAdd, [positions, source], [this], [along]);
    return this;
  },

  scatterAdd_(dim, index, source) {
    requireUnrecorded("scatterAdd_", this, source);
    requireAlike("scatterAdd_", this, source);
    const along = normalizeDim("scatterAdd_", dim, this.ndim);
    if (!sameShape(index.shape, source.shape) || index.ndim !== this.ndim) {
      throw new ShapeError(
        `scatterAdd_: the index has shape ${formatShape(index.shape)}, the source ${formatShape(source.shape)}; ` +
          `they must be equal and of rank ${this.ndim}`,
      );
    }
    requirePlaces("scatterAdd_", index, this.shape, along);
    const positions = checkPositions("scatterAdd_", "position", index, this.shape[along]!);
    callInPlace(ops.scatterAdd, [positions, source], [this], [along]);
    return this;
  },
};
