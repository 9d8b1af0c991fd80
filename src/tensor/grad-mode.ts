/**
 * The switch that says whether calls are recorded for differentiation. It is dynamically scoped, so a cell that is
 * terminated inside `noGrad` would leave it off: termination skips `finally`. The host therefore resets it at the end of
 * every cell (see host.ts).
 */
let recording = true;

/** True while calls on tensors that require gradients are recorded. */
export function isGradEnabled(): boolean {
  return recording;
}

/** Sets the switch for what follows, until the end of the cell. */
export function setGradEnabled(enabled: boolean): void {
  recording = enabled;
}

/**
 * Runs a function without recording: its results need no gradients and keep nothing alive.
 * An asynchronous function keeps the switch off until its promise settles.
 */
export function noGrad<T>(run: () => T): T {
  return withRecording(false, run);
}

/** Runs a function with recording on, also inside `noGrad`. */
export function enableGrad<T>(run: () => T): T {
  return withRecording(true, run);
}

function withRecording<T>(enabled: boolean, run: () => T): T {
  const before = recording;
  const restore = (): void => {
    recording = before;
  };
  recording = enabled;
  let result: T;
  try {
    result = run();
  } catch (error) {
    restore();
    throw error;
  }
  if (isPromise(result)) return result.finally(restore) as T;
  restore();
  return result;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
