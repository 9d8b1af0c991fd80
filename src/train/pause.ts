/**
 * What happens between two batches: an interrupt stops the work, and now and then whatever else waits for the program's one
 * thread (timers, messages to a chart, an abort) gets its turn.
 */
import { notebookHost } from "../host.ts";
import { InterruptedError } from "../tensor/errors.ts";

/** How long, in milliseconds, the work goes on before others get their turn. */
const LONGEST_TURN = 50;
/** How long, in milliseconds, the word that a cell is interrupted may be behind the flag that native code has read. */
const LONGEST_DELAY = 200;

/** What happens between two batches. */
export interface Pause {
  /** Called before each batch. Returns a promise only when others get their turn. @throws the signal's reason once it is aborted. */
  between(): Promise<void> | undefined;
  /** Called when a native computation was interrupted: waits for the reason. @throws the signal's reason when it comes. */
  interrupted(): Promise<void>;
}

/** @param signal stops the work beside the running cell's own signal, which is taken now: later cells do not stop this work. */
export function startPause(signal?: AbortSignal): Pause {
  const signals = [signal, notebookHost()?.signal].filter((each) => each !== undefined);
  let turn = performance.now();
  const check = (): void => {
    for (const each of signals) each.throwIfAborted();
  };
  return {
    between() {
      check();
      if (performance.now() - turn < LONGEST_TURN) return undefined;
      return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        turn = performance.now();
        check();
      });
    },
    async interrupted() {
      if (signals.length === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LONGEST_DELAY);
        const heard = (): void => {
          clearTimeout(timer);
          resolve();
        };
        for (const each of signals) {
          if (each.aborted) heard();
          else each.addEventListener("abort", heard, { once: true });
        }
      });
      check();
    },
  };
}

/** Goes through batches, with a pause before each is asked for. `onBatch` may return a promise, or `false` to stop. */
export async function forEachBatch<Batch>(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  pause: Pause,
  onBatch: (batch: Batch) => void | boolean | Promise<void | boolean>,
): Promise<void> {
  try {
    await goThrough(batches, pause, onBatch);
  } catch (error) {
    // Native code stops as soon as the flag is up, and tells of it before the cell's signal does.
    if (error instanceof InterruptedError) await pause.interrupted();
    throw error;
  }
}

async function goThrough<Batch>(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  pause: Pause,
  onBatch: (batch: Batch) => void | boolean | Promise<void | boolean>,
): Promise<void> {
  const waits = pause.between();
  if (waits !== undefined) await waits;
  const visit = async (batch: Batch): Promise<boolean> => {
    let next = onBatch(batch);
    if (next instanceof Promise) next = await next;
    if (next === false) return false;
    const turn = pause.between();
    if (turn !== undefined) await turn;
    return true;
  };
  if (Symbol.asyncIterator in batches) {
    for await (const batch of batches) if (!(await visit(batch))) return;
  } else {
    for (const batch of batches) if (!(await visit(batch))) return;
  }
}
