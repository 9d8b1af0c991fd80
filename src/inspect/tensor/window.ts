/** A part of one matrix of a tensor, read at no more elements than a page shows. */
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TensorCells, TensorWindow } from "../../view/states/tensor.ts";

/** The last two dimensions; a vector is a matrix of one row. */
export function matrixSize(shape: readonly number[]): readonly [rows: number, columns: number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

/** The whole of the first matrix. */
export function firstMatrix(shape: readonly number[]): TensorWindow {
  const [height, width] = matrixSize(shape);
  return { lead: shape.slice(0, -2).map(() => 0), top: 0, left: 0, height, width };
}

/** Every so many elements of a window, at most `most` in each direction. @throws for indices that the tensor has not */
export function readWindow(tensor: Tensor, { lead, top, left, height, width }: TensorWindow, most: number): TensorCells & { readonly values: Float32Array } {
  return noGrad(() => {
    let matrix = tensor.detach();
    for (const index of lead) matrix = matrix.select(0, index);
    if (matrix.ndim < 2) matrix = matrix.reshape([1, -1]);
    const [rowStep, columnStep] = [Math.ceil(height / most), Math.ceil(width / most)];
    const cells = matrix.slice(0, top, top + height, rowStep).slice(1, left, left + width, columnStep);
    const [rows, columns] = [cells.shape[0]!, cells.shape[1]!];
    return { rows, columns, rowStep, columnStep, values: Float32Array.from(cells.data()) };
  });
}

/** Each value as a byte, 0 to 254 over the domain, 255 where there is no number. */
export function levelsOf(values: Float32Array, [low, high]: readonly [number, number]): Buffer {
  return Buffer.from(values.map((value) => (Number.isFinite(value) ? Math.round(254 * Math.min(1, Math.max(0, (value - low) / (high - low)))) : 255)));
}
