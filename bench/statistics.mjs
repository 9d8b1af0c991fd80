/**
 * What is told of a row's rounds: the best and the middle.
 */

/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest. @param {readonly number[]} values at least one */
export const best = (values) => values.reduce((smallest, value) => Math.min(smallest, value), Infinity);
