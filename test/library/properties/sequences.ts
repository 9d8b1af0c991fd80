/**
 * Random calls of recurrent layers and of the loss of a sequence: whatever may be left out, either direction, and lengths.
 */
import { nn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { recurrent } from "../reference/recurrent.ts";
import type { ReferenceLayer } from "../reference/recurrent.ts";
import { ctcLoss } from "../reference/sequence-loss.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawFloat, drawTensor, flag, whole } from "./tensors.ts";

const layer =
  (name: "lstm" | "gru" | "rnn", gates: number): RandomCalls =>
  (g) => {
    const dtype = drawFloat(g);
    const hidden = whole(g, 0, 5) === 0 ? whole(g, 15, 18) : whole(g, 1, 5);
    const [steps, batch, inputs] = [whole(g, 1, 4), whole(g, 0, 5), whole(g, 1, 5)];
    const shapes: Record<string, number[]> = { input: [steps, batch, inputs], weightIh: [gates * hidden, inputs], weightHh: [gates * hidden, hidden] };
    if (flag(g)) shapes["biasIh"] = [gates * hidden];
    if (flag(g)) shapes["biasHh"] = [gates * hidden];
    if (flag(g)) shapes["h0"] = [batch, hidden];
    if (name === "lstm" && flag(g)) shapes["c0"] = [batch, hidden];
    if (name === "lstm" && flag(g)) shapes["peephole"] = [3, hidden];
    const lengths = flag(g) ? Array.from({ length: batch }, () => whole(g, 0, steps)) : undefined;
    const [reverse, relu] = [flag(g), name === "rnn" && flag(g)];
    const named = <Operand>(operands: readonly Operand[]): Record<string, Operand> =>
      Object.fromEntries(Object.keys(shapes).map((key, i) => [key, operands[i]!]));
    return {
      inputs: Object.values(shapes).map((shape) => drawTensor(g, shape, { dtype, interval: [-1, 1] })),
      run: (...operands) => {
        const { input, weightIh, weightHh, ...rest } = named(operands);
        const options = {
          ...rest,
          reverse,
          ...(lengths !== undefined && { lengths: tensor(new Int32Array(lengths)) }),
          ...(relu && { nonlinearity: "relu" as const }),
        };
        return Object.values(nn.functional[name](input!, weightIh!, weightHh!, options)) as Tensor[];
      },
      expected: (...operands) => recurrent[name]({ ...(named(operands) as unknown as ReferenceLayer), reverse, lengths, relu }),
    };
  };

export const sequenceCalls: CallTable = {
  "lstm lstmBackward": layer("lstm", 4),
  "gru gruBackward": layer("gru", 3),
  "rnn rnnBackward": layer("rnn", 1),
  "ctcLoss ctcLossBackward": (g) => {
    const [steps, batch, classes] = [whole(g, 1, 5), whole(g, 1, 3), whole(g, 2, 3)];
    const blank = whole(g, 0, classes - 1);
    const symbols = Array.from({ length: classes }, (_, c) => c).filter((c) => c !== blank);
    const width = whole(g, 1, 3);
    const rows = Array.from({ length: batch }, () => Array.from({ length: width }, () => symbols[whole(g, 0, symbols.length - 1)]!));
    const targets = tensor(new Int32Array(rows.flat()), { shape: [batch, width] });
    const inputLengths = rows.map(() => whole(g, 1, steps));
    /** A target must fit into its steps, with a blank between equal neighbours: an impossible one has no slope. */
    const fits = (row: readonly number[], length: number): number => {
      let said = row.length;
      while (said > 0 && said + row.slice(1, said).filter((symbol, i) => symbol === row[i]).length > length) said--;
      return said;
    };
    const targetLengths = rows.map((row, n) => fits(row, inputLengths[n]!));
    return {
      inputs: [drawTensor(g, [steps, batch, classes])],
      run: (x) => nn.functional.ctcLoss(x, targets, inputLengths, targetLengths, { blank, reduction: "none" }),
      expected: (x) => ctcLoss(x, rows.map((row, n) => row.slice(0, targetLengths[n])), inputLengths, blank),
    };
  },
};
