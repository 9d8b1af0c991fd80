/**
 * Recurrent layers over whole sequences, as functions of their weights: one layer in one direction a call. Layers with
 * parameters, several of them and both directions are put together from these.
 */
import { callMultiple, requireFloat } from "../dispatch.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import { gateCount } from "../ops/recurrent.ts";
import type { Cell, GateGradients, RecurrentGradients, RecurrentOperands } from "../ops/recurrent.ts";
import { checkPositions } from "../positions.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { stack } from "./join.ts";
import { stepwiseGradients } from "./recurrent-steps.ts";

/** What the three layers may be given beside their weights. H is the number of hidden units, G the cell's number of gates. */
export interface RecurrentOptions {
  /** Bias beside the input's product, [G H]. */
  biasIh?: Tensor;
  /** Bias beside the state's product, [G H]. */
  biasHh?: Tensor;
  /** The first state, [B, H]; zeros when not given. */
  h0?: Tensor;
  /** From the last step to the first. */
  reverse?: boolean;
  /** How many steps of each row of the batch count, int32 [B]. Those after leave the state alone, and their output is 0. */
  lengths?: Tensor;
}

export interface LstmOptions extends RecurrentOptions {
  /** The first cell, [B, H]; zeros when not given. */
  c0?: Tensor;
  /** Weights from the cell to its input, forget and output gate, [3, H] (Gers and Schmidhuber 2000). */
  peephole?: Tensor;
}

export interface RnnOptions extends RecurrentOptions {
  /** `"tanh"` when not given. */
  nonlinearity?: "tanh" | "relu";
}

/** What a sequence has become. */
export interface RecurrentResult {
  /** The state after each step, [T, B, H]. */
  output: Tensor;
  /** The state after the last step that counts, [B, H]. */
  hN: Tensor;
}

export interface LstmResult extends RecurrentResult {
  /** The cell after the last step that counts, [B, H]. */
  cN: Tensor;
}

export interface RecurrentMethods {
  /**
   * A sequence [T, B, I] through long short-term memory: gates i, f, o and candidate g from x W_ih^T + b_ih + h W_hh^T + b_hh,
   * then c = f c + i g and h = o tanh(c) (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
   * @param weightIh [4 H, I], the rows of i, f, g, o one after another, as PyTorch has them.
   * @param weightHh [4 H, H].
   * @returns output [T, B, H], hN [B, H] and cN [B, H].
   * @throws ShapeError, DTypeError naming the argument that does not fit, and the usual mistake.
   */
  lstm(weightIh: Tensor, weightHh: Tensor, options?: LstmOptions): LstmResult;
  /**
   * A sequence [T, B, I] through gated recurrent units: reset gate r, update gate z, candidate n = tanh(x W_in^T + b_in +
   * r (h W_hn^T + b_hn)), then h = (1 - z) n + z h (Cho et al. 2014, in the variant of cuDNN and PyTorch).
   * @param weightIh [3 H, I], the rows of r, z, n one after another.
   * @param weightHh [3 H, H].
   * @returns output [T, B, H] and hN [B, H].
   * @throws ShapeError, DTypeError naming the argument that does not fit, and the usual mistake.
   */
  gru(weightIh: Tensor, weightHh: Tensor, options?: RecurrentOptions): RecurrentResult;
  /**
   * A sequence [T, B, I] through a plain recurrent layer: h = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu (Elman 1990).
   * @param weightIh [H, I].
   * @param weightHh [H, H].
   * @returns output [T, B, H] and hN [B, H].
   * @throws ShapeError, DTypeError naming the argument that does not fit, and the usual mistake.
   */
  rnn(weightIh: Tensor, weightHh: Tensor, options?: RnnOptions): RecurrentResult;
  /** For derivatives: the way back through time in one native call. */
  sequenceBackward(
    cell: Cell,
    operands: RecurrentOperands,
    saved: Tensor,
    output: Tensor,
    gradients: RecurrentGradients,
    firstState: boolean,
  ): GateGradients;
  /** For derivatives: the way back step by step, in ops that can be differentiated. */
  stepwiseBackward(cell: Cell, operands: RecurrentOperands, gradients: RecurrentGradients): GateGradients;
  /** For derivatives: the gradient of peephole weights. */
  peepholeBackward(found: GateGradients): Tensor;
}

const batchHint = "a batch of one is [T, 1, I], made with x.unsqueeze(1); from [B, T, I] with x.transpose(0, 1)";

/** Checks one argument. */
function requireShape(op: Cell, name: string, tensor: Tensor, shape: Shape, like: Tensor, hint: string): Tensor {
  requireTensor(op, tensor);
  if (!sameShape(tensor.shape, shape)) {
    const turned = tensor.ndim === 2 && sameShape([...tensor.shape].reverse(), shape) ? `; transposed it would fit: ${name}.t()` : "";
    throw new ShapeError(`${op}: ${name} must have shape ${formatShape(shape)}${hint}, got ${formatShape(tensor.shape)}${turned}`);
  }
  if (tensor.dtype !== like.dtype) {
    throw new DTypeError(`${op}: the input is ${like.dtype}, ${name} ${tensor.dtype}; convert one with .to("${like.dtype}")`);
  }
  return tensor;
}

