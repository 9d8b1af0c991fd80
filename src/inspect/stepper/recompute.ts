/**
 * Values that nobody has kept, computed again from those of the operands: of the ops that need nothing but their operands and
 * what autograd remembers of the call. For others a function has to be given, whose values are seen as it runs.
 */
import { observedBy } from "../../tensor/call-observer.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { GraphNode } from "../../tensor/graph.ts";
import { ops } from "../../tensor/ops.ts";
import type { NamedRow } from "../../tensor/ops.ts";
import type { ReductionDetails } from "../../tensor/ops/definition.ts";
import { callBinary, callReduction, callUnary } from "../../tensor/dispatch.ts";
import type { BinaryRow, ReductionRow, UnaryRow } from "../../tensor/ops/definition.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor, TensorLike } from "../../tensor/tensor.ts";
import type { Operand } from "./computation.ts";
import { snapshot } from "./record.ts";
import type { Snapshot } from "./record.ts";

const rowsByName = ops as Readonly<Record<string, NamedRow | undefined>>;

/** The tensor or number behind an operand. */
function valueOf(operand: Operand): TensorLike | undefined {
  if (!("box" in operand)) return operand.number;
  return operand.box.values.find(({ index }) => index === operand.output)?.snapshot?.tensor;
}

function again(node: GraphNode, inputs: readonly TensorLike[], shape: Shape): Tensor | undefined {
  const { name } = node.rule;
  const [a, b, c] = inputs;
  const row = rowsByName[name];
  if (isTensor(a) && name === "reshape") return a.reshape(shape);
  if (isTensor(a) && name === "expand") return a.expand(shape);
  if (isTensor(a) && name === "permute") return a.permute(node.details as readonly number[]);
  if (isTensor(a) && name === "transpose") {
    const { first, second } = node.details as { first: number; second: number };
    return a.transpose(first, second);
  }
  if (isTensor(a) && isTensor(b) && name === "matmul") return a.matmul(b);
  if (isTensor(a) && isTensor(b) && name === "linear") {
    const product = a.matmul(b.t());
    return c === undefined || c === 0 ? product : product.add(c);
  }
  if (row === undefined) return undefined;
  if (row.kind === "unary" && isTensor(a)) return callUnary(row as NamedRow<UnaryRow>, a);
  if (row.kind === "binary" && a !== undefined && b !== undefined) return callBinary(row as NamedRow<BinaryRow>, a, b);
  if (row.kind === "reduction" && isTensor(a)) {
    const { dims } = node.details as ReductionDetails;
    const reduced = callReduction(row as NamedRow<ReductionRow>, a, { dim: dims, keepdim: true });
    return reduced.reshape(shape);
  }
  return undefined;
}

/** The result of a call, computed again; undefined where that takes more than is known. */
export function computeAgain(node: GraphNode, operands: readonly Operand[], shape: Shape): Snapshot | undefined {
  if (node.outputCount !== 1) return undefined;
  const inputs = operands.map(valueOf);
  if (inputs.some((input) => input === undefined)) return undefined;
  const result = observedBy(undefined, () => noGrad(() => again(node, inputs as TensorLike[], shape)));
  return result === undefined || !sameShape(result.shape, shape) ? undefined : snapshot(result);
}
