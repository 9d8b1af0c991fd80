/**
 * Random tensors: the same seed gives the same numbers on every device and for every number of threads (stream.ts).
 */
import { checkDevice, onDevice } from "../device.ts";
import { DTypeError } from "../errors.ts";
import { isFloating } from "../dtype.ts";
import type { DType } from "../dtype.ts";
import { chosenDType, finish, made } from "../creation.ts";
import type { TensorOptions } from "../creation.ts";
import { drawBernoulli } from "../methods/draw.ts";
import { ops } from "../ops.ts";
import type { NamedRow } from "../ops.ts";
import { checkShape, elementCount } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { defaultGenerator } from "./stream.ts";
import type { Generator } from "./stream.ts";

/** What functions that draw random tensors take. */
export interface RandomOptions extends TensorOptions {
  generator?: Generator;
}

function drawn(
  op: string,
  row: NamedRow,
  dtype: DType,
  shape: Shape,
  options: RandomOptions,
  settings: readonly number[],
): Tensor {
  checkDevice(op, options.device);
  // Floating types take as many bits as they hold; whole numbers take 64 bits each.
  const wordsPerElement = dtype === "float32" ? 1 : 2;
  const generator = options.generator ?? defaultGenerator;
  const stream = generator.take(elementCount(checkShape(op, shape)) * wordsPerElement);
  return finish(made(options, row, dtype, shape, [...stream, ...settings]), options);
}

function floatingType(op: string, options: RandomOptions): DType {
  const dtype = chosenDType(options);
  if (!isFloating(dtype)) throw new DTypeError(`${op}: these numbers are floating, not ${dtype}; use randint`);
  return dtype;
}

/** A tensor of uniform numbers in [0, 1). */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return drawn("rand", ops.uniform, floatingType("rand", options), shape, options, [0, 1]);
}

/** A tensor of normal numbers with mean 0 and deviation 1. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return normal(0, 1, shape, options);
}

/** A tensor of normal numbers of a mean and a deviation. */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(std >= 0)) throw new RangeError(`normal: the deviation ${std} is negative`);
  return drawn("normal", ops.normal, floatingType("normal", options), shape, options, [mean, std]);
}

/** A tensor of whole numbers from `low` to `high - 1`, int32 unless another type is given. */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
    throw new RangeError(`randint: there is no whole number from ${low} to ${high} - 1`);
  }
  return drawn("randint", ops.randint, chosenDType(options, "int32"), shape, options, [low, high]);
}

/** The numbers 0 to n - 1 in random order, int32. */
export function randperm(n: number, options: Pick<RandomOptions, "generator" | "device"> = {}): Tensor {
  return drawn("randperm", ops.randperm, "int32", [n], options, []);
}

/** For each probability of a tensor 1 with that probability, else 0; of the tensor's type unless another is given. */
export function bernoulli(probabilities: Tensor, options?: RandomOptions): Tensor;
/** A tensor of numbers that are 1 with a probability, else 0. */
export function bernoulli(shape: Shape, probability: number, options?: RandomOptions): Tensor;
export function bernoulli(first: Tensor | Shape, second: number | RandomOptions = {}, third: RandomOptions = {}): Tensor {
  const ofTensor = first instanceof Tensor;
  const options = ofTensor ? (second as RandomOptions) : third;
  checkDevice("bernoulli", options.device);
  const shape = ofTensor ? first.shape : checkShape("bernoulli", first);
  const dtype = chosenDType(options, ofTensor ? first.dtype : undefined);
  const drawn = (): Tensor => drawBernoulli("bernoulli", ofTensor ? first : (second as number), shape, dtype, options.generator);
  return finish(ofTensor ? drawn() : onDevice(options.device, drawn), options);
}

/** What a truncated normal distribution is told. */
export interface TruncatedNormalOptions extends RandomOptions {
  mean?: number;
  /** The deviation before the tails are cut off. */
  std?: number;
  /** No number is smaller; -2 when not given. */
  a?: number;
  /** No number is larger; 2 when not given. */
  b?: number;
}

/** A tensor of normal numbers of a mean and a deviation, of which those outside [a, b] are drawn again. */
export function truncatedNormal(shape: Shape, options: TruncatedNormalOptions = {}): Tensor {
  const { mean = 0, std = 1, a = -2, b = 2, generator = defaultGenerator } = options;
  if (!(std > 0)) throw new RangeError(`truncatedNormal: the deviation ${std} is not above 0`);
  if (!(a < b)) throw new RangeError(`truncatedNormal: there is nothing between ${a} and ${b}`);
  const dtype = floatingType("truncatedNormal", options);
  const stream = generator.take(2 * elementCount(checkShape("truncatedNormal", shape)));
  checkDevice("truncatedNormal", options.device);
  return finish(made(options, ops.truncatedNormal, dtype, shape, [...stream, mean, std, a, b]), options);
}
