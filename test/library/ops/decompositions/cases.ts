/**
 * Decompositions and what is solved with them. Where a result has a free sign or phase, the expression is one that does not
 * depend on it. Symmetric matrices are made of any by adding the transpose, so that differences move both halves.
 */
import { eye, linalg } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import { build, get } from "../../reference/array.ts";
import * as reference from "../../reference/decompositions.ts";

/** Far from singular: a multiple of the identity added. */
const dominant = (a: Tensor): Tensor => a.add(eye(a.shape.at(-1)!, a.shape.at(-1)!, { dtype: a.dtype }).mul(4));
const symmetric = (a: Tensor): Tensor => a.add(a.mT);
const positive = (a: Tensor): Tensor => a.matmul(a.mT).add(eye(a.shape.at(-2)!, a.shape.at(-2)!, { dtype: a.dtype }));

const swapped = (index: readonly number[]): number[] => [...index.slice(0, -2), index.at(-1)!, index.at(-2)!];
const onDiagonal = (index: readonly number[]): number => Number(index.at(-1) === index.at(-2));
const dominantReference = (a: ReferenceArray): ReferenceArray => build(a.shape, (index) => get(a, index) + 4 * onDiagonal(index));
const symmetricReference = (a: ReferenceArray): ReferenceArray => build(a.shape, (index) => get(a, index) + get(a, swapped(index)));
const positiveReference = (a: ReferenceArray): ReferenceArray => {
  const gram = reference.product(a, reference.transposed(a));
  return build(gram.shape, (index) => get(gram, index) + onDiagonal(index));
};

/** The same expression on several shapes. */
const over = (shapes: readonly (readonly number[])[], make: (shape: readonly number[]) => Case): Case[] => shapes.map(make);
const square = [[3, 3], [1, 1], [2, 4, 4], [0, 0], [0, 3, 3]];
const any = [[4, 3], [3, 4], [3, 3], [2, 5, 2], [1, 1]];

const triangular = (upper: boolean): Case => ({
  name: `solveTriangular, upper ${upper}`,
  ops: ["solveTriangular"],
  inputs: [[2, 4, 4], [4, 3]],
  run: (t, b) => linalg.solveTriangular(dominant(t!), b!, { upper }),
  reference: (t, b) => {
    const side = build([2, 4, 3], (index) => get(b!, index));
    const half = build(t!.shape, (index) => ((upper ? index[1]! <= index[2]! : index[1]! >= index[2]!) ? get(dominantReference(t!), index) : 0));
    return reference.solve(half, side);
  },
});

