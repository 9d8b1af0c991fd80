/** A pause of this thread, where something has to be waited for that no event can tell of in the middle of synchronous code. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Keeps the thread still. */
export function nap(milliseconds: number): void {
  Atomics.wait(NEVER, 0, 0, milliseconds);
}
