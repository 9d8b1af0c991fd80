/**
 * Tape archives in memory, as far as published data sets need them: files and folders in the format of POSIX.1-1988
 * (ustar), with the long names of GNU tar and of POSIX.1-2001 (pax). Nothing is written anywhere; names that point outside
 * the archive's folder and links are refused, and so is an archive without the two empty blocks that end it.
 */
import { FileFormatError } from "../serialization/file-format-error.ts";
import { pointsOutside } from "../serialization/zip.ts";

/** A file of an archive. */
export interface TarEntry {
  readonly name: string;
  /** A view of the archive's bytes. */
  readonly bytes: Uint8Array;
  /** Where the bytes begin in the archive. */
  readonly start: number;
}

const BLOCK = 512;
/** Kinds of entries: files (also in the old way and as contiguous files), folders, and those that describe the next one. */
const KIND = { file: ["0", "\0", "7"], folder: "5", longName: "L", description: "x", descriptionOfAll: "g" } as const;

/**
 * The files of an uncompressed archive, in its order.
 * @throws FileFormatError naming the byte where it is cut off, damaged or refused.
 */
export function readTar(archive: Uint8Array, file: string): TarEntry[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let longSize: number | undefined;
  let position = 0;
  for (;;) {
    if (position + BLOCK > bytes.length) throw new FileFormatError(file, bytes.length, "cut off: the empty blocks that end an archive are not there");
    const header = bytes.subarray(position, position + BLOCK);
    if (header.every((byte) => byte === 0)) return entries;
    checkHeader(header, position, file);
    const kind = String.fromCharCode(header[156]!);
    const size = (kind === KIND.longName || kind === KIND.description ? undefined : longSize) ?? octal(header, 124, 12, position, file);
    const start = position + BLOCK;
    if (start + size > bytes.length) throw new FileFormatError(file, bytes.length, `cut off: an entry that begins at byte ${start} has ${size} bytes`);
    const content = bytes.subarray(start, start + size);
    if (kind === KIND.longName) {
      longName = textUpToZero(content);
    } else if (kind === KIND.description) {
      const facts = readDescription(content, start, file);
      longName = facts.get("path") ?? longName;
      if (facts.has("size")) longSize = Number(facts.get("size"));
    } else if (kind !== KIND.descriptionOfAll) {
      const name = longName ?? nameOf(header);
      if (pointsOutside(name)) throw new FileFormatError(file, position, `the entry ${JSON.stringify(name)} points outside the archive; it is refused`);
      if ((KIND.file as readonly string[]).includes(kind)) entries.push({ name, bytes: content, start });
      else if (kind !== KIND.folder) throw new FileFormatError(file, position, `the entry ${JSON.stringify(name)} is a link or a device (kind ${JSON.stringify(kind)}); it is refused`);
      longName = longSize = undefined;
    }
    position = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The header's bytes add up to what it says, its own sum counted as blanks. */
function checkHeader(header: Buffer, position: number, file: string): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  const expected = octal(header, 148, 8, position, file);
  if (sum !== expected) throw new FileFormatError(file, position, `not the header of an entry: its bytes add up to ${sum}, but should to ${expected}`);
}

/** A number in octal digits, or, from 8 GB on, in bytes. */
function octal(header: Buffer, start: number, length: number, position: number, file: string): number {
  if (header[start] === 0x80) return Number(header.readBigUInt64BE(start + length - 8));
  const text = textUpToZero(header.subarray(start, start + length)).trim();
  if (!/^[0-7]*$/.test(text)) throw new FileFormatError(file, position + start, `not the header of an entry: ${JSON.stringify(text)} is no octal number`);
  return text === "" ? 0 : Number.parseInt(text, 8);
}

function nameOf(header: Buffer): string {
  const prefix = header.toString("latin1", 257, 262) === "ustar" && header[262] === 0 ? textUpToZero(header.subarray(345, 500)) : "";
  const name = textUpToZero(header.subarray(0, 100));
  return prefix === "" ? name : `${prefix}/${name}`;
}

function textUpToZero(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

/** Lines such as "30 path=a/long/name", each beginning with its own length in bytes. */
function readDescription(content: Buffer, start: number, file: string): Map<string, string> {
  const facts = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString("latin1", at, blank));
    const line = content.toString("utf8", blank + 1, at + length - 1);
    if (blank < 0 || !Number.isSafeInteger(length) || length < 5 || at + length > content.length || !line.includes("=")) {
      throw new FileFormatError(file, start + at, "the description of the next entry is damaged");
    }
    facts.set(line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1));
    at += length;
  }
  return facts;
}
