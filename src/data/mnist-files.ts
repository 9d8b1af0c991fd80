/**
 * The MNIST digits as plain bytes: 60,000 images to train on and 10,000 to test on, of 28 by 28 grey levels
 * (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"). Where they cannot be had, digits that the
 * package draws itself stand in, so that a chapter runs without a network; which of the two was loaded is in `name`.
 */
import { md5 } from "./checksum.ts";
import { loadDataFile } from "./data-file.ts";
import type { PublishedFile } from "./data-file.ts";
import { drawDigits } from "./drawn-digits.ts";
import { IdxFormatError, parseIdx } from "./idx.ts";
import { loadPublishedSet } from "./published-set.ts";
import type { PublishedSetOptions } from "./published-set.ts";

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
export type MnistOptions = PublishedSetOptions<MnistFiles["name"]>;

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
  return await loadPublishedSet<MnistFiles, MnistFiles["name"]>({
    names: { published: "MNIST", standIn: "drawn digits" },
    folder: "mnist",
    mirrors: PUBLIC_MIRRORS,
    standIn: () => drawDigits(),
    load: async (sources, optionsFor) => {
      const load = (file: PublishedFile): Promise<Uint8Array> => loadDataFile(file, sources, optionsFor(file.name));
      // One after the other, and a small one first: without a network the wait is that for a single file.
      const testLabels = await load(FILES.testLabels);
      const trainLabels = await load(FILES.trainLabels);
      const testImages = await load(FILES.testImages);
      const trainImages = await load(FILES.trainImages);
      return {
        name: "MNIST",
        checksum: md5(trainImages, trainLabels, testImages, testLabels),
        train: digitPart(trainImages, trainLabels),
        test: digitPart(testImages, testLabels),
        height: 28,
        width: 28,
      };
    },
  }, options);
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
