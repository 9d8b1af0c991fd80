/** The error for a file that is cut off, corrupted or of another kind than its reader expects: it says where it broke. */
import { NablaError } from "../tensor/errors.ts";

/** Thrown when the bytes of a file are not what its format says. Nothing of the file has been loaded then. */
export class FileFormatError extends NablaError {
  override name = "FileFormatError";
  /** Path of the file, or what stands for it when the bytes came from elsewhere. */
  readonly file: string;
  /** Where reading broke, as in "byte 512" or "line 3, column 7". */
  readonly place: string;
  /** What is wrong there. */
  readonly problem: string;

  constructor(file: string, place: string | number, problem: string) {
    const where = typeof place === "number" ? `byte ${place}` : place;
    super(`${file}, ${where}: ${problem}`);
    this.file = file;
    this.place = where;
    this.problem = problem;
  }
}
