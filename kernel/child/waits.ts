/**
 * Waits that an interrupt can end.
 *
 * A cell's `await x` has been rewritten to `await __kernel.awaited(x)`. Each wait is kept until it settles, and an interrupt
 * rejects them all with an error that the cell can catch and whose `finally` blocks run.
 */
import { say } from "../messages/say.ts";

/** What a stopped wait is rejected with, and what a stopped cell reports. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";
  constructor() {
    super(say("interrupted"));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return ((typeof value === "object" && value !== null) || typeof value === "function") && typeof (value as { then?: unknown }).then === "function";
}

export class Waits {
  readonly #pending = new Set<(reason: unknown) => void>();
  readonly #land: () => void;

  /** @param land Lets a termination that is on its way end the code that is about to wait. */
  constructor(land: () => void) {
    this.#land = land;
  }

  /** Wraps what is awaited. A value that is no promise passes as it is. */
  readonly awaited = (value: unknown): unknown => {
    this.#land();
    if (!isThenable(value)) return value;
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      value.then(
        (result) => {
          this.#pending.delete(reject);
          resolve(result);
        },
        (reason: unknown) => {
          this.#pending.delete(reject);
          reject(reason);
        },
      );
    });
  };

  /** Wraps what `for await` goes through, so that each step can be interrupted. */
  readonly iterated = (iterable: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown> => {
    const asynchronous = (iterable as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
    if (asynchronous === undefined) return this.#iteratedValues(iterable as Iterable<unknown>);
    const source = asynchronous.call(iterable);
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => (await this.awaited(source.next())) as IteratorResult<unknown>,
        return: async (value?: unknown) => ((await source.return?.(value)) ?? { done: true, value }) as IteratorResult<unknown>,
      }),
    };
  };

  async *#iteratedValues(values: Iterable<unknown>): AsyncGenerator<unknown> {
    for (const value of values) yield await this.awaited(value);
  }

  /** Rejects every wait that is pending. */
  interrupt(): void {
    const error = new KeyboardInterrupt();
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const reject of pending) reject(error);
  }
}
