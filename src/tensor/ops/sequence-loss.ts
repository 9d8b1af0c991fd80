/**
 * The loss of a sequence whose alignment is not known: connectionist temporal classification.
 * Source: Graves et al., "Connectionist temporal classification", 2006.
 */
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { CallPlan, MultiplePlan } from "./definition.ts";

export const sequenceLoss = {
  ctcLoss: multiple({
    summary: "-log of the probability that a sequence says its target, blanks and repetitions dropped: one loss a sequence.",
    plan: (logProbs: Tensor, targets: Tensor, inputLengths: Tensor, targetLengths: Tensor, blank: number): MultiplePlan => {
      const [steps, batch] = logProbs.shape as [number, number, number];
      return {
        inputs: [logProbs.contiguous(), targets.contiguous(), inputLengths.contiguous(), targetLengths.contiguous()],
        outputs: [
          { shape: [batch], dtype: logProbs.dtype },
          { shape: [batch, steps, 2 * targets.shape[1]! + 1], dtype: logProbs.dtype, auxiliary: true },
        ],
        attributes: [blank],
        details: blank,
      };
    },
    saves: "both",
    jointDerivative: ([gradient], call) => [
      gradient!.ctcLossBackward(
        [call.input(0), call.input(1), call.input(2), call.input(3), call.outputAt(0), call.outputAt(1)],
        call.details as number,
      ),
    ],
  }),
  ctcLossBackward: general({
    summary: "The gradient of the log-probabilities of ctcLoss; it has no derivative of its own.",
    parameters: "",
    internal: true,
    plan: (gradient: Tensor, saved: readonly Tensor[], blank: number): CallPlan => ({
      inputs: [gradient.contiguous(), ...saved.map((each) => each.detach())],
      shape: saved[0]!.shape,
      dtype: gradient.dtype,
      attributes: [blank],
    }),
  }),
};
