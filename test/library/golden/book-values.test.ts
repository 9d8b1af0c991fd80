/**
 * Numbers that the source books print, computed again: what a learner reads on the page comes out of the library, to the
 * printed digits. Rows are named as in the books' chapters ("R2.16" and so on).
 */
import { describe, expect, test } from "vitest";
import { arange, einsum, full, grad, linalg, linspace, meshgrid, nn, random, stack, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const { functional } = nn;
const float64 = { dtype: "float64" } as const;
const matrix = (rows: number[][]): Tensor => tensor(rows, float64);

/** Evenly spaced numbers in a shape: how the books make inputs that need no seed. */
function spaced(start: number, end: number, shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return linspace(start, end, count, float64).reshape([...shape]);
}

function expectPrinted(actual: Tensor, printed: readonly number[], digits: number): void {
  const values = [...actual.data()];
  expect(values.length).toBe(printed.length);
  printed.forEach((value, i) => expect(values[i]).toBeCloseTo(value, digits));
}

/** The relative error by which the book judges its results. */
function relativeError(actual: Tensor, printed: number[]): number {
  return Math.max(...Array.from(actual.data(), (value, i) => Math.abs(value - printed[i]!) / Math.max(1e-8, Math.abs(value) + Math.abs(printed[i]!))));
}

describe("linear algebra", () => {
  test("R2.10 and R2.14: sums along axes, a product of vectors", () => {
    const a = matrix([[1, 2], [3, 4]]);
    expect(a.sum().item()).toBe(10);
    expect(a.sum({ dim: 0 }).toArray()).toEqual([4, 6]);
    expect(a.sum({ dim: 1 }).toArray()).toEqual([3, 7]);
    const v = arange(5).to("float64");
    expect(v.dot(v.square()).item()).toBe(100);
  });

  test("R2.16: the inverse and the determinant", () => {
    const a = matrix([[1, 3, 5], [2, 5, 1], [2, 3, 8]]);
    expectPrinted(linalg.inv(a), [-1.48, 0.36, 0.88, 0.56, 0.08, -0.36, 0.16, -0.12, 0.04], 12);
    expect(linalg.det(a).item()).toBeCloseTo(-25, 12);
  });

  test("R2.17: norms", () => {
    const v = tensor([1, 2, 3], float64);
    expect(v.norm({ p: 1 }).item()).toBe(6);
    expect(v.norm().item()).toBeCloseTo(3.74165738677, 11);
    const a = matrix([[1, 2], [3, 4]]);
    expect(linalg.matrixNorm(a, { ord: 1 }).item()).toBe(6);
    expect(linalg.matrixNorm(a, { ord: 2 }).item()).toBeCloseTo(5.46498570422, 11);
    expect(linalg.matrixNorm(a).item()).toBeCloseTo(5.47722557505, 11);
  });

  test("R2.18: the singular values of least squares", () => {
    const x = linspace(0.1, 1, 10, float64);
    const design = stack([x.neg().exp(), x], { dim: 1 });
    expectPrinted(linalg.svdvals(design), [2.58763467, 1.02933937], 8);
    // Without its noise the line's own coefficients come back.
    const y = design.matmul(tensor([5, 2], float64));
    expectPrinted(linalg.lstsq(design, y.unsqueeze(1)).solution, [5, 2], 12);
  });

  test("R2.19: eigenvalues", () => {
    const values = linalg.eig(matrix([[1, 5, 2], [2, 4, 1], [3, 6, 2]])).eigenvalues;
    const sorted = [...values.real.data()].sort((a, b) => a - b);
    [-1.25766470568, 0.299748500767, 7.95791620491].forEach((value, i) => expect(sorted[i]).toBeCloseTo(value, 11));
    expect(values.imaginary.abs().max().item()).toBe(0);
  });

  test("R2.20: singular values", () => {
    expectPrinted(linalg.svdvals(matrix([[1, 2, 3], [4, 5, 6]])), [9.508032, 0.77286964], 6);
  });

  test("R2.26: a matrix that is not symmetric has its own eigenvalues, and those of its lower triangle mirrored", () => {
    const a = matrix([[1, -3, 3], [3, -5, 3], [6, -5, 4]]);
    // The book takes the second for the first.
    expectPrinted(linalg.eigvalsh(a), [-9.957, 0.898, 9.059], 3);
    const own = [...linalg.eig(a).eigenvalues.real.data()].sort((x, y) => x - y);
    [-2.4641, -2, 4.4641].forEach((value, i) => expect(own[i]).toBeCloseTo(value, 4));
  });
});

describe("derivatives and activations", () => {
  test("the derivative of the sigmoid at 2", () => {
    const x = tensor(2, { ...float64, requiresGrad: true });
    expect(grad(x.sigmoid(), [x])[0]!.item()).toBeCloseTo(0.10499358540350649, 15);
  });

  test("R2.24: sigmoid, relu and tanh of 1, -2 and 3", () => {
    const x = tensor([1, -2, 3]);
    expectPrinted(x.sigmoid(), [0.7310586, 0.11920292, 0.95257413], 6);
    expect(x.relu().toArray()).toEqual([1, 0, 3]);
    expectPrinted(x.tanh(), [0.76159418, -0.96402758, 0.99505472], 6);
  });

  test("R3.02: Newton's method on x^2 - 2.25", () => {
    let x = 4.5;
    for (const [next, digits] of [[2.5, 12], [1.7, 12], [1.5118, 4], [1.50005, 5], [1.5000000007, 9]] as const) {
      const at = tensor(x, { ...float64, requiresGrad: true });
      const value = at.square().sub(2.25);
      x -= value.item() / grad(value, [at])[0]!.item();
      expect(x).toBeCloseTo(next, digits);
    }
  });

  test("R3.04: the printed weights classify the printed point", () => {
    const weight = tensor([[-1.66829371, 1.66829371], [-1.96494269, 1.96494269]]);
    const scores = tensor([[0.27, 0.02]]).matmul(weight).add(tensor([1.3462615, -1.34626126]));
    expectPrinted(scores.softmax(1), [0.84723103, 0.15276901], 6);
  });
});

describe("recurrent networks by hand", () => {
  test("R6.03: one step", () => {
    const [n, d, h] = [3, 10, 4];
    const { hN } = functional.rnn(
      spaced(-0.4, 0.7, [1, n, d]),
      spaced(-0.1, 0.9, [d, h]).t(),
      spaced(-0.3, 0.7, [h, h]).t(),
      { h0: spaced(-0.2, 0.5, [n, h]), biasIh: spaced(-0.2, 0.4, [h]) },
    );
    const printed = [
      -0.58172089, -0.50182032, -0.41232771, -0.31410098, 0.66854692, 0.79562378, 0.87755553, 0.92795967, 0.97934501,
      0.99144213, 0.99646691, 0.99854353,
    ];
    expectPrinted(hN, printed, 8);
    expect(relativeError(hN, printed)).toBeCloseTo(6.29242143e-9, 16);
  });

  test("R6.05: three steps", () => {
    const [n, t, d, h] = [2, 3, 4, 5];
    const { output } = functional.rnn(
      spaced(-0.1, 0.3, [n, t, d]).transpose(0, 1),
      spaced(-0.2, 0.4, [d, h]).t(),
      spaced(-0.4, 0.1, [h, h]).t(),
      { h0: spaced(-0.3, 0.1, [n, h]), biasIh: spaced(-0.7, 0.1, [h]) },
    );
    const printed = [
      -0.42070749, -0.27279261, -0.11074945, 0.05740409, 0.22236251, -0.39525808, -0.22554661, -0.0409454, 0.14649412,
      0.32397316, -0.42305111, -0.24223728, -0.04287027, 0.15997045, 0.35014525, -0.55857474, -0.39065825, -0.19198182,
      0.02378408, 0.23735671, -0.27150199, -0.07088804, 0.13562939, 0.33099728, 0.50158768, -0.51014825, -0.30524429,
      -0.06755202, 0.17806392, 0.40333043,
    ];
    expect(relativeError(output.transpose(0, 1), printed)).toBeCloseTo(7.728e-8, 10);
  });

  test("R6.07: looking words up", () => {
    const words = tensor(new Int32Array([0, 3, 1, 2, 2, 1, 0, 3]), { shape: [2, 4] });
    const table = spaced(0, 1, [5, 3]);
    const printed = [0, 3, 1, 2, 2, 1, 0, 3].flatMap((word) => [0, 1, 2].map((i) => Number(((3 * word + i) / 14).toFixed(8))));
    const found = functional.embedding(words, table);
    expect(found.shape).toEqual([2, 4, 3]);
    expect(relativeError(found, printed)).toBeLessThan(1.01e-8);
  });

  test("R6.13: the loss of the network that writes captions", () => {
    const [n, d, w, h, v, t] = [10, 20, 30, 40, 3, 13];
    const spread = (...shape: number[]): Tensor => spaced(-1.4, 1.3, shape);
    const features = spaced(-1.5, 0.3, [n, d]);
    const captions = tensor(Int32Array.from({ length: n * t }, (_, i) => i % v), { shape: [n, t] });
    const h0 = functional.linear(features, spread(d, h).t(), spread(h));
    const words = functional.embedding(captions.at(":", ":-1"), spread(v, w)).transpose(0, 1);
    const { output } = functional.rnn(words, spread(w, h).t(), spread(h, h).t(), { h0, biasIh: spread(h) });
    const scores = functional.linear(output.transpose(0, 1), spread(h, v).t(), spread(v)).reshape([n * (t - 1), v]);
    const targets = captions.at(":", "1:").reshape([n * (t - 1)]);
    // Word 0 stands for nothing: its losses do not count, and the sum is divided by the sentences.
    const losses = functional.crossEntropy(scores, targets, { reduction: "none" }).mul(targets.ne(0).to("float64"));
    expect(losses.sum().item() / n).toBeCloseTo(9.832355910027387, 12);
  });
});

describe("random numbers of the books' runs", () => {
  test("R2.36: two draws of a stream whose seed comes from another", () => {
    const streams = new random.MT19937(234);
    const stream = new random.MT19937(streams.randint(2 ** 30));
    const printed = [0.12672381, 0.97091597, 0.13989098, 0.88754825, 0.31971415, 0.47584377, 0.24129163, 0.42046081];
    printed.forEach((value) => expect(stream.rand()).toBeCloseTo(value, 8));
  });
});

describe("densities and losses of the second half", () => {
  test("R10: a point between two bell curves", () => {
    const x = tensor([7.5, 8.9], float64);
    const covariance = matrix([[1.043, 0.03], [0.03, 2.02]]);
    const density = (mean: number[]): number => {
      const d = x.sub(tensor(mean, float64));
      const exponent = einsum("k,kl,l->", d, linalg.inv(covariance), d).mul(-0.5);
      const scale = linalg.det(covariance).mul((2 * Math.PI) ** 2).sqrt();
      return exponent.exp().div(scale).item();
    };
    const [px0, px1] = [density([1.983, 3.01]), density([7.012, 7.959])];
    const phi = 0.375;
    const both = px1 * phi + px0 * (1 - phi);
    expect(px0 / 1.48111433e-11).toBeCloseTo(1, 8);
    expect(px1 / 7.90871286e-2).toBeCloseTo(1, 8);
    expect((px1 * phi) / both).toBeCloseTo(1, 8);
    expect((px0 * (1 - phi)) / both / 3.12127135e-10).toBeCloseTo(1, 8);
  });

  test("R12: a grid of points, coordinates last", () => {
    const [x, y] = meshgrid([arange(5), arange(3)], { indexing: "xy" });
    const positions = stack([x!, y!], { dim: 2 });
    expect(positions.shape).toEqual([3, 5, 2]);
    expect(positions.at(2, 4).toArray()).toEqual([4, 2]);
  });

  test("the three-sample likelihood, and the error of five predictions", () => {
    const probabilities = full([3, 9], 1e-3, float64);
    [[6, 0.91], [5, 0.82], [8, 0.73]].forEach(([label, p], i) => probabilities.set(i, label!, p!));
    const picked = probabilities.gather(1, tensor(new Int32Array([6, 5, 8])).unsqueeze(1));
    expect(picked.log().neg().mean().item()).toBeCloseTo(0.2025, 4);
    const truth = tensor(new Int32Array([8, 7, 9, 9, 8]));
    expect(truth.ne(tensor(new Int32Array([8, 6, 2, 9, 8]))).to("float64").mean().item()).toBeCloseTo(0.4, 12);
  });

  test("kernels are products of features: nine for the square, thirteen with a constant", () => {
    const [x, z] = [tensor([0.3, -1.2, 2], float64), tensor([1.5, 0.4, -0.7], float64)];
    const c = 0.8;
    const square = (v: Tensor): Tensor => v.outer(v).reshape([9]);
    expect(square(x).dot(square(z)).item()).toBeCloseTo(x.dot(z).item() ** 2, 12);
    const constant = (v: Tensor): number[] => [...square(v).data(), ...v.mul(Math.sqrt(2 * c)).data(), c];
    const features = (v: Tensor): Tensor => tensor(constant(v), float64);
    expect(features(x).numel).toBe(13);
    expect(features(x).dot(features(z)).item()).toBeCloseTo((x.dot(z).item() + c) ** 2, 12);
  });
});
