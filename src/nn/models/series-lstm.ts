/**
 * Says what comes next in a series: a small recurrent layer over the last values, and one linear unit on its state. Book 000
 * (Cheng, "PaddlePaddle 与深度学习应用实战"), section 6.4: 10 units with peepholes on windows of ten values, 521 parameters (its
 * activation is ReLU; ours is the usual tanh). Book 003 (Gulli and Pal, "Deep Learning with Keras"), chapter 6: 10 units
 * without peepholes, 491 parameters, also with a state that is carried from window to window.
 */
import { zeros } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { orthogonal_ } from "../init.ts";
import { requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { openLstmWeights } from "./open-lstm-weights.ts";

export interface SeriesLSTMOptions {
  /** Values of a step, 1 when not given. */
  inputSize?: number;
  /** 10 when not given. */
  hiddenSize?: number;
  /** Gates see the cell (Gers and Schmidhuber 2000); false when not given. */
  peepholes?: boolean;
}

/** The state and the cell of a series, [N, H] each. */
export interface SeriesState {
  h: Tensor;
  c: Tensor;
}

/** Takes series [N, T, inputSize], gives what follows each of them, [N]. */
export class SeriesLSTM extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** [4 H, I], the rows of the gates i, f, g, o one after another. */
  readonly weightIh: Parameter;
  /** [4 H, H]. */
  readonly weightHh: Parameter;
  /** [4 H]; 1 for the forget gate at first, else 0. */
  readonly bias: Parameter;
  /** [3, H], for i, f and o. */
  readonly peephole: Parameter | undefined;
  readonly output: Linear;

  constructor({ inputSize = 1, hiddenSize = 10, peepholes = false }: SeriesLSTMOptions = {}) {
    super();
    requireSizes("SeriesLSTM", { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    ({ weightIh: this.weightIh, weightHh: this.weightHh, bias: this.bias } = openLstmWeights(inputSize, hiddenSize, orthogonal_));
    this.peephole = peepholes ? new Parameter(zeros([3, hiddenSize])) : undefined;
    this.output = new Linear(hiddenSize, 1);
  }

  /** A state that remembers nothing, for `series` series. */
  emptyState(series: number): SeriesState {
    const { device } = this.bias;
    return { h: zeros([series, this.hiddenSize], { device }), c: zeros([series, this.hiddenSize], { device }) };
  }

  /**
   * Reads series from a state on.
   * @param state as it was after the piece before; empty when not given.
   * @returns what is expected after each step, [N, T], and the state to go on from. The state has a history: `detach` it, or
   * slopes reach back into the piece before.
   */
  read(x: Tensor, state?: SeriesState): { predictions: Tensor; state: SeriesState } {
    if (requireInput(this, x).ndim !== 3 || x.shape[2] !== this.inputSize) throw unexpected(this, `[N, T, ${this.inputSize}]`, x);
    const { output, hN, cN } = x.transpose(0, 1).lstm(this.weightIh, this.weightHh, {
      biasIh: this.bias,
      ...(this.peephole && { peephole: this.peephole }),
      ...(state && { h0: state.h, c0: state.c }),
    });
    return { predictions: this.output.forward(output).squeeze(2).t(), state: { h: hN, c: cN } };
  }

  override forward(x: Tensor): Tensor {
    return this.read(x).predictions.select(1, -1);
  }
}
