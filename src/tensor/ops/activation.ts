/**
 * Activation functions beyond those of mathematics, and the way back through activations, one pass each. A way back is an op
 * with derivatives of its own, so that second derivatives need no other path.
 */
import { isFloating } from "../dtype.ts";
import { DTypeError, NablaError } from "../errors.ts";
import type { GraphNode } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { general, unary } from "./definition.ts";
import type { CallPlan } from "./definition.ts";

const attributesOf = (call: GraphNode): readonly number[] => call.details as readonly number[];

function planOf(name: string, self: Tensor, attributes: readonly number[] = []): CallPlan {
  if (!isFloating(self.dtype)) {
    throw new DTypeError(`${name}: needs a floating type, got ${self.dtype}; convert with .to("float32") first`);
  }
  return { inputs: [self], shape: self.shape, dtype: self.dtype, attributes, details: attributes };
}

/** A way back reads the gradient and one other tensor of its shape. */
function planBack(gradient: Tensor, other: Tensor, attributes: readonly number[] = []): CallPlan {
  return { inputs: [gradient, other], shape: gradient.shape, dtype: gradient.dtype, attributes, details: attributes };
}

/** How gelu gets at the normal distribution: exactly, by the error function, or by Hendrycks and Gimpel's tanh. */
export type GeluApproximation = "none" | "tanh";

const sqrtTwoOverPi = Math.sqrt(2 / Math.PI);

/** The second derivative of gelu, for the second derivative of whatever it is part of. */
function bendOfGelu(x: Tensor, byTanh: boolean): Tensor {
  if (!byTanh) return x.square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI)).mul(x.square().neg().add(2));
  // With t = tanh(u): (1 - t^2) (u' + x u'' / 2 - x t u'^2).
  const square = x.square();
  const t = x.mul(square.mul(0.044715).add(1)).mul(sqrtTwoOverPi).tanh();
  const slope = square.mul(3 * 0.044715).add(1).mul(sqrtTwoOverPi);
  const curve = x.mul(6 * 0.044715 * sqrtTwoOverPi);
  return t.square().neg().add(1).mul(slope.add(x.mul(curve).mul(0.5)).sub(x.mul(t).mul(slope.square())));
}

const shapes = [[2, 3]];
const anywhere = [{ shapes }];