export const cases: Case[] = [
  ...over(square, (shape) => ({
    name: `inv of ${shape.join(" x ")}`, ops: ["inv"], inputs: [shape],
    run: (a) => linalg.inv(dominant(a!)),
    reference: (a) => reference.inv(dominantReference(a!)),
  })),
  ...over(square, (shape) => ({
    name: `det of ${shape.join(" x ")}`, ops: ["det"], inputs: [shape],
    run: (a) => linalg.det(a!),
    reference: (a) => reference.det(a!),
  })),
  ...over(square, (shape) => ({
    name: `slogdet of ${shape.join(" x ")}`, ops: ["slogdet"], inputs: [shape],
    run: (a) => { const { sign, logabsdet } = linalg.slogdet(dominant(a!)); return [sign, logabsdet]; },
    reference: (a) => {
      const all = reference.det(dominantReference(a!));
      return [build(all.shape, (index) => Math.sign(get(all, index))), build(all.shape, (index) => Math.log(Math.abs(get(all, index))))];
    },
  })),
  {
    name: "solve for columns", ops: ["solve"], inputs: [[2, 3, 3], [2, 3, 2]],
    run: (a, b) => linalg.solve(dominant(a!), b!),
    reference: (a, b) => reference.solve(dominantReference(a!), b!),
  },
  { name: "solve for a vector", ops: ["solve"], inputs: [[3, 3], [3]], run: (a, b) => linalg.solve(dominant(a!), b!) },
  { name: "solve for one vector a matrix", ops: ["solve"], inputs: [[2, 3, 3], [2, 3]], run: (a, b) => linalg.solve(dominant(a!), b!) },
  { name: "solve with broadcast batches", ops: ["solve"], inputs: [[2, 1, 3, 3], [4, 3, 2]], run: (a, b) => linalg.solve(dominant(a!), b!) },
  { name: "solve of nothing", ops: ["solve"], inputs: [[0, 3, 3], [3, 2]], run: (a, b) => linalg.solve(dominant(a!), b!) },
  triangular(true),
  triangular(false),
  { name: "solveTriangular from the right", ops: ["solveTriangular"], inputs: [[3, 3], [2, 3]], run: (t, b) => linalg.solveTriangular(dominant(t!), b!, { upper: true, left: false }) },
  { name: "solveTriangular with ones on the diagonal", ops: ["solveTriangular"], inputs: [[3, 3], [3, 2]], run: (t, b) => linalg.solveTriangular(t!, b!, { upper: false, unitriangular: true }) },
  ...over([[3, 3], [1, 1], [2, 4, 3]], (shape) => ({
    name: `cholesky of ${shape.join(" x ")}`, ops: ["cholesky"], inputs: [shape],
    run: (a) => linalg.cholesky(positive(a!)),
    reference: (a) => reference.cholesky(positiveReference(a!)),
  })),
  { name: "cholesky, the upper triangle", ops: ["cholesky"], inputs: [[3, 3]], run: (a) => linalg.cholesky(positive(a!), { upper: true }) },
  ...over(any, (shape): Case => ({
    name: `qr of ${shape.join(" x ")}`, ops: ["qr"], inputs: [shape],
    run: (a) => { const { q, r } = linalg.qr(a!); return [q, r]; },
  })),
  {
    name: "qr, the size of R's elements", ops: ["qr"], inputs: [[5, 3]],
    run: (a) => linalg.qr(a!, { mode: "r" }).r.abs(),
    reference: (a) => reference.absoluteR(a!),
    tolerance: { float64: 1e-9, float32: 1e-4 },
  },
  { name: "qr, complete", ops: ["qr"], inputs: [[4, 2]], derivatives: 0, run: (a) => { const { q, r } = linalg.qr(a!, { mode: "complete" }); return [q, r]; } },
  ...over([[3, 3], [1, 1], [2, 4, 4]], (shape) => ({
    name: `eigh of ${shape.join(" x ")}`, ops: ["eigh"], inputs: [shape],
    run: (a) => { const { eigenvalues, eigenvectors } = linalg.eigh(symmetric(a!)); return [eigenvalues, eigenvectors.square()]; },
    reference: (a) => [reference.eigenvaluesOfSymmetric(symmetricReference(a!)), reference.squaredEigenvectors(symmetricReference(a!))],
    tolerance: { float32: 1e-4 },
  })),
  { name: "eigh, the upper triangle", ops: ["eigh"], inputs: [[3, 3]], derivatives: 0, run: (a) => linalg.eigvalsh(a!, { uplo: "U" }) },
  ...over(any, (shape) => ({
    name: `svd of ${shape.join(" x ")}`, ops: ["svd"], inputs: [shape],
    run: (a) => { const { u, s, vh } = linalg.svd(a!, { fullMatrices: false }); return [u.square(), s, vh.square(), u.matmul(vh)]; },
    tolerance: { float32: 1e-4 },
  })),
  ...over([[4, 3], [2, 3, 4]], (shape) => ({
    name: `singular values of ${shape.join(" x ")}`, ops: ["svd"], inputs: [shape],
    run: (a) => linalg.svdvals(a!),
    reference: (a) => reference.singularValues(a!),
    tolerance: { float64: 1e-7, float32: 1e-4 },
  })),
  ...over([[4, 3], [3, 4], [3, 3], [2, 4, 2]], (shape) => ({
    name: `pinv of ${shape.join(" x ")}`, ops: ["pinv"], inputs: [shape],
    run: (a) => linalg.pinv(a!),
    reference: (a) => reference.pinv(a!),
    tolerance: { float64: 1e-8, float32: 1e-3 },
  })),
  ...over([[5, 3], [3, 5], [2, 4, 3]], (shape) => ({
    name: `lstsq of ${shape.join(" x ")}`, ops: ["lstsq"], inputs: [shape, [...shape.slice(0, -1), 2]],
    run: (a, b) => linalg.lstsq(a!, b!).solution,
    reference: (a, b) => reference.product(reference.pinv(a!), b!),
    tolerance: { float64: 1e-8, float32: 1e-3 },
  })),
  ...over([[3, 3], [1, 1], [2, 4, 4]], (shape) => ({
    name: `eig of ${shape.join(" x ")}`, ops: ["eig"], inputs: [shape],
    run: (a) => {
      const { eigenvalues: { real, imaginary }, eigenvectors } = linalg.eig(a!);
      const weights = eigenvectors.real.square().add(eigenvectors.imaginary.square());
      return [weights.matmul(real.unsqueeze(-1)), weights.matmul(imaginary.square().unsqueeze(-1)), real.square().sub(imaginary.square()).sum({ dim: -1 })];
    },
    tolerance: { float32: 1e-3, float64: 1e-9 },
  })),
  {
    name: "eig, the sum of eigenvalues and of their squares", ops: ["eig"], inputs: [[2, 5, 5]],
    run: (a) => {
      const { real, imaginary } = linalg.eig(a!).eigenvalues;
      return [real.sum({ dim: -1 }), real.square().sub(imaginary.square()).sum({ dim: -1 })];
    },
    reference: (a) => [reference.trace(a!), reference.trace(reference.product(a!, a!))],
  },
  ...(["fro", "nuc", 2, -2, 1, -1, Infinity, -Infinity] as const).map((ord): Case => ({
    name: `matrixNorm ${ord}`, ops: ord === "nuc" || Math.abs(Number(ord)) === 2 ? ["svd"] : [], inputs: [[2, 3, 4]],
    run: (a) => linalg.matrixNorm(a!, { ord }),
    derivatives: typeof ord === "number" && Math.abs(ord) !== 2 ? 1 : 2,
  })),
  { name: "matrixPower", ops: ["inv"], inputs: [[3, 3]], run: (a) => [linalg.matrixPower(a!, 5), linalg.matrixPower(dominant(a!), -2), linalg.matrixPower(a!, 0)] },
];
