/**
 * `npm run test:cuda`: on a machine with an NVIDIA card, the kernels' own tests and the library's on the card, the chapters, and the
 * kernels' tests under compute-sanitizer, which finds strays in memory, races within a block and numbers read before they were
 * written. `npm run test:cuda -- kernels library` runs only these parts. `npm test` runs the same tests on a driver without a card.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { runChaptersOnCard } from "./course/chapters-on-card.mjs";
import { findCards, prepareNvcc, prepareSanitizer } from "./cuda.mjs";
import { runMain, SetupFailure } from "./failure.mjs";
import { alone } from "./lock.mjs";
import { paths } from "./paths.mjs";
import { prepare } from "./prepare.mjs";
import { programStep } from "./progress.mjs";
import { runRoom } from "./run-room.mjs";
import { requireNode, requireSystem } from "./toolchain.mjs";

const tools = ["memcheck", "racecheck", "initcheck"];

/** What the library does on any device; other tests look at the CPU's memory or at what its programs are made of. */
const places = ["ops", "nn", "optim", "random", "autograd", "compile", "device", "properties", "serialization", "tensor", "train"].map((folder) => `test/library/${folder}/`);

/** The C++ programs that compute on a card, each with the words that make it short. */
function programs() {
  const folder = path.join(paths.nativeBuild, "test");
  const tests = existsSync(folder) ? readdirSync(folder).filter((name) => /^cuda_\w+_test$/.test(name)) : [];
  const bench = path.join(paths.nativeBuild, "bench", "cuda_bench");
  return [...tests.map((name) => [path.join(folder, name)]), ...(existsSync(bench) ? [[bench, "--small"]] : [])];
}

/** Runs commands one after the other, each a step. */
async function runSteps(steps, env) {
  const counts = { passed: 0, failed: 0, complaints: [] };
  for (const { title, words: [program, ...args] } of steps) {
    try {
      await programStep(title, program, args, { cwd: paths.root, env, ifItFails: `${title} failed` });
      counts.passed += 1;
    } catch (error) {
      if (!(error instanceof SetupFailure)) throw error;
      counts.failed += 1;
      counts.complaints.push(error.message);
    }
  }
  return counts;
}

const short = (words) => [path.basename(words[0]), ...words.slice(1)].join(" ");

/** Each is given its environment and tells what passed and what failed. */
const parts = {
  kernels: (env) => runSteps(programs().map((words) => ({ title: short(words), words })), env),
  // With our own kernels, whose bits these tests look at; the other parts have NVIDIA's libraries where they are found.
  library: (env) => runRoom({ name: "library on the card", minutes: 15, places }, { env: { ...env, NABLA_CUDA_LIBRARIES: "none" }, node: process.execPath, long: false }),
  chapters: (env) => runChaptersOnCard(env),
  async sanitizer(env) {
    const sanitizer = await alone(prepareSanitizer);
    const steps = tools.flatMap((tool) => programs().map((words) => ({ title: `${tool}: ${short(words)}`, words: [sanitizer, "--tool", tool, "--error-exitcode", "1", ...words] })));
    return runSteps(steps, env);
  },
};

function chosenParts(words) {
  const unknown = words.find((word) => !(word in parts));
  if (unknown !== undefined) throw new SetupFailure(`There is no part ${unknown} to test on a card: the parts are ${Object.keys(parts).join(", ")} (\`npm run test:cuda -- kernels\`).`);
  return Object.keys(parts).filter((name) => words.length === 0 || words.includes(name));
}

runMain(async () => {
  const chosen = chosenParts(process.argv.slice(2));
  requireSystem();
  requireNode();
  const cards = findCards();
  if (cards.length === 0) throw new SetupFailure("There is no NVIDIA card here (nvidia-smi lists none), so nothing was tested; `npm test` runs the same kernels on the CPU.");
  console.log(cards.map(({ name, driver }) => `${name}, driver ${driver}`).join("\n"));
  await alone(prepareNvcc);
  await prepare({ tests: true });

  // NABLA_TEST_CARD: the C++ tests take the real driver and not the one without a card.
  const env = { ...process.env, NABLA_DEVICE: "cuda", NABLA_TEST_CARD: "1" };
  const results = [];
  for (const name of chosen) {
    console.log(`\n── ${name} ──`);
    results.push({ name, ...(await parts[name](env)) });
  }

  console.log("\npart            passed  failed");
  for (const { name, passed, failed, complaints } of results) {
    console.log(`${name.padEnd(14)}${String(passed).padStart(8)}${String(failed).padStart(8)}`);
    for (const complaint of complaints) console.log(`  ${complaint}`);
  }
  const failed = results.reduce((sum, part) => sum + part.failed, 0);
  console.log(`\n${results.reduce((sum, part) => sum + part.passed, 0)} passed, ${failed} failed on the ${cards[0].name}`);
  if (failed > 0 || results.some(({ passed }) => passed === 0)) process.exitCode = 1;
});
