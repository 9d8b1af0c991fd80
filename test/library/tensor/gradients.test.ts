/**
 * Every derivative in the table of ops against finite differences of its own op, in double precision, and every second
 * derivative against finite differences of the first.
 */
import { describe, expect, test } from "vitest";
import { cat, Generator, grad, manualSeed, meshgrid, nn, rand, stack, tensor, where } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { ops } from "../../../src/tensor/ops.ts";
import type { NamedRow } from "../../../src/tensor/ops.ts";

const { functional } = nn;

/** Something differentiable, and where to try it. */
interface Case {
  name: string;
  shapes: readonly (readonly number[])[];
  interval: readonly [number, number];
  run: (...inputs: Tensor[]) => Tensor;
}

/** Rows whose method has another name. */
const methodNames: Partial<Record<string, string>> = { max: "amax", min: "amin" };

const fromTable: Case[] = (Object.values(ops) as NamedRow[]).flatMap((row) =>
  (row.derivative === undefined ? [] : (row.examples ?? [])).map((example, i) => ({
    name: `${row.name}, example ${i + 1}`,
    shapes: example.shapes,
    interval: example.interval ?? ([-2, 2] as const),
    run: (first: Tensor, ...rest: Tensor[]) => {
      const method = (first as unknown as Record<string, (...args: unknown[]) => Tensor>)[methodNames[row.name] ?? row.name]!;
      return method.call(first, ...rest, ...(example.arguments ?? []));
    },
  })),
);

const labels = tensor(new Int32Array([2, 0, 1]));
const picked = tensor(new Int32Array([1, 0, 1]));
const grid = tensor(new Int32Array([1, 0, 1, 1, 0, 0]), { shape: [2, 3] });

/** Ops that take tensors without gradients beside, and what is written by hand. */
const byHand: Record<string, Omit<Case, "name">> = {
  where: { shapes: [[2, 3], [3]], interval: [-2, 2], run: (a, b) => where(a!.gt(0), a!.mul(2), b!) },
  crossEntropy: { shapes: [[3, 4]], interval: [-2, 2], run: (a) => functional.crossEntropy(a!, labels, { reduction: "none" }) },
  indexSelect: { shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.indexSelect(0, picked) },
  gather: { shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.gather(0, grid) },
  copy: { shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.clone().mT.contiguous() },
};

const composed: Case[] = [
  ...Object.entries(byHand).map(([name, rest]) => ({ name, ...rest })),
  { name: "reshape and transpose", shapes: [[2, 6]], interval: [-2, 2], run: (a) => a!.reshape([3, 4]).transpose(0, 1).reshape([12]) },
  { name: "slice with a step", shapes: [[5, 4]], interval: [-2, 2], run: (a) => a!.at("1::2", ":3") },
  { name: "expand", shapes: [[3, 1]], interval: [-2, 2], run: (a) => a!.expand([2, 3, 4]) },
  { name: "variance", shapes: [[3, 4]], interval: [-2, 2], run: (a) => a!.var({ dim: 1 }) },
  { name: "max along a dimension", shapes: [[3, 4]], interval: [-2, 2], run: (a) => a!.max({ dim: 1 }).values },
  { name: "mseLoss", shapes: [[3, 2], [3, 2]], interval: [-2, 2], run: (a, b) => functional.mseLoss(a!, b!) },
  { name: "vector times matrix", shapes: [[3], [3, 4]], interval: [-2, 2], run: (a, b) => a!.matmul(b!) },
  { name: "a tensor used twice", shapes: [[3]], interval: [-2, 2], run: (a) => a!.mul(a!).add(a!) },
  { name: "cat", shapes: [[2, 3], [2, 1], [0]], interval: [-2, 2], run: (a, b, c) => cat([a!, b!, c!, a!.mul(2)], { dim: 1 }) },
  { name: "stack", shapes: [[2, 3], [3, 2]], interval: [-2, 2], run: (a, b) => stack([a!, b!.mT, a!.square()], { dim: -1 }) },
  { name: "split", shapes: [[5, 2]], interval: [-2, 2], run: (a) => a!.split(2)[1]!.mul(a!.split([3, 2])[1]!) },
  { name: "chunk", shapes: [[2, 5]], interval: [-2, 2], run: (a) => stack(a!.chunk(3, { dim: 1 }).slice(0, 2)) },
  { name: "flip", shapes: [[2, 3, 2]], interval: [-2, 2], run: (a) => a!.mT.flip([0, 2]) },
  { name: "roll", shapes: [[3, 4]], interval: [-2, 2], run: (a) => a!.mT.roll([1, -2], { dims: [0, 1] }) },
  { name: "repeat", shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.mT.repeat([2, 1, 3]) },
  { name: "tile", shapes: [[2, 1]], interval: [-2, 2], run: (a) => a!.tile([3]) },
  { name: "pad", shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.mT.pad([1, -1, 0, 2], { value: 0.5 }) },
  { name: "tril", shapes: [[2, 3, 4]], interval: [-2, 2], run: (a) => a!.tril({ diagonal: 1 }) },
  { name: "triu", shapes: [[3, 3]], interval: [-2, 2], run: (a) => a!.triu() },
  { name: "maskedFill", shapes: [[2, 3], []], interval: [-2, 2], run: (a, b) => a!.maskedFill(tensor([true, false, true]), b!) },
  { name: "diag of a matrix", shapes: [[3, 4]], interval: [-2, 2], run: (a) => a!.mT.diag({ diagonal: -1 }) },
  { name: "diag of a vector", shapes: [[3]], interval: [-2, 2], run: (a) => a!.diag({ diagonal: 2 }) },
  { name: "trace", shapes: [[3, 4]], interval: [-2, 2], run: (a) => a!.trace() },
  { name: "outer", shapes: [[3], [2]], interval: [-2, 2], run: (a, b) => a!.outer(b!) },
  { name: "dot", shapes: [[3], [3]], interval: [-2, 2], run: (a, b) => a!.dot(b!) },
  { name: "bmm", shapes: [[2, 2, 3], [2, 2, 3]], interval: [-2, 2], run: (a, b) => a!.bmm(b!.mT) },
  { name: "norm", shapes: [[2, 3, 2]], interval: [-2, 2], run: (a) => a!.norm({ dim: [0, 2] }) },
  { name: "norm 1", shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.norm({ p: 1, dim: 1, keepdim: true }) },
  { name: "norm Infinity", shapes: [[2, 3]], interval: [-2, 2], run: (a) => a!.norm({ p: Infinity, dim: 0 }) },
  { name: "logsumexp", shapes: [[2, 3, 2]], interval: [-2, 2], run: (a) => a!.logsumexp([0, -1]) },
  { name: "leakyRelu", shapes: [[2, 5]], interval: [-2, 2], run: (a) => a!.leakyRelu({ negativeSlope: 0.2 }) },
  { name: "elu", shapes: [[2, 5]], interval: [-2, 2], run: (a) => a!.elu({ alpha: 0.7 }) },
  { name: "softplus", shapes: [[2, 5]], interval: [-2, 2], run: (a) => a!.softplus({ beta: 2, threshold: 3 }) },
  { name: "softsign", shapes: [[2, 5]], interval: [-2, 2], run: (a) => a!.softsign() },
  { name: "hardSigmoid", shapes: [[2, 5]], interval: [-2, 2], run: (a) => a!.mul(3).hardSigmoid() },
  { name: "meshgrid", shapes: [[2], [3]], interval: [-2, 2], run: (a, b) => stack(meshgrid([a!, b!], { indexing: "xy" })) },
];

