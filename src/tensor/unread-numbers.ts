/**
 * Numbers that a loop collects without looking at them: losses, norms, parts of a mean. On the CPU a number is read when it is there.
 * On a card reading one makes the process wait for everything before it; so they stay there until somebody looks, or
 * there are many, and then come down together.
 */
import { noGrad } from "./grad-mode.ts";
import { stack } from "./methods/join.ts";
import type { Tensor } from "./tensor.ts";

/** So many are kept at most: the one wait for them is nothing beside the steps that made them. */
const MOST_UNREAD = 32;

/** Tensors of one element on their way to somebody who wants their numbers, in this order. */
export class UnreadNumbers {
  #waiting: { readonly value: Tensor; readonly tell: (number: number) => void }[] = [];

  /** Tells the number now, or once it is read. */
  add(value: Tensor, tell: (number: number) => void): void {
    if (value.device === "cpu") {
      tell(value.item());
      return;
    }
    this.#waiting.push({ value: value.detach(), tell });
    if (this.#waiting.length >= MOST_UNREAD) this.read();
  }

  /** Tells all that wait. */
  read(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    // Every type fits into float64.
    const numbers = noGrad(() => stack(waiting.map(({ value }) => value.reshape([]).to("float64"))).data());
    waiting.forEach(({ tell }, i) => tell(numbers[i]!));
  }

  /** Forgets those that wait. */
  clear(): void {
    this.#waiting = [];
  }
}
