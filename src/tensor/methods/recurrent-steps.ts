/**
 * The way back through a recurrent layer step by step, in ops that have derivatives themselves: what is recorded when a
 * gradient is to be differentiated again. The steps forward are computed anew, for gates are functions of the weights too.
 * The formulas are those of recurrent_cells.h.
 */
import { zeros } from "../creation.ts";
import type { Cell, GateGradients, RecurrentGradients, RecurrentOperands } from "../ops/recurrent.ts";
import type { Tensor } from "../tensor.ts";
import { cat, stack } from "./join.ts";

/** State and cell of all rows; only an LSTM has a cell. */
interface State {
  h: Tensor;
  c: Tensor;
}

/** What one step leads back from the gradients of its new state: those of its gates, and of the state before. */
interface StepGradients {
  atInput: Tensor;
  atState: Tensor;
  /** What reaches the state before otherwise than through the weights. */
  h: Tensor;
  c: Tensor;
}

interface Step {
  before: State;
  after: State;
  back(dh: Tensor, dc: Tensor): StepGradients;
}

/** One step; `x` and `p` are the products with the input and with the state, biases added. */
type StepRule = (x: Tensor, p: Tensor, before: State, operands: RecurrentOperands) => Step;

/** 1 - y. */
const rest = (y: Tensor): Tensor => y.neg().add(1);
const ofSigmoid = (y: Tensor): Tensor => y.mul(rest(y));
const ofTanh = (y: Tensor): Tensor => rest(y.square());

const lstmStep: StepRule = (x, p, before, { peephole }) => {
  const [zi, zf, zg, zo] = x.add(p).chunk(4, { dim: 1 }) as [Tensor, Tensor, Tensor, Tensor];
  const seen = (z: Tensor, cell: Tensor, gate: number): Tensor =>
    (peephole === undefined ? z : z.add(cell.mul(peephole.select(0, gate)))).sigmoid();
  const through = (gradient: Tensor, gate: number): Tensor | number =>
    peephole === undefined ? 0 : gradient.mul(peephole.select(0, gate));
  const i = seen(zi, before.c, 0);
  const f = seen(zf, before.c, 1);
  const g = zg.tanh();
  const c = f.mul(before.c).add(i.mul(g));
  const o = seen(zo, c, 2);
  const squashed = c.tanh();
  return {
    before,
    after: { h: o.mul(squashed), c },
    back(dh, dc) {
      const atO = dh.mul(squashed).mul(ofSigmoid(o));
      const toC = dc.add(dh.mul(o).mul(ofTanh(squashed))).add(through(atO, 2));
      const atI = toC.mul(g).mul(ofSigmoid(i));
      const atF = toC.mul(before.c).mul(ofSigmoid(f));
      const gates = cat([atI, atF, toC.mul(i).mul(ofTanh(g)), atO], { dim: 1 });
      const toLast = toC.mul(f).add(through(atI, 0)).add(through(atF, 1));
      return { atInput: gates, atState: gates, h: dh.mul(0), c: toLast };
    },
  };
};

const gruStep: StepRule = (x, p, before) => {
  const [xr, xz, xn] = x.chunk(3, { dim: 1 }) as [Tensor, Tensor, Tensor];
  const [pr, pz, pn] = p.chunk(3, { dim: 1 }) as [Tensor, Tensor, Tensor];
  const r = xr.add(pr).sigmoid();
  const z = xz.add(pz).sigmoid();
  const n = xn.add(r.mul(pn)).tanh();
  return {
    before,
    after: { h: rest(z).mul(n).add(z.mul(before.h)), c: before.c },
    back(dh, dc) {
      const atN = dh.mul(rest(z)).mul(ofTanh(n));
      const atZ = dh.mul(before.h.sub(n)).mul(ofSigmoid(z));
      const atR = atN.mul(pn).mul(ofSigmoid(r));
      return { atInput: cat([atR, atZ, atN], { dim: 1 }), atState: cat([atR, atZ, atN.mul(r)], { dim: 1 }), h: dh.mul(z), c: dc };
    },
  };
};

