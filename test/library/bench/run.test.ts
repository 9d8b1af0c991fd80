/** A run of the benchmark from its command to its JSON, alone and beside peers that are played here by a small program. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { numbers } from "../../../bench/inputs.mjs";
import { paths } from "../../../setup/paths.mjs";

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), "nabla bench ")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A program in the place of Python that has "torch" but no "jax". It answers with this result (null: it fails) and takes ten
 * milliseconds for whatever it is asked to do.
 */
function playedPython(result: readonly number[] | null): string {
  const file = path.join(folder, "python.mjs");
  writeFileSync(file, `#!${process.execPath}
import { createInterface } from "node:readline";
if (process.argv.some((word) => word.endsWith("jax_rows.py"))) {
  console.error("Traceback\\nModuleNotFoundError: No module named 'jax'");
  process.exit(1);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  const prepared = ${JSON.stringify(result === null ? { failure: "RuntimeError: no room\nfor it" } : { result })};
  const answer = question.prepare ? prepared : question.times ? { seconds: 0.01 * question.times } : { version: "0.0" };
  console.log(JSON.stringify(answer));
});
`);
  chmodSync(file, 0o755);
  return file;
}

function bench(args: readonly string[], python: string) {
  return spawnSync(process.execPath, [path.join(paths.root, "bench", "main.mjs"), ...args],
    { encoding: "utf8", env: { ...process.env, PEERS_PYTHON: python }, cwd: folder });
}

const chain = (): number[] => [...numbers(4, 1)].map((value, i) => value + 100 * numbers(4, 2)[i]!);
const json = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));

it("measures a row alone, says that it was not compared, and fails only when told to be strict", () => {
  const { status, stdout } = bench(["cpu", "--rows", "add-chain", "--json", "alone.json"], "");
  expect(stdout).toContain("not compared");
  expect(status).toBe(0);
  const { machine, rows } = json("alone.json");
  expect(Object.keys(machine)).toEqual(["fmaPeakGflops", "bandwidthGBs", "cpu", "threads", "node"]);
  expect(machine.bandwidthGBs).toBeGreaterThan(0);
  expect(rows).toEqual([{ name: "add-chain", nabla: { bestMs: expect.any(Number), medianMs: expect.any(Number) }, peers: {}, floorMs: null }]);

  const strict = bench(["cpu", "--rows", "add-chain", "--strict"], "");
  expect(strict.status).toBe(1);
  expect(strict.stderr).toContain("not compared with every peer: add-chain");
});

it("puts the peer's time of one addition beside ours, and names the peer that is absent", () => {
  const { status, stdout } = bench(["cpu", "--rows", "add-chain", "--strict", "--json", "compared.json"], playedPython(chain()));
  expect(status).toBe(0);
  expect(stdout).toContain("jax: absent (ModuleNotFoundError: No module named 'jax')");
  const [{ nabla, peers }] = json("compared.json").rows;
  // A step of ten milliseconds is a hundred additions.
  expect(peers.pytorch.bestMs).toBeCloseTo(0.1, 6);
  expect(peers.pytorch.medianMs).toBeCloseTo(0.1, 6);
  expect(nabla.bestMs).toBeGreaterThan(0);
  expect(nabla.bestMs).toBeLessThanOrEqual(nabla.medianMs);
});

it("ends when a peer computes something else", () => {
  const { status, stderr } = bench(["cpu", "--rows", "add-chain"], playedPython([0, 0, 0, 1]));
  expect(status).toBe(1);
  expect(stderr).toContain("Disagreement: add-chain, pytorch: value 0 of 4");
});

it("measures a row without a peer that cannot do it, and says why", () => {
  const { status, stdout, stderr } = bench(["cpu", "--rows", "add-chain", "--strict"], playedPython(null));
  expect(status).toBe(1);
  expect(stderr).toContain("add-chain: pytorch could not do it: RuntimeError: no room");
  expect(stderr).toContain("not compared with every peer: add-chain");
  expect(stdout).toMatch(/add-chain .*not compared/);
});

it("says so when PEERS_PYTHON names no program", () => {
  const { status, stderr } = bench(["cpu", "--rows", "add-chain"], path.join(folder, "nothing"));
  expect(status).toBe(1);
  expect(stderr).toContain("PEERS_PYTHON is");
});
