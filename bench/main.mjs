/**
 * `npm run bench -- cpu`: the same work in Nabla and in its peers, side by side in one run. README.md beside this file
 * says what is measured and how.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { runMain } from "../setup/failure.mjs";
import { alone } from "../setup/lock.mjs";
import { prepareNative } from "../setup/native.mjs";
import { preparePackages } from "../setup/packages.mjs";
import { requireCompiler, requireNode, requireSystem } from "../setup/toolchain.mjs";
import { prepareTypeScript } from "../setup/typescript.mjs";
import { readArguments } from "./arguments.mjs";
import { Machine } from "./machine.mjs";
import { measureRow } from "./measure-row.mjs";
import { startPeers } from "./peers.mjs";
import { asJson, table } from "./report.mjs";

/** Builds what is measured, and the probe of the machine's peak. */
async function prepare() {
  requireSystem();
  requireNode();
  const compiler = requireCompiler();
  await alone(async () => {
    await preparePackages();
    await prepareTypeScript();
    await prepareNative(compiler, { tests: true });
  });
}

const load = () => loadavg()[0].toFixed(2);

runMain(async () => {
  const { json, strict, chosen } = readArguments(process.argv.slice(2));
  await prepare();
  const nabla = await import("../dist/src/index.js");
  const threads = nabla.threads();
  const loadBefore = load();
  const { peers, absent } = await startPeers(process.env.PEERS_PYTHON, threads);
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
  console.log(`\n${table(measured, description.fmaPeakGflops)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(asJson(description, measured), undefined, 2)}\n`);

  const incomplete = measured.filter(({ missing }) => missing.length > 0).map(({ row }) => row.name);
  if (strict && incomplete.length > 0) {
    console.error(`\nnabla: --strict: not compared with every peer: ${incomplete.join(", ")}`);
    process.exitCode = 1;
  }
});
