/**
 * Trains a small network on points in the plane, a few steps at a time, and tells how far it is. It draws its random numbers
 * from a stream of its own, so that the learner's go on as if nothing had happened, and the steps are those of the program
 * that the playground hands out: run by itself, that program comes to the same weights.
 */
import { batches, circles, moons, spirals } from "../data/index.ts";
import type { PlanePoints } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import * as optim from "../optim/index.ts";
import { tensor } from "../tensor/creation.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { enableGrad, noGrad } from "../tensor/grad-mode.ts";
import { MT19937 } from "../tensor/random/mt19937.ts";
import { defaultGenerator, Generator } from "../tensor/random/stream.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ClassifierFrame, ClassifierPoints, PlaneBounds } from "../view/states/classifier.ts";
import { watchUnits } from "./unit-maps.ts";

/** The sets of points that there are. */
export const DATASETS = { moons, circles, spirals } as const;

/** What a network, its data and its training are made of. */
export interface PlaneSettings {
  readonly dataset: keyof typeof DATASETS;
  readonly noise: number;
  readonly width: number;
  readonly depth: number;
  readonly activation: "tanh" | "relu" | "sigmoid";
  readonly optimizer: "SGD" | "Adam";
  readonly lr: number;
  readonly batchSize: number;
}

/** Makes a network from settings: [N, 2] points to [N, 2] scores. */
export type PlaneModel = (settings: PlaneSettings) => nn.Module;

/** A network of fully connected layers: `depth` hidden ones of `width` units. */
export const perceptron: PlaneModel = ({ width, depth, activation }) => new nn.models.Mlp([2, ...Array<number>(depth).fill(width), 2], { activation });

/** Cells a side of the picture of the plane. */
export const FIELD_SIDE = 48;
/** Points to learn from, and as many to test on. */
export const POINTS = 200;
/** What is around the points, in parts of their extent. */
const MARGIN = 0.12;
/** More moments of the losses than twice this are thinned to half. */
const MOMENTS = 200;

export class PlaneTraining {
  readonly #seed: number;
  readonly #modelOf: PlaneModel;
  #settings: PlaneSettings;
  /** Where this training's own stream of random numbers stands. */
  readonly #random = new Generator();
  #train!: PlanePoints;
  #test!: PlanePoints;
  #bounds!: PlaneBounds;
  #places!: Tensor;
  #model!: nn.Module;
  #optimizer!: optim.SGD | optim.Adam;
  #batches: Iterator<Tensor[]> | undefined;
  #step = 0;
  #curve: (number | null)[] = [];

  constructor(settings: PlaneSettings, seed: number, modelOf: PlaneModel) {
    this.#settings = settings;
    this.#seed = seed;
    this.#modelOf = modelOf;
    this.#drawPoints();
    this.restart();
  }

  get model(): nn.Module {
    return this.#model;
  }
  get step(): number {
    return this.#step;
  }
  get bounds(): PlaneBounds {
    return this.#bounds;
  }
  /** The points to learn from. */
  get train(): PlanePoints {
    return this.#train;
  }
  /** The points to test on. */
  get test(): PlanePoints {
    return this.#test;
  }

  /** Takes other settings over: a rate at the next step, other points or another network at once. */
  change(settings: PlaneSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    const differs = (...names: (keyof PlaneSettings)[]): boolean => names.some((name) => before[name] !== settings[name]);
    if (differs("dataset", "noise")) this.#drawPoints();
    if (differs("dataset", "width", "depth", "activation")) return this.restart();
    if (differs("optimizer")) this.#optimizer = this.#makeOptimizer();
    else this.#optimizer.lr = settings.lr;
    if (differs("batchSize", "noise")) this.#batches = undefined;
  }

  /** Begins again with a new network: the same one each time. */
  restart(): void {
    this.#random.manualSeed(this.#seed);
    this.#onOwnStream(() => (this.#model = this.#modelOf(this.#settings)));
    this.#optimizer = this.#makeOptimizer();
    this.#batches = undefined;
    this.#step = 0;
    this.#curve = [];
  }

