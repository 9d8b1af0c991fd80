/**
 * Whole sequences through one recurrent layer in one direction, and the way back through time. Each is one native call: a
 * step's products and its gates are computed together, and the products of all inputs, forward, and of all weights'
 * gradients, backward, are large multiplications outside the loop (Appleyard et al., "Optimizing Performance of Recurrent
 * Neural Networks on GPUs", 2016). Arguments have been checked by methods/recurrent.ts.
 */
import { isGradEnabled } from "../grad-mode.ts";
import type { GraphNode, JointDerivative } from "../graph.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { multiple } from "./definition.ts";
import type { MultiplePlan } from "./definition.ts";

export type Cell = "lstm" | "gru" | "rnn";

/** What a call is given; a tensor that was left out is undefined. */
export interface RecurrentOperands {
  input: Tensor;
  weightIh: Tensor;
  weightHh: Tensor;
  biasIh: Tensor | undefined;
  biasHh: Tensor | undefined;
  h0: Tensor | undefined;
  /** LSTM alone. */
  c0: Tensor | undefined;
  /** LSTM alone, [3, H]. */
  peephole: Tensor | undefined;
  /** int32 [B]. */
  lengths: Tensor | undefined;
  reverse: boolean;
  /** RNN alone: relu in place of tanh. */
  relu: boolean;
}

/** Gradients of the results, undefined for one that nobody used. */
export interface RecurrentGradients {
  output: Tensor | undefined;
  hN: Tensor | undefined;
  cN: Tensor | undefined;
}

/** What the way back through the steps finds; the weights' gradients follow from it. */
export interface GateGradients {
  /** Gradients of the gates before their activations [T, B, G H]: as the input's product sees them, and as the state's. */
  atInput: Tensor;
  atState: Tensor;
  h0: Tensor;
  c0: Tensor | undefined;
  /** The state and the cell before each step, and the cell after it, [T, B, H]. */
  stateBefore: Tensor;
  cellBefore?: Tensor;
  cellAfter?: Tensor;
}

export const gateCount: Readonly<Record<Cell, number>> = { lstm: 4, gru: 3, rnn: 1 };
/** Blocks of H numbers a step that the way back reads, the state before the step last; recurrent_cells.h has their order. */
const savedBlocks: Readonly<Record<Cell, number>> = { lstm: 7, gru: 5, rnn: 1 };

/** In place of a tensor that was left out: kernels see an operand of rank 0. */
const none = 0;

const flags = ({ reverse, relu }: Pick<RecurrentOperands, "reverse" | "relu">): number[] => [Number(reverse), Number(relu)];

const planOf = (cell: Cell) => (operands: RecurrentOperands): MultiplePlan => {
  const { input, weightIh, weightHh, reverse, relu } = operands;
  const [steps, batch] = input.shape as readonly [number, number, number];
  const hidden = weightHh.shape[1]!;
  const { dtype } = input;
  const gapless = (tensor: Tensor | undefined): TensorLike => tensor?.contiguous() ?? none;
  const state = { shape: [batch, hidden], dtype };
  const ofLstm = cell === "lstm";
  return {
    inputs: [
      input.contiguous(),
      weightIh,
      weightHh,
      gapless(operands.biasIh),
      gapless(operands.biasHh),
      gapless(operands.h0),
      ...(ofLstm ? [gapless(operands.c0), gapless(operands.peephole)] : []),
      gapless(operands.lengths),
    ],
    outputs: [
      { shape: [steps, batch, hidden], dtype },
      state,
      ...(ofLstm ? [state] : []),
      { shape: [steps, batch, savedBlocks[cell] * hidden], dtype, auxiliary: true, unseen: true },
    ],
    attributes: flags(operands),
    details: { reverse, relu },
  };
};

/** A gradient as kernels read it: its last dimension gapless, or one number stretched. */
function readable(gradient: Tensor | undefined): TensorLike {
  if (gradient === undefined) return none;
  const stride = gradient.strides.at(-1);
  return stride === 0 || stride === 1 ? gradient : gradient.contiguous();
}

