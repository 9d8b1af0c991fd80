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

/** Running products along the last dimension, each of the elements before. */
function productBefore(x: Tensor): Tensor {
  return x.narrow(-1, 0, x.shape.at(-1)! - 1).cumprod(-1).pad([1, 0], { value: 1 });
}

/**
 * For each element the product of all others, which is the result divided by it but where it is 0: those before it times those
 * after it.
 */
function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  if (x.numel === 0) return x;
  const order = [...x.shape.keys()].filter((d) => !dims.includes(d)).concat(dims);
  const moved = x.permute(order);
  const folded = moved.reshape([...moved.shape.slice(0, x.ndim - dims.length), -1]);
  const product = productBefore(folded).mul(productBefore(folded.flip(-1)).flip(-1));
  return product.reshape(moved.shape).permute(order.map((_, d) => order.indexOf(d)));
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
    saves: "inputs",
    derivative: [
      (gradient, call) => spread(gradient, call).mul(productOfOthers(call.input(0), (call.details as ReductionDetails).dims)),
    ],
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
