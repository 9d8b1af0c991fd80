/** The benchmark of a card, at small sizes by the driver without a card: each row does the CPU's work, and a run tells what it must. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { Card } from "../../../bench/cuda/card.mjs";
import { librariesOf, resultsFile, resultsName } from "../../../bench/cuda/command.mjs";
import { rows, smallRows } from "../../../bench/cuda/rows.mjs";
import { benchCard, requireTheCpusResult } from "../../../bench/cuda/run.mjs";
import { PeerFailure } from "../../../bench/peers.mjs";
import { paths } from "../../../setup/paths.mjs";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=4"), { NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "" });
const nabla = await import("../../../src/index.ts");

it.each(smallRows)("$name, small, is on the card what it is on the CPU", (row) => requireTheCpusResult(nabla, row));

it("every row has a small form of its own, by which it is compared with the CPU", () => {
  expect(smallRows.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

it("a row whose card computes something else ends the run", () => {
  const wrong = { ...smallRows[0]!, prepare: () => ({ step: () => undefined, result: () => [nabla.getDefaultDevice() === "cpu" ? 1 : 1.1] }) };
  expect(() => requireTheCpusResult(nabla, wrong)).toThrow("matmul-bf16, small, on the card and on the CPU: value 0 of 1 is 1.1 here and 1 there");
});

const chain = smallRows.find(({ name }) => name === "elementwise-chain")!;

/** A peer that knows the chain's result and takes a millisecond for whatever it is asked to do. */
function playedPeer(result: readonly number[]) {
  const prepared: [string, object | undefined][] = [];
  const peer = {
    name: "pytorch",
    version: "0.0",
    prepare(row: string, sizes?: object) {
      prepared.push([row, sizes]);
      return Promise.resolve([...result]);
    },
    seconds: (times: number) => Promise.resolve(0.001 * times),
    end() {},
  };
  return { peer, prepared };
}

const description = { name: "Fake card", driver: "1.2", highestClocksMHz: { multiprocessors: 1000, memory: 2000 }, powerLimitWatts: 300, memoryMiB: 64 };
vi.spyOn(console, "error").mockImplementation(() => undefined);
const run = (peer: ReturnType<typeof playedPeer>["peer"]) => benchCard([chain], {
  nabla, card: new Card(nabla, 1000), description, clocks: () => ({ multiprocessors: 900, memory: 2000 }),
  started: { peers: [peer as never], absent: [{ name: "pytorchGraph", reason: "no capture here" }] },
});

it("puts the card's figures beside a peer's, with what both can copy, and names the peer that is absent", async () => {
  const told = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { peer, prepared } = playedPeer(chain.prepare(nabla).result());
  const { json, incomplete } = await run(peer) as { json: any; incomplete: string[] };
  const text = told.mock.calls.flat().join("\n");
  told.mockRestore();
  expect(prepared).toEqual([["copy", { elements: 1000 }], ...["fp32", "tf32", "bf16"].map((each) => [`matmul-${each}`, { size: 8192 }]), ["elementwise-chain", { elements: 1000 }]]);
  expect(incomplete).toEqual(["elementwise-chain"]);
  expect(text).toContain("pytorchGraph: absent (no capture here)");
  expect(text).toMatch(/elementwise-chain .*1 ms \([\d.]+x\) +not compared/);
  // Eight bytes for each of a thousand floats, in a millisecond, and Nabla's own copy if that was faster.
  expect(json.machine).toMatchObject({ name: "Fake card", driver: "1.2", computeCapability: "9.0", peakGflops: { bf16: (2 * 8192 ** 3) / 1e6 }, libraries: [{ name: "cuBLASLt" }, { name: "cuDNN" }] });
  expect(text).toContain("cuBLASLt missing (");
  expect(json.machine.bandwidthGBs).toBeGreaterThanOrEqual(0.008);
  expect(json.rows).toMatchObject([{ name: "elementwise-chain", peers: { pytorch: {} }, clocksMHz: { multiprocessors: 900 }, atLeast: { floor: 0.85, pytorch: 3 } }]);
  expect(json.rows[0].floorMs).toBeLessThanOrEqual(1000 / 0.008 / 1e6);
  expect(json.rows[0].nabla.medianMs).toBeGreaterThan(0);
  expect(nabla.getDefaultDevice()).toBe("cpu");
});

