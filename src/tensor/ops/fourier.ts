/**
 * Discrete Fourier transforms along the last dimension. Each is linear, so its derivative is its adjoint, which is a transform
 * too: of a complex one that with the other sign, of a real one its inverse with other weights.
 */
import { ShapeError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { multiple } from "./definition.ts";
import type { MultiplePlan } from "./definition.ts";

/** One transform. */
export interface Transform {
  /** How many numbers are transformed; inputs are cut or filled with zeros. */
  points: number;
  /** How many are wanted; more than there are end in zeros. */
  length: number;
  /** What results are multiplied by. */
  factor: number;
  /** The exponent's sign is positive (complex transforms only). */
  inverse?: boolean;
  /** What frequencies are multiplied by that stand for two (real transforms only): 1 when not given. */
  weight?: number;
}

const withLength = (shape: Shape, length: number): Shape => [...shape.slice(0, -1), length];

function planOf(inputs: readonly Tensor[], outputs: number, transform: Transform, attributes: readonly number[]): MultiplePlan {
  const [{ shape, dtype }] = inputs as [Tensor];
  if (shape.length === 0) throw new ShapeError("fft: a scalar has no dimension to transform");
  const output = { shape: withLength(shape, transform.length), dtype };
  return { inputs, outputs: new Array(outputs).fill(output) as typeof output[], attributes, details: transform };
}

export const fourier = {
  dft: multiple({
    summary: "The discrete Fourier transform of complex numbers, real and imaginary parts apart.",
    plan: (real: Tensor, imaginary: Tensor, transform: Transform) =>
      planOf([real, imaginary], 2, transform, [transform.points, Number(transform.inverse === true), transform.factor]),
    jointDerivative: ([ofReal, ofImaginary], call) => {
      const details = call.details as Transform;
      const { real, imaginary } = (ofReal ?? ofImaginary!.mul(0)).fourierBackward(ofImaginary ?? ofReal!.mul(0), {
        ...details,
        inverse: details.inverse !== true,
        length: call.shapeOf(0).at(-1)!,
      });
      return [real, imaginary];
    },
  }),
  rdft: multiple({
    summary: "The half of the discrete Fourier transform of real numbers that determines the other.",
    plan: (self: Tensor, transform: Transform) => planOf([self], 2, transform, [transform.points, transform.factor, transform.weight ?? 1]),
    jointDerivative: ([ofReal, ofImaginary], call) => {
      const details = call.details as Transform;
      return [
        (ofReal ?? ofImaginary!.mul(0)).realFourierBackward(ofImaginary ?? ofReal!.mul(0), {
          ...details,
          weight: (details.weight ?? 1) / 2,
          length: call.shapeOf(0).at(-1)!,
        }),
      ];
    },
  }),
  irdft: multiple({
    summary: "The real numbers whose Fourier transform begins with the given half.",
    plan: (real: Tensor, imaginary: Tensor, transform: Transform) =>
      planOf([real, imaginary], 1, transform, [transform.points, transform.factor, transform.weight ?? 1]),
    jointDerivative: ([gradient], call) => {
      const details = call.details as Transform;
      const { real, imaginary } = gradient!.halfFourierBackward({
        ...details,
        weight: (details.weight ?? 1) * 2,
        length: call.shapeOf(0).at(-1)!,
      });
      return [real, imaginary];
    },
  }),
};
