/**
 * Decompositions in plain TypeScript, by other algorithms than the kernels': elimination without blocks, and Jacobi's rotations for
 * everything spectral.
 */
import { build, count, get } from "./array.ts";
import type { ReferenceArray } from "./array.ts";

type Matrix = number[][];

/** The matrices of a batch as rows of numbers. */
function matricesOf({ shape, values }: ReferenceArray): Matrix[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return Array.from({ length: count(shape.slice(0, -2)) }, (_, b) =>
    Array.from({ length: rows }, (_, i) => values.slice((b * rows + i) * columns, (b * rows + i + 1) * columns)),
  );
}

const batchOf = (a: ReferenceArray): readonly number[] => a.shape.slice(0, -2);

/** A batch of results of one shape. */
const gather = (batch: readonly number[], shape: readonly number[], each: (Matrix | number[] | number)[]): ReferenceArray => ({
  shape: [...batch, ...shape],
  values: each.flat(2),
});

const times = (a: Matrix, b: Matrix, columns: number): Matrix =>
  a.map((row) => Array.from({ length: columns }, (_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const turn = (a: Matrix, columns: number): Matrix => Array.from({ length: columns }, (_, j) => a.map((row) => row[j]!));

/** [A B] after Gauss and Jordan's elimination: the solution, and the determinant on the way. */
function eliminate(a: Matrix, b: Matrix): { solution: Matrix; determinant: number } {
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  let determinant = 1;
  rows.forEach((_, k) => {
    let pivot = k;
    for (let i = k; i < rows.length; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    if (pivot !== k) determinant = -determinant;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const lead = rows[k]![k]!;
    determinant *= lead;
    if (lead === 0) return;
    rows[k] = rows[k]!.map((x) => x / lead);
    rows.forEach((row, i) => {
      if (i !== k) rows[i] = row.map((x, j) => x - row[k]! * rows[k]![j]!);
    });
  });
  return { solution: rows.map((row) => row.slice(a.length)), determinant };
}

const identity = (size: number): Matrix => Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));

export const inv = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), a.shape.slice(-2), matricesOf(a).map((m) => eliminate(m, identity(m.length)).solution));

export const det = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), [], matricesOf(a).map((m) => eliminate(m, m.map(() => [])).determinant));

/** Batches of equal shape. */
export const solve = (a: ReferenceArray, b: ReferenceArray): ReferenceArray => {
  const sides = matricesOf(b);
  return gather(batchOf(b), b.shape.slice(-2), matricesOf(a).map((m, i) => eliminate(m, sides[i]!).solution));
};

/** Cholesky and Banachiewicz's rows. */
export const cholesky = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), a.shape.slice(-2), matricesOf(a).map((m) => {
    const l = m.map((row) => row.map(() => 0));
    m.forEach((row, i) => {
      for (let j = 0; j <= i; j++) {
        const sum = l[i]!.slice(0, j).reduce((total, x, k) => total + x * l[j]![k]!, 0);
        l[i]![j] = i === j ? Math.sqrt(row[i]! - sum) : (row[j]! - sum) / l[j]![j]!;
      }
    });
    return l;
  }));

/** R of A = Q R up to the signs of its rows, which are made positive: the Cholesky factor of A' A. */
export const absoluteR = (a: ReferenceArray): ReferenceArray => {
  const gram = product(transposed(a), a);
  const l = cholesky(gram);
  return build(l.shape, (index) => Math.abs(get(l, [...index.slice(0, -2), index.at(-1)!, index.at(-2)!])));
};

export const transposed = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), [a.shape.at(-1)!, a.shape.at(-2)!], matricesOf(a).map((m) => turn(m, a.shape.at(-1)!)));

export const product = (a: ReferenceArray, b: ReferenceArray): ReferenceArray => {
  const others = matricesOf(b);
  return gather(batchOf(a), [a.shape.at(-2)!, b.shape.at(-1)!], matricesOf(a).map((m, i) => times(m, others[i]!, b.shape.at(-1)!)));
};

/** The eigenvalues of a symmetric matrix in increasing order, and its eigenvectors: Jacobi's rotations. */
function jacobi(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = identity(size);
  for (let sweep = 0; sweep < 40; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (a[p]![q] === 0) continue;
        const angle = Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const rotate = (rows: Matrix): void => rows.forEach((row) => ([row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!]));
        rotate(a);
        [a[p], a[q]] = [a[p]!.map((x, j) => c * x - s * a[q]![j]!), a[q]!.map((x, j) => s * a[p]![j]! + c * x)];
        rotate(v);
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[i]![i]! - a[j]![j]!);
  return { values: order.map((i) => a[i]![i]!), vectors: v.map((row) => order.map((i) => row[i]!)) };
}

export const eigenvaluesOfSymmetric = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), [a.shape.at(-1)!], matricesOf(a).map((m) => jacobi(m).values));

export const squaredEigenvectors = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), a.shape.slice(-2), matricesOf(a).map((m) => jacobi(m).vectors.map((row) => row.map((x) => x * x))));

/** Singular values as roots of the eigenvalues of the smaller of A A' and A' A. */
export const singularValues = (a: ReferenceArray): ReferenceArray => {
  const tall = a.shape.at(-2)! >= a.shape.at(-1)!;
  const gram = tall ? product(transposed(a), a) : product(a, transposed(a));
  return gather(batchOf(a), [gram.shape.at(-1)!], matricesOf(gram).map((m) => jacobi(m).values.reverse().map((x) => Math.sqrt(Math.max(x, 0)))));
};

/** (A' A)^-1 A' of a tall matrix of full rank, A' (A A')^-1 of a wide one. */
export const pinv = (a: ReferenceArray): ReferenceArray =>
  a.shape.at(-2)! >= a.shape.at(-1)!
    ? product(inv(product(transposed(a), a)), transposed(a))
    : product(transposed(a), inv(product(a, transposed(a))));

export const trace = (a: ReferenceArray): ReferenceArray =>
  gather(batchOf(a), [], matricesOf(a).map((m) => m.reduce((sum, row, i) => sum + row[i]!, 0)));
