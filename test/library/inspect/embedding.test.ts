/** PCA and t-SNE against scikit-learn's, and pictures of them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eye, inspect, manualSeed, nn, randn, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { jointProbabilities, squaredDistances } from "../../../src/inspect/embedding/affinities.ts";
import { expectClose } from "../checks/closeness.ts";
import { seed } from "./drawn.ts";

const stored = JSON.parse(readFileSync(new URL("embedding.json", import.meta.url), "utf8")) as {
  scikitLearn: string;
  points: number[][];
  start: number[][];
  perplexity: number;
  joint: number[][];
  divergence: number;
  trustworthiness: Record<"tsne" | "pca" | "scattered", number>;
  scattered: number[][];
  pca: { components: number[][]; points: number[][]; explainedVarianceRatio: number[]; mean: number[] };
};
const points = tensor(stored.points, { dtype: "float64" });
const start = tensor(stored.start, { dtype: "float64" });
const count = stored.points.length;
manualSeed(seed);

describe(`principal components (scikit-learn ${stored.scikitLearn})`, () => {
  it("are scikit-learn's, up to sign, and ours are always of one sign", () => {
    const found = inspect.pca(points, { components: 3 });
    const signs = stored.pca.components.map((row, k) => Math.sign(row.reduce((sum, each, d) => sum + each * (found.components.at(k, d).item()), 0)));
    expectClose(found.components.data(), stored.pca.components.flatMap((row, k) => row.map((each) => each * signs[k]!)), 1e-7, "components");
    expectClose(found.points.data(), stored.pca.points.flatMap((row) => row.map((each, k) => each * signs[k]!)), 1e-7, "points");
    expectClose(found.explainedVarianceRatio.data(), stored.pca.explainedVarianceRatio, 1e-7, "parts of the variance");
    expectClose(found.mean.data(), stored.pca.mean, 1e-7, "mean");
    const largest = (found.components.toArray() as number[][]).map((row) => row.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
    expect(largest.every((each) => each > 0)).toBe(true);
  });

  it("have orthonormal directions, and points without correlation", () => {
    const { components, points: places } = inspect.pca(randn([40, 6], { dtype: "float64" }), { components: 4 });
    const unit = eye(4, 4, { dtype: "float64" });
    expectClose(components.matmul(components.t()).data(), unit.data(), 1e-12);
    const products = places.t().matmul(places);
    expect(products.sub(products.mul(unit)).abs().amax().item()).toBeLessThan(1e-10);
  });

  it("refuse more directions than there are", () => {
    expect(() => inspect.pca(randn([3, 5]), { components: 4 })).toThrow(/4 components of 3 points in 5 dimensions; from 1 to 3/);
  });
});

describe(`t-SNE (scikit-learn ${stored.scikitLearn})`, () => {
  const quick = { perplexity: stored.perplexity, learningRate: 50, init: start };

  it("weighs pairs as scikit-learn does, and each point has the wanted perplexity", () => {
    const joint = jointProbabilities(squaredDistances(points), count, stored.perplexity);
    // Both search for the width until the entropy is near enough: scikit-learn to 1e-5.
    stored.joint.forEach((row, i) => expectClose(Array.from(joint.subarray(i * count, (i + 1) * count), (p) => 1000 * p), row.map((p) => 1000 * p), 2e-4, `row ${i}`));
    expect(joint.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it("comes as near as scikit-learn from the same start, and nearer with each look after the exaggeration", () => {
    const found = inspect.tsne(points, quick);
    expect(found.klDivergence).toBeLessThan(stored.divergence * 1.03 + 0.005);
    const late = found.history.filter(({ iteration }) => iteration >= 300).map(({ klDivergence }) => klDivergence);
    expect(late.length).toBeGreaterThan(10);
    late.slice(1).forEach((each, i) => expect(each).toBeLessThanOrEqual(late[i]! + 1e-4));
    expect(found.history[0]!.klDivergence).toBeGreaterThan(2 * found.klDivergence);
    expect(inspect.trustworthiness(points, found.points, { neighbours: 7 })).toBeGreaterThan(stored.trustworthiness.tsne - 0.01);
    expect(found.klDivergence).toBeCloseTo(found.history.at(-1)!.klDivergence, 12);
  });

  it("reports the divergence of its definition", () => {
    const { points: places, klDivergence } = inspect.tsne(points, { ...quick, iterations: 20 });
    const joint = jointProbabilities(squaredDistances(points), count, stored.perplexity);
    const near = Array.from(squaredDistances(places), (square, k) => (Math.floor(k / count) === k % count ? 0 : 1 / (1 + square)));
    const whole = near.reduce((a, b) => a + b, 0);
    const divergence = near.reduce((sum, q, k) => sum + (joint[k]! > 0 ? joint[k]! * Math.log(joint[k]! / (q / whole)) : 0), 0);
    expect(klDivergence).toBeCloseTo(divergence, 5);
  });

  it("is the same again with the same seed, and another with another", () => {
    const of = (options: inspect.TsneOptions): unknown => inspect.tsne(points, { ...options, iterations: 60 }).points.toArray();
    expect(of({ init: "random", seed: 4 })).toEqual(of({ init: "random", seed: 4 }));
    expect(of({ init: "random", seed: 5 })).not.toEqual(of({ init: "random", seed: 4 }));
    expect(of({})).toEqual(of({}));
  });

  it("takes points that are equal, and few", () => {
    const places = inspect.tsne(tensor([[1, 2], [1, 2], [1, 2], [5, 1], [5, 2]]), { iterations: 30 }).points;
    expect(places.isfinite().all().item()).toBe(1);
    expect(() => inspect.tsne(randn([3, 2]))).toThrow(/at least 4/);
    expect(() => inspect.tsne(points, { perplexity: count })).toThrow(/from 1 to 89/);
    expect(() => inspect.tsne(points, { init: randn([3, 2]) })).toThrow(/expected \[90, 2\]/);
  });
});

describe("trustworthiness", () => {
  it("is scikit-learn's", () => {
    expect(inspect.trustworthiness(points, tensor(stored.scattered, { dtype: "float64" }))).toBeCloseTo(stored.trustworthiness.scattered, 9);
    expect(inspect.trustworthiness(points, inspect.pca(points).points, { neighbours: 7 })).toBeCloseTo(stored.trustworthiness.pca, 9);
    expect(inspect.trustworthiness(points, points)).toBe(1);
  });
});

describe("codes", () => {
  it("are those of the model's encode, of the part named, or of a function, and the model stays as it was", () => {
    const model = new nn.models.DenoisingAutoencoder(6, 2);
    const x = randn([10, 6]).sigmoid();
    const labels = Array.from({ length: 10 }, (_, i) => i % 3);
    const whole = (codes: Tensor): void => expectClose(codes.data(), model.encode(x).data(), 1e-6);
    whole(inspect.codes(model, x, labels).values);
    whole(inspect.codes(model, x, labels, { batchSize: 3 }).values);
    whole(inspect.codes(model, x, undefined, { encoder: (each) => model.encode(each) }).values);
    expect(model.training).toBe(true);
    const narrow = new nn.Sequential({ encoder: new nn.Linear(6, 4), decoder: new nn.Linear(4, 6) });
    const encoder = [...narrow.namedModules()].find(([path]) => path === "encoder")![1];
    expect(inspect.codes(narrow, x, labels, { encoder }).values.shape).toEqual([10, 4]);
    expect(() => inspect.codes(narrow, x, labels)).toThrow(/has no method encode\(x\).*encoder: model.encoder/);
  });
});
