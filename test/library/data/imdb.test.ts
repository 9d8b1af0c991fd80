/** The reviews: the real archive where it is found, subsets and damaged ones, and what stands in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { CorruptedDataFile, DataLoader, DataUnreachable, encodeReviews, imdb, loadImdb, SequenceDataset, tokenise } from "../../../src/data/index.ts";
import type { ImdbFiles, ReviewPart } from "../../../src/data/index.ts";
import { ShapeError, tensor } from "../../../src/index.ts";
import { startMirror } from "./mirror-server.ts";
import { realFile, useScratchFolder } from "./scratch-folder.ts";
import { tarOf } from "./tar-writer.ts";
import type { WrittenEntry } from "./tar-writer.ts";

const NO_MIRROR = { mirrors: [] };
const real = realFile("imdb", "aclImdb_v1.tar.gz");
const dataFolder = process.env.NABLA_DATA;
const scratch = useScratchFolder();

const review = (path: string, content: string | Uint8Array = "Fine."): WrittenEntry => ({ name: `aclImdb/${path}`, content });
const small = [review("README", "about"), review("train/pos/0_9.txt", "Wonderful größe!"), review("train/neg/0_2.txt", "Awful.<br /><br />Truly awful."), review("train/unsup/0_0.txt", "?"), review("test/pos/0_8.txt"), review("test/neg/0_1.txt", "Bad.")];
function give(bytes: Uint8Array): void {
  mkdirSync(join(scratch.given, "imdb"), { recursive: true });
  writeFileSync(join(scratch.given, "imdb", "aclImdb_v1.tar.gz"), bytes);
}
const giveEntries = (entries: readonly WrittenEntry[]): void => give(gzipSync(tarOf(entries)));

if (real !== undefined) describe("the real reviews", () => {
  let files: ImdbFiles;
  beforeAll(async () => {
    vi.stubEnv("NABLA_DATA", dataFolder!);
    files = await loadImdb(NO_MIRROR);
  });

  it("are all 50,000, known by their checksum, half of them good, good and bad by turns", () => {
    expect([files.name, files.checksum, files.train.count, files.test.count]).toEqual(["IMDB", "632ab1f327e675aa223280b551eef8fc", 25_000, 25_000]);
    for (const { labels, texts } of [files.train, files.test]) {
      expect([texts.length, labels.reduce((sum, label) => sum + label, 0)]).toEqual([25_000, 12_500]);
      expect([...labels.subarray(0, 4)]).toEqual([1, 0, 1, 0]);
    }
  });

  it("begin with the review that everybody knows, and are read as UTF-8", () => {
    expect(files.train.texts[0]).toMatch(/^Bromwell High is a cartoon comedy\. It ran at the same time as some other programs about school life/);
    expect(files.train.texts.some((text) => text.includes("é"))).toBe(true);
    expect([...files.train.texts, ...files.test.texts].some((text) => text.includes("\ufffd"))).toBe(false);
  });

  it("are refused when the archive is cut off or a byte is flipped", async () => {
    const archive = readFileSync(real!);
    give(archive.subarray(0, 2_000_000));
    await expect(loadImdb(NO_MIRROR)).rejects.toThrow(/aclImdb_v1\.tar\.gz is cut off or corrupted: it cannot be uncompressed \(unexpected end of file\)\. Replace it/);
    const flipped = Buffer.from(archive.subarray(0, 2_000_000));
    flipped[1_000_000]! ^= 0x10;
    give(flipped);
    await expect(loadImdb(NO_MIRROR)).rejects.toThrow(CorruptedDataFile);
  });
});

describe("an archive of reviews", () => {
  it("with fewer of them is read and called a subset", async () => {
    giveEntries(small);
    const { name, train, test } = await imdb(NO_MIRROR);
    expect([name, train.texts, train.labels.toArray(), train.labels.dtype]).toEqual(["a subset of IMDB", ["Wonderful größe!", "Awful.<br /><br />Truly awful."], [1, 0], "int32"]);
    expect(test.labels.toArray()).toEqual([1, 0]);
  });

  it("has the same checksum in whatever order it is packed, and another one when a byte of a text differs", async () => {
    const checksumOf = async (entries: WrittenEntry[]): Promise<string> => { giveEntries(entries); return (await loadImdb(NO_MIRROR)).checksum; };
    const whole = await checksumOf(small);
    expect(await checksumOf([...small].reverse())).toBe(whole);
    expect(await checksumOf([...small.slice(0, -1), review("test/neg/0_1.txt", "Bat.")])).not.toBe(whole);
  });

  it.each<[string, WrittenEntry[], RegExp]>([
    ["a text that is not UTF-8", [...small, review("train/pos/1_7.txt", Uint8Array.of(0x66, 0xff))], /byte 6656: the review aclImdb\/train\/pos\/1_7\.txt is not UTF-8/],
    ["a bad review among the good", [...small, review("train/pos/1_2.txt")], /not that of a good review.*7 to 10 stars/],
    ["a name without stars", [...small, review("test/neg/x.txt")], /not that of a bad review/],
    ["a review that is there twice", [...small, small[1]!], /the review aclImdb\/train\/pos\/0_9\.txt is there twice/],
    ["an empty review", [...small, review("train/pos/1_7.txt", "")], /is empty/],
    ["a kind missing", small.slice(0, -1), /no reviews of each kind in aclImdb\/test\/pos and/],
    ["an entry that points outside its folder", [...small, { name: "aclImdb/../../evil.txt", content: "x" }], /points outside the archive; it is refused/],
  ])("with %s is refused with the place", async (_, entries, message) => {
    giveEntries(entries);
    await expect(loadImdb(NO_MIRROR)).rejects.toThrow(message);
    await expect(loadImdb(NO_MIRROR)).rejects.toThrow(CorruptedDataFile);
    expect(existsSync(join(scratch.path, "evil.txt"))).toBe(false);
  });

  it("comes from a mirror into the cache, but a damaged one is not kept", async () => {
    const archive = gzipSync(tarOf(small));
    let answer = archive.subarray(0, archive.length - 20);
    const mirror = await startMirror((_, response) => response.end(answer));
    await expect(loadImdb({ mirrors: [mirror.url] })).rejects.toThrow(CorruptedDataFile);
    expect(existsSync(join(scratch.cache, "imdb", "aclImdb_v1.tar.gz"))).toBe(false);
    answer = archive;
    expect((await loadImdb({ mirrors: [mirror.url] })).name).toBe("a subset of IMDB");
    await mirror.close();
    expect(gunzipSync(readFileSync(join(scratch.cache, "imdb", "aclImdb_v1.tar.gz")))).toEqual(tarOf(small));
    expect((await loadImdb(NO_MIRROR)).name).toBe("a subset of IMDB");
  });
});

describe("reviews as numbers", () => {
  const reviews = {
    train: { texts: ["Good good<br />film", "bad film"], labels: tensor([1, 0], { dtype: "int32" }) },
    test: { texts: ["good unseen"], labels: tensor([1], { dtype: "int32" }) },
  };

  it("come from the training part's vocabulary, padded batch by batch", () => {
    const { vocabulary, train, test } = encodeReviews(reviews, { maxSize: 4 });
    expect(vocabulary.words).toEqual(["<pad>", "<unk>", "film", "good"]);
    const [batch] = [...new DataLoader(train, { batchSize: 2 })];
    expect([batch!.tokens.toArray(), batch!.lengths.toArray(), batch!.labels.toArray()]).toEqual([[[3, 3, 2], [1, 2, 0]], [3, 2], [1, 0]]);
    expect(test.at(0).tokens.toArray()).toEqual([[3, 1]]);
    expect(encodeReviews(reviews, { length: 2, side: "start" }).train.batch([0]).tokens.toArray()).toEqual([[3, 2]]);
  });

  it("need a label each", () => {
    expect(() => new SequenceDataset([[1], [2]], tensor([1], { dtype: "int32" }))).toThrow(ShapeError);
    expect(() => encodeReviews(reviews).test.at(1)).toThrow(/no sequence 1; the set has 1/);
  });
});

/** Naive Bayes on runs of n words (add-one smoothing), apart from the library: the share of the test reviews it gets right. */
function naiveBayes(train: ReviewPart, test: ReviewPart, n: number): number {
  const features = (text: string): string[] => {
    const words = tokenise(text);
    return [...words, ...(n === 2 ? words.slice(1).map((word, i) => `${words[i]} ${word}`) : [])];
  };
  const counts = [new Map<string, number>(), new Map<string, number>()] as const;
  const totals = [0, 0];
  train.texts.forEach((text, i) => {
    const label = train.labels[i]! as 0 | 1;
    for (const feature of features(text)) {
      counts[label].set(feature, (counts[label].get(feature) ?? 0) + 1);
      totals[label]!++;
    }
  });
  const kinds = new Set([...counts[0].keys(), ...counts[1].keys()]).size;
  const right = test.texts.filter((text, i) => {
    const score = features(text).reduce((sum, feature) => sum + Math.log(((counts[1].get(feature) ?? 0) + 1) / (totals[1]! + kinds)) - Math.log(((counts[0].get(feature) ?? 0) + 1) / (totals[0]! + kinds)), 0);
    return (score > 0 ? 1 : 0) === test.labels[i];
  });
  return right.length / test.count;
}

describe("the written reviews", () => {
  it("stand in after one sentence that says so, and are the same everywhere", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { name, checksum, train, test } = await loadImdb(NO_MIRROR);
    expect([name, checksum, train.count, test.count]).toEqual(["written reviews", "7890da9060f7fb353d0a0c4ef30d5023", 4_000, 1_000]);
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^IMDB could not be reached, so these are written reviews made by Nabla/)]]);
    await expect(loadImdb({ ...NO_MIRROR, set: "IMDB" })).rejects.toThrow(DataUnreachable);
  });

  it("show a model that reads pairs of words the better one, and leave room above it", async () => {
    const { train, test } = await loadImdb({ set: "written reviews" });
    const [words, pairs] = [naiveBayes(train, test, 1), naiveBayes(train, test, 2)];
    console.log(`naive Bayes on the written reviews: ${words} by words, ${pairs} by words and pairs`);
    expect(words).toBeGreaterThan(0.55);
    expect(words).toBeLessThan(0.85);
    expect(pairs).toBeGreaterThan(words + 0.05);
    expect(pairs).toBeLessThan(0.98);
  });
});
