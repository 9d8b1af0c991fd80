/**
 * Activations, their ways back and losses in the reference: one formula an element, on plain numbers.
 */
import type { ReferenceArray } from "./array.ts";

type Formula = (...x: number[]) => number;

/** A formula over arrays of one shape; an array of one element goes with every element. */
export const elementwise =
  (formula: Formula) =>
  (...arrays: ReferenceArray[]): ReferenceArray => {
    const { shape } = arrays[0]!;
    const values = arrays[0]!.values.map((_, i) => formula(...arrays.map((array) => array.values[array.values.length === 1 ? 0 : i]!)));
    return { shape, values };
  };

/** By its Taylor series up to 3 and by its continued fraction beyond (Abramowitz and Stegun, 7.1.5 and 7.1.14). */
export function erf(x: number): number {
  if (Object.is(x, -0) || Number.isNaN(x)) return x;
  if (x < 0) return -erf(-x);
  if (x > 30) return 1;
  if (x > 3) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / 2 / (x + fraction);
    return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 && n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const below = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const inner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

export const formulas = {
  erf,
  gelu: (x: number) => x * below(x),
  geluByTanh: (x: number) => (x / 2) * (1 + Math.tanh(inner(x))),
  leakyRelu: (slope: number) => (x: number) => (x > 0 ? x : slope * x),
  elu: (alpha: number) => (x: number) => (x > 0 ? x : alpha * Math.expm1(x)),
  softplus: (beta: number, threshold: number) => (x: number) => (beta * x > threshold ? x : Math.log1p(Math.exp(beta * x)) / beta),
  softsign: (x: number) => x / (1 + Math.abs(x)),
  hardSigmoid: (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6,
  reluBackward: (g: number, y: number) => (y > 0 ? g : 0),
  sigmoidBackward: (g: number, y: number) => g * y * (1 - y),
  tanhBackward: (g: number, y: number) => g * (1 - y * y),
  geluBackward: (g: number, x: number) => g * (below(x) + x * density(x)),
  leakyReluBackward: (slope: number) => (g: number, x: number) => (x > 0 ? g : slope * g),
  eluBackward: (alpha: number) => (g: number, x: number) => (x > 0 ? g : g * alpha * Math.exp(x)),
  softplusBackward: (beta: number, threshold: number) => (g: number, x: number) =>
    beta * x > threshold ? g : g / (1 + Math.exp(-beta * x)),
  softsignBackward: (g: number, x: number) => g / (1 + Math.abs(x)) ** 2,
  hardSigmoidBackward: (g: number, x: number) => (x > -3 && x < 3 ? g / 6 : 0),
};

/** The sum of squared differences, or their mean. */
export function squaredError(a: ReferenceArray, b: ReferenceArray, mean: boolean): ReferenceArray {
  const sum = a.values.reduce((total, value, i) => total + (value - b.values[i]!) ** 2, 0);
  return { shape: [], values: [mean ? sum / a.values.length : sum] };
}
