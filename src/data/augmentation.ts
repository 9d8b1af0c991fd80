/**
 * Changes to pictures that leave what they show: each picture of a batch is cut, flipped, turned, shifted, zoomed, sheared,
 * coloured, covered with noise or bent anew, so that a network sees no picture twice (names after `torchvision.transforms`;
 * bending after P. Simard et al., "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis",
 * 2003). All are seeded: the same generator gives the same pictures.
 */
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { where } from "../tensor/functions.ts";
import { cat } from "../tensor/methods/join.ts";
import { rand, randint, randn } from "../tensor/random/generator.ts";
import type { Generator } from "../tensor/random/stream.ts";
import { tensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireImages, warp } from "./warp.ts";
import type { WarpOptions } from "./warp.ts";

/** Where the chances come from. */
export interface AugmentationOptions {
  /** Default: the library's own generator, which `manualSeed` sets. */
  generator?: Generator;
}

/** Changes a batch of pictures, float [N, C, H, W], each in its own way. */
export type Augmentation = (images: Tensor, options?: AugmentationOptions) => Tensor;

/**
 * Several changes, one after the other.
 *
 * @example
 * const augment = compose(randomCrop([32, 32], { padding: 4 }), randomHorizontalFlip(), colourJitter({ brightness: 0.2 }));
 * for (const [images, labels] of loader) model.forward(augment(images));
 */
export function compose(...augmentations: readonly Augmentation[]): Augmentation {
  return (images, options) => augmentations.reduce((changed, augmentation) => augmentation(changed, options), images);
}

/**
 * A piece of each picture at a random place.
 * @param options.padding how many pixels of 0 are put around the picture first.
 */
export function randomCrop(size: readonly [height: number, width: number], options: { padding?: number } = {}): Augmentation {
  const { padding = 0 } = options;
  if (!Number.isSafeInteger(padding) || padding < 0) throw new RangeError(`randomCrop: padding must be a whole number of pixels, but is ${padding}`);
  return (images, chance = {}) => {
    const [count, , height, width] = requireImages("randomCrop", images);
    const [rows, columns] = size;
    const [spareRows, spareColumns] = [height + 2 * padding - rows, width + 2 * padding - columns];
    if (!(Number.isSafeInteger(rows) && Number.isSafeInteger(columns) && rows >= 1 && columns >= 1 && spareRows >= 0 && spareColumns >= 0)) {
      throw new ShapeError(`randomCrop: pieces of [${size.join(", ")}] pixels do not fit in pictures of [${height}, ${width}] with ${padding} around`);
    }
    const padded = images.pad([padding, padding, padding, padding]);
    const here = { ...chance, device: "cpu" } as const;
    const [tops, lefts] = [randint(0, spareRows + 1, [count], here).data(), randint(0, spareColumns + 1, [count], here).data()];
    return cat(Array.from({ length: count }, (_, i) => padded.narrow(0, i, 1).narrow(2, tops[i]!, rows).narrow(3, lefts[i]!, columns)));
  };
}

/** Left and right changed over, in each picture with probability `p` (default 0.5). */
export function randomHorizontalFlip(options: { p?: number } = {}): Augmentation {
  return randomFlip("randomHorizontalFlip", 3, options);
}

/** Top and bottom changed over, in each picture with probability `p` (default 0.5). */
export function randomVerticalFlip(options: { p?: number } = {}): Augmentation {
  return randomFlip("randomVerticalFlip", 2, options);
}

