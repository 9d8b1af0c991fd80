/**
 * Folding dimensions. A reduced dimension stays as size 1 for the kernel and is dropped from the result unless `keepdim`.
 */
import type { GraphNode } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { reduction } from "./definition.ts";
import type { ReductionDetails } from "./definition.ts";

/** Puts the reduced dimensions back as size 1 and stretches the tensor over the input's shape. */
function spread(reduced: Tensor, call: GraphNode): Tensor {
  return reduced.reshape((call.details as ReductionDetails).kept).expand(call.shapeOf(0));
}

const examples = [
  { shapes: [[2, 3, 4]] },
  { shapes: [[2, 3, 4]], arguments: [{ dim: [0, 2] }] },
  { shapes: [[2, 3, 4]], arguments: [{ dim: 1, keepdim: true }] },
];

export const reductions = {
  sum: reduction({
    summary: "Sum over the given dimensions, or over all.",
    result: "sum",
    derivative: [spread],
    examples,
  }),
};
