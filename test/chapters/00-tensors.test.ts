/**
 * The chapter on tensors run from top to bottom. Its numbers are those that chapter 2 of "Deep Learning Algorithms in
 * Practice (Based on Theano and TensorFlow)" prints, each computed anew with NumPy 2.4 and SciPy 1.17 before it was put here;
 * those of streams come from NumPy's RandomState.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { figuresOf } from "../../setup/course/figures.mjs";
import type { Notebook } from "./notebook.ts";
import { numbersAfter, printed, runChapter, strayErrors } from "./notebook.ts";

let chapter: Notebook;
beforeAll(async () => {
  chapter = await runChapter("00-tensors");
}, 120_000);

/** All numbers that a cell printed, from a phrase on. */
function numbersFrom(id: string, phrase = ""): number[] {
  const text = printed(chapter, id);
  const at = text.indexOf(phrase);
  expect(at, `${id} says "${phrase}"`).toBeGreaterThanOrEqual(0);
  return (text.slice(at + phrase.length).match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g) ?? []).map(Number);
}

function expectClose(actual: readonly number[], expected: readonly number[], digits: number): void {
  expect(actual.slice(0, expected.length).length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `number ${i} of ${actual.join(", ")}`).toBeCloseTo(value, digits);
}

it("shows errors only where they are meant", () => {
  expect(strayErrors(chapter)).toEqual([]);
  const { outputs } = chapter.cells.find(({ id }) => id === "broken-in-place")!;
  expect(outputs![0]!.evalue).toMatch(/exp|in place/);
});

