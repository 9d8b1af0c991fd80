/**
 * How fast a run goes and how long it will still take, from what has lately been done in the time that was spent on it:
 * pauses do not count. The rate is that of the last twenty seconds, so that a slow first step (a function being compiled,
 * data being read) is soon forgotten, and what comes now and then (a validation) is in it.
 */

const WINDOW = 20_000;
/** Marks are set this far apart at least, in milliseconds. */
const MARK = 200;
/** Before so much time, in milliseconds, nothing is said. */
const LEAST = 400;

interface Mark {
  readonly at: number;
  readonly steps: number;
  readonly samples: number;
}

export class Pace {
  readonly #now: () => number;
  readonly #marks: Mark[] = [];
  #began: number | undefined;
  #pausedAt: number | undefined;
  /** How long the run has been paused, in milliseconds. */
  #paused = 0;
  #steps = 0;
  #samples = 0;

  /** @param now a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The run begins, or goes on. */
  start(): void {
    this.#began ??= this.#now();
    if (this.#pausedAt !== undefined) this.#paused += this.#now() - this.#pausedAt;
    this.#pausedAt = undefined;
    if (this.#marks.length === 0) this.#marks.push({ at: this.#time(), steps: 0, samples: 0 });
  }

  pause(): void {
    if (this.#began !== undefined) this.#pausedAt ??= this.#now();
  }

  /** Steps were done, with so many samples in them. */
  add(steps: number, samples: number): void {
    this.#steps += steps;
    this.#samples += samples;
    const at = this.#time();
    if (at - this.#marks.at(-1)!.at < MARK) return;
    this.#marks.push({ at, steps: this.#steps, samples: this.#samples });
    while (this.#marks.length > 2 && at - this.#marks[1]!.at > WINDOW) this.#marks.shift();
  }

  /** How long the run has been at work. */
  get seconds(): number {
    return this.#time() / 1000;
  }

  /** Steps and samples per second; undefined before there is enough to tell. */
  get rate(): { readonly steps: number; readonly samples: number } | undefined {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < LEAST) return undefined;
    const seconds = (last.at - first.at) / 1000;
    return { steps: (last.steps - first.steps) / seconds, samples: (last.samples - first.samples) / seconds };
  }

  /** How long so many steps will take. */
  secondsFor(steps: number): number | undefined {
    const { rate } = this;
    return rate === undefined || rate.steps <= 0 ? undefined : Math.max(0, steps) / rate.steps;
  }

  #time(): number {
    if (this.#began === undefined) return 0;
    return (this.#pausedAt ?? this.#now()) - this.#began - this.#paused;
  }
}
