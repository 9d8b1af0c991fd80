/**
 * CIFAR-10 as plain bytes: 50,000 colour pictures to train on and 10,000 to test on, of 32 by 32 pixels in ten classes
 * (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009), in the published binary version: records
 * of one label byte and 3,072 bytes of red, green and blue planes. The archive as published is known by its MD5; files that
 * are there without it are known by their structure, and fewer pictures than the whole are called a subset wherever they are
 * named. Where there are none, pictures that the package draws itself stand in.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FileFormatError } from "../serialization/file-format-error.ts";
import { md5 } from "./checksum.ts";
import { CorruptedDataFile } from "./corrupted-data-file.ts";
import { loadStructuredFile } from "./data-file.ts";
import { drawPictures } from "./drawn-pictures.ts";
import { loadPublishedSet } from "./published-set.ts";
import type { PublishedSetOptions } from "./published-set.ts";
import { readTar } from "./tar.ts";

/** Pictures and their labels. */
export interface PicturePart {
  /** Brightness 0 to 255, picture after picture: planes of red, green and blue, each row after row. */
  readonly images: Uint8Array;
  /** The class of each picture, 0 to 9. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A set of colour pictures, and which one it is. */
export interface Cifar10Files {
  /** "CIFAR-10, by structure" holds as many pictures of each class as the whole, but its checksum could not be told. */
  readonly name: "CIFAR-10" | "CIFAR-10, by structure" | "a subset of CIFAR-10" | "drawn pictures";
  /** MD5 of the bytes: training images, training labels, test images, test labels. */
  readonly checksum: string;
  /** Names of the classes by their labels. */
  readonly classes: readonly string[];
  readonly train: PicturePart;
  readonly test: PicturePart;
}

/** Options of {@link loadCifar10}. */
export type Cifar10Options = PublishedSetOptions<"CIFAR-10" | "drawn pictures">;

const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"] as const;
const FOLDER = "cifar-10-batches-bin";
const TRAIN_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
const TEST_FILE = "test_batch.bin";
const NAMES_FILE = "batches.meta.txt";
const PLANES = 3 * 32 * 32;
const RECORD = 1 + PLANES;
/** How many pictures a file of the whole set holds, and of each class in training and in testing. */
const COMPLETE = { perFile: 10_000, trainOfClass: 5_000, testOfClass: 1_000 } as const;
/** Of the archive as published. */
const ARCHIVE = { name: "cifar-10-binary.tar", md5: "c32a1d4ab5d03f1284b67883e8d87530" } as const;
const PUBLIC_MIRRORS = ["https://www.cs.toronto.edu/~kriz"];

/**
 * Loads the pictures: from the folder in `NABLA_DATA`, from the cache, from a mirror, or else drawn by the package.
 *
 * @throws CorruptedDataFile when a file is there but damaged, naming the byte.
 * @throws DataUnreachable when `set` is "CIFAR-10" and the files are nowhere to be had.
 */
export async function loadCifar10(options: Cifar10Options = {}): Promise<Cifar10Files> {
  return await loadPublishedSet<Cifar10Files, NonNullable<Cifar10Options["set"]>>({
    names: { published: "CIFAR-10", standIn: "drawn pictures" },
    folder: FOLDER,
    mirrors: PUBLIC_MIRRORS,
    standIn: () => drawPictures(),
    load: async (sources, optionsFor) => {
      for (const folder of [sources.given, sources.cache]) {
        const unpacked = folder === undefined ? undefined : await readFolder(folder);
        if (unpacked !== undefined) return unpacked;
      }
      const read = (bytes: Uint8Array, file: string, downloadMd5: string): Cifar10Files => {
        const members = new Map(readTar(bytes, file).map((entry) => [entry.name, entry.bytes]));
        return pictureSet((name) => members.get(`${FOLDER}/${name}`), (name) => `${file}, ${FOLDER}/${name}`, downloadMd5 === ARCHIVE.md5);
      };
      return await loadStructuredFile({ name: ARCHIVE.name, read }, sources, optionsFor(`${ARCHIVE.name}.gz`));
    },
  }, options);
}

/** The unpacked files of a folder, or undefined when it has none. */
async function readFolder(folder: string): Promise<Cifar10Files | undefined> {
  const members = new Map<string, Uint8Array>();
  for (const name of [...TRAIN_FILES, TEST_FILE, NAMES_FILE]) {
    try {
      members.set(name, await readFile(join(folder, name)));
    } catch (error) {
      if (!["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  if (![...TRAIN_FILES, TEST_FILE].some((name) => members.has(name))) return undefined;
  try {
    return pictureSet((name) => members.get(name), (name) => join(folder, name), false);
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new CorruptedDataFile({ file: error.file, expected: "", found: `${error.place}: ${error.problem}`, cure: "Replace it, or take it away and Nabla fetches its own copy." });
  }
}

function pictureSet(member: (name: string) => Uint8Array | undefined, pathOf: (name: string) => string, published: boolean): Cifar10Files {
  const names = member(NAMES_FILE);
  const classes = names === undefined ? CLASSES : Buffer.from(names).toString("utf8").split(/\r?\n/).filter((line) => line !== "");
  if (classes.length !== CLASSES.length || classes.some((name, label) => name !== CLASSES[label])) {
    throw new FileFormatError(pathOf(NAMES_FILE), "line 1", `the classes should be ${CLASSES.join(", ")}, but are ${classes.join(", ")}`);
  }
  const parts = TRAIN_FILES.flatMap((name) => {
    const bytes = member(name);
    return bytes === undefined ? [] : [parseCifar(bytes, pathOf(name))];
  });
  const testBytes = member(TEST_FILE);
  if (parts.length === 0 || testBytes === undefined) {
    const missing = parts.length === 0 ? TRAIN_FILES[0]! : TEST_FILE;
    throw new FileFormatError(pathOf(missing), 0, "the file is not there");
  }
  const train = joined(parts);
  const test = parseCifar(testBytes, pathOf(TEST_FILE));
  const complete = ofEachClass(train, COMPLETE.trainOfClass) && ofEachClass(test, COMPLETE.testOfClass);
  return {
    name: !complete ? "a subset of CIFAR-10" : published ? "CIFAR-10" : "CIFAR-10, by structure",
    checksum: md5(train.images, train.labels, test.images, test.labels),
    classes,
    train,
    test,
  };
}

/**
 * The pictures of one file.
 * @throws FileFormatError naming the byte where a record is cut off or a label is none of the ten.
 */
export function parseCifar(bytes: Uint8Array, file: string): PicturePart {
  const count = Math.floor(bytes.length / RECORD);
  if (bytes.length === 0) throw new FileFormatError(file, 0, "the file is empty");
  if (count * RECORD !== bytes.length) {
    throw new FileFormatError(file, count * RECORD, `the record of picture ${count} is cut off: it has ${bytes.length - count * RECORD} of ${RECORD} bytes`);
  }
  if (count > COMPLETE.perFile) throw new FileFormatError(file, COMPLETE.perFile * RECORD, `there are ${count} pictures, but no file of the set has more than ${COMPLETE.perFile}`);
  const images = new Uint8Array(count * PLANES);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = bytes[i * RECORD]!;
    if (label >= CLASSES.length) throw new FileFormatError(file, i * RECORD, `the label of picture ${i} is ${label}; labels are 0 to 9`);
    labels[i] = label;
    images.set(bytes.subarray(i * RECORD + 1, (i + 1) * RECORD), i * PLANES);
  }
  return { images, labels, count };
}

function joined(parts: readonly PicturePart[]): PicturePart {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const images = new Uint8Array(count * PLANES);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    images.set(part.images, at * PLANES);
    labels.set(part.labels, at);
    at += part.count;
  }
  return { images, labels, count };
}

function ofEachClass({ labels }: PicturePart, count: number): boolean {
  const counts = new Int32Array(CLASSES.length);
  for (const label of labels) counts[label]!++;
  return counts.every((each) => each === count);
}
