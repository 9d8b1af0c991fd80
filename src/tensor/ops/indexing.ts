/**
 * Picking and placing elements by tensors of positions, and choosing by a condition.
 */
import type { DType } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { checkPositions } from "../positions.ts";
import { checkShape, formatShape, normalizeDim } from "../shape.ts";
import type { Shape } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { general, primitive } from "./definition.ts";
import type { CallPlan } from "./definition.ts";

/** `op` is what the caller called, for messages. */
export function planIndexSelect(self: Tensor, dim: number, index: Tensor, op = "indexSelect"): CallPlan {
  const along = normalizeDim(op, dim, self.ndim);
  if (index.ndim !== 1) {
    throw new ShapeError(`${op}: positions must be one-dimensional, got shape ${formatShape(index.shape)}`);
  }
  const shape: Shape = self.shape.map((size, d) => (d === along ? index.shape[0]! : size));
  const positions = checkPositions(op, "position", index, self.shape[along]!);
  return { inputs: [self, positions], shape, dtype: self.dtype, attributes: [along], details: along, among: self };
}

function planGather(self: Tensor, dim: number, index: Tensor): CallPlan {
  const along = normalizeDim("gather", dim, self.ndim);
  const fits = index.ndim === self.ndim && index.shape.every((size, d) => d === along || size <= self.shape[d]!);
  if (!fits) {
    throw new ShapeError(
      `gather: positions of shape ${formatShape(index.shape)} do not fit a tensor of shape ${formatShape(self.shape)} ` +
        `along dim ${dim}: both need the same rank, and no other dimension may be larger` +
        (index.ndim === self.ndim - 1 ? `; for one position a row write index.unsqueeze(${along})` : ""),
    );
  }
  const positions = checkPositions("gather", "position", index, self.shape[along]!);
  return { inputs: [self, positions], shape: index.shape, dtype: self.dtype, attributes: [along], details: along, among: self };
}

export const indexing = {
  where: general({
    summary: "This tensor's elements where the condition is true, the other operand's elsewhere.",
    parameters: "condition: Tensor, other: TensorLike",
    internal: true,
    plan: (condition: Tensor, chosen: TensorLike, other: TensorLike, shape: Shape, dtype: DType) => ({
      inputs: [condition, chosen, other],
      stretch: [shape, shape, shape],
      shape,
      dtype,
    }),
    saves: "inputs",
    derivative: [
      undefined,
      // Chosen, not multiplied: an infinite gradient times the 0 of the branch not taken would be NaN.
      (gradient, call) => gradient.where(call.input(0), 0),
      (gradient, call) => gradient.where(call.input(0).logicalNot(), 0),
    ],
  }),
  indexSelect: general({
    summary: "The elements at the given positions (int32, one-dimensional) of a dimension.",
    parameters: "dim: number, index: Tensor",
    plan: (self: Tensor, dim: number, index: Tensor) => planIndexSelect(self, dim, index),
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.indexSelectBackward(call.shapeOf(0), call.details as number, call.input(1)),
    ],
  }),
  indexAdd: primitive({ summary: "Adds slices to the given positions of a dimension, in place.", internal: true }),
  gather: general({
    summary: "For each position of the index, the element it names along a dimension.",
    parameters: "dim: number, index: Tensor",
    plan: planGather,
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.gatherBackward(call.shapeOf(0), call.details as number, call.input(1)),
    ],
  }),
  advancedIndex: general({
    summary: "The slices of a tensor that one or several tensors of positions name together; positions are flat and int32.",
    parameters: "positions: readonly Tensor[]",
    internal: true,
    plan: (self: Tensor, positions: readonly Tensor[]) => ({
      inputs: [self, ...positions],
      shape: [positions[0]!.numel, ...self.shape.slice(positions.length)],
      dtype: self.dtype,
      details: positions.length,
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => {
        const positions = Array.from({ length: call.details as number }, (_, i) => call.input(i + 1));
        return gradient.advancedIndexBackward(call.shapeOf(0), positions);
      },
    ],
  }),
  indexPut: primitive({ summary: "Writes or adds slices where tensors of positions name them together, in place.", internal: true }),
  scatter: primitive({ summary: "Writes each element to the place its index names along a dimension, in place.", internal: true }),
  scatterAdd: primitive({ summary: "Adds each element to the place its index names along a dimension, in place.", internal: true }),
  oneHot: general({
    summary: "Labels (int32) as rows with a single 1; float32, with one more dimension.",
    parameters: "classes: number",
    plan: (self: Tensor, classes: number) => ({
      shape: checkShape("oneHot", [...self.shape, classes]),
      inputs: [checkPositions("oneHot", "label", self, classes)],
      dtype: "float32",
      attributes: [classes],
    }),
  }),
};

