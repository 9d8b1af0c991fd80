/**
 * Element types: their names (PyTorch's), the numbers by which they cross the binding (native/core/dtype.h), their typed
 * arrays, and the promotion rule when two meet. Integers are 32 bits wide because JavaScript's numbers hold them exactly
 * and its 64-bit integers are another type altogether.
 */
import { DTypeError } from "./errors.ts";

/** Names of the element types, in the order of their native codes. */
export const dtypes = ["float32", "float64", "int32", "uint8", "bool"] as const;

/** An element type. */
export type DType = (typeof dtypes)[number];

/** The typed array that holds elements of a type on the JavaScript side. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** bool < uint8 < int32 < float32 < float64: the wider category wins, as in PyTorch. */
const ranks: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

let defaultFloat: "float32" | "float64" = "float32";

/**
 * The number by which a type crosses the binding. (Comparisons instead of a look-up, here and below: every operand of every
 * call passes through, and comparing two constant strings costs a tenth of finding a property by its name.)
 */
export function codeOf(dtype: DType): number {
  if (dtype === "float32") return 0;
  if (dtype === "float64") return 1;
  if (dtype === "int32") return 2;
  return dtype === "uint8" ? 3 : 4;
}

/** The type with a number. */
export function dtypeOf(code: number): DType {
  return dtypes[code]!;
}

/** Bytes of one element. */
export function byteSize(dtype: DType): number {
  if (dtype === "float32" || dtype === "int32") return 4;
  return dtype === "float64" ? 8 : 1;
}

/** True for the types that have gradients. */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** The type that holds both: the one of the wider category. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  return ranks[a] >= ranks[b] ? a : b;
}

/**
 * The type of a tensor and a plain number. A number never widens a tensor of its own category (0.5 beside float32 stays
 * float32); a fraction beside integers gives the default floating type, a whole number beside booleans int32.
 */
export function promoteWithNumber(dtype: DType, value: number): DType {
  if (isFloating(dtype)) return dtype;
  if (!Number.isInteger(value)) return defaultFloat;
  return dtype === "bool" ? "int32" : dtype;
}

/** The floating type that new tensors and true divisions get: `"float32"` unless changed. */
export function getDefaultDType(): "float32" | "float64" {
  return defaultFloat;
}

/**
 * Sets the floating type of tensors made from plain numbers.
 * @throws DTypeError when the type is not a floating one.
 */
export function setDefaultDType(dtype: DType): void {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`setDefaultDType: ${dtype} is not a floating type; choose "float32" or "float64"`);
  }
  defaultFloat = dtype;
}

/** A new typed array of `length` elements of a type. */
export function typedArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
    default:
      throw new DTypeError(`unknown dtype ${JSON.stringify(dtype satisfies never)}; known are ${dtypes.join(", ")}`);
  }
}

/**
 * Checks a dtype that came from a caller.
 * @throws DTypeError naming the known ones.
 */
export function checkDType(dtype: string): DType {
  if (!(dtypes as readonly string[]).includes(dtype)) {
    throw new DTypeError(`unknown dtype ${JSON.stringify(dtype)}; known are ${dtypes.join(", ")}`);
  }
  return dtype as DType;
}
