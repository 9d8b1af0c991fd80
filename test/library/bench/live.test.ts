/** What the benchmark of live panels makes of what it has seen. */
import { describe, expect, it } from "vitest";
import { limits, missedLimits, wrongPoints } from "../../../bench/live/run.mjs";

const good = { rows: 6000, seconds: 61, embeds: 1, longTaskShare: 0.01, lost: 0, wrong: 0, messagesPerSecond: 19.9 };

describe("a run with live panels", () => {
  it("that keeps every limit has missed none", () => {
    expect(missedLimits(good)).toEqual([]);
  });

  it.each(limits.map(({ name }) => name))("that is beyond the limit of %s says so", (name) => {
    expect(missedLimits({ ...good, [name]: 100 })).toHaveLength(1);
    expect(missedLimits({ ...good, [name]: NaN })).toHaveLength(1);
  });

  it("counts the points that are not those of the run", () => {
    const step = 500;
    const lr = 0.1 / 1.5;
    expect(wrongPoints({ series: [{ name: "lr", steps: [step, step + 1], values: [Number(lr.toPrecision(6)), lr] }] })).toBe(1);
  });
});
