/**
 * The points of one curve: all of them, for as long as the run lasts, and beside them the few that are shown. What is shown
 * grows point by point and is thinned when it has become too much, so that a page that draws it inserts what is new and
 * takes a whole curve in only now and then.
 */
import type { LivePiece, LiveSeries, LiveValue } from "../../view/states/live.ts";
import { chartNumber } from "../values.ts";
import { thin } from "./thinning.ts";
import { Trend } from "./trend.ts";

/** More points than this are not shown. */
export const MOST_SHOWN = 2000;
/** So many are left when they are thinned. */
const THINNED = 1000;
/** Of what came between two messages, at most so many points are shown: a loop that runs a million times a second shows a part. */
const MOST_NEW = 100;

/** Numbers in memory that grows. */
class Numbers {
  #values = new Float64Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The numbers, not to be kept: they move when there is no more room. */
  get all(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Float64Array(2 * this.#length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }
}

export class Series {
  readonly name: string;
  readonly pane: string;
  readonly #steps = new Numbers();
  readonly #values = new Numbers();
  readonly #trend = new Trend();
  /** The indices of the points that are shown. */
  #shown: number[] = [];
  /** How many points have been looked at for `#shown`. */
  #seen = 0;
  /** How many of the shown points are in the page already, and stand there as they do here. */
  #told = 0;

  constructor(name: string, pane: string) {
    this.name = name;
    this.pane = pane;
  }

  get length(): number {
    return this.#values.length;
  }

  /** Where the points lie: not to be kept. */
  get steps(): Float64Array {
    return this.#steps.all;
  }

  /** Not to be kept. */
  get values(): Float64Array {
    return this.#values.all;
  }

  get last(): number | undefined {
    return this.#values.all.at(-1);
  }

  add(step: number, value: number): void {
    this.#steps.push(step);
    this.#values.push(value);
    this.#trend.add(step, value);
  }

  /** What is new since the last time. Undefined where nothing is. */
  piece(): LivePiece | undefined {
    if (this.#seen === this.length) return undefined;
    this.#show();
    const keep = this.#told;
    this.#told = this.#shown.length;
    return { ...this.#points(this.#shown.slice(keep)), keep, trend: this.#trend.piece() };
  }

  /** The curve in few points. The next `piece()` takes the place of all of them. */
  summary(count: number): LiveSeries {
    this.#told = 0;
    return this.thinned(count);
  }

  /** The curve in few points. */
  thinned(count: number): LiveSeries {
    return { ...this.#points(thin(this.#steps.all, this.#values.all, count)), trend: this.#trend.whole() };
  }

  #show(): void {
    const [steps, values] = [this.#steps.all, this.#values.all];
    const fresh = values.length - this.#seen;
    const chosen = fresh <= MOST_NEW
      ? Array.from({ length: fresh }, (_, i) => i)
      : thin(steps.subarray(this.#seen), values.subarray(this.#seen), MOST_NEW);
    for (const i of chosen) this.#shown.push(this.#seen + i);
    this.#seen = values.length;
    if (this.#shown.length <= MOST_SHOWN) return;
    this.#shown = thin(steps, values, THINNED);
    this.#told = 0;
  }

  #points(indices: readonly number[]): Omit<LiveSeries, "trend"> {
    const [steps, values] = [this.#steps.all, this.#values.all];
    const { last } = this;
    return {
      name: this.name, pane: this.pane, count: this.length,
      steps: indices.map((i) => chartNumber(steps[i]!)!),
      values: indices.map((i) => chartNumber(values[i]!)),
      ...(last === undefined ? {} : { last: told(last) }),
    };
  }
}

/** A number as JSON can tell it. */
function told(value: number): LiveValue {
  return chartNumber(value) ?? (Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}
