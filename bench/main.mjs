/**
 * `npm run bench -- cpu`, `npm run bench -- kernel` and `npm run bench -- live`: builds what is measured, measures it, and writes what came of it.
 * README.md beside this file says what is measured and how.
 */
import { writeFileSync } from "node:fs";
import { runMain } from "../setup/failure.mjs";
import { alone } from "../setup/lock.mjs";
import { prepareNative } from "../setup/native.mjs";
import { preparePackages } from "../setup/packages.mjs";
import { requireCompiler, requireNode, requireSystem } from "../setup/toolchain.mjs";
import { prepare as prepareAll } from "../setup/prepare.mjs";
import { prepareTypeScript } from "../setup/typescript.mjs";
import { readArguments } from "./arguments.mjs";

/** Builds what is measured; for the processor the probe of the machine's peak as well. @param {boolean} probe */
async function prepare(probe) {
  requireSystem();
  requireNode();
  const compiler = requireCompiler();
  await alone(async () => {
    await preparePackages();
    await prepareTypeScript();
    await prepareNative(compiler, { tests: probe });
  });
}

runMain(async () => {
  const asked = readArguments(process.argv.slice(2));
  if (asked.subject === "live") await prepareAll();
  else await prepare(asked.subject === "cpu");
  let json, complaint;
  if (asked.subject === "cpu") {
    const { benchProcessor } = await import("./cpu.mjs");
    const result = await benchProcessor(asked.chosen);
    json = result.json;
    if (result.incomplete.length > 0) complaint = `not compared with every peer: ${result.incomplete.join(", ")}`;
  } else if (asked.subject === "live") {
    const { benchLive } = await import("./live/run.mjs");
    const result = await benchLive(asked.seconds);
    json = result.json;
    if (result.missed.length > 0) complaint = `missed: ${result.missed.join("; ")}`;
  } else {
    const { benchKernels } = await import("./kernel/run.mjs");
    const result = await benchKernels(asked.chosen);
    json = result.json;
    if (result.missed.length > 0) complaint = `missed: ${result.missed.join(", ")}`;
  }
  if (asked.json !== undefined) writeFileSync(asked.json, `${JSON.stringify(json, undefined, 2)}\n`);
  if (asked.strict && complaint !== undefined) {
    console.error(`\nnabla: --strict: ${complaint}`);
    process.exitCode = 1;
  }
});
