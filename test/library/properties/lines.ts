/**
 * Random calls of rows that work along one dimension: softmax, sorting, running sums and extremes, counting, Fourier
 * transforms, and standardisation.
 */
import { fft, nn } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import type { ReferenceArray } from "../reference/array.ts";
import { inverseOfHalf, transform } from "../reference/fourier.ts";
import { standardized } from "../reference/normalisation.ts";
import { general } from "../reference/ops.ts";
import * as sorting from "../reference/sorting.ts";
import type { CallTable, RandomCall, RandomCalls } from "./call.ts";
import { drawFloat, drawShape, drawTensor, flag, pick, whole } from "./tensors.ts";
import type { Draw, TensorWishes } from "./tensors.ts";

/** A tensor and a dimension of it, counted from the front or the back. */
function drawAlong(g: Draw, wishes: TensorWishes = {}, least = 0): { call: Pick<RandomCall, "inputs">; dim: number; named: number; size: number } {
  const shape = drawShape(g, { minRank: 1, least });
  const dim = whole(g, 0, shape.length - 1);
  return { call: { inputs: [drawTensor(g, shape, wishes)] }, dim, named: flag(g) ? dim : dim - shape.length, size: shape[dim]! };
}

type AnyType = "float64" | "float32" | "int32" | "uint8";
const drawAny = (g: Draw): AnyType => pick(g, "float64", "float32", "int32", "uint8");

/** Ties have no slope: their elements are whole numbers, or all lie apart. */
const sortable = (g: Draw): TensorWishes => ({ dtype: drawAny(g), interval: [-4, 4], writable: true });

const alongFloats =
  (run: (x: Tensor, dim: number) => Tensor, expected: (x: ReferenceArray, dim: number) => ReferenceArray, wishes: TensorWishes = {}): RandomCalls =>
  (g) => {
    const { call, dim, named } = drawAlong(g, wishes);
    return { ...call, run: (x) => run(x, named), expected: (x) => expected(x, dim) };
  };

const both = ({ values, indices }: { values: Tensor; indices: Tensor }): Tensor[] => [values, indices];

const extremes =
  (run: (x: Tensor, dim: number) => { values: Tensor; indices: Tensor }, best: (x: number, y: number) => number): RandomCalls =>
  (g) => {
    const { call, dim, named } = drawAlong(g, sortable(g), 1);
    return { ...call, run: (x) => both(run(x, named)), expected: (x) => sorting.runningExtreme(x, dim, best) };
  };

/** Complex numbers along the last dimension. */
function drawComplex(g: Draw, length: number): RandomCall["inputs"] {
  const shape = [...drawShape(g, { maxRank: 2 }).map((size) => Math.min(size, 4)), length];
  const dtype = drawFloat(g);
  return [drawTensor(g, shape, { dtype }), drawTensor(g, shape, { dtype })];
}
const pair = ({ real, imaginary }: { real: Tensor; imaginary: Tensor }): Tensor[] => [real, imaginary];
const ofTransform = { float32: 2e-5 };

