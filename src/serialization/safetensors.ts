/**
 * Safetensors, the format in which trained weights are exchanged (Hugging Face, "Safetensors: format",
 * https://github.com/huggingface/safetensors): the length of a header in 8 bytes, the header as JSON (for each tensor its
 * type, shape and range of bytes), then the bytes of all tensors without gaps. Reading it runs no code.
 *
 * The format has no checksums. Files written here carry a CRC-32 of each tensor and of the header among the metadata, which
 * other readers pass over; it is checked on reading wherever it is found.
 */
import { NablaError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { crc32Digits } from "./crc32.ts";
import { FileFormatError } from "./file-format-error.ts";
import { checkHeader, readHeader } from "./safetensors-header.ts";
import type { TensorEntry } from "./safetensors-header.ts";
import { bytesOf, readElements, STORED_SIZES, STORED_TYPES, tensorOf, UnfitElement } from "./stored-elements.ts";
import type { ReadElements } from "./stored-elements.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors under their names, in the order of the file. */
  readonly tensors: Record<string, Tensor>;
  /** Texts that the writer added. */
  readonly metadata: Record<string, string>;
}

/** Options of reading. */
export interface ReadSafetensorsOptions {
  /** Compare with the checksums in the file, if it has some. Default true. */
  verify?: boolean;
}

/** Metadata that holds, as JSON, the CRC-32 of each tensor's bytes. */
const TENSOR_CHECKS = "nabla.crc32";
/** Metadata that holds the CRC-32 of the header, computed with zeros in its own place. */
const HEADER_CHECK = "nabla.header.crc32";
const NO_CHECK = "00000000";
const HEADER_CHECK_DIGITS = /("nabla\.header\.crc32":")([0-9a-f]{8})"/;
/** The header is padded to a multiple of this, so that every tensor is aligned. */
const ALIGNMENT = 8;

/**
 * The pieces of a safetensors file with these tensors.
 * @throws NablaError when a name is the format's own, or metadata is not text.
 */
export function encodeSafetensors(tensors: Readonly<Record<string, Tensor>>, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") throw new NablaError(`saveSafetensors: metadata ${JSON.stringify(key)} is ${typeof text}; safetensors holds only text`);
  }
  const entries = Object.entries(tensors).map(([name, value]) => {
    if (name === "__metadata__") throw new NablaError("saveSafetensors: no tensor may be called __metadata__, the format's own name");
    return { name, value: requireTensor(`saveSafetensors: ${name}`, value), type: STORED_TYPES[value.dtype] };
  });
  // The widest types first, so that each tensor begins at a multiple of its element's size; otherwise in the given order.
  entries.sort((a, b) => STORED_SIZES[b.type] - STORED_SIZES[a.type]);
  const pieces = entries.map(({ value }) => bytesOf(value));
  const checks = Object.fromEntries(entries.map(({ name }, i) => [name, crc32Digits(pieces[i]!)]));
  let offset = 0;
  const header = {
    __metadata__: { ...metadata, [TENSOR_CHECKS]: JSON.stringify(checks), [HEADER_CHECK]: NO_CHECK },
    ...Object.fromEntries(entries.map(({ name, value, type }, i) => {
      const begin = offset;
      offset += pieces[i]!.length;
      return [name, { dtype: type, shape: value.shape, data_offsets: [begin, offset] }];
    })),
  };
  const unchecked = JSON.stringify(header);
  const text = unchecked.replace(HEADER_CHECK_DIGITS, (_, key: string) => `${key}${crc32Digits(Buffer.from(unchecked))}"`);
  const length = Math.ceil(Buffer.byteLength(text) / ALIGNMENT) * ALIGNMENT;
  const front = Buffer.alloc(8 + length, " ");
  front.writeBigUInt64LE(BigInt(length));
  front.write(text, 8);
  return [front, ...pieces];
}

/**
 * The tensors in the bytes of a safetensors file.
 * @param file what to call it in an error.
 * @throws FileFormatError saying where the bytes break the format; no tensor is made then.
 */
