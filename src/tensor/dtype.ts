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

const codes: Record<DType, number> = { float32: 0, float64: 1, int32: 2, uint8: 3, bool: 4 };
const sizes: Record<DType, number> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };
/** bool < uint8 < int32 < float32 < float64: the wider category wins, as in PyTorch. */
const ranks: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

let defaultFloat: "float32" | "float64" = "float32";

/** The number by which a type crosses the binding. */
export function codeOf(dtype: DType): number {
  return codes[dtype];
}

/** Bytes of one element. */
export function byteSize(dtype: DType): number {
  return sizes[dtype];
}

/** True for the types that have gradients. */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** The type that holds both: the one of the wider category. */
export function promote(a: DType, b: DType): DType {
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
