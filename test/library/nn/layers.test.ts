/**
 * Layers against PyTorch's of the same weights, which are loaded by PyTorch's own names: results, gradients by every input
 * and parameter, and what they have counted afterwards.
 */
import { describe, expect, test } from "vitest";
import { manualSeed, nn, ones, optim, rand, randn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";
import { layerCases } from "./cases.ts";
import { restored, restoredState, stored } from "./stored.ts";

describe(`values and gradients are those of PyTorch ${stored.torch}`, () => {
  test("every case is stored, and every stored case computed", () => {
    expect(Object.keys(layerCases).sort()).toEqual(Object.keys(stored.cases).sort());
  });

  for (const [name, { make, run }] of Object.entries(layerCases)) {
    for (const dtype of ["float64", "float32"] as const) {
      test(`${name}, ${dtype}`, () => {
        const expected = stored.cases[name]!;
        const within = dtype === "float64" ? 1e-10 : 1e-5;
        // PyTorch's hardsigmoid goes back by a sixth rounded to float32 in float64 too.
        const gradientWithin = name === "Hardsigmoid" ? Math.max(within, 1e-7) : within;
        const module = make(dtype);
        expect(module.loadStateDict(restoredState(expected.state, dtype))).toEqual({ missing: [], unexpected: [] });
        expect(Object.keys(module.stateDict()).sort()).toEqual(Object.keys(expected.state).sort());
        const inputs = expected.inputs.map((each, i) => {
          const input = restored(each, dtype);
          return expected.inputGradients[i] === null ? input : input.requiresGrad_();
        });
        const results = run === undefined ? [module.forward(...inputs) as Tensor] : run(module, inputs);
        expect(results.map(({ shape }) => shape)).toEqual(expected.results.map(({ shape }) => shape));
        results.forEach((result, i) => expectClose(result.data(), expected.results[i]!.values, within, `result ${i}`));
        results.map((result) => result.square().sum()).reduce((sum, each) => sum.add(each)).backward();
        expected.inputGradients.forEach((gradient, i) => {
          if (gradient !== null) expectClose(inputs[i]!.grad!.data(), gradient.values, gradientWithin, `gradient of input ${i}`);
        });
        const named = Object.fromEntries([...module.namedParameters()].map(([own, parameter]) => [own.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), parameter]));
        for (const [own, gradient] of Object.entries(expected.gradients)) {
          expectClose(named[own]!.grad!.data(), gradient.values, gradientWithin, `gradient of ${own}`);
        }
        expect(Object.keys(expected.gradients).sort()).toEqual(Object.keys(named).sort());
        const after = module.stateDict();
        for (const [own, each] of Object.entries(expected.stateAfter)) expectClose(after[own]!.data(), each.values, within, own);
      });
    }
  }
});

