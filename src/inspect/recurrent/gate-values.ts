/**
 * The gates and states of a recurrence step by step, from its own weights and equations: those that `functional.lstm`, `gru`
 * and `rnn` state. The native call gives only the states; everything between is computed anew here.
 */
import { zeros } from "../../tensor/creation.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { stack } from "../../tensor/methods/join.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Recurrence } from "./recurrences.ts";

/** Of an LSTM: input, forget and output gate, candidate, cell and state after each step, [T, H] each. */
export interface LSTMGates {
  readonly i: Tensor;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly o: Tensor;
  readonly c: Tensor;
  readonly h: Tensor;
}

/** Of a GRU: reset and update gate, candidate and state after each step, [T, H] each. */
export interface GRUGates {
  readonly r: Tensor;
  readonly z: Tensor;
  readonly n: Tensor;
  readonly h: Tensor;
}

/** Of a plain recurrent layer: the state after each step, [T, H]. */
export interface RNNStates {
  readonly h: Tensor;
}

export type GateValues = LSTMGates | GRUGates | RNNStates;

type Step = Readonly<Record<string, Tensor>>;

/** x and p: the products with the input and with the state before, biases added; what a step makes of them. */
type StepRule = (x: Tensor, p: Tensor, before: { h: Tensor; c: Tensor }, recurrence: Recurrence) => Step & { h: Tensor };

const rules: Readonly<Record<Recurrence["cell"], StepRule>> = {
  lstm(x, p, before, { peephole }) {
    const [zi, zf, zg, zo] = x.add(p).chunk(4, { dim: 0 }) as [Tensor, Tensor, Tensor, Tensor];
    const gate = (z: Tensor, cell: Tensor, row: number): Tensor =>
      (peephole === undefined ? z : z.add(cell.mul(peephole.select(0, row)))).sigmoid();
    const [i, f, g] = [gate(zi, before.c, 0), gate(zf, before.c, 1), zg.tanh()];
    const c = f.mul(before.c).add(i.mul(g));
    const o = gate(zo, c, 2);
    return { i, f, g, o, c, h: o.mul(c.tanh()) };
  },
  gru(x, p, before) {
    const [xr, xz, xn] = x.chunk(3, { dim: 0 }) as [Tensor, Tensor, Tensor];
    const [pr, pz, pn] = p.chunk(3, { dim: 0 }) as [Tensor, Tensor, Tensor];
    const [r, z] = [xr.add(pr).sigmoid(), xz.add(pz).sigmoid()];
    const n = xn.add(r.mul(pn)).tanh();
    return { r, z, n, h: n.sub(z.mul(n)).add(z.mul(before.h)) };
  },
  rnn(x, p, _before, { relu }) {
    const sum = x.add(p);
    return { h: relu ? sum.relu() : sum.tanh() };
  },
};

/** The gates and states, in the order of time whichever way the steps were taken. */
export function gateValues(recurrence: Recurrence): GateValues {
  const { cell, input, weightIh, weightHh, biasIh, biasHh, h0, c0, reverse } = recurrence;
  return noGrad(() => {
    const none = zeros([weightHh.shape[1]!], { dtype: input.dtype });
    let before = { h: h0 ?? none, c: c0 ?? none };
    const products = input.matmul(weightIh.t()).add(biasIh ?? 0);
    const steps: Step[] = Array.from({ length: input.shape[0]! }, (_, count) => {
      const time = reverse ? input.shape[0]! - 1 - count : count;
      const p = weightHh.matmul(before.h).add(biasHh ?? 0);
      const step = rules[cell](products.select(0, time), p, before, recurrence);
      before = { h: step.h, c: step["c"] ?? none };
      return step;
    });
    if (reverse) steps.reverse();
    const names = Object.keys(steps[0] ?? {});
    return Object.fromEntries(names.map((name) => [name, stack(steps.map((step) => step[name]!))])) as unknown as GateValues;
  });
}
