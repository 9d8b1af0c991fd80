/**
 * Tensors as ONNX files hold them. 64-bit integers, in which ONNX keeps shapes and positions, are read as plain numbers;
 * other types that the library lacks become the nearest one that holds every value.
 */
import type { DType } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bytesOf, readElements, STORED_SIZES, UnfitElement } from "../serialization/stored-elements.ts";
import type { ReadElements, StoredType } from "../serialization/stored-elements.ts";
import type { TensorProto } from "./schema.ts";

/** The numbers that ONNX gives the element types that are read. */
const storedTypes: Readonly<Record<number, StoredType>> = {
  1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16", 11: "F64", 12: "U32", 13: "U64", 16: "BF16",
};

/** The numbers of the library's own types. */
export const elementTypes: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, bool: 9, float64: 11 };
/** The number of the type of shapes. */
export const int64Type = 7;

/** The library's type for one of ONNX's, or undefined. */
export function dtypeOfElement(type: number | undefined): DType | undefined {
  const stored = type === undefined ? undefined : storedTypes[type];
  if (stored === undefined) return undefined;
  if (stored === "F64") return "float64";
  if (stored === "F32" || stored === "F16" || stored === "BF16") return "float32";
  return stored === "BOOL" ? "bool" : stored === "U8" ? "uint8" : "int32";
}

const empty = { floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [] };

export function tensorProto(value: Tensor, name?: string): TensorProto {
  return { ...empty, dims: [...value.shape], dataType: elementTypes[value.dtype], rawData: bytesOf(value), ...(name === undefined ? {} : { name }) };
}

/** A list of 64-bit integers; of rank 0 for a single number. */
export function int64Proto(values: readonly number[] | number): TensorProto {
  const list = typeof values === "number" ? [values] : values;
  const bytes = BigInt64Array.from(list, (each) => BigInt(each));
  return { ...empty, dims: typeof values === "number" ? [] : [list.length], dataType: int64Type, rawData: new Uint8Array(bytes.buffer) };
}

/** A tensor that was read: elements for a tensor of ours, or whole numbers of 64 bits. */
export type ReadTensor = { readonly shape: Shape } & ({ readonly read: ReadElements } | { readonly whole: number[] });

/** What is wrong with a tensor in a file. */
export class BadTensor extends Error {}

/** Reads a tensor. @throws BadTensor saying what is wrong with it. */
export function readTensorProto(proto: TensorProto): ReadTensor {
  const { dims: shape, dataType = 0, rawData } = proto;
  const type = storedTypes[dataType];
  if (proto.dataLocation === 1) throw new BadTensor("its numbers are in another file; save the model with everything in one");
  if (type === undefined) throw new BadTensor(`elements of ONNX type ${dataType} are not supported`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw new BadTensor(`[${shape.join(", ")}] is no shape`);
  const count = elementCount(shape);
  const bytes = rawData ?? bytesOfLists(proto, type);
  if (bytes.length !== count * STORED_SIZES[type]) {
    throw new BadTensor(`${bytes.length} bytes do not fill shape [${shape.join(", ")}], which needs ${count * STORED_SIZES[type]}`);
  }
  if (type === "I64") return { shape, whole: Array.from(new BigInt64Array(new Uint8Array(bytes).buffer), Number) };
  try {
    return { shape, read: readElements(bytes, type) };
  } catch (error) {
    if (error instanceof UnfitElement) throw new BadTensor(`element ${error.index}: ${error.problem}`);
    throw error;
  }
}

/** The bytes of elements that are kept as lists of numbers. */
function bytesOfLists(proto: TensorProto, type: StoredType): Uint8Array {
  const { floatData, doubleData, int32Data, int64Data, uint64Data } = proto;
  const big = (values: readonly number[]): bigint[] => values.map((each) => BigInt(each));
  const made = {
    F32: () => Float32Array.from(floatData), F64: () => Float64Array.from(doubleData),
    I64: () => BigInt64Array.from(big(int64Data)), U64: () => BigUint64Array.from(big(uint64Data)), U32: () => Uint32Array.from(uint64Data),
    I32: () => Int32Array.from(int32Data), I16: () => Int16Array.from(int32Data), I8: () => Int8Array.from(int32Data),
    U16: () => Uint16Array.from(int32Data), U8: () => Uint8Array.from(int32Data), BOOL: () => Uint8Array.from(int32Data),
    F16: () => Uint16Array.from(int32Data), BF16: () => Uint16Array.from(int32Data),
  }[type]();
  return new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
}
