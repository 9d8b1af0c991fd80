/**
 * The live panel of a run: curves that grow while a loop runs, what the loop is at in numbers, and buttons that pause and
 * stop it. Rows go to the page in numbered messages, at most twenty a second, and are inserted into a chart that stands
 * there; a page that comes later gets everything. Where no page draws the panel, its output is a still chart that is shown
 * again a few times a second; in a terminal it is a line, and text at the end.
 */
import { notebookHost, undisturbed } from "../../host.ts";
import { StoppedError } from "../../tensor/errors.ts";
import { lookBetweenSteps } from "../../tensor/interruption.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { pollViews, View } from "../../view/index.ts";
import type { Json } from "../../view/index.ts";
import type { LiveState } from "../../view/states/live.ts";
import { ChartDataError, readable } from "../values.ts";
import { contactSheet, requirePictures } from "./contact-sheet.ts";
import { Control } from "./control.ts";
import type { PaneChoice } from "./panes.ts";
import { RunState } from "./run-state.ts";
import type { LiveRow, RunPlan } from "./run-state.ts";
import { still } from "./still.ts";
import { latestLine } from "./words.ts";

/** Options of {@link live}. */
export interface LiveOptions {
  /** Shown above the chart. */
  title?: string;
  /** How many steps there will be, for the time left. */
  steps?: number;
  /** How many epochs there will be. */
  epochs?: number;
  /** How many examples a step sees, for the rate; a row's own `samples` wins. Without either, steps are counted. */
  batchSize?: number;
  /** The names of values that come later, such as `"valLoss"`, so that the panel has room for them from the start. */
  values?: readonly string[];
  /** Panes of one's own, each with the names of its values. Others go by their names: losses, gradient norm, learning rate, metrics. */
  panes?: PaneChoice;
  /** The panes whose vertical axis is logarithmic at first; the page can change it. */
  log?: readonly string[];
  /** What the horizontal axis counts; `"step"` when not given. */
  xTitle?: string;
}

/** How long rows gather before they are sent, in milliseconds. */
const SEND_INTERVAL = 50;
/** The same where no page draws the panel, and each time a picture of it is made: in the first ten seconds, and later. */
const [REDRAW_INTERVAL, LATER_REDRAW_INTERVAL] = [500, 2000];
/** How long, in milliseconds, a page may take to say that it draws the panel. */
const HELLO_WITHIN = 1000;
/** Between two looks for the mail of other views (sliders, say), in milliseconds. */
const LOOK_INTERVAL = 5;
/** A run that has not ended is put into the notebook's output so often, in milliseconds: a kernel may die. */
const KEEP_INTERVAL = 30_000;
/** How often a terminal's line is written, in milliseconds. */
const LINE_INTERVAL = 250;

/** Panels that a loop may still add to. */
const open = new Set<LivePanel>();
let isTiedToCells = false;

/** A live panel; made by {@link live}. */
export class LivePanel {
  readonly #run: RunState;
  readonly #control = new Control();
  readonly #view: View<LiveState>;
  /** Pictures wait as tensors until they are sent: of many in a moment only the last is drawn. */
  readonly #waitingPictures = new Map<string, { readonly tensor: Tensor; readonly step: number | undefined }>();
  #isShown = false;
  #shownAt = 0;
  #isEnded = false;
  #sentAt = -Infinity;
  #lookedAt = -Infinity;
  #keptAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopLooking: (() => void) | undefined;
  /** Of the cell in which the loop runs: by the end of an interrupted cell the host has the next one's. */
  #signal: AbortSignal | undefined;
  /** The number of `fit`s that run into this panel: they look and wait themselves. */
  #guests = 0;

