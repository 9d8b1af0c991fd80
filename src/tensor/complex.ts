/**
 * Complex numbers as two real tensors of one shape. There is no complex element type: what is complex (eigenvalues, Fourier
 * transforms) comes and goes as such a pair.
 */
import { DTypeError, NablaError, ShapeError } from "./errors.ts";
import { formatShape, sameShape } from "./shape.ts";
import { isTensor } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor of complex numbers: its real and its imaginary part, of one shape and type. */
export interface ComplexTensor {
  real: Tensor;
  imaginary: Tensor;
}

/** The product of two matrices of complex numbers. */
export function complexMatmul(a: ComplexTensor, b: ComplexTensor): ComplexTensor {
  return {
    real: a.real.matmul(b.real).sub(a.imaginary.matmul(b.imaginary)),
    imaginary: a.real.matmul(b.imaginary).add(a.imaginary.matmul(b.real)),
  };
}

/** The transpose with the opposite imaginary part. */
export function conjugateTranspose({ real, imaginary }: ComplexTensor): ComplexTensor {
  return { real: real.mT, imaginary: imaginary.mT.neg() };
}

/** The quotient of complex numbers, element by element. */
export function complexDivide(a: ComplexTensor, b: ComplexTensor): ComplexTensor {
  const below = b.real.square().add(b.imaginary.square());
  return {
    real: a.real.mul(b.real).add(a.imaginary.mul(b.imaginary)).div(below),
    imaginary: a.imaginary.mul(b.real).sub(a.real.mul(b.imaginary)).div(below),
  };
}

/**
 * Checks that an argument is a pair of real tensors of one shape and type.
 * @throws NablaError, ShapeError or DTypeError naming the op.
 */
export function requireComplex(op: string, value: unknown): ComplexTensor {
  const { real, imaginary } = (value ?? {}) as Partial<ComplexTensor>;
  if (!isTensor(real) || !isTensor(imaginary)) {
    throw new NablaError(`${op}: expected complex numbers as {real, imaginary}, two tensors of one shape`);
  }
  if (!sameShape(real.shape, imaginary.shape)) {
    throw new ShapeError(`${op}: the real part has shape ${formatShape(real.shape)}, the imaginary part ${formatShape(imaginary.shape)}`);
  }
  if (real.dtype !== imaginary.dtype) {
    throw new DTypeError(`${op}: the real part is ${real.dtype}, the imaginary part ${imaginary.dtype}; convert one with .to()`);
  }
  return { real, imaginary };
}
