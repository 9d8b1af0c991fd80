/**
 * Waits that an interrupt can end, and after which output goes where it went before.
 *
 * A cell's `await x` has been rewritten to `await __kernel.awaited(x)`. Each wait is kept until it settles, and an interrupt
 * rejects them all with an error that the cell can catch and whose `finally` blocks run.
 */
import { say } from "../messages/say.ts";
import type { JobContext } from "./job-context.ts";

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

/** The values of an iterable, waited for one by one as `for await` does. */
async function* stepsOf(values: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* values;
}

const settled = Promise.resolve();

export class Waits {
  readonly #pending = new Set<(reason: unknown) => void>();
  readonly #jobs: JobContext;
  readonly #land: () => void;

  /** @param land Lets a termination that is on its way end the code that is about to wait. */
  constructor(jobs: JobContext, land: () => void) {
    this.#jobs = jobs;
    this.#land = land;
  }

  /** Wraps what is awaited. */
  readonly awaited = (value: unknown): Promise<unknown> => {
    this.#land();
    return this.#continued(isThenable(value) ? this.#interruptible(value) : Promise.resolve(value));
  };

  /** Wraps what `for await` goes through, so that each step can be interrupted. */
  readonly iterated = (iterable: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown> => {
    const asynchronous = (iterable as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
    const source = asynchronous === undefined ? stepsOf(iterable as Iterable<unknown>) : asynchronous.call(iterable);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => this.awaited(source.next()) as Promise<IteratorResult<unknown>>,
        return: async (value?: unknown) => ((await source.return?.(value)) ?? { done: true, value }) as IteratorResult<unknown>,
      }),
    };
  };

  #interruptible(value: PromiseLike<unknown>): Promise<unknown> {
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
  }

  /**
   * Lets what awaits the promise go on under the job that it has now: a function of an earlier cell prints where it was
   * called. The reactions of a promise run one after another, so the code that awaits it, as the caller is about to, stands
   * between the two here.
   */
  #continued(promise: Promise<unknown>): Promise<unknown> {
    const job = this.#jobs.current;
    const resume = (): void => this.#jobs.resume(job);
    const suspend = (): void => this.#jobs.suspend();
    promise.then(resume, resume);
    void settled.then(() => promise.then(suspend, suspend));
    return promise;
  }

  /** Rejects every wait that is pending. */
  interrupt(): void {
    const error = new KeyboardInterrupt();
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const reject of pending) reject(error);
  }
}
