/**
 * Recurrent networks, and a restricted Boltzmann machine, which draws random numbers between its products.
 */
import { labels } from "../inputs.mjs";
import { filled, parameter } from "./filled.mjs";
import { contrastiveDivergence, lstmGradients } from "./recurrences.mjs";

const lstm = { steps: 50, batch: 32, inputs: 64, hidden: 128 };
const text = { steps: 25, symbols: 95, hidden: 100 };
const machine = { visible: 784, hidden: 128, batch: 64 };

/** Multiply-adds counted twice: of inputs forward and for the weights (they need no gradient themselves), of states also back. */
const lstmFlops = 2 * lstm.steps * lstm.batch * 4 * lstm.hidden * (2 * lstm.inputs + 3 * lstm.hidden);
const textFlops = 2 * text.steps * text.hidden * (2 * text.symbols + 3 * text.hidden + 3 * text.symbols);
const machineFlops = 5 * 2 * machine.batch * machine.visible * machine.hidden;

/** @type {readonly import("./row.mjs").Row[]} */
export const sequences = [
  {
    name: "lstm-train",
    work: "an LSTM of 64 inputs and 128 units, 50 steps, batch 32, forward and backward",
    flops: lstmFlops,
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 1.6 },
    prepare: lstmGradients(lstm),
  },
  {
    name: "char-rnn",
    work: "one SGD step of a recurrent network of 100 units on 25 one-hot symbols out of 95",
    flops: textFlops,
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 4 },
    prepare(nabla) {
      const { steps, symbols, hidden } = text;
      const { functional } = nabla.nn;
      const x = nabla.tensor(labels(steps, symbols)).oneHot(symbols).reshape([steps, 1, symbols]);
      const y = nabla.tensor(labels(steps + 1, symbols).slice(1));
      const weightIh = parameter(nabla, [hidden, symbols], 2, 0.2);
      const weightHh = parameter(nabla, [hidden, hidden], 3, 0.2);
      const biasIh = parameter(nabla, [hidden], 4, 0.2);
      const biasHh = parameter(nabla, [hidden], 5, 0.2);
      const weightOut = parameter(nabla, [symbols, hidden], 6, 0.2);
      const biasOut = parameter(nabla, [symbols], 7, 0.2);
      const optimizer = new nabla.optim.SGD([weightIh, weightHh, biasIh, biasHh, weightOut, biasOut], { lr: 0.1 });
      const step = () => {
        optimizer.zeroGrad();
        const { output } = functional.rnn(x, weightIh, weightHh, { biasIh, biasHh });
        const loss = functional.crossEntropy(output.reshape([steps, hidden]).matmul(weightOut.t()).add(biasOut), y);
        loss.backward();
        optimizer.step();
        return loss;
      };
      return { step, result: () => Array.from({ length: 10 }, () => step().item()) };
    },
  },
  {
    name: "rbm-cd1",
    work: "one step of contrastive divergence of a 784 x 128 restricted Boltzmann machine, batch 64",
    flops: machineFlops,
    // The draws differ: what hardly depends on them is compared, the size of the weights after fifty steps.
    tolerance: 0.02,
    peers: ["pytorch"],
    atLeast: { pytorch: 2.2 },
    prepare: contrastiveDivergence(machine),
  },
];
