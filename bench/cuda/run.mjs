/**
 * `npm run bench -- cuda`: the same work on an NVIDIA card in Nabla and in PyTorch, side by side in one run. README.md in the
 * folder above says what is measured and how.
 */
import { cpus } from "node:os";
import { requireAgreement } from "../agreement.mjs";
import { measureRow } from "../measure-row.mjs";
import { asJson, table } from "../report.mjs";
import { smallRows } from "./rows.mjs";

/**
 * @typedef {import("../rows/row.mjs").Nabla} Nabla
 * @typedef {import("../rows/row.mjs").Row} Row
 * @typedef {import("./card.mjs").Card} Card
 */

/** The peers, with the programs that serve them. */
export const peerPrograms = {
  pytorch: ["pytorch_card_rows.py", "eager", "cuda"],
  pytorchGraph: ["pytorch_card_rows.py", "graph", "cuda"],
};

/**
 * Computes the small form of a row on the CPU and on the card.
 * @param {Nabla} nabla
 * @param {Row} row
 * @throws {import("../agreement.mjs").Disagreement} where they differ
 */
export function requireTheCpusResult(nabla, row) {
  const [there, here] = /** @type {const} */ (["cuda", "cpu"]).map((device) => {
    nabla.setDefaultDevice(device);
    nabla.manualSeed(1);
    return row.prepare(nabla).result();
  });
  requireAgreement(`${row.name}, small, on the card and on the CPU`, there, here, row.tolerance);
}

/**
 * Measures rows on the card and prints what came of it.
 * @param {readonly Row[]} chosen
 * @param {object} on
 * @param {Nabla} on.nabla
 * @param {Card} on.card
 * @param {ReturnType<typeof import("./card.mjs").description>} on.description
 * @param {() => object} on.clocks
 * @param {Awaited<ReturnType<typeof import("../peers.mjs").startPeers>>} on.started
 * @returns {Promise<{json: object, incomplete: string[], failures: string[]}>} what is to be written, the rows that were not
 *   compared with every peer, and what went wrong with those that were not measured: time on a card is short, so the others are
 */
export async function benchCard(chosen, { nabla, card, description, clocks, started: { peers, absent } }) {
  await card.findPeaks(peers.find(({ name }) => name === "pytorch"));
  const measured = [];
  const clocksAfter = [];
  const failed = [];
  for (const row of chosen) {
    console.error(`measuring ${row.name}: ${row.work}`);
    try {
      requireTheCpusResult(nabla, /** @type {Row} */ (smallRows.find(({ name }) => name === row.name)));
      nabla.setDefaultDevice("cuda");
      nabla.manualSeed(1);
      measured.push(await measureRow(row, card, peers, nabla));
      clocksAfter.push(clocks());
    } catch (error) {
      const failure = `${row.name} was not measured: ${/** @type {Error} */ (error).message}`;
      console.error(failure);
      failed.push({ name: row.name, failure });
    }
    // The row's tensors are free before the next one takes its own.
    globalThis.gc?.();
  }
  nabla.setDefaultDevice("cpu");

  const about = nabla.device.info().cuda;
  const machine = {
    ...description, computeCapability: about?.computeCapability, bandwidthGBs: card.bandwidth, copyGBs: card.bestPeak,
    peakGflops: card.peakGflops, libraries: about?.libraries ?? [], cpu: cpus()[0]?.model ?? "", node: process.versions.node,
  };
  const peaks = Object.entries(machine.peakGflops).map(([precision, rate]) => `${precision} ${rate.toFixed(0)}`);
  console.log(
    `\n${machine.name}, driver ${machine.driver}, compute capability ${machine.computeCapability}; copies ${machine.bandwidthGBs.toFixed(0)} GB/s ` +
      `(Nabla ${machine.copyGBs.toFixed(0)}); PyTorch's products, in GFLOP/s: ${peaks.join(", ") || "not measured"}`,
  );
  for (const { name, state, details } of machine.libraries) console.log(`${name} ${state}${details === "" ? "" : ` (${details})`}`);
  for (const { name, version } of peers) console.log(`${name} ${version}`);
  for (const { name, reason } of absent) console.log(`${name}: absent (${reason})`);
  console.log(`\n${table(measured, card.bestPeak, Object.keys(peerPrograms))}`);
  const { rows } = asJson(machine, measured);
  return {
    json: {
      date: new Date().toISOString(),
      machine,
      peers: Object.fromEntries(peers.map(({ name, version }) => [name, version])),
      rows: [...rows.map((each, i) => ({ ...each, work: measured[i].row.work, atLeast: measured[i].row.atLeast, clocksMHz: clocksAfter[i] })), ...failed],
    },
    failures: failed.map(({ failure }) => failure),
    incomplete: measured.filter(({ missing }) => missing.length > 0).map(({ row }) => row.name),
  };
}
