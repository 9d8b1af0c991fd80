/**
 * Running extremes along a dimension. Running sums and products are rows of the table with methods of their own.
 */
import { callMultiple } from "../dispatch.ts";
import { ops } from "../ops.ts";
import { normalizeDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { Extremes } from "./reduction.ts";

export interface CumulativeMethods {
  /** The largest element so far along a dimension, and its position (int32), the last of equal ones; NaN from the first on. */
  cummax(dim: number): Extremes;
  /** The smallest element so far along a dimension, and its position (int32), the last of equal ones; NaN from the first on. */
  cummin(dim: number): Extremes;
}

function running(name: "cummax" | "cummin", self: Tensor, dim: number): Extremes {
  const [values, indices] = callMultiple(ops[name], ops[name].plan(self, normalizeDim(name, dim, self.ndim)));
  return { values: values!, indices: indices! };
}

export const cumulativeMethods: CumulativeMethods & ThisType<Tensor> = {
  cummax(dim) {
    return running("cummax", this, dim);
  },
  cummin(dim) {
    return running("cummin", this, dim);
  },
};
