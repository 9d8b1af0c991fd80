/**
 * Bending pictures as a hand bends strokes: every pixel is displaced by a random amount, and the amounts are smoothed so that
 * neighbours move together (P. Simard, D. Steinkraus, J. Platt, "Best Practices for Convolutional Neural Networks Applied to
 * Visual Document Analysis", 2003).
 */
import { tensor } from "../tensor/creation.ts";
import { ShapeError } from "../tensor/errors.ts";
import { rand } from "../tensor/random/generator.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Augmentation } from "./augmentation.ts";
import { requireImages, warp } from "./warp.ts";
import type { WarpOptions } from "./warp.ts";

/** How pictures are bent. */
export interface ElasticOptions extends WarpOptions {
  /** How far, in pixels, before smoothing makes it less. Default 34, Simard's for digits of 29 by 29 pixels. */
  alpha?: number;
  /** How smoothly: the deviation of the Gaussian in pixels. Default 4. */
  sigma?: number;
}

/** Each picture bent in its own way. */
export function elastic(options: ElasticOptions = {}): Augmentation {
  const { alpha = 34, sigma = 4, ...rest } = options;
  if (!(alpha >= 0)) throw new RangeError(`elastic: alpha must be at least 0, but is ${alpha}`);
  checkSigma(sigma);
  return (images, chance = {}) => {
    const [count, , height, width] = requireImages("elastic", images);
    const field = rand([count, 2, height, width], chance).mul(2).sub(1);
    return displace(images, gaussianBlur(field, sigma).mul(alpha), rest);
  };
}

/**
 * Pictures whose pixels look elsewhere.
 * @param images float [N, C, H, W].
 * @param displacement [N, 2, H, W]: how many columns to the right and rows down each pixel looks.
 * @throws ShapeError when the two do not fit.
 */
export function displace(images: Tensor, displacement: Tensor, options: WarpOptions = {}): Tensor {
  const [count, , height, width] = requireImages("displace", images);
  const shape = [count, 2, height, width];
  if (String(displacement.shape) !== String(shape)) throw new ShapeError(`displace: the displacement should have the shape [${shape.join(", ")}], but has [${displacement.shape.join(", ")}]`);
  const by = displacement.contiguous().data();
  const plane = height * width;
  return warp("displace", images, (picture, column, row, place) => {
    const at = 2 * picture * plane + row * width + column;
    place.column = column + by[at]!;
    place.row = row + by[at + plane]!;
  }, options);
}

/**
 * Pictures smoothed by a Gaussian of this deviation in pixels, cut off after four of them; beyond the edge is 0.
 * @param images float [N, C, H, W].
 */
export function gaussianBlur(images: Tensor, sigma: number): Tensor {
  const [, , height, width] = requireImages("gaussianBlur", images);
  checkSigma(sigma);
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((a, b) => a + b);
  // A matrix that smooths a row; both directions are products with one, which the runtime is quick at.
  const smoothing = (length: number): Tensor => tensor(Float64Array.from({ length: length * length }, (_, i) => {
    const offset = Math.floor(i / length) - (i % length);
    return Math.abs(offset) <= radius ? weights[offset + radius]! / sum : 0;
  }), { shape: [length, length] }).to(images.dtype);
  return smoothing(height).matmul(images).matmul(smoothing(width));
}

function checkSigma(sigma: number): void {
  if (!(sigma > 0 && Number.isFinite(sigma))) throw new RangeError(`gaussianBlur: sigma must be above 0, but is ${sigma}`);
}
