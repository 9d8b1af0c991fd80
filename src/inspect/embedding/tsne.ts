/**
 * t-SNE: points in the plane whose neighbours are those that they had in many dimensions. Distances between clusters, and
 * their sizes, mean nothing. Source: van der Maaten and Hinton, "Visualizing data using t-SNE", 2008: every pair counts, none
 * is approximated. The start at the principal components and the size of the steps are those of Kobak and Berens, "The art of
 * using t-SNE for single-cell transcriptomics", 2019, as in scikit-learn.
 */
import { tensor } from "../../tensor/creation.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { randn } from "../../tensor/random/generator.ts";
import { Generator } from "../../tensor/random/stream.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { jointProbabilities, squaredDistances } from "./affinities.ts";
import { asRows, pca } from "./pca.ts";

export interface TsneOptions {
  /** About how many neighbours of each point count, less than a third of the points; 30 when not given, or what fits. */
  perplexity?: number;
  /** 1000 when not given. */
  iterations?: number;
  /** The size of the steps; N / earlyExaggeration / 4, but at least 50, when not given. */
  learningRate?: number;
  /** How much stronger points attract each other at first, so that clusters find together; 12 when not given. */
  earlyExaggeration?: number;
  /** How many of the iterations are exaggerated; 250 when not given. */
  exaggerationIterations?: number;
  /** Where the points start: their principal components (the default), drawn at random, or given, [N, 2]. */
  init?: "pca" | "random" | Tensor;
  /** Of points drawn at random: the same seed gives the same picture. 0 when not given. */
  seed?: number;
}

export interface Tsne {
  /** [N, 2]. */
  readonly points: Tensor;
  /** How far the neighbourhoods in the plane are from those in many dimensions: the Kullback-Leibler divergence, 0 at best. */
  readonly klDivergence: number;
  /** The divergence every 50 iterations (that of the probabilities that are not exaggerated), and at the end. */
  readonly history: readonly { readonly iteration: number; readonly klDivergence: number }[];
}

const reportEvery = 50;
const [earlyMomentum, lateMomentum] = [0.5, 0.8];
const smallestGain = 0.01;

/** Points that move in the plane under the forces of the pairs. */
class Plane {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly #pairs: Float32Array;
  readonly #attraction: readonly [Float64Array, Float64Array];
  readonly #repulsion: readonly [Float64Array, Float64Array];
  readonly #velocity: readonly [Float64Array, Float64Array];
  readonly #gains: readonly [Float64Array, Float64Array];

  constructor(start: Tensor, pairs: Float32Array) {
    this.count = start.shape[0]!;
    const made = (): Float64Array => new Float64Array(this.count);
    const both = (): [Float64Array, Float64Array] => [made(), made()];
    [this.x, this.y] = [0, 1].map((axis) => Float64Array.from(start.select(1, axis).data() as ArrayLike<number>)) as [Float64Array, Float64Array];
    this.#pairs = pairs;
    this.#attraction = both();
    this.#repulsion = both();
    this.#velocity = both();
    this.#gains = both();
    this.#gains.forEach((gains) => gains.fill(1));
  }

