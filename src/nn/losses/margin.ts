/**
 * Losses that ask for a margin: of scores against labels of -1 and 1, and of distances between vectors.
 * Sources: Cortes and Vapnik, "Support-vector networks", 1995 (hinge); Freund and Schapire, 1997 (exponential); Schroff et
 * al., "FaceNet", 2015 (triplets). Names and defaults are PyTorch's where it has the loss.
 */
import { ShapeError } from "../../tensor/errors.ts";
import { where } from "../../tensor/functions.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { reduce, requirePair, requireSameShape, requireSigns } from "./reduction.ts";
import type { LossOptions } from "./reduction.ts";

/** Score times label: how far on the right side a score is. */
function margins(name: string, input: Tensor, target: Tensor): Tensor {
  const [x, t] = requirePair(name, input, target);
  requireSigns(name, t);
  return x.mul(t);
}

/** max(0, 1 - score times label), labels -1 or 1. @throws NablaError for other labels; ShapeError when the shapes differ. */
export function hingeLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return reduce("hingeLoss", margins("hingeLoss", input, target).neg().add(1).relu(), reduction);
}

/** max(0, 1 - score times label)^2. @throws NablaError for labels other than -1 and 1; ShapeError when the shapes differ. */
export function squaredHingeLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return reduce("squaredHingeLoss", margins("squaredHingeLoss", input, target).neg().add(1).relu().square(), reduction);
}

/** exp(-score times label), AdaBoost's. @throws NablaError for labels other than -1 and 1; ShapeError when the shapes differ. */
export function exponentialLoss(input: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return reduce("exponentialLoss", margins("exponentialLoss", input, target).neg().exp(), reduction);
}

/**
 * 1 - cosine of the angle where the target is 1, max(0, cosine - margin) where it is -1.
 * @param input1 vectors, shape [N, D] or [D]; @param input2 as many; @param target shape [N] or [].
 * @throws ShapeError when the shapes do not fit; NablaError for targets other than -1 and 1.
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { reduction, margin = 0 }: LossOptions & { margin?: number } = {},
): Tensor {
  const name = "cosineEmbeddingLoss";
  const [a, b] = requirePair(name, input1, input2);
  if ((a.ndim !== 1 && a.ndim !== 2) || !sameShape(target.shape, a.shape.slice(0, -1))) {
    throw new ShapeError(
      `${name}: vectors of shape [N, D] need targets of shape [N], got ${formatShape(a.shape)} and ${formatShape(target.shape)}`,
    );
  }
  requireSigns(name, target);
  const along = { dim: -1 };
  const lengths = a.square().sum(along).add(1e-12).mul(b.square().sum(along).add(1e-12)).sqrt();
  const cosine = a.mul(b).sum(along).div(lengths);
  return reduce(name, where(target.gt(0), cosine.neg().add(1), cosine.sub(margin).relu()), reduction);
}

/**
 * max(0, distance to the positive - distance to the negative + margin), for vectors along the last dimension.
 * @param options.p the norm of the distance: 1, 2 (when not given) or Infinity.
 * @param options.swap take the distance from the positive to the negative where it is the smaller one.
 * @throws ShapeError when the shapes differ.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { reduction, margin = 1, p = 2, eps = 1e-6, swap = false }: LossOptions & { margin?: number; p?: number; eps?: number; swap?: boolean } = {},
): Tensor {
  const name = "tripletMarginLoss";
  requireSameShape(name, anchor, positive);
  requireSameShape(name, anchor, negative);
  const distance = (a: Tensor, b: Tensor): Tensor => a.sub(b).add(eps).norm({ p, dim: -1 });
  let apart = distance(anchor, negative);
  if (swap) apart = apart.minimum(distance(positive, negative));
  return reduce(name, distance(anchor, positive).sub(apart).add(margin).relu(), reduction);
}
