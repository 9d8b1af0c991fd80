/**
 * Elements as files hold them, and the tensors that they become. Types that the library lacks are read into the nearest one
 * that holds every value: half precision into float32, small integers into int32; 64-bit and unsigned integers are checked
 * to fit in int32 one by one.
 */
import { tensor } from "../tensor/creation.ts";
import type { DType, TypedArray } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Element types of files, under the names that safetensors gives them. */
export type StoredType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U64" | "U32" | "U16" | "U8" | "BOOL";

/** Bytes of one element. */
export const STORED_SIZES: Readonly<Record<StoredType, number>> = {
  F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1,
};

/** The stored type of each of the library's. */
export const STORED_TYPES: Readonly<Record<DType, StoredType>> = {
  float32: "F32", float64: "F64", int32: "I32", uint8: "U8", bool: "BOOL",
};

/** An element that no tensor of ours can hold: its position among the elements, and why. */
export class UnfitElement {
  readonly index: number;
  readonly problem: string;

  constructor(index: number, problem: string) {
    this.index = index;
    this.problem = problem;
  }
}

/** Elements in a typed array, and the type of tensor they are for. */
export interface ReadElements {
  readonly elements: TypedArray;
  readonly dtype: DType;
}

/** Reads all elements in `bytes`. @throws UnfitElement when one does not fit. */
export function readElements(bytes: Uint8Array, type: StoredType, bigEndian = false): ReadElements {
  // A copy of its own: typed arrays want aligned memory, and swapping bytes must not change the caller's.
  const buffer = new Uint8Array(bytes).buffer;
  if (bigEndian) swapBytes(new Uint8Array(buffer), STORED_SIZES[type]);
  switch (type) {
    case "F32":
      return { elements: new Float32Array(buffer), dtype: "float32" };
    case "F64":
      return { elements: new Float64Array(buffer), dtype: "float64" };
    case "I32":
      return { elements: new Int32Array(buffer), dtype: "int32" };
    case "U8":
      return { elements: new Uint8Array(buffer), dtype: "uint8" };
    case "BOOL":
      return { elements: checkBooleans(new Uint8Array(buffer)), dtype: "bool" };
    case "F16":
      return { elements: Float32Array.from(new Uint16Array(buffer), fromHalf), dtype: "float32" };
    case "BF16": {
      // The upper half of a float32.
      const words = Uint32Array.from(new Uint16Array(buffer), (upper) => upper << 16);
      return { elements: new Float32Array(words.buffer), dtype: "float32" };
    }
    case "I16":
      return { elements: Int32Array.from(new Int16Array(buffer)), dtype: "int32" };
    case "I8":
      return { elements: Int32Array.from(new Int8Array(buffer)), dtype: "int32" };
    case "U16":
      return { elements: Int32Array.from(new Uint16Array(buffer)), dtype: "int32" };
    case "U32":
      return { elements: narrow(new Uint32Array(buffer)), dtype: "int32" };
    case "I64":
      return { elements: narrow(new BigInt64Array(buffer)), dtype: "int32" };
    case "U64":
      return { elements: narrow(new BigUint64Array(buffer)), dtype: "int32" };
  }
}

/** A tensor of elements that were read. */
export function tensorOf({ elements, dtype }: ReadElements, shape: Shape): Tensor {
  return tensor(elements, { shape, dtype });
}

/** The bytes of a tensor's elements in row-major order, least significant byte first. */
export function bytesOf(value: Tensor): Uint8Array {
  const elements = value.data();
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/** How many bytes a shape of a type needs; beyond 2^53 it is no longer exact but large enough for every comparison. */
export function storedBytes(shape: Shape, type: StoredType): number {
  return elementCount(shape) * STORED_SIZES[type];
}

function checkBooleans(bytes: Uint8Array): Uint8Array {
  const index = bytes.findIndex((byte) => byte > 1);
  if (index >= 0) throw new UnfitElement(index, `a boolean is stored as 0 or 1, but this one is ${bytes[index]}`);
  return bytes;
}

function narrow(wide: Uint32Array | BigInt64Array | BigUint64Array): Int32Array {
  const narrowed = new Int32Array(wide.length);
  for (let i = 0; i < wide.length; i++) {
    const value = wide[i]!;
    if (value > 2147483647 || value < -2147483648) {
      throw new UnfitElement(i, `the integer ${value} does not fit in int32, the widest integers here; save it as float64`);
    }
    narrowed[i] = Number(value);
  }
  return narrowed;
}

/** The value of a half-precision number (IEEE 754 binary16): 1 bit of sign, 5 of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; size > 1 && start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}
