/**
 * Picking elements by position. An index is written as in Python, with slices as strings, because JavaScript has no
 * notation for them: `x.at(0)`, `x.at(":", "1:3")`, `x.at("...", -1)`; tensors and arrays of whole numbers or booleans pick
 * several at once: `x.at([0, 2])`, `x.at(rows, columns)`, `x.at(x.gt(0))`. What several of them mean together is in
 * advanced-index.ts.
 */
import { ShapeError, TensorIndexError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import type { TensorLike } from "../tensor.ts";
import { chosenElements, dimensionsOf, positionsOf, writeElements } from "./advanced-index.ts";
import type { IndexArray, Selection } from "./advanced-index.ts";

/**
 * One entry of an index: a position; a slice `"start:end:step"` with any part left out; `"..."` for all dimensions between;
 * null for a new dimension of size 1; whole numbers or booleans as a tensor or as nested arrays.
 */
export type Index = number | string | null | Tensor | IndexArray;

export interface IndexMethods {
  /**
   * The part of the tensor that an index names: `x.at(0)`, `x.at(":", "1:3")`, `x.at([0, 2])`, `x.at(x.gt(0))`. Without
   * tensors and arrays it is a view, else a copy. Positions as tensors broadcast against each other and are taken
   * together; their dimensions stand where the first of them stood, or in front when a slice or null lies between them. A
   * boolean mask stands for the positions where it is true, one tensor for each of its dimensions.
   * @throws TensorIndexError for a position outside its dimension, or more entries than dimensions.
   * @throws ShapeError for a mask that does not have the shape of the dimensions it stands for.
   * @throws DTypeError for positions that are no whole numbers.
   */
  at(...index: Index[]): Tensor;
  /**
   * Overwrites the part that an index names; the value broadcasts: `x.set(0, ":", 1.5)`, `x.set(x.lt(0), 0)`. The value
   * comes last. Recorded for differentiation like every change in place.
   */
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

/** What an index names: a view, and in it the dimensions from which tensors of positions choose. */
function select(self: Tensor, index: readonly Index[]): { view: Tensor; selection: Selection } {
  const consumed = index.reduce((count: number, entry) => count + dimensionsOf(entry), 0);
  if (consumed > self.ndim) {
    throw new TensorIndexError(
      `at: ${consumed} positions for a tensor of shape ${formatShape(self.shape)}, which has ${self.ndim} dimensions`,
    );
  }
  if (index.filter((entry) => entry === "...").length > 1) {
    throw new TensorIndexError('at: "..." can stand in an index once');
  }
  let view = self;
  let dim = 0;
  let own = 0;
  const selection: { dim: number; positions: Tensor }[] = [];
  for (const entry of index) {
    if (typeof entry === "number") {
      view = selectAt(view, dim, entry, own++, self);
    } else if (entry === null) {
      view = view.unsqueeze(dim++);
    } else if (entry === "...") {
      dim += self.ndim - consumed;
      own += self.ndim - consumed;
    } else if (typeof entry === "string") {
      view = applySlice(view, dim++, entry);
      own++;
    } else {
      for (const positions of positionsOf(entry, own, self.shape)) {
        selection.push({ dim: dim++, positions });
        own++;
      }
    }
  }
  return { view, selection };
}

/** One position of a dimension; an error names the dimension of the whole tensor. */
function selectAt(view: Tensor, dim: number, index: number, own: number, self: Tensor): Tensor {
  const size = self.shape[own]!;
  const normal = index < 0 ? index + size : index;
  if (Number.isInteger(index) && normal >= 0 && normal < size) return view.select(dim, normal);
  if (!Number.isInteger(index)) throw new TensorIndexError(`at: an index is a whole number, got ${index}; see Math.floor`);
  const range = size === 0 ? "it is empty" : `it must lie in ${-size} to ${size - 1}`;
  throw new TensorIndexError(`at: index ${index} is outside dimension ${own} of a tensor of shape ${formatShape(self.shape)}; ${range}`);
}

export const indexMethods: IndexMethods & ThisType<Tensor> = {
  at(...index) {
    const { view, selection } = select(this, index);
    return selection.length === 0 ? view : chosenElements(view, selection);
  },

  set(...indexAndValue) {
    const value = indexAndValue.at(-1) as TensorLike | Index | undefined;
    if (typeof value !== "number" && !(value instanceof Tensor)) {
      throw new ShapeError("set: the value to write, a number or a tensor, comes last, as in x.set(0, 1.5)");
    }
    const { view, selection } = select(this, indexAndValue.slice(0, -1) as Index[]);
    if (selection.length === 0) view.copy_(value);
    else writeElements("set", view, selection, value, false);
    return this;
  },
};
