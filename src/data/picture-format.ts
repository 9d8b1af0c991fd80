/**
 * Looks through the bytes of a PNG or JPEG picture before it is decoded, because a decoder may make a picture of half a file
 * and, if it does not, cannot say where it broke: the chunks of a PNG with their checks (W3C, "Portable Network Graphics
 * (PNG) Specification", section 5) and the segments of a JPEG (ITU-T T.81, annex B).
 */
import { crc32, crc32Digits } from "../serialization/crc32.ts";
import { FileFormatError } from "../serialization/file-format-error.ts";

const PNG_SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** JPEG's markers: start and end of the image, start of a scan, and those without a length (restarts and a relic). */
const MARKER = { start: 0xd8, end: 0xd9, scan: 0xda, firstBare: 0xd0, lastBare: 0xd7, temporary: 0x01 } as const;

/**
 * Which of the two kinds of picture the bytes are.
 * @throws FileFormatError naming the byte where they are neither, cut off or damaged.
 */
export function checkPicture(bytes: Uint8Array, file: string): "png" | "jpeg" {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length === 0) throw new FileFormatError(file, 0, "the file is empty");
  if (buffer.subarray(0, 8).equals(PNG_SIGNATURE)) {
    checkPng(buffer, file);
    return "png";
  }
  if (buffer[0] === 0xff && buffer[1] === MARKER.start) {
    checkJpeg(buffer, file);
    return "jpeg";
  }
  throw new FileFormatError(file, 0, "neither a PNG nor a JPEG picture; convert it to one of them");
}

function checkPng(buffer: Buffer, file: string): void {
  for (let at = PNG_SIGNATURE.length; ; ) {
    if (at + 12 > buffer.length) throw new FileFormatError(file, buffer.length, "cut off: the chunk that ends a PNG is not there");
    const size = buffer.readUInt32BE(at);
    const name = buffer.toString("latin1", at + 4, at + 8);
    const next = at + 12 + size;
    if (next > buffer.length) throw new FileFormatError(file, buffer.length, `cut off: the chunk ${JSON.stringify(name)} at byte ${at} has ${size} bytes, but the file ends after ${buffer.length - at - 8}`);
    const content = buffer.subarray(at + 4, next - 4);
    const expected = buffer.readUInt32BE(next - 4);
    if (crc32(content) !== expected) {
      throw new FileFormatError(file, at, `the chunk ${JSON.stringify(name)} is damaged: its CRC-32 should be ${expected.toString(16).padStart(8, "0")}, but is ${crc32Digits(content)}`);
    }
    if (name === "IEND") return;
    at = next;
  }
}

function checkJpeg(buffer: Buffer, file: string): void {
  let at = 2;
  for (;;) {
    if (at + 2 > buffer.length) throw new FileFormatError(file, buffer.length, "cut off: the marker that ends a JPEG is not there");
    if (buffer[at] !== 0xff) throw new FileFormatError(file, at, `damaged: a marker should be here, but there is the byte 0x${buffer[at]!.toString(16)}`);
    const marker = buffer[at + 1]!;
    if (marker === MARKER.end) return;
    if (marker === 0xff) {
      // Markers may be preceded by any number of such bytes.
      at++;
      continue;
    }
    if (isBare(marker)) {
      at += 2;
      continue;
    }
    const size = at + 4 > buffer.length ? Infinity : buffer.readUInt16BE(at + 2);
    if (size < 2) throw new FileFormatError(file, at + 2, `damaged: a segment says that it has ${size} bytes`);
    if (at + 2 + size > buffer.length) throw new FileFormatError(file, buffer.length, `cut off in the segment 0x${marker.toString(16)} that begins at byte ${at}`);
    at += 2 + size;
    if (marker === MARKER.scan) at = endOfScan(buffer, at);
  }
}

/** Where the next marker is that does not belong to the scan's own data (0xff00 is a byte of it). */
function endOfScan(buffer: Buffer, start: number): number {
  for (let at = buffer.indexOf(0xff, start); at >= 0 && at + 1 < buffer.length; at = buffer.indexOf(0xff, at + 1)) {
    const marker = buffer[at + 1]!;
    if (marker !== 0 && marker !== 0xff && !isBare(marker)) return at;
  }
  return buffer.length;
}

function isBare(marker: number): boolean {
  return marker === MARKER.temporary || (marker >= MARKER.firstBare && marker <= MARKER.lastBare);
}
