/** Examples as pictures: whatever has rows and columns, or can be given them. */
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Rows and columns of a picture. */
export type PictureSize = readonly [height: number, width: number];

/**
 * Examples as pictures of one channel, [N, H, W]: channels are averaged, flat examples are cut into rows of the given size,
 * squares where there is none and they are, else one line.
 */
export function picturesOf(what: string, x: Tensor, size?: PictureSize): Tensor {
  const values = x.detach();
  if (size !== undefined) {
    const [height, width] = size;
    if (values.ndim < 2 || values.numel !== values.shape[0]! * height * width) {
      throw new ShapeError(`${what}: examples of shape ${formatShape(values.shape.slice(1))} are no pictures of ${height} by ${width}`);
    }
    return values.reshape([values.shape[0]!, height, width]);
  }
  if (values.ndim === 4) return values.shape[1] === 1 ? values.squeeze(1) : values.mean({ dim: 1 });
  if (values.ndim === 3) return values;
  if (values.ndim !== 2) throw new ShapeError(`${what}: expected examples as rows or pictures, [N, ...], got ${formatShape(values.shape)}`);
  const side = Math.sqrt(values.shape[1]!);
  return Number.isInteger(side) && side > 1 ? values.reshape([values.shape[0]!, side, side]) : values.unsqueeze(1);
}
