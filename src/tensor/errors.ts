/**
 * The errors of the library. Each names the op, what was given and how to mend it, because a learner reads them at the line
 * that caused them.
 */

/** Base of every error the library throws on purpose. */
export class NablaError extends Error {
  override name = "NablaError";
}

/** Shapes that do not fit an op. */
export class ShapeError extends NablaError {
  override name = "ShapeError";
}

/** An element type that an op does not take. */
export class DTypeError extends NablaError {
  override name = "DTypeError";
}

/** A device that does not exist or is not the operand's. */
export class DeviceError extends NablaError {
  override name = "DeviceError";
}

/** An index, dimension or label outside its range. */
export class TensorIndexError extends NablaError {
  override name = "TensorIndexError";
}

/** A matrix that an algorithm cannot take: singular, not positive definite, or with NaN in it. */
export class LinearAlgebraError extends NablaError {
  override name = "LinearAlgebraError";
}

/** Automatic differentiation asked for what was not recorded, was freed, or was changed in place since. */
export class GradientError extends NablaError {
  override name = "GradientError";
}

/** A tensor used as if it were a number, a string or an array. */
export class TensorOperatorError extends NablaError {
  override name = "TensorOperatorError";
}

/** The native runtime is missing, stale, or failed. */
export class RuntimeError extends NablaError {
  override name = "RuntimeError";
}

/** A native computation was interrupted; its result was discarded. */
export class InterruptedError extends NablaError {
  override name = "InterruptedError";
}

/** A loop that the person who watches it has stopped. What it has done so far is done. */
export class StoppedError extends NablaError {
  override name = "StoppedError";
}

/** A function that cannot be compiled, or a compiled one that was asked for what it cannot give. */
export class CompileError extends NablaError {
  override name = "CompileError";
}

/** There is no memory for a result; what was alive still is, and smaller work goes on. */
export class OutOfMemoryError extends NablaError {
  override name = "OutOfMemoryError";
}

/** A computation made a NaN (or an infinity) while `detectAnomaly` was looking. */
export class AnomalyError extends NablaError {
  override name = "AnomalyError";
}

/** A widget that was given what it cannot show, or that nobody can use where it is. */
export class WidgetError extends NablaError {
  override name = "WidgetError";
}
