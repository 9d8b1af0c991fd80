/**
 * Files that are read back: the same results and gradients as the model that was written, and training that goes on.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { manualSeed, nn, noGrad, onnx, optim, rand, randint, randn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { pythonName } from "../../../src/nn/module/state.ts";
import { moduleOfBytes } from "../../../src/onnx/load.ts";
import { allCases } from "./cases.ts";
import { expectSame, ownFolder, runFile, tensorsOf } from "./runtime.ts";

const file = path.join(ownFolder(), "model.onnx");

/** Gradients of the parameters by their names in stateDict. */
function gradients(model: nn.AnyModule, results: readonly Tensor[]): Record<string, Tensor | null> {
  const floating = results.filter(({ requiresGrad }) => requiresGrad);
  if (floating.length > 0) floating.map((each) => each.square().sum()).reduce((sum, each) => sum.add(each)).backward();
  return Object.fromEntries([...model.namedParameters()].map(([name, parameter]) => [pythonName(name), parameter.grad]));
}

describe("a model that was read back has the results and gradients of the one that was written", () => {
  test.each(Object.entries(allCases))("%s", (_, { make, inputs, options }) => {
    manualSeed(6);
    const model = make();
    onnx.export(model, inputs(1), file, options);
    const loaded = onnx.load(file);
    model.eval();
    loaded.eval();
    for (const batch of [1, 3]) {
      const given = inputs(batch);
      const results = tensorsOf(model.forward(...given));
      const others = Object.values(loaded.outputs(...given));
      expectSame(results, others.map((each) => ({ dims: each.shape, data: each.data() })), `batch of ${batch}`);
      if (batch === 1) continue;
      const [own, found] = [gradients(model, results), gradients(loaded, others)];
      for (const [name, gradient] of Object.entries(found)) {
        if (gradient === null) continue;
        expectSame([own[name]!], [{ dims: gradient.shape, data: gradient.data() }], `gradient of ${name}`);
      }
      expect(Object.keys(found).every((name) => Object.hasOwn(own, name))).toBe(true);
    }
  });
});

describe("models that PyTorch's exporter wrote", () => {
  const stored = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as {
    models: Record<string, { file: string; x: number[]; shape: number[]; y: number[] }>;
  };
  test.each(Object.entries(stored.models))("%s have PyTorch's results, for another batch than was written", (name, { file: bytes, x, shape, y }) => {
    const model = moduleOfBytes(Buffer.from(bytes, "base64"), `${name}.onnx`).eval();
    const given = tensor(name === "sequences" ? Int32Array.from(x) : Float32Array.from(x)).reshape(shape);
    const result = model.forward(given);
    expectSame([result], [{ dims: [3, y.length / 3], data: y }], name);
    result.sum().backward();
    expect([...model.parameters()].filter(({ grad }) => grad !== null).length).toBeGreaterThan(3);
  });
});

describe("a model that was read back", () => {
  test("takes the weights of the one that was written by name", () => {
    const model = new nn.models.LeNet5();
    onnx.export(model, zeros([1, 1, 28, 28]), file);
    const loaded = onnx.load(file);
    expect(loaded.loadStateDict(new nn.models.LeNet5().stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(String(loaded)).toBe("OnnxModule(input -> output)");
  });

  test("is trained on: batch normalisation and dropout are at work again", () => {
    manualSeed(4);
    const make = (): nn.Sequential => new nn.Sequential(new nn.Linear(6, 8), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Linear(8, 3));
    const model = make();
    onnx.export(model, zeros([1, 6]), file);
    const loaded = onnx.load(file);
    const [x, labels] = [randn([32, 6]), randint(0, 3, [32])];
    for (const each of [model, loaded]) {
      each.train();
      const optimizer = new optim.SGD(each.parameters(), { lr: 0.1, momentum: 0.9 });
      for (let step = 0; step < 10; step++) {
        optimizer.zeroGrad();
        nn.functional.crossEntropy(each.forward(x), labels).backward();
        optimizer.step();
      }
    }
    const [own, others] = [model.stateDict(), loaded.stateDict()];
    for (const [name, value] of Object.entries(others)) expectSame([own[name]!], [{ dims: value.shape, data: value.data() }], name);
    expect(own["1.running_mean"]!.abs().sum().item()).toBeGreaterThan(0.01);

    onnx.export(new nn.Dropout(0.4), zeros([1, 1000]), file);
    const dropout = onnx.load(file);
    const dropped = dropout.forward(rand([1, 1000]).add(1)).data().filter((value) => value === 0).length;
    expect(Math.abs(dropped / 1000 - 0.4)).toBeLessThan(0.06);
    const given = rand([1, 1000]);
    expect(dropout.eval().forward(given).data()).toEqual(given.data());
  });

  test("is written again, and still computes the same", async () => {
    const model = new nn.models.LeNet5();
    onnx.export(model, zeros([1, 1, 28, 28]), file);
    const again = `${file}.again.onnx`;
    onnx.export(onnx.load(file), zeros([1, 1, 28, 28]), again);
    const x = rand([3, 1, 28, 28]);
    expectSame([noGrad(() => model.eval().forward(x))], Object.values(await runFile(again, [x])), "result");
    expect(Object.keys(onnx.load(again).stateDict()).sort()).toEqual(Object.keys(model.stateDict()).sort());
  });

  test("says which node was given the wrong shape, and how many inputs it takes", () => {
    onnx.export(new nn.models.Mlp([4, 3]), zeros([1, 4]), file);
    expect(() => onnx.load(file).forward(zeros([2, 5]))).toThrow(/node \d+ \(Gemm "layers\.linear1\.Gemm_1"\): linear: .*\[2, 5\]/);
    expect(() => onnx.load(file).forward()).toThrow(/takes 1 inputs \(input\), got 0/);
  });
});
