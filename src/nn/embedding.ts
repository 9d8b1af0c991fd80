/**
 * Embeddings: a vector for each word (or other thing that is counted), found by its number and trained like any weight.
 * Source: Bengio et al., "A neural probabilistic language model", 2003.
 */
import { callPlanned } from "../tensor/dispatch.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { ops } from "../tensor/ops.ts";
import { planIndexSelect } from "../tensor/ops/indexing.ts";
import { formatShape } from "../tensor/shape.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The rows of a table that positions name.
 * @param input positions from 0 to V - 1, int32 or uint8, of any shape.
 * @param weight the table, shape [V, D].
 * @param options.paddingIdx a position whose row gets no gradient.
 * @returns the input's shape with D behind it.
 * @throws TensorIndexError naming the first position outside the table.
 */
export function embedding(input: Tensor, weight: Tensor, { paddingIdx }: { paddingIdx?: number } = {}): Tensor {
  requireTensor("embedding", input);
  if (requireTensor("embedding", weight).ndim !== 2) {
    throw new ShapeError(`embedding: the table has shape [V, D], got ${formatShape(weight.shape)}; positions come first: embedding(input, weight)`);
  }
  const [rows, width] = weight.shape as [number, number];
  if (paddingIdx !== undefined && !(Number.isInteger(paddingIdx) && paddingIdx >= -rows && paddingIdx < rows)) {
    throw new NablaError(`embedding: paddingIdx is ${paddingIdx}; the table has ${rows} rows`);
  }
  const found = callPlanned(ops.indexSelect, planIndexSelect(weight, 0, input.reshape([-1]), "embedding")).reshape([...input.shape, width]);
  if (paddingIdx === undefined) return found;
  const padding = input.eq(paddingIdx < 0 ? paddingIdx + rows : paddingIdx).unsqueeze(-1);
  return found.detach().where(padding, found);
}
