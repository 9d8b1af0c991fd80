/**
 * Running sums, products and extremes along a dimension. Floats are summed in float64, in the order of the elements.
 */
import type { DType } from "../dtype.ts";
import { isFloating } from "../dtype.ts";
import { isGradEnabled } from "../grad-mode.ts";
import type { GraphNode } from "../graph.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { CallPlan, MultiplePlan } from "./definition.ts";
import { gradientToPositions } from "./sorting.ts";

/** What a running sum or product is told. */
export interface CumulativeOptions {
  /** From the last element to the first. */
  reverse?: boolean;
}

/** Small whole numbers are accumulated as int32. */
const accumulated = (dtype: DType): DType => (isFloating(dtype) ? dtype : "int32");

function plan(op: string, self: Tensor, dim: number, reverse: boolean): CallPlan {
  const along = normalizeDim(op, dim, self.ndim);
  return {
    inputs: [self],
    shape: self.shape,
    dtype: accumulated(self.dtype),
    attributes: [along, reverse ? 1 : 0],
    details: { dim: along, reverse },
  };
}

function planExtremes(self: Tensor, dim: number): MultiplePlan {
  return {
    inputs: [self],
    outputs: [
      { shape: self.shape, dtype: self.dtype },
      { shape: self.shape, dtype: "int32" },
    ],
    attributes: [dim],
    details: dim,
  };
}

/**
 * The gradient of x_k is the sum over i >= k of g_i times the product of all x_j, j <= i, without x_k. Without zeros that is
 * the running sum from the end of g times the result, over x. Where there are zeros, elements before the first one are as
 * before (the result is 0 from there on), elements after it get 0, and the first one itself gets the running sum of g times
 * the products with a 1 in its place.
 */
function productGradient(gradient: Tensor, x: Tensor, result: Tensor, dim: number): Tensor {
  const zero = x.eq(0);
  const divided = (divisor: Tensor): Tensor => gradient.mul(result).cumsum(dim, { reverse: true }).div(divisor);
  if (zero.any().item() === 0) return divided(x);
  if (isGradEnabled()) return productGradientTerms(gradient, x, dim);
  const zerosSoFar = zero.cumsum(dim);
  const first = zero.logicalAnd(zerosSoFar.eq(1));
  const withOne = gradient.mul(x.where(first.logicalNot(), 1).cumprod(dim)).cumsum(dim, { reverse: true });
  return divided(x.where(zero.logicalNot(), 1)).where(zerosSoFar.eq(0), 0).add(withOne.where(first, 0));
}

/** The same sum written out, n terms for each of n elements, for derivatives of it where x has zeros. */
function productGradientTerms(gradient: Tensor, x: Tensor, dim: number): Tensor {
  const size = x.shape[dim]!;
  const rows = (each: Tensor): Tensor => each.transpose(dim, -1).reshape([-1, 1, size]);
  const ones = x.newZeros([size, size]).add(1);
  const triangle = ones.triu();
  const diagonal = triangle.mul(ones.tril()).eq(1);
  const without = rows(x).where(diagonal.logicalNot(), 1).cumprod(2);
  const last = x.transpose(dim, -1);
  return without.mul(triangle).mul(rows(gradient)).sum({ dim: 2 }).reshape(last.shape).transpose(dim, -1);
}

export const cumulative = {
  cumsum: general({
    summary: "The running sum along a dimension, from the first element on, or from the last with `reverse`.",
    parameters: "dim: number, options?: { reverse?: boolean }",
    plan: (self: Tensor, dim: number, { reverse = false }: CumulativeOptions = {}) => plan("cumsum", self, dim, reverse),
    derivative: [
      (gradient: Tensor, call: GraphNode): Tensor => {
        const { dim, reverse } = call.details as { dim: number; reverse: boolean };
        return gradient.cumsum(dim, { reverse: !reverse });
      },
    ],
  }),
  cumprod: general({
    summary: "The running product along a dimension.",
    parameters: "dim: number",
    plan: (self: Tensor, dim: number) => plan("cumprod", self, dim, false),
    saves: "both",
    derivative: [
      (gradient: Tensor, call: GraphNode): Tensor => {
        const { dim } = call.details as { dim: number };
        return productGradient(gradient, call.input(0), call.output, dim);
      },
    ],
  }),
  cummax: multiple({
    summary: "The largest element so far along a dimension, and its position (int32).",
    plan: planExtremes,
    saves: "output",
    jointDerivative: gradientToPositions,
  }),
  cummin: multiple({
    summary: "The smallest element so far along a dimension, and its position (int32).",
    plan: planExtremes,
    saves: "output",
    jointDerivative: gradientToPositions,
  }),
};
