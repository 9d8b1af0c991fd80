/** Damage done to files, for tests that nothing damaged is loaded. */

/** Every shorter beginning of the bytes, or some of them when there are many. */
export function cutOff(bytes: Uint8Array, most = 400): Uint8Array[] {
  const step = Math.max(1, Math.floor(bytes.length / most));
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => bytes.subarray(0, i * step));
}

/** Copies with one flipped bit each: a bit of every byte, or of some of them when there are many. */
export function flipped(bytes: Uint8Array, most = 600): { at: number; bytes: Uint8Array }[] {
  const step = Math.max(1, Math.floor(bytes.length / most));
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => {
    const copy = new Uint8Array(bytes);
    copy[i * step]! ^= 1 << (i % 8);
    return { at: i * step, bytes: copy };
  });
}

/** What a function throws. */
export function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("did not fail");
}
