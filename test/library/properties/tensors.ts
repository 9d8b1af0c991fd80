/**
 * Random tensors for properties: any shape, any type, and any way to lie in memory that views can make (dimensions in another
 * order, steps and offsets, and one element for a whole dimension). What a view shows is worked out here by hand, so that no
 * kernel is trusted; what it must not show is NaN, or a number that no draw gives.
 */
import fc from "fast-check";
import { tensor } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { count, indices } from "../reference/array.ts";
import type { ReferenceArray } from "../reference/array.ts";

/** Draws within a property; what was drawn is what a counterexample shows. */
export type Draw = fc.GeneratorValue;

/** A tensor, and what it must hold. */
export interface RandomTensor {
  tensor: Tensor;
  array: ReferenceArray;
  /** No gradient is asked for. */
  constant: boolean;
}

export interface TensorWishes {
  dtype?: DType;
  /** Values are drawn from it, whole numbers for whole types with both ends; `[-2, 2]` when not given. */
  interval?: readonly [number, number];
  constant?: boolean;
  /** Every element has a place of its own, so that it can be changed. */
  writable?: boolean;
}

export const whole = (g: Draw, min: number, max: number): number => g(fc.integer, { min, max });
export const flag = (g: Draw): boolean => g(fc.boolean);
export const pick = <T>(g: Draw, ...choices: readonly T[]): T => choices[g(fc.nat, choices.length - 1)]!;

/** Mostly little, at times empty, and at times longer than a vector of any instruction set. */
export function drawSize(g: Draw, least = 0): number {
  const kind = whole(g, 0, 19);
  if (kind === 0) return least;
  if (kind < 4) return 1;
  if (kind < 16) return whole(g, 2, 5);
  return kind < 19 ? whole(g, 6, 20) : whole(g, 31, 67);
}

/** A shape of not too many elements. */
export function drawShape(g: Draw, { minRank = 0, maxRank = 4, least = 0 } = {}): number[] {
  const shape = Array.from({ length: whole(g, minRank, maxRank) }, () => drawSize(g, least));
  while (count(shape) > 600) shape[shape.indexOf(Math.max(...shape))] = 2;
  return shape;
}

export const drawFloat = (g: Draw): DType => pick(g, "float64", "float32");

/** Numbers in [0, 1): the generator "mulberry32" of Tommy Ettinger, which shares nothing with the library's. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function drawValues(g: Draw, length: number, dtype: DType, [low, high]: readonly [number, number]): number[] {
  const next = numbers(g(fc.nat));
  const value = (): number => {
    if (dtype === "bool") return Number(next() < 0.5);
    if (dtype === "int32" || dtype === "uint8") return Math.max(dtype === "uint8" ? 0 : low, low + Math.floor(next() * (high - low + 1)));
    return low + next() * (high - low);
  };
  return Array.from({ length }, () => (dtype === "float32" ? Math.fround(value()) : value()));
}

const memoryOf: Record<DType, (length: number) => Float32Array | Float64Array | Int32Array | Uint8Array> = {
  float32: (length) => new Float32Array(length).fill(NaN),
  float64: (length) => new Float64Array(length).fill(NaN),
  int32: (length) => new Int32Array(length).fill(1_234_567),
  uint8: (length) => new Uint8Array(length).fill(199),
  bool: (length) => new Uint8Array(length).fill(1),
};

/** How one dimension lies in memory. */
interface Lie {
  /** How many elements come before the first one. */
  before: number;
  step: number;
  /** One element stands for all. */
  stretched: boolean;
}

/** A tensor of a shape, somewhere in memory. */
export function drawTensor(g: Draw, shape: readonly number[], wishes: TensorWishes = {}): RandomTensor {
  const { dtype = drawFloat(g), interval = [-2, 2], constant = false, writable = false } = wishes;
  const rank = shape.length;
  const plain = rank === 0 || whole(g, 0, 3) === 0;
  const lies = shape.map((size): Lie => ({
    before: plain ? 0 : whole(g, 0, 2),
    step: plain ? 1 : pick(g, 1, 1, 2, 3),
    stretched: !plain && !writable && size > 0 && whole(g, 0, 5) === 0,
  }));
  const order = plain ? shape.map((_, d) => d) : g(fc.shuffledSubarray<number>, shape.map((_, d) => d), { minLength: rank, maxLength: rank });
  const sizes = shape.map((size, d) => (lies[d]!.stretched ? lies[d]!.before + 1 : lies[d]!.before + size * lies[d]!.step));

  const distinct = shape.map((size, d) => (lies[d]!.stretched ? 1 : size));
  const drawn = drawValues(g, count(distinct), dtype, interval);
  const memory = memoryOf[dtype](count(sizes));
  [...indices(distinct)].forEach((index, k) => {
    const place = order.reduce((at, d) => at * sizes[d]! + lies[d]!.before + index[d]! * lies[d]!.step, 0);
    memory[place] = drawn[k]!;
  });
  const values = [...indices(shape)].map((index) => drawn[index.reduce((at, i, d) => at * distinct[d]! + (lies[d]!.stretched ? 0 : i), 0)]!);

  const inMemory = tensor(memory as Float32Array, { shape: order.map((d) => sizes[d]!), dtype });
  const inOrder = inMemory.permute(order.map((_, d) => order.indexOf(d)));
  const window = lies.reduce(
    (view, { before, step, stretched }, d) => view.slice(d, before, stretched ? before + 1 : sizes[d]!, stretched ? 1 : step),
    inOrder,
  );
  return { tensor: window.expand(shape), array: { shape, values }, constant: constant || (dtype !== "float32" && dtype !== "float64") };
}
