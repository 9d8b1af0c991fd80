/** The CIFAR-10 pictures as tensors, ready for a model. The files behind them are loaded by `cifar10-files.ts`. */
import { tensor } from "../tensor/creation.ts";
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { loadCifar10 } from "./cifar10-files.ts";
import type { Cifar10Files, Cifar10Options, PicturePart } from "./cifar10-files.ts";

/** Pictures and their labels as tensors. */
export interface PictureTensors {
  /** [N, 3, 32, 32]: float32 from 0 (dark) to 1 (bright), or the bytes as uint8. */
  readonly images: Tensor;
  /** int32 [N]: the class of each picture. */
  readonly labels: Tensor;
}

/** A set of colour pictures as tensors, and which one it is. */
export interface Cifar10Tensors {
  /** Which pictures these are; say it beside every figure that comes from them. */
  readonly name: Cifar10Files["name"];
  /** MD5 of the set's bytes. */
  readonly checksum: string;
  /** Names of the classes by their labels. */
  readonly classes: readonly string[];
  readonly train: PictureTensors;
  readonly test: PictureTensors;
}

const BRIGHTEST = 255;

/**
 * Loads the pictures as tensors: CIFAR-10's, as many of them as are there, or, where those cannot be had, pictures that the
 * package draws itself (`name` tells).
 *
 * @param options.dtype "float32" (default) takes 12 kB a picture, 740 MB for the whole set; "uint8" a quarter of it, to be
 * converted batch by batch with `.to("float32").div(255)`.
 * @throws CorruptedDataFile when a file is there but damaged, naming the byte.
 *
 * @example
 * const { train, test, name, classes } = await cifar10();
 * train.images.shape; // [50000, 3, 32, 32]
 */
export async function cifar10(options: Cifar10Options & { dtype?: "float32" | "uint8" } = {}): Promise<Cifar10Tensors> {
  const { dtype = "float32", ...rest } = options;
  if (dtype !== "float32" && dtype !== "uint8") throw new NablaError(`cifar10: dtype is ${JSON.stringify(dtype)}; known are "float32" and "uint8"`);
  const { name, checksum, classes, train, test } = await loadCifar10(rest);
  const asTensors = ({ images, labels, count }: PicturePart): PictureTensors => {
    const bytes = tensor(images, { shape: [count, 3, 32, 32] });
    return { images: dtype === "uint8" ? bytes : bytes.to("float32").div_(BRIGHTEST), labels: tensor(labels).to("int32") };
  };
  return { name, checksum, classes, train: asTensors(train), test: asTensors(test) };
}
