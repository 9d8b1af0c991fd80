/**
 * Ordinary eager training steps: clear the gradients, loss, backward, step; the loss is not read.
 */
import { labels, numbers } from "../inputs.mjs";

/**
 * @typedef {import("./row.mjs").Nabla} Nabla
 * @typedef {ReturnType<Nabla["tensor"]>} Tensor
 */

/**
 * The step of a training loop; the result is the loss of the first ten.
 * @param {Nabla} nabla
 * @param {readonly Tensor[]} parameters
 * @param {() => Tensor} lossOf
 * @param {number} lr
 */
function training({ optim }, parameters, lossOf, lr) {
  const optimizer = new optim.SGD(parameters, { lr });
  const step = () => {
    optimizer.zeroGrad();
    const loss = lossOf();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { step, result: () => Array.from({ length: 10 }, () => step().item()) };
}

/** @param {Nabla} nabla @param {readonly number[]} shape @param {number} seed @param {number} scale */
const filled = ({ tensor }, shape, seed, scale) => tensor(numbers(shape.reduce((a, b) => a * b, 1), seed, scale)).reshape([...shape]);

/** @param {Nabla} nabla @param {readonly number[]} shape @param {number} seed @param {number} scale */
const parameter = (nabla, shape, seed, scale) => filled(nabla, shape, seed, scale).requiresGrad_();

/** The multiply-adds of a step, counted twice each: forward, weights' gradients, and inputs' gradients but for the first layer. */
const stepFlops = (/** @type {number} */ batch, /** @type {readonly number[]} */ sizes) => {
  const layers = sizes.slice(1).map((size, i) => 2 * batch * size * sizes[i]);
  return layers.reduce((sum, flops, i) => sum + (i === 0 ? 2 : 3) * flops, 0);
};

/**
 * A network of one hidden layer with a cross-entropy loss.
 * @param {number} batch
 * @param {readonly [number, number, number]} sizes
 * @param {"relu" | "tanh"} activation
 * @param {number} lr
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
const twoLayers = (batch, [inputs, hidden, classes], activation, lr) => (nabla) => {
  const x = filled(nabla, [batch, inputs], 1, 2);
  const y = nabla.tensor(labels(batch, classes));
  const w1 = parameter(nabla, [hidden, inputs], 2, 2 / Math.sqrt(inputs));
  const b1 = parameter(nabla, [hidden], 3, 0.1);
  const w2 = parameter(nabla, [classes, hidden], 4, 2 / Math.sqrt(hidden));
  const b2 = parameter(nabla, [classes], 5, 0.1);
  const { crossEntropy, linear } = nabla.nn.functional;
  const loss = () => crossEntropy(linear(linear(x, w1, b1)[activation](), w2, b2), y);
  return training(nabla, [w1, b1, w2, b2], loss, lr);
};

/** @type {readonly import("./row.mjs").Row[]} */
export const trainingSteps = [
  {
    name: "mlp-sgd-eager",
    work: "one eager SGD step of a 784-128-10 network with ReLU, batch 64",
    flops: stepFlops(64, [784, 128, 10]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 2.5 },
    prepare: twoLayers(64, [784, 128, 10], "relu", 0.1),
  },
  {
    name: "linear-regression",
    work: "one eager SGD step of linear regression on 100 points with two features",
    flops: stepFlops(100, [2, 1]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 12 },
    prepare(nabla) {
      const x = filled(nabla, [100, 2], 1, 4);
      const y = filled(nabla, [100, 1], 2, 4);
      const weight = parameter(nabla, [1, 2], 3, 0.1);
      const bias = parameter(nabla, [1], 4, 0.1);
      const { linear, mseLoss } = nabla.nn.functional;
      return training(nabla, [weight, bias], () => mseLoss(linear(x, weight, bias), y), 0.03);
    },
  },
  {
    name: "mlp-2-3-2",
    work: "one eager SGD step of a 2-3-2 network with tanh on 200 points",
    flops: stepFlops(200, [2, 3, 2]),
    tolerance: 1e-4,
    peers: ["pytorch"],
    atLeast: { pytorch: 8 },
    prepare: twoLayers(200, [2, 3, 2], "tanh", 0.1),
  },
];
