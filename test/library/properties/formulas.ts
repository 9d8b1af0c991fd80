/**
 * Random calls of rows with a formula for each element and arguments of their own: activations, their ways back, and losses.
 */
import { nn, where } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { elementwise, formulas, squaredError } from "../reference/elementwise.ts";
import { general } from "../reference/ops.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawFloat, drawShape, drawTensor, flag, pick, whole } from "./tensors.ts";
import type { Draw } from "./tensors.ts";

const { crossEntropy, mseLoss } = nn.functional;

/** An activation and its arguments. */
interface Drawn {
  run: (x: Tensor) => Tensor;
  formula: (x: number) => number;
}

const activation =
  (draw: (g: Draw) => Drawn): RandomCalls =>
  (g) => {
    const { run, formula } = draw(g);
    // 1 + erf cancels where x is negative, as it does in PyTorch.
    return { inputs: [drawTensor(g, drawShape(g), { interval: [-4, 4] })], run, expected: elementwise(formula), within: { float32: 2e-5 } };
  };

/** A way back: the gradient and what its function was given, or gave. */
const wayBack =
  (run: (gradient: Tensor, other: Tensor) => Tensor, formula: (gradient: number, other: number) => number, interval: readonly [number, number] = [-4, 4]): RandomCalls =>
  (g) => {
    const shape = drawShape(g);
    const dtype = drawFloat(g);
    // The second operand has a kink where the function has one: differentiable calls check the way back there.
    const other = drawTensor(g, shape, { dtype, interval, constant: true });
    return { inputs: [drawTensor(g, shape, { dtype }), other], run, expected: elementwise(formula), within: { float32: 2e-5 } };
  };

const ways: CallTable = {
  reluBackward: wayBack((g, y) => g.reluBackward(y), formulas.reluBackward),
  sigmoidBackward: wayBack((g, y) => g.sigmoidBackward(y), formulas.sigmoidBackward, [0, 1]),
  tanhBackward: wayBack((g, y) => g.tanhBackward(y), formulas.tanhBackward, [-1, 1]),
  geluBackward: wayBack((g, x) => g.geluBackward(x, false), formulas.geluBackward),
  leakyReluBackward: wayBack((g, x) => g.leakyReluBackward(x, 0.2), formulas.leakyReluBackward(0.2)),
  eluBackward: wayBack((g, x) => g.eluBackward(x, 1), formulas.eluBackward(1)),
  softplusBackward: wayBack((g, x) => g.softplusBackward(x, 2, 5), formulas.softplusBackward(2, 5)),
  softsignBackward: wayBack((g, x) => g.softsignBackward(x), formulas.softsignBackward),
  hardSigmoidBackward: wayBack((g, x) => g.hardSigmoidBackward(x), formulas.hardSigmoidBackward),
};

/** Scores of a batch and a label each. */
const labelled: RandomCalls = (g) => {
  const [rows, classes] = [whole(g, 1, 20), whole(g, 1, 9)];
  const scores = drawTensor(g, [rows, classes]);
  const labels = drawTensor(g, [rows], { dtype: "int32", interval: [0, classes - 1] });
  return {
    inputs: [scores, labels],
    run: (x, y) => crossEntropy(x, y, { reduction: "none" }),
    expected: general.crossEntropy,
  };
};

export const formulaCalls: CallTable = {
  ...ways,
  gelu: activation((g) => (flag(g) ? { run: (x) => x.gelu(), formula: formulas.gelu } : { run: (x) => x.gelu({ approximate: "tanh" }), formula: formulas.geluByTanh })),
  leakyRelu: activation((g) => {
    const negativeSlope = pick(g, 0.01, 0.3, -0.5);
    return { run: (x) => x.leakyRelu({ negativeSlope }), formula: formulas.leakyRelu(negativeSlope) };
  }),
  elu: activation((g) => {
    const alpha = pick(g, 1, 0.7, 2);
    return { run: (x) => x.elu({ alpha }), formula: formulas.elu(alpha) };
  }),
  softplus: activation((g) => {
    const [beta, threshold] = [pick(g, 1, 2, 0.5), pick(g, 20, 3)];
    return { run: (x) => x.softplus({ beta, threshold }), formula: formulas.softplus(beta, threshold) };
  }),
  softsign: activation(() => ({ run: (x) => x.softsign(), formula: formulas.softsign })),
  hardSigmoid: activation(() => ({ run: (x) => x.hardSigmoid(), formula: formulas.hardSigmoid })),
  clamp: (g) => {
    const limits = pick(g, { min: -1 }, { max: 0.5 }, { min: -1, max: 1 });
    const dtype = pick(g, "float64", "float32", "int32", "uint8" as const);
    const rounded = dtype === "uint8" ? { max: 1 } : dtype === "int32" ? { min: -1, max: 1 } : limits;
    return {
      inputs: [drawTensor(g, drawShape(g), { dtype, interval: [-3, 3] })],
      run: (x) => x.clamp(rounded),
      expected: (x) => general.clamp(x, ("min" in rounded ? rounded.min : undefined) ?? -Infinity, ("max" in rounded ? rounded.max : undefined) ?? Infinity),
    };
  },
  where: (g) => {
    const shape = drawShape(g);
    const part = (): number[] => shape.map((size) => (whole(g, 0, 3) === 0 ? 1 : size)).slice(whole(g, 0, shape.length));
    const dtype = pick(g, "float64", "float32", "int32", "uint8", "bool" as const);
    return {
      inputs: [drawTensor(g, part(), { dtype: "bool" }), drawTensor(g, shape, { dtype }), drawTensor(g, part(), { dtype })],
      run: where,
      expected: general.where,
    };
  },
  mseLoss: (g) => {
    const shape = drawShape(g, { least: 1 });
    const dtype = drawFloat(g);
    const reduction = pick(g, "mean", "sum" as const);
    return {
      inputs: [drawTensor(g, shape, { dtype }), drawTensor(g, shape, { dtype })],
      run: (x, y) => mseLoss(x, y, { reduction }),
      expected: (x, y) => squaredError(x, y, reduction === "mean"),
    };
  },
  mseLossBackward: (g) => {
    const shape = drawShape(g);
    const dtype = drawFloat(g);
    return {
      inputs: [drawTensor(g, shape, { dtype }), drawTensor(g, shape, { dtype }), drawTensor(g, [], { dtype })],
      run: (x, y, gradient) => x.mseLossBackward(y, gradient, 0.5),
      expected: elementwise((x, y, gradient) => (x! - y!) * gradient! * 0.5),
    };
  },
  crossEntropy: labelled,
  crossEntropyBackward: (g) => {
    const { inputs } = labelled(g);
    const { dtype, shape } = inputs[0]!.tensor;
    return {
      inputs: [...inputs.map((each) => ({ ...each, constant: true })), drawTensor(g, [shape[0]!], { dtype, constant: true })],
      run: (x, y, gradient) => x.crossEntropyBackward(y, gradient),
      expected: general.crossEntropyBackward,
    };
  },
};
