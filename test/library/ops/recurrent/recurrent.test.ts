/**
 * Recurrent layers: gradients, PyTorch's values, the reference, the same bits for every number of threads, and bad input.
 */
import { afterEach, describe, expect, test } from "vitest";
import { DTypeError, Generator, grad, nn, rand, ShapeError, tensor, TensorIndexError, threads, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const { lstm, gru, rnn } = nn.functional;

describe("results and gradients have the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));

  // Cut by rows, by units (weights too large for a cache, then one row), and not at all.
  const sizes = { "many rows": [4, 37, 20, 50], "large weights": [2, 19, 8, 330], "one row": [3, 1, 8, 400], little: [3, 2, 4, 5] } as const;
  for (const [name, [steps, batch, inputs, hidden]] of Object.entries(sizes)) {
    for (const [layer, gates] of [[lstm, 4], [gru, 3], [rnn, 1]] as const) {
      test(`${layer.name}, ${name}`, () => {
        const generator = new Generator(3);
        const draw = (...shape: number[]): Tensor => rand(shape, { generator }).sub(0.5).mul(0.4).requiresGrad_();
        const operands = [draw(steps, batch, inputs), draw(gates * hidden, inputs), draw(gates * hidden, hidden)] as const;
        const results = [1, 2, 3].map((count) => {
          expect(threads(count)).toBe(count);
          const { output, hN } = layer(...operands);
          const found = [output, hN, ...grad(output.square().sum().add(hN.sum()), operands)];
          return Buffer.concat(found.map((each) => Buffer.from(each.data().buffer)));
        });
        expect(results[1]!.equals(results[0]!)).toBe(true);
        expect(results[2]!.equals(results[0]!)).toBe(true);
      });
    }
  }
});

describe("what a layer leaves out", () => {
  const draw = (...shape: number[]): Tensor => rand(shape, { generator: new Generator(8), dtype: "float64" }).sub(0.5).requiresGrad_();

  test("steps beyond a row's length give zeros, leave the state alone, and nothing flows into them", () => {
    const x = draw(4, 2, 3);
    const weights = [draw(8, 3), draw(8, 2)] as const;
    const { output, hN, cN } = lstm(x, ...weights, { lengths: tensor(new Int32Array([2, 0])), c0: zeros([2, 2], { dtype: "float64" }).add(1) });
    expect(output.at("2:", 0).abs().sum().item()).toBe(0);
    expect(hN.at(0).toArray()).toEqual(output.at(1, 0).toArray());
    expect(hN.at(1).toArray()).toEqual([0, 0]);
    expect(cN.at(1).toArray()).toEqual([1, 1]);
    const [flowed] = grad(output.sum().add(hN.sum()), [x]);
    expect(flowed!.at("2:", 0).abs().sum().item()).toBe(0);
    expect(flowed!.at(":", 1).abs().sum().item()).toBe(0);
    expect(flowed!.at(1, 0).abs().sum().item()).toBeGreaterThan(0);
  });

  test("a result that nobody used, and inputs that need no gradient, are no trouble", () => {
    const x = draw(3, 2, 3).detach();
    const weights = [draw(8, 3), draw(8, 2)] as const;
    const [whole] = grad(lstm(x, ...weights).cN.sum(), [weights[1]]);
    const last = lstm(x, ...weights);
    const [one] = grad(last.hN.sum(), [weights[0]], { retainGraph: true });
    const [other] = grad(last.output.at(-1).sum(), [weights[0]]);
    expect(whole!.abs().sum().item()).toBeGreaterThan(0);
    expect(other!.toArray()).toEqual(one!.toArray());
  });

  test("NaN in one row stays in that row", () => {
    const x = draw(3, 2, 3).detach();
    x.set(1, 0, 0, NaN);
    const { output } = rnn(x, draw(4, 3), draw(4, 4), { nonlinearity: "relu" });
    expect(Number.isNaN(output.at(1, 0).sum().item())).toBe(true);
    expect(Number.isNaN(output.at(":", 1).sum().item())).toBe(false);
  });
});

describe("a call that does not fit says what was wrong and how to mend it", () => {
  const weights = [zeros([8, 3]), zeros([8, 2])] as const;

  test.each<[string, () => unknown, new (...rest: never[]) => Error, string]>([
    ["a missing batch dimension", () => lstm(zeros([5, 3]), ...weights), ShapeError, "lstm: the input has shape [T, B, I], steps first, got [5, 3]; a batch of one is [T, 1, I], made with x.unsqueeze(1)"],
    ["weights of another cell", () => gru(zeros([5, 1, 3]), ...weights), ShapeError, "gru: weightHh must have shape [3 H, H], got [8, 2]"],
    ["a transposed recurrent weight", () => lstm(zeros([5, 1, 3]), weights[0], zeros([2, 8])), ShapeError, "transposed it would fit: weightHh.t()"],
    ["a transposed input weight", () => lstm(zeros([5, 1, 3]), zeros([3, 8]), weights[1]), ShapeError, "lstm: weightIh must have shape [8, 3] ([4 H, I] for 2 hidden units and inputs of [5, 1, 3]), got [3, 8]; transposed it would fit: weightIh.t()"],
    ["a state with a dimension of layers", () => lstm(zeros([5, 1, 3]), ...weights, { h0: zeros([1, 1, 2]) }), ShapeError, "lstm: h0 must have shape [1, 2] ([B, H]), got [1, 1, 2]"],
    ["a bias for one gate", () => lstm(zeros([5, 1, 3]), ...weights, { biasHh: zeros([2]) }), ShapeError, "lstm: biasHh must have shape [8] ([4 H]), got [2]"],
    ["whole numbers", () => rnn(tensor(new Int32Array(6)).reshape([1, 2, 3]), zeros([2, 3]), zeros([2, 2])), DTypeError, "rnn: needs a floating type, got int32"],
    ["two types", () => lstm(zeros([5, 1, 3], { dtype: "float64" }), ...weights), DTypeError, 'lstm: the input is float64, weightIh float32; convert one with .to("float64")'],
    ["a length for each step", () => lstm(zeros([5, 1, 3]), ...weights, { lengths: tensor(new Int32Array(5)) }), ShapeError, "lstm: lengths must have shape [1], one number a row of the batch, got [5]"],
    ["a length beyond the steps", () => lstm(zeros([5, 1, 3]), ...weights, { lengths: tensor(new Int32Array([6])) }), TensorIndexError, "lstm: length 6 is outside the range; it must lie in 0 to 5"],
    ["an unknown nonlinearity", () => rnn(zeros([5, 1, 3]), zeros([2, 3]), zeros([2, 2]), { nonlinearity: "sigmoid" as "tanh" }), ShapeError, 'rnn: nonlinearity is "tanh" or "relu", got "sigmoid"'],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