it("goes without a peak that a peer cannot show", async () => {
  const { peer } = playedPeer([1]);
  const card = new Card(nabla, 1000);
  const prepare = (row: string) => (row === "matmul-tf32" ? Promise.reject(new PeerFailure("pytorch", "OutOfMemoryError: no room")) : Promise.resolve([1]));
  await card.findPeaks({ ...peer, prepare } as never);
  expect(Object.keys(card.peakGflops)).toEqual(["fp32", "bf16"]);
});

it("does not measure a row of which a peer computes something else, and says so", async () => {
  const told = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { json, failures } = await run(playedPeer([1, 2, 3]).peer) as { json: any; failures: string[] };
  told.mockRestore();
  expect(failures).toEqual(["elementwise-chain was not measured: elementwise-chain, pytorch: 1000 values here and 3 there"]);
  expect(json.rows).toEqual([{ name: "elementwise-chain", failure: failures[0] }]);
});

it("proposes a name with the day and the card, in a folder that is made for it", () => {
  const name = resultsName(new Date("2030-02-03T04:05:06Z"), "NVIDIA H200 (80GB)");
  expect(name).toBe("2030-02-03-nvidia-h200-80gb.json");
  const folder = mkdtempSync(path.join(tmpdir(), "nabla results "));
  try {
    expect(resultsFile(path.join(folder, "kept"), name)).toBe(path.join(folder, "kept", name));
    expect(existsSync(path.join(folder, "kept"))).toBe(true);
    expect(resultsFile("mine.json", name)).toBe("mine.json");
    expect(resultsFile(undefined, name)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("takes NVIDIA's libraries of the Python that it is compared with", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla python "));
  const python = path.join(folder, "python");
  try {
    // A Python whose packages lie here: its program is run by one that looks for packages nowhere else.
    const libraries = path.join(folder, "nvidia", "cu13", "lib");
    mkdirSync(libraries, { recursive: true });
    writeFileSync(path.join(libraries, "libcublasLt.so.13"), "");
    writeFileSync(python, `#!/bin/sh\nPYTHONPATH='${folder}' exec python3 -S "$@"\n`, { mode: 0o755 });
    expect(librariesOf(python)).toBe(libraries);
    const convolutions = path.join(folder, "nvidia", "cudnn", "lib");
    mkdirSync(convolutions, { recursive: true });
    writeFileSync(path.join(convolutions, "libcudnn.so.9"), "");
    expect(librariesOf(python)).toBe(`${libraries}:${convolutions}`);
    rmSync(path.join(folder, "nvidia"), { recursive: true });
    expect(librariesOf(python)).toBeUndefined();
    expect(librariesOf(undefined)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("says in a sentence that there is no card, and fails", () => {
  const programs = mkdtempSync(path.join(tmpdir(), "nabla programs "));
  try {
    // What the driver's program answers where there is none; it comes before a real one.
    writeFileSync(path.join(programs, "nvidia-smi"), "#!/bin/sh\necho 'No devices were found'\nexit 6\n", { mode: 0o755 });
    const { status, stderr } = spawnSync(process.execPath, [path.join(paths.root, "bench", "main.mjs"), "cuda"], { encoding: "utf8", env: { ...process.env, PATH: programs } });
    expect(stderr.trim()).toBe("nabla: There is no NVIDIA card here (nvidia-smi lists none), so nothing was measured.");
    expect(status).toBe(1);
  } finally {
    rmSync(programs, { recursive: true });
  }
});
