/**
 * Fashion-MNIST: 60,000 pictures of clothes to train on and 10,000 to test on, of 28 by 28 grey levels in ten classes, in the
 * format of MNIST (H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
 * Algorithms", 2017). Where they cannot be had, grey pictures that the package draws itself stand in.
 */
import { FileFormatError } from "../serialization/file-format-error.ts";
import { tensor } from "../tensor/creation.ts";
import { md5 } from "./checksum.ts";
import type { PicturePart } from "./cifar10-files.ts";
import { loadStructuredFile } from "./data-file.ts";
import { drawPictures } from "./drawn-pictures.ts";
import { IdxFormatError, parseIdx } from "./idx.ts";
import type { IdxArray } from "./idx.ts";
import type { DigitTensors } from "./mnist.ts";
import { loadPublishedSet } from "./published-set.ts";
import type { PublishedSetOptions } from "./published-set.ts";

/** The pictures as tensors, and which ones they are. */
export interface FashionMnistTensors {
  /**
   * Which pictures these are; say it beside every figure that comes from them. "Fashion-MNIST, by structure" holds as many
   * pictures of each class as the published files, but they are packed differently, so that their checksum could not be told.
   */
  readonly name: "Fashion-MNIST" | "Fashion-MNIST, by structure" | "drawn pictures";
  /** MD5 of the set's bytes: training images, training labels, test images, test labels. */
  readonly checksum: string;
  /** Names of the classes by their labels. */
  readonly classes: readonly string[];
  readonly train: DigitTensors;
  readonly test: DigitTensors;
}

/** Options of {@link fashionMnist}. */
export type FashionMnistOptions = PublishedSetOptions<"Fashion-MNIST" | "drawn pictures">;

const CLASSES = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];
/** Names as published; the checksums are those of the compressed files, which is all that was published. */
const FILES = {
  trainImages: { name: "train-images-idx3-ubyte", md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d", count: 60_000 },
  trainLabels: { name: "train-labels-idx1-ubyte", md5: "25c81989df183df01b3e8a0aad5dffbe", count: 60_000 },
  testImages: { name: "t10k-images-idx3-ubyte", md5: "bef4ecab320f06d8554ea6380940ec79", count: 10_000 },
  testLabels: { name: "t10k-labels-idx1-ubyte", md5: "bb300cfdad3c16e7a12a480ee83cd310", count: 10_000 },
} as const;
type FashionFile = (typeof FILES)[keyof typeof FILES];

const PUBLIC_MIRRORS = [
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
];

interface FashionFiles extends Omit<FashionMnistTensors, "train" | "test"> {
  readonly train: PicturePart;
  readonly test: PicturePart;
}

/**
 * Loads the pictures as tensors, [N, 784] as MNIST's: from the folder `fashion-mnist` in `NABLA_DATA`, from the cache, from a
 * mirror, or else drawn by the package (`name` tells).
 *
 * @throws CorruptedDataFile when a file is there but is not one of the set's.
 * @throws DataUnreachable when `set` is "Fashion-MNIST" and the files are nowhere to be had.
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<FashionMnistTensors> {
  const { name, checksum, classes, train, test } = await loadPublishedSet<FashionFiles, NonNullable<FashionMnistOptions["set"]>>({
    names: { published: "Fashion-MNIST", standIn: "drawn pictures" },
    folder: "fashion-mnist",
    mirrors: PUBLIC_MIRRORS,
    standIn: () => ({ ...drawPictures({ side: 28, channels: 1 }), name: "drawn pictures" }),
    load: async (sources, optionsFor) => {
      let published = true;
      const load = (file: FashionFile): Promise<IdxArray> => loadStructuredFile({
        name: file.name,
        read: (bytes, path, downloadMd5) => {
          published &&= downloadMd5 === file.md5;
          return readFashionFile(bytes, path, file);
        },
      }, sources, optionsFor(file.name));
      const testLabels = await load(FILES.testLabels);
      const trainLabels = await load(FILES.trainLabels);
      const testImages = await load(FILES.testImages);
      const trainImages = await load(FILES.trainImages);
      const part = (images: IdxArray, labels: IdxArray): PicturePart => ({ images: images.data, labels: labels.data, count: labels.data.length });
      return {
        name: published ? "Fashion-MNIST" : "Fashion-MNIST, by structure",
        checksum: md5(trainImages.data, trainLabels.data, testImages.data, testLabels.data),
        classes: CLASSES,
        train: part(trainImages, trainLabels),
        test: part(testImages, testLabels),
      };
    },
  }, options);
  return { name, checksum, classes, train: asTensors(train), test: asTensors(test) };
}

function readFashionFile(bytes: Uint8Array, path: string, { name, count }: FashionFile): IdxArray {
  let array: IdxArray;
  try {
    array = parseIdx(bytes);
  } catch (error) {
    if (error instanceof IdxFormatError) throw new FileFormatError(path, 0, error.message);
    throw error;
  }
  const isLabels = name.includes("labels");
  const shape = isLabels ? [count] : [count, 28, 28];
  if (String(array.shape) !== String(shape)) throw new FileFormatError(path, 4, `its shape should be [${shape.join(", ")}], but is [${array.shape.join(", ")}]`);
  if (isLabels) {
    const frequency = new Int32Array(256);
    for (const label of array.data) frequency[label]!++;
    const odd = CLASSES.findIndex((_, label) => frequency[label] !== count / CLASSES.length);
    if (odd >= 0) throw new FileFormatError(path, 8, `class ${odd} should have ${count / CLASSES.length} labels, but has ${frequency[odd]}`);
  }
  return array;
}

function asTensors({ images, labels, count }: PicturePart): DigitTensors {
  return { images: tensor(images, { shape: [count, images.length / count] }).to("float32").div_(255), labels: tensor(labels).to("int32") };
}
