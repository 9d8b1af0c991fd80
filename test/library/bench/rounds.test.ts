/** Rounds of the benchmark, with contenders and a machine that are played here. */
import { expect, it } from "vitest";
import { isQuiet, measure } from "../../../bench/rounds.mjs";
import { best, median } from "../../../bench/statistics.mjs";

/** A machine whose peak in each round is the next of these, and stays at the last. */
function machine(peaks: readonly number[]) {
  let round = 0;
  let bestPeak = 0;
  const glance = () => {
    const peak = peaks[Math.min(round++, peaks.length - 1)]!;
    bestPeak = Math.max(bestPeak, peak);
    return Promise.resolve({ peak, floor: 1 / peak });
  };
  return { glance, bestPeak: () => bestPeak, rounds: () => round };
}

/** Contenders whose work takes so many seconds, and the order of their batches in the rounds. */
function contenders(seconds: Record<string, number>) {
  const order: string[] = [];
  const list = Object.entries(seconds).map(([name, once]) => ({
    name,
    seconds: (times: number) => {
      order.push(name);
      return once * times;
    },
  }));
  return { list, order };
}

it("tells the time of doing the work once, however often a round does it", async () => {
  const { glance, bestPeak } = machine([100]);
  const rounds = await measure(contenders({ quick: 1e-5, slow: 0.25 }).list, glance, bestPeak, 20);
  expect(rounds).toHaveLength(20);
  for (const { seconds } of rounds) {
    expect(seconds["quick"]).toBeCloseTo(1e-5, 12);
    expect(seconds["slow"]).toBeCloseTo(0.25, 12);
  }
});

it("lets the contenders begin in turn", async () => {
  const { list, order } = contenders({ a: 1, b: 1 });
  const { glance, bestPeak } = machine([100]);
  await measure(list, glance, bestPeak, 4);
  expect(order.slice(-8).join("")).toBe("abbaabba");
});

it("measures a round again in which the peak was below 90 % of its best", async () => {
  const { glance, bestPeak, rounds } = machine([100, 89, 91, 50, 95, 100]);
  const result = await measure(contenders({ a: 1 }).list, glance, bestPeak, 4);
  expect(result.map(({ peak }) => peak)).toEqual([100, 91, 95, 100]);
  expect(rounds()).toBe(6);
});

it("measures earlier rounds again when the best peak shows only later", async () => {
  const { glance, bestPeak } = machine([50, 50, 100, 100, 100]);
  const result = await measure(contenders({ a: 1 }).list, glance, bestPeak, 3);
  expect(result.map(({ peak }) => peak)).toEqual([100, 100, 100]);
});

it("takes the least disturbed rounds, which stay known as disturbed, where the machine does not come to rest", async () => {
  const { glance, bestPeak, rounds } = machine([100, 60, 80, 70, 40]);
  const result = await measure(contenders({ a: 1 }).list, glance, bestPeak, 3);
  expect(result.map(({ peak }) => peak)).toEqual([100, 80, 70]);
  expect(result.filter((round) => !isQuiet(round, 100))).toHaveLength(2);
  expect(rounds()).toBe(12);
});

it("finds the middle and the best", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(best([3, 1, 2])).toBe(1);
});
