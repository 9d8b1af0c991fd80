/**
 * `npm run bench -- cpu`, `-- cuda`, `-- kernel` and `-- live`: builds what is measured, measures it, and writes what came of it.
 * README.md beside this file says what is measured and how.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { runMain } from "../setup/failure.mjs";
import { alone } from "../setup/lock.mjs";
import { prepareNative } from "../setup/native.mjs";
import { preparePackages } from "../setup/packages.mjs";
import { shown } from "../setup/paths.mjs";
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

/** The complaint of a run with a list of what is wanting, or none. @param {string} what @param {readonly string[]} list */
const complaintOf = (what, list, between = ", ") => (list.length > 0 ? `${what}: ${list.join(between)}` : undefined);

/**
 * What is measured: each builds what it needs, measures, and tells what is to be written, what `--strict` complains of, and, where
 * it is not the one that was asked for, the file.
 * @type {Record<string, (asked: any) => Promise<{json: object, complaint: string | undefined, file?: string | undefined}>>}
 */
const subjects = {
  async cpu({ chosen }) {
    await prepare(true);
    const { benchProcessor } = await import("./cpu.mjs");
    const { json, incomplete } = await benchProcessor(chosen);
    return { json, complaint: complaintOf("not compared with every peer", incomplete) };
  },
  async cuda({ chosen, built, json: to }) {
    const { benchCuda } = await import("./cuda/command.mjs");
    const { json, incomplete, failures, file } = await benchCuda(chosen, { built, json: to });
    if (failures.length > 0) process.exitCode = 1;
    return { json, file, complaint: complaintOf("not compared with every peer", incomplete) };
  },
  async kernel({ chosen }) {
    await prepare(false);
    const { benchKernels } = await import("./kernel/run.mjs");
    const { json, missed } = await benchKernels(chosen);
    return { json, complaint: complaintOf("missed", missed) };
  },
  async live({ seconds }) {
    await prepareAll();
    const { benchLive } = await import("./live/run.mjs");
    const { json, missed } = await benchLive(seconds);
    return { json, complaint: complaintOf("missed", missed, "; ") };
  },
};

runMain(async () => {
  const asked = readArguments(process.argv.slice(2));
  const { json, complaint, file = asked.json } = await subjects[asked.subject](asked);
  if (file !== undefined) {
    writeFileSync(file, `${JSON.stringify(json, undefined, 2)}\n`);
    console.log(`\nwritten to ${shown(path.resolve(file))}`);
  }
  if (asked.strict && complaint !== undefined) {
    console.error(`\nnabla: --strict: ${complaint}`);
    process.exitCode = 1;
  }
});
