/**
 * Folders of pictures, one folder a class (after torchvision's `ImageFolder`): JPEG and PNG files, decoded by libvips through
 * `sharp` on its own threads when an example is asked for, so that a DataLoader's next batches arrive while the model computes.
 */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { notebookHost } from "../host.ts";
import { FileFormatError } from "../serialization/file-format-error.ts";
import { FileAccessError } from "../serialization/whole-file.ts";
import { tensor } from "../tensor/creation.ts";
import { NablaError, TensorIndexError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Dataset } from "./dataset.ts";
import { checkPicture } from "./picture-format.ts";

/** Options of {@link readImage} and {@link ImageFolder}. */
export interface ImageOptions {
  /** Rows and columns that the picture is brought to. Default: its own. */
  size?: readonly [height: number, width: number];
  /**
   * How a picture of other proportions is brought to the size: "cover" cuts off what is too much at both ends, "fill" distorts
   * it. Default "cover".
   */
  fit?: "cover" | "fill";
  /** 3 for red, green and blue, 1 for grey. Default 3. */
  channels?: 1 | 3;
}

/**
 * Reads a JPEG or PNG picture, turned upright as its camera noted; what is transparent becomes white.
 * @returns float32 [channels, height, width], from 0 (dark) to 1 (bright).
 * @throws FileAccessError when it cannot be read.
 * @throws FileFormatError when it is neither, cut off or damaged, naming the byte.
 */
export async function readImage(path: string, options: ImageOptions = {}): Promise<Tensor> {
  const { channels } = checkOptions("readImage", options);
  const { data, height, width } = await decode(path, options);
  const planes = new Float32Array(channels * height * width);
  const pixels = height * width;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) planes[channel * pixels + pixel] = data[pixel * channels + channel]! / 255;
  }
  return tensor(planes, { shape: [channels, height, width] });
}

/** The picture's bytes, channels next to one another. */
async function decode(path: string, { size, fit = "cover", channels = 3 }: ImageOptions): Promise<{ data: Uint8Array; height: number; width: number }> {
  const signal = notebookHost()?.signal;
  let bytes: Buffer;
  try {
    bytes = await readFile(path, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new FileAccessError(`readImage: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  checkPicture(bytes, path);
  // Loaded when the first picture is read: everything else works without it.
  const { default: sharp } = await import("sharp");
  try {
    let picture = sharp(bytes, { failOn: "warning" }).autoOrient().flatten({ background: "white" });
    if (size !== undefined) picture = picture.resize({ height: size[0], width: size[1], fit });
    picture = channels === 1 ? picture.toColourspace("b-w") : picture.toColourspace("srgb");
    const { data, info } = await picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) throw new Error(`it has ${info.channels} channels instead of ${channels}`);
    return { data, height: info.height, width: info.width };
  } catch (error) {
    // Its segments are all there, so what is broken is what is packed in them.
    throw new FileFormatError(path, "the packed pixels", `the picture cannot be decoded: ${(error as Error).message}`);
  }
}

function checkOptions(op: string, { size, fit = "cover", channels = 3 }: ImageOptions): { channels: 1 | 3 } {
  if (size !== undefined && (size.length !== 2 || !size.every((length) => Number.isSafeInteger(length) && length >= 1))) {
    throw new NablaError(`${op}: size must be [height, width] in pixels, but is ${JSON.stringify(size)}`);
  }
  if (fit !== "cover" && fit !== "fill") throw new NablaError(`${op}: fit is ${JSON.stringify(fit)}; known are "cover" and "fill"`);
  if (channels !== 1 && channels !== 3) throw new NablaError(`${op}: channels must be 1 (grey) or 3 (colour), but is ${String(channels)}`);
  return { channels };
}

/** A picture of a folder, and which class it belongs to. */
export interface ImageSample {
  readonly path: string;
  readonly label: number;
}

/** The pictures below a folder that has one folder for each class. An example is a promise of [picture, label]. */
export class ImageFolder implements Dataset<[image: Tensor, label: Tensor]> {
  /** Names of the classes by their labels: the folders' names, sorted. */
  readonly classes: readonly string[];
  /** The files, class after class, sorted by their paths. */
  readonly samples: readonly ImageSample[];
  readonly #options: ImageOptions;

  /**
   * Finds the pictures (`.png`, `.jpg`, `.jpeg`, also in folders within a class's); none is read yet.
   * @throws FileAccessError when the folder cannot be read; NablaError when it has no class folders, or one has no pictures.
   *
   * @example
   * const pictures = new ImageFolder("pets", { size: [64, 64] });
   * for await (const [images, labels] of new DataLoader(pictures, { batchSize: 32, shuffle: true })) { … }
   */
  constructor(folder: string, options: ImageOptions = {}) {
    checkOptions("ImageFolder", options);
    this.#options = options;
    this.classes = namesIn(folder, (entry) => entry.isDirectory()).filter((name) => !name.startsWith("."));
    if (this.classes.length === 0) throw new NablaError(`ImageFolder: ${folder} has no folders; put the pictures of each class into a folder with the class's name`);
    this.samples = this.classes.flatMap((name, label) => {
      const paths = picturesIn(join(folder, name));
      if (paths.length === 0) throw new NablaError(`ImageFolder: ${join(folder, name)} has no .png, .jpg or .jpeg files`);
      return paths.map((path) => ({ path, label }));
    });
  }

  get length(): number {
    return this.samples.length;
  }

  /**
   * A picture, float32 [channels, height, width] from 0 to 1, and its label, int32 [].
   * @throws FileFormatError when the file is damaged, naming it and the byte.
   */
  async at(index: number): Promise<[image: Tensor, label: Tensor]> {
    const sample = this.samples[index];
    if (sample === undefined) throw new TensorIndexError(`ImageFolder: there is no picture ${index}; the folder has ${this.length}, numbered from 0`);
    return [await readImage(sample.path, this.#options), tensor(sample.label, { dtype: "int32" })];
  }
}

function namesIn(folder: string, fits: (entry: { isDirectory(): boolean }) => boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(fits).map(({ name }) => name).sort();
  } catch (error) {
    throw new FileAccessError(`ImageFolder: cannot read ${folder}: ${(error as Error).message}`, { cause: error });
  }
}

function picturesIn(folder: string): string[] {
  const files = namesIn(folder, (entry) => !entry.isDirectory()).filter((name) => /\.(png|jpe?g)$/i.test(name) && !name.startsWith("."));
  const folders = namesIn(folder, (entry) => entry.isDirectory());
  return [...files.map((name) => join(folder, name)), ...folders.flatMap((name) => picturesIn(join(folder, name)))];
}
