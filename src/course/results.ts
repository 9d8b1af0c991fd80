/**
 * What an answer gives, in one form: numbers with a shape, whether they came as a tensor, as nested arrays or as one number,
 * so that solutions in different styles are compared as equals; a tuple or an object of such; or a word.
 */
import { Tensor } from "../tensor/tensor.ts";
import { formatShape } from "../tensor/shape.ts";

export type Result =
  | { readonly kind: "numbers"; readonly shape: readonly number[]; readonly numbers: readonly number[] }
  | { readonly kind: "parts"; readonly parts: ReadonlyMap<string, Result> }
  | { readonly kind: "word"; readonly word: string };

const scalar = (value: number): Result => ({ kind: "numbers", shape: [], numbers: [value] });

/** The shape of nested arrays of numbers, or undefined if they are not regular or hold something else. */
function regularShape(value: unknown): number[] | undefined {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return [];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [(value as unknown as ArrayLike<number>).length];
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) return [0];
  const inner = value.map(regularShape);
  const first = inner[0];
  return first !== undefined && inner.every((shape) => shape !== undefined && shape.length === first.length && shape.every((size, d) => size === first[d]))
    ? [value.length, ...first]
    : undefined;
}

const flat = (value: unknown): number[] => {
  if (Array.isArray(value)) return value.flatMap(flat);
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>, Number) : [Number(value)];
};

/** The one form of a value, or undefined for what no exercise asks for (a function, null, nothing). */
export function resultOf(value: unknown): Result | undefined {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return scalar(Number(value));
  if (typeof value === "string") return { kind: "word", word: value };
  if (value instanceof Tensor) return { kind: "numbers", shape: value.shape, numbers: Array.from(value.data(), Number) };
  if (typeof value !== "object" || value === null || value instanceof Map || value instanceof Set) return undefined;
  const shape = regularShape(value);
  if (shape !== undefined) return { kind: "numbers", shape, numbers: flat(value) };
  const parts = new Map<string, Result>();
  for (const [key, part] of Object.entries(value)) {
    const result = resultOf(part);
    if (result === undefined) return undefined;
    parts.set(Array.isArray(value) ? `[${key}]` : `.${key}`, result);
  }
  return { kind: "parts", parts };
}

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6))));

/** What a result is, in a few words of the field. */
export function describeResult(result: Result): string {
  if (result.kind === "word") return `"${result.word}"`;
  if (result.kind === "parts") return `{${[...result.parts.keys()].map((key) => key.replace(/^\./, "")).join(", ")}}`;
  return result.shape.length === 0 ? shown(result.numbers[0]!) : formatShape(result.shape);
}

/** Where two results part: at a number, by their shapes, or by what they are. */
export interface Difference {
  readonly kind: "value" | "shape" | "kind";
  /** As code would name the place behind the result: "[1, 0]", ".bias[2]". */
  readonly place: string;
  /** A value, a shape ("[]" of a single number), or what it is. */
  readonly yours: string;
  readonly expected: string;
}

function position(shape: readonly number[], index: number): string {
  const places: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return shape.length === 0 ? "" : `[${places.join(", ")}]`;
}

/** The first place where `yours` is not `expected`; numbers may differ by `tolerance` times the largest expected one. */
export function firstDifference(yours: Result, expected: Result, tolerance: number, place = ""): Difference | undefined {
  const differ = (kind: Difference["kind"], yoursIs = describeResult(yours), expectedIs = describeResult(expected)): Difference => ({ kind, place, yours: yoursIs, expected: expectedIs });
  if (yours.kind === "word" && expected.kind === "word") return yours.word === expected.word ? undefined : differ("value");
  if (yours.kind === "parts" && expected.kind === "parts") {
    if (![...expected.parts.keys()].every((key) => yours.parts.has(key))) return differ("kind");
    for (const [key, part] of expected.parts) {
      const difference = firstDifference(yours.parts.get(key)!, part, tolerance, place + key);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (yours.kind !== "numbers" || expected.kind !== "numbers") return differ("kind");
  if (yours.shape.length !== expected.shape.length || yours.shape.some((size, d) => size !== expected.shape[d])) {
    return differ("shape", formatShape(yours.shape), formatShape(expected.shape));
  }
  const finite = expected.numbers.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const allowed = tolerance * (largest || 1);
  for (const [i, value] of yours.numbers.entries()) {
    const wanted = expected.numbers[i]!;
    if (Object.is(value, wanted) || value === wanted || Math.abs(value - wanted) <= allowed) continue;
    return { kind: "value", place: place + position(yours.shape, i), yours: shown(value), expected: shown(wanted) };
  }
  return undefined;
}
