/**
 * Lowers the learning rate when a measurement (a validation loss, say) has stopped improving. Names, defaults and rules are
 * those of PyTorch's `ReduceLROnPlateau`.
 */
import { NablaError } from "../tensor/errors.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireCount, requireOptimizer } from "./schedule.ts";
import type { Scheduled, ScheduleState } from "./schedule.ts";

export interface PlateauOptions {
  /** `min` (when not given) where less is better, `max` where more is. */
  mode?: "min" | "max";
  /** What the rate is multiplied by; 0.1 when not given. */
  factor?: number;
  /** How many measurements without improvement are borne; 10 when not given. */
  patience?: number;
  /** What counts as improvement: 1e-4 when not given. */
  threshold?: number;
  /** `rel` (when not given): the threshold is a share of the best measurement; `abs`: a difference from it. */
  thresholdMode?: "rel" | "abs";
  /** How many measurements after a reduction are not counted; 0 when not given. */
  cooldown?: number;
  /** The rate goes no lower; one for all groups or one each; 0 when not given. */
  minLr?: number | readonly number[];
  /** Smaller changes of the rate are not made; 1e-8 when not given. */
  eps?: number;
}

export class ReduceLROnPlateau {
  readonly optimizer: Scheduled;
  readonly #options: Required<PlateauOptions>;
  /** How many measurements there have been. */
  lastEpoch = 0;
  /** The best measurement so far. */
  best: number;
  #badEpochs = 0;
  #coolingFor = 0;

  /** @throws NablaError when an option is outside its range. */
  constructor(optimizer: Scheduled, options: PlateauOptions = {}) {
    const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = "rel" } = options;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    const name = "ReduceLROnPlateau";
    requireOptimizer(name, optimizer);
    if (mode !== "min" && mode !== "max") throw new NablaError(`${name}: mode is ${JSON.stringify(mode)}; known are "min" and "max"`);
    if (thresholdMode !== "rel" && thresholdMode !== "abs") {
      throw new NablaError(`${name}: thresholdMode is ${JSON.stringify(thresholdMode)}; known are "rel" and "abs"`);
    }
    if (!(factor > 0 && factor < 1)) throw new NablaError(`${name}: factor is ${factor}; it must be above 0 and below 1`);
    requireCount(name, "patience", patience, 0);
    requireCount(name, "cooldown", cooldown, 0);
    if (typeof minLr !== "number" && minLr.length !== optimizer.paramGroups.length) {
      throw new NablaError(`${name}: minLr has ${minLr.length} entries for ${optimizer.paramGroups.length} parameter groups`);
    }
    this.optimizer = optimizer;
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    this.best = mode === "min" ? Infinity : -Infinity;
  }

  /** Takes a measurement, a number or a tensor of one element, and lowers the rates when it is time. */
  step(metrics: number | Tensor): void {
    const current = isTensor(metrics) ? metrics.item() : metrics;
    if (typeof current !== "number") {
      throw new NablaError("ReduceLROnPlateau: step() needs the measurement, as in schedule.step(validationLoss)");
    }
    this.lastEpoch++;
    if (this.#isBetter(current)) {
      this.best = current;
      this.#badEpochs = 0;
    } else {
      this.#badEpochs++;
    }
    if (this.#coolingFor > 0) {
      this.#coolingFor--;
      this.#badEpochs = 0;
    }
    if (this.#badEpochs > this.#options.patience) {
      this.#reduce();
      this.#coolingFor = this.#options.cooldown;
      this.#badEpochs = 0;
    }
  }

  /** The groups' rates. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  stateDict(): ScheduleState {
    const numbers = { best: this.best, badEpochs: this.#badEpochs, coolingFor: this.#coolingFor };
    return { lastEpoch: this.lastEpoch, baseLrs: [], lastLr: this.getLastLr(), numbers };
  }

  /** @throws NablaError when the state is that of another kind of schedule. */
  loadStateDict(state: ScheduleState): void {
    const { best, badEpochs, coolingFor } = state?.numbers ?? {};
    if (best === undefined || badEpochs === undefined || coolingFor === undefined) {
      throw new NablaError("ReduceLROnPlateau: the state is not that of a ReduceLROnPlateau");
    }
    this.lastEpoch = state.lastEpoch;
    this.best = best;
    this.#badEpochs = badEpochs;
    this.#coolingFor = coolingFor;
  }

  #isBetter(current: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const bar = thresholdMode === "rel" ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return mode === "min" ? current < bar : current > bar;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    this.optimizer.paramGroups.forEach((group, i) => {
      const lower = Math.max(group.lr * factor, typeof minLr === "number" ? minLr : (minLr[i] ?? 0));
      if (group.lr - lower > eps) group.lr = lower;
    });
  }
}
