/**
 * The same program gives the same bits: what is drawn under every instruction set, and everything for every number of
 * threads, also when the second thread hardly gets to run because other processes keep the cores busy.
 */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { native } from "../../../src/tensor/native.ts";

const programs = fileURLToPath(new URL("programs.mjs", import.meta.url));
const sets = ["portable", "avx2", "avx512"];
/** Those that this processor has: each includes those before it. */
const supported = sets.slice(0, sets.indexOf(process.env["NABLA_ISA"] === undefined ? native.instructionSet : best()) + 1);

/** The best set, asked of a process in which none is chosen. */
function best(): string {
  const { NABLA_ISA: _, ...environment } = process.env;
  const source = 'import("nabla").then(({ instructionSet }) => console.log(instructionSet))';
  return execFileSync(process.execPath, ["-e", source], { env: environment, encoding: "utf8" }).trim();
}

/** Hashes of results, or the numbers themselves. */
type Results = Record<string, string | number[]>;

function run(program: string, isa: string, threads: number): Results {
  const environment = { ...process.env, NABLA_ISA: isa, NABLA_THREADS: String(threads) };
  const output = execFileSync(process.execPath, [programs, program], { env: environment, encoding: "utf8" });
  const outcome = JSON.parse(output) as { threads: number; results: Results };
  expect(outcome.threads).toBe(threads);
  return outcome.results;
}

test("what is drawn has the same bits under every instruction set and for every number of threads", () => {
  const reference = run("draws", "portable", 1);
  expect(new Set(Object.values(reference)).size).toBe(Object.keys(reference).length);
  for (const isa of supported) {
    for (const threads of [1, 2]) expect({ isa, threads, ...run("draws", isa, threads) }).toEqual({ isa, threads, ...reference });
  }
});

test("normals in float64 differ between instruction sets in their last bits at most", () => {
  const [reference, ...others] = supported.map((isa) => run("doubleNormals", isa, 2)["normals"] as number[]);
  expect(reference!.length).toBe(10_001);
  for (const normals of others) {
    const furthest = Math.max(...normals.map((value, i) => Math.abs(value - reference![i]!) / Math.max(1, Math.abs(value))));
    expect(furthest).toBeLessThanOrEqual(4 * Number.EPSILON);
  }
});

describe("sizes round every edge at which work is cut", () => {
  for (const isa of supported) {
    test(`have the same bits for 1, 2 and 3 threads under ${isa}`, () => {
      const alone = run("edges", isa, 1);
      expect(new Set(Object.values(alone)).size).toBe(Object.keys(alone).length);
      for (const threads of [2, 3]) expect(run("edges", isa, threads)).toEqual(alone);
    });
  }
});

test("Boltzmann machines learn and dream the same bits for 1, 2 and 3 threads", () => {
  const isa = supported.at(-1)!;
  const alone = run("boltzmann", isa, 1);
  expect(new Set(Object.values(alone)).size).toBe(Object.keys(alone).length);
  for (const threads of [2, 3]) expect(run("boltzmann", isa, threads)).toEqual(alone);
});

describe("training", () => {
  for (const isa of supported) {
    test(`has the same bits for 1, 2 and 3 threads under ${isa}`, () => {
      const alone = run("training", isa, 1);
      for (const threads of [2, 3]) expect(run("training", isa, threads)).toEqual(alone);
    });
  }

  describe("beside processes that keep every core busy", () => {
    let busy: ChildProcess[] = [];
    beforeAll(() => {
      busy = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
    });
    afterAll(() => busy.forEach((child) => child.kill("SIGKILL")));

    test("has the same bits for 1 and 2 threads, time after time", () => {
      const isa = supported.at(-1)!;
      const alone = run("training", isa, 1);
      for (let round = 0; round < 3; round++) expect(run("training", isa, 2)).toEqual(alone);
    });

    test("have the same bits at every edge", () => {
      const isa = supported.at(-1)!;
      expect(run("edges", isa, 2)).toEqual(run("edges", isa, 1));
    });
  });
});
