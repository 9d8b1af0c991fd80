/**
 * Activations with their arguments, the ways back through activations, the error function, and losses of one kernel.
 */
import { arange, nn } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { elementwise, formulas, squaredError } from "../../reference/elementwise.ts";
import type { Case, DrawnInput } from "../../checks/case.ts";

const { crossEntropy, mseLoss } = nn.functional;
const shapes: readonly (readonly number[])[] = [[3, 5], [0, 3], [1], [], [2, 1, 19]];
const named = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

interface Activation {
  name: string;
  ops: readonly string[];
  run: (x: Tensor) => Tensor;
  formula: (x: number) => number;
  /** 1 where a kink is inside the interval. */
  derivatives?: 1;
  interval?: readonly [number, number];
}

const list: readonly Activation[] = [
  { name: "erf", ops: ["erf"], run: (x) => x.erf(), formula: formulas.erf, interval: [-3, 3] },
  { name: "gelu", ops: ["gelu", "geluBackward"], run: (x) => x.gelu(), formula: formulas.gelu, interval: [-4, 4] },
  {
    name: "gelu by tanh", ops: ["gelu", "geluBackward"], run: (x) => x.gelu({ approximate: "tanh" }), formula: formulas.geluByTanh,
    interval: [-4, 4],
  },
  { name: "leakyRelu", ops: ["leakyRelu", "leakyReluBackward"], run: (x) => x.leakyRelu(), formula: formulas.leakyRelu(0.01), derivatives: 1 },
  {
    name: "leakyRelu of slope 0.3", ops: ["leakyRelu", "leakyReluBackward"], run: (x) => x.leakyRelu({ negativeSlope: 0.3 }),
    formula: formulas.leakyRelu(0.3), derivatives: 1,
  },
  { name: "elu", ops: ["elu", "eluBackward"], run: (x) => x.elu(), formula: formulas.elu(1), derivatives: 1 },
  { name: "elu of alpha 0.7", ops: ["elu", "eluBackward"], run: (x) => x.elu({ alpha: 0.7 }), formula: formulas.elu(0.7), derivatives: 1 },
  { name: "elu below 0", ops: ["elu", "eluBackward"], run: (x) => x.elu({ alpha: 0.7 }), formula: formulas.elu(0.7), interval: [-2, -0.1] },
  { name: "softplus", ops: ["softplus", "softplusBackward"], run: (x) => x.softplus(), formula: formulas.softplus(1, 20) },
  {
    name: "softplus of beta 2", ops: ["softplus", "softplusBackward"], run: (x) => x.softplus({ beta: 2, threshold: 9 }),
    formula: formulas.softplus(2, 9), interval: [-3, 4],
  },
  {
    name: "softplus above its threshold", ops: ["softplus", "softplusBackward"], run: (x) => x.softplus({ threshold: 1 }),
    formula: formulas.softplus(1, 1), interval: [1.1, 3],
  },
  { name: "softsign", ops: ["softsign", "softsignBackward"], run: (x) => x.softsign(), formula: formulas.softsign, derivatives: 1 },
  { name: "softsign above 0", ops: ["softsign", "softsignBackward"], run: (x) => x.softsign(), formula: formulas.softsign, interval: [0.1, 2] },
  {
    name: "hardSigmoid", ops: ["hardSigmoid", "hardSigmoidBackward"], run: (x) => x.hardSigmoid(), formula: formulas.hardSigmoid,
    interval: [-4.5, 4.5], derivatives: 1,
  },
  { name: "relu away from 0", ops: ["relu", "reluBackward"], run: (x) => x.relu(), formula: (x) => Math.max(x, 0), interval: [0.1, 2] },
];

const activations = list.flatMap(({ name, ops, run, formula, derivatives, interval = [-2, 2] }) =>
  shapes.map((shape): Case => ({
    name: `${name} of ${named(shape)}`,
    ops,
    inputs: [{ shape, interval }],
    run,
    derivatives: derivatives ?? 2,
    reference: elementwise(formula),
    // 1 + erf cancels where x is negative, as it does in PyTorch; PyTorch's hardsigmoid has a float32 sixth in float64 too.
    tolerance: { float32: 2e-5, ...(name === "hardSigmoid" ? { float64: 1e-8 } : {}) },
  })),
);

