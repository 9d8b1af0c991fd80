/**
 * The ops in the reference: those of one shape rule by name, and many with arguments of their own.
 */
import { broadcast, build, get, indices } from "./array.ts";
import type { ReferenceArray } from "./array.ts";
import { erf } from "./elementwise.ts";

type Elementwise1 = (x: number) => number;
type Elementwise2 = (x: number, y: number) => number;

const truth = (value: boolean): number => (value ? 1 : 0);

/** Halves go to the even neighbour. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

export const unary: Record<string, Elementwise1> = {
  neg: (x) => -x,
  abs: Math.abs,
  // NaN has no sign and gives 0, as in PyTorch.
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => (x < 0 ? 0 : x),
  erf,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  logicalNot: (x) => truth(x === 0),
};

/** What is left has the divisor's sign, as in Python. */
function remainder(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** How often the divisor goes into what is left after taking the remainder off. */
function floorDivide(x: number, y: number): number {
  if (y === 0) return x / y;
  const rest = x % y;
  // The divisor goes into it without a rest, so only rounding can have left a fraction.
  return Math.round((x - rest) / y) - truth(rest !== 0 && rest < 0 !== y < 0);
}

export const binary: Record<string, Elementwise2> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: Math.pow,
  floorDivide,
  remainder,
  fmod: (x, y) => x % y,
  maximum: Math.max,
  minimum: Math.min,
  eq: (x, y) => truth(x === y),
  ne: (x, y) => truth(x !== y),
  lt: (x, y) => truth(x < y),
  le: (x, y) => truth(x <= y),
  gt: (x, y) => truth(x > y),
  ge: (x, y) => truth(x >= y),
  logicalAnd: (x, y) => truth(x !== 0 && y !== 0),
  logicalOr: (x, y) => truth(x !== 0 || y !== 0),
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const extreme = (values: readonly number[], better: Elementwise2): number => values.reduce((best, value) => better(best, value));

export const reduction: Record<string, (values: readonly number[]) => number> = {
  sum,
  mean: (values) => sum(values) / values.length,
  prod: (values) => values.reduce((product, value) => product * value, 1),
  max: (values) => extreme(values, Math.max),
  min: (values) => extreme(values, Math.min),
  argmax: (values) => values.indexOf(extreme(values, Math.max)),
  argmin: (values) => values.indexOf(extreme(values, Math.min)),
  any: (values) => truth(values.some((value) => value !== 0)),
  all: (values) => truth(values.every((value) => value !== 0)),
};

export function applyUnary(name: string, a: ReferenceArray): ReferenceArray {
  return { shape: a.shape, values: a.values.map(unary[name]!) };
}

export function applyBinary(name: string, a: ReferenceArray, b: ReferenceArray): ReferenceArray {
  return build(broadcast(a.shape, b.shape), (index) => binary[name]!(get(a, index), get(b, index)));
}

/** Folds the given dimensions, which are dropped. */
export function applyReduction(name: string, a: ReferenceArray, dims: readonly number[]): ReferenceArray {
  const groups = new Map<string, number[]>();
  const shape = a.shape.filter((_, d) => !dims.includes(d));
  for (const index of indices(shape)) groups.set(index.join(), []);
  for (const index of indices(a.shape)) groups.get(index.filter((_, d) => !dims.includes(d)).join())!.push(get(a, index));
  return { shape, values: [...groups.values()].map(reduction[name]!) };
}

function softmaxOf(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - largest));
  return powers.map((power) => power / sum(powers));
}

/** Applies a function to every line of elements along a dimension. */
function alongLines(a: ReferenceArray, dim: number, apply: (line: number[]) => number[]): ReferenceArray {
  return build(a.shape, (index) => {
    const line = Array.from({ length: a.shape[dim]! }, (_, i) => get(a, index.map((at, d) => (d === dim ? i : at))));
    return apply(line)[index[dim]!]!;
  });
}

