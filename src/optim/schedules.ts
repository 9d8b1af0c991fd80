/**
 * Schedules that are one formula each, under the names of PyTorch's `lr_scheduler`.
 */
import { NablaError } from "../tensor/errors.ts";
import { requireCount, Schedule } from "./schedule.ts";
import type { Scheduled, ScheduleState } from "./schedule.ts";

/** Multiplies the rate by `gamma` (0.1) after every `stepSize` epochs. */
export class StepLR extends Schedule {
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: Scheduled, stepSize: number, { gamma = 0.1 }: { gamma?: number } = {}) {
    super("StepLR", optimizer);
    requireCount("StepLR", "stepSize", stepSize);
    this.#stepSize = stepSize;
    this.#gamma = gamma;
    this.step();
  }

  protected nextRate(lr: number): number {
    return this.lastEpoch > 0 && this.lastEpoch % this.#stepSize === 0 ? lr * this.#gamma : lr;
  }
}

/** Multiplies the rate by `gamma` (0.1) at each of the epochs named; one named twice counts twice. */
export class MultiStepLR extends Schedule {
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  constructor(optimizer: Scheduled, milestones: readonly number[], { gamma = 0.1 }: { gamma?: number } = {}) {
    super("MultiStepLR", optimizer);
    this.#milestones = [...milestones];
    this.#gamma = gamma;
    this.step();
  }

  protected nextRate(lr: number): number {
    return lr * this.#gamma ** this.#milestones.filter((milestone) => milestone === this.lastEpoch).length;
  }
}

/** Multiplies the rate by `gamma` in every epoch. */
export class ExponentialLR extends Schedule {
  readonly #gamma: number;

  constructor(optimizer: Scheduled, gamma: number) {
    super("ExponentialLR", optimizer);
    if (!Number.isFinite(gamma)) throw new NablaError(`ExponentialLR: gamma is ${gamma}; it must be a number, such as 0.95`);
    this.#gamma = gamma;
    this.step();
  }

  protected nextRate(lr: number): number {
    return this.lastEpoch === 0 ? lr : lr * this.#gamma;
  }
}

/** The initial rate times (1 - t / totalIters)^power, 0 from then on. */
export class PolynomialLR extends Schedule {
  readonly #totalIters: number;
  readonly #power: number;

  constructor(optimizer: Scheduled, { totalIters = 5, power = 1 }: { totalIters?: number; power?: number } = {}) {
    super("PolynomialLR", optimizer);
    requireCount("PolynomialLR", "totalIters", totalIters);
    this.#totalIters = totalIters;
    this.#power = power;
    this.step();
  }

