/** Rates and times left, on a clock that the test sets. */
import { describe, expect, test } from "vitest";
import { Pace } from "../../../../src/plot/live/pace.ts";

/** A run of which each step takes so many milliseconds. */
function paced(): { pace: Pace; go(steps: number, milliseconds: number, samples?: number): void; clock: { now: number } } {
  const clock = { now: 1000 };
  const pace = new Pace(() => clock.now);
  pace.start();
  return {
    pace, clock,
    go(steps, milliseconds, samples = 32) {
      for (let i = 0; i < steps; i++) {
        clock.now += milliseconds;
        pace.add(1, samples);
      }
    },
  };
}

describe("the pace of a run", () => {
  test("is steps and samples over seconds, and the time left follows from it", () => {
    const { pace, go } = paced();
    go(100, 50);
    expect(pace.rate!.steps).toBeCloseTo(20, 6);
    expect(pace.rate!.samples).toBeCloseTo(640, 6);
    expect(pace.secondsFor(900)).toBeCloseTo(45, 6);
    expect(pace.seconds).toBeCloseTo(5, 6);
  });

  test("is not told before there is enough to tell it from", () => {
    const { pace, go } = paced();
    expect(pace.rate).toBeUndefined();
    go(3, 100);
    expect(pace.secondsFor(10)).toBeUndefined();
  });

  test("leaves pauses out", () => {
    const { pace, go, clock } = paced();
    go(20, 100);
    pace.pause();
    clock.now += 60_000;
    expect(pace.seconds).toBeCloseTo(2, 6);
    pace.start();
    go(20, 100);
    expect(pace.rate!.steps).toBeCloseTo(10, 6);
    expect(pace.seconds).toBeCloseTo(4, 6);
  });

  test("forgets a slow beginning after twenty seconds", () => {
    const { pace, go } = paced();
    go(1, 30_000);
    go(300, 100);
    expect(pace.rate!.steps).toBeCloseTo(10, 0);
  });
});
