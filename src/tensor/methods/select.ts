/**
 * Choosing by a condition, and the derivatives of choosing by positions.
 */
import { callInPlace, callPlanned, record, toType } from "../dispatch.ts";
import { promote, promoteWithNumber } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import type { DerivativeRule } from "../graph.ts";
import { ops } from "../ops.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
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
  /** The derivative of an index of several tensors: zeros of a shape, with this tensor's slices added where they name. */
  advancedIndexBackward(shape: Shape, positions: readonly Tensor[]): Tensor;
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

function requireShape(op: string, self: Tensor, wanted: Shape): void {
  if (!sameShape(self.shape, wanted)) {
    throw new ShapeError(`${op}: the tensor has shape ${formatShape(self.shape)}, expected ${formatShape(wanted)}`);
  }
}

const advancedIndexBackwardRule: DerivativeRule = {
  name: "advancedIndexBackward",
  saves: "inputs",
  derivative: [
    (gradient, call) => {
      const positions = Array.from({ length: call.details as number }, (_, i) => call.input(i + 1));
      return callPlanned(ops.advancedIndex, ops.advancedIndex.plan(gradient, positions));
    },
  ],
};

/** Checks that an index names places inside a shape in the dimensions that it does not choose. */
function requirePlaces(op: string, index: Tensor, shape: Shape, dim: number): void {
  if (index.ndim !== shape.length || index.shape.some((size, d) => d !== dim && size > shape[d]!)) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} does not fit into ${formatShape(shape)} along dim ${dim}`,
    );
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

  advancedIndexBackward(shape, positions) {
    requireShape("advancedIndexBackward", this, [positions[0]!.numel, ...shape.slice(positions.length)]);
    const result = this.newZeros(shape);
    callInPlace(ops.indexPut, [...positions, this], [result], [1]);
    if (this.requiresGrad) record(advancedIndexBackwardRule, result, [this, ...positions], positions.length);
    return result;
  },
};
