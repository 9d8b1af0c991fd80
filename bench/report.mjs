/**
 * What a run tells: a table for a person, and JSON for a program.
 */
import { isQuiet } from "./rounds.mjs";
import { best, median } from "./statistics.mjs";

/** @typedef {import("./measure-row.mjs").Measured} Measured */

const milliseconds = (/** @type {number} */ seconds) => seconds * 1000;

/** A duration in the unit that suits it. @param {number} seconds */
function duration(seconds) {
  if (seconds < 1e-6) return `${(seconds * 1e9).toFixed(0)} ns`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(3)} us`;
  return `${Number((seconds * 1e3).toPrecision(3))} ms`;
}

const percent = (/** @type {number} */ part) => (part < 0.01 ? "under 1 %" : `${(100 * part).toFixed(0)} %`);

/** @param {Measured} measured @param {string} contender */
const secondsOf = ({ rounds }, contender) => rounds.map(({ seconds }) => seconds[contender]);

/** How many times Nabla's time a peer needs: the median of the rounds' ratios. @param {Measured} measured @param {string} peer */
const ratioTo = ({ rounds }, peer) => median(rounds.map(({ seconds }) => seconds[peer] / seconds.nabla));

/** The floors of the rounds, where the row has one. @param {Measured} measured */
const floorsOf = ({ rounds }) => rounds.flatMap(({ floor }) => (floor === null ? [] : [floor]));

/** Which part of Nabla's time the floor is: the median of the rounds' ratios, or null. @param {Measured} measured */
function partOfPeak({ rounds }) {
  const parts = rounds.flatMap(({ floor, seconds }) => (floor === null ? [] : [floor / seconds.nabla]));
  return parts.length === 0 ? null : median(parts);
}

/** What the row must reach, each with a "+" where it did, a "-" where it did not, a "?" where it was not measured. @param {Measured} measured */
function targets(measured) {
  const { atLeast } = measured.row;
  const words = /** @type {string[]} */ ([]);
  const say = (/** @type {string} */ goal, /** @type {boolean | undefined} */ met) => words.push(`${goal} ${met === undefined ? "?" : met ? "+" : "-"}`);
  if (atLeast.floor !== undefined) {
    const part = partOfPeak(measured);
    say(`${percent(atLeast.floor)} of peak`, part === null ? undefined : part >= atLeast.floor);
  }
  for (const [peer, goal] of Object.entries(atLeast)) {
    if (peer !== "floor" && peer !== "seconds") say(`${goal}x ${peer}`, measured.compared.includes(peer) ? ratioTo(measured, peer) >= goal : undefined);
  }
  if (atLeast.seconds !== undefined) say(`under ${duration(atLeast.seconds)}`, median(secondsOf(measured, "nabla")) < atLeast.seconds);
  return words.join(", ");
}

/** A peer's cell: its median and the ratio, or that it is missing, or that the row does not ask for it. @param {Measured} measured @param {string} peer */
function peerCell(measured, peer) {
  if (measured.missing.includes(peer)) return "not compared";
  if (!measured.compared.includes(peer)) return "";
  return `${duration(median(secondsOf(measured, peer)))} (${ratioTo(measured, peer).toFixed(2)}x)`;
}

/** @param {readonly string[]} peers */
const header = (peers) => ["row", "best", "median", "floor", "of floor", ...peers.map((peer) => `${peer} (ratio)`), "at least", "disturbed"];

/** @param {Measured} measured @param {number} bestPeak @param {readonly string[]} peers @returns {string[]} */
function cells(measured, bestPeak, peers) {
  const ours = secondsOf(measured, "nabla");
  const floors = floorsOf(measured);
  const part = partOfPeak(measured);
  const disturbed = measured.rounds.filter((round) => !isQuiet(round, bestPeak)).length;
  return [
    measured.row.name, duration(best(ours)), duration(median(ours)),
    floors.length === 0 ? "" : duration(best(floors)), part === null ? "" : percent(part),
    ...peers.map((peer) => peerCell(measured, peer)), targets(measured),
    disturbed === 0 ? "" : `${disturbed} of ${measured.rounds.length}`,
  ];
}

/**
 * The rows as a table, its columns as wide as they must be.
 * @param {readonly Measured[]} all
 * @param {number} bestPeak of the whole run: a round that looked quiet may turn out disturbed when a better one is seen
 * @param {readonly string[]} peers each has a column
 */
export function table(all, bestPeak, peers) {
  const lines = [header(peers), ...all.map((measured) => cells(measured, bestPeak, peers))];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

/** @param {readonly number[]} seconds */
const times = (seconds) => ({ bestMs: milliseconds(best(seconds)), medianMs: milliseconds(median(seconds)) });

/**
 * The JSON of a run. A row without floor has `floorMs: null`; a peer that did not take part is not among `peers`.
 * @param {object} machine what it was measured on
 * @param {readonly Measured[]} all
 */
export function asJson(machine, all) {
  const rows = all.map((measured) => {
    const floors = floorsOf(measured);
    return {
      name: measured.row.name,
      nabla: times(secondsOf(measured, "nabla")),
      peers: Object.fromEntries(measured.compared.map((peer) => [peer, times(secondsOf(measured, peer))])),
      floorMs: floors.length === 0 ? null : milliseconds(best(floors)),
    };
  });
  return { machine, rows };
}