export const lineCalls: CallTable = {
  softmax: alongFloats((x, dim) => x.softmax(dim), general.softmax, { interval: [-20, 20] }),
  logSoftmax: alongFloats((x, dim) => x.logSoftmax(dim), general.logSoftmax),
  cumsum: (g) => {
    const reverse = flag(g);
    const { call, dim, named } = drawAlong(g, { dtype: drawAny(g), interval: [-3, 3] });
    return { ...call, run: (x) => x.cumsum(named, { reverse }), expected: (x) => sorting.cumsum(x, dim, reverse), within: { float32: 2e-5 } };
  },
  cumprod: alongFloats((x, dim) => x.cumprod(dim), sorting.cumprod, { interval: [0.8, 1.2] }),
  cummax: extremes((x, dim) => x.cummax(dim), Math.max),
  cummin: extremes((x, dim) => x.cummin(dim), Math.min),
  sort: (g) => {
    const descending = flag(g);
    const { call, dim, named } = drawAlong(g, sortable(g));
    return { ...call, run: (x) => both(x.sort({ dim: named, descending })), expected: (x) => sorting.sort(x, dim, descending) };
  },
  topk: (g) => {
    const largest = flag(g);
    // Of equal elements any may be taken: floats only.
    const { call, dim, named, size } = drawAlong(g, { writable: true });
    const k = whole(g, 0, size);
    return { ...call, run: (x) => both(x.topk(k, { dim: named, largest })), expected: (x) => sorting.topk(x, k, dim, largest) };
  },
  searchsorted: (g) => {
    const right = flag(g);
    const dtype = drawAny(g);
    const lines = drawShape(g, { maxRank: 2 });
    const sorted = drawTensor(g, [...(flag(g) ? lines : []), whole(g, 0, 20)], { dtype, interval: [-4, 4], constant: true });
    const values = drawTensor(g, [...lines, whole(g, 0, 5)], { dtype, interval: [-5, 5], constant: true });
    return {
      inputs: [sorted, values],
      run: (line, wanted) => line.sort().values.searchsorted(wanted, { right }),
      expected: (line, wanted) => sorting.searchsorted(sorting.sort(line, line.shape.length - 1)[0], wanted, right),
    };
  },
  nonzero: (g) => ({
    inputs: [drawTensor(g, drawShape(g), { dtype: pick(g, "int32", "uint8", "bool" as const), interval: [-1, 1] })],
    run: (x) => x.nonzero(),
    expected: sorting.nonzero,
  }),
  oneHot: (g) => {
    const classes = whole(g, 1, 7);
    return {
      inputs: [drawTensor(g, drawShape(g, { maxRank: 3 }), { dtype: "int32", interval: [0, classes - 1] })],
      run: (labels) => labels.oneHot(classes),
      expected: (labels) => general.oneHot(labels, classes),
    };
  },
  dft: (g) => {
    const n = whole(g, 1, 40);
    const inverse = flag(g);
    return {
      inputs: drawComplex(g, n),
      run: (real, imaginary) => pair(fft[inverse ? "ifft" : "fft"]({ real, imaginary })),
      expected: (real, imaginary) => transform(real, imaginary, inverse ? 1 : -1, n),
      within: ofTransform,
    };
  },
  rdft: (g) => {
    const n = whole(g, 1, 40);
    return {
      inputs: drawComplex(g, n).slice(1),
      run: (x) => pair(fft.rfft(x)),
      expected: (x) => transform(x, undefined, -1, Math.floor(n / 2) + 1),
      within: ofTransform,
    };
  },
  irdft: (g) => {
    const n = whole(g, 1, 40);
    return {
      inputs: drawComplex(g, Math.floor(n / 2) + 1),
      run: (real, imaginary) => fft.irfft({ real, imaginary }, { n }),
      expected: (real, imaginary) => inverseOfHalf(real, imaginary, n),
      within: ofTransform,
    };
  },
  "standardize standardizeBackward": (g) => {
    const shape = [whole(g, 1, 5), whole(g, 1, 5), ...(flag(g) ? [whole(g, 2, 9)] : [])];
    // A single value has no spread to divide by.
    const perChannel = flag(g) && shape[0]! * (shape[2] ?? 1) > 1;
    if (!perChannel && shape.slice(1).every((size) => size === 1)) shape[1] = 2;
    return {
      inputs: [drawTensor(g, shape, { writable: true })],
      run: (x) =>
        perChannel ? nn.functional.batchNorm(x, undefined, undefined, { training: true, eps: 0.1 }) : nn.functional.layerNorm(x, shape.slice(1), { eps: 0.1 }),
      expected: (x) => standardized(x, 0.1, (a, b) => (perChannel ? a[1] === b[1] : a[0] === b[0])),
    };
  },
};