  /**
   * Sums up the forces on each point; returns the sum of 1 / (1 + distance^2) over all pairs. Each pair is taken twice:
   * taken once, the forces on the other point would have to be written back, which takes half as long again (measured).
   */
  #forces(): number {
    const { count, x, y } = this;
    const pairs = this.#pairs;
    const [attractX, attractY] = this.#attraction;
    const [repelX, repelY] = this.#repulsion;
    let sum = 0;
    let pair = 0;
    for (let i = 0; i < count; i++) {
      const xi = x[i]!;
      const yi = y[i]!;
      let pullX = 0;
      let pullY = 0;
      let pushX = 0;
      let pushY = 0;
      for (let j = 0; j < count; j++) {
        const dx = xi - x[j]!;
        const dy = yi - y[j]!;
        const near = 1 / (1 + dx * dx + dy * dy);
        const pull = pairs[pair]! * near;
        const push = near * near;
        pair++;
        sum += near;
        pullX += pull * dx;
        pullY += pull * dy;
        pushX += push * dx;
        pushY += push * dy;
      }
      attractX[i] = pullX;
      attractY[i] = pullY;
      repelX[i] = pushX;
      repelY[i] = pushY;
    }
    // A point is no neighbour of itself.
    return sum - count;
  }

  /** One step of gradient descent with momentum, and gains that grow where the direction stays (Jacobs 1988). */
  step(exaggeration: number, learningRate: number, momentum: number): void {
    const sum = this.#forces();
    for (const axis of [0, 1] as const) {
      const place = axis === 0 ? this.x : this.y;
      const [attract, repel, velocity, gains] = [this.#attraction[axis], this.#repulsion[axis], this.#velocity[axis], this.#gains[axis]];
      for (let i = 0; i < this.count; i++) {
        const gradient = 4 * (exaggeration * attract[i]! - repel[i]! / sum);
        const turned = gradient * velocity[i]! < 0;
        gains[i] = Math.max(smallestGain, turned ? gains[i]! + 0.2 : gains[i]! * 0.8);
        velocity[i] = momentum * velocity[i]! - learningRate * gains[i]! * gradient;
        place[i]! += velocity[i]!;
      }
    }
  }

  /** The Kullback-Leibler divergence of the pairs in the plane from those given. */
  divergence(): number {
    const { count, x, y } = this;
    let [near, divergence, whole] = [0, 0, 0];
    for (let i = 1; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const square = 1 + (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2;
        near += 1 / square;
        const p = this.#pairs[i * count + j]!;
        whole += p;
        if (p > 0) divergence += p * Math.log(p * square);
      }
    }
    return 2 * (divergence + whole * Math.log(2 * near));
  }
}

function startOf(rows: Tensor, init: NonNullable<TsneOptions["init"]>, seed: number): Tensor {
  const count = rows.shape[0]!;
  if (isTensor(init)) {
    if (!sameShape(init.shape, [count, 2])) throw new ShapeError(`tsne: init has shape ${formatShape(init.shape)}, expected [${count}, 2]`);
    return init.detach();
  }
  if (init === "random" || rows.shape[1]! < 2) return randn([count, 2], { generator: new Generator(seed), dtype: "float64" }).mul(1e-4);
  if (init !== "pca") throw new NablaError(`tsne: init is ${JSON.stringify(init)}; "pca", "random", or a tensor [${count}, 2]`);
  const { points } = pca(rows.to("float64"));
  return points.mul(1e-4).div(points.select(1, 0).square().mean().sqrt().clamp({ min: Number.MIN_VALUE }));
}

/**
 * The points in the plane. The time grows with the square of their number: 2,000 take about nine seconds of one core.
 * @param x points as rows, [N, D], at least 4.
 * @throws NablaError for a perplexity that so few points cannot have.
 */
export function tsne(x: Tensor, options: TsneOptions = {}): Tsne {
  const rows = asRows("tsne", x);
  const count = rows.shape[0]!;
  if (count < 4) throw new ShapeError(`tsne: ${count} points are too few; give at least 4`);
  const { earlyExaggeration = 12, exaggerationIterations = 250, iterations = 1000, init = "pca", seed = 0 } = options;
  const { perplexity = Math.min(30, (count - 1) / 3), learningRate = Math.max(count / earlyExaggeration / 4, 50) } = options;
  if (!(perplexity >= 1 && perplexity < count)) {
    throw new NablaError(`tsne: perplexity is ${perplexity}; with ${count} points it is from 1 to ${count - 1}, better at most a third of that`);
  }
  for (const [name, value] of Object.entries({ learningRate, earlyExaggeration })) {
    if (!(value > 0)) throw new NablaError(`tsne: ${name} is ${value}; it is above 0`);
  }
  for (const [name, value] of Object.entries({ iterations, exaggerationIterations })) {
    if (!Number.isInteger(value) || value < 0) throw new NablaError(`tsne: ${name} is ${value}; a whole number from 0`);
  }
  return noGrad(() => {
    const plane = new Plane(startOf(rows, init, seed), jointProbabilities(squaredDistances(rows), count, perplexity));
    const history: { iteration: number; klDivergence: number }[] = [];
    for (let iteration = 0; iteration < iterations; iteration++) {
      if (iteration % reportEvery === 0) history.push({ iteration, klDivergence: plane.divergence() });
      const early = iteration < exaggerationIterations;
      plane.step(early ? earlyExaggeration : 1, learningRate, early ? earlyMomentum : lateMomentum);
    }
    const klDivergence = plane.divergence();
    history.push({ iteration: iterations, klDivergence });
    const places = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) places.set([plane.x[i]!, plane.y[i]!], 2 * i);
    return { points: tensor(places, { shape: [count, 2] }).to(rows.dtype), klDivergence, history };
  });
}
