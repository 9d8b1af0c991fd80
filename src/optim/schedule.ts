/**
 * Schedules: the learning rate as a function of how many epochs (or steps) have passed. A schedule goes from the rate that
 * the group has now to the next one, so that several may act on one optimiser, each on what the others have left. Names,
 * defaults and this way of chaining are PyTorch's `lr_scheduler`.
 */
import { NablaError } from "../tensor/errors.ts";

/** What a schedule needs of an optimiser. */
export interface Scheduled {
  readonly paramGroups: readonly ScheduledGroup[];
}

/** What a schedule reads and sets of a group. */
export interface ScheduledGroup {
  lr: number;
  initialLr?: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** What `stateDict()` of a schedule gives. */
export interface ScheduleState {
  lastEpoch: number;
  baseLrs: number[];
  lastLr: number[];
  /** Further numbers of the schedule. */
  numbers?: Record<string, number>;
  /** The states of schedules inside it. */
  schedules?: ScheduleState[];
}

/** @throws NablaError when a number is not whole, or too small. */
export function requireCount(name: string, what: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new NablaError(`${name}: ${what} is ${value}; it must be a whole number of at least ${least}`);
}

/** @throws NablaError when what was given is no optimiser. */
export function requireOptimizer(name: string, optimizer: Scheduled): void {
  if (Array.isArray((optimizer as Partial<Scheduled> | undefined)?.paramGroups)) return;
  throw new NablaError(`${name}: expected an optimiser first, as in new optim.${name}(optimizer, ...)`);
}

/** What all schedules have; `step()` goes on by one, after the optimiser's steps of an epoch (or of a batch). */
export abstract class Schedule {
  readonly optimizer: Scheduled;
  /** How many steps have been taken. */
  lastEpoch = -1;
  /** The groups' rates when the first schedule of this optimiser was made. */
  protected baseLrs: number[];
  protected lastLr: number[] = [];

  protected constructor(name: string, optimizer: Scheduled) {
    requireOptimizer(name, optimizer);
    this.optimizer = optimizer;
    this.baseLrs = optimizer.paramGroups.map((group) => (group.initialLr ??= group.lr));
  }

  /** Sets the rates of the next epoch. */
  step(): void {
    this.moveTo(this.lastEpoch + 1);
  }

  /** The rates that the last step has set, one a group. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** Where the schedule is; its options are those it was made with. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: [...this.lastLr] };
  }

  /**
   * Goes on where `stateDict()` was taken. The present rates are the optimiser's: load its state as well, after this
   * schedule was made.
   * @throws NablaError when the state is that of an optimiser with another number of groups.
   */
  loadStateDict(state: ScheduleState): void {
    const groups = this.optimizer.paramGroups.length;
    if (state?.baseLrs?.length !== groups || state.lastLr?.length !== groups || !Number.isInteger(state.lastEpoch)) {
      throw new NablaError(`${this.constructor.name}: the state is not that of a schedule of ${groups} parameter groups`);
    }
    this.lastEpoch = state.lastEpoch;
    this.baseLrs = [...state.baseLrs];
    this.lastLr = [...state.lastLr];
  }

  /** Begins anew from the groups' initial rates, as the first or a later part of a sequence does. */
  restart(): void {
    for (const group of this.optimizer.paramGroups) group.lr = group.initialLr!;
    this.moveTo(0);
  }

  protected moveTo(epoch: number): void {
    this.lastEpoch = epoch;
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = this.nextRate(group.lr, this.baseLrs[i] ?? group.lr, i);
    });
    this.lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** The rate of `lastEpoch` (0 for the first), from the one before and the initial one. */
  protected abstract nextRate(lr: number, base: number, group: number): number;
}
