/**
 * The optimisers under test, by the names of pytorch.py's runs.
 */
import { optim } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

export type Optimizer = Pick<optim.SGD, "step" | "zeroGrad" | "stateDict" | "loadStateDict"> & { readonly paramGroups: readonly { lr: number }[] };
export const makers: Record<string, (parameters: Tensor[]) => Optimizer> = {
  SGD: (parameters) => new optim.SGD(parameters, { lr: 0.1 }),
  "SGD momentum": (parameters) => new optim.SGD(parameters, { lr: 0.1, momentum: 0.9, dampening: 0.2, weightDecay: 0.01 }),
  "SGD nesterov": (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.8, nesterov: true }),
  Adam: (parameters) => new optim.Adam(parameters, { lr: 0.01 }),
  "Adam decay": (parameters) => new optim.Adam(parameters, { lr: 0.02, betas: [0.8, 0.95], eps: 1e-6, weightDecay: 0.1 }),
  "Adam amsgrad": (parameters) => new optim.Adam(parameters, { lr: 0.02, betas: [0.5, 0.6], amsgrad: true }),
  AdamW: (parameters) => new optim.AdamW(parameters, { lr: 0.01 }),
  "AdamW amsgrad": (parameters) => new optim.AdamW(parameters, { lr: 0.03, weightDecay: 0.2, betas: [0.5, 0.6], amsgrad: true }),
  Adagrad: (parameters) => new optim.Adagrad(parameters),
  "Adagrad decay": (parameters) =>
    new optim.Adagrad(parameters, { lr: 0.1, lrDecay: 0.05, weightDecay: 0.1, initialAccumulatorValue: 0.2, eps: 1e-6 }),
  Adadelta: (parameters) => new optim.Adadelta(parameters),
  "Adadelta decay": (parameters) => new optim.Adadelta(parameters, { lr: 0.5, rho: 0.7, eps: 1e-3, weightDecay: 0.1 }),
  RMSprop: (parameters) => new optim.RMSprop(parameters),
  "RMSprop momentum": (parameters) => new optim.RMSprop(parameters, { lr: 0.02, alpha: 0.8, momentum: 0.7, weightDecay: 0.1 }),
  "RMSprop centered": (parameters) =>
    new optim.RMSprop(parameters, { lr: 0.02, alpha: 0.9, momentum: 0.5, centered: true, eps: 1e-3 }),
  Adamax: (parameters) => new optim.Adamax(parameters),
  "Adamax decay": (parameters) => new optim.Adamax(parameters, { lr: 0.05, betas: [0.7, 0.8], eps: 1e-3, weightDecay: 0.1 }),
  NAdam: (parameters) => new optim.NAdam(parameters),
  "NAdam decay": (parameters) =>
    new optim.NAdam(parameters, { lr: 0.03, betas: [0.6, 0.8], weightDecay: 0.1, momentumDecay: 0.02 }),
  "NAdam decoupled": (parameters) => new optim.NAdam(parameters, { lr: 0.03, weightDecay: 0.2, decoupledWeightDecay: true }),
};
/** Optimisers of all ten parameters in groups. */
export const groupMakers: Record<string, (parameters: Tensor[]) => Optimizer> = {
  "SGD groups": (all) => {
    const groups = [
      { params: all.slice(0, 4) },
      { params: all.slice(4, 7), lr: 0.01, momentum: 0.5 },
      { params: all.slice(7), momentum: 0 },
    ];
    return new optim.SGD(groups, { lr: 0.1, momentum: 0.9 });
  },
  "RMSprop groups": (all) => {
    const others = [0, 2, 4, 5, 6, 7, 8, 9].map((i) => all[i]!);
    return new optim.RMSprop([{ params: [all[3]!, all[1]!], lr: 0.1 }, { params: others, alpha: 0.5 }], { lr: 0.01 });
  },
};
