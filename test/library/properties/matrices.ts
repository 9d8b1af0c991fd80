/**
 * Random calls of products, and of decompositions: where a sign or a phase is free, an expression that does not depend on it.
 */
import { eye, linalg, nn } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { build, get } from "../reference/array.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as reference from "../reference/decompositions.ts";
import { linear, matmul } from "../reference/products.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawFloat, drawSize, drawTensor, flag, whole } from "./tensors.ts";
import type { Draw } from "./tensors.ts";

const drawBatch = (g: Draw): number[] => Array.from({ length: whole(g, 0, 2) }, () => whole(g, 0, 3));
const little = (size: number): number => Math.min(size, 40);

/** Diagonals made large, so that no matrix is nearly singular. */
const dominant = (a: Tensor): Tensor => a.add(eye(a.shape.at(-2)!, a.shape.at(-1)!, { dtype: a.dtype }).mul(4));
const onDiagonal = (index: readonly number[]): number => Number(index.at(-1) === index.at(-2));
const dominantArray = (a: ReferenceArray): ReferenceArray => build(a.shape, (index) => get(a, index) + 4 * onDiagonal(index));
const swapped = (index: readonly number[]): number[] => [...index.slice(0, -2), index.at(-1)!, index.at(-2)!];
const symmetricArray = (a: ReferenceArray): ReferenceArray => build(a.shape, (index) => get(a, index) + get(a, swapped(index)));
const positiveArray = (a: ReferenceArray): ReferenceArray => {
  const gram = reference.product(a, reference.transposed(a));
  return build(gram.shape, (index) => get(gram, index) + onDiagonal(index));
};

const within = { float32: 1e-3, float64: 1e-8 };
const interval = [-1, 1] as const;

/** A call on one batch of matrices; elements differ from one another, or eigenvalues would coincide. */
const onMatrices =
  (sizes: (g: Draw) => [number, number], run: (a: Tensor) => Tensor | Tensor[], expected: (a: ReferenceArray) => ReferenceArray | ReferenceArray[]): RandomCalls =>
  (g) => ({ inputs: [drawTensor(g, [...drawBatch(g), ...sizes(g)], { interval, writable: true })], run, expected, within, gradientWithin: 1e-5 });

const square = (g: Draw): [number, number] => {
  const size = whole(g, 1, 6);
  return [size, size];
};
const tall = (g: Draw): [number, number] => {
  const columns = whole(g, 1, 4);
  return [columns + whole(g, 0, 4), columns];
};
const any = (g: Draw): [number, number] => (flag(g) ? tall(g) : (tall(g).reverse() as [number, number]));

