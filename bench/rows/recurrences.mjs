/**
 * The work of an LSTM's training without its optimiser, and of a restricted Boltzmann machine's, eager or compiled.
 */
import { filled, parameter, sampledAll } from "./filled.mjs";

/**
 * @typedef {import("./row.mjs").Nabla} Nabla
 * @typedef {ReturnType<Nabla["tensor"]>} Tensor
 */

/**
 * An LSTM forward and backward: the output, and the gradients of weights and biases.
 * @param {{steps: number, batch: number, inputs: number, hidden: number}} sizes
 * @param {boolean} [compiled]
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
export const lstmGradients = ({ steps, batch, inputs, hidden }, compiled = false) => (nabla) => {
  const x = filled(nabla, [steps, batch, inputs], 1, 2);
  const weightIh = parameter(nabla, [4 * hidden, inputs], 2, 0.18);
  const weightHh = parameter(nabla, [4 * hidden, hidden], 3, 0.18);
  const biasIh = parameter(nabla, [4 * hidden], 4, 0.18);
  const biasHh = parameter(nabla, [4 * hidden], 5, 0.18);
  const gradient = filled(nabla, [steps, batch, hidden], 6, 2);
  const parameters = [weightIh, weightHh, biasIh, biasHh];
  const eager = () => {
    for (const each of parameters) each.grad = null;
    const { output } = nabla.nn.functional.lstm(x, weightIh, weightHh, { biasIh, biasHh });
    output.backward(gradient);
    return output;
  };
  const step = compiled ? nabla.compile(eager) : eager;
  const gradients = () => parameters.map(({ grad }) => /** @type {Tensor} */ (grad));
  return { step, result: () => sampledAll([step(), ...gradients()]) };
};

/**
 * One step of contrastive divergence. The draws of two contenders differ: what hardly depends on them is compared, the size of
 * the weights after fifty steps.
 * @param {{visible: number, hidden: number, batch: number}} sizes
 * @param {boolean} [compiled]
 * @returns {(nabla: Nabla) => import("./row.mjs").Work}
 */
export const contrastiveDivergence = ({ visible, hidden, batch }, compiled = false) => (nabla) => {
  const lr = 0.1;
  const data = filled(nabla, [batch, visible], 1, 1).add(0.5).round();
  const weights = filled(nabla, [visible, hidden], 2, 0.1);
  const visibleBias = filled(nabla, [visible], 3, 0.1);
  const hiddenBias = filled(nabla, [hidden], 4, 0.1);
  /** @param {Tensor} chances 1 with these chances, else 0 */
  const drawn = (chances) => nabla.rand(chances.shape).lt(chances).to("float32");
  const eager = () => {
    const first = data.matmul(weights).add(hiddenBias).sigmoid();
    const dreamt = drawn(drawn(first).matmul(weights.t()).add(visibleBias).sigmoid());
    const last = dreamt.matmul(weights).add(hiddenBias).sigmoid();
    weights.add_(data.t().matmul(first).sub(dreamt.t().matmul(last)).mul(lr / batch));
    visibleBias.add_(data.sub(dreamt).mean({ dim: 0 }).mul(lr));
    hiddenBias.add_(first.sub(last).mean({ dim: 0 }).mul(lr));
    return last;
  };
  const step = compiled ? nabla.compile(eager) : eager;
  return {
    step,
    result() {
      for (let i = 0; i < 50; i++) step();
      return [weights.abs().mean().item(), weights.square().mean().sqrt().item()];
    },
  };
};
