/**
 * New tensors: from numbers, filled, and from typed arrays.
 */
import { observer } from "./call-observer.ts";
import { callForNew } from "./dispatch.ts";
import { checkDevice } from "./device.ts";
import type { Device } from "./device.ts";
import { byteSize, checkDType, getDefaultDType, typedArray } from "./dtype.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { NablaError, ShapeError } from "./errors.ts";
import { isWorthNoting, noteElements } from "./memory.ts";
import { native } from "./native.ts";
import { ops } from "./ops.ts";
import { checkShape, elementCount, formatShape } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** What every function that makes a tensor takes. */
export interface TensorOptions {
  /** Element type; the default floating type, float32, when not given. */
  dtype?: DType;
  /** Collect gradients for the new tensor. */
  requiresGrad?: boolean;
  /** Where the elements live; the default device when not given (`setDefaultDevice`). */
  device?: Device;
}

/** Numbers or booleans nested as deep as the tensor has dimensions, or a typed array (one dimension). */
export type TensorSource = number | boolean | TypedArray | readonly TensorSource[];

/** A new tensor on the device that the options name, which has been checked. */
export function made(options: TensorOptions, ...[row, dtype, shape, attributes]: Parameters<typeof callForNew>): Tensor {
  return callForNew(row, dtype, shape, attributes, options.device);
}

/** Applies a creation function's options to the tensor it has made. */
export function finish(made: Tensor, options: TensorOptions): Tensor {
  return options.requiresGrad === true ? made.requiresGrad_() : made;
}

function filled(op: string, shape: Shape, value: number, options: TensorOptions, dtype: DType): Tensor {
  checkDevice(op, options.device);
  return finish(made(options, ops.fill, dtype, checkShape(op, shape), [value]), options);
}

/** The dtype asked for, checked, or the default. */
export function chosenDType(options: TensorOptions, otherwise: DType = getDefaultDType()): DType {
  return options.dtype === undefined ? otherwise : checkDType(options.dtype);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("zeros", shape, 0, options, chosenDType(options));
}

/** A tensor of ones. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("ones", shape, 1, options, chosenDType(options));
}

/** A tensor in which every element is `value`. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled("full", shape, value, options, chosenDType(options));
}

/**
 * A tensor whose elements are to be written: what they are before is not promised. They are 0 now, so that a program that
 * forgets to write them does the same each time, as PyTorch's deterministic mode has it.
 */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("empty", shape, 0, options, chosenDType(options));
}

/** `empty` with another's shape and type, on its device. */
export function emptyLike(other: Tensor, options: TensorOptions = {}): Tensor {
  return filled("emptyLike", other.shape, 0, { device: other.device, ...options }, chosenDType(options, other.dtype));
}

/** A tensor of zeros with another's shape and type, on its device. */
export function zerosLike(other: Tensor, options: TensorOptions = {}): Tensor {
  return filled("zerosLike", other.shape, 0, { device: other.device, ...options }, chosenDType(options, other.dtype));
}

/** A tensor of ones with another's shape and type, on its device. */
export function onesLike(other: Tensor, options: TensorOptions = {}): Tensor {
  return filled("onesLike", other.shape, 1, { device: other.device, ...options }, chosenDType(options, other.dtype));
}

/** The numbers from `start` in steps of `step` up to but without `end`; with one argument from 0 up to it. */
export function arange(start: number, end?: number, step = 1, options: TensorOptions = {}): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const length = Math.ceil((to - from) / step);
  if (!(step !== 0) || !Number.isFinite(length)) throw new ShapeError(`arange: ${from} to ${to} in steps of ${step} has no end`);
  checkDevice("arange", options.device);
  const whole = [from, to, step].every(Number.isInteger);
  const dtype = chosenDType(options, whole ? "int32" : getDefaultDType());
  return finish(made(options, ops.arange, dtype, [Math.max(length, 0)], [from, step]), options);
}

/** `steps` numbers at equal distances from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkShape("linspace", [steps]);
  checkDevice("linspace", options.device);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  const numbers = made(options, ops.arange, "float64", [steps], [start, step]);
  if (steps > 1) numbers.set(-1, end);
  return finish(numbers.to(chosenDType(options)), options);
}

/** The identity matrix of `rows` rows, or a rectangle with ones on its diagonal. */
export function eye(rows: number, columns: number = rows, options: TensorOptions = {}): Tensor {
  checkDevice("eye", options.device);
  return finish(made(options, ops.eye, chosenDType(options), checkShape("eye", [rows, columns]), []), options);
}

