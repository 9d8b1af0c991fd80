/** The error of a figure that is not stated as it must be. */
import { NablaError } from "../tensor/errors.ts";

/** Thrown by `figure` for an option that says nothing or contradicts another, and for a size that does not exist. */
export class FigureError extends NablaError {
  override name = "FigureError";
}