function randomFlip(op: string, dim: 2 | 3, { p = 0.5 }: { p?: number }): Augmentation {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${op}: p is a probability, but is ${p}`);
  return (images, chance = {}) => {
    const [count] = requireImages(op, images);
    return where(rand([count, 1, 1, 1], chance).lt(p), images.flip([dim]), images);
  };
}

/** How far pictures are moved: each is the largest amount to either side, or a range. */
export interface RandomAffineOptions extends WarpOptions {
  /** Turns in degrees, positive ones against the clock. Default 0. */
  degrees?: number | readonly [number, number];
  /** Shifts as parts of the width and the height. Default none. */
  translate?: readonly [across: number, down: number];
  /** The range of sizes, 1 for the picture's own. Default none. */
  scale?: readonly [smallest: number, largest: number];
  /** Slants in degrees. Default 0. */
  shear?: number | readonly [number, number];
}

/** How one picture is moved. */
export interface AffineOptions extends WarpOptions {
  /** A turn in degrees, positive against the clock. Default 0. */
  degrees?: number;
  /** A shift in pixels, to the right and down. Default none. */
  translate?: readonly [across: number, down: number];
  /** Default 1. */
  scale?: number;
  /** A slant in degrees. Default 0. */
  shear?: number;
}

/**
 * Turns, slants, zooms and shifts pictures about their middle, all of them alike.
 * @param images float [N, C, H, W].
 */
export function affine(images: Tensor, options: AffineOptions = {}): Tensor {
  const { degrees = 0, translate = [0, 0], scale = 1, shear = 0, ...rest } = options;
  const inverse = inverseAffine("affine", degrees, translate, scale, shear);
  return moved("affine", images, () => inverse, rest);
}

/**
 * Turns, slants, zooms and shifts each picture about its middle by a random amount.
 *
 * @example
 * randomAffine({ degrees: 20, translate: [0.1, 0.1], scale: [0.9, 1.1] })
 */
export function randomAffine(options: RandomAffineOptions = {}): Augmentation {
  const { degrees = 0, translate = [0, 0], scale = [1, 1], shear = 0, ...rest } = options;
  const range = (amount: number | readonly [number, number]): readonly [number, number] => (typeof amount === "number" ? [-amount, amount] : amount);
  const ranges = [range(degrees), range(translate[0]), range(translate[1]), scale, range(shear)] as const;
  if (ranges.some(([low, high]) => !(low <= high))) throw new RangeError(`randomAffine: each range must rise, but they are ${JSON.stringify(ranges)}`);
  if (!(scale[0] > 0)) throw new RangeError(`randomAffine: scale must be above 0, but begins at ${scale[0]}`);
  return (images, chance = {}) => {
    const [count, , height, width] = requireImages("randomAffine", images);
    const drawn = rand([count, 5], { ...chance, device: "cpu" }).data();
    const inverses = Array.from({ length: count }, (_, i) => {
      const [turn, across, down, size, slant] = ranges.map(([low, high], k) => low + (high - low) * drawn[i * 5 + k]!) as [number, number, number, number, number];
      return inverseAffine("randomAffine", turn, [across * width, down * height], size, slant);
    });
    return moved("randomAffine", images, (picture) => inverses[picture]!, rest);
  };
}

/** Each picture turned by up to so many degrees to either side. */
export function randomRotation(degrees: number, options: WarpOptions = {}): Augmentation {
  return randomAffine({ ...options, degrees });
}

/** Each picture shifted by up to these parts of its width and height. */
export function randomShift(across: number, down: number, options: WarpOptions = {}): Augmentation {
  return randomAffine({ ...options, translate: [across, down] });
}

/** Each picture made smaller or larger by a factor of this range. */
export function randomZoom(smallest: number, largest: number, options: WarpOptions = {}): Augmentation {
  return randomAffine({ ...options, scale: [smallest, largest] });
}

/** Where a pixel of the result, seen from the middle, comes from: column a x + b y + c, row d x + e y + f. */
type Inverse = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The inverse of: slant, then turn and zoom, then shift. */
function inverseAffine(op: string, degrees: number, [across, down]: readonly [number, number], scale: number, shear: number): Inverse {
  if (!(scale > 0)) throw new RangeError(`${op}: scale must be above 0, but is ${scale}`);
  const [turn, slant] = [(degrees * Math.PI) / 180, Math.tan((shear * Math.PI) / 180)];
  const [cosine, sine] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  // Undoing the turn gives (u, v); undoing the slant takes slant v from u. Rows count downwards, so that a turn against the
  // clock has this sign.
  const [a, b, d, e] = [cosine - slant * sine, -sine - slant * cosine, sine, cosine];
  return [a, b, -(a * across + b * down), d, e, -(d * across + e * down)];
}

function moved(op: string, images: Tensor, inverseOf: (picture: number) => Inverse, options: WarpOptions): Tensor {
  const [, , height, width] = requireImages(op, images);
  const [middleColumn, middleRow] = [(width - 1) / 2, (height - 1) / 2];
  return warp(op, images, (picture, column, row, place) => {
    const [a, b, c, d, e, f] = inverseOf(picture);
    const [x, y] = [column - middleColumn, row - middleRow];
    place.column = a * x + b * y + c + middleColumn;
    place.row = d * x + e * y + f + middleRow;
  }, options);
}

/** How much colours change: brightness, contrast and saturation are multiplied by a random number from 1 - x to 1 + x. */
export interface ColourJitterOptions {
  brightness?: number;
  contrast?: number;
  /** Only of pictures with three channels. */
  saturation?: number;
}

/** Brightness as the eye weighs red, green and blue (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];

/** Brightness, contrast and saturation of each picture changed, in this order; the result is cut at 0 and 1. */
export function colourJitter(options: ColourJitterOptions): Augmentation {
  const { brightness = 0, contrast = 0, saturation = 0 } = options;
  for (const [name, amount] of Object.entries({ brightness, contrast, saturation })) {
    if (!(amount >= 0 && amount <= 1)) throw new RangeError(`colourJitter: ${name} must be between 0 and 1, but is ${amount}`);
  }
  return (images, chance = {}) => {
    const [count, channels] = requireImages("colourJitter", images);
    if (saturation > 0 && channels !== 3) throw new ShapeError(`colourJitter: saturation needs pictures of 3 channels, but these have ${channels}`);
    const factors = [brightness, contrast, saturation].map((amount) => rand([count, 1, 1, 1], chance).mul(2 * amount).add(1 - amount).to(images.dtype));
    return adjustColours(images, { brightness: factors[0]!, contrast: factors[1]!, ...(saturation > 0 ? { saturation: factors[2]! } : {}) });
  };
}

/** Factors of brightness, contrast and saturation, numbers or tensors [N, 1, 1, 1]; 1 changes nothing. */
export interface ColourFactors {
  brightness?: number | Tensor;
  contrast?: number | Tensor;
  saturation?: number | Tensor;
}

/** Brightness, contrast (against the picture's mean grey) and saturation changed by factors, in this order, cut at 0 and 1. */
export function adjustColours(images: Tensor, factors: ColourFactors): Tensor {
  const [, channels] = requireImages("adjustColours", images);
  const grey = (pictures: Tensor): Tensor => (channels === 3 ? pictures.mul(tensor(LUMA, { dtype: images.dtype as "float32" }).reshape([3, 1, 1])).sum({ dim: 1, keepdim: true }) : pictures.mean({ dim: 1, keepdim: true }));
  const blend = (pictures: Tensor, other: Tensor, factor: number | Tensor): Tensor => pictures.sub(other).mul(factor).add(other).clamp({ min: 0, max: 1 });
  let changed = images;
  if (factors.brightness !== undefined) changed = changed.mul(factors.brightness).clamp({ min: 0, max: 1 });
  if (factors.contrast !== undefined) changed = blend(changed, grey(changed).mean({ dim: [2, 3], keepdim: true }), factors.contrast);
  if (factors.saturation !== undefined) changed = blend(changed, grey(changed), factors.saturation);
  return changed;
}

/** Normal noise with this standard deviation added to every number. */
export function gaussianNoise(std: number): Augmentation {
  if (!(std >= 0)) throw new NablaError(`gaussianNoise: the standard deviation must be at least 0, but is ${std}`);
  return (images, chance = {}) => {
    requireImages("gaussianNoise", images);
    return images.add(randn(images.shape, { ...chance, dtype: images.dtype }).mul(std));
  };
}
