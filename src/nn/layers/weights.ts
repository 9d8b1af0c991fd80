/**
 * New parameters with the first values that PyTorch's layers give theirs.
 */
import { full, zeros } from "../../tensor/creation.ts";
import type { DType } from "../../tensor/dtype.ts";
import type { Shape } from "../../tensor/shape.ts";
import { uniform_ } from "../init.ts";
import { Parameter } from "../module/parameter.ts";

/** What every layer with parameters may be told. */
export interface WeightOptions {
  /** Type of the parameters; the default floating type, float32, when not given. */
  dtype?: DType;
}

const typed = (dtype: DType | undefined): { dtype?: DType } => (dtype === undefined ? {} : { dtype });

/** A parameter of uniform numbers within 1 / sqrt(fan) of 0; zeros where nothing leads in. */
export function uniformWeight(shape: Shape, fan: number, dtype: DType | undefined): Parameter {
  const bound = fan > 0 ? 1 / Math.sqrt(fan) : 0;
  return new Parameter(uniform_(zeros(shape, typed(dtype)), -bound, bound));
}

/** A parameter in which every element is `value`. */
export function constantWeight(shape: Shape, value: number, dtype: DType | undefined): Parameter {
  return new Parameter(full(shape, value, typed(dtype)));
}
