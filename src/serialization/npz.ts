/** NumPy's files of several named arrays, `.npz`: a zip archive with an `.npy` file for each (documentation of `numpy.savez`). */
import { NablaError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { FileFormatError } from "./file-format-error.ts";
import { encodeNpy, parseNpy, tensorOfNpy } from "./npy.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";
import { decodeZip, encodeZip, pointsOutside } from "./zip.ts";

/** Options of writing. */
export interface SaveNpzOptions {
  /** Compress the arrays, as `numpy.savez_compressed` does. Default false. */
  compressed?: boolean;
}

const EXTENSION = ".npy";

/** The pieces of an `.npz` file. @throws NablaError when a name would point outside an archive. */
export function encodeNpz(tensors: Readonly<Record<string, Tensor>>, options: SaveNpzOptions = {}): Uint8Array[] {
  const entries = Object.entries(tensors).map(([name, value]) => {
    if (pointsOutside(name)) throw new NablaError(`saveNpz: the name ${JSON.stringify(name)} points outside an archive; rename it`);
    return { name: name + EXTENSION, bytes: encodeNpy(value) };
  });
  return encodeZip(entries, { deflated: options.compressed === true });
}

/** The tensors in the bytes of an `.npz` file. @throws FileFormatError saying in which array and where it broke. */
export function decodeNpz(bytes: Uint8Array, file = "these bytes"): Record<string, Tensor> {
  const arrays = decodeZip(bytes, file).map((entry) => {
    if (!entry.name.endsWith(EXTENSION)) throw new FileFormatError(file, `entry ${JSON.stringify(entry.name)}`, "an .npz file holds only .npy files");
    return [entry.name.slice(0, -EXTENSION.length), parseNpy(entry.bytes, `${file}, entry ${JSON.stringify(entry.name)}`)] as const;
  });
  return Object.fromEntries(arrays.map(([name, array]) => [name, tensorOfNpy(array)]));
}

/**
 * Writes tensors as an `.npz` file, for `numpy.load`. The file appears only when it is whole.
 * @throws FileAccessError when it cannot be written.
 */
export function saveNpz(path: string, tensors: Readonly<Record<string, Tensor>>, options: SaveNpzOptions = {}): void {
  writeWholeFile("saveNpz", path, encodeNpz(tensors, options));
}

/**
 * Reads an `.npz` file as `numpy.savez` and `numpy.savez_compressed` write it: tensors by name.
 *
 * @throws FileAccessError when the file cannot be read.
 * @throws FileFormatError naming the array and the place where it is cut off or corrupted; nothing is loaded then.
 */
export function loadNpz(path: string): Record<string, Tensor> {
  return decodeNpz(readWholeFile("loadNpz", path), path);
}