/** Checks the arguments of a call. */
function checkOperands(
  op: Cell,
  input: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  { biasIh, biasHh, h0, c0, peephole, reverse = false, lengths, nonlinearity = "tanh" }: LstmOptions & RnnOptions,
): RecurrentOperands {
  requireFloat(op, requireTensor(op, input));
  requireTensor(op, weightIh);
  requireTensor(op, weightHh);
  if (input.ndim !== 3) {
    throw new ShapeError(`${op}: the input has shape [T, B, I], steps first, got ${formatShape(input.shape)}; ${batchHint}`);
  }
  const gates = gateCount[op];
  const factor = gates === 1 ? "" : `${gates} `;
  const [steps, batch, inputs] = input.shape as readonly [number, number, number];
  if (weightHh.ndim !== 2 || weightHh.shape[0] !== gates * weightHh.shape[1]!) {
    throw new ShapeError(
      `${op}: weightHh must have shape [${factor}H, H], got ${formatShape(weightHh.shape)}` +
        (weightHh.ndim === 2 && weightHh.shape[1] === gates * weightHh.shape[0]! ? "; transposed it would fit: weightHh.t()" : ""),
    );
  }
  const hidden = weightHh.shape[1]!;
  const rows = gates * hidden;
  const fit = (name: string, tensor: Tensor, shape: Shape, what: string): Tensor =>
    requireShape(op, name, tensor, shape, input, ` ${what}`);
  const maybe = (name: string, tensor: Tensor | undefined, shape: Shape, what: string): Tensor | undefined =>
    tensor === undefined ? undefined : fit(name, tensor, shape, what);
  fit("weightIh", weightIh, [rows, inputs], `([${factor}H, I] for ${hidden} hidden units and inputs of ${formatShape(input.shape)})`);
  fit("weightHh", weightHh, [rows, hidden], `([${factor}H, H])`);
  if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
    throw new ShapeError(`${op}: nonlinearity is "tanh" or "relu", got ${JSON.stringify(nonlinearity)}`);
  }
  return {
    input,
    weightIh,
    weightHh,
    biasIh: maybe("biasIh", biasIh, [rows], `([${factor}H])`),
    biasHh: maybe("biasHh", biasHh, [rows], `([${factor}H])`),
    h0: maybe("h0", h0, [batch, hidden], "([B, H])"),
    c0: maybe("c0", c0, [batch, hidden], "([B, H])"),
    peephole: maybe("peephole", peephole, [3, hidden], "([3, H])"),
    lengths: lengths === undefined ? undefined : checkLengths(op, lengths, steps, batch),
    reverse,
    relu: nonlinearity === "relu",
  };
}

function checkLengths(op: Cell, lengths: Tensor, steps: number, batch: number): Tensor {
  requireTensor(op, lengths);
  if (!sameShape(lengths.shape, [batch])) {
    throw new ShapeError(
      `${op}: lengths must have shape ${formatShape([batch])}, one number a row of the batch, got ${formatShape(lengths.shape)}`,
    );
  }
  return checkPositions(op, "length", lengths, steps + 1);
}

export const recurrentMethods: RecurrentMethods & ThisType<Tensor> = {
  lstm(weightIh, weightHh, options = {}) {
    const plan = ops.lstm.plan(checkOperands("lstm", this, weightIh, weightHh, options));
    const [output, hN, cN] = callMultiple(ops.lstm, plan) as [Tensor, Tensor, Tensor];
    return { output, hN, cN };
  },

  gru(weightIh, weightHh, options = {}) {
    const [output, hN] = callMultiple(ops.gru, ops.gru.plan(checkOperands("gru", this, weightIh, weightHh, options)));
    return { output: output!, hN: hN! };
  },

  rnn(weightIh, weightHh, options = {}) {
    const [output, hN] = callMultiple(ops.rnn, ops.rnn.plan(checkOperands("rnn", this, weightIh, weightHh, options)));
    return { output: output!, hN: hN! };
  },

  sequenceBackward(cell, operands, saved, output, gradients, firstState) {
    const row = { lstm: ops.lstmBackward, gru: ops.gruBackward, rnn: ops.rnnBackward }[cell];
    const made = callMultiple(row, row.plan(operands, saved, output, gradients, firstState));
    const hidden = output.shape[2]!;
    const block = (position: number): Tensor => saved.narrow(2, position * hidden, hidden);
    const stateBefore = block(saved.shape[2]! / hidden - 1);
    if (cell === "gru") return { atInput: made[0]!, atState: made[1]!, h0: made[2]!, c0: undefined, stateBefore };
    const found = { atInput: made[0]!, atState: made[0]!, h0: made[1]!, c0: made[2], stateBefore };
    if (operands.peephole === undefined) return found;
    const cellBefore = block(4);
    return { ...found, cellBefore, cellAfter: block(1).mul(cellBefore).add(block(0).mul(block(2))) };
  },

  stepwiseBackward(cell, operands, gradients) {
    return stepwiseGradients(cell, operands, gradients);
  },

  peepholeBackward({ atInput, cellBefore, cellAfter }) {
    // The input and forget gates have seen the cell before the step, the output gate the new one.
    const [input, forget, , output] = atInput.chunk(4, { dim: 2 }) as [Tensor, Tensor, Tensor, Tensor];
    const products = [input.mul(cellBefore!), forget.mul(cellBefore!), output.mul(cellAfter!)];
    return stack(products.map((each) => each.sum({ dim: [0, 1] })));
  },
};
