/**
 * NumPy's files of one array, `.npy`, versions 1.0 to 3.0 (NumPy Enhancement Proposal 1 and the documentation of
 * `numpy.lib.format`): a magic string, the version, a header that is a Python dictionary, then the elements.
 */
import { ShapeError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { FileFormatError } from "./file-format-error.ts";
import { readNpyHeader } from "./npy-header.ts";
import { bytesOf, readElements, STORED_SIZES, storedBytes, tensorOf, UnfitElement } from "./stored-elements.ts";
import type { ReadElements, StoredType } from "./stored-elements.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";

/** Options of writing. */
export interface SaveNpyOptions {
  /** Store the elements column by column, as Fortran does, instead of row by row. */
  fortranOrder?: boolean;
}

/** NumPy's name of each element type that is written. */
const DESCRIPTIONS = { float32: "<f4", float64: "<f8", int32: "<i4", uint8: "|u1", bool: "|b1" } as const;
/** NumPy's kind and size of an element type, and what it is here. */
const KINDS: Readonly<Record<string, StoredType>> = {
  f2: "F16", f4: "F32", f8: "F64", i1: "I8", i2: "I16", i4: "I32", i8: "I64", u1: "U8", u2: "U16", u4: "U32", u8: "U64", b1: "BOOL",
};
/** The elements begin at a multiple of this, as NumPy writes them. */
const ALIGNMENT = 64;
/** Header lengths that fit in the two bytes of version 1.0. */
const LONGEST_VERSION_1 = 65_535;

/** The bytes of an `.npy` file with this tensor, written as version 1.0. */
export function encodeNpy(value: Tensor, options: SaveNpyOptions = {}): Uint8Array {
  requireTensor("saveNpy", value);
  const fortran = options.fortranOrder === true;
  const shape = `(${value.shape.join(", ")}${value.shape.length === 1 ? "," : ""})`;
  const dictionary = `{'descr': '${DESCRIPTIONS[value.dtype]}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`;
  const front = 10;
  const length = Math.ceil((front + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT - front;
  if (length > LONGEST_VERSION_1) throw new ShapeError(`saveNpy: a header of ${length} bytes does not fit in an .npy file of version 1.0`);
  const header = Buffer.alloc(front + length, " ");
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  header.writeUInt16LE(length, 8);
  header.write(dictionary, front, "latin1");
  header[front + length - 1] = 0x0a;
  return Buffer.concat([header, bytesOf(fortran ? reversed(value) : value)]);
}

/** The same elements with the dimensions in the opposite order. */
function reversed(value: Tensor): Tensor {
  return value.permute(value.shape.map((_, dim) => dim).reverse());
}

/** An array that was read and checked, before it is a tensor. */
export interface NpyArray extends ReadElements {
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
}

/** Reads and checks the bytes of an `.npy` file. @throws FileFormatError saying where it broke. */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const { description, fortranOrder, shape, dataStart } = readNpyHeader(bytes, file);
  const [, order, kind] = /^([<>|=])(\w+)$/.exec(description) ?? [];
  const type = Object.hasOwn(KINDS, kind ?? "") ? KINDS[kind!]! : undefined;
  if (type === undefined) {
    const why = kind?.startsWith("O")
      ? "Python objects, which only Python can rebuild, by running what the file says; save numbers instead"
      : `elements of type ${JSON.stringify(description)}; known are ${Object.keys(KINDS).join(", ")}`;
    throw new FileFormatError(file, 10, `the array holds ${why}`);
  }
  const end = dataStart + storedBytes(shape, type);
  if (bytes.length !== end) {
    const problem = bytes.length < end ? "cut off: the elements" : "too long: the elements";
    throw new FileFormatError(file, Math.min(bytes.length, end), `${problem} of ${description} (${shape.join(", ")}) end at byte ${end}, the file at byte ${bytes.length}`);
  }
  try {
    return { ...readElements(bytes.subarray(dataStart), type, order === ">"), shape, fortranOrder };
  } catch (error) {
    if (!(error instanceof UnfitElement)) throw error;
    throw new FileFormatError(file, dataStart + error.index * STORED_SIZES[type], `element ${error.index}: ${error.problem}`);
  }
}

/** The tensor of an array that was read: always in row-major order. */
export function tensorOfNpy(array: NpyArray): Tensor {
  if (!array.fortranOrder) return tensorOf(array, array.shape);
  return reversed(tensorOf(array, [...array.shape].reverse())).contiguous();
}

/** The tensor in the bytes of an `.npy` file. @throws FileFormatError saying where it broke. */
export function decodeNpy(bytes: Uint8Array, file = "these bytes"): Tensor {
  return tensorOfNpy(parseNpy(bytes, file));
}

/**
 * Writes a tensor as an `.npy` file, for `numpy.load`. The file appears only when it is whole.
 * @throws FileAccessError when it cannot be written.
 */
export function saveNpy(path: string, value: Tensor, options: SaveNpyOptions = {}): void {
  writeWholeFile("saveNpy", path, [encodeNpy(value, options)]);
}

/**
 * Reads an `.npy` file as `numpy.save` writes it, in either order of elements and of bytes. float16 becomes float32, smaller
 * and larger integers int32 (checked to fit).
 *
 * @throws FileAccessError when the file cannot be read.
 * @throws FileFormatError naming the place where it is cut off or corrupted, or what it holds that no tensor can.
 */
export function loadNpy(path: string): Tensor {
  return decodeNpy(readWholeFile("loadNpy", path), path);
}
