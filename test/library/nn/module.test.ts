/**
 * Modules as trees: what belongs to one by standing in its fields, modes, types, state and printing.
 */
import { describe, expect, test } from "vitest";
import { nn, ones, optim, rand, randn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

class Scale extends nn.Module {
  factor: nn.Parameter;
  constructor(features: number) {
    super();
    this.factor = new nn.Parameter(ones([features]));
  }
  override forward(x: Tensor): Tensor {
    return x.mul(this.factor);
  }
}

class Net extends nn.Module {
  hiddenLayer = new nn.Linear(4, 3);
  heads = [new nn.Linear(3, 2, { bias: false }), new nn.Linear(3, 1)];
  named = { scale: new Scale(3), parts: [new nn.BatchNorm1d(3)] };
  startState = new nn.Parameter(zeros([3]));
  counted = new nn.Buffer(tensor([1, 2]), { persistent: false });
  note = "no part";
  plain = ones([2]);
  override forward(x: Tensor): Tensor {
    const hidden = this.named.scale.forward(this.hiddenLayer.forward(x).add(this.startState));
    return this.heads[0]!.forward(this.named.parts[0]!.forward(hidden));
  }
}

describe("what belongs to a module", () => {
  test("is found from its fields, lists and plain objects, in the order of the fields", () => {
    const net = new Net();
    expect([...net.namedParameters()].map(([name]) => name)).toEqual([
      "hiddenLayer.weight", "hiddenLayer.bias", "heads.0.weight", "heads.1.weight", "heads.1.bias",
      "named.scale.factor", "named.parts.0.weight", "named.parts.0.bias", "startState",
    ]);
    expect([...net.namedBuffers()].map(([name]) => name)).toEqual([
      "named.parts.0.runningMean", "named.parts.0.runningVar", "named.parts.0.numBatchesTracked", "counted",
    ]);
    expect([...net.namedModules()].map(([path]) => path)).toEqual(["", "hiddenLayer", "heads.0", "heads.1", "named.scale", "named.parts.0"]);
    expect([...net.namedChildren()].map(([name]) => name)).toEqual(["hiddenLayer", "heads.0", "heads.1", "named.scale", "named.parts.0"]);
    expect([...net.children()]).toHaveLength(5);
    expect([...net.buffers()]).toHaveLength(4);
  });

  test("counts once where two modules share it, and twice in the state, as in PyTorch", () => {
    const shared = new nn.Linear(2, 2);
    const net = new nn.Sequential(shared, new nn.ReLU(), shared);
    expect([...net.parameters()]).toHaveLength(2);
    expect([...net.modules()]).toHaveLength(3);
    expect(Object.keys(net.stateDict())).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  });

  test("a module that contains itself is refused, not walked for ever", () => {
    const net = new nn.Sequential(new nn.ReLU()) as nn.Sequential & { self?: nn.Module };
    net.self = net;
    expect(() => [...net.parameters()]).toThrow("the module contains itself, at self");
  });

  test("lists of modules: by position, by name, and grown", () => {
    const named = new nn.Sequential({ hidden: new nn.Linear(2, 3), output: new nn.Linear(3, 1) });
    expect(Object.keys(named.stateDict())).toEqual(["hidden.weight", "hidden.bias", "output.weight", "output.bias"]);
    expect(named.at("output")).toBe(named.at(-1));
    expect(() => named.at("inner")).toThrow("there is no layer inner; there are hidden, output");
    expect(named.append(new nn.ReLU()).length).toBe(3);
    expect([...named]).toHaveLength(3);
    const list = new nn.ModuleList([new nn.Linear(2, 2)]);
    list.append(new nn.Linear(2, 2));
    expect([...list.parameters()]).toHaveLength(4);
    expect(list.at(-1)).toBe([...list][1]);
    expect(() => list.at(2)).toThrow("there is no entry 2; there are 2");
    expect(() => list.forward()).toThrow("it has no forward");
    expect(() => new nn.Sequential(nn.ReLU as unknown as nn.ReLU)).toThrow("Sequential: entry 0 is not a module (function)");
  });
});

describe("what a module does to all of it", () => {
  test("training and evaluating", () => {
    const net = new Net();
    expect(net.eval()).toBe(net);
    expect([...net.modules()].every(({ training }) => !training)).toBe(true);
    net.train();
    expect([...net.modules()].every(({ training }) => training)).toBe(true);
  });

  test("gradients are forgotten, parameters frozen and thawed", () => {
    const net = new nn.Linear(2, 1);
    net.forward(ones([3, 2])).sum().backward();
    expect(net.weight.grad).not.toBeNull();
    net.zeroGrad();
    expect(net.weight.grad).toBeNull();
    expect(net.requiresGrad_(false).forward(ones([3, 2])).requiresGrad).toBe(false);
    expect(net.requiresGrad_().forward(ones([3, 2])).requiresGrad).toBe(true);
  });

  test("to another type they stay the same objects, whole numbers stay whole, and training goes on", () => {
    const net = new Net();
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
    const before = [...net.parameters()];
    const values = before.map((parameter) => parameter.data());
    net.to("float64");
    expect([...net.parameters()]).toEqual(before);
    expect(before.every(({ dtype }) => dtype === "float64")).toBe(true);
    before.forEach((parameter, i) => expect([...parameter.data()]).toEqual([...values[i]!]));
    expect(net.named.parts[0]!.numBatchesTracked!.dtype).toBe("int32");
    expect(net.named.parts[0]!.runningMean!.dtype).toBe("float64");
    net.forward(rand([5, 4], { dtype: "float64" })).square().sum().backward();
    expect(net.hiddenLayer.weight.grad!.dtype).toBe("float64");
    optimizer.step();
    expect([...net.hiddenLayer.weight.data()]).not.toEqual([...values[0]!]);
    net.to("float32");
    expect(net.hiddenLayer.weight.grad!.dtype).toBe("float32");
    expect(() => net.to("int32")).toThrow("to: a module computes in a floating type, not in int32");
    expect(net.to("cpu")).toBe(net);
    expect(() => net.to("tpu" as "cpu")).toThrow('unknown dtype "tpu"');
  });

  test("apply goes from the inside out", () => {
    const seen: string[] = [];
    new nn.Sequential(new nn.Linear(1, 1), new nn.Sequential(new nn.ReLU())).apply((module) => seen.push(module.constructor.name));
    expect(seen).toEqual(["Linear", "ReLU", "Sequential", "Sequential"]);
  });
});

describe("state", () => {
  test("has PyTorch's names, leaves out what does not persist, and comes back", () => {
    const net = new Net();
    const state = net.stateDict();
    expect(Object.keys(state)).toEqual([
      "hidden_layer.weight", "hidden_layer.bias", "heads.0.weight", "heads.1.weight", "heads.1.bias", "named.scale.factor",
      "named.parts.0.weight", "named.parts.0.bias", "named.parts.0.running_mean", "named.parts.0.running_var",
      "named.parts.0.num_batches_tracked", "start_state",
    ]);
    const other = new Net();
    other.loadStateDict(state);
    const x = randn([5, 4]);
    expect(other.forward(x).data()).toEqual(net.forward(x).data());
    expect(other.hiddenLayer.weight.storage).not.toBe(net.hiddenLayer.weight.storage);
    expect(other.hiddenLayer.weight.requiresGrad).toBe(true);
  });

  test("a recurrent layer's names are PyTorch's", () => {
    const layer = new nn.GRU(2, 3, { numLayers: 2, bidirectional: true });
    expect(Object.keys(layer.stateDict()).slice(4, 8)).toEqual([
      "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
    ]);
  });

  test("every name that is missing, unexpected or misshapen is listed, and nothing loaded", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const before = net.stateDict()["0.bias"]!.data();
    const wrong = { "0.bias": zeros([3]), "1.weight": zeros([3, 1]), "1.bias": zeros([2]), more: zeros([1]) };
    expect(() => net.loadStateDict(wrong)).toThrow(
      new nn.StateDictError(
        "loadStateDict: the weights do not fit Sequential; nothing was loaded\n" +
          "  missing: 0.weight\n" +
          "  unexpected: more\n" +
          "  misshapen: 1.weight (expected [1, 3], got [3, 1]), 1.bias (expected [1], got [2])",
      ),
    );
    expect(net.stateDict()["0.bias"]!.data()).toEqual(before);
    expect(net.loadStateDict({ "0.bias": zeros([3]), more: zeros([1]) }, { strict: false })).toEqual({
      missing: ["0.weight", "1.weight", "1.bias"],
      unexpected: ["more"],
    });
    expect(net.stateDict()["0.bias"]!.toArray()).toEqual([0, 0, 0]);
    expect(() => net.loadStateDict({ "0.bias": zeros([4]) }, { strict: false })).toThrow("misshapen: 0.bias (expected [3], got [4])");
    expect(() => net.loadStateDict(null as never)).toThrow("expected an object of tensors");
  });
});

