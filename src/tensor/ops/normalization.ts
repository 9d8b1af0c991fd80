/**
 * Standardisation of groups of elements, the core of batch and layer normalisation. The tensor is seen as [outer, groups,
 * inner]; nn/normalization.ts says which groups are meant and adds scale and shift.
 */
import { isGradEnabled } from "../grad-mode.ts";
import type { GraphNode } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { CallPlan, MultiplePlan } from "./definition.ts";

/** How a tensor is cut into groups, and what is added to each variance. */
export interface Grouping {
  outer: number;
  groups: number;
  inner: number;
  eps: number;
}

const attributesOf = ({ outer, groups, inner, eps }: Grouping): number[] => [outer, groups, inner, eps];

/** The derivative in ops that have derivatives themselves, from the input alone. */
function differentiable(gradient: Tensor, call: GraphNode): Tensor {
  const { outer, groups, inner, eps } = call.details as Grouping;
  const x = call.input(0).reshape([outer, groups, inner]);
  const g = gradient.reshape([outer, groups, inner]);
  const mean = (t: Tensor): Tensor => t.mean({ dim: [0, 2], keepdim: true });
  const centred = x.sub(mean(x));
  const scale = mean(centred.square()).add(eps).rsqrt();
  const y = centred.mul(scale);
  return g.sub(mean(g)).sub(y.mul(mean(g.mul(y)))).mul(scale).reshape(call.shapeOf(0));
}

export const normalization = {
  standardize: multiple({
    summary: "Each group of elements with its mean taken away, divided by its standard deviation; beside it means and variances.",
    plan: (self: Tensor, grouping: Grouping): MultiplePlan => ({
      inputs: [self.contiguous()],
      outputs: [
        { shape: self.shape, dtype: self.dtype },
        { shape: [grouping.groups], dtype: self.dtype, auxiliary: true },
        { shape: [grouping.groups], dtype: self.dtype, auxiliary: true },
      ],
      attributes: attributesOf(grouping),
      details: grouping,
    }),
    saves: "both",
    jointDerivative: ([gradient], call) => [
      isGradEnabled()
        ? differentiable(gradient!, call)
        : gradient!.standardizeBackward(call.outputAt(0), call.outputAt(2), call.details as Grouping),
    ],
  }),
  standardizeBackward: general({
    summary: "The gradient of what was standardised.",
    parameters: "",
    internal: true,
    plan: (gradient: Tensor, standardized: Tensor, variance: Tensor, grouping: Grouping): CallPlan => ({
      inputs: [gradient.contiguous(), standardized, variance],
      shape: standardized.shape,
      dtype: gradient.dtype,
      attributes: attributesOf(grouping),
    }),
  }),
};
