/**
 * A picture read row by row: each row is one step of a sequence, and the state after the last row is classified.
 * Book 004 ("Deep Learning Algorithms in Practice, based on Theano and TensorFlow", in Chinese), section 7.2: 28 hidden units, 6,674 parameters. The cell
 * is that of Gers, Schmidhuber and Cummins, "Learning to forget", 2000, with a forget gate that starts open.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { normal_, xavierUniform_ } from "../init.ts";
import { requireInput, requireSizes, unexpected } from "../layers/describe.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module/module.ts";
import type { Parameter } from "../module/parameter.ts";
import { openLstmWeights } from "./open-lstm-weights.ts";

export interface RowLSTMOptions {
  /** Pixels of a row, 28 when not given. */
  inputSize?: number;
  /** 28 when not given. */
  hiddenSize?: number;
  /** 10 when not given. */
  numClasses?: number;
}

/** Takes pictures [N, 1, rows, inputSize] or [N, rows, inputSize], gives scores [N, numClasses]. */
export class RowLSTM extends Module {
  readonly inputSize: number;
  /** [4 H, I], the rows of the gates i, f, g, o one after another. */
  readonly weightIh: Parameter;
  /** [4 H, H]. */
  readonly weightHh: Parameter;
  /** [4 H]; 1 for the forget gate at first, else 0. */
  readonly bias: Parameter;
  readonly output: Linear;

  constructor({ inputSize = 28, hiddenSize = 28, numClasses = 10 }: RowLSTMOptions = {}) {
    super();
    requireSizes("RowLSTM", { inputSize, hiddenSize, numClasses });
    this.inputSize = inputSize;
    ({ weightIh: this.weightIh, weightHh: this.weightHh, bias: this.bias } = openLstmWeights(inputSize, hiddenSize, xavierUniform_));
    this.output = new Linear(hiddenSize, numClasses);
    normal_(this.output.weight, 0, 0.01);
    normal_(this.output.bias!, 0, 0.0001);
  }

  override forward(x: Tensor): Tensor {
    const picture = requireInput(this, x).ndim === 4 && x.shape[1] === 1 ? x.squeeze(1) : x;
    if (picture.ndim !== 3 || picture.shape[2] !== this.inputSize) {
      throw unexpected(this, `[N, 1, rows, ${this.inputSize}] or [N, rows, ${this.inputSize}]`, x);
    }
    const { hN } = picture.transpose(0, 1).lstm(this.weightIh, this.weightHh, { biasIh: this.bias });
    return this.output.forward(hN);
  }
}
