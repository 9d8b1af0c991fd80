/**
 * A small network that learns two classes of points before one's eyes: the ground it gives to each class, what each of its
 * hidden units answers, its losses; with sliders for data, network and training, and the program that all of this is. The
 * picture owes to TensorFlow Playground (D. Smilkov et al., "Direct-Manipulation Visualization of Deep Networks", 2016).
 */
import type { Module } from "../nn/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { View } from "../view/index.ts";
import type { Json } from "../view/index.ts";
import type { ClassifierFrame, ClassifierMessage, ClassifierState } from "../view/states/classifier.ts";
import { classifierCode } from "./classifier-code.ts";
import { hconcat } from "../plot/compose.ts";
import { line } from "../plot/line.ts";
import { DATASETS, FIELD_SIDE, perceptron, PlaneTraining } from "./plane-training.ts";
import type { PlaneModel, PlaneSettings } from "./plane-training.ts";
import { SettingStore } from "./setting-store.ts";
import { controlsOf } from "./settings.ts";
import { planeChart } from "./plane-chart.ts";

export interface ClassifierOptions extends Partial<PlaneSettings> {
  /** Makes the network in place of a perceptron: a module from points [N, 2] to two scores each, [N, 2]. It is called again when width, depth or activation change. */
  readonly model?: PlaneModel;
  /** Where data, first weights and order come from. Default: 1. */
  readonly seed?: number;
  /** Steps that are taken before it is shown. Default: 0. */
  readonly steps?: number;
  /** Shown above it. Default: none. */
  readonly title?: string;
}

/** How long it trains for one picture, and rests after it so that cells and other views get their turn. Milliseconds. */
const TURN = 16;
const REST = 45;
/** Not more steps for one picture: on a fast machine too it should be seen how the ground moves. */
const STEPS_A_TURN = 40;
/** It trains while a page looks on: so long after the page has last said so. Milliseconds. */
const WATCHED = 6000;

/** A classifier's playground; made by `playground.classifier`. */
export class Classifier {
  readonly #store: SettingStore;
  readonly #training: PlaneTraining;
  readonly #view: View<ClassifierState>;
  #isRunning = false;
  #watchedUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: ClassifierFrame;
  #problem: string | undefined;

  constructor(options: ClassifierOptions = {}) {
    const { model = perceptron, seed = 1, steps = 0, title } = options;
    const store = new SettingStore(controlsOf({
      dataset: { choices: Object.keys(DATASETS), value: options.dataset ?? "moons" },
      noise: { min: 0, max: 0.5, step: 0.05, value: options.noise ?? 0.1 },
      width: { min: 1, max: 8, value: options.width ?? 4 },
      depth: { min: 0, max: 4, value: options.depth ?? 1 },
      activation: { choices: ["tanh", "relu", "sigmoid"], value: options.activation ?? "tanh" },
      optimizer: { choices: ["SGD", "Adam"], value: options.optimizer ?? "SGD" },
      lr: { min: 0.001, max: 3, log: true, value: options.lr ?? 0.1 },
      batchSize: { choices: [1, 10, 50, 200], value: options.batchSize ?? 10 },
    }), classifierCode(seed, model === perceptron ? undefined : model));
    this.#store = store;
    this.#training = new PlaneTraining(this.#settings, seed, model);
    this.#training.frame(false);
    this.#training.advance(steps);
    this.#frame = this.#training.frame(false);
    this.#view = new View<ClassifierState>({
      kind: "classifier",
      state: () => ({
        ...(title !== undefined && { title }), controls: store.controls, values: store.values, code: store.codeTemplate,
        bounds: this.#training.bounds, fieldSide: FIELD_SIDE, mapSide: FIELD_SIDE / 2, points: this.#training.points(), frame: this.#frame,
      }),
      fallback: () => ({ text: this.toString(), spec: this.#chart() }),
      events: {
        set: ({ name, value }: { name: Json; value: Json }) => this.#change(() => store.receive(name, value), true),
        reset: () => this.#change(() => store.reset()),
        play: () => this.play(),
        pause: () => this.pause(),
        step: () => this.step(),
        restart: () => this.restart(),
        watch: () => this.#watch(),
      },
    });
  }

  /** The network as it is now: another one after its width, depth or activation has changed. */
  get model(): Module {
    return this.#training.model;
  }

  /** The points to learn from: `points` [200, 2] and `labels` [200]. */
  get train(): { readonly points: Tensor; readonly labels: Tensor } {
    return this.#training.train;
  }

  /** The points to test on. */
  get test(): { readonly points: Tensor; readonly labels: Tensor } {
    return this.#training.test;
  }

  /** The settings as they are now, a copy. */
  get values(): PlaneSettings {
    this.#view.poll();
    return this.#settings;
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#training.step;
  }

