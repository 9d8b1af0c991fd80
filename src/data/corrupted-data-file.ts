/** The error for a data file whose bytes are not the published ones. */
import { NablaError } from "../tensor/errors.ts";

/** Facts of a {@link CorruptedDataFile}. */
export interface CorruptedDataFileFacts {
  /** Path or address of the file. */
  file: string;
  /** MD5 that the uncompressed file should have; empty when it is known by its structure instead. */
  expected: string;
  /** MD5 that it has, or what is wrong with its structure and where. */
  found: string;
  /** What the reader can do about it, as a sentence. */
  cure: string;
}

/** Thrown when a data file is cut off or changed: its checksum is not the published one, or its structure is broken. */
export class CorruptedDataFile extends NablaError {
  override name = "CorruptedDataFile";
  readonly file: string;
  readonly expected: string;
  readonly found: string;

  constructor({ file, expected, found, cure }: CorruptedDataFileFacts) {
    super(`${file} is cut off or corrupted: ${expected === "" ? found : `its MD5 should be ${expected}, but is ${found}`}. ${cure}`);
    this.file = file;
    this.expected = expected;
    this.found = found;
  }
}
