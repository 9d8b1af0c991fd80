/**
 * `npm run test:cuda`: on a machine with an NVIDIA card, the kernels' own tests and the library's on the card, then the
 * kernels' under compute-sanitizer, which finds strays in memory, races within a block and numbers read before they were written.
 * `npm test` runs the same tests on a driver without a card.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { findCards, prepareNvcc, prepareSanitizer } from "./cuda.mjs";
import { runMain, SetupFailure } from "./failure.mjs";
import { alone } from "./lock.mjs";
import { prepareNative } from "./native.mjs";
import { preparePackages } from "./packages.mjs";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";
import { runRoom } from "./run-room.mjs";
import { requireCompiler, requireNode, requirePython, requireSystem } from "./toolchain.mjs";
import { prepareTypeScript } from "./typescript.mjs";

const tools = ["memcheck", "racecheck", "initcheck"];

/** What the library does on any device; other tests look at the CPU's memory or at what its programs are made of. */
const places = ["ops", "nn", "optim", "random"].map((folder) => `test/library/${folder}/`);

async function sanitize(sanitizer, env) {
  const folder = path.join(paths.nativeBuild, "test");
  const programs = existsSync(folder) ? readdirSync(folder).filter((name) => /^cuda_\w+_test$/.test(name)) : [];
  const failed = [];
  for (const tool of tools) {
    for (const program of programs) {
      const words = ["--tool", tool, "--error-exitcode", "1", path.join(folder, program)];
      try {
        await programStep(`${tool}: ${program}`, sanitizer, words, { cwd: paths.root, env, ifItFails: `${tool} complains of ${program}` });
      } catch (error) {
        if (!(error instanceof SetupFailure)) throw error;
        failed.push(`${tool} of ${program}`);
      }
    }
  }
  return { passed: tools.length * programs.length - failed.length, failed };
}

runMain(async () => {
  requireSystem();
  requireNode();
  const cards = findCards();
  if (cards.length === 0) throw new SetupFailure("There is no NVIDIA card here (nvidia-smi lists none), so nothing was tested; `npm test` runs the same kernels on the CPU.");
  console.log(cards.map(({ name, driver }) => `${name}, driver ${driver}`).join("\n"));
  const compiler = requireCompiler();
  requirePython();
  const sanitizer = await alone(async () => {
    await preparePackages();
    await prepareTypeScript();
    const nvcc = await prepareNvcc();
    await prepareNative(compiler, { tests: true, kernels: { nvcc, capabilities: [...new Set(cards.map(({ capability }) => capability))].sort() } });
    return prepareSanitizer();
  });

  // NABLA_TEST_CARD: the C++ tests take the real driver and not the one without a card.
  const env = { ...process.env, NABLA_DEVICE: "cuda", NABLA_TEST_CARD: "1" };
  const room = { name: "library on the card", minutes: 15, ctest: "^cuda_", places };
  const { passed, failed, complaints } = await runRoom(room, { env, node: process.execPath, long: false });
  const sanitized = await sanitize(sanitizer, env);

  for (const complaint of [...complaints, ...sanitized.failed]) console.log(complaint);
  const failures = failed + sanitized.failed.length;
  console.log(`\n${passed + sanitized.passed} passed, ${failures} failed on the ${cards[0].name}`);
  if (failures > 0 || sanitized.passed === 0) process.exitCode = 1;
});
