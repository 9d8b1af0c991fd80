/**
 * Principal components: the directions in which points spread most, by the singular values of the centred points.
 * Sources: Pearson, "On lines and planes of closest fit to systems of points in space", 1901; Hotelling 1933.
 */
import { svd } from "../../linalg/index.ts";
import { requireFloat } from "../../tensor/dispatch.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { formatShape } from "../../tensor/shape.ts";
import { requireTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface PcaOptions {
  /** How many directions; 2 when not given. */
  components?: number;
}

export interface Pca {
  /** The points along the directions, [N, K]. */
  readonly points: Tensor;
  /** The directions, of length 1, [K, D]; the largest number of each is positive. */
  readonly components: Tensor;
  /** The part of the points' variance that lies along each direction, [K]. */
  readonly explainedVarianceRatio: Tensor;
  /** [D]. */
  readonly mean: Tensor;
}

/** Points as rows, [N, D]; examples of more dimensions are made rows. */
export function asRows(what: string, x: Tensor): Tensor {
  const rows = requireFloat(what, requireTensor(what, x)).detach();
  if (rows.ndim < 2 || rows.numel === 0) throw new ShapeError(`${what}: expected points as rows, [N, D], got ${formatShape(x.shape)}`);
  return rows.ndim === 2 ? rows : rows.reshape([rows.shape[0]!, -1]);
}

/**
 * The points seen from where they spread most.
 * @param x points as rows, [N, D].
 * @throws ShapeError when there are fewer points or dimensions than components.
 */
export function pca(x: Tensor, { components = 2 }: PcaOptions = {}): Pca {
  const rows = asRows("pca", x);
  const [count, width] = rows.shape as [number, number];
  if (!Number.isInteger(components) || components < 1 || components > Math.min(count, width)) {
    throw new ShapeError(`pca: ${components} components of ${count} points in ${width} dimensions; from 1 to ${Math.min(count, width)}`);
  }
  return noGrad(() => {
    const mean = rows.mean({ dim: 0 });
    const centred = rows.sub(mean);
    const { s, vh } = svd(centred, { fullMatrices: false });
    const directions = vh.narrow(0, 0, components);
    // A direction and its opposite do equally well; this choice makes pictures the same on every machine.
    const largest = directions.gather(1, directions.abs().argmax({ dim: 1, keepdim: true }));
    const signed = directions.mul(largest.sign());
    const variances = s.square();
    return {
      points: centred.matmul(signed.t()),
      components: signed,
      explainedVarianceRatio: variances.narrow(0, 0, components).div(variances.sum().clamp({ min: Number.MIN_VALUE })),
      mean,
    };
  });
}
