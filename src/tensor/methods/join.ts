/**
 * Joining tensors into one, and cutting one into views. A joined tensor is allocated once and each part is copied to its
 * place once; the call is one node of the graph, whose derivatives cut the gradient where the parts were put together.
 */
import { observer } from "../call-observer.ts";
import { callForNew, callInPlace, record } from "../dispatch.ts";
import { promote } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { requireOptions } from "../options.ts";
import { checkShape, formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** The dimension along which tensors are joined or cut. */
export interface JoinOptions {
  /** The first one when not given; negative ones count from the back. */
  dim?: number;
}

export interface JoinMethods {
  /**
   * Views of consecutive pieces of a dimension: of one size each (the last may be smaller), or of the listed sizes, which
   * must add up to the dimension's.
   */
  split(size: number | readonly number[], options?: JoinOptions): Tensor[];
  /** Views of at most `count` consecutive pieces of a dimension, equal but for the last, which may be smaller. */
  chunk(count: number, options?: JoinOptions): Tensor[];
}

/**
 * A new tensor filled with `value`, into which each part is copied.
 * @param window the view of the whole, or of its gradient, that belongs to a part.
 */
export function assemble(
  name: string,
  parts: readonly Tensor[],
  shape: Shape,
  window: (whole: Tensor, part: number) => Tensor,
  value = 0,
): Tensor {
  const dtype = parts.map((part) => part.dtype).reduce(promote);
  const whole = callForNew(ops.fill, dtype, checkShape(name, shape), [value], parts[0]!.device);
  parts.forEach((part, i) => callInPlace(ops.copy, [part], [window(whole, i)]));
  if (parts.some((part) => part.requiresGrad)) {
    record({ name, derivative: parts.map((_, i) => (gradient: Tensor) => window(gradient, i)) }, whole, parts, undefined);
  }
  observer?.joined?.(name, parts, whole);
  return whole;
}

function requireParts(op: string, tensors: readonly Tensor[]): readonly Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ShapeError(`${op}: expected a list of at least one tensor, as in ${op}([a, b])`);
  }
  tensors.forEach((each) => requireTensor(op, each));
  return tensors;
}

/** PyTorch's old exception, on which code that grows a list relies: a part of shape [0] fits anywhere and adds nothing. */
const addsNothing = (part: Tensor): boolean => part.ndim === 1 && part.shape[0] === 0;

/**
 * Tensors joined along a dimension that they have; all their other sizes are equal. Types are promoted.
 * @throws ShapeError naming the part that does not fit.
 */
export function cat(tensors: readonly Tensor[], options: JoinOptions = {}): Tensor {
  requireOptions("cat", options, "{dim: 1}");
  const { dim = 0 } = options;
  const parts = requireParts("cat", tensors);
  const first = parts.find((part) => !addsNothing(part)) ?? parts[0]!;
  if (first.ndim === 0) throw new ShapeError("cat: a scalar has no dimension to be joined along; write stack");
  const along = normalizeDim("cat", dim, first.ndim);
  const starts: number[] = [];
  let total = 0;
  parts.forEach((part, i) => {
    const fits = part.ndim === first.ndim && part.shape.every((size, d) => d === along || size === first.shape[d]);
    if (!fits && !addsNothing(part)) {
      throw new ShapeError(
        `cat: tensor ${i} has shape ${formatShape(part.shape)}, which does not continue ${formatShape(first.shape)} ` +
          `along dim ${along}; all other sizes must be equal` +
          (part.ndim === first.ndim - 1 ? `. It has a dimension less: part.unsqueeze(${along}) adds one` : ""),
      );
    }
    starts.push(total);
    if (fits) total += part.shape[along]!;
  });
  const shape = first.shape.map((size, d) => (d === along ? total : size));
  const lengths = parts.map((part) => (addsNothing(part) ? 0 : part.shape[along]!));
  const strays = parts.map((part) => part.ndim !== first.ndim);
  return assemble("cat", parts, shape, (whole, i) => {
    const piece = whole.slice(along, starts[i]!, starts[i]! + lengths[i]!);
    return strays[i]! ? piece.reshape([0]) : piece;
  });
}

/**
 * Tensors of one shape joined along a new dimension.
 * @throws ShapeError naming the tensor whose shape differs.
 */
export function stack(tensors: readonly Tensor[], options: JoinOptions = {}): Tensor {
  requireOptions("stack", options, "{dim: 1}");
  const { dim = 0 } = options;
  const parts = requireParts("stack", tensors);
  const { shape } = parts[0]!;
  const along = normalizeDim("stack", dim, shape.length + 1);
  parts.forEach((part, i) => {
    if (!sameShape(part.shape, shape)) {
      throw new ShapeError(
        `stack: tensor ${i} has shape ${formatShape(part.shape)}, the first one ${formatShape(shape)}; they must be ` +
          "equal. To join along a dimension that they have, write cat",
      );
    }
  });
  const stacked = [...shape.slice(0, along), parts.length, ...shape.slice(along)];
  return assemble("stack", parts, stacked, (whole, i) => whole.select(along, i));
}

export const joinMethods: JoinMethods & ThisType<Tensor> = {
  split(size, { dim = 0 } = {}) {
    const along = normalizeDim("split", dim, this.ndim);
    const total = this.shape[along]!;
    const sizes = typeof size === "number" ? equalSizes(size, total) : size;
    const fits = sizes.every((each) => Number.isInteger(each) && each >= 0) && sizes.reduce((sum, each) => sum + each, 0) === total;
    if (!fits) {
      throw new ShapeError(
        `split: pieces of ${formatShape(sizes)} do not add up to dim ${along} of ${formatShape(this.shape)}, which is ${total}`,
      );
    }
    let start = 0;
    return sizes.map((each) => this.narrow(along, (start += each) - each, each));
  },

  chunk(count, { dim = 0 } = {}) {
    const along = normalizeDim("chunk", dim, this.ndim);
    if (!Number.isInteger(count) || count < 1) throw new ShapeError(`chunk: ${count} is not a number of pieces; write 1 or more`);
    const total = this.shape[along]!;
    if (total === 0) return this.split(new Array<number>(count).fill(0), { dim: along });
    return this.split(Math.ceil(total / count), { dim: along });
  },
};

/** Sizes of the pieces of `total` elements, `size` each and the rest; an empty dimension is one empty piece. */
function equalSizes(size: number, total: number): number[] {
  if (!Number.isInteger(size) || size < 1) throw new ShapeError(`split: ${size} is not the size of a piece; write 1 or more`);
  const count = Math.max(Math.ceil(total / size), 1);
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size));
}