  /** The mean cross-entropy on the points to learn from; NaN where it is no number any more. */
  get loss(): number {
    return this.#frame.trainLoss ?? NaN;
  }

  /** The part of the test points that is classified rightly. */
  get accuracy(): number {
    return this.#frame.accuracy ?? NaN;
  }

  /** Changes settings. @throws WidgetError for one that is not there or a value that it cannot have. */
  set(changes: Partial<PlaneSettings>): void {
    this.#change(() => this.#store.set(changes));
  }

  /** Goes back to the settings of the start. */
  reset(): void {
    this.#change(() => this.#store.reset());
  }

  /** Trains on while a page looks on and no cell keeps the thread. */
  play(): void {
    this.#isRunning = true;
    this.#problem = undefined;
    this.#watch();
    this.#tellFrame();
  }

  /** Stops training. */
  pause(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tellFrame();
  }

  /** Takes steps, in the middle of a cell or by the page's button. */
  step(count = 1): void {
    this.#advance(count, Infinity);
    this.#tellFrame();
  }

  /** Begins again with a new network, the same one each time. */
  restart(): void {
    this.#problem = undefined;
    this.#attempt(() => this.#training.restart());
    this.#tellFrame();
  }

  /** The program that this is, with the settings as they are now. */
  code(): string {
    this.#view.poll();
    return this.#store.code;
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    return (this.#view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  toString(): string {
    const { step, trainLoss, testLoss, accuracy } = this.#frame;
    const said = trainLoss === null ? "the loss is no number any more" : `loss ${trainLoss.toFixed(4)}, on test points ${testLoss?.toFixed(4)}, ${(100 * (accuracy ?? 0)).toFixed(1)} % of them right`;
    return ["classifier", ...this.#store.toLines(), `  after ${step} steps: ${said}`, "  step(100) on it trains, set({ lr: 0.3 }) changes a setting, code() is the program"].join("\n");
  }

  get #settings(): PlaneSettings {
    return this.#store.values as unknown as PlaneSettings;
  }

  #chart(): object {
    const { curve } = this.#frame;
    const column = (offset: number): number[] => Array.from({ length: curve.length / 3 }, (_, i) => curve[3 * i + offset] ?? NaN);
    const losses = line({ training: column(1), test: column(2) }, { x: column(0), title: "Loss", xTitle: "step", width: 280, height: 240 });
    const plane = planeChart(this.#frame, this.#training.points(), this.#training.bounds, FIELD_SIDE);
    return hconcat([plane, losses], { description: `A network that tells two classes of points apart, after ${this.#frame.step} steps, and its losses.` }).spec;
  }

  #change(change: () => void, isEcho = false): void {
    change();
    const changes = this.#store.takeChanges();
    if (changes.length === 0) return;
    this.#problem = undefined;
    this.#attempt(() => this.#training.change(this.#settings));
    const movesPoints = changes.some(({ name }) => name === "dataset" || name === "noise");
    this.#tellFrame({
      values: Object.fromEntries(changes.map(({ name, value }) => [name, value])),
      isEcho,
      ...(movesPoints && { points: this.#training.points(), bounds: this.#training.bounds }),
    });
  }

  /** A page looks on. */
  #watch(): void {
    this.#watchedUntil = performance.now() + WATCHED;
    if (this.#isRunning) this.#timer ??= setTimeout(() => this.#turn(), 0);
  }

  #turn(): void {
    this.#timer = undefined;
    if (!this.#isRunning || performance.now() > this.#watchedUntil) return;
    this.#advance(STEPS_A_TURN, TURN);
    this.#tellFrame();
    if (this.#isRunning) this.#timer = setTimeout(() => this.#turn(), REST);
  }

  #advance(steps: number, milliseconds: number): void {
    this.#attempt(() => this.#training.advance(steps, milliseconds));
  }

  /** What goes wrong in the learner's own model is said beside the picture. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#isRunning = false;
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }

  #tellFrame(also: Omit<ClassifierMessage, "frame"> = {}): void {
    this.#attempt(() => {
      const frame = this.#training.frame(this.#isRunning);
      this.#frame = frame.trainLoss === null ? { ...frame, running: (this.#isRunning = false) } : frame;
    });
    if (this.#problem !== undefined) this.#frame = { ...this.#frame, running: false, problem: this.#problem };
    this.#view.send({ ...also, frame: this.#frame } as unknown as Json);
  }
}

/**
 * A small network on points in the plane, whose training a person starts, watches, pauses and changes in the page. All of it
 * is computed here, by the program that "Copy as code" gives.
 * @example
 * playground.classifier({ dataset: "circles", width: 3 })
 */
export function classifier(options: ClassifierOptions = {}): Classifier {
  return new Classifier(options);
}
