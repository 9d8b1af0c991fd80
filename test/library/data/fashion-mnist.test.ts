/** The clothes: read in MNIST's format, checked by structure, and what stands in. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { CorruptedDataFile, DataUnreachable, fashionMnist } from "../../../src/data/index.ts";
import "../../../src/index.ts";
import { useScratchFolder } from "./scratch-folder.ts";

const NO_MIRROR = { mirrors: [] };
const scratch = useScratchFolder();

function idx(shape: readonly number[], value: (i: number) => number): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt16BE(0x0800 + shape.length, 2);
  shape.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
  return Buffer.concat([header, Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => value(i))]);
}
function give(name: string, bytes: Uint8Array): void {
  mkdirSync(join(scratch.given, "fashion-mnist"), { recursive: true });
  writeFileSync(join(scratch.given, "fashion-mnist", name), bytes);
}
/** A set of the right structure. */
function giveAll(): void {
  for (const [part, count] of [["train", 60_000], ["t10k", 10_000]] as const) {
    give(`${part}-labels-idx1-ubyte.gz`, gzipSync(idx([count], (i) => i % 10), { level: 1 }));
    give(`${part}-images-idx3-ubyte`, idx([count, 28, 28], (i) => i % 256));
  }
}

describe("the clothes", () => {
  it("are read, and said to be known by their structure where the published checksum is not theirs", async () => {
    giveAll();
    const { name, train, test, classes } = await fashionMnist(NO_MIRROR);
    expect([name, train.images.shape, test.images.shape, classes[9]]).toEqual(["Fashion-MNIST, by structure", [60_000, 784], [10_000, 784], "ankle boot"]);
    expect([test.images.at(0, 51).item(), test.labels.at(13).item()]).toEqual([Math.fround(0.2), 3]);
  });

  it.each([
    ["cut off", idx([10_000], (i) => i % 10).subarray(0, 9_000), /t10k-labels-idx1-ubyte is cut off or corrupted: byte 0: an IDX array of shape \[10000\] needs a file of 10008 bytes, but this one has 9000/],
    ["of another count", idx([9_990], (i) => i % 10), /byte 4: its shape should be \[10000\], but is \[9990\]/],
    ["with changed labels", idx([10_000], (i) => (i === 7 ? 0 : i % 10)), /byte 8: class 0 should have 1000 labels, but has 1001/],
  ])("are refused when a file is %s", async (_, bytes, message) => {
    give("t10k-labels-idx1-ubyte", bytes);
    await expect(fashionMnist(NO_MIRROR)).rejects.toThrow(message);
    await expect(fashionMnist(NO_MIRROR)).rejects.toThrow(CorruptedDataFile);
  });

  it("are stood in for by grey drawn pictures", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { name, train, classes } = await fashionMnist(NO_MIRROR);
    expect([name, train.images.shape, classes[0]]).toEqual(["drawn pictures", [6_000, 784], "disc"]);
    expect(log).toHaveBeenCalledOnce();
    await expect(fashionMnist({ ...NO_MIRROR, set: "Fashion-MNIST" })).rejects.toThrow(DataUnreachable);
  });
});
