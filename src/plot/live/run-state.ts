/** What a live panel knows of a run: its curves, its pictures, how far it is and how fast it goes. It draws nothing and waits for nobody. */
import { undisturbed } from "../../host.ts";
import type { LiveMessage, LivePicture, LiveProgress, LiveState, LiveStatus } from "../../view/states/live.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ChartDataError } from "../values.ts";
import { Pace } from "./pace.ts";
import { inOrder, paneOf } from "./panes.ts";
import type { PaneChoice } from "./panes.ts";
import { Series } from "./series.ts";

/** Points of all curves in a saved notebook, at most: some fifty thousand characters. */
const SAVED_POINTS = 3000;
const SAVED_OF_ONE = 600;

/** The values of one step, by name: numbers, or tensors of one element. */
export interface LiveRow {
  /** Where the row stands on the horizontal axis; one more than the row before when not given. */
  readonly step?: number;
  readonly epoch?: number;
  /** How many examples the step has seen, for the rate. */
  readonly samples?: number;
  readonly [name: string]: number | Tensor | undefined;
}

/** What is known of a run before it begins. */
export interface RunPlan {
  readonly title?: string | undefined;
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  /** How many examples a step sees, where its row does not say. */
  readonly batchSize?: number | undefined;
  /** The names of values that will come, so that there is room for them from the start. */
  readonly values?: readonly string[];
  readonly panes?: PaneChoice;
  readonly log?: readonly string[];
  readonly xTitle?: string;
}

export class RunState {
  #plan: RunPlan;
  readonly #pace: Pace;
  readonly #series = new Map<string, Series>();
  readonly #pictures = new Map<string, LivePicture>();
  /** The names of pictures that no message has told. */
  readonly #newPictures = new Set<string>();
  #rows = 0;
  #step: number | undefined;
  #epoch: number | undefined;
  #hasSamples = false;
  #status: LiveStatus = "ready";
  #reason: string | undefined;

  constructor(plan: RunPlan, now?: () => number) {
    this.#plan = plan;
    this.#pace = new Pace(now);
  }

  get status(): LiveStatus {
    return this.#status;
  }

  get rows(): number {
    return this.#rows;
  }

  get step(): number | undefined {
    return this.#step;
  }

  get title(): string | undefined {
    return this.#plan.title;
  }

  get xTitle(): string {
    return this.#plan.xTitle ?? "step";
  }

  get log(): readonly string[] {
    return this.#plan.log ?? [];
  }

  get pictures(): readonly LivePicture[] {
    return [...this.#pictures.values()];
  }

  /** The curves, pane by pane as they are shown. */
  get series(): readonly Series[] {
    const order = inOrder([...this.#series.values()].map(({ pane }) => pane));
    return [...this.#series.values()].sort((a, b) => order.indexOf(a.pane) - order.indexOf(b.pane));
  }

  named(name: string): Series | undefined {
    return this.#series.get(name);
  }

  /** Somebody who knows more says it; what is not said stays. */
  plan(more: RunPlan): void {
    const said = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
    this.#plan = { ...this.#plan, ...said, values: [...(this.#plan.values ?? []), ...(more.values ?? [])], panes: { ...this.#plan.panes, ...more.panes } };
  }

  become(status: LiveStatus, reason?: string): void {
    this.#status = status;
    this.#reason = reason;
    if (status === "running") this.#pace.start();
    else this.#pace.pause();
  }

  /** @throws ChartDataError when something in the row is no number */
  add(row: LiveRow): void {
    const { step = (this.#step ?? 0) + 1, epoch, samples, ...values } = row;
    for (const [name, value] of Object.entries({ step, epoch, samples })) {
      if (value !== undefined && !Number.isFinite(value)) throw new ChartDataError(`live.add: ${name} must be a finite number, but is ${describe(value)}`);
    }
    const numbers = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, numberOf(name, value)] as const]));
    undisturbed(() => {
      if (this.#rows++ === 0) this.#pace.start();
      // The clock begins with the first row: what that took is not known. A step has several rows where a validation adds its own.
      const done = Math.max(0, step - (this.#step ?? step));
      const seen = this.#rows === 1 ? 0 : samples ?? (this.#plan.batchSize ?? 0) * done;
      this.#hasSamples ||= seen > 0;
      this.#pace.add(done, seen);
      this.#step = step;
      this.#epoch = epoch ?? this.#epoch;
      for (const [name, value] of numbers) this.#seriesOf(name).add(step, value);
    });
  }

  show(picture: LivePicture): void {
    this.#pictures.set(picture.name, picture);
    this.#newPictures.add(picture.name);
  }

  get progress(): LiveProgress {
    const { steps, epochs } = this.#plan;
    const { rate, seconds } = this.#pace;
    const [step, epoch, reason] = [this.#step, this.#epoch, this.#reason];
    const left = steps === undefined || step === undefined ? undefined : this.#pace.secondsFor(steps - step);
    const goes = this.#status === "running" || this.#status === "paused";
    const perSecond = rate === undefined ? 0 : this.#hasSamples ? rate.samples : rate.steps;
    return {
      status: this.#status, rows: this.#rows, seconds: Number(seconds.toFixed(1)),
      ...(reason === undefined ? {} : { reason }),
      ...(step === undefined ? {} : { step }),
      ...(steps === undefined ? {} : { steps }),
      ...(epoch === undefined ? {} : { epoch }),
      ...(epochs === undefined ? {} : { epochs }),
      ...(perSecond > 0 ? { rate: { value: Number(perSecond.toPrecision(4)), unit: this.#hasSamples ? "samples" : "steps" } as const } : {}),
      ...(goes && left !== undefined ? { secondsLeft: Number(left.toFixed(1)) } : {}),
    };
  }

  /** What is new since the last message or `whole()`. */
  message(): LiveMessage {
    const pieces = [...this.#series.values()].flatMap((series) => series.piece() ?? []);
    const pictures = [...this.#newPictures].map((name) => this.#pictures.get(name)!);
    this.#newPictures.clear();
    return { progress: this.progress, series: pieces, pictures };
  }

  /** Everything, in few points. What comes next of a curve takes the place of all of it. */
  whole(): LiveState {
    const { title, values = [], panes = {} } = this.#plan;
    const each = Math.min(SAVED_OF_ONE, Math.floor(SAVED_POINTS / Math.max(1, this.#series.size)));
    const series = this.series.map((one) => one.summary(Math.max(20, each)));
    this.#newPictures.clear();
    return {
      ...(title === undefined ? {} : { title }),
      xTitle: this.xTitle, log: this.log,
      panes: inOrder([...values.map((name) => paneOf(name, panes)), ...series.map(({ pane }) => pane)]),
      progress: this.progress, series, pictures: this.pictures,
    };
  }

  #seriesOf(name: string): Series {
    let series = this.#series.get(name);
    if (series === undefined) {
      series = new Series(name, paneOf(name, this.#plan.panes ?? {}));
      this.#series.set(name, series);
    }
    return series;
  }
}

function numberOf(name: string, value: unknown): number {
  if (typeof value === "number") return value;
  if (isTensor(value) && value.numel === 1) return value.item() as number;
  throw new ChartDataError(`live.add: ${name} must be a number, but is ${describe(value)}`);
}

function describe(value: unknown): string {
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(", ")}]; take one number of it, as with mean()`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
