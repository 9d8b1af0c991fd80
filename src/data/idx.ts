/**
 * Reads IDX, the format of the MNIST files: two zero bytes, a type byte, the number of dimensions, each dimension as a
 * big-endian 32-bit number, then the elements in row-major order (Y. LeCun, "The MNIST database of handwritten digits",
 * section "File formats"). MNIST uses only unsigned bytes, which is what is read here.
 */
import { NablaError } from "../tensor/errors.ts";

/** An array of bytes with its shape. */
export interface IdxArray {
  /** The length of each dimension, outermost first. */
  readonly shape: readonly number[];
  /** The elements in row-major order: a view of the file's bytes, not a copy. */
  readonly data: Uint8Array;
}

/** Thrown when bytes are not an IDX file of unsigned bytes. */
export class IdxFormatError extends NablaError {
  override name = "IdxFormatError";
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an uncompressed IDX file of unsigned bytes.
 *
 * @throws IdxFormatError when the header is not one, or the file is shorter or longer than its header says.
 */
export function parseIdx(file: Uint8Array): IdxArray {
  if (file.length < 4 || file[0] !== 0 || file[1] !== 0) {
    throw new IdxFormatError("not an IDX file: it must begin with two zero bytes (is it still compressed?)");
  }
  if (file[2] !== UNSIGNED_BYTE) {
    throw new IdxFormatError(`IDX element type 0x${file[2]!.toString(16)} is not supported; only unsigned bytes (0x8) are`);
  }
  const dimensions = file[3]!;
  const header = 4 + 4 * dimensions;
  if (file.length < header) {
    throw new IdxFormatError(`the IDX header of ${dimensions} dimensions needs ${header} bytes, but the file has ${file.length}`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + shape.reduce((product, length) => product * length, 1);
  if (file.length !== expected) {
    throw new IdxFormatError(
      `an IDX array of shape [${shape.join(", ")}] needs a file of ${expected} bytes, but this one has ${file.length}`,
    );
  }
  return { shape, data: file.subarray(header) };
}