  constructor(options: LiveOptions = {}) {
    this.#run = new RunState(options);
    this.#view = new View<LiveState>({
      kind: "live", live: true,
      state: () => this.#run.whole(),
      fallback: () => (this.#needsNoPicture ? { text: still(this.#run).text } : still(this.#run)),
      events: {
        pause: () => this.#press(() => this.#control.pause()),
        continue: () => this.#press(() => this.#control.continue()),
        stop: () => this.#press(() => this.#control.stop()),
      },
    });
  }

  /** Whether the stop button was pressed. */
  get stopped(): boolean {
    return this.#control.isStopped;
  }

  /** Whether the pause button was pressed, and nothing has ended the pause. */
  get paused(): boolean {
    return this.#control.isPaused;
  }

  /** The step of the last row. */
  get step(): number | undefined {
    return this.#run.step;
  }

  /** The names of the values, in the order they are shown. */
  get names(): string[] {
    return this.#run.series.map(({ name }) => name);
  }

  /** All points of a curve, however many are drawn: copies. @throws ChartDataError when there is none of this name */
  points(name: string): { readonly steps: Float64Array; readonly values: Float64Array } {
    const series = this.#run.named(name);
    if (series === undefined) throw new ChartDataError(`live.points: there is no ${JSON.stringify(name)}; there are ${this.names.join(", ") || "none"}`);
    return { steps: series.steps.slice(), values: series.values.slice() };
  }

  /** Shows the panel in the running cell. The first row does so by itself. */
  show(): this {
    if (this.#isShown) return this;
    undisturbed(() => {
      this.#isShown = true;
      this.#shownAt = performance.now();
      tieToCells();
      if (notebookHost() !== undefined) this.#view.show();
    });
    return this;
  }

  /**
   * Adds a row. While the page's pause button is down, the loop waits here.
   * @throws StoppedError when the stop button was pressed: the row is added, the loop ends, and every variable keeps its value
   * @throws ChartDataError when a value is no number
   */
  add(row: LiveRow): void {
    this.#take(row);
    if (this.#guests === 0 && notebookHost() !== undefined) this.#stopLooking ??= lookBetweenSteps(() => this.#look());
    this.#look();
  }

  /**
   * Shows pictures beside the curves, in place of earlier ones of the name: samples, filters, whatever changes with training.
   * @param tensor `[H, W]`, `[N, H, W]`, `[N, 1, H, W]`, `[N, 3, H, W]` in colours, or `[N, C, H, W]` with a picture for each channel
   * @throws ChartDataError when it is none of these, or a picture has more than 65,536 pixels
   */
  images(name: string, tensor: Tensor, { step = this.#run.step }: { step?: number } = {}): void {
    if (!isTensor(tensor)) throw new ChartDataError(`live.images: ${JSON.stringify(name)} must be a tensor, but is ${typeof tensor}`);
    requirePictures(name, tensor.shape);
    this.#begin();
    // A copy waits for the next message: a parameter changes with the next step.
    this.#waitingPictures.set(name, { tensor: tensor.detach().clone(), step });
    this.#sendWhenDue();
  }

  /**
   * Ends the run: the whole chart and its picture are now in the notebook's output. More rows may follow later; the panel
   * then goes on.
   * @param reason why it ended before its time, if it did
   */
  end(reason?: string): void {
    this.#finish(reason === undefined ? "finished" : "stopped", reason);
  }

  /** As `end`, when an error has ended the run. */
  fail(reason: string): void {
    this.#finish("failed", reason);
  }

  /** What is known beforehand, from a loop that is not written by hand. */
  plan(plan: RunPlan): void {
    this.#run.plan(plan);
  }

  /**
   * A loop that others' code runs in takes over: it adds its rows with `follow` and sees to the buttons itself, so that a
   * pause does not hold up everything else. Call the function that is returned when it ends.
   */
  host(): () => void {
    this.#guests++;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#begin();
    return () => void (this.#guests = Math.max(0, this.#guests - 1));
  }

  /** Adds a row and takes the page's mail, without waiting or throwing: `paused` and `stopped` say what was pressed. */
  follow(row: LiveRow): void {
    this.#take(row);
    this.#view.poll();
  }

  /** Waits until a pause is over, while everything else goes on. @throws the signal's reason when it is aborted meanwhile */
  async waitWhilePaused(signal: AbortSignal | undefined): Promise<void> {
    this.#flush();
    await this.#control.wait(() => this.#view.poll(), signal);
  }

  /** A cell has ended, and with it perhaps the loop. */
  cellEnded(): void {
    const wasInterrupted = this.#signal?.aborted === true;
    if (this.#guests > 0 && !wasInterrupted) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#guests = 0;
    if (!this.#isEnded && this.#run.rows > 0) {
      if (this.#control.isStopped) this.#run.become("stopped", this.#stopReason());
      else this.#run.become(wasInterrupted ? "interrupted" : "waiting");
      this.#control.reset();
      this.#flush();
    }
    this.#view.cellEnded();
    open.delete(this);
  }

  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    this.#isShown = true;
    this.#shownAt ||= performance.now();
    tieToCells();
    return (this.#view as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  toString(): string {
    return still(this.#run).text;
  }

  /** Why the stop button ended the run. */
  #stopReason(): string {
    return `the stop button was pressed after step ${readable(this.#run.step ?? 0)}`;
  }

  #take(row: LiveRow): void {
    this.#begin();
    this.#run.add(row);
    this.#sendWhenDue();
  }

  /** Something comes: the panel is shown, and runs. */
  #begin(): void {
    open.add(this);
    this.show();
    this.#keptAt ||= performance.now();
    if (this.#run.status === "running" || this.#run.status === "paused") return;
    undisturbed(() => {
      this.#isEnded = false;
      this.#signal = notebookHost()?.signal;
      this.#control.reset();
      this.#run.become("running");
    });
  }

  /** What the buttons do, where the loop looks. */
  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_INTERVAL) this.#view.poll();
    else {
      this.#lookedAt = now;
      pollViews();
    }
    if (this.#control.isPaused) {
      this.#flush();
      this.#control.sleep(pollViews);
    }
    if (!this.#control.isStopped) return;
    const reason = this.#stopReason();
    this.#finish("stopped", reason);
    throw new StoppedError(`${reason}. Every variable keeps its value: the next cells can be run.`);
  }

  /** A button was pressed: the page sees at once what came of it. */
  #press(change: () => void): void {
    if (this.#run.status !== "running" && this.#run.status !== "paused") return;
    change();
    this.#run.become(this.#control.isPaused ? "paused" : "running");
    this.#flush();
  }

  #finish(status: "finished" | "stopped" | "failed", reason: string | undefined): void {
    if (this.#isEnded) return;
    this.show();
    this.#isEnded = true;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#run.become(status, reason);
    this.#flush();
    this.#view.end();
    if (notebookHost() === undefined) {
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
      console.log(this.toString());
    }
  }

  /** Before the first row there is nothing to draw; while a page draws the run, a picture of it would hold up what goes there. */
  get #needsNoPicture(): boolean {
    const { rows, status } = this.#run;
    return rows === 0 || (this.#view.isAttached && (status === "running" || status === "paused"));
  }

  get #interval(): number {
    const age = performance.now() - this.#shownAt;
    if (this.#view.isAttached || age < HELLO_WITHIN) return SEND_INTERVAL;
    return age < 10_000 ? REDRAW_INTERVAL : LATER_REDRAW_INTERVAL;
  }

  #sendWhenDue(): void {
    const wait = this.#sentAt + this.#interval - performance.now();
    if (wait <= 0) this.#flush();
    // Where a loop is synchronous the timer comes when it is over, with what was left.
    else if (notebookHost() !== undefined) this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    if (notebookHost() === undefined) {
      // `fit` has a line of its own.
      if (!process.stderr.isTTY || this.#guests > 0 || now - this.#sentAt < LINE_INTERVAL) return;
      this.#sentAt = now;
      process.stderr.write(`\r\u001b[K${latestLine(this.#run.progress, this.#run.series).slice(0, process.stderr.columns - 1)}`);
      return;
    }
    this.#sentAt = now;
    const pictures = [...this.#waitingPictures].map(([name, { tensor, step }]) => contactSheet(name, tensor, step));
    undisturbed(() => {
      for (const picture of pictures) this.#run.show(picture);
      this.#waitingPictures.clear();
      this.#view.send(this.#run.message() as unknown as Json);
    });
    if (now - this.#keptAt < KEEP_INTERVAL) return;
    this.#keptAt = now;
    this.#view.cellEnded();
  }
}

/** Ties the panels to the notebook, once. */
function tieToCells(): void {
  if (isTiedToCells) return;
  isTiedToCells = true;
  notebookHost()?.onCellEnd?.(() => {
    for (const panel of open) panel.cellEnded();
  });
}

/**
 * Makes a live panel: curves of a run, drawn while it runs.
 * @example
 * const live = plot.live({ steps: 1000, batchSize: 32 });
 * for (let step = 1; step <= 1000; step++) {
 *   optimizer.zeroGrad();
 *   const loss = criterion(model.forward(x), y);
 *   loss.backward();
 *   optimizer.step();
 *   live.add({ step, loss, lr: optimizer.lr });
 * }
 * live.end();
 * live // as a value it says how the run stands, also where nothing is redrawn, as in a console
 */
export function live(options: LiveOptions = {}): LivePanel {
  return new LivePanel(options);
}
