/**
 * Products: every pairing of ranks that matmul knows, empty and broadcast batches, and the layers and sums made of them.
 */
import { nn, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import * as reference from "../../reference/products.ts";

const { linear } = nn.functional;

/** Also in pytorch.py. */
const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[3], [3]], [[0], [0]], [[1], [1]],
  [[3], [3, 4]], [[4, 3], [3]], [[0, 3], [3]], [[3, 0], [0]], [[0], [0, 3]],
  [[2, 3], [3, 4]], [[1, 3], [3, 1]], [[2, 1], [1, 3]], [[0, 3], [3, 2]], [[2, 0], [0, 3]], [[2, 3], [3, 0]],
  [[5, 2, 3], [3]], [[3], [5, 3, 2]], [[5, 2, 3], [3, 4]], [[2, 3], [5, 3, 4]],
  [[5, 2, 3], [5, 3, 4]], [[1, 2, 3], [5, 3, 4]], [[5, 2, 3], [1, 3, 4]], [[0, 2, 3], [3, 4]], [[0, 2, 3], [1, 3, 4]],
  [[2, 1, 2, 3], [3, 3, 2]], [[3, 2, 3], [2, 1, 3, 2]], [[2, 1, 2, 3], [1, 3, 3, 2]], [[2, 2, 0, 3], [2, 1, 3, 2]],
];

const named = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

const matmuls = pairs.map(([a, b]): Case => ({
  name: `matmul of ${named(a)} and ${named(b)}`,
  ops: ["matmul"],
  inputs: [a, b],
  run: (x, y) => x.matmul(y),
  reference: reference.matmul,
}));

/** Also in pytorch.py. */
const layers: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[4, 3], [2, 3]], [[3], [2, 3]], [[2, 4, 3], [5, 3]], [[2, 1, 2, 3], [1, 3]], [[0, 3], [2, 3]], [[2, 0, 3], [2, 3]],
  [[4, 0], [2, 0]], [[4, 3], [0, 3]], [[1, 1], [1, 1]],
];

const linears = layers.flatMap(([x, weight]): Case[] => [
  {
    name: `linear of ${named(x)} with ${named(weight)} and a bias`,
    ops: ["linear", "linearBackward"],
    inputs: [x, weight, [weight[0]!]],
    run: (own, w, b) => linear(own, w, b),
    reference: reference.linear,
  },
  {
    name: `linear of ${named(x)} with ${named(weight)}`,
    ops: ["linear"],
    inputs: [x, weight],
    run: (own, w) => linear(own, w),
    reference: reference.linear,
  },
]);

export const cases: Case[] = [
  ...matmuls,
  ...linears,
  { name: "linear with one output", ops: ["linear"], inputs: [[4, 3], [3]], run: (x, w) => linear(x, w) },
  {
    name: "linear with one output and a bias", ops: ["linear"], inputs: [[4, 3], [3], []], pytorch: false,
    run: (x, w, b) => linear(x, w, b),
    reference: (x, w, b) => ({ shape: [4], values: reference.matmul(x, w).values.map((value) => value + b.values[0]!) }),
  },
  {
    name: "linear of turned operands", ops: ["linear"], inputs: [[3, 2, 4], [3, 5], [5]],
    run: (x, w, b) => linear(x.permute([1, 2, 0]), w.t(), b),
  },
  {
    name: "matmul of turned operands", ops: ["matmul"], inputs: [[3, 4], [5, 2, 3]],
    run: (a: Tensor, b: Tensor) => a.t().matmul(b.mT),
  },
  {
    name: "matmul of expanded operands", ops: ["matmul"], inputs: [[1, 3], [3, 1]],
    run: (a, b) => a.expand([4, 3]).matmul(b.expand([3, 5])),
  },
  {
    name: "matmul of an expanded batch", ops: ["matmul"], inputs: [[1, 2, 3], [4, 3, 2]],
    run: (a, b) => a.expand([4, 2, 3]).matmul(b),
  },
  { name: "matmul with itself", ops: ["matmul"], inputs: [[3, 3]], run: (a) => a.matmul(a) },
  { name: "mm", ops: ["matmul"], inputs: [[2, 3], [3, 4]], run: (a, b) => a.mm(b) },
  { name: "mv", ops: ["matmul"], inputs: [[2, 3], [3]], run: (a, b) => a.mv(b) },
  { name: "bmm", ops: ["matmul"], inputs: [[5, 2, 3], [5, 3, 4]], run: (a, b) => a.bmm(b) },
  { name: "addmm", ops: ["matmul"], inputs: [[2, 4], [2, 3], [3, 4]], run: (m, a, b) => m.addmm(a, b) },
  {
    name: "addmm with factors", ops: ["matmul"], inputs: [[4], [2, 3], [3, 4]],
    run: (m, a, b) => m.addmm(a, b, { beta: 0.5, alpha: -2 }),
  },
  {
    name: "baddbmm", ops: ["matmul"], inputs: [[2, 4], [5, 2, 3], [5, 3, 4]],
    run: (m, a, b) => m.baddbmm(a, b, { beta: 3 }),
  },
  {
    name: "addmm that does not look at NaN", ops: ["matmul"], inputs: [[2, 3], [3, 4]],
    run: (a, b) => zeros([4], { dtype: a.dtype }).log().sub(Infinity).mul(0).addmm(a, b, { beta: 0 }),
  },
];
