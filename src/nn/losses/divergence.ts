/**
 * How far one distribution is from another.
 * Source: Kullback and Leibler, "On information and sufficiency", 1951. Names and defaults are PyTorch's.
 */
import { where } from "../../tensor/functions.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { reduce, requirePair } from "./reduction.ts";
import type { Reduction } from "./reduction.ts";

/**
 * The Kullback-Leibler divergence of the target from the input, element by element: target (log target - input).
 * @param input logarithms of probabilities, as logSoftmax gives.
 * @param target probabilities, or their logarithms with `logTarget`.
 * @param options.reduction `batchmean` divides the sum by the size of the batch, which is the divergence as mathematics has
 * it; `mean` (when not given, as in PyTorch) divides by the number of elements.
 * @throws ShapeError when the shapes differ.
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", logTarget = false }: { reduction?: Reduction | "batchmean"; logTarget?: boolean } = {},
): Tensor {
  const [x, t] = requirePair("klDiv", input, target);
  const losses = logTarget ? t.exp().mul(t.sub(x)) : ofProbabilities(x, t);
  if (reduction !== "batchmean") return reduce("klDiv", losses, reduction);
  return losses.sum().div(x.ndim === 0 ? 1 : x.shape[0]!);
}

/** What is impossible adds nothing, where 0 log 0 would be NaN. */
function ofProbabilities(input: Tensor, target: Tensor): Tensor {
  const possible = target.ne(0);
  return where(possible, target.mul(where(possible, target, 1).log().sub(input)), 0);
}
