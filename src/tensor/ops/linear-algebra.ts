/**
 * Products of matrices.
 */
import { ShapeError } from "../errors.ts";
import { isGradEnabled } from "../grad-mode.ts";
import { broadcastShapes, elementCount, formatShape, viewStrides } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { CallPlan, MultiplePlan } from "./definition.ts";

/** @param summed batch dimensions of the result whose products are summed; they stay, with size 1. */
function planMatmul(a: Tensor, b: Tensor, summed: readonly number[] = []): CallPlan {
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
    shape: [...batch.map((size, d) => (summed.includes(d) ? 1 : size)), rows, columns],
    dtype: a.dtype,
    attributes: summed,
  };
}

/** All dimensions before the last as one. */
function asRows(x: Tensor): Tensor {
  return x.ndim === 2 ? x : x.reshape([elementCount(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

function planLinear(x: Tensor, weight: Tensor, bias?: Tensor): CallPlan {
  const [outputs, features] = weight.shape as [number, number];
  const leading = x.shape.slice(0, -1);
  const rows = [elementCount(leading), features];
  const flat = x.ndim <= 2 || viewStrides(x.shape, x.strides, rows) !== undefined ? x : x.contiguous();
  return {
    inputs: bias === undefined ? [flat, weight] : [flat, weight, bias.contiguous()],
    shape: [...leading, outputs],
    dtype: x.dtype,
  };
}

/** @param weight given where the gradient of x is wanted. */
function planLinearBackward(gradient: Tensor, x: Tensor, weight: Tensor | undefined): MultiplePlan {
  const { dtype } = gradient;
  const outputs = gradient.shape[1]!;
  const ofParameters = [{ shape: [outputs, x.shape[1]!], dtype }, { shape: [outputs], dtype }];
  return {
    inputs: [gradient.contiguous(), x, weight ?? 0],
    outputs: weight === undefined ? ofParameters : [...ofParameters, { shape: x.shape, dtype }],
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
      (gradient, call) => gradient.matmulBackward(call.input(1).mT, call.shapeOf(0)),
      (gradient, call) => call.input(0).mT.matmulBackward(gradient, call.shapeOf(1)),
    ],
    examples: [{ shapes: [[2, 3], [3, 4]] }, { shapes: [[2, 1, 3, 4], [5, 4, 2]] }],
  }),
  linear: general({
    summary: "x weight^T + bias: x [..., in], weight [out, in], bias [out].",
    parameters: "weight: Tensor, bias?: Tensor",
    internal: true,
    plan: planLinear,
    saves: "inputs",
    jointDerivative: ([gradient], call) => {
      const rows = asRows(gradient!);
      // A layer being trained, the usual case: one call in place of three.
      if (call.needs(1) && call.needs(2) && !isGradEnabled()) {
        const [weight, bias, x] = rows.linearBackward(asRows(call.input(0)), call.needs(0) ? call.input(1) : undefined);
        return [x === undefined || gradient!.ndim === 2 ? x : x.reshape(call.shapeOf(0)), weight, bias];
      }
      return [
        call.needs(0) ? gradient!.matmul(call.input(1)) : undefined,
        call.needs(1) ? rows.t().matmul(asRows(call.input(0))) : undefined,
        call.needs(2) ? rows.sum({ dim: 0 }) : undefined,
      ];
    },
  }),
  linearBackward: multiple({
    summary: "The gradients of a linear layer's weight and bias and, where a weight is given, of its input.",
    internal: true,
    plan: planLinearBackward,
  }),
};
