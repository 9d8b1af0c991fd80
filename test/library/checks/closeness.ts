/**
 * Says where two lists of numbers first differ by more than a relative error.
 */
import { expect } from "vitest";

/** @param what names the list in the message. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = "values"): void {
  expect(actual.length, `${what}: how many`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [own, other] = [actual[i]!, expected[i]!];
    if (Object.is(own, other) || own === other) continue;
    if (Number.isNaN(own) && Number.isNaN(other)) continue;
    // A finite error bound never excuses an infinity or a NaN.
    if (Math.abs(own - other) <= tolerance * (1 + Math.abs(other)) && Number.isFinite(own) && Number.isFinite(other)) continue;
    expect.fail(`${what}: element ${i} is ${own}, expected ${other} within ${tolerance}`);
  }
}
