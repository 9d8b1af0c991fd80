/**
 * Counting: different elements, how often each whole number occurs, and histograms. They are put together from sorting,
 * running sums and scattering.
 */
import { arange, full, zeros } from "../creation.ts";
import { callPlanned, requireFloat } from "../dispatch.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { checkPositions } from "../positions.ts";
import { elementCount, formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** What `unique` gives beside the different elements. */
export interface UniqueOptions {
  /** False gives them in the order in which they first appear. */
  sorted?: boolean;
  /** Also which of the results each element is. */
  returnInverse?: boolean;
  /** Also how often each occurs. */
  returnCounts?: boolean;
  /** Compares the slices at each position of a dimension instead of single elements. */
  dim?: number;
}

/** What `unique` found; what was not asked for is undefined. */
export interface Unique {
  values: Tensor;
  /** int32, of the tensor's shape, or one position a slice. */
  inverse: Tensor | undefined;
  /** int32. */
  counts: Tensor | undefined;
}

export interface CountMethods {
  /**
   * The different elements, sorted, or with `dim` the different slices. Each NaN differs from every other, as in PyTorch.
   * With `returnInverse` or `returnCounts` the result has fields `values`, `inverse`, `counts`.
   */
  unique(options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
  /** The different elements, and which of them each element is, or how often each occurs. */
  unique(options: UniqueOptions): Unique;
  /**
   * How often each number from 0 on occurs among whole numbers (int32), or, with `weights`, the sum of their weights.
   * @throws ShapeError when this is no vector. @throws TensorIndexError when a number is negative.
   */
  bincount(options?: { weights?: Tensor; minlength?: number }): Tensor;
  /**
   * How many elements fall into each of `bins` (100) equally wide intervals between `min` and `max`, both included; with
   * neither given, or both equal, between the smallest and the largest element. Others and NaN are not counted.
   */
  histc(options?: { bins?: number; min?: number; max?: number }): Tensor;
}

/** The positions of a tensor's elements that are not 0, as numbers in row-major order. */
export function flatNonzero(self: Tensor): Tensor {
  return callPlanned(ops.nonzero, ops.nonzero.plan(self, true));
}

/** Positions that put the rows of a matrix in lexicographic order: sorted by the last column first, stably. */
function orderOfRows(rows: Tensor): Tensor {
  const [count, columns] = rows.shape as [number, number];
  let order = arange(0, count, 1, { device: rows.device });
  for (let column = columns - 1; column >= 0; column--) {
    const values = rows.select(1, column).indexSelect(0, order);
    order = order.indexSelect(0, values.argsort());
  }
  return order;
}

/** The different rows of a matrix: where each first appears, and of each row which it is. */
function uniqueRows(rows: Tensor, sorted: boolean): { first: Tensor; inverse: Tensor; counts: Tensor } {
  const count = rows.shape[0]!;
  const order = rows.shape[1] === 1 ? rows.select(1, 0).argsort() : orderOfRows(rows);
  const inOrder = rows.indexSelect(0, order);
  const { device } = rows;
  const differs = zeros([count], { dtype: "bool", device });
  if (count > 0) {
    differs.set(0, 1);
    differs.slice(0, 1).copy_(inOrder.slice(0, 1).ne(inOrder.slice(0, 0, count - 1)).any({ dim: 1 }));
  }
  const starts = flatNonzero(differs);
  const found = starts.numel;
  const ends = zeros([found], { dtype: "int32", device });
  if (found > 0) {
    ends.slice(0, 0, found - 1).copy_(starts.slice(0, 1));
    ends.set(-1, count);
  }
  // Sorting is stable: of equal rows the first comes first.
  const first = order.indexSelect(0, starts);
  const group = count === 0 ? differs.to("int32") : differs.cumsum(0).sub(1);
  const inverse = zeros([count], { dtype: "int32", device }).scatter_(0, order, group);
  const counts = ends.sub(starts);
  if (sorted) return { first, inverse, counts };
  const appearance = first.argsort();
  const rank = zeros([found], { dtype: "int32", device }).scatter_(0, appearance, arange(0, found, 1, { device }));
  return {
    first: first.indexSelect(0, appearance),
    inverse: rank.indexSelect(0, inverse),
    counts: counts.indexSelect(0, appearance),
  };
}

export const countMethods: CountMethods & ThisType<Tensor> = {
  unique(options: UniqueOptions = {}): Tensor & Unique {
    const self = (this as unknown as Tensor).detach();
    const { sorted = true, returnInverse = false, returnCounts = false } = options;
    const dim = options.dim === undefined ? undefined : normalizeDim("unique", options.dim, self.ndim);
    const slices = dim === undefined ? self.reshape([-1]) : self.transpose(dim, 0);
    const count = slices.shape[0]!;
    const rows = slices.reshape([count, elementCount(slices.shape.slice(1))]);
    const { first, inverse, counts } = uniqueRows(rows, sorted);
    const chosen = slices.indexSelect(0, first);
    const values = dim === undefined ? chosen : chosen.transpose(dim, 0).contiguous();
    if (!returnInverse && !returnCounts) return values as Tensor & Unique;
    return {
      values,
      inverse: returnInverse ? (dim === undefined ? inverse.reshape(self.shape) : inverse) : undefined,
      counts: returnCounts ? counts : undefined,
    } as Tensor & Unique;
  },

  bincount({ weights, minlength = 0 } = {}) {
    if (this.ndim !== 1) throw new ShapeError(`bincount: needs a vector, got shape ${formatShape(this.shape)}; flatten() it first`);
    if (!Number.isInteger(minlength) || minlength < 0) {
      throw new ShapeError(`bincount: minlength ${minlength} is not a whole number of at least 0`);
    }
    if (weights !== undefined && !sameShape(weights.shape, this.shape)) {
      throw new ShapeError(`bincount: ${formatShape(this.shape)} needs one weight each, got ${formatShape(weights.shape)}`);
    }
    const numbers = checkPositions("bincount", "number", this, 2 ** 31);
    const length = Math.max(minlength, this.numel === 0 ? 0 : numbers.amax().item() + 1);
    const each = weights ?? full([], 1, { dtype: "int32", device: this.device }).expand(this.shape);
    return each.newZeros([length]).scatterAdd(0, numbers, each);
  },

  histc({ bins = 100, min = 0, max = 0 } = {}) {
    if (!Number.isInteger(bins) || bins < 1) throw new ShapeError(`histc: ${bins} is not a number of intervals; at least 1`);
    if (min > max) throw new ShapeError(`histc: min ${min} lies above max ${max}`);
    const values = requireFloat("histc", this).detach().reshape([-1]);
    let [low, high] = [min, max];
    if (low === high && values.numel > 0) [low, high] = [values.amin().item(), values.amax().item()];
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      throw new DTypeError(`histc: the elements reach from ${low} to ${high}; name a finite min and max`);
    }
    if (low === high) [low, high] = [low - 1, high + 1];
    const inside = values.maskedSelect(values.ge(low).logicalAnd(values.le(high)));
    const numbers = inside.sub(low).mul(bins).div(high - low).clamp({ max: bins - 1 }).floor().to("int32");
    const ones = full([], 1, { dtype: this.dtype, device: this.device }).expand(numbers.shape);
    return values.newZeros([bins]).scatterAdd(0, numbers, ones);
  },
};