describe("printing", () => {
  test("a model prints as a tree", () => {
    const net = new nn.Sequential({
      features: new nn.Sequential(new nn.Conv2d(1, 6, 5, { padding: 2, bias: false }), new nn.MaxPool2d(2, { stride: 2 })),
      norm: new nn.BatchNorm1d(4, { momentum: null }),
      memory: new nn.Embedding(10, 3, { paddingIdx: 0 }),
    });
    expect(net.toString()).toBe(
      [
        "Sequential(",
        "  (features): Sequential(",
        "    (0): Conv2d(1, 6, 5, { padding: 2, bias: false })",
        "    (1): MaxPool2d(2)",
        "  )",
        "  (norm): BatchNorm1d(4, { momentum: null })",
        "  (memory): Embedding(10, 3, { paddingIdx: 0 })",
        ")",
      ].join("\n"),
    );
    expect(new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true }).label).toBe("LSTM(3, 4, { numLayers: 2, bidirectional: true })");
    expect(new nn.RNN(3, 4, { nonlinearity: "relu", batchFirst: true }).label).toBe('RNN(3, 4, { batchFirst: true, nonlinearity: "relu" })');
  });

  test("a summary has shapes and counts, and leaves the model as it was", () => {
    const shared = new nn.Linear(8, 8);
    const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 8), shared, new nn.BatchNorm1d(8), shared, new nn.Linear(8, 10).requiresGrad_(false));
    net.at(3).eval();
    const summary = net.summary([2, 1, 28, 28]);
    expect(summary.toString()).toBe(
      [
        "layer                output shape  parameters",
        "---------------------------------------------",
        "Sequential()         [2, 10]                 ",
        "  0: Flatten()       [2, 784]               0",
        "  1: Linear(784, 8)  [2, 8]             6,280",
        "  2: Linear(8, 8)    [2, 8]                72",
        "  3: BatchNorm1d(8)  [2, 8]                16",
        "  5: Linear(8, 10)   [2, 10]               90",
        "---------------------------------------------",
        "parameters: 6,458, of which 90 are frozen",
      ].join("\n"),
    );
    expect([summary.parameters, summary.trainable]).toEqual([6458, 6368]);
    expect([...net.modules()].map(({ training }) => training)).toEqual([true, true, true, true, false, true]);
    const layer = new nn.Embedding(5, 2);
    expect(layer.summary(tensor([1, 2], { dtype: "int32" })).rows[0]!.outputShapes).toEqual([[2, 2]]);
    expect(layer.summary([4, 3], { dtype: "int32" }).rows[0]!.outputShapes).toEqual([[4, 3, 2]]);
    const rows = new nn.LSTM(2, 3).summary([4, 1, 2]).rows;
    expect(rows[0]!.outputShapes).toEqual([[4, 1, 3], [1, 1, 3], [1, 1, 3]]);
    expect(new nn.Bilinear(2, 3, 4).summary([ones([1, 2]), ones([1, 3])]).parameters).toBe(28);
    expect(() => layer.summary(3 as never)).toThrow("summary: expected an input");
  });
});