export function decodeSafetensors(bytes: Uint8Array, file = "these bytes", options: ReadSafetensorsOptions = {}): Safetensors {
  const header = readHeader(bytes, file);
  const { entries, metadata } = checkHeader(header, bytes.length, file);
  if (options.verify !== false) verify(bytes, header.text, entries, metadata, file);
  const { [TENSOR_CHECKS]: _, [HEADER_CHECK]: __, ...rest } = metadata;
  // All elements are read before the first tensor is made.
  const read = entries.map((entry) => elementsOf(bytes, entry, file));
  return {
    tensors: Object.fromEntries(entries.map(({ name, shape }, i) => [name, tensorOf(read[i]!, shape)])),
    metadata: rest,
  };
}

function elementsOf(bytes: Uint8Array, { name, type, begin, end }: TensorEntry, file: string): ReadElements {
  try {
    return readElements(bytes.subarray(begin, end), type);
  } catch (error) {
    if (!(error instanceof UnfitElement)) throw error;
    throw new FileFormatError(file, begin + error.index * STORED_SIZES[type], `tensor ${JSON.stringify(name)}: ${error.problem}`);
  }
}

function verify(bytes: Uint8Array, header: string, entries: readonly TensorEntry[], metadata: Readonly<Record<string, string>>, file: string): void {
  const cure = "The file is corrupted; or another program changed it and kept its metadata, then read it with { verify: false }.";
  // Each check is looked for when the other is there: a bit may have changed in its name.
  if (metadata[HEADER_CHECK] === undefined && metadata[TENSOR_CHECKS] === undefined) return;
  const found = crc32Digits(Buffer.from(header.trimEnd().replace(HEADER_CHECK_DIGITS, (_, key: string) => `${key}${NO_CHECK}"`)));
  if (found !== metadata[HEADER_CHECK]) {
    throw new FileFormatError(file, 8, `the header's CRC-32 should be ${String(metadata[HEADER_CHECK])}, but is ${found}. ${cure}`);
  }
  if (metadata[TENSOR_CHECKS] === undefined) throw new FileFormatError(file, 8, `the metadata ${TENSOR_CHECKS} is missing. ${cure}`);
  let checks: unknown;
  try {
    checks = JSON.parse(metadata[TENSOR_CHECKS]);
  } catch {
    throw new FileFormatError(file, 8, `the metadata ${TENSOR_CHECKS} is not JSON. ${cure}`);
  }
  for (const { name, begin, end } of entries) {
    const expected = (checks as Record<string, unknown> | null)?.[name];
    const found = crc32Digits(bytes.subarray(begin, end));
    if (expected === found) continue;
    throw new FileFormatError(file, `bytes ${begin} to ${end}`, `the CRC-32 of tensor ${JSON.stringify(name)} should be ${String(expected)}, but is ${found}. ${cure}`);
  }
}

/**
 * Writes tensors into a safetensors file, which PyTorch, JAX and others read too. The file appears only when it is whole.
 *
 * @param tensors by name, as `stateDict()` gives them.
 * @param metadata texts to store beside them.
 * @throws FileAccessError when the file cannot be written.
 *
 * @example
 * saveSafetensors("model.safetensors", { "fc.weight": weight, "fc.bias": bias });
 */
export function saveSafetensors(path: string, tensors: Readonly<Record<string, Tensor>>, metadata: Readonly<Record<string, string>> = {}): void {
  writeWholeFile("saveSafetensors", path, encodeSafetensors(tensors, metadata));
}

/**
 * Reads a safetensors file. float16 and bfloat16 become float32, small integers int32; larger integers are checked to fit.
 *
 * @throws FileAccessError when the file cannot be read.
 * @throws FileFormatError naming the place where it is cut off or corrupted; nothing is loaded then.
 */
export function loadSafetensors(path: string, options: ReadSafetensorsOptions = {}): Safetensors {
  return decodeSafetensors(readWholeFile("loadSafetensors", path), path, options);
}
