/**
 * Fourier transforms along the last dimension, as derivatives call them: each transform's derivative is another one. What users
 * call is in fft/.
 */
import type { ComplexTensor } from "../complex.ts";
import { callMultiple } from "../dispatch.ts";
import { ops } from "../ops.ts";
import type { Transform } from "../ops/fourier.ts";
import type { Tensor } from "../tensor.ts";

/** The methods; the tensor is the real part. */
export interface FourierTransforms {
  /** Complex numbers to complex numbers. */
  fourierBackward(imaginary: Tensor, transform: Transform): ComplexTensor;
  /** Half of a symmetric sequence to real numbers. */
  realFourierBackward(imaginary: Tensor, transform: Transform): Tensor;
  /** Real numbers to half of a symmetric sequence. */
  halfFourierBackward(transform: Transform): ComplexTensor;
}

export const fourierMethods: FourierTransforms & ThisType<Tensor> = {
  fourierBackward(imaginary, transform) {
    const [real, other] = callMultiple(ops.dft, ops.dft.plan(this, imaginary, transform)) as [Tensor, Tensor];
    return { real, imaginary: other };
  },

  realFourierBackward(imaginary, transform) {
    return callMultiple(ops.irdft, ops.irdft.plan(this, imaginary, transform))[0]!;
  },

  halfFourierBackward(transform) {
    const [real, imaginary] = callMultiple(ops.rdft, ops.rdft.plan(this, transform)) as [Tensor, Tensor];
    return { real, imaginary };
  },
};