/** Of the way back. `saved` and `output` are those of the way forward; `firstState`: is its gradient wanted? */
const planBackwardOf =
  (cell: Cell) =>
  (operands: RecurrentOperands, saved: Tensor, output: Tensor, gradients: RecurrentGradients, firstState: boolean): MultiplePlan => {
    const { weightHh } = operands;
    const [steps, batch, hidden] = output.shape as readonly [number, number, number];
    const { dtype } = output;
    const gates = { shape: [steps, batch, gateCount[cell] * hidden], dtype };
    const state = { shape: [batch, hidden], dtype };
    return {
      inputs: [
        weightHh,
        saved,
        ...(cell === "rnn" ? [output] : []),
        readable(gradients.output),
        gradients.hN?.contiguous() ?? none,
        ...(cell === "lstm" ? [gradients.cN?.contiguous() ?? none, operands.peephole ?? none] : []),
        operands.lengths ?? none,
      ],
      outputs: { lstm: [gates, state, state], gru: [gates, gates, state], rnn: [gates, state] }[cell],
      attributes: [...flags(operands), Number(firstState)],
    };
  };

/** The operands of a recorded call, as its plan had them. */
function operandsOf(cell: Cell, call: GraphNode): RecurrentOperands {
  const optional = (position: number): Tensor | undefined => {
    const operand = call.operand(position);
    return typeof operand === "number" ? undefined : operand;
  };
  const ofLstm = cell === "lstm";
  return {
    ...(call.details as { reverse: boolean; relu: boolean }),
    input: call.input(0),
    weightIh: call.input(1),
    weightHh: call.input(2),
    biasIh: optional(3),
    biasHh: optional(4),
    h0: optional(5),
    c0: ofLstm ? optional(6) : undefined,
    peephole: ofLstm ? optional(7) : undefined,
    lengths: optional(ofLstm ? 8 : 6),
  };
}

/** Steps and rows of the batch as one dimension: the sums over all of them are products of matrices. */
const allRows = (tensor: Tensor): Tensor => tensor.flatten({ endDim: 1 });

const derivativeOf =
  (cell: Cell): JointDerivative =>
  (arrived, call) => {
    const operands = operandsOf(cell, call);
    const ofLstm = cell === "lstm";
    const gradients = { output: arrived[0], hN: arrived[1], cN: ofLstm ? arrived[2] : undefined };
    // Recorded, for derivatives of derivatives: step by step, in ops that have derivatives themselves.
    const found = isGradEnabled()
      ? operands.input.stepwiseBackward(cell, operands, gradients)
      : operands.input.sequenceBackward(cell, operands, call.outputAt(ofLstm ? 3 : 2), call.output, gradients, call.needs(5));
    const atInput = allRows(found.atInput);
    const shared = found.atState === found.atInput;
    const atState = shared ? atInput : allRows(found.atState);
    const bias = call.needs(3) || (shared && call.needs(4)) ? atInput.sum({ dim: 0 }) : undefined;
    const common = [
      call.needs(0) ? atInput.matmul(operands.weightIh).reshape(call.shapeOf(0)) : undefined,
      call.needs(1) ? atInput.t().matmul(allRows(operands.input)) : undefined,
      call.needs(2) ? atState.t().matmul(allRows(found.stateBefore)) : undefined,
      call.needs(3) ? bias : undefined,
      call.needs(4) ? (shared ? bias : atState.sum({ dim: 0 })) : undefined,
      call.needs(5) ? found.h0 : undefined,
    ];
    if (!ofLstm) return common;
    return [...common, call.needs(6) ? found.c0 : undefined, call.needs(7) ? operands.input.peepholeBackward(found) : undefined];
  };

const layer = (cell: Cell, summary: string) =>
  multiple({ summary, plan: planOf(cell), saves: "both", jointDerivative: derivativeOf(cell) });

const layerBackward = (cell: Cell, summary: string) => multiple({ summary, plan: planBackwardOf(cell), internal: true });

export const recurrent = {
  lstm: layer("lstm", "A sequence through a layer of long short-term memory."),
  lstmBackward: layerBackward("lstm", "The gradients of an LSTM's gates and first states, back through time."),
  gru: layer("gru", "A sequence through a layer of gated recurrent units."),
  gruBackward: layerBackward("gru", "The gradients of a GRU's gates and first state, back through time."),
  rnn: layer("rnn", "A sequence through a plain recurrent layer with tanh or relu."),
  rnnBackward: layerBackward("rnn", "The gradients of a plain recurrent layer's sums and first state, back through time."),
};
