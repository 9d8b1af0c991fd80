/**
 * What the page knows of a run: the state that was saved or sent, and every message since. Knows no page, so that it is
 * tested without one.
 */
import type { LiveMessage, LivePicture, LivePiece, LiveProgress, LiveSeries, LiveState, LiveTrend, LiveValue } from "../../../../src/view/states/live.ts";

/** One curve as the page has it. */
export interface Curve {
  readonly name: string;
  readonly pane: string;
  readonly steps: number[];
  readonly values: (number | null)[];
  readonly trend: { readonly steps: (number | null)[]; readonly values: (number | null)[] };
  count: number;
  last: LiveValue | undefined;
  /** How many of the points are drawn as they are; 0 once others have taken their place. */
  drawn: number;
}

export class Curves {
  readonly #curves = new Map<string, Curve>();
  readonly #pictures = new Map<string, LivePicture>();
  #state: LiveState;

  constructor(state: LiveState) {
    this.#state = state;
    this.reset(state);
  }

  get title(): string | undefined {
    return this.#state.title;
  }
  get xTitle(): string {
    return this.#state.xTitle;
  }
  get log(): readonly string[] {
    return this.#state.log;
  }
  get progress(): LiveProgress {
    return this.#state.progress;
  }
  get pictures(): readonly LivePicture[] {
    return [...this.#pictures.values()];
  }

  /** The panes in the order they are shown: as the library says them, then those that came later. */
  get panes(): readonly string[] {
    return [...new Set([...this.#state.panes, ...[...this.#curves.values()].map(({ pane }) => pane)])];
  }

  of(pane: string): readonly Curve[] {
    return [...this.#curves.values()].filter((curve) => curve.pane === pane);
  }

  get all(): readonly Curve[] {
    return this.panes.flatMap((pane) => this.of(pane));
  }

  /** Takes the place of everything. */
  reset(state: LiveState): void {
    this.#state = state;
    this.#curves.clear();
    this.#pictures.clear();
    for (const series of state.series) this.#take({ ...series, keep: 0 });
    for (const picture of state.pictures) this.#pictures.set(picture.name, picture);
  }

  apply({ progress, series, pictures }: LiveMessage): void {
    this.#state = { ...this.#state, progress };
    for (const piece of series) this.#take(piece);
    for (const picture of pictures) this.#pictures.set(picture.name, picture);
  }

  #take({ name, pane, keep, steps, values, count, last, trend }: LivePiece): void {
    let curve = this.#curves.get(name);
    if (curve === undefined) {
      curve = { name, pane, steps: [], values: [], trend: { steps: [], values: [] }, count: 0, last: undefined, drawn: 0 };
      this.#curves.set(name, curve);
    }
    if (keep < curve.steps.length) curve.drawn = 0;
    put(curve.steps, keep, steps);
    put(curve.values, keep, values);
    put(curve.trend.steps, trend.keep, trend.steps);
    put(curve.trend.values, trend.keep, trend.values);
    curve.count = count;
    curve.last = last;
  }

  /** The state as it would be saved now. */
  snapshot(): LiveState {
    const series = this.all.map(({ name, pane, steps, values, count, last, trend }): LiveSeries => ({
      name, pane, steps: [...steps], values: [...values], count, ...(last === undefined ? {} : { last }), trend: { keep: 0, steps: [...trend.steps], values: [...trend.values] } satisfies LiveTrend,
    }));
    return { ...this.#state, panes: this.panes, series, pictures: this.pictures };
  }

  /** From the first step to the last; undefined before there is one. */
  get span(): readonly [number, number] | undefined {
    let [first, last] = [Infinity, -Infinity];
    for (const { steps } of this.#curves.values()) {
      for (const step of steps) {
        if (step < first) first = step;
        if (step > last) last = step;
      }
    }
    return first > last ? undefined : [first, last];
  }
}

/** What follows after the first `keep`. */
function put<T>(list: T[], keep: number, more: readonly T[]): void {
  list.length = Math.min(list.length, keep);
  for (const value of more) list.push(value);
}

/** The smallest and the largest value that a pane has to show, a little apart where they are the same; undefined where there is none. */
export function rangeOf(curves: readonly Curve[], isLog: boolean): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of curves) {
    for (const value of values) {
      if (value === null || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return undefined;
  if (low < high) return [low, high];
  const apart = Math.abs(low) * 0.1 || 1;
  return isLog ? [low / 1.5, high * 1.5] : [low - apart, high + apart];
}

/** The place of the point nearest to a step; -1 where there is none. Steps grow, as a rule; where they fall back, one of the nearest is found. */
export function nearest(steps: readonly number[], step: number): number {
  if (steps.length === 0) return -1;
  let [low, high] = [0, steps.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= step) low = middle;
    else high = middle;
  }
  return Math.abs(steps[high]! - step) < Math.abs(steps[low]! - step) ? high : low;
}
