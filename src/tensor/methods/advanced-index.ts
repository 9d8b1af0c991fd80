/**
 * What several tensors of positions choose together (NumPy's advanced indexing, with PyTorch's placement): they broadcast
 * to one shape, each element of which names a slice of the other dimensions. The dimensions of that shape stand where the
 * first tensor stood when all stand side by side, else in front.
 */
import { observer } from "../call-observer.ts";
import { tensor } from "../creation.ts";
import type { TensorSource } from "../creation.ts";
import { callInPlace, callPlanned, record, toType } from "../dispatch.ts";
import { isFloating } from "../dtype.ts";
import { DTypeError, ShapeError, TensorIndexError } from "../errors.ts";
import type { DerivativeRule, GraphNode } from "../graph.ts";
import { ops } from "../ops.ts";
import { checkOnCard, standing } from "../range-checks.ts";
import { broadcastShapes, elementCount, formatShape, normalizeIndex, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { Tensor, requireTensor } from "../tensor.ts";
import type { TensorLike } from "../tensor.ts";
import { apart, changeTo, requireHolds } from "./in-place.ts";

/** Positions or flags as nested arrays. */
export type IndexArray = readonly (number | boolean | IndexArray)[];

/** Which dimensions of a tensor are chosen from, in increasing order, and by which positions (int32, checked). */
export type Selection = readonly { dim: number; positions: Tensor }[];

export interface AdvancedIndexMethods {
  /** The elements where a mask, which broadcasts against the tensor, is true: a vector, in row-major order. */
  maskedSelect(mask: Tensor): Tensor;
  /** The elements at positions (whole numbers) in row-major order of the whole tensor; of the positions' shape. */
  take(index: Tensor): Tensor;
  /**
   * The tensor with values, which broadcast, written where `indices` name: one tensor of whole numbers a dimension, from
   * the first on, which broadcast against each other, or a mask. Of several values for one place the last stays; with
   * `accumulate` all are added.
   */
  indexPut(indices: readonly Tensor[], values: TensorLike, options?: { accumulate?: boolean }): Tensor;
  /** `indexPut` in place. */
  indexPut_(indices: readonly Tensor[], values: TensorLike, options?: { accumulate?: boolean }): Tensor;
}

/** Arrays become tensors: of booleans, or of whole numbers. */
function asTensor(entry: Tensor | IndexArray): Tensor {
  if (entry instanceof Tensor) return entry;
  if (!Array.isArray(entry)) {
    throw new TensorIndexError(`at: ${String(entry)} is no index; write numbers, "start:end", null, or whole numbers in arrays or tensors`);
  }
  const flat = (entry as readonly unknown[]).flat(Infinity);
  const isMask = flat.length > 0 && flat.every((each) => typeof each === "boolean");
  const fraction = flat.find((each) => typeof each === "number" && !Number.isInteger(each));
  if (fraction !== undefined) throw new DTypeError(`at: ${String(fraction)} is not a position; positions are whole numbers`);
  return tensor(entry as TensorSource, { dtype: isMask ? "bool" : "int32" });
}

/** How many dimensions of the tensor an entry of an index stands for. */
export function dimensionsOf(entry: unknown): number {
  if (entry === null || entry === "...") return 0;
  if (entry instanceof Tensor) return entry.dtype === "bool" ? entry.ndim : 1;
  if (!Array.isArray(entry)) return 1;
  let depth = 1;
  let first: unknown = entry[0];
  for (; Array.isArray(first); first = first[0]) depth++;
  return typeof first === "boolean" ? depth : 1;
}

/** The tensors of positions, one a dimension, that an entry stands for from dimension `dim` of a shape on. */
export function positionsOf(entry: Tensor | IndexArray, dim: number, shape: Shape): Tensor[] {
  const index = asTensor(entry);
  if (index.dtype !== "bool") return [checked(index, dim, shape)];
  const covered = shape.slice(dim, dim + index.ndim);
  if (index.ndim === 0 || !sameShape(index.shape, covered)) {
    throw new ShapeError(
      `at: a mask of shape ${formatShape(index.shape)} does not fit the dimensions from ${dim} on of a tensor of shape ` +
        `${formatShape(shape)}: it needs shape ${formatShape(covered)}; maskedSelect takes masks that broadcast`,
    );
  }
  const found = index.nonzero();
  return covered.map((_, i) => found.select(1, i).contiguous());
}

/** Positions as int32, inside a dimension; negative ones count from its end. */
function checked(index: Tensor, dim: number, shape: Shape): Tensor {
  if (isFloating(index.dtype)) {
    throw new DTypeError(`at: positions must be whole numbers, got ${index.dtype}; convert with .to("int32"), or compare for a mask`);
  }
  const positions = index.to("int32");
  if (positions.numel === 0) return positions;
  const size = shape[dim]!;
  const known = observer === undefined ? standing(positions, -size, size - 1) : undefined;
  if (known === "inside") return positions;
  if (known !== undefined) {
    normalizeIndex("at", known.smallest, dim, shape);
    normalizeIndex("at", known.largest, dim, shape);
  } else if (positions.device !== "cpu" && observer === undefined) {
    checkOnCard("at", positions, { low: -size, high: size - 1, name: `at: dimension ${dim}`, error: (...found) => outsideDimension(dim, ...found) });
  } else {
    normalizeIndex("at", positions.amin().item(), dim, shape);
    normalizeIndex("at", positions.amax().item(), dim, shape);
  }
  return positions;
}

/** The words of `normalizeIndex`, but for the shape, which a card does not keep. */
function outsideDimension(dim: number, smallest: number, largest: number, low: number, high: number): TensorIndexError {
  const wrong = smallest < low ? smallest : largest;
  const range = high < 0 ? "it is empty" : `it must lie in ${low} to ${high}`;
  return new TensorIndexError(`at: index ${wrong} is outside dimension ${dim}, of size ${high + 1}; ${range}`);
}

/** How a selection is carried out on the tensor with the chosen dimensions in front. */
interface Choice {
  /** The chosen dimensions, then the others. */
  order: readonly number[];
  /** Flat, one a chosen dimension. */
  positions: readonly Tensor[];
  /** The common shape of the positions. */
  shape: Shape;
  /** Before which of the other dimensions it stands in the result. */
  at: number;
}

function choiceOf(self: Tensor, selection: Selection): Choice {
  const dims = selection.map(({ dim }) => dim);
  const shape = selection.reduce((common: Shape, { positions }) => broadcastShapes("at", common, positions.shape), []);
  const sideBySide = dims.every((dim, i) => dim === dims[0]! + i);
  return {
    order: [...dims, ...self.shape.map((_, d) => d).filter((d) => !dims.includes(d))],
    positions: selection.map(({ positions }) => positions.expand(shape).reshape([-1]).contiguous()),
    shape,
    at: sideBySide ? dims[0]! : 0,
  };
}

/** The dimensions of a result as the choice makes it, [chosen..., others...], in the order in which they are shown. */
function shownOrder({ shape, at }: Choice, rank: number): number[] {
  const chosen = shape.map((_, d) => d);
  const others = Array.from({ length: rank - shape.length }, (_, d) => d + shape.length);
  return [...others.slice(0, at), ...chosen, ...others.slice(at)];
}

/** The elements that a selection names. */
export function chosenElements(self: Tensor, selection: Selection): Tensor {
  const choice = choiceOf(self, selection);
  const table = self.permute(choice.order);
  const list = callPlanned(ops.advancedIndex, ops.advancedIndex.plan(table, choice.positions));
  const result = list.reshape([...choice.shape, ...table.shape.slice(selection.length)]);
  return choice.at === 0 ? result : result.permute(shownOrder(choice, result.ndim));
}

const putRule: DerivativeRule = {
  name: "indexPut",
  saves: "inputs",
  derivative: [
    (gradient: Tensor, call: GraphNode): Tensor => {
      const { selection, accumulate } = call.details as PutDetails;
      return accumulate ? gradient : changed("indexPut", gradient, selectionOf(call, selection), gradient.newZeros([]), false);
    },
    (gradient: Tensor, call: GraphNode): Tensor =>
      chosenElements(gradient, selectionOf(call, (call.details as PutDetails).selection)),
  ],
};

interface PutDetails {
  /** The chosen dimensions. */
  selection: readonly number[];
  accumulate: boolean;
}

/** The selection of a recorded call, its positions checked for changes since. */
function selectionOf(call: GraphNode, dims: readonly number[]): Selection {
  return dims.map((dim, i) => ({ dim, positions: call.input(i + 2) }));
}

/** Writes values, a tensor that broadcasts to what the selection shows, into memory. */
function write(op: string, target: Tensor, selection: Selection, values: Tensor, accumulate: boolean): void {
  const choice = choiceOf(target, selection);
  const table = target.permute(choice.order);
  const shape = [...choice.shape, ...table.shape.slice(selection.length)];
  const order = shownOrder(choice, shape.length);
  const shown = order.map((d) => shape[d]!);
  const fits = values.ndim <= shown.length && sameShape(broadcastShapes(op, values.shape, shown), shown);
  if (!fits) throw new ShapeError(`${op}: ${formatShape(values.shape)} does not fit into ${formatShape(shown)}`);
  const back = new Array<number>(order.length);
  order.forEach((from, to) => (back[from] = to));
  const list = values.expand(shown).permute(back).reshape([elementCount(choice.shape), ...shape.slice(choice.shape.length)]);
  callInPlace(ops.indexPut, [...choice.positions, list], [table], [accumulate ? 1 : 0]);
}

/** A copy of the tensor with values written, recorded. */
function changed(op: string, self: Tensor, selection: Selection, values: Tensor, accumulate: boolean): Tensor {
  const result = self.detach().clone();
  write(op, result, selection, values.detach(), accumulate);
  if (self.requiresGrad || values.requiresGrad) {
    const details: PutDetails = { selection: selection.map(({ dim }) => dim), accumulate };
    record(putRule, result, [self, values, ...selection.map(({ positions }) => positions)], details);
  }
  return result;
}

/** Writes values in place. */
export function writeElements(op: string, self: Tensor, selection: Selection, value: TensorLike, accumulate: boolean): Tensor {
  const values = valuesFor(op, self, value);
  return changeTo(
    op,
    self,
    [values],
    () => changed(op, self, selection, values, accumulate),
    () => write(op, self.detach(), selection, apart(values.detach(), self), accumulate),
  );
}

/** The values in the tensor's type. */
function valuesFor(op: string, self: Tensor, value: TensorLike): Tensor {
  if (typeof value === "number") {
    requireHolds(op, self, value);
    return tensor(value, { dtype: self.dtype, device: self.device });
  }
  return toType(requireTensor(op, value), self.dtype);
}

/** The selection of a list of tensors, from the first dimension on. */
function selectionFrom(op: string, self: Tensor, indices: readonly Tensor[]): Selection {
  if (!Array.isArray(indices) || indices.length === 0) {
    throw new TensorIndexError(`${op}: expected a list of tensors of positions, as in ${op}([rows, columns], values)`);
  }
  const consumed = indices.reduce((count: number, index: Tensor) => count + dimensionsOf(requireTensor(op, index)), 0);
  if (consumed > self.ndim) {
    throw new TensorIndexError(`${op}: ${consumed} positions for a tensor of shape ${formatShape(self.shape)}, which has ${self.ndim} dimensions`);
  }
  const positions: Tensor[] = [];
  for (const index of indices) positions.push(...positionsOf(index, positions.length, self.shape));
  return positions.map((each, dim) => ({ dim, positions: each }));
}

export const advancedIndexMethods: AdvancedIndexMethods & ThisType<Tensor> = {
  maskedSelect(mask) {
    if (requireTensor("maskedSelect", mask).dtype !== "bool") {
      throw new DTypeError(`maskedSelect: the mask must be bool, got ${mask.dtype}; compare first, as in x.gt(0)`);
    }
    const shape = broadcastShapes("maskedSelect", this.shape, mask.shape);
    const flags = mask.expand(shape).reshape([-1]);
    const places = callPlanned(ops.nonzero, ops.nonzero.plan(flags, true));
    return this.expand(shape).reshape([-1]).indexSelect(0, places);
  },

  take(index) {
    return this.reshape([-1]).at(index);
  },

  indexPut(indices, values, { accumulate = false } = {}) {
    return changed("indexPut", this, selectionFrom("indexPut", this, indices), valuesFor("indexPut", this, values), accumulate);
  },

  indexPut_(indices, values, { accumulate = false } = {}) {
    return writeElements("indexPut_", this, selectionFrom("indexPut_", this, indices), values, accumulate);
  },
};
