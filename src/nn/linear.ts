/**
 * The linear layer as a function: one call for product and bias.
 */
import { callPlanned, requireFloat, toType } from "../tensor/dispatch.ts";
import { promote } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import { elementCount, formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * A linear layer: x times the transposed weight, plus the bias. The product's sum is finished before the bias is added, so
 * the result has the bits of `x.matmul(weight.t()).add(bias)`.
 * @param x shape [..., in].
 * @param weight shape [out, in]; or [in] for a single output, whose dimension is then left away.
 * @param bias shape [out] (or [], with a weight of shape [in]); none when not given.
 * @returns shape [..., out].
 * @throws ShapeError when the features do not fit, DTypeError for whole numbers. (PyTorch: torch.nn.functional.linear)
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  requireTensor("linear", x);
  requireTensor("linear", weight);
  if (bias !== undefined) requireTensor("linear", bias);
  if (weight.ndim === 1) {
    if (bias !== undefined && bias.ndim !== 0) throw biasError(weight, bias, []);
    return linear(x, weight.unsqueeze(0), bias?.reshape([1])).squeeze(-1);
  }
  checkShapes(x, weight, bias);
  let dtype = promote(x.dtype, weight.dtype);
  if (bias !== undefined) dtype = promote(dtype, bias.dtype);
  const input = requireFloat("linear", toType(x, dtype));
  return callPlanned(ops.linear, ops.linear.plan(input, toType(weight, dtype), bias === undefined ? bias : toType(bias, dtype)));
}

function checkShapes(x: Tensor, weight: Tensor, bias: Tensor | undefined): void {
  if (weight.ndim !== 2) {
    throw new ShapeError(`linear: the weight has shape [out, in], got ${formatShape(weight.shape)}`);
  }
  const [outputs, features] = weight.shape as [number, number];
  if (x.ndim === 0 || x.shape.at(-1) !== features) {
    const cure =
      x.shape.at(-1) === outputs
        ? "; the weight is transposed: pass weight.t()"
        : x.ndim > 2 && elementCount(x.shape.slice(1)) === features
          ? "; lay each item out flat first: x.flatten({ startDim: 1 })"
          : "";
    throw new ShapeError(
      `linear: x of shape ${formatShape(x.shape)} does not end in the ${features} features that the weight ` +
        `${formatShape(weight.shape)} ([out, in]) takes${cure}`,
    );
  }
  if (bias !== undefined && (bias.ndim !== 1 || bias.shape[0] !== outputs)) throw biasError(weight, bias, [outputs]);
}

function biasError(weight: Tensor, bias: Tensor, expected: readonly number[]): ShapeError {
  return new ShapeError(
    `linear: the bias has shape ${formatShape(bias.shape)}; a weight of shape ${formatShape(weight.shape)} ` +
      `needs ${formatShape(expected)}`,
  );
}
