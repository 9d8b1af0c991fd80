/**
 * Arithmetic on shapes and strides. Shapes are never changed once made, so tensors share them.
 */
import { ShapeError, TensorIndexError } from "./errors.ts";

/** Sizes of the dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The largest number of dimensions a tensor may have. */
export const maxRank = 8;

/** Number of elements. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (let d = 0; d < shape.length; d++) count *= shape[d]!;
  return count;
}

/** Strides, in elements, of row-major storage without gaps. */
export function contiguousStrides(shape: Shape): Shape {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d]!;
  }
  return strides;
}

/** True when elements lie in row-major order without gaps; a dimension of size 1 may have any stride. */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

/** True when both have the same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** `[2, 3]`, for messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The common shape of two under broadcasting: aligned at the right, a size of 1 stretches.
 * @throws ShapeError naming the op and both shapes.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let d = 1; d <= rank; d++) {
    const left = d <= a.length ? a[a.length - d]! : 1;
    const right = d <= b.length ? b[b.length - d]! : 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: counted from the right, dimension ` +
          `${d} is ${left} in one and ${right} in the other; they must be equal, or one of them 1`,
      );
    }
    shape[rank - d] = left === 1 ? right : left;
  }
  return shape;
}

/** What stands in a dimension's place, in words. Options are the usual mistake: where a dimension is required, it stands alone. */
function wrongDim(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { dim } = value as { dim?: unknown };
  return dim === undefined ? "an object" : `options; write ${String(dim)} instead of {dim: ${String(dim)}}`;
}

/**
 * A dimension counted from the front; negative ones count from the back.
 * @throws TensorIndexError when it is outside the rank.
 */
export function normalizeDim(op: string, dim: number, rank: number): number {
  if (!Number.isInteger(dim)) throw new TensorIndexError(`${op}: dim must be a whole number, as in 0 or -1, got ${wrongDim(dim)}`);
  const normal = dim < 0 ? dim + rank : dim;
  if (normal < 0 || normal >= rank) {
    const range = rank === 0 ? "a scalar has no dimensions" : `it must lie in ${-rank} to ${rank - 1}`;
    throw new TensorIndexError(`${op}: dim ${dim} is outside a tensor of rank ${rank}; ${range}`);
  }
  return normal;
}

/**
 * A position in a dimension counted from the front; negative ones count from the back.
 * @throws TensorIndexError when it is outside the dimension.
 */
export function normalizeIndex(op: string, index: number, dim: number, shape: Shape): number {
  const size = shape[dim]!;
  if (!Number.isInteger(index)) throw new TensorIndexError(`${op}: an index is a whole number, got ${String(index)}; see Math.floor`);
  const normal = index < 0 ? index + size : index;
  if (normal < 0 || normal >= size) {
    const range = size === 0 ? "it is empty" : `it must lie in ${-size} to ${size - 1}`;
    throw new TensorIndexError(
      `${op}: index ${index} is outside dimension ${dim} of a tensor of shape ${formatShape(shape)}; ${range}`,
    );
  }
  return normal;
}

/** The given dimensions, each normalised, in increasing order; all of them when none is given. */
export function normalizeDims(op: string, dims: number | readonly number[] | undefined, rank: number): number[] {
  if (dims === undefined) {
    const all = new Array<number>(rank);
    for (let d = 0; d < rank; d++) all[d] = d;
    return all;
  }
  const list = (Array.isArray(dims) ? (dims as readonly number[]) : [dims as number]).map((dim) => normalizeDim(op, dim, rank));
  list.sort((a, b) => a - b);
  for (let i = 1; i < list.length; i++) {
    if (list[i] === list[i - 1]) throw new ShapeError(`${op}: dim ${list[i]} is named twice in ${formatShape(list)}`);
  }
  return list;
}

/**
 * Checks that sizes or dimensions came as one list.
 * @throws ShapeError when they came one by one, as PyTorch takes them too.
 */
export function requireList(op: string, list: unknown, example = "[2, 3]"): void {
  if (Array.isArray(list)) return;
  throw new ShapeError(`${op}: expected one list of numbers, as in ${op}(${example}), got ${String(list)}; put brackets round them`);
}

/**
 * Checks a shape that came from a caller.
 * @throws ShapeError when a size is not a whole number of at least 0, or there are more than eight.
 */
export function checkShape(op: string, shape: Shape): Shape {
  requireList(op, shape);
  if (shape.length > maxRank) {
    throw new ShapeError(`${op}: ${formatShape(shape)} has ${shape.length} dimensions; ${maxRank} are the most`);
  }
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(`${op}: ${formatShape(shape)} is not a shape; sizes are whole numbers of at least 0`);
    }
  }
  return shape;
}

/**
 * The strides with which a tensor of the same elements can be seen under a new shape without moving them, or undefined
 * when it cannot. Dimensions are matched in groups of equal element counts, each of which must be gapless (PyTorch's rule).
 */
export function viewStrides(shape: Shape, strides: Shape, wanted: Shape): Shape | undefined {
  if (isContiguous(shape, strides) || elementCount(shape) === 0) return contiguousStrides(wanted);
  const result = new Array<number>(wanted.length);
  let d = wanted.length - 1;
  let groupStride = strides[shape.length - 1] ?? 1;
  let have = 1;
  let want = 1;
  for (let s = shape.length - 1; s >= 0; s--) {
    have *= shape[s]!;
    const groupEnds = s === 0 || (shape[s - 1] !== 1 && strides[s - 1] !== have * groupStride);
    if (!groupEnds) continue;
    while (d >= 0 && (want < have || wanted[d] === 1)) {
      result[d] = want * groupStride;
      want *= wanted[d]!;
      d--;
    }
    if (want !== have) return undefined;
    if (s > 0) {
      groupStride = strides[s - 1]!;
      have = 1;
      want = 1;
    }
  }
  return d === -1 ? result : undefined;
}
