/**
 * Tensors that every contender fills with the same numbers, and what is compared of them.
 */
import { numbers, sampled } from "../inputs.mjs";

/**
 * @typedef {import("./row.mjs").Nabla} Nabla
 * @typedef {ReturnType<Nabla["tensor"]>} Tensor
 */

/** @param {Nabla} nabla @param {readonly number[]} shape @param {number} seed @param {number} [scale] */
export const filled = ({ tensor }, shape, seed, scale) => tensor(numbers(shape.reduce((a, b) => a * b, 1), seed, scale)).reshape([...shape]);

/** @param {Nabla} nabla @param {readonly number[]} shape @param {number} seed @param {number} scale */
export const parameter = (nabla, shape, seed, scale) => filled(nabla, shape, seed, scale).requiresGrad_();

/** About a thousand values of each. @param {readonly Tensor[]} tensors */
export const sampledAll = (tensors) => tensors.flatMap((each) => sampled(each.data()));
