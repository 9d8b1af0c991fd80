/**
 * Recurrent layers in ONNX's words. Its gates stand in another order, and both directions of a layer are one operator or, as
 * here, two. Weights keep their names and order in the file; nodes that every runtime works out beforehand turn them.
 */
import type { ExportCall, ExportRow } from "./export-call.ts";
import { int, text, texts } from "./graph-writer.ts";

/** For each block of ONNX's order the block of ours. LSTM: i, o, f, g from i, f, g, o. GRU: z, r, n from r, z, n. */
export const gateOrders = { lstm: [0, 3, 1, 2], gru: [1, 0, 2], rnn: [0] } as const;
/** Peepholes: i, o, f from i, f, o. */
export const peepholeOrder = [0, 2, 1] as const;

type Cell = keyof typeof gateOrders;

/** Blocks of rows in another order. */
function turned(call: ExportCall, name: string, order: readonly number[], rows: number, columns: number | undefined): string {
  if (order.length === 1) return name;
  const { graph } = call;
  const inner = columns === undefined ? [] : [columns];
  const blocks = graph.node("Reshape", [name, graph.wholes([order.length, rows, ...inner])]);
  const picked = graph.node("Gather", [blocks, graph.wholes([...order])], { axis: int(0) });
  return graph.node("Reshape", [picked, graph.wholes([order.length * rows, ...inner])]);
}

const recurrent = (cell: Cell): ExportRow => (call) => {
  const { graph } = call;
  const order = gateOrders[cell];
  const hidden = call.fixedSizes(call.inputShape(2))[1]!;
  const inputs = call.fixedSizes(call.inputShape(1))[1]!;
  const first = graph.wholes([0]);
  const ofLstm = cell === "lstm";
  const [reverse, relu] = call.numbers() as [number, number];
  const weight = (i: number, columns: number): string => graph.node("Unsqueeze", [turned(call, call.input(i), order, hidden, columns), first]);
  const bias = (i: number): string =>
    call.isNumber(i) ? graph.constant(call.made.tensor.newZeros([order.length * hidden])) : turned(call, call.input(i), order, hidden, undefined);
  const biases = call.isNumber(3) && call.isNumber(4) ? "" : graph.node("Unsqueeze", [graph.node("Concat", [bias(3), bias(4)], { axis: int(0) }), first]);
  const state = (i: number): string => (call.isNumber(i) ? "" : graph.node("Unsqueeze", [call.input(i), first]));
  const lengthsAt = ofLstm ? 8 : 6;
  const lengths = call.isNumber(lengthsAt) ? "" : call.input(lengthsAt);
  const operands = [call.input(0), weight(1, inputs), weight(2, hidden), biases, lengths, state(5)];
  if (ofLstm) {
    const picked = call.isNumber(7) ? "" : graph.node("Gather", [call.input(7), graph.wholes([...peepholeOrder])], { axis: int(0) });
    operands.push(state(6), picked === "" ? "" : graph.node("Reshape", [picked, graph.wholes([1, 3 * hidden])]));
  }
  const opType = { lstm: "LSTM", gru: "GRU", rnn: "RNN" }[cell];
  const made = graph.nodeOf(
    opType,
    operands,
    {
      hidden_size: int(hidden),
      direction: text(reverse === 1 ? "reverse" : "forward"),
      ...(cell === "gru" ? { linear_before_reset: int(1) } : {}),
      ...(cell === "rnn" ? { activations: texts([relu === 1 ? "Relu" : "Tanh"]) } : {}),
    },
    ofLstm ? 3 : 2,
  );
  // [T, directions, B, H] and [directions, B, H].
  return made.map((name, i) => graph.node("Squeeze", [name, graph.wholes([i === 0 ? 1 : 0])]));
};

export const recurrentRows: Readonly<Record<string, ExportRow>> = { lstm: recurrent("lstm"), gru: recurrent("gru"), rnn: recurrent("rnn") };
