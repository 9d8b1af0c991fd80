/**
 * Zip archives, as far as `.npz` files need them: entries stored or deflated, each with its CRC-32 (PKWARE, "APPNOTE.TXT: .ZIP
 * File Format Specification"). An archive is read from the directory at its end, and checked whole before anything is given out.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { NablaError } from "../tensor/errors.ts";
import { crc32 } from "./crc32.ts";
import { FileFormatError } from "./file-format-error.ts";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL_HEADER = { signature: 0x04034b50, length: 30 };
const DIRECTORY_ENTRY = { signature: 0x02014b50, length: 46 };
const DIRECTORY_END = { signature: 0x06054b50, length: 22 };
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const NAME_IS_UTF8 = 0x800;
/** Version 2.0 of the format: what an unpacker must know. */
const VERSION = 20;
/** Counts and sizes from here on say that the true ones are in the extension for large archives (zip64). */
const LARGE = 0xffffffff;
/** 1 January 1980, the earliest date: the same content gives the same archive. */
const NO_DATE = 0x0021;

/**
 * The pieces of an archive with these entries.
 * @throws NablaError when it would be larger than 4 GB, the most without extensions.
 */
export function encodeZip(entries: readonly ZipEntry[], options: { deflated: boolean }): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const nameBytes = Buffer.from(name);
    const content = options.deflated ? deflateRawSync(bytes) : bytes;
    // The fields that the entry itself and its line in the directory have in common.
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(VERSION, 0);
    fields.writeUInt16LE(NAME_IS_UTF8, 2);
    fields.writeUInt16LE(options.deflated ? DEFLATED : STORED, 4);
    fields.writeUInt16LE(NO_DATE, 8);
    if (Math.max(bytes.length, content.length) + offset >= LARGE) throw new NablaError("a zip archive of more than 4 GB is not written; split it");
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.alloc(4);
    local.writeUInt32LE(LOCAL_HEADER.signature);
    pieces.push(local, fields, nameBytes, content);
    const line = Buffer.alloc(DIRECTORY_ENTRY.length);
    line.writeUInt32LE(DIRECTORY_ENTRY.signature, 0);
    line.writeUInt16LE(VERSION, 4);
    line.set(fields, 6);
    line.writeUInt32LE(offset, 42);
    directory.push(line, nameBytes);
    offset += LOCAL_HEADER.length + nameBytes.length + content.length;
  }
  const end = Buffer.alloc(DIRECTORY_END.length);
  end.writeUInt32LE(DIRECTORY_END.signature, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.reduce((sum, { length }) => sum + length, 0), 12);
  end.writeUInt32LE(offset, 16);
  return [...pieces, ...directory, end];
}

/**
 * All entries of an archive.
 * @throws FileFormatError when it is cut off, an entry's CRC-32 is not the one stored, or a name points outside the archive.
 */
export function decodeZip(bytes: Uint8Array, file: string): ZipEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start, end } = findDirectory(buffer, file);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let position = start;
  for (let i = 0; i < count; i++) {
    const left = end - position;
    if (left < DIRECTORY_ENTRY.length || buffer.readUInt32LE(position) !== DIRECTORY_ENTRY.signature) {
      throw new FileFormatError(file, position, `the archive's directory should have ${count} entries, but entry ${i + 1} is not there`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => buffer.readUInt16LE(position + at)) as [number, number, number];
    const next = position + DIRECTORY_ENTRY.length + nameLength + extraLength + commentLength;
    if (next > end) throw new FileFormatError(file, position, "an entry reaches beyond the archive's directory");
    const name = buffer.toString("utf8", position + DIRECTORY_ENTRY.length, position + DIRECTORY_ENTRY.length + nameLength);
    if (pointsOutside(name)) throw new FileFormatError(file, position, `the entry ${JSON.stringify(name)} points outside the archive; it is refused`);
    if (names.has(name)) throw new FileFormatError(file, position, `the entry ${JSON.stringify(name)} is there twice`);
    names.add(name);
    entries.push({ name, bytes: readEntry(buffer, position, start, name, file) });
    position = next;
  }
  if (position !== end) throw new FileFormatError(file, position, `the archive's directory is longer than its ${count} entries`);
  return entries;
}

