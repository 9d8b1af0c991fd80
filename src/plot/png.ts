/**
 * Writes small PNG pictures (W3C, "Portable Network Graphics Specification"), so that a matrix with many cells can be one
 * picture in a chart instead of a thousand rectangles.
 */
import { deflateSync } from "node:zlib";
import { crc32 } from "../serialization/crc32.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BITS_PER_CHANNEL = 8;
const TRUE_COLOUR = 2;

/**
 * Encodes a picture.
 *
 * @param width in pixels.
 * @param rgb red, green and blue of each pixel, row after row from the top; its length gives the height.
 */
export function encodePng(width: number, rgb: Uint8Array): Buffer {
  const stride = 3 * width;
  const height = rgb.length / stride;
  if (!Number.isInteger(height) || height === 0) {
    throw new RangeError(`a picture ${width} pixels wide needs a multiple of ${stride} bytes, but ${rgb.length} were given`);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = BITS_PER_CHANNEL;
  header[9] = TRUE_COLOUR;
  // Each row begins with the number of its filter; 0 means none.
  const rows = Buffer.alloc(height * (stride + 1));
  for (let row = 0; row < height; row++) rows.set(rgb.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The address that holds the picture itself. */
export function pngUrl(width: number, rgb: Uint8Array): string {
  return `data:image/png;base64,${encodePng(width, rgb).toString("base64")}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(data.length, 0);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}
