/**
 * The rows of one shape rule each (functions of one operand, of two, and reductions), over shapes that are empty, of size 1,
 * broadcast and with gaps; and the rows with arguments that existed from the start.
 */
import { arange, eye, full, nn, tensor, where } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import * as reference from "../../reference/ops.ts";
import type { Case, DrawnInput } from "../../checks/case.ts";

type Interval = readonly [number, number];

/** Where a function is defined, or steady enough for finite differences. */
const unaryIntervals: Record<string, Interval> = {
  neg: [-2, 2], abs: [-2, 2], sign: [-2, 2], exp: [-2, 2], log: [0.2, 3], log1p: [-0.5, 2], expm1: [-2, 2], sqrt: [0.2, 3],
  rsqrt: [0.2, 3], reciprocal: [0.5, 2], square: [-2, 2], sin: [-3, 3], cos: [-3, 3], tanh: [-2, 2], sigmoid: [-3, 3],
  relu: [-2, 2], floor: [-3, 3], ceil: [-3, 3], round: [-3, 3], logicalNot: [-2, 2],
};
const stepped = new Set(["sign", "floor", "ceil", "round"]);
const kinked = new Set(["abs", "relu", "maximum", "minimum"]);
const ordered = (name: string): 0 | 1 | 2 => (name === "logicalNot" ? 0 : stepped.has(name) || kinked.has(name) ? 1 : 2);

const call = (name: string, self: Tensor, ...rest: unknown[]): Tensor =>
  (self as unknown as Record<string, (...rest: unknown[]) => Tensor>)[name]!(...rest);

const unary: Case[] = Object.entries(unaryIntervals).flatMap(([name, interval]) =>
  [[2, 3], [0, 3], [1], []].map((shape) => ({
    name: `${name} of [${shape.join(", ")}]`,
    ops: [name],
    inputs: [{ shape, interval }],
    run: (x: Tensor) => call(name, x),
    derivatives: ordered(name),
    reference: (x) => reference.applyUnary(name, x),
  } satisfies Case)),
);

const binaryIntervals: Record<string, readonly [Interval, Interval]> = {
  add: [[-2, 2], [-2, 2]], sub: [[-2, 2], [-2, 2]], mul: [[-2, 2], [-2, 2]], div: [[-2, 2], [0.5, 2]], pow: [[0.3, 2], [-2, 2]],
  maximum: [[-2, 2], [-2, 2]], minimum: [[-2, 2], [-2, 2]], eq: [[-2, 2], [-2, 2]], ne: [[-2, 2], [-2, 2]], lt: [[-2, 2], [-2, 2]],
  le: [[-2, 2], [-2, 2]], gt: [[-2, 2], [-2, 2]], ge: [[-2, 2], [-2, 2]],
  logicalAnd: [[-2, 2], [-2, 2]], logicalOr: [[-2, 2], [-2, 2]],
};
const comparisons = new Set(["eq", "ne", "lt", "le", "gt", "ge", "logicalAnd", "logicalOr"]);

const binary: Case[] = Object.entries(binaryIntervals).flatMap(([name, [left, right]]) =>
  ([[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[0, 3], [1]], [[], []]] as const).map(([a, b]) => ({
    name: `${name} of [${a.join(", ")}] and [${b.join(", ")}]`,
    ops: [name],
    inputs: [{ shape: a, interval: left }, { shape: b, interval: right }],
    run: (x: Tensor, y: Tensor) => call(name, x, y),
    derivatives: comparisons.has(name) ? 0 : ordered(name),
    reference: (x, y) => reference.applyBinary(name, x, y),
  } satisfies Case)),
);

/** A method and the row it runs. */
const reductions: Record<string, { op: string; interval?: Interval; derivatives?: 0 | 1 }> = {
  sum: { op: "sum" }, mean: { op: "mean" }, prod: { op: "prod", interval: [0.5, 1.5] }, amax: { op: "max", derivatives: 1 },
  amin: { op: "min", derivatives: 1 }, any: { op: "any", derivatives: 0 }, all: { op: "all", derivatives: 0 },
  argmax: { op: "argmax", derivatives: 0 }, argmin: { op: "argmin", derivatives: 0 },
};

