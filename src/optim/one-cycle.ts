/**
 * One cycle: the rate rises from low to high and falls to almost nothing, once in the whole run; momentum goes the other
 * way. It is stepped after every batch.
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2019.
 * Names and defaults are PyTorch's.
 */
import { NablaError } from "../tensor/errors.ts";
import { requireCount, Schedule } from "./schedule.ts";
import type { Scheduled, ScheduledGroup } from "./schedule.ts";

export interface OneCycleOptions {
  /** How many steps the cycle takes; or give `epochs` and `stepsPerEpoch`. */
  totalSteps?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  /** The share of the cycle in which the rate rises; 0.3 when not given. */
  pctStart?: number;
  /** Along half a cosine (when not given) or a line. */
  annealStrategy?: "cos" | "linear";
  /** Let momentum (of Adam and its like: the first beta) fall while the rate rises; true when not given. */
  cycleMomentum?: boolean;
  /** The lowest momentum, 0.85 when not given; one a group, or one for all. */
  baseMomentum?: number | readonly number[];
  /** The highest momentum, 0.95 when not given. */
  maxMomentum?: number | readonly number[];
  /** The first rate is the highest one divided by this; 25 when not given. */
  divFactor?: number;
  /** The last rate is the first one divided by this; 10,000 when not given. */
  finalDivFactor?: number;
  /** Fall back to the first rate as slowly as the rate has risen, and only then to the last one. */
  threePhase?: boolean;
}

interface Phase {
  readonly end: number;
  readonly rates: readonly ["first" | "highest", "first" | "highest" | "last"];
  readonly momenta: readonly ["high" | "low", "high" | "low"];
}

type PerGroup = number | readonly number[];

export class OneCycleLR extends Schedule {
  readonly #totalSteps: number;
  readonly #phases: readonly Phase[];
  readonly #anneal: (from: number, to: number, share: number) => number;
  readonly #rates: { first: number; highest: number; last: number }[];
  readonly #momenta: { high: number; low: number }[] | undefined;

  /**
   * @param maxLr the highest rate, one for all groups or one each.
   * @throws NablaError when the number of steps is not said, or the optimiser has no momentum to cycle.
   */
  constructor(optimizer: Scheduled, maxLr: PerGroup, options: OneCycleOptions = {}) {
    super("OneCycleLR", optimizer);
    const { epochs, stepsPerEpoch, pctStart = 0.3, annealStrategy = "cos", cycleMomentum = true, threePhase = false } = options;
    const { baseMomentum = 0.85, maxMomentum = 0.95, divFactor = 25, finalDivFactor = 1e4 } = options;
    const total = options.totalSteps ?? (epochs !== undefined && stepsPerEpoch !== undefined ? epochs * stepsPerEpoch : undefined);
    if (total === undefined) throw new NablaError("OneCycleLR: say how long the cycle is: totalSteps, or epochs and stepsPerEpoch");
    requireCount("OneCycleLR", "totalSteps", total);
    if (!(pctStart >= 0 && pctStart <= 1)) throw new NablaError(`OneCycleLR: pctStart is ${pctStart}; it must be from 0 to 1`);
    if (annealStrategy !== "cos" && annealStrategy !== "linear") {
      throw new NablaError(`OneCycleLR: annealStrategy is ${JSON.stringify(annealStrategy)}; known are "cos" and "linear"`);
    }
    const { paramGroups } = optimizer;
    const each = (what: string, value: PerGroup): number[] => {
      const list = typeof value === "number" ? paramGroups.map(() => value) : [...value];
      if (list.length === paramGroups.length) return list;
      throw new NablaError(`OneCycleLR: ${what} has ${list.length} entries for ${paramGroups.length} parameter groups`);
    };
    this.#totalSteps = total;
    this.#phases = phases(total, pctStart, threePhase);
    this.#anneal =
      annealStrategy === "linear"
        ? (from, to, share) => (to - from) * share + from
        : (from, to, share) => to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);
    this.#rates = each("maxLr", maxLr).map((highest) => {
      const first = highest / divFactor;
      return { first, highest, last: first / finalDivFactor };
    });
    if (cycleMomentum) {
      if (paramGroups.some((group) => group.betas === undefined && !((group.momentum ?? 0) > 0))) {
        throw new NablaError("OneCycleLR: the optimiser has no momentum to cycle; give it one, or write cycleMomentum: false");
      }
      const [low, high] = [each("baseMomentum", baseMomentum), each("maxMomentum", maxMomentum)];
      this.#momenta = paramGroups.map((_, i) => ({ low: low[i]!, high: high[i]! }));
    }
    paramGroups.forEach((group, i) => (group.initialLr = this.#rates[i]!.first));
    this.baseLrs = this.#rates.map(({ first }) => first);
    this.step();
  }

  /** @throws NablaError after the last step of the cycle. */
  override step(): void {
    if (this.lastEpoch + 1 > this.#totalSteps) {
      throw new NablaError(`OneCycleLR: step ${this.lastEpoch + 1} of a cycle of ${this.#totalSteps}; is it stepped once a batch?`);
    }
    super.step();
  }

  protected nextRate(_lr: number, _base: number, i: number): number {
    const step = this.lastEpoch;
    let start = 0;
    let phase = this.#phases[0]!;
    for (const next of this.#phases) {
      phase = next;
      if (step <= next.end) break;
      if (next !== this.#phases.at(-1)) start = next.end;
    }
    const share = (step - start) / (phase.end - start);
    if (this.#momenta !== undefined) {
      const momenta = this.#momenta[i]!;
      setMomentum(this.optimizer.paramGroups[i]!, this.#anneal(momenta[phase.momenta[0]], momenta[phase.momenta[1]], share));
    }
    const rates = this.#rates[i]!;
    return this.#anneal(rates[phase.rates[0]], rates[phase.rates[1]], share);
  }
}

function phases(total: number, rising: number, three: boolean): Phase[] {
  const rise: Phase = { end: rising * total - 1, rates: ["first", "highest"], momenta: ["high", "low"] };
  const last = total - 1;
  if (!three) return [rise, { end: last, rates: ["highest", "last"], momenta: ["low", "high"] }];
  return [
    rise,
    { end: 2 * rising * total - 2, rates: ["highest", "first"], momenta: ["low", "high"] },
    { end: last, rates: ["first", "last"], momenta: ["high", "high"] },
  ];
}

function setMomentum(group: ScheduledGroup, momentum: number): void {
  if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
  else group.momentum = momentum;
}