  /**
   * Takes steps until there are as many, or until the time is up.
   * @param milliseconds Default: no limit.
   */
  advance(steps: number, milliseconds = Infinity): void {
    const end = performance.now() + milliseconds;
    const every = steps > MOMENTS ? Math.ceil(steps / (MOMENTS / 4)) : Infinity;
    this.#onOwnStream(() => enableGrad(() => {
      for (let taken = 0; taken < steps && performance.now() < end; taken++) {
        if (taken % every === 0 && taken > 0) this.#look();
        this.#takeStep();
      }
    }));
  }

  /** How far it is. Each look adds a moment to the losses' curve. */
  frame(running: boolean): ClassifierFrame {
    const { train, test } = this.#look();
    const { output, layers, outputWeights } = this.#inUse(() => watchUnits(this.#model, this.#places, FIELD_SIDE));
    const field = Buffer.from(output.softmax(-1).narrow(1, 1, 1).contiguous().data().map((part) => (Number.isFinite(part) ? Math.round(255 * Number(part)) : 128)));
    return {
      running, step: this.#step, trainLoss: train.loss, testLoss: test.loss, accuracy: test.accuracy,
      field: field.toString("base64"), layers, ...(outputWeights !== undefined && { outputWeights }), curve: [...this.#curve],
    };
  }

  /** The points as the page takes them. */
  points(): ClassifierPoints {
    const flat = ({ points, labels }: PlanePoints): number[] => {
      const kinds = labels.data();
      return (points.toArray() as number[][]).flatMap(([x, y], i) => [Number(x!.toFixed(3)), Number(y!.toFixed(3)), Number(kinds[i])]);
    };
    return { train: flat(this.#train), test: flat(this.#test) };
  }

  #takeStep(): void {
    let batch = this.#batches?.next();
    if (batch === undefined || batch.done === true) {
      const { points, labels } = this.#train;
      this.#batches = batches([points, labels], { batchSize: this.#settings.batchSize, shuffle: true })[Symbol.iterator]();
      batch = this.#batches.next();
    }
    const [x, y] = batch.value as [Tensor, Tensor];
    this.#optimizer.zeroGrad();
    nn.functional.crossEntropy(this.#scores(x), y).backward();
    this.#optimizer.step();
    this.#step++;
  }

  #scores(points: Tensor): Tensor {
    const scores = this.#model.forward(points);
    if (scores.ndim !== 2 || scores.shape[1] !== 2) {
      throw new ShapeError(`classifier: the model gave shape ${formatShape(scores.shape)} for points of shape ${formatShape(points.shape)}; expected two scores for each point, [N, 2]`);
    }
    return scores;
  }

  /** The losses as they are now, which the curve gets. */
  #look(): Record<"train" | "test", { loss: number | null; accuracy: number | null }> {
    const found = this.#inUse(() => ({ train: this.#lossOn(this.#train), test: this.#lossOn(this.#test) }));
    this.#remember(found.train.loss, found.test.loss);
    return found;
  }

  /** Asks the network as one asks a finished one: looking at it must neither draw for its dropout nor move its statistics. */
  #inUse<T>(ask: () => T): T {
    this.#model.eval();
    try {
      return ask();
    } finally {
      this.#model.train();
    }
  }

  #lossOn({ points, labels }: PlanePoints): { loss: number | null; accuracy: number | null } {
    return noGrad(() => {
      const scores = this.#scores(points);
      const loss = nn.functional.crossEntropy(scores, labels).item();
      if (!Number.isFinite(loss)) return { loss: null, accuracy: null };
      return { loss: Number(loss.toPrecision(5)), accuracy: scores.argmax({ dim: 1 }).eq(labels).to("float32").mean().item() };
    });
  }

  #remember(train: number | null, test: number | null): void {
    if (this.#curve.at(-3) === this.#step) return;
    this.#curve.push(this.#step, train, test);
    if (this.#curve.length <= 6 * MOMENTS) return;
    const moments = this.#curve.length / 3;
    this.#curve = this.#curve.filter((_, i) => Math.floor(i / 3) % 2 === (moments - 1) % 2);
  }

  #drawPoints(): void {
    const { dataset, noise } = this.#settings;
    if (!Object.hasOwn(DATASETS, dataset)) throw new NablaError(`classifier: there is no data set ${dataset}; there are ${Object.keys(DATASETS).join(", ")}`);
    const draw = (seed: number): PlanePoints => DATASETS[dataset](POINTS, { noise, random: new MT19937(seed) });
    [this.#train, this.#test] = [draw(this.#seed), draw(this.#seed + 1)];
    // The frame is that of the set without noise and a little more, so that it stays while the noise is changed.
    const ideal = DATASETS[dataset](POINTS).points.toArray() as number[][];
    this.#bounds = squareAround(ideal);
    const [x0, x1, y0, y1] = this.#bounds;
    const middle = (i: number, low: number, high: number): number => low + ((i + 0.5) / FIELD_SIDE) * (high - low);
    this.#places = tensor(Array.from({ length: FIELD_SIDE ** 2 }, (_, i) => [middle(i % FIELD_SIDE, x0, x1), middle(Math.floor(i / FIELD_SIDE), y1, y0)]));
    this.#batches = undefined;
  }

  #makeOptimizer(): optim.SGD | optim.Adam {
    const { optimizer, lr } = this.#settings;
    return new optim[optimizer](this.#model.parameters(), { lr });
  }

  /** Runs something with this training's random numbers in place of the learner's. */
  #onOwnStream(work: () => void): void {
    const outside = defaultGenerator.stateDict();
    defaultGenerator.loadStateDict(this.#random.stateDict());
    try {
      work();
    } finally {
      this.#random.loadStateDict(defaultGenerator.stateDict());
      defaultGenerator.loadStateDict(outside);
    }
  }
}

/** The square around some points, with room for noise. */
function squareAround(points: readonly (readonly number[])[]): PlaneBounds {
  const [xs, ys] = [points.map(([x]) => x!), points.map(([, y]) => y!)];
  const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const extent = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const reach = (0.5 + MARGIN) * Math.max(extent(xs), extent(ys));
  const near = (value: number): number => Number(value.toFixed(2));
  return [near(middle(xs) - reach), near(middle(xs) + reach), near(middle(ys) - reach), near(middle(ys) + reach)];
}
