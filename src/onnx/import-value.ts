/**
 * What flows between the nodes of a loaded graph: tensors, and the whole numbers of 64 bits in which ONNX keeps shapes and
 * positions. Those stay plain numbers, so that shapes are known without reading any tensor.
 */
import { tensor } from "../tensor/creation.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BadNode } from "./node-reader.ts";
import type { NodeReader } from "./node-reader.ts";

/** Whole numbers with a shape. */
export class Wholes {
  readonly values: readonly number[];
  readonly shape: Shape;

  constructor(values: readonly number[], shape: Shape = [values.length]) {
    this.values = values;
    this.shape = shape;
  }
}

/** Undefined where an optional input was left out. */
export type Value = Tensor | Wholes | undefined;

/** Whether the graph is being trained. */
export interface Mode {
  readonly training: boolean;
}

/** Computes a node's results. */
export type Run = (inputs: readonly Value[], mode: Mode) => Value[];

/** Reads a node's attributes and says how it is computed. */
export type ImportRow = (node: NodeReader) => Run;

/** An input as a tensor; whole numbers become int32. */
export function tensorAt(inputs: readonly Value[], i: number): Tensor {
  const value = inputs[i];
  if (isTensor(value)) return value;
  if (value === undefined) throw new BadNode(`input ${i} is missing`);
  const wide = value.values.find((each) => each > 2147483647 || each < -2147483648);
  if (wide !== undefined) throw new BadNode(`the integer ${wide} does not fit in int32, the widest integers here`);
  return tensor(Int32Array.from(value.values), { shape: value.shape });
}

export const tensorOrNone = (inputs: readonly Value[], i: number): Tensor | undefined => (inputs[i] === undefined ? undefined : tensorAt(inputs, i));

/** The numbers of tensors that are the same in every run: they are known without reading, also while calls are traced. */
const constantNumbers = new WeakMap<Tensor, readonly number[]>();

/** Says that a tensor is a constant, and gives it back. */
export function constantTensor(value: Tensor): Tensor {
  constantNumbers.set(value, Array.from(value.data()));
  return value;
}

const numbersOf = (value: Tensor): readonly number[] => constantNumbers.get(value) ?? Array.from(value.data());

/** An input as whole numbers: of a tensor its elements are read. */
export function wholesAt(inputs: readonly Value[], i: number): readonly number[] {
  const value = inputs[i];
  if (value === undefined) throw new BadNode(`input ${i} is missing`);
  return isTensor(value) ? numbersOf(value) : value.values;
}

export const wholesOrNone = (inputs: readonly Value[], i: number): readonly number[] | undefined => (inputs[i] === undefined ? undefined : wholesAt(inputs, i));

/** An input's only number. */
export function numberAt(inputs: readonly Value[], i: number): number {
  const values = inputs[i] === undefined ? [] : wholesAt(inputs, i);
  if (values.length !== 1) throw new BadNode(`input ${i} is no single number`);
  return values[0]!;
}

/** A dimension counted from the front. */
export function dimOf(dim: number, rank: number): number {
  const at = dim < 0 ? dim + rank : dim;
  if (!Number.isInteger(at) || at < 0 || at >= Math.max(rank, 1)) throw new BadNode(`axis ${dim} does not exist in a tensor of ${rank} dimensions`);
  return at;
}

/** True where every input that is there is whole numbers: the node is computed on plain numbers then. */
export const allWholes = (inputs: readonly Value[]): inputs is readonly (Wholes | undefined)[] => inputs.every((each) => !isTensor(each));

/** Whole numbers combined pair by pair, as far as shapes need it: of one shape, or one of them a single number. */
export function combined(inputs: readonly Value[], combine: (a: number, b: number) => number): Wholes {
  const [a, b] = inputs as readonly [Wholes, Wholes];
  const longer = elementCount(a.shape) >= elementCount(b.shape) ? a : b;
  if (a.values.length !== b.values.length && a.values.length !== 1 && b.values.length !== 1) throw new BadNode("shapes of whole numbers do not fit");
  const at = (list: Wholes, i: number): number => list.values[list.values.length === 1 ? 0 : i]!;
  return new Wholes(longer.values.map((_, i) => combine(at(a, i), at(b, i))), longer.shape);
}
