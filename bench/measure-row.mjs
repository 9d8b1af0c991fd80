/**
 * One row, measured: results compared, then rounds of Nabla, of what the machine can do and of each peer that is there.
 */
import { performance } from "node:perf_hooks";
import { requireAgreement } from "./agreement.mjs";
import { PeerFailure } from "./peers.mjs";
import { measure } from "./rounds.mjs";

/**
 * @typedef {object} Measured
 * @property {import("./rows/row.mjs").Row} row
 * @property {import("./rounds.mjs").Round[]} rounds
 * @property {readonly string[]} compared the peers that took part
 * @property {readonly string[]} missing the peers that the row should have been compared with
 */

/**
 * What is under the measurements.
 * @typedef {object} Ground
 * @property {number} bestPeak the best that `glance` has seen
 * @property {(row: import("./rows/row.mjs").Row) => Promise<import("./rounds.mjs").Glance>} glance looks at what it can do now
 * @property {() => void} finish waits until all that was started is done
 */

/** @param {() => unknown} step @param {() => void} finish */
const nablaSeconds = (step, finish) => (/** @type {number} */ times) => {
  const begin = performance.now();
  for (let i = 0; i < times; i++) step();
  finish();
  return (performance.now() - begin) / 1000;
};

/**
 * @param {import("./rows/row.mjs").Row} row
 * @param {Ground} ground
 * @param {readonly import("./peers.mjs").Peer[]} peers those that are running
 * @param {import("./rows/row.mjs").Nabla} nabla
 * @returns {Promise<Measured>}
 * @throws {import("./agreement.mjs").Disagreement} when a peer computes something else
 */
export async function measureRow(row, ground, peers, nabla) {
  const { step, result } = row.prepare(nabla);
  const ours = result();
  const present = [];
  for (const peer of peers.filter(({ name }) => row.peers.includes(name))) {
    try {
      requireAgreement(`${row.name}, ${peer.name}`, ours, await peer.prepare(row.name, row.sizes), row.tolerance);
      present.push(peer);
    } catch (error) {
      // The row is measured without a peer that cannot do it.
      if (!(error instanceof PeerFailure)) throw error;
      console.error(`${row.name}: ${error.message}`);
    }
  }

  const repeats = row.repeats ?? 1;
  const contenders = [
    { name: "nabla", seconds: nablaSeconds(step, () => ground.finish()) },
    ...present.map((peer) => ({ name: peer.name, seconds: (/** @type {number} */ times) => peer.seconds(times) })),
  ];
  const rounds = await measure(contenders, () => ground.glance(row), () => ground.bestPeak);
  for (const round of rounds) {
    for (const name of Object.keys(round.seconds)) round.seconds[name] /= repeats;
  }
  const compared = present.map(({ name }) => name);
  return { row, rounds, compared, missing: row.peers.filter((name) => !compared.includes(name)) };
}
