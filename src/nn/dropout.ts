/**
 * Dropout: part of the activations left out at random, so that no unit can rely on another.
 * Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
 */
import { requireFloat } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { rand } from "../tensor/random/generator.ts";
import type { Generator } from "../tensor/random/stream.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface DropoutOptions {
  /** The part of the elements that is set to 0; 0.5 when not given. */
  p?: number;
  /** Without it the input comes back as it is; true when not given. */
  training?: boolean;
  /** Where the random numbers come from; the one that `manualSeed` seeds when not given. */
  generator?: Generator;
}

function drop(op: string, input: Tensor, maskShape: Shape, { p = 0.5, training = true, generator }: DropoutOptions): Tensor {
  requireFloat(op, requireTensor(op, input));
  if (!(p >= 0 && p <= 1)) throw new NablaError(`${op}: p is ${p}; a part lies between 0 and 1`);
  if (!training || p === 0) return input;
  if (p === 1) return input.mul(0);
  const kept = rand(maskShape, { device: input.device, ...(generator === undefined ? {} : { generator }) }).ge(p);
  return input.mul(kept.to(input.dtype).mul(1 / (1 - p)));
}

/** Sets elements to 0 at random and enlarges the others, so that the sum stays the same on average. */
export function dropout(input: Tensor, options: DropoutOptions = {}): Tensor {
  return drop("dropout", input, input.shape, options);
}

/**
 * Sets whole channels to 0 at random and enlarges the others.
 * @param input shape [N, C, H, W].
 */
export function dropout2d(input: Tensor, options: DropoutOptions = {}): Tensor {
  if (requireTensor("dropout2d", input).ndim !== 4) {
    throw new ShapeError(`dropout2d: needs shape [N, C, H, W], got ${formatShape(input.shape)}`);
  }
  return drop("dropout2d", input, [input.shape[0]!, input.shape[1]!, 1, 1], options);
}
