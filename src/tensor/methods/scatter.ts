/**
 * Writing and adding at positions: along one dimension, or with several tensors of positions together. Each comes as a
 * function of the old tensor, which is left as it is, and in place with a trailing underscore.
 */
import { full } from "../creation.ts";
import { callInPlace, record } from "../dispatch.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import type { DerivativeRule, GraphNode } from "../graph.ts";
import { ops } from "../ops.ts";
import { checkPositions } from "../positions.ts";
import { formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { apart, changeTo, requireHolds } from "./in-place.ts";

export interface ScatterMethods {
  /**
   * The tensor with each element of `source`, a tensor or a number, written to the place that `index` names along a
   * dimension; with `reduce: "sum"` added to it. Of several for one place the last stays, in row-major order of the index.
   */
  scatter(dim: number, index: Tensor, source: TensorLike, options?: { reduce?: "sum" }): Tensor;
  /** `scatter` in place. */
  scatter_(dim: number, index: Tensor, source: TensorLike, options?: { reduce?: "sum" }): Tensor;
  /** The tensor with each element of `source` added to the place that `index` names along a dimension. */
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor;
  /** `scatterAdd` in place. */
  scatterAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** The tensor with slices of `source` added at the positions `index` of a dimension. */
  indexAdd(dim: number, index: Tensor, source: Tensor): Tensor;
  /** `indexAdd` in place. */
  indexAdd_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** The tensor with slices of `source` written to the positions `index` of a dimension. */
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor;
  /** `indexCopy` in place. */
  indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor;
  /** The tensor with one value, a number or a scalar tensor, at the positions `index` of a dimension. */
  indexFill(dim: number, index: Tensor, value: TensorLike): Tensor;
  /** `indexFill` in place. */
  indexFill_(dim: number, index: Tensor, value: TensorLike): Tensor;
}

type Details = { dim: number };
const dimOf = (call: GraphNode): number => (call.details as Details).dim;

const scatterRule: DerivativeRule = {
  name: "scatter",
  saves: "inputs",
  derivative: [
    (gradient, call) => gradient.scatter(dimOf(call), call.input(2), 0),
    (gradient, call) => gradient.gather(dimOf(call), call.input(2)),
  ],
};
const scatterAddRule: DerivativeRule = {
  name: "scatterAdd",
  saves: "inputs",
  derivative: [(gradient) => gradient, (gradient, call) => gradient.gather(dimOf(call), call.input(2))],
};
const indexAddRule: DerivativeRule = {
  name: "indexAdd",
  saves: "inputs",
  derivative: [(gradient) => gradient, (gradient, call) => gradient.indexSelect(dimOf(call), call.input(2))],
};
const indexCopyRule: DerivativeRule = {
  name: "indexCopy",
  saves: "inputs",
  derivative: [
    (gradient, call) => gradient.indexFill(dimOf(call), call.input(2), 0),
    (gradient, call) => gradient.indexSelect(dimOf(call), call.input(2)),
  ],
};

/** Checks that an index names places inside a shape in the dimensions that it does not choose. */
function requirePlaces(op: string, index: Tensor, shape: Shape, dim: number): void {
  if (index.ndim !== shape.length || index.shape.some((size, d) => d !== dim && size > shape[d]!)) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} does not fit into ${formatShape(shape)} along dim ${dim}`,
    );
  }
}

function requireAlike(op: string, self: Tensor, source: Tensor): void {
  if (self.dtype !== requireTensor(op, source).dtype) {
    throw new DTypeError(`${op}: the tensor is ${self.dtype}, the source ${source.dtype}; convert one with .to(...)`);
  }
}

/** One checked call: what is written where, and how it is recorded. */
interface Placing {
  rule: DerivativeRule;
  source: Tensor;
  positions: Tensor;
  dim: number;
  write(target: Tensor, source: Tensor): void;
}

/** A copy of the tensor, changed outside the record and recorded by a rule of `self, source, positions`. */
function placed(self: Tensor, { rule, source, positions, dim, write }: Placing): Tensor {
  const result = self.detach().clone();
  write(result, source.detach());
  if (self.requiresGrad || source.requiresGrad) record(rule, result, [self, source, positions], { dim } satisfies Details);
  return result;
}

function placedInPlace(op: string, self: Tensor, placing: Placing): Tensor {
  const direct = (): void => placing.write(self.detach(), apart(placing.source.detach(), self));
  return changeTo(op, self, [placing.source], () => placed(self, placing), direct);
}

/** What every scattering checks: the source as a tensor of the index's shape, the positions inside the dimension. */
function scattering(op: string, add: boolean, self: Tensor, dim: number, index: Tensor, from: TensorLike): Placing {
  const along = normalizeDim(op, dim, self.ndim);
  requireTensor(op, index);
  let source: Tensor;
  if (typeof from === "number") {
    source = scalarLike(op, self, from).expand(index.shape);
  } else {
    requireAlike(op, self, from);
    if (from.ndim !== index.ndim || index.shape.some((size, d) => size > from.shape[d]!)) {
      throw new ShapeError(
        `${op}: the index has shape ${formatShape(index.shape)}, the source ${formatShape(from.shape)}; it needs as many ` +
          "dimensions, none of them smaller",
      );
    }
    source = index.shape.reduce((part: Tensor, size, d) => (part.shape[d] === size ? part : part.narrow(d, 0, size)), from);
  }
  requirePlaces(op, index, self.shape, along);
  const positions = checkPositions(op, "position", index, self.shape[along]!).contiguous();
  const [rule, row] = add ? [scatterAddRule, ops.scatterAdd] : [scatterRule, ops.scatter];
  return {
    rule,
    source,
    positions,
    dim: along,
    // Contiguous: in row-major order of the index, whatever the source's layout.
    write: (target, values) => callInPlace(row, [positions, values.contiguous()], [target], [along]),
  };
}

/** Slices at positions of a dimension: of the source, there must be one a position. */
function slicesAt(op: string, rule: DerivativeRule, self: Tensor, dim: number, index: Tensor, source: Tensor): Placing {
  const along = normalizeDim(op, dim, self.ndim);
  requireAlike(op, self, source);
  const wanted = self.shape.map((size, d) => (d === along ? requireTensor(op, index).numel : size));
  if (index.ndim !== 1 || !sameShape(source.shape, wanted)) {
    throw new ShapeError(
      `${op}: positions of shape ${formatShape(index.shape)} along dim ${dim} of ${formatShape(self.shape)} need a vector of ` +
        `positions and a source of shape ${formatShape(wanted)}, got ${formatShape(source.shape)}`,
    );
  }
  const positions = checkPositions(op, "position", index, self.shape[along]!).contiguous();
  const write = (target: Tensor, values: Tensor): void =>
    rule === indexAddRule
      ? callInPlace(ops.indexAdd, [positions, values], [target], [along])
      : callInPlace(ops.indexPut, [positions, values.transpose(0, along)], [target.transpose(0, along)], [0]);
  return { rule, source, positions, dim: along, write };
}

/** One value at positions of a dimension. */
function filling(op: string, self: Tensor, dim: number, index: Tensor, value: TensorLike): Placing {
  const along = normalizeDim(op, dim, self.ndim);
  if (typeof value !== "number" && requireTensor(op, value).ndim !== 0) {
    throw new ShapeError(`${op}: the value must be a number or a scalar, got shape ${formatShape(value.shape)}; write indexCopy`);
  }
  const scalar = typeof value === "number" ? scalarLike(op, self, value) : value.to(self.dtype);
  const shape = self.shape.map((size, d) => (d === along ? requireTensor(op, index).numel : size));
  return slicesAt(op, indexCopyRule, self, along, index, scalar.expand(shape));
}

function scalarLike(op: string, self: Tensor, value: number): Tensor {
  requireHolds(op, self, value);
  return full([], value, { dtype: self.dtype, device: self.device });
}

export const scatterMethods: ScatterMethods & ThisType<Tensor> = {
  scatter(dim, index, source, { reduce } = {}) {
    return placed(this, scattering("scatter", isSum(reduce), this, dim, index, source));
  },
  scatter_(dim, index, source, { reduce } = {}) {
    return placedInPlace("scatter_", this, scattering("scatter_", isSum(reduce), this, dim, index, source));
  },
  scatterAdd(dim, index, source) {
    return placed(this, scattering("scatterAdd", true, this, dim, index, requireTensor("scatterAdd", source)));
  },
  scatterAdd_(dim, index, source) {
    return placedInPlace("scatterAdd_", this, scattering("scatterAdd_", true, this, dim, index, requireTensor("scatterAdd_", source)));
  },
  indexAdd(dim, index, source) {
    return placed(this, slicesAt("indexAdd", indexAddRule, this, dim, index, source));
  },
  indexAdd_(dim, index, source) {
    return placedInPlace("indexAdd_", this, slicesAt("indexAdd_", indexAddRule, this, dim, index, source));
  },
  indexCopy(dim, index, source) {
    return placed(this, slicesAt("indexCopy", indexCopyRule, this, dim, index, source));
  },
  indexCopy_(dim, index, source) {
    return placedInPlace("indexCopy_", this, slicesAt("indexCopy_", indexCopyRule, this, dim, index, source));
  },
  indexFill(dim, index, value) {
    return placed(this, filling("indexFill", this, dim, index, value));
  },
  indexFill_(dim, index, value) {
    return placedInPlace("indexFill_", this, filling("indexFill_", this, dim, index, value));
  },
};

function isSum(reduce: "sum" | undefined): boolean {
  if (reduce !== undefined && reduce !== "sum") {
    throw new ShapeError(`scatter: reduce is ${JSON.stringify(reduce)}; it can be "sum", or be left out to overwrite`);
  }
  return reduce === "sum";
}
