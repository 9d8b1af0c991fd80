/**
 * Order: sorted elements and their positions, and where elements belong among sorted ones. Sorting is stable and NaN counts
 * as the largest, as in PyTorch.
 */
import { promote } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import type { JointDerivative } from "../graph.ts";
import { formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";

/** Each value came from the position beside it, and its gradient goes back there. */
export const gradientToPositions: JointDerivative = ([gradient], call) => [
  gradient?.gatherBackward(call.shapeOf(0), call.details as number, call.outputAt(1)),
];

export const sorting = {
  sort: multiple({
    summary: "The elements along a dimension in order, and their positions (int32); equal ones keep their order.",
    plan: (self: Tensor, dim: number, descending: boolean) => ({
      inputs: [self],
      outputs: [
        { shape: self.shape, dtype: self.dtype },
        { shape: self.shape, dtype: "int32" },
      ],
      attributes: [dim, descending ? 1 : 0],
      details: dim,
    }),
    saves: "output",
    jointDerivative: gradientToPositions,
  }),
  topk: multiple({
    summary: "The k largest or smallest elements along a dimension, and their positions (int32).",
    plan: (self: Tensor, k: number, dim: number, largest: boolean, sorted: boolean) => {
      const size = self.shape[dim]!;
      if (!Number.isInteger(k) || k < 0 || k > size) {
        throw new ShapeError(
          `topk: there are no ${k} elements along dim ${dim} of ${formatShape(self.shape)}; k must lie in 0 to ${size}`,
        );
      }
      const shape = self.shape.map((each, d) => (d === dim ? k : each));
      return {
        inputs: [self],
        outputs: [
          { shape, dtype: self.dtype },
          { shape, dtype: "int32" },
        ],
        attributes: [dim, k, largest ? 1 : 0, sorted ? 1 : 0],
        details: dim,
      };
    },
    saves: "output",
    jointDerivative: gradientToPositions,
  }),
  searchsorted: general({
    summary:
      "For each value, how many elements of this tensor, sorted along its last dimension, come before it (int32): before " +
      "equal ones, or after them with `right`. The tensor is a vector for all values, or has their leading sizes.",
    parameters: "values: Tensor, options?: { right?: boolean }",
    plan: (self: Tensor, values: Tensor, { right = false }: { right?: boolean } = {}) => {
      const fits = self.ndim === 1 || (self.ndim === values.ndim && sameShape(self.shape.slice(0, -1), values.shape.slice(0, -1)));
      if (self.ndim === 0 || !fits) {
        throw new ShapeError(
          `searchsorted: values of shape ${formatShape(values.shape)} do not fit sorted elements of shape ` +
            `${formatShape(self.shape)}: these must be one vector, or agree in all dimensions but the last`,
        );
      }
      const common = promote(self.dtype, values.dtype);
      const dtype = common === "bool" ? "uint8" : common;
      return {
        inputs: [self.to(dtype).contiguous(), values.to(dtype).contiguous()],
        shape: values.shape,
        dtype: "int32",
        attributes: [right ? 1 : 0],
      };
    },
  }),
  nonzero: general({
    summary: "The indices of the elements that are not 0, in row-major order: int32, one row each.",
    parameters: "",
    plan: (self: Tensor, flat = false) => {
      const source = self.contiguous();
      const count = source.ne(0).sum().item();
      return {
        inputs: [source],
        shape: flat ? [count] : [count, self.ndim],
        dtype: "int32",
        attributes: [flat ? 1 : 0],
      };
    },
  }),
};

/** A dimension of a tensor that may be a scalar, which counts as one line of one element. */
export function lineDim(op: string, dim: number, self: Tensor): number {
  return normalizeDim(op, dim, Math.max(self.ndim, 1));
}
