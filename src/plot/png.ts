/**
 * Writes small PNG pictures (W3C, "Portable Network Graphics Specification"), so that a matrix with many cells can be one
 * picture in a chart instead of a thousand rectangles. Up to 256 colours go into a palette, a byte for each pixel, which
 * halves what lies in the notebook's file; more are written as they are.
 */
import { deflateSync } from "node:zlib";
import { crc32 } from "../serialization/crc32.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BITS_PER_CHANNEL = 8;
const TRUE_COLOUR = 2;
const INDEXED = 3;
const MOST_IN_PALETTE = 256;

/**
 * Encodes a picture.
 *
 * @param width in pixels.
 * @param rgb red, green and blue of each pixel, row after row from the top; its length gives the height.
 */
export function encodePng(width: number, rgb: Uint8Array): Buffer {
  const height = rgb.length / (3 * width);
  if (!Number.isInteger(height) || height === 0) {
    throw new RangeError(`a picture ${width} pixels wide needs a multiple of ${3 * width} bytes, but ${rgb.length} were given`);
  }
  const indexed = indexColours(rgb);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = BITS_PER_CHANNEL;
  header[9] = indexed === undefined ? TRUE_COLOUR : INDEXED;
  const pixels = indexed?.pixels ?? rgb;
  const stride = pixels.length / height;
  // Each row begins with the number of its filter; 0 means none.
  const rows = Buffer.alloc(height * (stride + 1));
  for (let row = 0; row < height; row++) rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    ...(indexed === undefined ? [] : [chunk("PLTE", Buffer.from(indexed.palette))]),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The address that holds the picture itself. */
export function pngUrl(width: number, rgb: Uint8Array): string {
  return `data:image/png;base64,${encodePng(width, rgb).toString("base64")}`;
}

/** The number of each pixel's colour in a palette, in the order in which colours occur; undefined where they are too many. */
function indexColours(rgb: Uint8Array): { palette: number[]; pixels: Uint8Array } | undefined {
  const numbers = new Map<number, number>();
  const pixels = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < pixels.length; i++) {
    const colour = (rgb[3 * i]! << 16) | (rgb[3 * i + 1]! << 8) | rgb[3 * i + 2]!;
    let number = numbers.get(colour);
    if (number === undefined) {
      if (numbers.size === MOST_IN_PALETTE) return undefined;
      numbers.set(colour, (number = numbers.size));
    }
    pixels[i] = number;
  }
  return { palette: [...numbers.keys()].flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]), pixels };
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(data.length, 0);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}
