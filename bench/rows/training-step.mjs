/**
 * One step of an ordinary training loop (clear the gradients, loss, backward, step; the loss is not read), eager or
 * compiled, and the models that are trained.
 */
import { labels } from "../inputs.mjs";
import { filled, parameter } from "./filled.mjs";

/**
 * @typedef {import("./row.mjs").Nabla} Nabla
 * @typedef {ReturnType<Nabla["tensor"]>} Tensor
 *
 * @typedef {object} Manner
 * @property {number} lr
 * @property {number} [momentum]
 * @property {"SGD" | "Adam"} [optimizer]
 * @property {boolean} [compiled]
 */

/**
 * The step of a training loop; the result is the loss of the first ten.
 * @param {Nabla} nabla
 * @param {readonly Tensor[]} parameters
 * @param {() => Tensor} lossOf
 * @param {Manner} manner
 */
export function training({ compile, optim }, parameters, lossOf, { optimizer: kind = "SGD", compiled = false, ...options }) {
  const optimizer = new optim[kind](parameters, options);
  const eager = () => {
    optimizer.zeroGrad();
    const loss = lossOf();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = compiled ? compile(eager) : eager;
  return { step, result: () => Array.from({ length: 10 }, () => step().item()) };
}

/** The multiply-adds of a step, counted twice each: forward, weights' gradients, and inputs' gradients but for the first layer. */
export const stepFlops = (/** @type {number} */ batch, /** @type {readonly number[]} */ sizes) => {
  const layers = sizes.slice(1).map((size, i) => 2 * batch * size * sizes[i]);
  return layers.reduce((sum, flops, i) => sum + (i === 0 ? 2 : 3) * flops, 0);
};

/**
 * A network of fully connected layers with a cross-entropy loss.
 * @param {number} batch
 * @param {readonly number[]} sizes of the input, of each hidden layer and of the output
 * @param {"relu" | "tanh"} activation after each hidden layer
 * @param {Manner} manner
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
export const perceptron = (batch, sizes, activation, manner) => (nabla) => {
  const { crossEntropy, linear } = nabla.nn.functional;
  const x = filled(nabla, [batch, sizes[0]], 1, 2);
  const y = nabla.tensor(labels(batch, sizes[sizes.length - 1]));
  const layers = sizes.slice(1).map((size, i) => ({
    weight: parameter(nabla, [size, sizes[i]], 2 * i + 2, 2 / Math.sqrt(sizes[i])),
    bias: parameter(nabla, [size], 2 * i + 3, 0.1),
  }));
  const scores = () => layers.reduce((value, { weight, bias }, i) => linear(i === 0 ? value : value[activation](), weight, bias), x);
  return training(nabla, layers.flatMap(({ weight, bias }) => [weight, bias]), () => crossEntropy(scores(), y), manner);
};

/**
 * Linear regression on 100 points with two features.
 * @param {Manner} manner
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
export const linearRegression = (manner) => (nabla) => {
  const x = filled(nabla, [100, 2], 1, 4);
  const y = filled(nabla, [100, 1], 2, 4);
  const weight = parameter(nabla, [1, 2], 3, 0.1);
  const bias = parameter(nabla, [1], 4, 0.1);
  const { linear, mseLoss } = nabla.nn.functional;
  return training(nabla, [weight, bias], () => mseLoss(linear(x, weight, bias), y), manner);
};

/**
 * LeNet-5 on 28 x 28 images, with ReLU and max pooling.
 * @param {number} batch
 * @param {Manner} manner
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
export const lenet5 = (batch, manner) => (nabla) => {
  const { conv2d, crossEntropy, linear, maxPool2d } = nabla.nn.functional;
  const x = filled(nabla, [batch, 1, 28, 28], 1, 2);
  const y = nabla.tensor(labels(batch, 10));
  const shapes = [[6, 1, 5, 5], [16, 6, 5, 5], [120, 400], [84, 120], [10, 84]];
  const parameters = shapes.flatMap((shape, i) => [
    parameter(nabla, shape, 2 * i + 2, 2 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b))),
    parameter(nabla, [shape[0]], 2 * i + 3, 0.1),
  ]);
  const [w1, b1, w2, b2, w3, b3, w4, b4, w5, b5] = parameters;
  const loss = () => {
    const first = maxPool2d(conv2d(x, w1, b1, { padding: 2 }).relu(), 2);
    const second = maxPool2d(conv2d(first, w2, b2).relu(), 2).reshape([batch, 400]);
    return crossEntropy(linear(linear(linear(second, w3, b3).relu(), w4, b4).relu(), w5, b5), y);
  };
  return training(nabla, parameters, loss, manner);
};
