/**
 * A million of each: what a patient learner's cell does in one synchronous job, without `dispose` and without `await`, beside
 * a live JavaScript heap as large as a kernel's, on the Node that runs the tests.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const scenarios = fileURLToPath(new URL("scenarios.mjs", import.meta.url));
const million = 1_000_000;

interface Outcome {
  /** Resident megabytes at the worst moment. */
  peak: number;
  /** Megabytes of live JavaScript objects at the end. */
  live: number;
  seconds: number;
  [name: string]: number;
}

function run(scenario: string): Outcome {
  const args = ["--expose-gc", scenarios, scenario, String(million), "ballast"];
  const outcome = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Outcome;
  console.log(`${scenario} on Node ${process.version}: peak ${outcome.peak} MB, ${outcome.seconds.toFixed(0)} s`);
  return outcome;
}

test("1,000,000 training steps of a small network beside 300 MB of live objects stay under 1 GB", () => {
  const { steps, first, last, live, peak } = run("perceptron");
  expect(steps).toBe(million);
  expect(live).toBeGreaterThan(300);
  expect(last).toBeLessThan(first! / 10);
  expect(peak).toBeLessThan(1000);
}, 900_000);

test("1,000,000 tensors of 64 KB beside 300 MB of live objects stay under 1 GB", () => {
  const { made, live, peak } = run("large");
  expect(made).toBe(million);
  expect(live).toBeGreaterThan(300);
  expect(peak).toBeLessThan(1000);
}, 900_000);
