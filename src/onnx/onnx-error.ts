/** The error for a model that ONNX, or the part of it that is known here, cannot say. */
import { NablaError } from "../tensor/errors.ts";

/** A model that cannot be exported, or an operator of a file that is not supported. */
export class OnnxError extends NablaError {
  override name = "OnnxError";
}