export const activation = {
  erf: unary({
    summary: "The error function of each element, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to it.",
    result: "float",
    saves: "inputs",
    derivative: [(gradient, call) => gradient.mul(call.input(0).square().neg().exp().mul(2 / Math.sqrt(Math.PI)))],
    examples: anywhere,
  }),
  gelu: general({
    summary:
      "x times the probability that a normal number is below x (Hendrycks and Gimpel 2016); approximate: \"tanh\" is their " +
      "closed form.",
    parameters: 'options?: { approximate?: "none" | "tanh" }',
    plan: (self: Tensor, { approximate = "none" }: { approximate?: GeluApproximation } = {}) => {
      if (approximate !== "none" && approximate !== "tanh") {
        throw new NablaError(`gelu: approximate is ${JSON.stringify(approximate)}; known are "none" and "tanh"`);
      }
      return planOf("gelu", self, [approximate === "tanh" ? 1 : 0]);
    },
    saves: "inputs",
    derivative: [(gradient, call) => gradient.geluBackward(call.input(0), attributesOf(call)[0] === 1)],
    examples: [{ shapes }, { shapes, arguments: [{ approximate: "tanh" }] }],
  }),
  leakyRelu: general({
    summary: "Each element where it is positive, else `negativeSlope` (0.01) times it.",
    parameters: "options?: { negativeSlope?: number }",
    plan: (self: Tensor, { negativeSlope = 0.01 }: { negativeSlope?: number } = {}) => planOf("leakyRelu", self, [negativeSlope]),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.leakyReluBackward(call.input(0), attributesOf(call)[0]!)],
    examples: anywhere,
  }),
  elu: general({
    summary: "Each element where it is positive, else alpha (exp(x) - 1); alpha is 1 (Clevert et al. 2015).",
    parameters: "options?: { alpha?: number }",
    plan: (self: Tensor, { alpha = 1 }: { alpha?: number } = {}) => planOf("elu", self, [alpha]),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.eluBackward(call.input(0), attributesOf(call)[0]!)],
    examples: anywhere,
  }),
  softplus: general({
    summary: "log(1 + exp(beta x)) / beta, a smooth relu; the element itself where beta x is above `threshold` (20).",
    parameters: "options?: { beta?: number; threshold?: number }",
    plan: (self: Tensor, { beta = 1, threshold = 20 }: { beta?: number; threshold?: number } = {}) =>
      planOf("softplus", self, [beta, threshold]),
    saves: "inputs",
    derivative: [
      (gradient, call) => gradient.softplusBackward(call.input(0), attributesOf(call)[0]!, attributesOf(call)[1]!),
    ],
    examples: anywhere,
  }),
  softsign: general({
    summary: "x / (1 + |x|).",
    parameters: "",
    plan: (self: Tensor) => planOf("softsign", self),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.softsignBackward(call.input(0))],
    examples: anywhere,
  }),
  hardSigmoid: general({
    summary: "The sigmoid as three straight lines: 0 up to -3, 1 from 3 on, x / 6 + 1/2 between.",
    parameters: "",
    plan: (self: Tensor) => planOf("hardSigmoid", self),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.hardSigmoidBackward(call.input(0))],
    examples: anywhere,
  }),
  reluBackward: general({
    summary: "The gradient where relu's result is positive, else 0.",
    parameters: "result: Tensor",
    plan: (gradient: Tensor, result: Tensor) => planBack(gradient, result),
    saves: "inputs",
    derivative: [(upper, call) => upper.reluBackward(call.input(1))],
  }),
  sigmoidBackward: general({
    summary: "The gradient times y (1 - y), for a sigmoid's result y.",
    parameters: "result: Tensor",
    plan: (gradient: Tensor, result: Tensor) => planBack(gradient, result),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.sigmoidBackward(call.input(1)),
      (upper, call) => upper.mul(call.input(0)).mul(call.input(1).mul(-2).add(1)),
    ],
  }),
  tanhBackward: general({
    summary: "The gradient times 1 - y^2, for a hyperbolic tangent's result y.",
    parameters: "result: Tensor",
    plan: (gradient: Tensor, result: Tensor) => planBack(gradient, result),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.tanhBackward(call.input(1)),
      (upper, call) => upper.mul(call.input(0)).mul(call.input(1)).mul(-2),
    ],
  }),
  geluBackward: general({
    summary: "The gradient times gelu's derivative.",
    parameters: "input: Tensor, byTanh: boolean",
    plan: (gradient: Tensor, input: Tensor, byTanh: boolean) => planBack(gradient, input, [byTanh ? 1 : 0]),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.geluBackward(call.input(1), attributesOf(call)[0] === 1),
      (upper, call) => upper.mul(call.input(0)).mul(bendOfGelu(call.input(1), attributesOf(call)[0] === 1)),
    ],
  }),
  leakyReluBackward: general({
    summary: "The gradient where the input is positive, else the slope times it.",
    parameters: "input: Tensor, slope: number",
    plan: (gradient: Tensor, input: Tensor, slope: number) => planBack(gradient, input, [slope]),
    saves: "inputs",
    derivative: [(upper, call) => upper.leakyReluBackward(call.input(1), attributesOf(call)[0]!)],
  }),
  eluBackward: general({
    summary: "The gradient where the input is positive, else alpha exp(x) times it.",
    parameters: "input: Tensor, alpha: number",
    plan: (gradient: Tensor, input: Tensor, alpha: number) => planBack(gradient, input, [alpha]),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.eluBackward(call.input(1), attributesOf(call)[0]!),
      (upper, call) => {
        const x = call.input(1);
        const bend = x.clamp({ max: 0 }).exp().mul(attributesOf(call)[0]!);
        return upper.mul(call.input(0)).mul(bend.where(x.le(0), 0));
      },
    ],
  }),
  softplusBackward: general({
    summary: "The gradient times sigmoid(beta x), or itself above the threshold.",
    parameters: "input: Tensor, beta: number, threshold: number",
    plan: (gradient: Tensor, input: Tensor, beta: number, threshold: number) => planBack(gradient, input, [beta, threshold]),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.softplusBackward(call.input(1), attributesOf(call)[0]!, attributesOf(call)[1]!),
      (upper, call) => {
        const [beta, threshold] = attributesOf(call) as [number, number];
        const scaled = call.input(1).mul(beta);
        const y = scaled.sigmoid();
        return upper.mul(call.input(0)).mul(y.mul(y.neg().add(1)).mul(beta).where(scaled.le(threshold), 0));
      },
    ],
  }),
  softsignBackward: general({
    summary: "The gradient divided by (1 + |x|)^2.",
    parameters: "input: Tensor",
    plan: (gradient: Tensor, input: Tensor) => planBack(gradient, input),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.softsignBackward(call.input(1)),
      (upper, call) => {
        const x = call.input(1);
        return upper.mul(call.input(0)).mul(x.sign().mul(-2)).div(x.abs().add(1).pow(3));
      },
    ],
  }),
  hardSigmoidBackward: general({
    summary: "A sixth of the gradient between -3 and 3, else 0.",
    parameters: "input: Tensor",
    plan: (gradient: Tensor, input: Tensor) => planBack(gradient, input),
    saves: "inputs",
    derivative: [(upper, call) => upper.hardSigmoidBackward(call.input(1))],
  }),
};
