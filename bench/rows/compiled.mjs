/**
 * Compiled functions: the training steps of the eager rows and a network of convolutions, and a chain of elementwise ops
 * that is as fast as its memory.
 */
import { spawn } from "node:child_process";
import { numbers, sampled } from "../inputs.mjs";
import { lenet5, linearRegression, perceptron, stepFlops } from "./training-step.mjs";

/** @typedef {import("./row.mjs").Nabla} Nabla */

const mlp = perceptron(64, [784, 128, 10], "relu", { lr: 0.1, compiled: true });

/** Steps while the other process is busy; it is put to sleep between them, so that the machine's peak can be looked at. */
const contendedSteps = 200;

/**
 * A training step while another process keeps one core busy.
 * @param {Nabla} nabla
 * @returns {import("./row.mjs").Work}
 */
function contended(nabla) {
  const { step, result } = mlp(nabla);
  const other = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  other.unref();
  other.kill("SIGSTOP");
  process.once("exit", () => other.kill("SIGKILL"));
  const together = () => {
    other.kill("SIGCONT");
    for (let i = 0; i < contendedSteps; i++) step();
    other.kill("SIGSTOP");
  };
  return { step: together, result };
}

/** The multiply-adds of a step of LeNet-5, counted twice each, as in `stepFlops`. */
const lenetFlops = (/** @type {number} */ batch) => 2 * batch * (2 * 28 * 28 * 6 * 25 + 3 * (10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10));

const elements = 1 << 24;

/** @type {readonly import("./row.mjs").Row[]} */
export const compiledFunctions = [
  {
    name: "mlp-sgd",
    work: "one compiled SGD step of a 784-128-10 network with ReLU, batch 64",
    flops: stepFlops(64, [784, 128, 10]),
    tolerance: 1e-4,
    peers: ["pytorch", "jax"],
    atLeast: { pytorch: 3.5, jax: 1.6 },
    prepare: mlp,
  },
  {
    name: "mlp-sgd-contended",
    work: "the same with one core kept busy by another process: at most 2.2 times as long",
    flops: stepFlops(64, [784, 128, 10]),
    tolerance: 1e-4,
    peers: [],
    atLeast: {},
    repeats: contendedSteps,
    prepare: contended,
  },
  {
    name: "mlp-adam",
    work: "one compiled Adam step of the same network",
    flops: stepFlops(64, [784, 128, 10]),
    tolerance: 1e-3,
    peers: ["pytorch"],
    atLeast: { pytorch: 4 },
    prepare: perceptron(64, [784, 128, 10], "relu", { lr: 0.001, optimizer: "Adam", compiled: true }),
  },
  ...[64, 128].map((batch) => ({
    name: `lenet5-adam-${batch}`,
    work: `one compiled Adam step of LeNet-5, batch ${batch}`,
    flops: lenetFlops(batch),
    tolerance: 1e-3,
    peers: ["pytorch"],
    atLeast: { pytorch: 3 },
    prepare: lenet5(batch, { lr: 0.001, optimizer: "Adam", compiled: true }),
  })),
  {
    name: "linear-regression-compiled",
    work: "one compiled SGD step of linear regression on 100 points with two features",
    flops: stepFlops(100, [2, 1]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 30 },
    prepare: linearRegression({ lr: 0.03, compiled: true }),
  },
  {
    name: "mlp-2-3-2-compiled",
    work: "one compiled SGD step of a 2-3-2 network with tanh on 200 points",
    flops: stepFlops(200, [2, 3, 2]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 20 },
    prepare: perceptron(200, [2, 3, 2], "tanh", { lr: 0.1, compiled: true }),
  },
  {
    name: "elementwise-chain-16m",
    work: "five elementwise ops on 16 million floats, compiled",
    bytes: 2 * 4 * elements,
    tolerance: 1e-6,
    peers: ["pytorch"],
    atLeast: { floor: 0.9 },
    prepare(nabla) {
      const x = nabla.tensor(numbers(elements, 1, 4));
      const chain = nabla.compile((/** @type {ReturnType<Nabla["tensor"]>} */ x) => x.mul(2).add(1).relu().sub(0.5).mul(x));
      return { step: () => chain(x), result: () => sampled(chain(x).data()) };
    },
  },
];
