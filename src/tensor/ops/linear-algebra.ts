/**
 * Products of matrices.
 */
import { ShapeError } from "../errors.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general } from "./definition.ts";
import type { CallPlan } from "./definition.ts";

function planMatmul(a: Tensor, b: Tensor): CallPlan {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [innerOfB, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== innerOfB) {
    const transposed = inner === columns ? "; the second one transposed would fit: b.mT" : "";
    throw new ShapeError(
      `matmul: ${formatShape(a.shape)} times ${formatShape(b.shape)}: the first has ${inner} columns, the second ` +
        `${innerOfB} rows; they must be equal${transposed}`,
    );
  }
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return {
    inputs: [a, b],
    stretch: [
      [...batch, rows, inner],
      [...batch, inner, columns],
    ],
    shape: [...batch, rows, columns],
    dtype: a.dtype,
  };
}

export const linearAlgebra = {
  matmul: general({
    summary: "Product of matrices in the last two dimensions; those before are batches and broadcast.",
    parameters: "other: Tensor",
    internal: true,
    plan: planMatmul,
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.matmul(call.input(1).mT).sumTo(call.shapeOf(0)),
      (gradient, call) => call.input(0).mT.matmul(gradient).sumTo(call.shapeOf(1)),
    ],
    examples: [{ shapes: [[2, 3], [3, 4]] }, { shapes: [[2, 1, 3, 4], [5, 4, 2]] }],
  }),
};
