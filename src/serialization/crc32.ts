/** The cyclic redundancy check of zip archives and PNG pictures (ISO 3309, polynomial 0xedb88320). */
import * as zlib from "node:zlib";

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

/** The check computed here, a byte at a time. */
export function crc32ByTable(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The check of some bytes, as an unsigned number: zlib's own where Node has it (from 20.15 on), which is far faster. */
export const crc32: (bytes: Uint8Array) => number =
  (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32 ?? crc32ByTable;

/** The check as eight hexadecimal digits. */
export function crc32Digits(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}