  protected nextRate(lr: number): number {
    const t = this.lastEpoch;
    if (t === 0 || t > this.#totalIters) return lr;
    return lr * ((1 - t / this.#totalIters) / (1 - (t - 1) / this.#totalIters)) ** this.#power;
  }
}

/** Warm-up (or cool-down): the initial rate times a factor that goes from `startFactor` to `endFactor` in `totalIters`. */
export class LinearLR extends Schedule {
  readonly #start: number;
  readonly #end: number;
  readonly #totalIters: number;

  constructor(
    optimizer: Scheduled,
    { startFactor = 1 / 3, endFactor = 1, totalIters = 5 }: { startFactor?: number; endFactor?: number; totalIters?: number } = {},
  ) {
    super("LinearLR", optimizer);
    requireCount("LinearLR", "totalIters", totalIters);
    if (!(startFactor > 0 && startFactor <= 1)) throw new NablaError(`LinearLR: startFactor is ${startFactor}; it must be above 0 and at most 1`);
    if (!(endFactor >= 0 && endFactor <= 1)) throw new NablaError(`LinearLR: endFactor is ${endFactor}; it must be from 0 to 1`);
    this.#start = startFactor;
    this.#end = endFactor;
    this.#totalIters = totalIters;
    this.step();
  }

  protected nextRate(lr: number): number {
    const t = this.lastEpoch;
    if (t === 0) return lr * this.#start;
    if (t > this.#totalIters) return lr;
    const rise = this.#end - this.#start;
    return lr * (1 + rise / (this.#totalIters * this.#start + (t - 1) * rise));
  }
}

/**
 * Half a cosine from the initial rate to `etaMin` (0) in `tMax` epochs, and back in as many.
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
 */
export class CosineAnnealingLR extends Schedule {
  readonly #tMax: number;
  readonly #etaMin: number;

  constructor(optimizer: Scheduled, tMax: number, { etaMin = 0 }: { etaMin?: number } = {}) {
    super("CosineAnnealingLR", optimizer);
    requireCount("CosineAnnealingLR", "tMax", tMax);
    this.#tMax = tMax;
    this.#etaMin = etaMin;
    this.step();
  }

  protected nextRate(lr: number, base: number): number {
    const [t, tMax, etaMin] = [this.lastEpoch, this.#tMax, this.#etaMin];
    if (t === 0) return lr;
    // The first step up from the lowest rate, where the factor below would be 0 / 0.
    if ((t - 1 - tMax) % (2 * tMax) === 0) return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const height = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    return (height(t) / height(t - 1)) * (lr - etaMin) + etaMin;
  }
}

/** The initial rate times a function of the epoch; one function for all groups, or a list of one each. */
export class LambdaLR extends Schedule {
  readonly #factors: readonly ((epoch: number) => number)[];

  /** @throws NablaError when there is not one function a group. */
  constructor(optimizer: Scheduled, factor: ((epoch: number) => number) | readonly ((epoch: number) => number)[]) {
    super("LambdaLR", optimizer);
    this.#factors = typeof factor === "function" ? optimizer.paramGroups.map(() => factor) : [...factor];
    if (this.#factors.length !== optimizer.paramGroups.length) {
      throw new NablaError(`LambdaLR: ${this.#factors.length} functions for ${optimizer.paramGroups.length} parameter groups`);
    }
    this.step();
  }

  protected nextRate(_lr: number, base: number, group: number): number {
    return base * this.#factors[group]!(this.lastEpoch);
  }
}

/** One schedule after the other: the next one begins, from the initial rate, at each of the milestones. */
export class SequentialLR extends Schedule {
  readonly #schedules: readonly Schedule[];
  readonly #milestones: readonly number[];

  /** @throws NablaError when the milestones are not one fewer than the schedules, or a schedule has another optimiser. */
  constructor(optimizer: Scheduled, schedules: readonly Schedule[], milestones: readonly number[]) {
    super("SequentialLR", optimizer);
    if (schedules.length === 0 || milestones.length !== schedules.length - 1) {
      throw new NablaError(`SequentialLR: ${schedules.length} schedules need one milestone fewer, got ${milestones.length}`);
    }
    if (milestones.some((milestone, i) => !(milestone > (milestones[i - 1] ?? 0)))) {
      throw new NablaError(`SequentialLR: milestones are [${milestones.join(", ")}]; they must be above 0 and rise`);
    }
    schedules.forEach((schedule, i) => {
      if (schedule instanceof Schedule && schedule.optimizer === optimizer) return;
      throw new NablaError(`SequentialLR: schedule ${i} is not a schedule of this optimiser`);
    });
    this.#schedules = [...schedules];
    this.#milestones = [...milestones];
    this.restart();
  }

  override restart(): void {
    this.lastEpoch = -1;
    this.step();
  }

  override step(): void {
    this.lastEpoch++;
    const active = this.#schedules[this.#milestones.filter((milestone) => milestone <= this.lastEpoch).length]!;
    if (this.lastEpoch === 0 || this.#milestones.includes(this.lastEpoch)) active.restart();
    else active.step();
    this.lastLr = active.getLastLr();
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), schedules: this.#schedules.map((schedule) => schedule.stateDict()) };
  }

  override loadStateDict(state: ScheduleState): void {
    if (state?.schedules?.length !== this.#schedules.length) {
      throw new NablaError(`SequentialLR: the state is not that of a sequence of ${this.#schedules.length} schedules`);
    }
    super.loadStateDict(state);
    this.#schedules.forEach((schedule, i) => schedule.loadStateDict(state.schedules![i]!));
  }

  protected nextRate(lr: number): number {
    return lr;
  }
}
