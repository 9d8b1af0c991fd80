/**
 * One row, measured: results compared, then rounds of Nabla, of the machine's peak and of each peer that is there.
 */
import { performance } from "node:perf_hooks";
import { requireAgreement } from "./agreement.mjs";
import { measure } from "./rounds.mjs";

/**
 * @typedef {object} Measured
 * @property {import("./rows/row.mjs").Row} row
 * @property {import("./rounds.mjs").Round[]} rounds
 * @property {readonly string[]} compared the peers that took part
 * @property {readonly string[]} missing the peers that the row should have been compared with
 */

/** @param {() => unknown} step */
const nablaSeconds = (step) => (/** @type {number} */ times) => {
  const begin = performance.now();
  for (let i = 0; i < times; i++) step();
  return (performance.now() - begin) / 1000;
};

/**
 * @param {import("./rows/row.mjs").Row} row
 * @param {import("./machine.mjs").Machine} machine
 * @param {readonly import("./peers.mjs").Peer[]} peers those that are running
 * @param {import("./rows/row.mjs").Nabla} nabla
 * @returns {Promise<Measured>}
 * @throws {import("./agreement.mjs").Disagreement} when a peer computes something else
 */
export async function measureRow(row, machine, peers, nabla) {
  const present = peers.filter(({ name }) => row.peers.includes(name));
  const { step, result } = row.prepare(nabla);
  const ours = result();
  for (const peer of present) requireAgreement(`${row.name}, ${peer.name}`, ours, await peer.prepare(row.name), row.tolerance);

  const glance = async () => {
    const peak = await machine.peak();
    if (row.bytes !== undefined) return { peak, floor: row.bytes / (await machine.copyRate(row.bytes)) / 1e9 };
    return { peak, floor: row.flops === undefined || peak === 0 ? null : row.flops / peak / 1e9 };
  };
  const repeats = row.repeats ?? 1;
  const contenders = [
    { name: "nabla", seconds: nablaSeconds(step) },
    ...present.map((peer) => ({ name: peer.name, seconds: (/** @type {number} */ times) => peer.seconds(times) })),
  ];
  const rounds = await measure(contenders, glance, () => machine.bestPeak);
  for (const round of rounds) {
    for (const name of Object.keys(round.seconds)) round.seconds[name] /= repeats;
  }
  const compared = present.map(({ name }) => name);
  return { row, rounds, compared, missing: row.peers.filter((name) => !compared.includes(name)) };
}
