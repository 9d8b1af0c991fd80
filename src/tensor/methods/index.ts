/**
 * Picking elements by position. An index is written as in Python, with slices as strings, because JavaScript has no
 * notation for them: `x.at(0)`, `x.at(":", "1:3")`, `x.at("...", -1)`.
 */
import { ShapeError, TensorIndexError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/**
 * One entry of an index: a position; a slice `"start:end:step"` with any part left out; `"..."` for all dimensions between;
 * null for a new dimension of size 1.
 */
export type Index = number | string | null;

export interface IndexMethods {
  /** The part of the tensor that an index names, as a view: `x.at(0)`, `x.at(":", "1:3")`. */
  at(...index: Index[]): Tensor;
  /** Overwrites the part that an index names; the value broadcasts: `x.set(0, ":", 1.5)`. The value comes last. */
  set(...indexAndValue: [...Index[], TensorLike]): Tensor;
}

const slicePattern = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;

function applySlice(self: Tensor, dim: number, entry: string): Tensor {
  const match = slicePattern.exec(entry);
  if (match === null) {
    throw new TensorIndexError(
      `at: ${JSON.stringify(entry)} is not a slice; write "start:end", "start:end:step", ":" or "..."`,
    );
  }
  const part = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return self.slice(dim, part(match[1]), part(match[2]), part(match[3]));
}

export const indexMethods: IndexMethods & ThisType<Tensor> = {
  at(...index) {
    const consumed = index.filter((entry) => entry !== null && entry !== "...").length;
    if (consumed > this.ndim) {
      throw new TensorIndexError(
        `at: ${consumed} positions for a tensor of shape ${formatShape(this.shape)}, which has ${this.ndim} dimensions`,
      );
    }
    let result = this as Tensor;
    let dim = 0;
    for (const entry of index) {
      if (typeof entry === "number") {
        result = result.select(dim, entry);
      } else if (entry === null) {
        result = result.unsqueeze(dim++);
      } else if (entry === "...") {
        dim += this.ndim - consumed;
      } else {
        result = applySlice(result, dim++, entry);
      }
    }
    return result;
  },

  set(...indexAndValue) {
    const value = indexAndValue.at(-1) as TensorLike | string | null | undefined;
    if (value === undefined || value === null || typeof value === "string") {
      throw new ShapeError("set: the value to write comes last, as in x.set(0, 1.5)");
    }
    this.at(...(indexAndValue.slice(0, -1) as Index[])).copy_(value);
    return this;
  },
};
