/**
 * Losses of yes and no: the cross-entropy of one probability each, from the probability or, better, from its score.
 * Names, defaults and limits are PyTorch's.
 */
import { record } from "../../tensor/dispatch.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { DerivativeRule } from "../../tensor/graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { reduce, requirePair, requireWithin } from "./reduction.ts";
import type { LossOptions } from "./reduction.ts";

/** Logarithms go no lower, so that a certain and wrong prediction costs 100 and not infinity. */
const lowestLog = -100;
const safeLog = (x: Tensor): Tensor => x.log().clamp({ min: lowestLog });
const safeLog1m = (x: Tensor): Tensor => x.neg().log1p().clamp({ min: lowestLog });

/**
 * The derivative as one quotient with a bounded divisor: followed through the clamped logarithms it would be 0 times
 * infinity at a probability of 0 or 1.
 */
const crossEntropyOfProbability: DerivativeRule = {
  name: "binaryCrossEntropy",
  saves: "inputs",
  derivative: [
    (gradient, call) => {
      const [p, t] = [call.input(0), call.input(1)];
      return gradient.mul(p.sub(t)).div(p.mul(p.neg().add(1)).clamp({ min: 1e-12 }));
    },
    (gradient, call) => gradient.mul(safeLog1m(call.input(0)).sub(safeLog(call.input(0)))),
  ],
};

const aboutTargets = "labels are 0 and 1, or probabilities between; labels of -1 and 1 belong to hingeLoss";

/**
 * The cross-entropy of probabilities against labels of 0 and 1 (or probabilities between).
 * @param options.weight a factor of each loss, broadcast.
 * @throws NablaError for values outside 0 to 1: scores belong to binaryCrossEntropyWithLogits, which is also more exact.
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  { reduction, weight }: LossOptions & { weight?: Tensor } = {},
): Tensor {
  const name = "binaryCrossEntropy";
  const [p, t] = requirePair(name, input, target);
  requireWithin(name, "probabilities", p, 0, 1, "scores need sigmoid() first, or better binaryCrossEntropyWithLogits, which has it inside");
  requireWithin(name, "targets", t, 0, 1, aboutTargets);
  const losses = noGrad(() => t.mul(safeLog(p)).add(t.neg().add(1).mul(safeLog1m(p))).neg());
  if (p.requiresGrad || t.requiresGrad) record(crossEntropyOfProbability, losses, [p, t], undefined);
  return reduce(name, weight === undefined ? losses : losses.mul(weight), reduction);
}

/**
 * The cross-entropy of scores (the sigmoid is inside, so that no score is too large) against labels of 0 and 1.
 * @param options.weight a factor of each loss, broadcast.
 * @param options.posWeight a factor of the losses of positive labels, broadcast: above 1 it raises recall.
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { reduction, weight, posWeight }: LossOptions & { weight?: Tensor; posWeight?: Tensor } = {},
): Tensor {
  const name = "binaryCrossEntropyWithLogits";
  const [x, t] = requirePair(name, input, target);
  requireWithin(name, "targets", t, 0, 1, aboutTargets);
  // -log sigmoid(x) and -log(1 - sigmoid(x)): neither takes the difference of two large numbers.
  const missed = t.mul(x.neg().softplus({ threshold: 40 }));
  const losses = (posWeight === undefined ? missed : missed.mul(posWeight)).add(t.neg().add(1).mul(x.softplus({ threshold: 40 })));
  return reduce(name, weight === undefined ? losses : losses.mul(weight), reduction);
}
