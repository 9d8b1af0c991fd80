/**
 * The MNIST digits as plain bytes: 60,000 images to train on and 10,000 to test on, of 28 by 28 grey levels
 * (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"). Where they cannot be had, digits that the
 * package draws itself stand in, so that a chapter runs without a network; which of the two was loaded is in `name`.
 */
import { join } from "node:path";
import { notebookHost } from "../host.ts";
import { md5 } from "./checksum.ts";
import { loadDataFile, DataUnreachable } from "./data-file.ts";
import type { DataSources, PublishedFile } from "./data-file.ts";
import { drawDigits } from "./drawn-digits.ts";
import type { DownloadTimes } from "./download.ts";
import { cacheFolder, givenDataFolder, givenMirror } from "./folders.ts";
import { IdxFormatError, parseIdx } from "./idx.ts";
import { startProgress } from "./progress.ts";

/** Images and their labels. */
export interface DigitPart {
  /** Grey levels, 0 (paper) to 255 (ink), image after image, row after row. */
  readonly images: Uint8Array;
  /** The digit that each image shows, 0 to 9. */
  readonly labels: Uint8Array;
  /** How many images there are. */
  readonly count: number;
}

/** A set of digits, and which one it is. */
export interface MnistFiles {
  readonly name: "MNIST" | "drawn digits";
  /** MD5 of the set's bytes: training images, training labels, test images, test labels (for MNIST, as published files). */
  readonly checksum: string;
  readonly train: DigitPart;
  readonly test: DigitPart;
  /** Rows of an image. */
  readonly height: 28;
  /** Columns of an image. */
  readonly width: 28;
}

/** Options of {@link loadMnist}. */
export interface MnistOptions {
  /**
   * `"MNIST"` fails where the real files cannot be had; `"drawn digits"` does not look for them. Left out, the real files
   * are taken if they can be had and drawn digits otherwise, which is said in one printed sentence.
   */
  set?: MnistFiles["name"];
  /** Stops the download. Default: the running cell's signal. */
  signal?: AbortSignal;
  /** Addresses of folders with the four compressed files. Default: `NABLA_MIRROR`'s `mnist/`, then the public ones. */
  mirrors?: readonly string[];
  /** How long, in milliseconds, to wait for a mirror. Default: 5 s for an answer, 15 s for the next bytes. */
  times?: DownloadTimes;
}

/** Names as published; the checksums are those of the uncompressed bytes, which no mirror's compression changes. */
const FILES = {
  trainImages: { name: "train-images-idx3-ubyte", md5: "6bbc9ace898e44ae57da46a324031adb" },
  trainLabels: { name: "train-labels-idx1-ubyte", md5: "a25bea736e30d166cdddb491f175f624" },
  testImages: { name: "t10k-images-idx3-ubyte", md5: "2646ac647ad5339dbf082846283269ea" },
  testLabels: { name: "t10k-labels-idx1-ubyte", md5: "27ae3e4e09519cfbb04c329615203637" },
} as const satisfies Record<string, PublishedFile>;

const PUBLIC_MIRRORS = [
  "https://ossci-datasets.s3.amazonaws.com/mnist",
  "https://storage.googleapis.com/cvdf-datasets/mnist",
  "http://yann.lecun.com/exdb/mnist",
];

/**
 * Loads the digits: from the folder in `NABLA_DATA`, from the cache, from a mirror, or else drawn by the package.
 *
 * @throws CorruptedDataFile when a file is there but is not the published one.
 * @throws DataUnreachable when `set` is "MNIST" and the files are nowhere to be had.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<MnistFiles> {
  if (options.set === "drawn digits") return drawDigits();
  try {
    return await loadPublishedFiles(options);
  } catch (error) {
    if (options.set === "MNIST" || !(error instanceof DataUnreachable)) throw error;
    console.log(
      "MNIST could not be reached, so these are digits drawn by Nabla: figures differ from MNIST's. "
      + "With a network, or with the four files in the folder mnist under the one that NABLA_DATA names, the real digits are used.",
    );
    return drawDigits();
  }
}

async function loadPublishedFiles(options: MnistOptions): Promise<MnistFiles> {
  const given = givenDataFolder();
  const sources: DataSources = {
    given: given === undefined ? undefined : join(given, "mnist"),
    cache: join(cacheFolder(), "mnist"),
    mirrors: [...(options.mirrors ?? defaultMirrors())],
  };
  const progress = startProgress("MNIST");
  const load = (file: PublishedFile): Promise<Uint8Array> => loadDataFile(file, sources, {
    times: options.times,
    signal: options.signal ?? notebookHost()?.signal,
    onProgress: (received, total) => progress.update(file.name, received, total),
  });
  let closing = "MNIST: the download stopped.";
  try {
    // One after the other, and a small one first: without a network the wait is that for a single file.
    const testLabels = await load(FILES.testLabels);
    const trainLabels = await load(FILES.trainLabels);
    const testImages = await load(FILES.testImages);
    const trainImages = await load(FILES.trainImages);
    closing = "MNIST: all four files are there, and their checksums are right.";
    return {
      name: "MNIST",
      checksum: md5(trainImages, trainLabels, testImages, testLabels),
      train: digitPart(trainImages, trainLabels),
      test: digitPart(testImages, testLabels),
      height: 28,
      width: 28,
    };
  } finally {
    progress.end(closing);
  }
}

function defaultMirrors(): string[] {
  const given = givenMirror();
  return given === undefined ? PUBLIC_MIRRORS : [`${given.replace(/\/+$/, "")}/mnist`, ...PUBLIC_MIRRORS];
}

function digitPart(imageFile: Uint8Array, labelFile: Uint8Array): DigitPart {
  const images = parseIdx(imageFile);
  const labels = parseIdx(labelFile);
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== 28 || width !== 28 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new IdxFormatError(`images of shape [${images.shape.join(", ")}] and labels of shape [${labels.shape.join(", ")}] are not MNIST's`);
  }
  return { images: images.data, labels: labels.data, count };
}
