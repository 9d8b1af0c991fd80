/** Colour pictures: the real files where they are found, subsets and damaged copies, the clothes, and what stands in. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { cifar10, CorruptedDataFile, DataUnreachable, loadCifar10 } from "../../../src/data/index.ts";
import type { Cifar10Files, PicturePart } from "../../../src/data/index.ts";
import { NablaError } from "../../../src/index.ts";
import { realFile, useScratchFolder } from "./scratch-folder.ts";
import { tarOf } from "./tar-writer.ts";

const NO_MIRROR = { mirrors: [] };
const FOLDER = "cifar-10-batches-bin";
const RECORD = 3073;
const real = realFile(FOLDER, "test_batch.bin");
const dataFolder = process.env.NABLA_DATA;
const scratch = useScratchFolder();

const picture = (label: number, red = 10): Buffer => Buffer.concat([Buffer.of(label), Buffer.alloc(1024, red), Buffer.alloc(1024, 20), Buffer.alloc(1024, 255)]);
function give(name: string, bytes: Uint8Array): void {
  mkdirSync(join(scratch.given, FOLDER), { recursive: true });
  writeFileSync(join(scratch.given, FOLDER, name), bytes);
}

if (real !== undefined) describe("the real pictures", () => {
  let files: Cifar10Files;
  beforeAll(async () => {
    vi.stubEnv("NABLA_DATA", dataFolder!);
    files = await loadCifar10(NO_MIRROR);
  });

  it("are as many as their files hold, and are named a subset when that is not all", () => {
    const size = (name: string): number => readFileSync(join(dirname(real!), name)).length / RECORD;
    expect(files.test.count).toBe(size("test_batch.bin"));
    expect(files.train.count % 10_000).toBe(0);
    expect(files.name === "a subset of CIFAR-10").toBe(files.train.count < 50_000 || files.test.count < 10_000);
    expect(files.classes).toEqual(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]);
    for (let label = 0; label < 10; label++) expect(files.train.labels.filter((each) => each === label).length).toBe(files.train.count / 10);
  });

  it("become tensors with a plane for each colour", async () => {
    vi.stubEnv("NABLA_DATA", dataFolder!);
    const { test, name } = await cifar10({ ...NO_MIRROR, dtype: "uint8" });
    const bytes = readFileSync(real!);
    expect([name, test.images.shape, test.images.dtype, test.labels.dtype]).toEqual([files.name, [files.test.count, 3, 32, 32], "uint8", "int32"]);
    const last = files.test.count - 1;
    expect(test.images.at(last, 1, 5, 7).item()).toBe(bytes[last * RECORD + 1 + 1024 + 5 * 32 + 7]);
    expect(test.labels.at(last).item()).toBe(bytes[last * RECORD]);
  });

  it("are refused with the byte when a file is cut off, too long, or has a label that is none", async () => {
    const bytes = readFileSync(real!);
    const damaged: [Uint8Array, RegExp][] = [
      [bytes.subarray(0, 3_000_000), /test_batch\.bin is cut off or corrupted: byte 2999248: the record of picture 976 is cut off: it has 752 of 3073 bytes/],
      [Buffer.concat([bytes, Buffer.of(0)]), /the record of picture 2000 is cut off: it has 1 of 3073/],
      [Buffer.from(bytes).fill(10, 5 * RECORD, 5 * RECORD + 1), /byte 15365: the label of picture 5 is 10; labels are 0 to 9/],
      [new Uint8Array(0), /the file is empty/],
    ];
    give("data_batch_1.bin", bytes);
    for (const [content, message] of damaged) {
      give("test_batch.bin", content);
      await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(message);
      await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(CorruptedDataFile);
    }
  });
});

describe("pictures in files", () => {
  it("are read as float32 from 0 to 1, and called a subset", async () => {
    give("data_batch_1.bin", Buffer.concat([picture(3), picture(9, 51)]));
    give("data_batch_4.bin", picture(1));
    give("test_batch.bin", picture(0));
    const { name, train, classes } = await cifar10(NO_MIRROR);
    expect([name, train.images.shape, train.labels.toArray(), classes[9]]).toEqual(["a subset of CIFAR-10", [3, 3, 32, 32], [3, 9, 1], "truck"]);
    expect(train.images.at(1, 0, 31, 31).item()).toBe(Math.fround(0.2));
    expect(train.images.at(1, 2, 0, 0).item()).toBe(1);
    await expect(cifar10({ dtype: "int8" as never })).rejects.toThrow(NablaError);
  });

  it("in an archive are read from its members, and an archive without them is refused", async () => {
    const entry = (name: string, content: Uint8Array) => ({ name: `${FOLDER}/${name}`, content });
    give("cifar-10-binary.tar.gz", gzipSync(tarOf([entry("readme.html", Buffer.from("…")), entry("data_batch_2.bin", picture(7)), entry("test_batch.bin", picture(8))])));
    const { name, train, test } = await loadCifar10(NO_MIRROR);
    expect([name, [...train.labels], [...test.labels]]).toEqual(["a subset of CIFAR-10", [7], [8]]);
    give("cifar-10-binary.tar.gz", gzipSync(tarOf([entry("test_batch.bin", picture(8))])));
    await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(/cut off or corrupted: cifar-10-batches-bin\/data_batch_1\.bin, byte 0: the file is not there/);
    give("cifar-10-binary.tar.gz", gzipSync(tarOf([entry("data_batch_1.bin", picture(11)), entry("test_batch.bin", picture(8))])));
    await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(/cifar-10-batches-bin\/data_batch_1\.bin, byte 0: the label of picture 0 is 11/);
    give("cifar-10-binary.tar.gz", gzipSync(tarOf([{ name: "../test_batch.bin", content: picture(8) }])));
    await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(/points outside the archive/);
  });

  it("of each class as many as in the whole set are not called a subset, but checked by structure", async () => {
    const batch = Buffer.alloc(10_000 * RECORD);
    for (let i = 0; i < 10_000; i++) batch[i * RECORD] = i % 10;
    for (let i = 1; i <= 5; i++) give(`data_batch_${i}.bin`, batch);
    give("test_batch.bin", batch);
    expect((await loadCifar10(NO_MIRROR)).name).toBe("CIFAR-10, by structure");
    give("data_batch_1.bin", Buffer.concat([batch, picture(5)]));
    await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(/there are 10001 pictures/);
  });

  it("with other classes are refused", async () => {
    give("data_batch_1.bin", picture(3));
    give("test_batch.bin", picture(0));
    if (real !== undefined) {
      copyFileSync(join(dirname(real), "batches.meta.txt"), join(scratch.given, FOLDER, "batches.meta.txt"));
      expect((await loadCifar10(NO_MIRROR)).train.count).toBe(1);
    }
    give("batches.meta.txt", Buffer.from("cat\ndog\n"));
    await expect(loadCifar10(NO_MIRROR)).rejects.toThrow(/the classes should be airplane, .* but are cat, dog/);
  });
});

/** A softmax regression by gradient descent in plain numbers, apart from the library: the share of the test pictures it gets right. */
function softmaxRegression(train: PicturePart, test: PicturePart, epochs: number): number {
  const pixels = 3072;
  const weights = new Float64Array(pixels * 10);
  const scoresOf = (part: PicturePart, i: number): number[] => {
    const scores = new Array<number>(10).fill(0);
    for (let p = 0; p < pixels; p++) {
      const value = part.images[i * pixels + p]! / 255 - 0.5;
      for (let k = 0; k < 10; k++) scores[k]! += value * weights[p * 10 + k]!;
    }
    return scores;
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = 0; i < train.count; i++) {
      const scores = scoresOf(train, i).map(Math.exp);
      const sum = scores.reduce((a, b) => a + b);
      const slopes = scores.map((score, k) => score / sum - Number(train.labels[i] === k));
      for (let p = 0; p < pixels; p++) {
        const value = 0.002 * (train.images[i * pixels + p]! / 255 - 0.5);
        for (let k = 0; k < 10; k++) weights[p * 10 + k]! -= value * slopes[k]!;
      }
    }
  }
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    const scores = scoresOf(test, i);
    if (scores.indexOf(Math.max(...scores)) === test.labels[i]) right++;
  }
  return right / test.count;
}

describe("the drawn pictures", () => {
  it("stand in after one sentence that says so, are the same everywhere, and every class is as frequent as the others", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { name, checksum, train, test, classes } = await loadCifar10(NO_MIRROR);
    expect([name, checksum, train.count, test.count, classes.length]).toEqual(["drawn pictures", "759f8d26e880fd58aa7216d47bd2d9d4", 6_000, 1_000, 10]);
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^CIFAR-10 could not be reached, so these are drawn pictures made by Nabla/)]]);
    for (let label = 0; label < 10; label++) expect(test.labels.filter((each) => each === label).length).toBe(100);
    await expect(loadCifar10({ ...NO_MIRROR, set: "CIFAR-10" })).rejects.toThrow(DataUnreachable);
  });

  it("leave a linear classifier lost", async () => {
    const { train, test } = await loadCifar10({ set: "drawn pictures" });
    const accuracy = softmaxRegression({ ...train, count: 1_000, images: train.images.subarray(0, 1_000 * 3072) }, { ...test, count: 500 }, 3);
    console.log(`softmax regression on the drawn pictures: ${accuracy}`);
    expect(accuracy).toBeGreaterThan(0.05);
    expect(accuracy).toBeLessThan(0.4);
  });
});
