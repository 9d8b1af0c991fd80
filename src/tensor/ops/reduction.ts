/**
 * Folding dimensions. A reduced dimension stays as size 1 for the kernel and is dropped from the result unless `keepdim`.
 */
import type { GraphNode } from "../graph.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reduction } from "./definition.ts";
import type { ReductionDetails } from "./definition.ts";

/** Puts the reduced dimensions back as size 1 and stretches the tensor over the input's shape. */
function spread(reduced: Tensor, call: GraphNode): Tensor {
  return reduced.reshape((call.details as ReductionDetails).kept).expand(call.shapeOf(0));
}

/** How many elements went into each result. */
function foldedCount(call: GraphNode): number {
  return elementCount(call.shapeOf(0)) / elementCount((call.details as ReductionDetails).kept);
}

/** The gradient goes to the extreme elements, in equal parts where several are, as in PyTorch. */
function toExtremes(gradient: Tensor, call: GraphNode): Tensor {
  const { dims } = call.details as ReductionDetails;
  const chosen = call.input(0).eq(spread(call.output, call)).to(gradient.dtype);
  return chosen.mul(spread(gradient, call)).div(chosen.sum({ dim: dims, keepdim: true }));
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
  mean: reduction({
    summary: "Mean over the given dimensions, or over all.",
    result: "float",
    derivative: [(gradient, call) => spread(gradient.div(foldedCount(call)), call)],
    examples,
  }),
  prod: reduction({
    summary: "Product over the given dimensions, or over all.",
    result: "sum",
    saves: "both",
    derivative: [(gradient, call) => spread(gradient.mul(call.output), call).div(call.input(0))],
    examples: examples.map((example) => ({ ...example, interval: [0.5, 1.5] as const })),
  }),
  max: reduction({
    summary: "Largest element over the given dimensions; NaN where there is one.",
    result: "same",
    internal: true,
    saves: "both",
    derivative: [toExtremes],
    examples,
  }),
  min: reduction({
    summary: "Smallest element over the given dimensions; NaN where there is one.",
    result: "same",
    internal: true,
    saves: "both",
    derivative: [toExtremes],
    examples,
  }),
  argmax: reduction({ summary: "Position of the largest element along a dimension, or in all.", result: "index" }),
  argmin: reduction({ summary: "Position of the smallest element along a dimension, or in all.", result: "index" }),
  any: reduction({ summary: "True where at least one element is not 0.", result: "bool" }),
  all: reduction({ summary: "True where no element is 0.", result: "bool" }),
};
