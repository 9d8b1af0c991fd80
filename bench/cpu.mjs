/**
 * `npm run bench -- cpu`: the same work in Nabla and in its peers, side by side in one run. README.md beside this file
 * says what is measured and how.
 */
import { loadavg } from "node:os";
import { Machine } from "./machine.mjs";
import { measureRow } from "./measure-row.mjs";
import { startPeers } from "./peers.mjs";
import { asJson, table } from "./report.mjs";

/** The peers, with the programs that serve them. @param {number} threads that each may use */
const peerPrograms = (threads) => ({
  pytorch: ["pytorch_rows.py", String(threads)],
  pytorchChannelsLast: ["pytorch_channels_last_rows.py", String(threads)],
  jax: ["jax_rows.py"],
});

const load = () => loadavg()[0].toFixed(2);

/**
 * @param {readonly import("./rows/row.mjs").Row[]} chosen
 * @returns {Promise<{json: object, incomplete: string[]}>} what is to be written, and the rows that were not compared with
 *   every peer
 */
export async function benchProcessor(chosen) {
  const nabla = await import("../dist/src/index.js");
  const threads = nabla.threads();
  const loadBefore = load();
  const programs = peerPrograms(threads);
  const { peers, absent } = await startPeers(process.env.PEERS_PYTHON, programs);
  const machine = new Machine();
  const measured = [];
  try {
    await machine.findPeak();
    for (const row of chosen) {
      await machine.lookAtBandwidth();
      console.error(`measuring ${row.name}: ${row.work}`);
      measured.push(await measureRow(row, machine, peers, nabla));
    }
  } finally {
    machine.end();
    for (const peer of peers) peer.end();
  }

  const description = machine.description(threads);
  console.log(
    `\n${description.cpu}, ${threads} threads, ${nabla.instructionSet}, Node ${description.node}; ` +
      `peak ${description.fmaPeakGflops.toFixed(0)} GFLOP/s, memory ${description.bandwidthGBs.toFixed(1)} GB/s; ` +
      `load ${loadBefore} before and ${load()} after`,
  );
  for (const { name, version } of peers) console.log(`${name} ${version}`);
  for (const { name, reason } of absent) console.log(`${name}: absent (${reason})`);
  console.log(`\n${table(measured, description.fmaPeakGflops, Object.keys(programs))}`);
  return { json: asJson(description, measured), incomplete: measured.filter(({ missing }) => missing.length > 0).map(({ row }) => row.name) };
}
