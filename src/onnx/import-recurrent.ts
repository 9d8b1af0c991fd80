/**
 * ONNX's recurrent operators in the library's layers. The gates are turned into the library's order in each run, by
 * differentiable views and copies, so that the weights in the file are what is trained.
 */
import { tensor } from "../tensor/creation.ts";
import { cat, stack } from "../tensor/methods/join.ts";
import type { LstmOptions, RecurrentResult, RnnOptions } from "../tensor/methods/recurrent.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { gateOrders, peepholeOrder } from "./export-recurrent.ts";
import { tensorAt, tensorOrNone } from "./import-value.ts";
import type { ImportRow } from "./import-value.ts";
import { BadNode } from "./node-reader.ts";

type Cell = keyof typeof gateOrders;

/** Blocks of rows back in the library's order. */
function turnedBack(blocks: Tensor, order: readonly number[]): Tensor {
  if (order.length === 1) return blocks;
  const positions = tensor(Int32Array.from(order, (_, ours) => order.indexOf(ours)));
  const rows = blocks.shape[0]! / order.length;
  return blocks.reshape([order.length, rows, ...blocks.shape.slice(1)]).indexSelect(0, positions).reshape(blocks.shape);
}

const usual = { lstm: ["Sigmoid", "Tanh", "Tanh"], gru: ["Sigmoid", "Tanh"], rnn: ["Tanh"] } as const;

const recurrent = (cell: Cell): ImportRow => (node) => {
  const direction = node.text("direction", "forward");
  const directions = direction === "bidirectional" ? 2 : 1;
  const hidden = node.int("hidden_size", 0);
  const activations = node.texts("activations") ?? Array.from({ length: directions }, () => usual[cell]).flat();
  const relu = cell === "rnn" && activations.every((each) => each === "Relu");
  const wanted = Array.from({ length: directions }, () => (relu ? ["Relu"] : usual[cell])).flat();
  if (activations.join() !== wanted.join()) throw new BadNode(`activations ${activations.join(", ")} are not supported`);
  node.only("layout", 0);
  if (cell === "lstm") node.only("input_forget", 0);
  if (cell === "gru" && node.int("linear_before_reset", 0) !== 1) throw new BadNode("linear_before_reset = 0 is not supported; cuDNN's variant, 1, is");
  if (!["forward", "reverse", "bidirectional"].includes(direction)) throw new BadNode(`direction = ${direction} does not exist`);
  const order: readonly number[] = gateOrders[cell];
  return (inputs) => {
    const x = tensorAt(inputs, 0);
    const [weightIh, weightHh, bias] = [tensorAt(inputs, 1), tensorAt(inputs, 2), tensorOrNone(inputs, 3)];
    const [lengths, h0, c0, peephole] = [tensorOrNone(inputs, 4), tensorOrNone(inputs, 5), tensorOrNone(inputs, 6), tensorOrNone(inputs, 7)];
    if (weightHh.shape[0] !== directions || weightHh.shape[2] !== hidden) throw new BadNode(`weights of shape [${weightHh.shape.join(", ")}] are not for ${directions} directions of ${hidden} units`);
    const made = Array.from({ length: directions }, (_, d) => {
      const options: LstmOptions & RnnOptions = { reverse: direction === "reverse" || d === 1 };
      if (bias !== undefined) {
        const [ih, hh] = bias.select(0, d).chunk(2) as [Tensor, Tensor];
        options.biasIh = turnedBack(ih, order);
        options.biasHh = turnedBack(hh, order);
      }
      if (lengths !== undefined) options.lengths = lengths;
      if (h0 !== undefined) options.h0 = h0.select(0, d);
      if (cell === "lstm" && c0 !== undefined) options.c0 = c0.select(0, d);
      if (cell === "lstm" && peephole !== undefined) options.peephole = turnedBack(peephole.select(0, d), peepholeOrder).reshape([3, hidden]);
      if (relu) options.nonlinearity = "relu";
      const weights = [turnedBack(weightIh.select(0, d), order), turnedBack(weightHh.select(0, d), order)] as const;
      const result: RecurrentResult & { cN?: Tensor } = x[cell](...weights, options);
      return result;
    });
    const output = cat(made.map((each) => each.output.unsqueeze(1)), { dim: 1 });
    const states = [output, stack(made.map(({ hN }) => hN))];
    return cell === "lstm" ? [...states, stack(made.map(({ cN }) => cN!))] : states;
  };
};

export const recurrentImports: Readonly<Record<string, ImportRow>> = { LSTM: recurrent("lstm"), GRU: recurrent("gru"), RNN: recurrent("rnn") };
