/** The header of a safetensors file: found, parsed, and checked against the length of the file. */
import { FileFormatError } from "./file-format-error.ts";
import { storedBytes, STORED_SIZES } from "./stored-elements.ts";
import type { StoredType } from "./stored-elements.ts";

/** One tensor, as the header describes it. */
export interface TensorEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
  /** The byte after the last. */
  readonly end: number;
}

/** The header before its entries are checked. */
export interface RawHeader {
  readonly text: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Where the tensors' bytes begin in the file. */
  readonly dataStart: number;
}

/** No header may be longer; the format's own limit, against a length that a corrupted file makes up. */
const LONGEST_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

/** Finds and parses the header. @throws FileFormatError when there is none. */
export function readHeader(bytes: Uint8Array, file: string): RawHeader {
  if (bytes.length < LENGTH_BYTES) {
    throw new FileFormatError(file, bytes.length, `a safetensors file begins with 8 bytes that hold the length of its header, but this one has ${bytes.length} bytes`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > LONGEST_HEADER || (bytes.length > LENGTH_BYTES && bytes[LENGTH_BYTES] !== 0x7b)) {
    throw new FileFormatError(file, 0, "not a safetensors file: it should begin with the length of a header, then that header as JSON");
  }
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > bytes.length) {
    throw new FileFormatError(file, bytes.length, `cut off within the header, which should reach to byte ${dataStart}`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart));
  } catch {
    throw new FileFormatError(file, LENGTH_BYTES, "the header is not UTF-8 text");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new FileFormatError(file, LENGTH_BYTES, `the header is not JSON: ${(error as Error).message}`);
  }
  return { text, content: content as Record<string, unknown>, dataStart };
}

/**
 * Checks every entry and that together they cover the rest of the file, without gaps and without overlaps.
 * @throws FileFormatError naming the tensor and the place.
 */
export function checkHeader({ content, dataStart }: RawHeader, fileLength: number, file: string): { entries: TensorEntry[]; metadata: Record<string, string> } {
  const { __metadata__: metadata = {}, ...described } = content;
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== "string")) {
    throw new FileFormatError(file, LENGTH_BYTES, "the header's __metadata__ must hold texts by name");
  }
  const entries = Object.entries(described).map(([name, description]) => checkEntry(name, description, dataStart, file));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const how = begin < covered ? "overlaps the tensor before it" : `leaves a gap after byte ${covered}`;
      throw new FileFormatError(file, begin, `tensor ${JSON.stringify(name)} ${how}`);
    }
    if (end > fileLength) throw new FileFormatError(file, fileLength, `cut off within tensor ${JSON.stringify(name)}, which should reach to byte ${end}`);
    covered = end;
  }
  if (covered !== fileLength) throw new FileFormatError(file, covered, `the last tensor ends here, but ${fileLength - covered} bytes follow`);
  return { entries, metadata: metadata as Record<string, string> };
}

function checkEntry(name: string, description: unknown, dataStart: number, file: string): TensorEntry {
  const refuse = (problem: string): never => {
    throw new FileFormatError(file, LENGTH_BYTES, `the header's tensor ${JSON.stringify(name)} ${problem}`);
  };
  if (!isRecord(description)) return refuse("is not described by dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = description;
  if (typeof dtype !== "string" || !Object.hasOwn(STORED_SIZES, dtype)) {
    return refuse(`has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(STORED_SIZES).join(", ")}`);
  }
  if (!areCounts(shape)) return refuse(`has shape ${JSON.stringify(shape)}, which is not a list of whole numbers`);
  if (!areCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    return refuse(`has data_offsets ${JSON.stringify(offsets)}, which is not a range of bytes`);
  }
  const type = dtype as StoredType;
  const [first, last] = offsets as [number, number];
  if (storedBytes(shape, type) !== last - first) {
    return refuse(`of ${type} [${shape.join(", ")}] needs ${storedBytes(shape, type)} bytes, but has ${last - first}`);
  }
  return { name, type, shape, begin: dataStart + first, end: dataStart + last };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