/** Ops with a form of their own: operands as arrays and numbers, in the order of the method's arguments. */
export const general = {
  matmul: (a: ReferenceArray, b: ReferenceArray): ReferenceArray => {
    const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const inner = a.shape.at(-1)!;
    return build([...batch, a.shape.at(-2)!, b.shape.at(-1)!], (index) => {
      const [row, column] = index.slice(-2) as [number, number];
      const outer = index.slice(0, -2);
      return sum(Array.from({ length: inner }, (_, k) => get(a, [...outer, row, k]) * get(b, [...outer, k, column])));
    });
  },
  clamp: (a: ReferenceArray, min: number, max: number): ReferenceArray => ({
    shape: a.shape,
    values: a.values.map((x) => Math.min(Math.max(x, min), max)),
  }),
  where: (condition: ReferenceArray, a: ReferenceArray, b: ReferenceArray): ReferenceArray =>
    build(broadcast(broadcast(condition.shape, a.shape), b.shape), (index) =>
      get(condition, index) !== 0 ? get(a, index) : get(b, index),
    ),
  softmax: (a: ReferenceArray, dim: number): ReferenceArray => alongLines(a, dim, softmaxOf),
  logSoftmax: (a: ReferenceArray, dim: number): ReferenceArray =>
    alongLines(a, dim, (line) => softmaxOf(line).map(Math.log)),
  crossEntropy: (scores: ReferenceArray, labels: ReferenceArray): ReferenceArray => {
    const logs = alongLines(scores, 1, (line) => softmaxOf(line).map(Math.log));
    return build([scores.shape[0]!], ([row]) => -get(logs, [row!, labels.values[row!]!]));
  },
  crossEntropyBackward: (scores: ReferenceArray, labels: ReferenceArray, gradient: ReferenceArray): ReferenceArray => {
    const probabilities = alongLines(scores, 1, softmaxOf);
    return build(scores.shape, ([row, column]) => {
      const target = labels.values[row!] === column ? 1 : 0;
      return (get(probabilities, [row!, column!]) - target) * gradient.values[row!]!;
    });
  },
  indexSelect: (a: ReferenceArray, dim: number, index: ReferenceArray): ReferenceArray =>
    build(
      a.shape.map((size, d) => (d === dim ? index.values.length : size)),
      (at) => get(a, at.map((i, d) => (d === dim ? index.values[i]! : i))),
    ),
  indexAdd: (a: ReferenceArray, dim: number, index: ReferenceArray, source: ReferenceArray): ReferenceArray => {
    const result = { shape: a.shape, values: [...a.values] };
    for (const at of indices(source.shape)) {
      const target = at.map((i, d) => (d === dim ? index.values[i]! : i));
      result.values[flat(a.shape, target)]! += get(source, at);
    }
    return result;
  },
  gather: (a: ReferenceArray, dim: number, index: ReferenceArray): ReferenceArray =>
    build(index.shape, (at) => get(a, at.map((i, d) => (d === dim ? get(index, at) : i)))),
  scatterAdd: (a: ReferenceArray, dim: number, index: ReferenceArray, source: ReferenceArray): ReferenceArray => {
    const result = { shape: a.shape, values: [...a.values] };
    for (const at of indices(index.shape)) {
      const target = at.map((i, d) => (d === dim ? get(index, at) : i));
      result.values[flat(a.shape, target)]! += get(source, at);
    }
    return result;
  },
  oneHot: (labels: ReferenceArray, classes: number): ReferenceArray =>
    build([...labels.shape, classes], (at) => truth(get(labels, at.slice(0, -1)) === at.at(-1))),
  copy: (a: ReferenceArray): ReferenceArray => a,
  fill: (shape: readonly number[], value: number): ReferenceArray => build(shape, () => value),
  arange: (start: number, end: number, step: number): ReferenceArray => {
    const length = Math.max(0, Math.ceil((end - start) / step));
    return build([length], ([i]) => start + i! * step);
  },
  eye: (rows: number, columns: number): ReferenceArray => build([rows, columns], ([i, j]) => truth(i === j)),
  sgdStep: (
    parameter: ReferenceArray,
    gradient: ReferenceArray,
    velocity: ReferenceArray | undefined,
    options: { lr: number; momentum: number; dampening: number; weightDecay: number; nesterov: boolean; first: boolean },
  ): { parameter: ReferenceArray; velocity: ReferenceArray | undefined } => {
    const { lr, momentum, dampening, weightDecay, nesterov, first } = options;
    const decayed = gradient.values.map((g, i) => g + weightDecay * parameter.values[i]!);
    const moved = velocity && decayed.map((g, i) => (first ? g : momentum * velocity.values[i]! + (1 - dampening) * g));
    const direction = moved ? decayed.map((g, i) => (nesterov ? g + momentum * moved[i]! : moved[i]!)) : decayed;
    return {
      parameter: { ...parameter, values: parameter.values.map((p, i) => p - lr * direction[i]!) },
      velocity: moved && { shape: parameter.shape, values: moved },
    };
  },
  adamStep: (parameter: ReferenceArray, gradients: readonly ReferenceArray[], options: AdamSettings): ReferenceArray => {
    const { lr, betas, eps, weightDecay, decoupled, amsgrad } = options;
    const values = parameter.values.map((start, i) => {
      let [p, mean, square, largest] = [start, 0, 0, 0];
      gradients.forEach((gradient, before) => {
        if (decoupled) p -= lr * weightDecay * p;
        const g = gradient.values[i]! + (decoupled ? 0 : weightDecay * p);
        mean = betas[0] * mean + (1 - betas[0]) * g;
        square = betas[1] * square + (1 - betas[1]) * g * g;
        largest = Math.max(largest, square);
        const corrected = (amsgrad ? largest : square) / (1 - betas[1] ** (before + 1));
        p -= ((lr / (1 - betas[0] ** (before + 1))) * mean) / (Math.sqrt(corrected) + eps);
      });
      return p;
    });
    return { ...parameter, values };
  },
};

interface AdamSettings {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  decoupled: boolean;
  amsgrad: boolean;
}

function flat(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((position, size, d) => position * size + index[d]!, 0);
}