function isTypedArray(source: unknown): source is TypedArray {
  return (
    source instanceof Float32Array ||
    source instanceof Float64Array ||
    source instanceof Int32Array ||
    source instanceof Uint8Array
  );
}

function typeOfArray(source: TypedArray): DType {
  if (source instanceof Float32Array) return "float32";
  if (source instanceof Float64Array) return "float64";
  return source instanceof Int32Array ? "int32" : "uint8";
}

/** The shape of nested arrays. @throws ShapeError when they are ragged. */
function shapeOf(source: TensorSource): number[] {
  const shape: number[] = [];
  let level: TensorSource = source;
  while (Array.isArray(level) || isTypedArray(level)) {
    shape.push(level.length);
    if (level.length === 0) break;
    level = level[0] as TensorSource;
  }
  return shape;
}

function flattenInto(target: TypedArray, source: TensorSource, shape: Shape): { booleans: number; numbers: number } {
  let position = 0;
  const seen = { booleans: 0, numbers: 0 };
  const visit = (value: TensorSource, dim: number): void => {
    if (dim === shape.length) {
      if (typeof value === "boolean") seen.booleans++;
      else if (typeof value === "number") seen.numbers++;
      else {
        const kind = Array.isArray(value) || isTypedArray(value) ? "a deeper array" : `a value of type ${typeof value}`;
        throw new ShapeError(`tensor: ${kind} where a number belongs (element ${position}); nested arrays must be equally deep`);
      }
      target[position++] = Number(value);
      return;
    }
    if (!(Array.isArray(value) || isTypedArray(value)) || value.length !== shape[dim]) {
      const found = Array.isArray(value) || isTypedArray(value) ? `${value.length} elements` : `a single ${typeof value}`;
      throw new ShapeError(
        `tensor: ragged array: in dimension ${dim} one entry has ${shape[dim]} elements and another has ${found}`,
      );
    }
    for (const inner of value as readonly TensorSource[]) visit(inner, dim + 1);
  };
  visit(source, 0);
  return seen;
}

/**
 * A tensor from numbers: a number, nested arrays, or a typed array (which is copied). Numbers get the default floating type
 * and booleans `"bool"` unless a dtype is given; a typed array keeps its own.
 * @throws ShapeError when nested arrays are ragged.
 */
export function tensor(source: TensorSource, options: TensorOptions & { shape?: Shape } = {}): Tensor {
  if (source === null || source === undefined || typeof source === "string") {
    throw new NablaError(`tensor: expected numbers, nested arrays or a typed array, got ${String(source)}`);
  }
  if (isTypedArray(source)) return fromTypedArray(source, options);
  const shape = checkShape("tensor", shapeOf(source));
  const buffer = new Float64Array(elementCount(shape));
  const seen = flattenInto(buffer, source, shape);
  const natural = seen.booleans > 0 && seen.numbers === 0 ? "bool" : getDefaultDType();
  const dtype = chosenDType(options, natural);
  const elements = typedArray(dtype, buffer.length);
  if (dtype === "bool") for (let i = 0; i < buffer.length; i++) elements[i] = buffer[i] === 0 ? 0 : 1;
  else elements.set(buffer);
  return fromElements("tensor", elements, dtype, options.shape ?? shape, options);
}

function fromTypedArray(source: TypedArray, options: TensorOptions & { shape?: Shape }): Tensor {
  const natural = typeOfArray(source);
  const dtype = chosenDType(options, natural);
  const shape = options.shape ?? [source.length];
  if (dtype === natural) return fromElements("tensor", source, dtype, shape, options);
  const { requiresGrad: _asked, ...rest } = options;
  return finish(fromElements("tensor", source, natural, shape, rest).to(dtype), options);
}

function fromElements(
  op: string,
  elements: TypedArray,
  dtype: DType,
  shape: Shape,
  options: TensorOptions,
): Tensor {
  checkShape(op, shape);
  if (elementCount(shape) !== elements.length) {
    throw new ShapeError(
      `${op}: ${elements.length} elements do not fill shape ${formatShape(shape)}, which has ${elementCount(shape)}`,
    );
  }
  checkDevice(op, options.device);
  const filled = made(options, ops.fill, dtype, shape, [0]);
  if (elements.length * byteSize(dtype) > 0) {
    native.write(filled.storage.handle, 0, elements);
    if (filled.device !== "cpu" && isWorthNoting(dtype, elements.length)) noteElements(filled.storage, elements);
    if (observer !== undefined) observer.written(filled.storage);
  }
  return finish(filled, options);
}
