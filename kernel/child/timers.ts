/**
 * Timers of user code, entered through a frame.
 *
 * A termination that hits a bare timer callback ends the process, so `setTimeout`, `setInterval` and `setImmediate`, the
 * globals and those of `node:timers`, call back through a frame; so does `queueMicrotask`, which makes a loop in it stop at
 * once. `process.nextTick` stays: Node itself works through it, and a termination there is survived.
 */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import { promisify } from "node:util";
import type { Callbacks } from "./callbacks.ts";
import type { JobContext } from "./job-context.ts";

type Callback = (this: unknown, ...args: unknown[]) => void;
type Schedule = (callback: Callback, ...rest: unknown[]) => unknown;

/** Puts the wrapped timers in place of Node's. */
export function installTimers(callbacks: Callbacks, jobs: JobContext): void {
  const clear = timers.clearInterval;

  const wrap = (schedule: Schedule, stopAgain: boolean): Schedule => {
    const wrapped: Schedule = (callback, ...rest) => {
      if (typeof callback !== "function") return schedule(callback, ...rest);
      const job = jobs.current;
      const handle = schedule(
        function (this: unknown, ...args: unknown[]) {
          callbacks.run(job, () => callback.apply(this, args), (how) => {
            // An interval whose callback had to be stopped would hang again at its next tick.
            if (how === "interrupted" && stopAgain) clear(handle as NodeJS.Timeout);
          });
        },
        ...rest,
      );
      return handle;
    };
    const custom = (schedule as unknown as Record<symbol, unknown>)[promisify.custom];
    if (custom !== undefined) Object.defineProperty(wrapped, promisify.custom, { value: custom });
    return Object.defineProperty(wrapped, "name", { value: schedule.name });
  };

  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const wrapped = wrap(timers[name] as unknown as Schedule, name === "setInterval");
    Object.assign(timers, { [name]: wrapped });
    Object.assign(globalThis, { [name]: wrapped });
  }
  syncBuiltinESMExports();

  const queue = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (callback) => {
    const job = jobs.current;
    queue(typeof callback === "function" ? () => callbacks.run(job, callback) : callback);
  };
}