const rnnStep: StepRule = (x, p, before, { relu }) => {
  const sum = x.add(p);
  const h = relu ? sum.relu() : sum.tanh();
  return {
    before,
    after: { h, c: before.c },
    back(dh, dc) {
      const gates = dh.mul(relu ? h.gt(0).to(h.dtype) : ofTanh(h));
      return { atInput: gates, atState: gates, h: dh.mul(0), c: dc };
    },
  };
};

const stepRules: Readonly<Record<Cell, StepRule>> = { lstm: lstmStep, gru: gruStep, rnn: rnnStep };

/** Gradients of the gates and first states, recorded. */
export function stepwiseGradients(cell: Cell, operands: RecurrentOperands, gradients: RecurrentGradients): GateGradients {
  const { input, weightIh, weightHh, biasIh, biasHh, lengths } = operands;
  const [count, batch] = input.shape as readonly [number, number, number];
  const hidden = weightHh.shape[1]!;
  const { dtype, device } = input;
  const none = zeros([batch, hidden], { dtype, device });
  const order = Array.from({ length: count }, (_, s) => (operands.reverse ? count - 1 - s : s));
  /** 1 for rows whose step counts, [B, 1]; undefined where all do. */
  const counts = (time: number): Tensor | undefined => lengths?.gt(time).to(dtype).unsqueeze(1);
  /** A value where the step counts, another where it does not. */
  const choose = (active: Tensor | undefined, value: Tensor, other: Tensor): Tensor =>
    active === undefined ? value : value.mul(active).add(other.mul(rest(active)));

  let state: State = { h: operands.h0 ?? none, c: operands.c0 ?? none };
  const steps = order.map((time) => {
    const x = input.select(0, time).matmul(weightIh.t()).add(biasIh ?? 0);
    const p = state.h.matmul(weightHh.t()).add(biasHh ?? 0);
    const step = stepRules[cell](x, p, state, operands);
    const active = counts(time);
    state = { h: choose(active, step.after.h, state.h), c: choose(active, step.after.c, state.c) };
    return step;
  });

  let dh = gradients.hN ?? none;
  let dc = gradients.cN ?? none;
  const found = new Array<StepGradients>(count);
  for (let s = count - 1; s >= 0; s--) {
    const time = order[s]!;
    const active = counts(time);
    const arriving = gradients.output === undefined ? dh : dh.add(gradients.output.select(0, time));
    const back = steps[s]!.back(arriving, dc);
    const atInput = active === undefined ? back.atInput : back.atInput.mul(active);
    const atState = back.atState === back.atInput ? atInput : active === undefined ? back.atState : back.atState.mul(active);
    found[time] = { ...back, atInput, atState };
    dh = choose(active, atState.matmul(weightHh).add(back.h), dh);
    dc = choose(active, back.c, dc);
  }

  const inTime = order.map((_, time) => steps[operands.reverse ? count - 1 - time : time]!);
  const joined = (tensors: readonly Tensor[], width: number): Tensor =>
    tensors.length === 0 ? zeros([0, batch, width], { dtype, device }) : stack(tensors);
  const gates = weightHh.shape[0]!;
  const atInput = joined(found.map((each) => each.atInput), gates);
  const shared = cell !== "gru";
  return {
    atInput,
    atState: shared ? atInput : joined(found.map((each) => each.atState), gates),
    h0: dh,
    c0: cell === "lstm" ? dc : undefined,
    stateBefore: joined(inTime.map(({ before }) => before.h), hidden),
    ...(cell === "lstm" && {
      cellBefore: joined(inTime.map(({ before }) => before.c), hidden),
      cellAfter: joined(inTime.map(({ after }) => after.c), hidden),
    }),
  };
}