describe("what PyTorch does not have, or draws", () => {
  test("dropout leaves out its part while training, and nothing afterwards", () => {
    manualSeed(3);
    const layer = new nn.Dropout(0.25);
    const x = ones([100, 100]);
    const dropped = layer.forward(x).data();
    const zerosSeen = dropped.filter((value) => value === 0).length;
    expect(Math.abs(zerosSeen / 1e4 - 0.25)).toBeLessThan(0.02);
    expect(dropped.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    expect(layer.eval().forward(x)).toBe(x);
  });

  test("dropout of channels leaves out whole ones", () => {
    manualSeed(4);
    const planes = new nn.Dropout2d(0.5).forward(ones([8, 8, 3, 3])).reshape([64, 9]).toArray() as number[][];
    expect(planes.every((plane) => plane.every((value) => value === plane[0]))).toBe(true);
    expect(new Set(planes.map((plane) => plane[0]))).toEqual(new Set([0, 2]));
  });

  test("a recurrent layer leaves out states between its levels while training only, and not after the last", () => {
    manualSeed(5);
    const layer = new nn.GRU(3, 4, { numLayers: 2, dropout: 1 });
    const x = randn([5, 2, 3]);
    // With everything left out, the second level runs on zeros.
    const above = new nn.GRU(4, 4);
    above.loadStateDict(
      Object.fromEntries(Object.entries(layer.stateDict()).flatMap(([name, each]) => (name.endsWith("l1") ? [[name.replace("l1", "l0"), each]] : []))),
    );
    expect(layer.forward(x).output.data()).toEqual(above.forward(zeros([5, 2, 4])).output.data());
    expect(layer.eval().forward(x).output.data()).not.toEqual(above.forward(zeros([5, 2, 4])).output.data());
  });

  test("an LSTM's peepholes are those of the function", () => {
    const layer = new nn.LSTM(3, 4, { peepholes: true, bidirectional: true });
    const x = randn([5, 2, 3]);
    const { weightIhL0Reverse, weightHhL0Reverse, biasIhL0Reverse, biasHhL0Reverse, peepholeL0Reverse } = layer.weights;
    const back = x.lstm(weightIhL0Reverse!, weightHhL0Reverse!, {
      biasIh: biasIhL0Reverse!, biasHh: biasHhL0Reverse!, peephole: peepholeL0Reverse!, reverse: true,
    });
    const { output, hN, cN } = layer.forward(x);
    expect(output.slice(2, 4, 8).contiguous().data()).toEqual(back.output.data());
    expect([hN.at(1).data(), cN.at(1).data()]).toEqual([back.hN.data(), back.cN.data()]);
  });

  test.each([false, true])("cells step as their layers do (peepholes: %s)", (peepholes) => {
    const layer = new nn.LSTM(3, 4, { peepholes });
    const cell = new nn.LSTMCell(3, 4, { peepholes });
    cell.loadStateDict(Object.fromEntries(Object.entries(layer.stateDict()).map(([name, each]) => [name.replace("_l0", ""), each])));
    const x = randn([3, 2, 3]);
    let state: nn.LSTMState | undefined;
    for (let t = 0; t < 3; t++) state = cell.forward(x.at(t), state);
    expectClose(state!.h.data(), layer.forward(x).hN.at(0).data(), 1e-6);
  });

  test("peepholes show a gate the cell: the input and forget gates the one before, the output gate the one after", () => {
    const cell = new nn.LSTMCell(2, 3, { bias: false, peepholes: true, dtype: "float64" });
    const [x, h, c] = [randn([4, 2], { dtype: "float64" }), randn([4, 3], { dtype: "float64" }), randn([4, 3], { dtype: "float64" })];
    const [i, f, g, o] = x.matmul(cell.weightIh.t()).add(h.matmul(cell.weightHh.t())).chunk(4, { dim: 1 }) as [Tensor, Tensor, Tensor, Tensor];
    const [toInput, toForget, toOutput] = [0, 1, 2].map((row) => cell.peephole!.at(row)) as [Tensor, Tensor, Tensor];
    const after = f.add(c.mul(toForget)).sigmoid().mul(c).add(i.add(c.mul(toInput)).sigmoid().mul(g.tanh()));
    const expected = o.add(after.mul(toOutput)).sigmoid().mul(after.tanh());
    const next = cell.forward(x, { h, c });
    expectClose(next.c.data(), after.data(), 1e-12);
    expectClose(next.h.data(), expected.data(), 1e-12);
  });

  test("a vector repeats as every step, and a layer runs over every step", () => {
    const x = rand([2, 3]);
    const repeated = new nn.RepeatVector(4).forward(x);
    expect(repeated.shape).toEqual([2, 4, 3]);
    expect(repeated.select(1, 3).contiguous().data()).toEqual(x.data());
    const linear = new nn.Linear(3, 5);
    const distributed = new nn.TimeDistributed(linear).forward(repeated);
    expect(distributed.shape).toEqual([2, 4, 5]);
    expectClose(distributed.select(1, 2).contiguous().data(), linear.forward(x).data(), 1e-6);
  });

  test("a chain of labels decodes what it was trained on", () => {
    manualSeed(6);
    const chain = new nn.CRF(3, { batchFirst: true });
    const emissions = randn([4, 5, 3]);
    const tags = tensor(Array.from({ length: 4 }, () => [0, 1, 2, 0, 1]), { dtype: "int32" });
    const optimizer = new optim.SGD(chain.parameters(), { lr: 1 });
    for (let step = 0; step < 30; step++) {
      optimizer.zeroGrad();
      chain.forward(emissions, tags).backward();
      optimizer.step();
    }
    expect(chain.decode(emissions).paths).toEqual(tags.toArray());
    expect(chain.decode(emissions, { lengths: [5, 2, 1, 3] }).paths.map(({ length }) => length)).toEqual([5, 2, 1, 3]);
    expect(() => chain.forward(randn([4, 5, 2]), tags)).toThrow("CRF(3, { batchFirst: true }) expects emissions [N, T, 3], got [4, 5, 2]");
  });

  test("attention that is scaled is that of dot products, scaled", () => {
    const [query, keys] = [randn([2, 3, 4]), randn([2, 5, 4])];
    const { output } = new nn.DotAttention({ scale: 0.5 }).forward(query, keys);
    expectClose(output.data(), nn.functional.scaledDotProductAttention(query, keys, keys).data(), 1e-6);
  });

  test("attention in heads leaves out weights while training only", () => {
    manualSeed(8);
    const heads = new nn.MultiheadAttention(4, 2, { dropout: 0.5 });
    const x = randn([6, 2, 4]);
    expect(heads.forward(x, x, x, { averageAttnWeights: false }).weights.data()).toContain(0);
    expect(heads.eval().forward(x, x, x, { averageAttnWeights: false }).weights.data()).not.toContain(0);
  });

  test("a pretrained table is frozen unless it is to be trained, and shared", () => {
    const table = rand([4, 2]);
    const frozen = nn.Embedding.fromPretrained(table);
    expect(frozen.weight.requiresGrad).toBe(false);
    expect(frozen.weight.storage).toBe(table.storage);
    expect(nn.Embedding.fromPretrained(table, { freeze: false }).weight.requiresGrad).toBe(true);
    expect(new nn.Embedding(5, 2, { paddingIdx: -1 }).weight.at(4).toArray()).toEqual([0, 0]);
  });

  test("long weights are shortened to the limit, short ones stay", () => {
    const weight = nn.maxNorm_(tensor([[3, 4], [0.3, 0.4]], { dtype: "float64" }), 1);
    expectClose(weight.data(), [0.6, 0.8, 0.3, 0.4], 1e-6);
    const columns = nn.maxNorm_(tensor([[3, 0.3], [4, 0.4]], { dtype: "float64" }), 1, { dim: 1 });
    expectClose(columns.data(), [0.6, 0.3, 0.8, 0.4], 1e-6);
    const layer = new nn.Linear(2, 2);
    nn.maxNorm_(layer.weight, 0.1);
    expect(layer.weight.square().sum({ dim: 1 }).sqrt().amax().item()).toBeLessThanOrEqual(0.1 + 1e-6);
  });
});
