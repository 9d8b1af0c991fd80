/**
 * How alike vectors are.
 */
import { requireFloat } from "../tensor/dispatch.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The cosine of the angle between two vectors: their product over both lengths, neither taken as less than `eps`.
 * @param options.dim along which the vectors lie; 1 when not given.
 * @param options.eps 1e-8 when not given.
 */
export function cosineSimilarity(a: Tensor, b: Tensor, { dim = 1, eps = 1e-8 }: { dim?: number; eps?: number } = {}): Tensor {
  const left = requireFloat("cosineSimilarity", requireTensor("cosineSimilarity", a));
  const right = requireFloat("cosineSimilarity", requireTensor("cosineSimilarity", b));
  const length = (vectors: Tensor): Tensor => vectors.norm({ dim, keepdim: true }).clamp({ min: eps });
  return left.div(length(left)).mul(right.div(length(right))).sum({ dim });
}
