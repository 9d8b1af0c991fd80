/**
 * Linear algebra from three sides, and what the cases cannot say: matrices that are singular, badly conditioned, or no matrices.
 */
import { afterEach, describe, expect, test } from "vitest";
import { arange, eye, Generator, linalg, LinearAlgebraError, randn, tensor, threads, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const float64 = { dtype: "float64" } as const;
const identity = (size: number): Tensor => eye(size, size, float64);
const draw = (shape: number[], seed = 1): Tensor => randn(shape, { ...float64, generator: new Generator(seed) });
const largest = (a: Tensor): number => a.abs().max().item();

/** Famous for its condition: 1 / (i + j + 1). */
function hilbert(size: number): Tensor {
  const each = arange(size).to("float64");
  return each.unsqueeze(1).add(each).add(1).reciprocal();
}

describe("a matrix is its factors' product, at every size round a block", () => {
  for (const size of [1, 2, 31, 32, 33, 64, 65, 150]) {
    test(`${size}`, () => {
      const a = draw([size, size]);
      const near = size * 1e-13;
      expect(largest(a.matmul(linalg.solve(a, identity(size))).sub(identity(size)))).toBeLessThan(100 * near);
      const definite = a.matmul(a.mT).add(identity(size));
      const l = linalg.cholesky(definite);
      expect(largest(l.matmul(l.mT).sub(definite))).toBeLessThan(near * size);
      const { q, r } = linalg.qr(a);
      expect(largest(q.matmul(r).sub(a))).toBeLessThan(near);
      expect(largest(q.mT.matmul(q).sub(identity(size)))).toBeLessThan(near);
      const { eigenvalues, eigenvectors } = linalg.eigh(definite);
      expect(largest(eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT).sub(definite))).toBeLessThan(near * size);
      const general = linalg.eig(a);
      const { real, imaginary } = general.eigenvectors;
      const { real: x, imaginary: y } = general.eigenvalues;
      expect(largest(a.matmul(real).sub(real.mul(x).sub(imaginary.mul(y))))).toBeLessThan(10 * near);
      expect(largest(a.matmul(imaginary).sub(real.mul(y).add(imaginary.mul(x))))).toBeLessThan(10 * near);
      for (const tall of [draw([size + 7, size]), a, draw([size, size + 7])]) {
        const { u, s, vh } = linalg.svd(tall, { fullMatrices: false });
        expect(largest(u.mul(s).matmul(vh).sub(tall))).toBeLessThan(10 * near);
        expect(largest(u.mT.matmul(u).sub(identity(size)))).toBeLessThan(near);
        const full = linalg.svd(tall);
        expect(largest(full.u.mT.matmul(full.u).sub(identity(tall.shape[0]!)))).toBeLessThan(near);
        expect(largest(full.vh.matmul(full.vh.mT).sub(identity(tall.shape[1]!)))).toBeLessThan(near);
      }
    });
  }
});

