/**
 * What happens between two batches: an interrupt stops the work, and now and then whatever else waits for the program's one
 * thread (timers, messages to a chart, an abort) gets its turn.
 */
import { notebookHost } from "../host.ts";

/** How long, in milliseconds, the work goes on before others get their turn. */
const LONGEST_TURN = 50;

/** Called before each batch. Returns a promise only when others get their turn. @throws the signal's reason once it is aborted. */
export type Pause = () => Promise<void> | undefined;

/** @param signal stops the work beside the running cell's own signal, which is taken now: later cells do not stop this work. */
export function startPause(signal?: AbortSignal): Pause {
  const signals = [signal, notebookHost()?.signal].filter((each) => each !== undefined);
  let turn = performance.now();
  const check = (): void => {
    for (const each of signals) each.throwIfAborted();
  };
  return () => {
    check();
    if (performance.now() - turn < LONGEST_TURN) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      turn = performance.now();
      check();
    });
  };
}

/** Goes through batches, with a pause before each is asked for. `onBatch` may return a promise, or `false` to stop. */
export async function forEachBatch<Batch>(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  pause: Pause,
  onBatch: (batch: Batch) => void | boolean | Promise<void | boolean>,
): Promise<void> {
  const waits = pause();
  if (waits !== undefined) await waits;
  const visit = async (batch: Batch): Promise<boolean> => {
    let next = onBatch(batch);
    if (next instanceof Promise) next = await next;
    if (next === false) return false;
    const turn = pause();
    if (turn !== undefined) await turn;
    return true;
  };
  if (Symbol.asyncIterator in batches) {
    for await (const batch of batches) if (!(await visit(batch))) return;
  } else {
    for (const batch of batches) if (!(await visit(batch))) return;
  }
}
