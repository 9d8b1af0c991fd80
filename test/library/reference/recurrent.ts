/**
 * Recurrent layers in the reference: one loop over steps, rows and units, as the formulas are written in books.
 */
import { count } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

/** What a layer is given; what was left out counts as zeros. */
export interface ReferenceLayer {
  input: ReferenceArray;
  weightIh: ReferenceArray;
  weightHh: ReferenceArray;
  biasIh?: ReferenceArray | undefined;
  biasHh?: ReferenceArray | undefined;
  h0?: ReferenceArray | undefined;
  c0?: ReferenceArray | undefined;
  peephole?: ReferenceArray | undefined;
  reverse?: boolean | undefined;
  lengths?: readonly number[] | undefined;
  relu?: boolean | undefined;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const valueAt = (array: ReferenceArray | undefined, ...index: number[]): number =>
  array === undefined ? 0 : array.values[index.reduce((position, i, d) => position * array.shape[d]! + i, 0)]!;

/** One unit's new state and cell, from its gates' two products and what was before. */
type Cell = (x: readonly number[], p: readonly number[], h: number, c: number, peephole: readonly number[]) => [h: number, c: number];

const cells: Record<"lstm" | "gru" | "rnn" | "relu", { gates: number; cell: Cell }> = {
  lstm: {
    gates: 4,
    cell: (x, p, _, c, [toInput, toForget, toOutput]) => {
      const forget = sigmoid(x[1]! + p[1]! + toForget! * c);
      const next = forget * c + sigmoid(x[0]! + p[0]! + toInput! * c) * Math.tanh(x[2]! + p[2]!);
      return [sigmoid(x[3]! + p[3]! + toOutput! * next) * Math.tanh(next), next];
    },
  },
  gru: {
    gates: 3,
    cell: (x, p, h) => {
      const update = sigmoid(x[1]! + p[1]!);
      return [(1 - update) * Math.tanh(x[2]! + sigmoid(x[0]! + p[0]!) * p[2]!) + update * h, 0];
    },
  },
  rnn: { gates: 1, cell: (x, p) => [Math.tanh(x[0]! + p[0]!), 0] },
  relu: { gates: 1, cell: (x, p) => [Math.max(0, x[0]! + p[0]!), 0] },
};

function run(name: keyof typeof cells, layer: ReferenceLayer): { output: ReferenceArray; hN: ReferenceArray; cN: ReferenceArray } {
  const { input, weightIh, weightHh, biasIh, biasHh, peephole, reverse = false, lengths } = layer;
  const { gates, cell } = cells[name];
  const [steps, batch, inputs] = input.shape as readonly [number, number, number];
  const hidden = weightHh.shape[1]!;
  const output: ReferenceArray = { shape: [steps, batch, hidden], values: new Array<number>(steps * batch * hidden).fill(0) };
  const start = (given: ReferenceArray | undefined): ReferenceArray =>
    given === undefined ? { shape: [batch, hidden], values: new Array<number>(count([batch, hidden])).fill(0) } : given;
  const h = [...start(layer.h0).values];
  const c = [...start(layer.c0).values];
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s;
    for (let b = 0; b < batch; b++) {
      if (lengths !== undefined && t >= lengths[b]!) continue;
      const before = h.slice(b * hidden, (b + 1) * hidden);
      for (let j = 0; j < hidden; j++) {
        const rows = Array.from({ length: gates }, (_, g) => g * hidden + j);
        const x = rows.map((row) => {
          let sum = valueAt(biasIh, row);
          for (let k = 0; k < inputs; k++) sum += valueAt(weightIh, row, k) * valueAt(input, t, b, k);
          return sum;
        });
        const p = rows.map((row) => before.reduce((sum, value, k) => sum + valueAt(weightHh, row, k) * value, valueAt(biasHh, row)));
        const at = b * hidden + j;
        const weights = [0, 1, 2].map((gate) => valueAt(peephole, gate, j));
        [h[at], c[at]] = cell(x, p, before[j]!, c[at]!, weights);
        output.values[(t * batch + b) * hidden + j] = h[at]!;
      }
    }
  }
  return { output, hN: { shape: [batch, hidden], values: h }, cN: { shape: [batch, hidden], values: c } };
}

export const recurrent = {
  lstm: (layer: ReferenceLayer): ReferenceArray[] => {
    const { output, hN, cN } = run("lstm", layer);
    return [output, hN, cN];
  },
  gru: (layer: ReferenceLayer): ReferenceArray[] => {
    const { output, hN } = run("gru", layer);
    return [output, hN];
  },
  rnn: (layer: ReferenceLayer): ReferenceArray[] => {
    const { output, hN } = run(layer.relu === true ? "relu" : "rnn", layer);
    return [output, hN];
  },
};
