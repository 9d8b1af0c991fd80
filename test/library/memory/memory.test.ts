/**
 * Memory under the collector, in synchronous loops: the case in which JavaScript runtimes run out of memory because
 * finalizers wait for an event loop that never comes.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";

const scenarios = fileURLToPath(new URL("scenarios.mjs", import.meta.url));

interface Outcome {
  peak: number;
  /** Megabytes of live JavaScript objects at the end. */
  live: number;
  [name: string]: number;
}

function run(...args: string[]): Outcome {
  const output = execFileSync(process.execPath, ["--expose-gc", scenarios, ...args], { encoding: "utf8" });
  const outcome = JSON.parse(output) as Outcome;
  console.log(`${args.join(" ")}: peak ${outcome.peak} MB, ${outcome["seconds"]!.toFixed(1)} s`);
  return outcome;
}

describe("native memory follows the collector", () => {
  test("10,000 tensors made in one synchronous job are gone from the native count before the job ends", () => {
    const { made, left } = run("collect");
    expect(made).toBe(10_000);
    expect(left).toBeLessThan(100);
  });

  test("100,000 tensors of 64 KB beside 300 MB of live objects stay under 1 GB", () => {
    const { peak, live } = run("large", "100000", "ballast");
    expect(live).toBeGreaterThan(300);
    expect(peak).toBeLessThan(1000);
  });

  test("100,000 training steps beside 300 MB of live objects stay under 1 GB", () => {
    expect(run("steps", "100000", "ballast").peak).toBeLessThan(1000);
  });

  test("50,000 training steps of a small network beside 300 MB of live objects learn and stay under 1 GB", () => {
    const { first, last, live, peak } = run("perceptron", "50000", "ballast");
    expect(last).toBeLessThan(first! / 10);
    expect(live).toBeGreaterThan(300);
    expect(peak).toBeLessThan(1000);
  });

  test("100,000 training steps that keep every loss stay under 1 GB", () => {
    const { peak, kept } = run("losses", "100000", "ballast");
    expect(kept).toBe(100_000);
    expect(peak).toBeLessThan(1000);
  });
});

test("an eager op on four floats takes less than 0.25 microseconds", () => {
  const { nanoseconds } = run("eager", "250");
  console.log(`a.add(b) on four floats: best ${nanoseconds} ns`);
  expect(nanoseconds).toBeLessThan(250);
});

describe("worker threads", () => {
  test("a worker that is terminated in the middle of an op takes nothing down with it", async () => {
    const source = `
      const { parentPort } = require("node:worker_threads");
      import("nabla").then(({ rand }) => {
        const a = rand([1500, 1500], { dtype: "float64" });
        parentPort.postMessage("computing");
        for (;;) a.matmul(a);
      });
    `;
    for (let round = 0; round < 3; round++) {
      const worker = new Worker(source, { eval: true });
      await new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      await new Promise((resolve) => setTimeout(resolve, 30 + 20 * round));
      expect(await worker.terminate()).toBe(1);
    }
    const { rand } = await import("../../../src/index.ts");
    expect(rand([8, 8]).matmul(rand([8, 8])).shape).toEqual([8, 8]);
  });

  test("two threads computing at once get the same bits as one alone", async () => {
    const source = `
      const { parentPort } = require("node:worker_threads");
      import("nabla").then(({ Generator, rand }) => {
        const a = rand([300, 300], { generator: new Generator(7) });
        let b = a;
        for (let i = 0; i < 20; i++) b = a.matmul(b).add(1).matmul(a);
        parentPort.postMessage(b.sum({ dim: 0 }).data());
      });
    `;
    const answer = (): Promise<Float32Array> =>
      new Promise((resolve, reject) => {
        const worker = new Worker(source, { eval: true });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    const [alone] = [await answer()];
    const together = await Promise.all([answer(), answer(), answer()]);
    for (const other of together) expect(Buffer.from(other.buffer)).toEqual(Buffer.from(alone!.buffer));
  });
});
