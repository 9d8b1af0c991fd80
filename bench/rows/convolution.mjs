/**
 * Convolutions of images without padding, forward alone and with the gradients of image and weight.
 */
import { numbers, sampled } from "../inputs.mjs";

/**
 * @typedef {object} Sizes
 * @property {number} batch
 * @property {number} channels
 * @property {number} size rows and columns of an image
 * @property {number} outputs
 */
const kernel = 3;

/** @param {Sizes} sizes */
const flopsOf = ({ batch, channels, size, outputs }) =>
  2 * batch * outputs * (size - kernel + 1) ** 2 * channels * kernel ** 2;

/** @param {import("./row.mjs").Nabla} nabla @param {Sizes} sizes */
function operands({ tensor }, { batch, channels, size, outputs }) {
  const filled = (/** @type {number[]} */ shape, /** @type {number} */ seed) =>
    tensor(numbers(shape.reduce((a, b) => a * b, 1), seed)).reshape(shape);
  const left = size - kernel + 1;
  return {
    image: filled([batch, channels, size, size], 1),
    weight: filled([outputs, channels, kernel, kernel], 2),
    gradient: filled([batch, outputs, left, left], 3),
  };
}

/** @param {string} name @param {Sizes} sizes @param {import("./row.mjs").Row["atLeast"]} atLeast @returns {import("./row.mjs").Row} */
const forward = (name, sizes, atLeast) => ({
  name,
  work: `conv2d of ${sizes.batch} images of ${sizes.channels} x ${sizes.size} x ${sizes.size}, 3 x 3 kernels to ${sizes.outputs} channels`,
  flops: flopsOf(sizes),
  tolerance: 2e-5,
  peers: ["pytorch", "pytorchChannelsLast"],
  atLeast,
  prepare(nabla) {
    const { image, weight } = operands(nabla, sizes);
    const step = () => nabla.nn.functional.conv2d(image, weight);
    return { step, result: () => sampled(step().data()) };
  },
});

/** @param {string} name @param {Sizes} sizes @param {import("./row.mjs").Row["atLeast"]} atLeast @returns {import("./row.mjs").Row} */
const training = (name, sizes, atLeast) => ({
  name,
  work: `the same forward and backward, with the gradients of images and weight`,
  flops: 3 * flopsOf(sizes),
  tolerance: 1e-4,
  peers: ["pytorch", "pytorchChannelsLast"],
  atLeast,
  prepare(nabla) {
    const { image, weight, gradient } = operands(nabla, sizes);
    image.requiresGrad_();
    weight.requiresGrad_();
    const step = () => {
      image.grad = null;
      weight.grad = null;
      nabla.nn.functional.conv2d(image, weight).backward(gradient);
      return /** @type {const} */ ([image.grad, weight.grad]);
    };
    // Scaled, so that the larger one does not hide the other.
    const parts = (/** @type {ReturnType<import("./row.mjs").Nabla["tensor"]> | null} */ each) => {
      const values = sampled(each?.data() ?? []);
      const largest = Math.max(...values.map(Math.abs));
      return values.map((value) => value / largest);
    };
    return { step, result: () => step().flatMap(parts) };
  },
});

const small = { batch: 64, channels: 32, size: 26, outputs: 64 };
const large = { batch: 32, channels: 64, size: 32, outputs: 64 };

/** @type {readonly import("./row.mjs").Row[]} */
export const convolutions = [
  forward("conv-forward-64x32x26", small, { floor: 0.8, pytorch: 3, pytorchChannelsLast: 1 }),
  forward("conv-forward-32x64x32", large, { floor: 0.8, pytorchChannelsLast: 1 }),
  training("conv-train-64x32x26", small, { pytorchChannelsLast: 1.3 }),
  training("conv-train-32x64x32", large, { pytorchChannelsLast: 1.1 }),
  forward("conv-first-layer", { batch: 64, channels: 1, size: 28, outputs: 32 }, { pytorch: 18, pytorchChannelsLast: 1.2 }),
];
