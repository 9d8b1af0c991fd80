/**
 * Who watches while calls cross to native code. `compile` runs a function once with an observer in place and learns from it
 * everything that the function asks of the native side: the calls, the numbers that will be others next time, and whatever
 * cannot be replayed. With nobody watching (nearly always) each of these places costs one comparison.
 *
 * Tracing at the joint where calls cross, instead of with tensors of a special kind, is JAX's and PyTorch's idea turned
 * round: autograd, optimisers and every other line of TypeScript have run by then and leave nothing but their calls.
 */
import type { NamedRow } from "./ops.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import type { TensorStorage } from "./memory.ts";

export interface CallObserver {
  /**
   * After a call, while its operands still lie in the frame, those of new outputs (`fresh`) with their handles.
   * `inputs` and `outputs` are the tensors behind the operands, in the same order.
   */
  called(row: NamedRow, inputs: readonly TensorLike[], outputs: readonly Tensor[], fresh: boolean): void;
  /** A view of a tensor has been made; `rule` names how, `details` are those of its derivative. */
  viewed(rule: string, of: Tensor, view: Tensor, details: unknown): void;
  /** Copies of `parts`, each seen as a call that changed a part of `whole` in place, make up one operation of this name. */
  joined?(name: string, parts: readonly Tensor[], whole: Tensor): void;
  /** Numbers of JavaScript have been copied into the whole of a new storage. */
  written(storage: TensorStorage): void;
  /** Somebody asks for the value of a tensor; throws when there cannot be one. `what` is the method's name. */
  reading(what: string): void;
  /**
   * The next call takes these numbers, one after the other, among its attributes; a later run takes those of `again`,
   * which also does what has to happen each time (count a step, advance a stream).
   */
  changing(numbers: readonly number[], again: () => readonly number[]): void;
  /** Something happened outside of calls that has to happen again in each later run. */
  acted(again: () => void): void;
  /** What follows depends on something beside tensors; it is the same in a later run only while `holds` says so. */
  relied(holds: () => boolean): void;
  /** A tensor has just become a leaf that collects gradients. */
  leafMade(leaf: Tensor): void;
  /** Before `grad` is read. */
  gradientRead(leaf: Tensor): void;
  /** Before `grad` is set. */
  gradientWritten(leaf: Tensor): void;
  /** Positions are about to be compared with a range. */
  positionsChecked(op: string, what: string, positions: Tensor, size: number): void;
}

/** An observer that passes over everything: whoever looks for some of it extends this, and leaves the program as it is. */
export abstract class Onlooker implements CallObserver {
  called(..._seen: Parameters<CallObserver["called"]>): void {}
  viewed(..._seen: Parameters<CallObserver["viewed"]>): void {}
  written(..._seen: Parameters<CallObserver["written"]>): void {}
  reading(..._seen: Parameters<CallObserver["reading"]>): void {}
  changing(..._seen: Parameters<CallObserver["changing"]>): void {}
  acted(..._seen: Parameters<CallObserver["acted"]>): void {}
  relied(..._seen: Parameters<CallObserver["relied"]>): void {}
  leafMade(..._seen: Parameters<CallObserver["leafMade"]>): void {}
  gradientRead(..._seen: Parameters<CallObserver["gradientRead"]>): void {}
  gradientWritten(..._seen: Parameters<CallObserver["gradientWritten"]>): void {}
  positionsChecked(..._seen: Parameters<CallObserver["positionsChecked"]>): void {}
}

/** The observer in place, if any. */
export let observer: CallObserver | undefined;

/** Runs a function with an observer in place, or (undefined) with none. */
export function observedBy<T>(next: CallObserver | undefined, run: () => T): T {
  const before = observer;
  observer = next;
  try {
    return run();
  } finally {
    observer = before;
  }
}

/** Takes away whatever observer a stopped cell has left in place: a termination skips `finally`. */
export function stopObserving(): void {
  observer = undefined;
}

/** The numbers `again` gives now, marked as numbers that change from run to run: a learning rate, a count of steps. */
export function changing<Numbers extends readonly number[]>(again: () => Numbers): Numbers {
  const numbers = again();
  if (observer !== undefined) observer.changing(numbers, again);
  return numbers;
}

/** Does something now and, in a compiled function, at the same place of every later run. */
export function everyRun(action: () => void): void {
  action();
  if (observer !== undefined) observer.acted(action);
}
