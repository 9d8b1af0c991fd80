/**
 * Measuring in rounds. In each, the machine's peak is looked at and then every contender works for about a hundredth of a
 * second, in alternating order, so that a neighbour on the machine disturbs all sides of a ratio alike. Rounds in which
 * the peak was below 90 % of its best were disturbed: they are measured again.
 */
import { setTimeout as pause } from "node:timers/promises";

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(times: number) => number | Promise<number>} seconds does the work so many times and tells how long it took
 *
 * @typedef {object} Glance what the machine can do in this round
 * @property {number} peak
 * @property {number | null} floor seconds that the work takes at the least
 *
 * @typedef {object} Round
 * @property {number} peak
 * @property {number | null} floor
 * @property {Record<string, number>} seconds of doing the work once, by contender
 */

/** A round whose peak is below this part of the best was disturbed. */
const undisturbed = 0.9;

/** Whether the machine was at rest in a round. @param {Round} round @param {number} bestPeak */
export const isQuiet = (round, bestPeak) => round.peak >= undisturbed * bestPeak;

/** Rounds measured for one that is wanted, before the least disturbed ones are taken. */
const patience = 4;

/** How long a contender works in a round, in seconds; it works at least once. */
const batch = 0.01;

/** How long each contender works before the first round, in seconds: compilers, caches and pools are then as they stay. */
const warmUp = 0.3;

/** Threads of the contender before spin for a few milliseconds after their work. */
const settling = 5;

/** How often the contender does its work in one round, found while warming it up. @param {Contender} contender */
async function timesPerRound(contender) {
  let worked = 0;
  for (let times = 1; ;) {
    const seconds = await contender.seconds(times);
    worked += seconds;
    if (worked >= warmUp) return Math.max(1, Math.round((batch * times) / seconds));
    if (seconds < batch) times *= 2;
  }
}

/**
 * @param {readonly Contender[]} contenders
 * @param {() => Promise<Glance>} glance looks at the machine
 * @param {() => number} bestPeak the best that was seen until now
 * @param {number} [wanted] undisturbed rounds
 * @returns {Promise<Round[]>} as many as wanted, undisturbed where the machine came to rest
 */
export async function measure(contenders, glance, bestPeak, wanted = 20) {
  const times = new Map();
  for (const contender of contenders) times.set(contender, await timesPerRound(contender));

  /** @type {Round[]} */
  const measured = [];
  for (;;) {
    const round = { ...(await glance()), seconds: /** @type {Record<string, number>} */ ({}) };
    const order = measured.length % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      await pause(settling);
      const count = times.get(contender);
      round.seconds[contender.name] = (await contender.seconds(count)) / count;
    }
    measured.push(round);
    const quiet = measured.filter((round) => isQuiet(round, bestPeak()));
    if (quiet.length >= wanted) return quiet;
    if (measured.length >= patience * wanted) return [...measured].sort((a, b) => b.peak - a.peak).slice(0, wanted);
  }
}