export const matrixCalls: CallTable = {
  matmul: (g) => {
    const dtype = drawFloat(g);
    const [m, k, n] = [little(drawSize(g)), little(drawSize(g)), little(drawSize(g))];
    const batch = drawBatch(g);
    const part = (): number[] => batch.map((size) => (whole(g, 0, 3) === 0 ? 1 : size)).slice(whole(g, 0, batch.length));
    const left = whole(g, 0, 5) === 0 ? [k] : [...part(), m, k];
    const right = whole(g, 0, 5) === 0 ? [k] : [...part(), k, n];
    return { inputs: [drawTensor(g, left, { dtype }), drawTensor(g, right, { dtype })], run: (a, b) => a.matmul(b), expected: matmul };
  },
  "linear linearBackward": (g) => {
    const dtype = drawFloat(g);
    const [rows, features, outputs] = [little(drawSize(g)), little(drawSize(g)), little(drawSize(g))];
    const bias = flag(g) ? [drawTensor(g, [outputs], { dtype })] : [];
    return {
      inputs: [drawTensor(g, [...drawBatch(g), rows, features], { dtype }), drawTensor(g, [outputs, features], { dtype }), ...bias],
      run: (x, weight, b) => nn.functional.linear(x, weight, b),
      expected: linear,
    };
  },
  inv: onMatrices(square, (a) => linalg.inv(dominant(a)), (a) => reference.inv(dominantArray(a))),
  det: onMatrices(square, (a) => linalg.det(a), reference.det),
  slogdet: onMatrices(square, (a) => linalg.slogdet(dominant(a)).logabsdet, (a) => {
    const all = reference.det(dominantArray(a));
    return { ...all, values: all.values.map((value) => Math.log(Math.abs(value))) };
  }),
  solve: (g) => {
    const dtype = drawFloat(g);
    const [batch, size, sides] = [drawBatch(g), whole(g, 1, 6), whole(g, 0, 5)];
    return {
      inputs: [drawTensor(g, [...batch, size, size], { dtype, interval }), drawTensor(g, [...batch, size, sides], { dtype })],
      run: (a, b) => linalg.solve(dominant(a), b),
      expected: (a, b) => reference.solve(dominantArray(a), b),
      within,
    };
  },
  solveTriangular: (g) => {
    const dtype = drawFloat(g);
    const [batch, size, sides, upper] = [drawBatch(g), whole(g, 1, 6), whole(g, 0, 5), flag(g)];
    const half = (a: ReferenceArray): ReferenceArray =>
      build(a.shape, (index) => ((upper ? index.at(-2)! <= index.at(-1)! : index.at(-2)! >= index.at(-1)!) ? get(a, index) : 0));
    return {
      inputs: [drawTensor(g, [...batch, size, size], { dtype, interval }), drawTensor(g, [...batch, size, sides], { dtype })],
      run: (a, b) => linalg.solveTriangular(dominant(a), b, { upper }),
      expected: (a, b) => reference.solve(half(dominantArray(a)), b),
      within,
    };
  },
  cholesky: onMatrices(any, (a) => linalg.cholesky(a.matmul(a.mT).add(eye(a.shape.at(-2)!, a.shape.at(-2)!, { dtype: a.dtype }))), (a) =>
    reference.cholesky(positiveArray(a)),
  ),
  qr: onMatrices(
    tall,
    (a) => {
      const { q, r } = linalg.qr(dominant(a));
      return [q.matmul(r), r.abs()];
    },
    (a) => [dominantArray(a), reference.absoluteR(dominantArray(a))],
  ),
  eigh: onMatrices(
    square,
    (a) => {
      const { eigenvalues, eigenvectors } = linalg.eigh(a.add(a.mT));
      return [eigenvalues, eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mT)];
    },
    (a) => [reference.eigenvaluesOfSymmetric(symmetricArray(a)), symmetricArray(a)],
  ),
  eig: onMatrices(
    square,
    (a) => {
      const { real, imaginary } = linalg.eig(a).eigenvalues;
      return [real.sum({ dim: -1 }), real.square().sub(imaginary.square()).sum({ dim: -1 })];
    },
    (a) => [reference.trace(a), reference.trace(reference.product(a, a))],
  ),
  svd: onMatrices(
    any,
    (a) => {
      const { u, s, vh } = linalg.svd(a, { fullMatrices: false });
      return [s, u.mul(s.unsqueeze(-2)).matmul(vh)];
    },
    (a) => [reference.singularValues(a), a],
  ),
  pinv: onMatrices(any, (a) => linalg.pinv(dominant(a)), (a) => reference.pinv(dominantArray(a))),
  lstsq: (g) => {
    const dtype = drawFloat(g);
    const [batch, [rows, columns], sides] = [drawBatch(g), any(g), whole(g, 1, 4)];
    return {
      inputs: [drawTensor(g, [...batch, rows, columns], { dtype, interval }), drawTensor(g, [...batch, rows, sides], { dtype })],
      run: (a, b) => linalg.lstsq(dominant(a), b).solution,
      expected: (a, b) => reference.product(reference.pinv(dominantArray(a)), b),
      within,
    };
  },
};
