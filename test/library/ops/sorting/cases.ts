/**
 * Sorting, running sums and products, and searching, over lines along each dimension, with equal elements, zeros, and shapes
 * that are empty, of size 1 and scalar.
 */
import { arange, tensor } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import * as reference from "../../reference/sorting.ts";
import type { Case, DrawnInput } from "../../checks/case.ts";

const shapes = [[2, 5], [3, 4, 2], [1, 1], [0, 3], [7]] as const;
const named = (shape: readonly number[], dim: number): string => `[${shape.join(", ")}] along ${dim}`;

/** Every shape along its first and its last dimension. */
const along = <Made>(make: (shape: readonly number[], dim: number) => Made): Made[] =>
  shapes.flatMap((shape) => [...new Set([0, shape.length - 1])].map((dim) => make(shape, dim)));

const both = ({ values, indices }: { values: Tensor; indices: Tensor }): Tensor[] => [values, indices];
/** Distances between neighbours are far above the step of finite differences. */
const apart = (x: Tensor): Tensor => x.add(arange(x.numel).reshape(x.shape).mul(7).remainder(11).to(x.dtype));

const sorts: Case[] = along((shape, dim) => [
  {
    name: `sort of ${named(shape, dim)}`,
    ops: ["sort"],
    inputs: [shape],
    run: (x: Tensor) => both(apart(x).sort({ dim })),
    derivatives: 1,
  },
  {
    name: `descending sort of ${named(shape, dim)}`,
    ops: ["sort"],
    inputs: [shape],
    run: (x: Tensor) => both(x.sort({ dim, descending: true })),
    derivatives: 1,
    reference: (x) => reference.sort(x, dim, true),
  },
  {
    name: `sort with equal elements of ${named(shape, dim)}`,
    ops: ["sort"],
    inputs: [{ shape, interval: [-2, 2], constant: true }],
    run: (x: Tensor) => both(x.round().sort({ dim })),
    derivatives: 0,
    reference: (x) => reference.sort({ shape: x.shape, values: x.values.map(Math.round).map((each) => each + 0) }, dim),
    pytorch: false,
  },
] satisfies Case[]).flat();

const topks: Case[] = along((shape, dim) => {
  const k = Math.min(2, shape[dim]!);
  return [true, false].map((largest) => ({
    name: `${k} ${largest ? "largest" : "smallest"} of ${named(shape, dim)}`,
    ops: ["topk"],
    inputs: [shape],
    run: (x: Tensor) => both(x.topk(k, { dim, largest })),
    derivatives: 1,
    reference: (x) => reference.topk(x, k, dim, largest),
  } satisfies Case));
}).flat();

const running: Case[] = along((shape, dim) => [
  {
    name: `cumsum of ${named(shape, dim)}`,
    ops: ["cumsum"],
    inputs: [shape],
    run: (x: Tensor) => x.cumsum(dim),
    reference: (x) => reference.cumsum(x, dim),
  },
  {
    name: `cumsum from the end of ${named(shape, dim)}`,
    ops: ["cumsum"],
    inputs: [shape],
    run: (x: Tensor) => x.cumsum(dim, { reverse: true }),
    reference: (x) => reference.cumsum(x, dim, true),
  },
  {
    name: `cumprod of ${named(shape, dim)}`,
    ops: ["cumprod"],
    inputs: [{ shape, interval: [0.5, 1.5] }],
    run: (x: Tensor) => x.cumprod(dim),
    reference: (x) => reference.cumprod(x, dim),
  },
  {
    name: `cummax of ${named(shape, dim)}`,
    ops: ["cummax"],
    inputs: [shape],
    run: (x: Tensor) => both(x.cummax(dim)),
    derivatives: 1,
    reference: (x) => reference.runningExtreme(x, dim, Math.max),
  },
  {
    name: `cummin of ${named(shape, dim)}`,
    ops: ["cummin"],
    inputs: [shape],
    run: (x: Tensor) => both(x.cummin(dim)),
    derivatives: 1,
    reference: (x) => reference.runningExtreme(x, dim, Math.min),
  },
] satisfies Case[]).flat();

/** Inputs that are 0, to which numbers of which some are 0 are added: finite differences start from there. */
const nothing = (shape: readonly number[]): DrawnInput => ({ shape, interval: [0, 0] });

export const cases: Case[] = [
  ...sorts,
  ...topks,
  ...running,
  { name: "sort of a scalar", ops: ["sort"], inputs: [[]], run: (x: Tensor) => both(x.sort()) },
  { name: "second smallest", ops: ["sort"], inputs: [[3, 5]], run: (x: Tensor) => both(x.kthvalue(2)), derivatives: 1 },
  { name: "median of all", ops: ["sort"], inputs: [[3, 4]], run: (x: Tensor) => x.median(), derivatives: 1 },
  { name: "median along a dimension", ops: ["sort"], inputs: [[4, 3]], run: (x: Tensor) => both(x.median({ dim: 0, keepdim: true })), derivatives: 1 },
  {
    name: "cumprod with one zero",
    ops: ["cumprod"],
    inputs: [nothing([5])],
    run: (x: Tensor) => x.add(tensor([1.5, -0.5, 0, 2, 3], { dtype: x.dtype })).cumprod(0),
  },
  {
    name: "cumprod with several zeros in a matrix",
    ops: ["cumprod"],
    inputs: [nothing([4, 2])],
    run: (x: Tensor) => x.add(tensor([[0, 1.5], [2, 0], [0, -0.5], [3, 0]], { dtype: x.dtype })).cumprod(0),
  },
  {
    name: "places among sorted elements",
    ops: ["searchsorted"],
    inputs: [{ shape: [3, 2], constant: true }],
    run: (x: Tensor) => [tensor([-1, 0, 0.5, 1], { dtype: x.dtype }).searchsorted(x), tensor([-1, 0, 1]).searchsorted(x.round(), { right: true })],
    derivatives: 0,
    reference: (x) => [
      reference.searchsorted({ shape: [4], values: [-1, 0, 0.5, 1] }, x),
      reference.searchsorted({ shape: [3], values: [-1, 0, 1] }, { shape: x.shape, values: x.values.map(Math.round) }, true),
    ],
  },
  {
    name: "places among sorted rows",
    ops: ["searchsorted", "sort"],
    inputs: [{ shape: [2, 5], constant: true }, { shape: [2, 3], constant: true }],
    run: (x: Tensor, y: Tensor) => x.sort().values.searchsorted(y),
    derivatives: 0,
    reference: (x, y) => reference.searchsorted(reference.sort(x, 1)[0], y),
  },
  ...[[4, 5], [0, 2], [3, 1, 2], []].map((shape) => ({
    name: `nonzero of [${shape.join(", ")}]`,
    ops: ["nonzero"],
    inputs: [{ shape, constant: true }],
    run: (x: Tensor) => x.gt(0).nonzero(),
    derivatives: 0,
    reference: (x) => reference.nonzero({ shape: x.shape, values: x.values.map((each) => Number(each > 0)) }),
  } satisfies Case)),
];