describe("tensors", () => {
  it("are cut by views, which write through, and by places, which copy", () => {
    expect(numbersFrom("views").slice(0, 12)).toEqual([1, 88, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(printed(chapter, "ranks").match(/\[[^\]]*\]/g)!.map((shape) => shape.match(/\d+/g)!.map(Number))).toEqual([[1, 4], [4], [3, 1], [3]]);
    expect(numbersFrom("choose", "(2,0):").slice(0, 3)).toEqual([1, 6, 9]);
    expect(numbersFrom("choose", "twice:").slice(0, 2)).toEqual([2, 2]);
    expect(numbersFrom("choose", "in three places:").slice(0, 12)).toEqual([11, 2, 3, 4, 5, 6, 17, 8, 9, 20, 11, 12]);
    expect(numbersFrom("choose", "above 2:")).toEqual([3, 4, 5, 6]);
  });

  it("are added, multiplied and summed as the book prints", () => {
    expect(numbersFrom("elementwise", "p + q").slice(0, 8)).toEqual([6, 8, 10, 12, -4, -4, -4, -4]);
    expect(numbersFrom("elementwise", "p * q").slice(0, 4)).toEqual([5, 12, 21, 32]);
    expectClose(numbersFrom("elementwise", "p / q"), [0.2, 0.3333, 0.4286, 0.5], 4);
    expect(numbersFrom("elementwise", "sums").slice(0, 5)).toEqual([10, 4, 6, 3, 7]);
    expect(numbersAfter(chapter, "products", "inner product:")).toEqual([219]);
    expect(numbersAfter(chapter, "products", "with its squares:")).toEqual([100]);
    expect(numbersAfter(chapter, "products", "matrix times vector:")).toEqual([29, 67]);
    expect(numbersAfter(chapter, "products", "matrix times matrix:")).toEqual([19, 22, 43, 50]);
    // Of another book, on reinforcement learning: Code 1.1.
    expect(numbersFrom("products", "whole numbers: tensor(").slice(0, 2)).toEqual([5, 5]);
    expect(numbersFrom("broadcasting").slice(0, 12)).toEqual([2, 2, 4, 5, 5, 7, 8, 8, 10, 11, 11, 13]);
    expect(printed(chapter, "broadcasting")).toContain("all three equal: true");
  });

  it("multiply as three loops do, faster", () => {
    expect(printed(chapter, "matmul")).toContain("largest difference below 1e-10: true");
    expect(printed(chapter, "matmul")).toContain("more than five times faster: true");
  });
});

describe("linear algebra", () => {
  it("finds the book's determinant, inverse and norms", () => {
    expect(numbersAfter(chapter, "inverse", "determinant:")[0]).toBeCloseTo(-25, 10);
    expectClose(numbersFrom("inverse", "inverse: tensor("), [-1.48, 0.36, 0.88, 0.56, 0.08, -0.36, 0.16, -0.12, 0.04], 4);
    expect(printed(chapter, "inverse")).toContain("times M: true");
    expectClose(numbersAfter(chapter, "norms", "2-norm:"), [6, 3.74165738677], 11);
    expectClose(numbersAfter(chapter, "norms", "matrix, 1:"), [6], 12);
    expectClose(numbersAfter(chapter, "norms", "matrix, 2:"), [5.46498570422], 11);
    expectClose(numbersAfter(chapter, "norms", "matrix, fro:"), [5.47722557505], 11);
  });

  it("finds the book's eigenvalues, and what its function for symmetric matrices makes of another matrix", () => {
    const eigenvalues = numbersFrom("eigen", "eigenvalues:").slice(0, 3).sort((a, b) => a - b);
    expectClose(eigenvalues, [-1.25766470568, 0.299748500767, 7.95791620491], 11);
    expect(printed(chapter, "eigen")).toContain("A v = λ v: true");
    expectClose(numbersFrom("eigen", "eigh: tensor("), [-9.957, 0.898, 9.059], 3);
    expectClose(numbersFrom("eigen", "eig:  tensor(").slice(0, 3).sort((a, b) => a - b), [-2.4641, -2, 4.4641], 4);
  });

  it("finds the book's singular values, and puts the matrix together again", () => {
    expectClose(numbersFrom("svd", "singular values:"), [9.508032, 0.77286964], 6);
    expectClose(numbersFrom("svd", "put together: tensor("), [1, 2, 3, 4, 5, 6], 4);
  });

  it("fits the noisy curve, with the book's singular values, which no noise changes", () => {
    expectClose(numbersFrom("least-squares", "singular values:"), [2.58763467, 1.02933937], 8);
    const [c1] = numbersAfter(chapter, "least-squares", "c1 =");
    const [c2] = numbersAfter(chapter, "least-squares", "c2 =");
    expect(Math.abs(c1! - 5)).toBeLessThan(0.5);
    expect(Math.abs(c2! - 2)).toBeLessThan(0.5);
  });
});

describe("chance", () => {
  it("has the means and deviations of its distributions", () => {
    // Of a uniform number in [-2, 2), a normal one, and one truncated at ±2: 0.8796.
    for (const [name, deviation] of [["uniform", 4 / Math.sqrt(12)], ["normal", 1], ["truncated", 0.8796]] as const) {
      const line = printed(chapter, "draws").split("\n").find((each) => each.startsWith(name))!;
      const [mean, std] = line.match(/-?\d+\.\d+/g)!.map(Number);
      expect(Math.abs(mean!)).toBeLessThan(0.02);
      expect(Math.abs(std! - deviation)).toBeLessThan(0.02);
    }
    expect(numbersAfter(chapter, "draws", "shuffled:").sort((a, b) => a - b)).toEqual([10, 20, 30, 40, 50]);
    expect(numbersAfter(chapter, "draws", "1000 days:").reduce((sum, count) => sum + count)).toBe(1000);
  });

  it("draws Theano's shared streams of seed 234 as the book prints them", () => {
    expectClose(numbersFrom("streams", "first call:"), [0.12672381, 0.97091597, 0.13989098, 0.88754825], 8);
    expectClose(numbersFrom("streams", "second call:"), [0.31971415, 0.47584377, 0.24129163, 0.42046081], 8);
    // The book prints zeros for the former; only the latter can give them.
    expect(numbersAfter(chapter, "streams", "u + u - 2u:")).toEqual([0, 0, 0, 0]);
    expect(numbersFrom("streams", "u + n - 2u: tensor(").slice(0, 4).every((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});

describe("slopes", () => {
  it("are the book's, by the formula, by nudging and by automatic differentiation", () => {
    expect(numbersAfter(chapter, "slope", "x² at 2:")).toEqual([4]);
    expect(numbersAfter(chapter, "slope", "formula σ(1 − σ):")[0]).toBeCloseTo(0.10499358540350649, 15);
    expect(numbersAfter(chapter, "slope", "automatic:")[0]).toBeCloseTo(0.10499358540350649, 15);
    expect(numbersAfter(chapter, "slope", "nudging:")[0]).toBeCloseTo(0.10499358540350649, 9);
  });

  it("belong to activations with the book's values at 1, -2 and 3", () => {
    // The book's are float32 numbers of another library: equal to about one in ten million.
    expectClose(numbersAfter(chapter, "activations", "sigmoid"), [0.7310586, 0.11920292, 0.95257413], 6);
    expect(numbersAfter(chapter, "activations", "relu")).toEqual([1, 0, 3]);
    expectClose(numbersAfter(chapter, "activations", "tanh"), [0.76159418, -0.96402758, 0.99505472], 6);
  });

  it("lead Newton's method along the book's places", () => {
    expectClose(numbersAfter(chapter, "newton", "Newton:"), [4.5, 2.5, 1.7, 1.5117647059, 1.5000457771, 1.5000000007], 9);
  });
});

describe("functions in the place of graphs", () => {
  it("take what placeholders took, default values and names", () => {
    expect(numbersAfter(chapter, "functions", "sums:")).toEqual([5, 11, 22, 33, 44]);
    expect(numbersFrom("functions", "fed:").slice(0, 6)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(numbersAfter(chapter, "functions", "defaults:")).toEqual([68, 70, 33, 34]);
    expect(numbersFrom("functions", "results:").slice(0, 12)).toEqual([1, 0, -1, -2, 1, 0, 1, 2, 1, 0, 1, 4]);
    expectClose(numbersFrom("functions", "logistic: tensor("), [0.7311, 0.8808, 0.2689, 0.1192], 4);
  });

  it("remember, substitute and copy as the book's shared variables do", () => {
    const said = `${printed(chapter, "accumulators")}${printed(chapter, "substitution")}`.trim().split("\n");
    expect(said).toEqual([
      "r1=0, state=10, dstate=20", "r2=10, state=5", "r3=100, state=300",
      "result=11; state=3",
      "r1=0; state=10", "r2=0, new_state=100", "r3=10, state=10",
    ]);
  });
});

it("states that every number of the book comes out, and finds each of them", () => {
  const lines = printed(chapter, "printed-numbers").match(/\d+ of \d+$/gm)!.map((line) => line.split(" of ").map(Number));
  expect(lines.length).toBe(13);
  for (const [agree, all] of lines) expect(agree).toBe(all);
  expect(lines.reduce((sum, [agree]) => sum + agree!, 0)).toBe(41);
  expect(figuresOf(chapter)).toMatchObject([{ id: "00.printed-numbers", median: 41, standing: "reached" }]);
});

it("lets the four accidents happen", () => {
  expect(numbersAfter(chapter, "broken", "perfect answer:")[0]).toBeCloseTo(4 / 3, 4);
  expect(numbersAfter(chapter, "broken", "asked twice:")).toEqual([8]);
  expect(numbersAfter(chapter, "broken", "in float32:")).toEqual([16777216]);
});
