/** The MNIST digits as tensors, ready for a model. The files behind them are loaded by `mnist-files.ts`. */
import { tensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { loadMnist } from "./mnist-files.ts";
import type { DigitPart, MnistFiles, MnistOptions } from "./mnist-files.ts";

/** Images and their labels as tensors. */
export interface DigitTensors {
  /** float32 [N, 784]: grey levels from 0 (paper) to 1 (ink), each image row after row. */
  readonly images: Tensor;
  /** int32 [N]: the digit that each image shows. */
  readonly labels: Tensor;
}

/** A set of digits as tensors, and which one it is. */
export interface MnistTensors {
  /** Which digits these are; say it beside every figure that comes from them. */
  readonly name: MnistFiles["name"];
  /** MD5 of the set's bytes. */
  readonly checksum: string;
  readonly train: DigitTensors;
  readonly test: DigitTensors;
}

const BRIGHTEST = 255;

/**
 * Loads the digits as tensors: MNIST's 60,000 and 10,000 images, or, where those cannot be had, 12,000 and 2,000 that the
 * package draws itself (`name` tells).
 *
 * @throws CorruptedDataFile when a file is there but is not the published one.
 *
 * @example
 * const { train, test, name } = await mnist();
 * train.images.shape; // [60000, 784]
 */
export async function mnist(options: MnistOptions = {}): Promise<MnistTensors> {
  const { name, checksum, train, test } = await loadMnist(options);
  return { name, checksum, train: asTensors(train), test: asTensors(test) };
}

function asTensors({ images, labels, count }: DigitPart): DigitTensors {
  return {
    images: tensor(images, { shape: [count, images.length / count] }).to("float32").div_(BRIGHTEST),
    labels: tensor(labels).to("int32"),
  };
}