const reduced: Case[] = Object.entries(reductions).flatMap(([name, { op, interval = [-2, 2] as Interval, derivatives = 2 }]) =>
  ([[[2, 3, 4], 0], [[2, 3, 4], 1], [[2, 3, 4], -1], [[1, 3], 0]] as const).map(([shape, dim]) => ({
    name: `${name} of [${shape.join(", ")}] along ${dim}`,
    ops: [op],
    inputs: [{ shape, interval } satisfies DrawnInput],
    run: (x: Tensor) => call(name, x, { dim }),
    derivatives: derivatives as 0 | 1 | 2,
    reference: (x) => reference.applyReduction(op, x, [dim < 0 ? dim + shape.length : dim]),
  } satisfies Case)),
);

/** Inputs that are 0, to which numbers are added of which some are 0: finite differences start from there. */
const productsWithZeros: Case[] = [
  {
    name: "prod with one zero", ops: ["prod"], inputs: [{ shape: [4], interval: [0, 0] }],
    run: (x) => x.add(tensor([1.5, 0, -2, 3], { dtype: x.dtype })).prod(),
  },
  {
    name: "prod of rows with several zeros", ops: ["prod"], inputs: [{ shape: [3, 3], interval: [0, 0] }],
    run: (x) => x.add(tensor([[0, 2, 0], [1.5, 0, 2], [1, -3, 0.5]], { dtype: x.dtype })).prod({ dim: 1 }),
  },
  {
    name: "prod of two dimensions and a zero", ops: ["prod"], inputs: [{ shape: [2, 3, 2], interval: [0, 0] }],
    run: (x) => x.add(tensor([[[1, 2], [3, 0], [2, 1]], [[0.5, 1], [2, 2], [-1, 3]]], { dtype: x.dtype })).prod({ dim: [0, 2] }),
  },
];

const positions = (...values: number[]): Tensor => tensor(new Int32Array(values));

const withArguments: Case[] = [
  { name: "matmul", ops: ["matmul"], inputs: [[2, 3], [3, 4]], run: (x, y) => x.matmul(y), reference: reference.general.matmul },
  { name: "clamp", ops: ["clamp"], inputs: [[3, 4]], derivatives: 1, run: (x) => x.clamp({ min: -0.5, max: 0.7 }) },
  { name: "where", ops: ["where"], inputs: [[2, 3], [3]], run: (x, y) => where(tensor([true, false, true]), x, y) },
  { name: "softmax along 0", ops: ["softmax"], inputs: [[3, 4]], run: (x) => x.softmax(0) },
  { name: "softmax along the middle", ops: ["softmax"], inputs: [[2, 3, 4]], run: (x) => x.softmax(1) },
  { name: "softmax of no rows", ops: ["softmax"], inputs: [[0, 4]], run: (x) => x.softmax(1) },
  { name: "logSoftmax along 0", ops: ["logSoftmax"], inputs: [[3, 4]], run: (x) => x.logSoftmax(0) },
  { name: "logSoftmax along the last", ops: ["logSoftmax"], inputs: [[2, 3, 4]], run: (x) => x.logSoftmax(-1) },
  {
    name: "crossEntropy", ops: ["crossEntropy", "crossEntropyBackward"], inputs: [[3, 4]],
    run: (x) => nn.functional.crossEntropy(x, positions(2, 0, 3)),
  },
  { name: "indexSelect", ops: ["indexSelect"], inputs: [[3, 4]], run: (x) => x.indexSelect(1, positions(3, 0, 3)) },
  {
    name: "indexAdd", ops: ["indexAdd"], inputs: [[3, 4], [2, 4]],
    run: (x, y) => x.detach().clone().indexAdd_(0, positions(2, 2), y.detach()), derivatives: 0,
  },
  {
    name: "gather", ops: ["gather", "scatterAdd"], inputs: [[3, 4]],
    run: (x) => x.gather(1, positions(0, 3, 1, 1, 2, 0).reshape([3, 2])),
  },
  { name: "oneHot", ops: ["oneHot"], inputs: [[2]], derivatives: 0, run: (x) => positions(1, 0, 3).oneHot(4).to(x.dtype).mul(x.sum()) },
  { name: "copy of a turned view", ops: ["copy"], inputs: [[3, 4]], run: (x) => x.t().clone() },
  { name: "fill", ops: ["fill"], inputs: [[2]], run: (x) => full([3, 2], 2.5, { dtype: x.dtype }).mul(x) },
  { name: "arange", ops: ["arange"], inputs: [[1]], run: (x) => arange(1, 2, 0.25, { dtype: x.dtype }).mul(x) },
  { name: "eye", ops: ["eye"], inputs: [[1]], run: (x) => eye(2, 3, { dtype: x.dtype }).mul(x) },
];

export const cases: readonly Case[] = [...unary, ...binary, ...reduced, ...productsWithZeros, ...withArguments];
