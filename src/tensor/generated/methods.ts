/**
 * Written by `npm run generate` from src/tensor/ops.ts; do not edit.
 * The methods that rows of the table give every tensor.
 */
import type { ReductionOptions } from "../dispatch.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface OpMethods {
  /** Sum of two operands, element by element. */
  add(other: TensorLike): Tensor;
  /** Sum over the given dimensions, or over all. */
  sum(options?: ReductionOptions): Tensor;
}
