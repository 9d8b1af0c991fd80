/**
 * How a loop hears of a person who wants it to stop or to pause.
 *
 * What follows when native code has stopped because the learner interrupts. In a notebook the kernel then ends the cell
 * itself, wherever it stands; its termination is on its way, and must find user code still running. So the call that
 * stopped waits for it, and throws only where none comes: in plain Node, or in code that is let go on to its end.
 */
import { InterruptedError } from "./errors.ts";

let awaitTermination: (() => void) | undefined;

/** Sets what waits for the kernel's termination, and does not return where one comes. */
export function setAwaitTermination(wait: (() => void) | undefined): void {
  awaitTermination = wait;
}

/** @throws {@link InterruptedError}, unless the kernel ends the cell. */
export function interrupted(message: string): never {
  awaitTermination?.();
  throw new InterruptedError(message);
}

const looks = new Set<() => void>();

/**
 * Has a function called between two steps of any loop that trains: it may wait there, or throw to end the loop.
 * @returns a function that ends this
 */
export function lookBetweenSteps(look: () => void): () => void {
  looks.add(look);
  return () => void looks.delete(look);
}

/** Called by what takes a step of a loop, before it changes anything. */
export function betweenSteps(): void {
  for (const look of looks) look();
}
