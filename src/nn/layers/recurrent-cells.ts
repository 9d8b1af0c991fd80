/**
 * Single steps of recurrent layers, for loops of one's own. Weights have PyTorch's names and layout and start uniform within
 * 1 / sqrt(hiddenSize). A step here has the bits of a sequence of one step.
 */
import type { RnnOptions } from "../../tensor/methods/recurrent.ts";
import { gateCount } from "../../tensor/ops/recurrent.ts";
import type { Cell } from "../../tensor/ops/recurrent.ts";
import { sameShape } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { argumentsText, requireInput, requireSizes, unexpected } from "./describe.ts";
import { uniformWeight } from "./weights.ts";
import type { WeightOptions } from "./weights.ts";

export interface RecurrentCellOptions extends WeightOptions {
  /** False for a cell that adds none; true when not given. */
  bias?: boolean;
}

export interface RNNCellOptions extends RecurrentCellOptions {
  /** `"tanh"` when not given. */
  nonlinearity?: "tanh" | "relu";
}

export interface LSTMCellOptions extends RecurrentCellOptions {
  /** Gates see the cell, by weights of their own (Gers and Schmidhuber 2000). PyTorch has no such thing. */
  peepholes?: boolean;
}

/** An LSTM's state and cell, [B, H] each. */
export interface LSTMState {
  h: Tensor;
  c: Tensor;
}

abstract class RecurrentCell<State, Result> extends Module<[x: Tensor, state?: State], Result> {
  /** [gates * hiddenSize, inputSize]. */
  readonly weightIh: Parameter;
  /** [gates * hiddenSize, hiddenSize]. */
  readonly weightHh: Parameter;
  /** [gates * hiddenSize]. */
  readonly biasIh: Parameter | undefined;
  /** [gates * hiddenSize]. */
  readonly biasHh: Parameter | undefined;
  readonly inputSize: number;
  readonly hiddenSize: number;

  protected constructor(cell: Cell, inputSize: number, hiddenSize: number, { bias = true, dtype }: RecurrentCellOptions) {
    super();
    requireSizes(new.target.name, { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const rows = gateCount[cell] * hiddenSize;
    this.weightIh = uniformWeight([rows, inputSize], hiddenSize, dtype);
    this.weightHh = uniformWeight([rows, hiddenSize], hiddenSize, dtype);
    this.biasIh = bias ? uniformWeight([rows], hiddenSize, dtype) : undefined;
    this.biasHh = bias ? uniformWeight([rows], hiddenSize, dtype) : undefined;
  }

  /** The input as a sequence of one step. */
  protected sequence(x: Tensor): Tensor {
    if (requireInput(this, x).ndim !== 2 || x.shape[1] !== this.inputSize) {
      const alone = x.ndim === 1 && x.shape[0] === this.inputSize;
      const whole = x.ndim === 3 ? "a cell takes one step: x.at(t)" : "";
      throw unexpected(this, `[B, ${this.inputSize}]`, x, alone ? "add the batch dimension: x.unsqueeze(0)" : whole);
    }
    return x.unsqueeze(0);
  }

  /** The options of a step from a first state. */
  protected optionsFrom(x: Tensor, h0: Tensor | undefined): RnnOptions {
    if (h0 !== undefined && !sameShape(requireInput(this, h0).shape, [x.shape[0]!, this.hiddenSize])) {
      throw unexpected(this, `a state of shape [${x.shape[0]}, ${this.hiddenSize}]`, h0);
    }
    const { biasIh, biasHh } = this;
    return { ...(biasIh && { biasIh }), ...(biasHh && { biasHh }), ...(h0 && { h0 }) };
  }

  override extraRepr(): string {
    return argumentsText([this.inputSize, this.hiddenSize], { bias: [this.biasIh !== undefined, true] });
  }
}

/** One step of a plain recurrent network: from [B, inputSize] and a state [B, hiddenSize] to the next state. (torch.nn.RNNCell) */
export class RNNCell extends RecurrentCell<Tensor, Tensor> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, { nonlinearity = "tanh", ...options }: RNNCellOptions = {}) {
    super("rnn", inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  override forward(x: Tensor, h?: Tensor): Tensor {
    const { nonlinearity } = this;
    return this.sequence(x).rnn(this.weightIh, this.weightHh, { ...this.optionsFrom(x, h), nonlinearity }).hN;
  }
}

/** One step of gated recurrent units: from [B, inputSize] and a state [B, hiddenSize] to the next state. (torch.nn.GRUCell) */
export class GRUCell extends RecurrentCell<Tensor, Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentCellOptions = {}) {
    super("gru", inputSize, hiddenSize, options);
  }

  override forward(x: Tensor, h?: Tensor): Tensor {
    return this.sequence(x).gru(this.weightIh, this.weightHh, this.optionsFrom(x, h)).hN;
  }
}

/** One step of long short-term memory: from [B, inputSize] and a state to the next state. (torch.nn.LSTMCell) */
export class LSTMCell extends RecurrentCell<LSTMState, LSTMState> {
  /** Weights from the cell to its input, forget and output gate, [3, hiddenSize]. */
  readonly peephole: Parameter | undefined;

  constructor(inputSize: number, hiddenSize: number, { peepholes = false, ...options }: LSTMCellOptions = {}) {
    super("lstm", inputSize, hiddenSize, options);
    this.peephole = peepholes ? uniformWeight([3, hiddenSize], hiddenSize, options.dtype) : undefined;
  }

  override forward(x: Tensor, state?: LSTMState): LSTMState {
    const sequence = this.sequence(x);
    const { peephole } = this;
    const options = { ...this.optionsFrom(x, state?.h), ...(state && { c0: state.c }), ...(peephole && { peephole }) };
    const { hN, cN } = sequence.lstm(this.weightIh, this.weightHh, options);
    return { h: hN, c: cN };
  }

  override extraRepr(): string {
    const bias = [this.biasIh !== undefined, true] as const;
    return argumentsText([this.inputSize, this.hiddenSize], { bias, peepholes: [this.peephole !== undefined, false] });
  }
}
