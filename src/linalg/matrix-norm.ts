/**
 * The norms of matrices, with PyTorch's names for them: of all elements as one vector, of sums along rows or columns, and of
 * singular values.
 */
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { requireMatrices } from "../tensor/ops/linear-systems.ts";
import { formatShape, normalizeDim } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** `"fro"` (Frobenius), `"nuc"` (the sum of singular values), 2, -2, 1, -1, Infinity or -Infinity. */
export type MatrixNormOrder = "fro" | "nuc" | 2 | -2 | 1 | -1 | number;

export interface MatrixNormOptions {
  /** Which norm; `"fro"` when not given. */
  ord?: MatrixNormOrder;
  /** Which two dimensions are rows and columns; the last two when not given. */
  dim?: readonly [number, number];
  /** Keep them as size 1. */
  keepdim?: boolean;
}

/** The largest or smallest of values along the last dimension, of which there must be one. */
function extreme(values: Tensor, largest: boolean, shape: readonly number[]): Tensor {
  if (values.shape.at(-1) === 0) {
    throw new ShapeError(`matrixNorm: a matrix of shape ${formatShape(shape)} has no largest or smallest value; write ord: "fro"`);
  }
  return largest ? values.amax({ dim: -1 }) : values.amin({ dim: -1 });
}

/**
 * The norm of each matrix: `"fro"` the root of the sum of squares, `"nuc"` the sum of the singular values, 2 and -2 the largest and
 * the smallest of them, 1 and -1 the largest and smallest sum of absolute values of a column, Infinity and -Infinity of a row.
 * @throws NablaError for an order that is none of these.
 */
export function matrixNorm(a: Tensor, { ord = "fro", dim: [rows, columns] = [-2, -1], keepdim = false }: MatrixNormOptions = {}): Tensor {
  requireMatrices("matrixNorm", requireTensor("matrixNorm", a));
  const row = normalizeDim("matrixNorm", rows, a.ndim);
  const column = normalizeDim("matrixNorm", columns, a.ndim);
  if (row === column) throw new ShapeError(`matrixNorm: dim [${rows}, ${columns}] names one dimension twice`);
  const rest = a.shape.map((_, d) => d).filter((d) => d !== row && d !== column);
  const matrices = a.permute([...rest, row, column]);
  const norm = normOf(matrices, ord);
  return keepdim ? norm.reshape(a.shape.map((size, d) => (d === row || d === column ? 1 : size))) : norm;
}

function normOf(matrices: Tensor, ord: MatrixNormOrder): Tensor {
  switch (ord) {
    case "fro":
      return matrices.norm({ dim: [-2, -1] });
    case "nuc":
      return matrices.svd({ fullMatrices: false }).s.sum({ dim: -1 });
    case 2:
    case -2:
      return extreme(matrices.svd({ fullMatrices: false }).s, ord > 0, matrices.shape);
    case 1:
    case -1:
      return extreme(matrices.abs().sum({ dim: -2 }), ord > 0, matrices.shape);
    case Infinity:
    case -Infinity:
      return extreme(matrices.abs().sum({ dim: -1 }), ord > 0, matrices.shape);
    default:
      throw new NablaError(`matrixNorm: ord is ${JSON.stringify(ord)}; known are "fro", "nuc", 2, -2, 1, -1, Infinity and -Infinity`);
  }
}
