/**
 * The rows of `npm run bench -- cuda`, at the sizes whose figures count and at small ones, whose results are compared with the
 * CPU's before anything is timed. New tensors are made on the default device.
 */
import { numbers, sampled } from "../inputs.mjs";
import { filled } from "../rows/filled.mjs";
import { contrastiveDivergence, lstmGradients } from "../rows/recurrences.mjs";
import { lenet5, perceptron, stepFlops } from "../rows/training-step.mjs";
import { residualNetwork } from "./residual-network.mjs";

/** @typedef {import("../rows/row.mjs").Row} Row */

/**
 * Does work with shorter factors of products, and goes back to whole ones.
 * @template Result
 * @param {import("../rows/row.mjs").Nabla} nabla
 * @param {import("../rows/row.mjs").Precision} precision
 * @param {() => Result} work
 * @returns {Result}
 */
function rounded(nabla, precision, work) {
  if (precision === "bf16") return nabla.autocast({ dtype: "bfloat16" }, work);
  nabla.setFloat32MatmulPrecision(precision === "tf32" ? "high" : "highest");
  try {
    return work();
  } finally {
    nabla.setFloat32MatmulPrecision("highest");
  }
}

/** How far results may be apart: of factors with 24, 11 or 8 significant bits, and in the last case PyTorch's result has as few. */
const tolerances = { fp32: 2e-5, tf32: 2e-3, bf16: 2e-2 };

/**
 * Products of square matrices.
 * @param {number} size
 * @param {import("../rows/row.mjs").Precision} precision
 * @returns {Row}
 */
const product = (size, precision) => ({
  name: `matmul-${precision}`,
  work: `product of two ${size} x ${size} matrices, ${precision}`,
  sizes: { size },
  flops: 2 * size ** 3,
  precision,
  tolerance: tolerances[precision],
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 0.95 },
  prepare(nabla) {
    const a = filled(nabla, [size, size], 1);
    const b = filled(nabla, [size, size], 2);
    const step = () => rounded(nabla, precision, () => a.matmul(b));
    return { step, result: () => sampled(step().data()) };
  },
});

/** Beyond so many numbers the same ones come again: making them takes the process longer than the card works on them. */
const differentNumbers = 1 << 20;

/**
 * A chain of five elementwise ops.
 * @param {number} elements
 * @returns {Row}
 */
const chain = (elements) => ({
  name: "elementwise-chain",
  work: `five elementwise ops on ${elements} floats, compiled`,
  sizes: { elements },
  bytes: 2 * 4 * elements,
  tolerance: 1e-6,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { floor: 0.85, pytorch: 3 },
  prepare(nabla) {
    const different = Math.min(elements, differentNumbers);
    const x = nabla.tensor(numbers(different, 1, 4)).repeat([Math.ceil(elements / different)]);
    const five = nabla.compile((/** @type {ReturnType<typeof nabla.tensor>} */ x) => x.mul(2).add(1).relu().sub(0.5).mul(x));
    return { step: () => five(x), result: () => sampled(five(x).data()) };
  },
});

/**
 * @param {number} batch
 * @param {number[]} layers
 * @returns {Row}
 */
const mlp = (batch, layers) => ({
  name: "mlp-adam",
  work: `one compiled Adam step of a ${layers.join("-")} network with ReLU, batch ${batch}`,
  sizes: { batch, layers },
  flops: stepFlops(batch, layers),
  tolerance: 1e-3,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 6, pytorchGraph: 1.3 },
  prepare: perceptron(batch, layers, "relu", { lr: 0.001, optimizer: "Adam", compiled: true }),
});

/** @param {number} batch @returns {Row} */
const lenet = (batch) => ({
  name: "lenet5-adam",
  work: `one compiled Adam step of LeNet-5, batch ${batch}`,
  sizes: { batch },
  // PyTorch's convolutions may take TF32.
  tolerance: 5e-3,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 5, pytorchGraph: 1.2 },
  prepare: lenet5(batch, { lr: 0.001, optimizer: "Adam", compiled: true }),
});

/** @param {{steps: number, batch: number, inputs: number, hidden: number}} sizes @returns {Row} */
const lstm = (sizes) => ({
  name: "lstm-train",
  work: `an LSTM of ${sizes.inputs} inputs and ${sizes.hidden} units, ${sizes.steps} steps, batch ${sizes.batch}, forward and backward, compiled`,
  sizes,
  // cuDNN's products may take TF32.
  tolerance: 5e-3,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 1.3 },
  prepare: lstmGradients(sizes, true),
});

/** @param {{visible: number, hidden: number, batch: number}} sizes @returns {Row} */
const boltzmann = (sizes) => ({
  name: "rbm-cd1",
  work: `one compiled step of contrastive divergence of a ${sizes.visible} x ${sizes.hidden} restricted Boltzmann machine, batch ${sizes.batch}`,
  sizes,
  // The draws differ.
  tolerance: 0.02,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 6 },
  prepare: contrastiveDivergence(sizes, true),
});

/** @param {{batch: number, side: number, width: number}} sizes @returns {Row} */
const resnet = (sizes) => ({
  name: "resnet18-bf16",
  work: `one compiled SGD step of ResNet-18 on ${sizes.batch} pictures of ${sizes.side} x ${sizes.side}, bfloat16`,
  sizes,
  // Each step's error is the next one's start, and PyTorch keeps what is between its layers in bfloat16.
  tolerance: 0.1,
  peers: ["pytorch", "pytorchGraph"],
  atLeast: { pytorch: 1 },
  prepare: residualNetwork(sizes),
});

/** The sizes whose figures count. @type {readonly Row[]} */
export const rows = [
  product(8192, "bf16"),
  product(8192, "tf32"),
  product(8192, "fp32"),
  chain(1 << 28),
  mlp(128, [784, 512, 512, 10]),
  lenet(128),
  lstm({ steps: 80, batch: 32, inputs: 128, hidden: 128 }),
  boltzmann({ visible: 784, hidden: 500, batch: 128 }),
  resnet({ batch: 256, side: 32, width: 1 }),
];

/** The same rows, small enough for every processor. @type {readonly Row[]} */
export const smallRows = [
  product(70, "bf16"),
  product(70, "tf32"),
  product(70, "fp32"),
  chain(1000),
  mlp(8, [20, 16, 12, 5]),
  lenet(2),
  lstm({ steps: 5, batch: 3, inputs: 6, hidden: 8 }),
  boltzmann({ visible: 20, hidden: 12, batch: 8 }),
  resnet({ batch: 8, side: 8, width: 1 / 32 }),
];