function inputsOf({ shapes, interval: [low, high] }: Case, seed: number): Tensor[] {
  const generator = new Generator(seed);
  return shapes.map((shape) => rand(shape, { dtype: "float64", generator }).mul(high - low).add(low).requiresGrad_());
}

/** A scalar that depends on every element of the result with a weight of its own. */
function scalarOf(result: Tensor): Tensor {
  const weights = rand(result.shape, { dtype: "float64", generator: new Generator(99) }).add(0.5);
  return result.mul(weights).sum();
}

/** Central differences of a scalar function with respect to each element of one input. */
function differences(inputs: readonly Tensor[], position: number, evaluate: (inputs: Tensor[]) => number): number[] {
  const step = 1e-5;
  const base = inputs[position]!;
  return Array.from({ length: base.numel }, (_, i) => {
    const at = (sign: number): number => {
      const moved = base.data();
      moved[i]! += sign * step;
      return evaluate(inputs.map((input, k) => (k === position ? tensor(moved, { shape: base.shape, requiresGrad: true }) : input)));
    };
    return (at(1) - at(-1)) / (2 * step);
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[i]!)));
  }
}

describe("gradients equal finite differences", () => {
  for (const each of [...fromTable, ...composed]) {
    test(each.name, () => {
      manualSeed(1);
      const inputs = inputsOf(each, 5);
      scalarOf(each.run(...inputs)).backward();
      inputs.forEach((input, position) => {
        const expected = differences(inputs, position, (moved) => scalarOf(each.run(...moved)).item());
        expect(input.grad).not.toBeNull();
        expect(input.grad!.shape).toEqual(input.shape);
        expectClose(input.grad!.data(), expected, 1e-6);
      });
    });
  }
});

describe("gradients of gradients equal finite differences", () => {
  const kinked = /^(sign|relu|abs|max|min|clamp|floor|ceil|round)/;
  for (const each of [...fromTable, ...composed].filter(({ name }) => !kinked.test(name))) {
    test(each.name, () => {
      const inputs = inputsOf(each, 6);
      /** The squared length of all gradients: its own gradient needs the second derivative. */
      const penalty = (own: Tensor[]): Tensor =>
        grad(scalarOf(each.run(...own).square()), own, { createGraph: true })
          .map((gradient) => gradient.square().sum())
          .reduce((total, part) => total.add(part));
      penalty(inputs).backward();
      inputs.forEach((input, position) => {
        const expected = differences(inputs, position, (moved) => penalty(moved).item());
        expectClose(input.grad!.data(), expected, 1e-5);
      });
    });
  }
});
