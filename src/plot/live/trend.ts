/**
 * The trend of a noisy curve: the means of equal stretches of it, between 32 and 64 of them. When there are 64, each two
 * become one, so that any number of points costs a few additions each, and nothing lags behind as a running mean does.
 */
import type { LiveTrend } from "../../view/states/live.ts";
import { chartNumber } from "../values.ts";

const MOST = 64;
/** Of fewer points there is no trend to tell from the points themselves. */
const LEAST_POINTS = 100;

interface Stretch {
  steps: number;
  values: number;
  /** How many points are in it; those that are not finite are left out. */
  count: number;
}

export class Trend {
  #stretches: Stretch[] = [];
  /** How many points a stretch has when it is full. */
  #size = 1;
  /** How many points were added to the last stretch. */
  #filled = 0;
  #points = 0;
  /** How many stretches the page has as they are. */
  #told = 0;

  add(step: number, value: number): void {
    this.#points++;
    if (this.#stretches.length === 0 || this.#filled === this.#size) {
      if (this.#stretches.length === MOST) this.#halve();
      this.#stretches.push({ steps: 0, values: 0, count: 0 });
      this.#filled = 0;
    }
    this.#filled++;
    if (!Number.isFinite(value)) return;
    const last = this.#stretches.at(-1)!;
    last.steps += step;
    last.values += value;
    last.count++;
  }

  /** All of it; nothing of a curve with few points. */
  whole(): LiveTrend {
    return this.#from(0);
  }

  /** What has changed since the last time. */
  piece(): LiveTrend {
    const piece = this.#from(this.#told);
    // The last one still grows.
    this.#told = this.#points < LEAST_POINTS ? 0 : Math.max(0, this.#stretches.length - 1);
    return piece;
  }

  /** Makes one stretch of each two. */
  #halve(): void {
    this.#stretches = Array.from({ length: MOST / 2 }, (_, i) => {
      const [a, b] = [this.#stretches[2 * i]!, this.#stretches[2 * i + 1]!];
      return { steps: a.steps + b.steps, values: a.values + b.values, count: a.count + b.count };
    });
    this.#size *= 2;
    this.#told = 0;
  }

  #from(keep: number): LiveTrend {
    const shown = this.#points < LEAST_POINTS ? [] : this.#stretches.slice(keep);
    const mean = (sum: number, count: number): number | null => (count === 0 ? null : chartNumber(sum / count));
    return {
      keep,
      steps: shown.map(({ steps, count }) => mean(steps, count)),
      values: shown.map(({ values, count }) => mean(values, count)),
    };
  }
}
