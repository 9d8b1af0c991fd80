/**
 * Elementwise functions of one operand.
 */
import type { Tensor } from "../tensor.ts";
import { general, unary } from "./definition.ts";

const shapes = [[2, 3]];
const anywhere = [{ shapes }];
/** Inside the domain of logarithms and roots. */
const positive = [{ shapes, interval: [0.3, 3] as const }];

export const mathematics = {
  neg: unary({
    summary: "The negative of each element.",
    result: "same",
    derivative: [(gradient) => gradient.neg()],
    examples: anywhere,
  }),
  abs: unary({
    summary: "The absolute value of each element.",
    result: "same",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.mul(call.input(0).sign())],
    examples: anywhere,
  }),
  sign: unary({
    summary: "-1, 0 or 1, as each element is negative, 0 or positive.",
    result: "same",
    derivative: [(gradient) => gradient.mul(0)],
    examples: positive,
  }),
  exp: unary({
    summary: "e to the power of each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.mul(call.output)],
    examples: anywhere,
  }),
  log: unary({
    summary: "The natural logarithm of each element.",
    result: "float",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.div(call.input(0))],
    examples: positive,
  }),
  log1p: unary({
    summary: "log(1 + x), exact for small x.",
    result: "float",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.div(call.input(0).add(1))],
    examples: positive,
  }),
  expm1: unary({
    summary: "exp(x) - 1, exact for small x.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.mul(call.output.add(1))],
    examples: anywhere,
  }),
  sqrt: unary({
    summary: "The square root of each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.div(call.output.mul(2))],
    examples: positive,
  }),
  rsqrt: unary({
    summary: "One over the square root of each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.mul(call.output.pow(3)).mul(-0.5)],
    examples: positive,
  }),
  reciprocal: unary({
    summary: "One over each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.mul(call.output.square()).neg()],
    examples: positive,
  }),
  square: unary({
    summary: "Each element times itself.",
    result: "same",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.mul(call.input(0)).mul(2)],
    examples: anywhere,
  }),
  sin: unary({
    summary: "The sine of each element, in radians.",
    result: "float",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.mul(call.input(0).cos())],
    examples: anywhere,
  }),
  cos: unary({
    summary: "The cosine of each element, in radians.",
    result: "float",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.mul(call.input(0).sin()).neg()],
    examples: anywhere,
  }),
  tanh: unary({
    summary: "The hyperbolic tangent of each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.tanhBackward(call.output)],
    examples: anywhere,
  }),
  sigmoid: unary({
    summary: "1 / (1 + exp(-x)) of each element.",
    result: "float",
    saves: "output",
    derivative: [(gradient, call) => gradient.sigmoidBackward(call.output)],
    examples: anywhere,
  }),
  relu: unary({
    summary: "Each element where it is positive, else 0.",
    result: "same",
    saves: "output",
    derivative: [(gradient, call) => gradient.reluBackward(call.output)],
    examples: anywhere,
  }),
  floor: unary({
    summary: "The largest whole number that is not above each element.",
    result: "same",
    derivative: [(gradient) => gradient.mul(0)],
  }),
  ceil: unary({
    summary: "The smallest whole number that is not below each element.",
    result: "same",
    derivative: [(gradient) => gradient.mul(0)],
  }),
  round: unary({
    summary: "The nearest whole number; halves go to the even one.",
    result: "same",
    derivative: [(gradient) => gradient.mul(0)],
  }),
  clamp: general({
    summary: "Each element brought into the interval from `min` to `max`; either may be left out.",
    parameters: "limits: { min?: number; max?: number }",
    plan: (self: Tensor, { min = -Infinity, max = Infinity }: { min?: number; max?: number }) => ({
      inputs: [self],
      shape: self.shape,
      dtype: self.dtype,
      attributes: [min, max],
      details: [min, max],
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => {
        const [min, max] = call.details as [number, number];
        return gradient.mul(call.input(0).ge(min).logicalAnd(call.input(0).le(max)).to(gradient.dtype));
      },
    ],
    examples: [{ shapes, arguments: [{ min: -0.7, max: 1.1 }] }],
  }),
};
