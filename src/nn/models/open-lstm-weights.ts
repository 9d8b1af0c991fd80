/**
 * The weights of an LSTM as papers write it, with one bias for each gate (`nn.LSTM` keeps two, as PyTorch does), and with a
 * forget gate that starts open, so that an untrained cell remembers: Gers, Schmidhuber and Cummins, "Learning to forget", 2000.
 */
import { zeros } from "../../tensor/creation.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { xavierUniform_ } from "../init.ts";
import { Parameter } from "../module/parameter.ts";

/** What the operation `lstm` takes; the rows are those of the gates i, f, g, o one after another. */
export interface OpenLstmWeights {
  /** [4 H, I]. */
  readonly weightIh: Parameter;
  /** [4 H, H]. */
  readonly weightHh: Parameter;
  /** [4 H]; 1 for the forget gate, else 0. */
  readonly bias: Parameter;
}

/** @param drawRecurrent fills `weightHh`; that of the input is drawn before it. */
export function openLstmWeights(inputSize: number, hiddenSize: number, drawRecurrent: (weight: Tensor) => Tensor): OpenLstmWeights {
  const weightIh = new Parameter(xavierUniform_(zeros([4 * hiddenSize, inputSize])));
  const weightHh = new Parameter(drawRecurrent(zeros([4 * hiddenSize, hiddenSize])));
  const bias = new Parameter(zeros([4 * hiddenSize]));
  noGrad(() => bias.narrow(0, hiddenSize, hiddenSize).fill_(1));
  return { weightIh, weightHh, bias };
}