interface WayBack {
  name: string;
  run: (gradient: Tensor, other: Tensor) => Tensor;
  formula: (gradient: number, other: number) => number;
  interval?: readonly [number, number];
  /** It changes in steps with the second tensor, which gets no gradient. */
  stepped?: true;
}

const waysBack: readonly WayBack[] = [
  { name: "reluBackward", run: (g, y) => g.reluBackward(y), formula: formulas.reluBackward, interval: [0.1, 2], stepped: true },
  { name: "sigmoidBackward", run: (g, y) => g.sigmoidBackward(y), formula: formulas.sigmoidBackward, interval: [0.05, 0.95] },
  { name: "tanhBackward", run: (g, y) => g.tanhBackward(y), formula: formulas.tanhBackward, interval: [-0.9, 0.9] },
  { name: "geluBackward", run: (g, x) => g.geluBackward(x, false), formula: formulas.geluBackward, interval: [-3, 3] },
  { name: "leakyReluBackward", run: (g, x) => g.leakyReluBackward(x, 0.2), formula: formulas.leakyReluBackward(0.2), interval: [-2, -0.1], stepped: true },
  { name: "eluBackward", run: (g, x) => g.eluBackward(x, 1), formula: formulas.eluBackward(1), interval: [-2, -0.1] },
  { name: "softplusBackward", run: (g, x) => g.softplusBackward(x, 2, 20), formula: formulas.softplusBackward(2, 20) },
  { name: "softsignBackward", run: (g, x) => g.softsignBackward(x), formula: formulas.softsignBackward, interval: [0.1, 2] },
  { name: "hardSigmoidBackward", run: (g, x) => g.hardSigmoidBackward(x), formula: formulas.hardSigmoidBackward, interval: [-2.5, 2.5], stepped: true },
];

const back = waysBack.flatMap(({ name, run, formula, interval = [-2, 2], stepped }) =>
  [[3, 5], [0, 2], [17]].map((shape): Case => ({
    name: `${name} of ${named(shape)}`,
    ops: [name],
    inputs: [shape, { shape, interval, ...(stepped ? { constant: true } : {}) } satisfies DrawnInput],
    run,
    reference: elementwise(formula),
    tolerance: { float32: 2e-5 },
  })),
);

const losses: readonly Case[] = [
  ...[[3, 5], [1], [], [7, 40]].flatMap((shape): Case[] =>
    (["mean", "sum", "none"] as const).map((reduction) => ({
      name: `mseLoss of ${named(shape)} by ${reduction}`,
      ops: reduction === "none" ? ["sub", "square"] : ["mseLoss", "mseLossBackward"],
      inputs: [shape, shape],
      run: (x, y) => mseLoss(x, y, { reduction }),
      ...(reduction === "none" ? {} : { reference: (x, y) => squaredError(x, y, reduction === "mean") }),
    })),
  ),
  {
    name: "mseLoss of a turned view", ops: ["mseLoss", "mseLossBackward"], inputs: [[4, 3], [3, 4]],
    run: (x, y) => mseLoss(x.t(), y),
  },
  { name: "mseLoss of nothing, summed", ops: ["mseLoss", "mseLossBackward"], inputs: [[0, 3], [0, 3]], run: (x, y) => mseLoss(x, y, { reduction: "sum" }) },
  ...([[3, 2], [200, 2], [37, 3], [1, 5], [50, 70]] as const).map(([rows, classes]): Case => ({
    name: `crossEntropy of [${rows}, ${classes}]`,
    ops: rows * classes > 100 ? ["crossEntropy"] : ["crossEntropy", "crossEntropyBackward"],
    inputs: [[rows, classes]],
    run: (x) => crossEntropy(x, arange(rows).mul(7).sub(arange(rows).mul(7).div(classes).floor().to("int32").mul(classes))),
    derivatives: rows * classes > 100 ? 0 : 2,
  })),
  ...([[[200, 3], -1], [[5, 3, 40], 1], [[70, 19], 0], [[3, 70, 2], 1], [[1, 1], 0]] as const).flatMap(([shape, dim]): Case[] => [
    { name: `softmax of ${named(shape)} along ${dim}`, ops: ["softmax"], inputs: [shape], run: (x) => x.softmax(dim), derivatives: 0 },
    { name: `logSoftmax of ${named(shape)} along ${dim}`, ops: ["logSoftmax"], inputs: [shape], run: (x) => x.logSoftmax(dim), derivatives: 0 },
  ]),
];

export const cases: readonly Case[] = [...activations, ...back, ...losses];
