/**
 * Attention: each query takes a mean of values, weighed by how well their keys answer it.
 * Sources: Bahdanau, Cho and Bengio 2015 (additive scores), Luong, Pham and Manning 2015 (dot products), Vaswani et al.,
 * "Attention is all you need", 2017 (scaled dot products).
 */
import { arange } from "../tensor/creation.ts";
import type { TensorOptions } from "../tensor/creation.ts";
import { requireFloat } from "../tensor/dispatch.ts";
import { isFloating } from "../tensor/dtype.ts";
import { DTypeError, NablaError, ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dropout } from "./dropout.ts";

export interface ScaledDotProductOptions {
  /** Which queries see which keys, of a shape that broadcasts to [..., L, S]: bool, true where one is seen; or added to the scores. */
  attnMask?: Tensor;
  /** The part of the weights that is left out; 0 when not given. Give 0 when nothing is trained. */
  dropoutP?: number;
  /** Query i sees the keys up to i alone. */
  isCausal?: boolean;
  /** What scores are multiplied by; 1 / sqrt(E) when not given. */
  scale?: number;
}

/** What attention gives. */
export interface AttentionResult {
  /** Means of the values, a row for each query. */
  output: Tensor;
  /** How much each query takes of each value: rows that sum to 1. */
  weights: Tensor;
}

/** True where a query sees a key that does not come after it, [L, S]. */
export function causalMask(queries: number, keys: number, options: Pick<TensorOptions, "device"> = {}): Tensor {
  return arange(0, queries, 1, options).unsqueeze(1).ge(arange(0, keys, 1, options));
}

/**
 * Scores made weights, and weights means: softmax(scores) values.
 * @param mask bool, true where a key is seen, or numbers that are added to the scores; none when undefined.
 */
export function attend(scores: Tensor, value: Tensor, mask: Tensor | undefined, dropoutP = 0): AttentionResult {
  let masked = scores;
  if (mask !== undefined) masked = mask.dtype === "bool" ? scores.where(mask, -Infinity) : scores.add(mask);
  const weights = dropout(masked.softmax(-1), { p: dropoutP });
  return { output: weights.matmul(value), weights };
}

function requireSequences(op: string, sequences: Readonly<Record<string, Tensor>>): void {
  for (const [name, sequence] of Object.entries(sequences)) {
    requireFloat(op, requireTensor(op, sequence));
    if (sequence.ndim < 2) throw new ShapeError(`${op}: ${name} has shape [..., steps, features], got ${formatShape(sequence.shape)}`);
  }
}

/** Attention with the weights that it used; see `scaledDotProductAttention`. */
export function scaledDotProduct(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { attnMask, dropoutP = 0, isCausal = false, scale }: ScaledDotProductOptions = {},
): AttentionResult {
  const op = "scaledDotProductAttention";
  requireSequences(op, { query, key, value });
  const width = query.shape.at(-1)!;
  const [queries, keys] = [query.shape.at(-2)!, key.shape.at(-2)!];
  if (key.shape.at(-1) !== width || value.shape.at(-2) !== keys) {
    throw new ShapeError(
      `${op}: queries ${formatShape(query.shape)} need keys [..., S, ${width}] and values [..., S, Ev], got ` +
        `${formatShape(key.shape)} and ${formatShape(value.shape)}`,
    );
  }
  if (attnMask !== undefined && isCausal) throw new NablaError(`${op}: attnMask and isCausal are both given; put both into one mask`);
  if (attnMask !== undefined && attnMask.dtype !== "bool" && !isFloating(requireTensor(op, attnMask).dtype)) {
    throw new DTypeError(`${op}: attnMask is ${attnMask.dtype}; it is bool (true where a key is seen) or floating (added to the scores)`);
  }
  const mask = isCausal ? causalMask(queries, keys, { device: query.device }) : attnMask;
  return attend(query.mul(scale ?? 1 / Math.sqrt(width)).matmul(key.transpose(-2, -1)), value, mask, dropoutP);
}

/**
 * softmax(query key^T / sqrt(E)) value. (torch.nn.functional.scaled_dot_product_attention)
 * @param query [..., L, E].
 * @param key [..., S, E].
 * @param value [..., S, Ev].
 * @returns [..., L, Ev].
 * @throws ShapeError when the three do not fit; DTypeError for a mask of whole numbers.
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options: ScaledDotProductOptions = {}): Tensor {
  return scaledDotProduct(query, key, value, options).output;
}
