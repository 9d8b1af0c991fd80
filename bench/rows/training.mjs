/**
 * Ordinary eager training steps: clear the gradients, loss, backward, step; the loss is not read.
 */
import { linearRegression, perceptron, stepFlops } from "./training-step.mjs";

/** @type {readonly import("./row.mjs").Row[]} */
export const trainingSteps = [
  {
    name: "mlp-sgd-eager",
    work: "one eager SGD step of a 784-128-10 network with ReLU, batch 64",
    flops: stepFlops(64, [784, 128, 10]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 2.5 },
    prepare: perceptron(64, [784, 128, 10], "relu", { lr: 0.1 }),
  },
  {
    name: "linear-regression",
    work: "one eager SGD step of linear regression on 100 points with two features",
    flops: stepFlops(100, [2, 1]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 12 },
    prepare: linearRegression({ lr: 0.03 }),
  },
  {
    name: "mlp-2-3-2",
    work: "one eager SGD step of a 2-3-2 network with tanh on 200 points",
    flops: stepFlops(200, [2, 3, 2]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 8 },
    prepare: perceptron(200, [2, 3, 2], "tanh", { lr: 0.1 }),
  },
];