describe("hard matrices", () => {
  test("Hilbert's: the relative error is a few units in the last place times the condition", () => {
    // Exact: the inverse of the Hilbert matrix of 5, whose condition is 4.8e5.
    const exact = tensor([[25, -300, 1050, -1400, 630], [-300, 4800, -18900, 26880, -12600], [1050, -18900, 79380, -117600, 56700], [-1400, 26880, -117600, 179200, -88200], [630, -12600, 56700, -88200, 44100]], float64);
    expect(largest(linalg.inv(hilbert(5)).sub(exact).div(exact))).toBeLessThan(4.8e5 * 5 * 2.3e-16);
    expect(linalg.det(hilbert(5)).item() * 266_716_800_000).toBeCloseTo(1, 8);
    const { s } = linalg.svd(hilbert(12));
    expect(s.at(0).item()).toBeCloseTo(1.795372059561997, 12);
    expect(linalg.matrixRank(hilbert(12).to("float32")).item()).toBeLessThan(12);
  });

  test("a rotation has the eigenvalues cos t + i sin t and cos t - i sin t", () => {
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
    const { eigenvalues, eigenvectors } = linalg.eig(tensor([[c, -s], [s, c]], float64));
    expect([...eigenvalues.real.data()].every((x) => Math.abs(x - c) < 1e-15)).toBe(true);
    expect([...eigenvalues.imaginary.data()].map((x) => Number(x.toFixed(14)))).toEqual([s, -s].map((x) => Number(x.toFixed(14))));
    expect(eigenvectors.real.square().add(eigenvectors.imaginary.square()).sub(0.5).abs().max().item()).toBeLessThan(1e-15);
  });

  test("real eigenvalues of a matrix that is not symmetric have imaginary parts of exactly 0", () => {
    const { real, imaginary } = linalg.eig(tensor([[1, 2, 3], [0, 4, 5], [0, 0, 6]], float64)).eigenvalues;
    expect([...real.data()].sort()).toEqual([1, 4, 6]);
    expect(imaginary.toArray()).toEqual([0, 0, 0]);
  });

  test("a companion matrix has the roots of its polynomial", () => {
    // (x - 1)(x - 2)(x - 3)(x - 4)
    const { real } = linalg.eig(tensor([[10, -35, 50, -24], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], float64)).eigenvalues;
    [...real.data()].sort().forEach((root, i) => expect(root).toBeCloseTo(i + 1, 11));
  });

  test("repeated eigenvalues and singular values", () => {
    const { q } = linalg.qr(draw([6, 6]));
    const values = tensor([2, 2, 2, 5, 5, 7], float64);
    const a = q.mul(values).matmul(q.mT);
    const { eigenvalues, eigenvectors } = linalg.eigh(a);
    expect(largest(eigenvalues.sub(values))).toBeLessThan(1e-14);
    expect(largest(eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT).sub(a))).toBeLessThan(1e-13);
    expect(linalg.svdvals(identity(40)).toArray()).toEqual(new Array(40).fill(1));
    expect(linalg.eig(identity(3)).eigenvalues.real.toArray()).toEqual([1, 1, 1]);
    const defective = linalg.eig(tensor([[3, 1], [0, 3]], float64));
    expect(defective.eigenvalues.real.toArray()).toEqual([3, 3]);
  });

  test("of zeros", () => {
    expect(linalg.svdvals(zeros([3, 2])).toArray()).toEqual([0, 0]);
    expect(linalg.eigh(zeros([2, 2])).eigenvalues.toArray()).toEqual([0, 0]);
    expect(linalg.pinv(zeros([2, 3])).toArray()).toEqual([[0, 0], [0, 0], [0, 0]]);
    expect(linalg.matrixRank(zeros([2, 3])).item()).toBe(0);
  });

  test("large and tiny elements neither overflow nor vanish", () => {
    const a = draw([5, 5]);
    for (const factor of [1e-200, 1e200]) {
      expect(linalg.svdvals(a.mul(factor)).div(factor).sub(linalg.svdvals(a)).abs().max().item()).toBeLessThan(1e-13);
      const both = linalg.eigvalsh(a.add(a.mT).mul(factor)).div(factor).sub(linalg.eigvalsh(a.add(a.mT)));
      expect(largest(both)).toBeLessThan(1e-13);
    }
  });

  test("rank-deficient least squares give the shortest solution, as the pseudo-inverse does", () => {
    const a = draw([6, 2]).matmul(draw([2, 4], 2));
    const b = draw([6, 3], 3);
    const { solution, rank, residuals, singularValues } = linalg.lstsq(a, b);
    expect(rank.item()).toBe(2);
    expect(residuals.shape).toEqual([0]);
    expect(singularValues.shape).toEqual([4]);
    expect(largest(solution.sub(linalg.pinv(a).matmul(b)))).toBeLessThan(1e-13);
    expect(linalg.matrixRank(a).item()).toBe(2);
    const whole = draw([6, 3], 4);
    const fit = linalg.lstsq(whole, b);
    expect(largest(fit.residuals.sub(whole.matmul(fit.solution).sub(b).square().sum({ dim: 0 })))).toBeLessThan(1e-13);
  });

  test("the determinant of a singular matrix has its cofactors for a gradient", () => {
    const a = tensor([[1, 2, 3], [2, 4, 6], [1, 0, 1]], { ...float64, requiresGrad: true });
    linalg.det(a).backward();
    const cofactors = [[4, 4, -4], [-2, -2, 2], [0, 0, 0]];
    expect(largest(a.grad!.sub(tensor(cofactors, float64)))).toBeLessThan(1e-13);
  });
});

