/**
 * Files that are read and written whole. A file appears under its name only when every byte of it is on the disk, so that a
 * crash, a full disk or an interrupt leaves the file that was there before, and a reader never meets half of one.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { NablaError } from "../tensor/errors.ts";

/** Thrown when a file cannot be read or written at all: it is not there, may not be opened, or the disk is full. */
export class FileAccessError extends NablaError {
  override name = "FileAccessError";
}

/** The bytes of a file. @throws FileAccessError naming the file and why it cannot be read. */
export function readWholeFile(op: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new FileAccessError(`${op}: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Writes the pieces one after the other under a temporary name in the same folder, waits until they are on the disk, and
 * gives the file its name.
 * @throws FileAccessError naming the file and why it cannot be written; what was there before is untouched.
 */
export function writeWholeFile(op: string, path: string, pieces: readonly Uint8Array[]): void {
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  try {
    const file = openSync(partial, "wx");
    try {
      for (const piece of pieces) {
        for (let written = 0; written < piece.length; ) written += writeSync(file, piece, written);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new FileAccessError(`${op}: cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
