/**
 * What the charts take as numbers: lists, typed arrays, and anything that turns itself into nested lists, as tensors do.
 * Tensors are recognised by their shape alone, so that a chart needs no tensor and draws those of other libraries too.
 */
import { NablaError } from "../tensor/errors.ts";

/** Something with its values as nested lists behind `toArray()`, for example a tensor. */
export interface ArrayConvertible {
  toArray(): unknown;
}

/** A row of numbers. */
export type NumberList = ArrayLike<number> | ArrayConvertible;

/** Numbers in lists of any depth, or something with such lists behind `toArray()`; a tensor of any shape. */
export type NestedNumberList = number | ArrayLike<NestedNumberList> | ArrayConvertible;

/** Rows of numbers. */
export type NumberMatrix = ArrayLike<ArrayLike<number>> | ArrayConvertible;

/** Names of rows, classes or pictures: texts or numbers. */
export type NameList = ArrayLike<string | number> | ArrayConvertible;

/** Thrown when a chart is given something that it cannot draw. */
export class ChartDataError extends NablaError {
  override name = "ChartDataError";
}

/** The values as a list of numbers; `what` names them in an error. */
export function numberList(values: NumberList, what: string): number[] {
  const list = asArray(values);
  if (list === undefined) throw new ChartDataError(`${what} must be a list of numbers, but is ${describe(values)}`);
  return list.map((value, index) => asNumber(value, `${what}[${index}]`));
}

/** All the numbers of nested lists or of a tensor, in order; `what` names them in an error. */
export function flatNumbers(values: NestedNumberList, what: string): Float64Array {
  const data = typeof values === "object" && "data" in values && typeof values.data === "function" ? (values.data as () => unknown).call(values) : values;
  // A tensor's own copy, without a detour through millions of boxed numbers.
  if (data instanceof Float64Array) return data;
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) return Float64Array.from(data as Float32Array, Number);
  const flat: number[] = [];
  const collect = (value: unknown): void => {
    const list = asArray(value);
    if (list === undefined) flat.push(asNumber(value, what));
    else for (const inner of list) collect(inner);
  };
  collect(values);
  return Float64Array.from(flat);
}

/** The values as rows of equal length; `what` names them in an error. */
export function numberMatrix(values: NumberMatrix, what: string): number[][] {
  const rows = asArray(values);
  if (rows === undefined) throw new ChartDataError(`${what} must be rows of numbers, but is ${describe(values)}`);
  if (rows.length === 0) throw new ChartDataError(`${what} has no rows; give at least one`);
  const matrix = rows.map((row, index) => numberList(row as NumberList, `${what}[${index}]`));
  const width = matrix[0]!.length;
  const odd = matrix.findIndex((row) => row.length !== width);
  if (odd >= 0) {
    throw new ChartDataError(`${what}[${odd}] has ${matrix[odd]!.length} numbers, but the rows above it have ${width}`);
  }
  if (width === 0) throw new ChartDataError(`${what} has empty rows; give at least one column`);
  return matrix;
}

/** The elements of a list, typed array or convertible; undefined for anything else. */
export function asArray(values: unknown): unknown[] | undefined {
  if (Array.isArray(values)) return values;
  if (ArrayBuffer.isView(values) && !(values instanceof DataView)) return Array.from(values as Uint8Array);
  if (typeof values === "object" && values !== null && typeof (values as ArrayConvertible).toArray === "function") {
    return asArray((values as ArrayConvertible).toArray());
  }
  return undefined;
}

/** A name for each of `count` things, or their numbers when there are no names. */
export function namesOf(names: NameList | undefined, count: number, what: string): string[] {
  if (names === undefined) return Array.from({ length: count }, (_, index) => String(index));
  const list = asArray(names);
  if (list?.length !== count) {
    const given = list === undefined ? describe(names) : `there are ${list.length}`;
    throw new ChartDataError(`${what} must be ${count} names, one for each, but ${given}`);
  }
  return list.map(String);
}

/** The smallest and largest finite value; [0, 1] if there is none. */
export function extent(values: Iterable<number>): [smallest: number, largest: number] {
  let smallest = Infinity;
  let largest = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return smallest > largest ? [0, 1] : [smallest, largest];
}

/**
 * What the axis of a single value has to be told: d3 takes the digits of its numbers from the distance between the ends, which
 * is none, and would write 0.25 as 0. A format and no domain, so that a chart that is laid over another leaves its axis alone.
 */
export function loneValueAxis(values: Iterable<number | null>): { axis?: { format: string } } {
  const [smallest, largest] = extent([...values].map((value) => value ?? NaN));
  return smallest === largest ? { axis: { format: ".4~g" } } : {};
}

/**
 * A number as it goes into a chart: six digits, more than can be seen, so that a saved notebook stays small. What is not a
 * finite number becomes null, because JSON has no other way to say it.
 */
export function chartNumber(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

/** A number as it stands in a table: all its digits, null where there is none. */
export function tableNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A number as a reader wants it in a text: four digits. */
export function readable(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? String(value) : String(Number(value.toPrecision(4)));
}

function asNumber(value: unknown, what: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  if (value === null || value === undefined) return NaN;
  throw new ChartDataError(`${what} must be a number, but is ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? `an object of class ${value.constructor?.name ?? "Object"}` : `the ${typeof value} ${String(value)}`;
}