describe("errors say which matrix, and what to do", () => {
  const singular = tensor([[1, 2], [2, 4]]);

  test("singular matrices", () => {
    expect(() => linalg.inv(singular)).toThrow(LinearAlgebraError);
    expect(() => linalg.inv(singular)).toThrow("inv: the matrix is singular: the pivot of its column 1 is 0");
    const batch = zeros([2, 3, 2, 2]).add(eye(2));
    batch.at(1, 2).copy_(singular);
    expect(() => linalg.solve(batch, zeros([2, 1]))).toThrow("solve: matrix [1, 2] of the batch is singular");
    expect(linalg.slogdet(singular).sign.item()).toBe(0);
    expect(linalg.slogdet(singular).logabsdet.item()).toBe(-Infinity);
  });

  test("matrices that are not positive definite", () => {
    expect(() => linalg.cholesky(tensor([[1, 0], [0, -1]]))).toThrow("cholesky: the matrix is not positive definite: its leading 2 x 2 part is not");
    expect(() => linalg.cholesky(tensor([[NaN]]))).toThrow("not positive definite");
  });

  test("matrices with NaN or infinity", () => {
    for (const wrong of [NaN, Infinity]) {
      const a = tensor([[1, wrong], [2, 3]]);
      expect(() => linalg.svd(a)).toThrow("svd: the matrix holds NaN or infinity");
      expect(() => linalg.eig(a)).toThrow("eig: the matrix holds NaN or infinity");
      expect(() => linalg.eigh(a, { uplo: "U" })).toThrow("eigh: the matrix holds NaN or infinity");
      expect(() => linalg.pinv(a)).toThrow("pinv: the matrix holds NaN or infinity");
    }
  });

  test("what is no square matrix, or does not fit", () => {
    expect(() => linalg.inv(zeros([2, 3]))).toThrow("inv: needs square matrices, got shape [2, 3]; lstsq and pinv take others too");
    expect(() => linalg.qr(zeros([3]))).toThrow("qr: needs a matrix or a batch of them, got shape [3]");
    expect(() => linalg.det(tensor([[1, 2], [3, 4]], { dtype: "int32" }))).toThrow("det: needs a floating type, got int32");
    expect(() => linalg.solve(eye(3), zeros([2, 2]))).toThrow("solve: [3, 3] has 3 equations, the right-hand side [2, 2] has 2 rows");
    expect(() => linalg.solve(eye(2), zeros([2], float64))).toThrow("solve: the matrix is float32, the right-hand side float64");
    expect(() => linalg.matrixNorm(eye(2), { ord: 3 })).toThrow("matrixNorm: ord is 3; known are");
    expect(() => linalg.qr(eye(2), { mode: "full" as "r" })).toThrow('qr: mode is "full"; known are');
    expect(() => linalg.solveTriangular(eye(2), eye(2), {} as { upper: boolean })).toThrow("say which triangle");
    const tall = draw([3, 2]).requiresGrad_();
    expect(() => linalg.qr(tall, { mode: "complete" }).q.sum().backward()).toThrow("qr: with mode \"complete\"");
  });
});

describe("the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));
  const computations: Record<string, (a: Tensor) => Tensor[]> = {
    solve: (a) => [linalg.solve(a, a.mT)],
    cholesky: (a) => [linalg.cholesky(a.matmul(a.mT).add(identity(a.shape.at(-1)!)))],
    qr: (a) => Object.values(linalg.qr(a)) as Tensor[],
    eigh: (a) => Object.values(linalg.eigh(a)) as Tensor[],
    svd: (a) => Object.values(linalg.svd(a)) as Tensor[],
    eig: (a) => Object.values(linalg.eig(a).eigenvectors) as Tensor[],
  };
  for (const [name, compute] of Object.entries(computations)) {
    test(name, () => {
      const results = [1, 2, 3].map((count) => {
        threads(count);
        return [draw([190, 190]), draw([60, 9, 9])].flatMap((a) => compute(a).map((each) => Buffer.from(each.data().buffer).toString("base64"))).join();
      });
      expect(results[1] === results[0] && results[2] === results[0]).toBe(true);
    });
  }
});
