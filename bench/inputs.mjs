/**
 * Inputs that every contender makes for itself, equal to the last bit: whole-number arithmetic on the position, as in
 * bench/peers/serving.py. The mixing is of the kind of Mueller's integer hash; it need not be more than well spread.
 */

/**
 * float32 numbers from -scale / 2 to scale / 2.
 * @param {number} count
 * @param {number} seed another seed, other numbers
 * @param {number} [scale]
 */
export function numbers(count, seed, scale = 1) {
  return Float32Array.from({ length: count }, (_, i) => {
    let bits = Math.imul(i + seed * 0x10001, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
    bits = (bits ^ (bits >>> 12)) >>> 0;
    return (bits / 2 ** 32 - 0.5) * scale;
  });
}

/** Labels from 0 to classes - 1. @param {number} count @param {number} classes */
export const labels = (count, classes) => Int32Array.from({ length: count }, (_, i) => (i * 7 + (i >> 3)) % classes);

/**
 * About a thousand of the values, evenly spread: enough to see that two results are the same.
 * @param {ArrayLike<number>} values
 * @returns {number[]}
 */
export function sampled(values) {
  const stride = Math.max(1, Math.floor(values.length / 1000));
  return Array.from({ length: Math.ceil(values.length / stride) }, (_, i) => values[i * stride]);
}
