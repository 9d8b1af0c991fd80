/** Loading MNIST: the real files where they are found, and what happens where they are not. */
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CorruptedDataFile } from "../../../src/data/corrupted-data-file.ts";
import { DataUnreachable } from "../../../src/data/data-file.ts";
import { loadMnist } from "../../../src/data/mnist-files.ts";
import { startMirror } from "./mirror-server.ts";

const realFolder = process.env.NABLA_DATA === undefined ? undefined : join(process.env.NABLA_DATA, "mnist");
const haveReal = realFolder !== undefined && existsSync(join(realFolder, "train-images-idx3-ubyte.gz"));
console.log(haveReal ? "MNIST tests use the real files named by NABLA_DATA" : "MNIST tests use the drawn digits only: NABLA_DATA names no MNIST");

const NO_MIRROR = { mirrors: [] };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-mnist-"));
  vi.stubEnv("NABLA_CACHE", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe("without the files and without a network", () => {
  beforeEach(() => vi.stubEnv("NABLA_DATA", join(folder, "nothing")));

  it("loading MNIST gives the drawn digits after one sentence that says so", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const digits = await loadMnist(NO_MIRROR);
    expect(digits.name).toBe("drawn digits");
    expect(digits.train.count).toBe(12_000);
    expect(log).toHaveBeenCalledOnce();
    expect(log.mock.calls[0]![0]).toContain("these are drawn digits made by Nabla");
  });

  it("it gives up on silent mirrors within their time", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const silent = await startMirror(() => {});
    const start = performance.now();
    const digits = await loadMnist({ mirrors: [silent.url], times: { answer: 1500, stall: 1500 } });
    await silent.close();
    expect(digits.name).toBe("drawn digits");
    expect(silent.requests).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("asking for MNIST and nothing else is an error with the cure", async () => {
    await expect(loadMnist({ ...NO_MIRROR, set: "MNIST" })).rejects.toThrow(DataUnreachable);
    await expect(loadMnist({ ...NO_MIRROR, set: "MNIST" })).rejects.toThrow(/Put t10k-labels-idx1-ubyte.gz into/);
  });

  it("an interrupt ends the loading instead of falling back", async () => {
    const interruption = new AbortController();
    const silent = await startMirror(() => interruption.abort(new Error("interrupted")));
    await expect(loadMnist({ mirrors: [silent.url], signal: interruption.signal })).rejects.toThrow("interrupted");
    await silent.close();
  });

  it("a corrupted file is an error, not a reason to fall back", async () => {
    await mkdir(join(folder, "nothing", "mnist"), { recursive: true });
    await writeFile(join(folder, "nothing", "mnist", "t10k-labels-idx1-ubyte"), "not these bytes");
    await expect(loadMnist(NO_MIRROR)).rejects.toThrow(CorruptedDataFile);
  });
});

describe("asking for the drawn digits", () => {
  it("looks nowhere else", async () => {
    const mirror = await startMirror((_, response) => response.end());
    expect((await loadMnist({ set: "drawn digits", mirrors: [mirror.url] })).name).toBe("drawn digits");
    expect(mirror.requests).toEqual([]);
    await mirror.close();
  });
});

if (haveReal) describe("with the real files", () => {
  it("gives 60,000 and 10,000 labelled images, whose first labels are the published 5, 0, 4 and 7, 2, 1", async () => {
    const digits = await loadMnist({ ...NO_MIRROR, set: "MNIST" });
    expect(digits.name).toBe("MNIST");
    expect([digits.train.count, digits.test.count]).toEqual([60_000, 10_000]);
    expect(digits.train.images).toHaveLength(60_000 * 784);
    expect([...digits.train.labels.subarray(0, 3)]).toEqual([5, 0, 4]);
    expect([...digits.test.labels.subarray(0, 3)]).toEqual([7, 2, 1]);
    // The mean grey level of the training images, 0.1307, is the one every MNIST recipe normalises with.
    const mean = digits.train.images.reduce((sum, grey) => sum + grey, 0) / digits.train.images.length / 255;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(digits.checksum).toBe("017998840fb0ba3336e2cca627621f8d");
  });

  it("fetches them from the mirror in NABLA_MIRROR into the cache, and then from there", async () => {
    const mirror = await startMirror((request, response) => {
      const name = (request.url ?? "").replace(/^\/there\/mnist\//, "");
      readFile(join(realFolder!, name)).then((bytes) => response.end(bytes), () => response.writeHead(404).end());
    });
    vi.stubEnv("NABLA_DATA", "");
    vi.stubEnv("NABLA_MIRROR", `${mirror.url}/there/`);
    const first = await loadMnist();
    await mirror.close();
    expect(first.name).toBe("MNIST");
    expect(mirror.requests).toHaveLength(4);
    const second = await loadMnist(NO_MIRROR);
    expect(second.checksum).toBe(first.checksum);
  });

  it("names a cut-off copy, its checksums and the cure", async () => {
    const given = join(folder, "given", "mnist");
    await mkdir(given, { recursive: true });
    for (const name of ["t10k-labels-idx1-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"]) {
      await copyFile(join(realFolder!, name), join(given, name));
      await chmod(join(given, name), 0o644);
    }
    const cutOff = join(given, "t10k-images-idx3-ubyte.gz");
    await writeFile(cutOff, (await readFile(cutOff)).subarray(0, 1_000_000));
    vi.stubEnv("NABLA_DATA", join(folder, "given"));
    const error = await loadMnist(NO_MIRROR).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CorruptedDataFile);
    expect(error).toMatchObject({ file: cutOff, expected: "2646ac647ad5339dbf082846283269ea" });
  });
});