/** The directory's range of bytes, from the record at the end of the archive, which a comment may follow. */
function findDirectory(buffer: Buffer, file: string): { count: number; start: number; end: number } {
  if (buffer.length < 4 || ![LOCAL_HEADER.signature, DIRECTORY_END.signature].includes(buffer.readUInt32LE(0))) {
    throw new FileFormatError(file, 0, "not a zip archive: it must begin with PK");
  }
  const furthest = Math.max(0, buffer.length - DIRECTORY_END.length - 0xffff);
  for (let at = buffer.length - DIRECTORY_END.length; at >= furthest; at--) {
    if (buffer.readUInt32LE(at) !== DIRECTORY_END.signature) continue;
    if (at + DIRECTORY_END.length + buffer.readUInt16LE(at + 20) !== buffer.length) continue;
    const count = buffer.readUInt16LE(at + 10);
    const [size, start] = [buffer.readUInt32LE(at + 12), buffer.readUInt32LE(at + 16)];
    if (count === 0xffff || size === LARGE || start === LARGE) {
      throw new FileFormatError(file, at, "an archive of more than 4 GB or 65,534 entries (zip64) is not read; split it");
    }
    if (start + size !== at) throw new FileFormatError(file, at, `the archive's directory should be at bytes ${start} to ${start + size}, just before its end`);
    return { count, start, end: at };
  }
  throw new FileFormatError(file, buffer.length, "cut off: the archive's directory, which ends it, is not there");
}

/** The content of the entry whose line in the directory is at `line`. */
function readEntry(buffer: Buffer, line: number, limit: number, name: string, file: string): Uint8Array {
  const [flags, method] = [buffer.readUInt16LE(line + 8), buffer.readUInt16LE(line + 10)];
  const [expected, packedLength, length, offset] = [16, 20, 24, 42].map((at) => buffer.readUInt32LE(line + at)) as [number, number, number, number];
  const refuse = (place: number, problem: string): never => {
    throw new FileFormatError(file, place, `entry ${JSON.stringify(name)}: ${problem}`);
  };
  if ((flags & ENCRYPTED) !== 0) refuse(offset, "it is encrypted");
  if (method !== STORED && method !== DEFLATED) refuse(offset, `it is packed by method ${method}; stored (0) and deflated (8) are known`);
  if (packedLength === LARGE || length === LARGE || offset === LARGE) refuse(line, "more than 4 GB (zip64) are not read");
  if (offset + LOCAL_HEADER.length > limit || buffer.readUInt32LE(offset) !== LOCAL_HEADER.signature) refuse(offset, "it does not begin here, as the directory says");
  const nameLength = buffer.readUInt16LE(offset + 26);
  if (buffer.toString("utf8", offset + LOCAL_HEADER.length, offset + LOCAL_HEADER.length + nameLength) !== name) {
    refuse(offset, "it has another name here than in the directory");
  }
  const start = offset + LOCAL_HEADER.length + nameLength + buffer.readUInt16LE(offset + 28);
  if (start + packedLength > limit) refuse(start, `its ${packedLength} bytes reach into the archive's directory`);
  const packed = buffer.subarray(start, start + packedLength);
  let content: Uint8Array = packed;
  if (method === DEFLATED) {
    try {
      // No more than the stated length, or a small file could fill the memory.
      content = inflateRawSync(packed, { maxOutputLength: Math.max(1, length) });
    } catch (error) {
      refuse(start, `it cannot be uncompressed: ${(error as Error).message}`);
    }
  }
  if (content.length !== length) refuse(start, `it should have ${length} bytes, but has ${content.length}`);
  const found = crc32(content);
  if (found !== expected) refuse(start, `its CRC-32 should be ${hexadecimal(expected)}, but is ${hexadecimal(found)}`);
  return content;
}

/** True for a name that would leave the folder the archive is unpacked in. */
export function pointsOutside(name: string): boolean {
  return /^[/\\]|^[A-Za-z]:|\0/.test(name) || name.split(/[/\\]/).includes("..");
}

function hexadecimal(check: number): string {
  return check.toString(16).padStart(8, "0");
}
