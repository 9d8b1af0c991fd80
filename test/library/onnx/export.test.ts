/**
 * Files that are written are run by ONNX Runtime: the same results within 1e-5, for the batch of the example and for others.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { manualSeed, nn, noGrad, onnx, rand, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { decodeModel } from "../../../src/onnx/decode.ts";
import { allCases, Code, exportCases, modelCases } from "./cases.ts";
import { expectSame, ownFolder, runFile, tensorsOf } from "./runtime.ts";

const folder = ownFolder();
const file = path.join(folder, "model.onnx");

describe("ONNX Runtime gives the same results", () => {
  test.each(Object.entries({ ...allCases, ...exportCases }))("%s", async (_, { make, inputs, options }) => {
    manualSeed(6);
    const model = make();
    onnx.export(model, inputs(1), file, options);
    model.eval();
    for (const batch of [1, 2, 5]) {
      const given = inputs(batch);
      const results = tensorsOf(noGrad(() => model.forward(...given)));
      expectSame(results, Object.values(await runFile(file, given)), `batch of ${batch}`);
    }
  });

  test("every network of nn.models is among them", () => {
    const tested = new Set(Object.keys(modelCases).map((name) => name.split(" ")[0]));
    expect(Object.keys(nn.models).filter((name) => !tested.has(name))).toEqual([]);
  });
});

describe("a file", () => {
  const graphOf = (model: nn.AnyModule, inputs: Tensor | Tensor[], options?: onnx.ExportOptions) => {
    onnx.export(model, inputs, file, options);
    return decodeModel(readFileSync(file), file).graph!;
  };

  test("has the parameters under the names of stateDict, and their numbers", () => {
    const model = new nn.models.LeNet5();
    const { initializer } = graphOf(model, zeros([1, 1, 28, 28]));
    const state = model.stateDict();
    expect(initializer.map(({ name }) => name).sort()).toEqual(Object.keys(state).sort());
    for (const { name, rawData, dims } of initializer) {
      expect(dims).toEqual(state[name!]!.shape);
      expect(Buffer.from(state[name!]!.data().buffer).equals(rawData!)).toBe(true);
    }
  });

  test("has weights that two layers share once", () => {
    const shared = new nn.Linear(3, 3);
    const { initializer } = graphOf(new nn.Sequential(shared, new nn.ReLU(), shared), zeros([1, 3]));
    expect(initializer.map(({ name }) => name)).toEqual(["0.weight", "0.bias"]);
  });

  test("names inputs and outputs, and leaves the batch open", () => {
    const { input, output } = graphOf(new nn.Linear(3, 2), zeros([4, 3]), { inputNames: ["x"], outputNames: ["y"] });
    const dims = (value: (typeof input)[number]): unknown => value.type!.tensorType!.shape!.dim;
    expect([input[0]!.name, output[0]!.name]).toEqual(["x", "y"]);
    expect(dims(input[0]!)).toEqual([{ dimParam: "batch" }, { dimValue: 3 }]);
    expect(dims(graphOf(new nn.Linear(3, 2), zeros([4, 3]), { batchDim: null }).output[0]!)).toEqual([{ dimValue: 4 }, { dimValue: 2 }]);
  });

  test("is one operator for each layer of a plain network", () => {
    const { node } = graphOf(new nn.models.LeNet5(), zeros([1, 1, 28, 28]));
    expect(node.map(({ opType }) => opType).filter((each) => each !== "Constant")).toEqual([
      "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Dropout", "Flatten", "Gemm", "Relu", "Dropout", "Gemm", "Relu", "Dropout", "Gemm", "Identity",
    ]);
    expect(node[0]!.name).toMatch(/^features\.conv1\.Conv/);
  });

  test("leaves the model as it was: in training, and without hooks", () => {
    const model = new nn.models.LeNet5();
    model.classifier.eval();
    graphOf(model, zeros([1, 1, 28, 28]));
    expect([model.training, model.features.training, model.classifier.training]).toEqual([true, true, false]);
  });
});

describe("what ONNX cannot say is refused, and no file is written", () => {
  const refused: readonly [string, (x: Tensor) => Tensor, RegExp][] = [
    ["a value that is read", (x) => x.mul(x.sum().item()), /item reads a value while the model runs/],
    ["random numbers", (x) => x.add(rand(x.shape)), /no way yet to write uniform/],
    ["an operation without a row", (x) => x.sort().values, /no way yet to write sort/],
    ["a number that depends on the batch", (x) => x.div(x.shape[0]!), /another batch; export for this batch alone/],
    ["a write into a part", (x) => x.mul(2).set([0], 1), /./],
  ];
  test.each(refused)("%s", (_, code, message) => {
    const path_ = path.join(folder, "refused.onnx");
    expect(() => onnx.export(new Code(code), zeros([4, 8]), path_)).toThrow(message);
    expect(existsSync(path_)).toBe(false);
  });

  test("with the path of the layer", () => {
    class Sorted extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.sort().values;
      }
    }
    const model = new nn.Sequential({ first: new nn.Linear(3, 3), second: new nn.Sequential(new Sorted()) });
    expect(() => onnx.export(model, zeros([1, 3]), file)).toThrow(/second\.0: there is no way yet to write sort/);
  });

  test("a batch that the inputs do not agree on, or a dimension that is not there", () => {
    const model = new nn.Bilinear(3, 4, 5);
    expect(() => onnx.export(model, [zeros([2, 3]), zeros([3, 4])], file)).toThrow(/batches of 2, 3 examples/);
    expect(() => onnx.export(model, [zeros([2, 3]), zeros([2, 4])], file, { batchDim: 5 })).toThrow(/batchDim 5 is no dimension of input 0/);
    expect(() => onnx.export(model, [zeros([2, 3]), zeros([2, 4])], file, { inputNames: ["x", "x"] })).toThrow(/give 2 different ones/);
  });

  test("but a model that is for one batch alone can be written for it", async () => {
    const model = new Code((x) => x.div(x.shape[0]!));
    const x = rand([4, 8]);
    onnx.export(model, x, file, { batchDim: null });
    expectSame([model.forward(x)], Object.values(await runFile(file, [x])), "result");
  });
});
