/**
 * float32 products of square matrices.
 */
import { numbers, sampled } from "../inputs.mjs";

/** @type {readonly import("./row.mjs").Row[]} */
export const matrixProducts = [64, 128, 256, 512, 1024, 2048].map((size) => {
  const small = size < 256;
  return {
    name: `sgemm-${size}`,
    work: `float32 product of two ${size} x ${size} matrices`,
    flops: 2 * size ** 3,
    tolerance: 2e-5,
    peers: small ? ["pytorch"] : ["pytorch", "jax"],
    atLeast: small ? { pytorch: 1.5 } : { floor: 0.8, pytorch: 1.8, jax: 0.97 },
    prepare({ tensor }) {
      const a = tensor(numbers(size * size, 1)).reshape([size, size]);
      const b = tensor(numbers(size * size, 2)).reshape([size, size]);
      return { step: () => a.matmul(b), result: () => sampled(a.matmul(b).data()) };
    },
  };
});
