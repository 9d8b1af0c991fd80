/**
 * Discrete Fourier transforms with the names and conventions of `torch.fft`: any length, along any dimension, in a number of steps
 * proportional to n log n. Complex numbers are pairs `{real, imaginary}`. Computed in double precision inside, and differentiable
 * any number of times.
 */
import { requireComplex } from "../tensor/complex.ts";
import type { ComplexTensor } from "../tensor/complex.ts";
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { requireFloat } from "../tensor/dispatch.ts";
import { isTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { normalizeDim } from "../tensor/shape.ts";

export interface TransformOptions {
  /** How many points; the input is cut or filled with zeros at its end. Its own length when not given. */
  n?: number;
  /** Along which dimension; the last when not given. */
  dim?: number;
  /**
   * `"backward"` (when not given): the inverse divides by n. `"forward"`: the other one does. `"ortho"`: each divides by the root of
   * n.
   */
  norm?: "backward" | "ortho" | "forward";
}

function pointsOf(op: string, n: number): number {
  if (Number.isInteger(n) && n >= 1) return n;
  throw new ShapeError(`${op}: ${n} points; there must be a whole number of them, at least 1`);
}

function factorOf(op: string, points: number, inverse: boolean, norm: TransformOptions["norm"] = "backward"): number {
  if (norm === "ortho") return 1 / Math.sqrt(points);
  if (norm !== "backward" && norm !== "forward") {
    throw new NablaError(`${op}: norm is ${JSON.stringify(norm)}; known are "backward", "ortho" and "forward"`);
  }
  return inverse === (norm === "backward") ? 1 / points : 1;
}

/** Along a dimension: brought to the end, transformed, brought back. */
function along(op: string, self: Tensor, dim: number): { last: (each: Tensor) => Tensor; back: (each: Tensor) => Tensor; size: number } {
  if (self.ndim === 0) throw new ShapeError(`${op}: a scalar has no dimension to transform`);
  const at = normalizeDim(op, dim, self.ndim);
  const turned = (each: Tensor): Tensor => (at === self.ndim - 1 ? each : each.transpose(at, -1));
  return { last: turned, back: turned, size: self.shape[at]! };
}

function complexTransform(op: string, input: Tensor | ComplexTensor, inverse: boolean, { n, dim = -1, norm }: TransformOptions): ComplexTensor {
  const given = isTensor(input) ? { real: input, imaginary: input.newZeros(input.shape) } : requireComplex(op, input);
  const real = requireFloat(op, given.real);
  const { last, back, size } = along(op, real, dim);
  const points = pointsOf(op, n ?? size);
  const made = last(real).fourierBackward(last(requireFloat(op, given.imaginary)), { points, length: points, inverse, factor: factorOf(op, points, inverse, norm) });
  return { real: back(made.real), imaginary: back(made.imaginary) };
}

/**
 * The Fourier transform: X(k) = sum over j of x(j) exp(-2 pi i j k / n), of a real tensor or a complex pair.
 * @throws ShapeError for no points; DTypeError for whole numbers.
 */
export function fft(input: Tensor | ComplexTensor, options: TransformOptions = {}): ComplexTensor {
  return complexTransform("fft", input, false, options);
}

/** The inverse of `fft`: x(j) = 1 / n times the sum over k of X(k) exp(2 pi i j k / n). */
export function ifft(input: Tensor | ComplexTensor, options: TransformOptions = {}): ComplexTensor {
  return complexTransform("ifft", input, true, options);
}

/** The first n / 2 + 1 (rounded down) numbers of `fft` of real numbers: the others are their conjugates. */
export function rfft(input: Tensor, { n, dim = -1, norm }: TransformOptions = {}): ComplexTensor {
  const real = requireFloat("rfft", input);
  const { last, back, size } = along("rfft", real, dim);
  const points = pointsOf("rfft", n ?? size);
  const made = last(real).halfFourierBackward({ points, length: Math.floor(points / 2) + 1, factor: factorOf("rfft", points, false, norm) });
  return { real: back(made.real), imaginary: back(made.imaginary) };
}

/** The inverse of `rfft`: n real numbers, 2 (length - 1) when not given; an odd n must be given. */
export function irfft(input: ComplexTensor, { n, dim = -1, norm }: TransformOptions = {}): Tensor {
  const { real, imaginary } = requireComplex("irfft", input);
  const { last, back, size } = along("irfft", requireFloat("irfft", real), dim);
  const points = pointsOf("irfft", n ?? 2 * (size - 1));
  return back(last(real).realFourierBackward(last(imaginary), { points, length: points, factor: factorOf("irfft", points, true, norm) }));
}
