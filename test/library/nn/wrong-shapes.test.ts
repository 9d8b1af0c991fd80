/**
 * What layers say when they are made or fed wrongly: which layer of the model it is, what it expects and what came.
 */
import { describe, expect, test } from "vitest";
import { nn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const heads = new nn.MultiheadAttention(4, 2);

describe("a wrong shape names the layer by its path", () => {
  const net = new nn.Sequential({
    encoder: new nn.Sequential(new nn.Identity(), new nn.Linear(784, 128)),
    decoder: new nn.Sequential(new nn.Conv2d(1, 2, 3)),
  });

  test("with what it expects, what came, and the cure", () => {
    expect(() => net.forward(zeros([64, 28, 28]))).toThrow(
      "encoder.1: Linear(784, 128) expects [..., 784], got [64, 28, 28]; flatten first",
    );
    expect(() => net.forward(zeros([2, 784]))).toThrow("decoder.0: Conv2d(1, 2, 3) expects [N, 1, H, W], got [2, 128]");
    let stack = "";
    try {
      net.forward(zeros([64, 28, 28]));
    } catch (error) {
      stack = (error as Error).stack!;
    }
    expect(stack).toContain("ShapeError: encoder.1: Linear(784, 128) expects");
  });

  test("errors of ops inside a layer say where they come from", () => {
    const pooled = new nn.Sequential(new nn.MaxPool2d(9));
    expect(() => pooled.forward(zeros([1, 1, 4, 4]))).toThrow("0: MaxPool2d(9): maxPool2d: a window of 9 does not fit");
    class Outer extends nn.Module {
      inner = pooled;
      override forward(x: Tensor): Tensor {
        return this.inner.forward(x);
      }
    }
    expect(() => new Outer().forward(zeros([1, 1, 4, 4]))).toThrow("inner.0: MaxPool2d(9): maxPool2d");
  });

  test.each([
    [() => new nn.Linear(3, 2).forward(zeros([2, 4])), "Linear(3, 2) expects [..., 3], got [2, 4]"],
    [() => new nn.Bilinear(3, 2, 1).forward(zeros([2, 3]), zeros([3, 2])), "Bilinear(3, 2, 1) expects [2, 2] second, got [3, 2]"],
    [() => new nn.Conv1d(3, 2, 1).forward(zeros([3, 5])), "Conv1d(3, 2, 1) expects [N, 3, L], got [3, 5]; add the batch dimension: x.unsqueeze(0)"],
    [() => new nn.Conv2d(3, 2, 1).forward(zeros([1, 5, 5, 3])), "expects [N, 3, H, W], got [1, 5, 5, 3]; channels come second here: x.permute([0, 3, 1, 2])"],
    [() => new nn.Conv2d(1, 2, 1).forward(zeros([8, 28, 28])), "add the channels' dimension: x.unsqueeze(1)"],
    [() => new nn.ConvTranspose2d(3, 2, 1).forward(zeros([1, 2, 4, 4])), "ConvTranspose2d(3, 2, 1) expects [N, 3, H, W], got [1, 2, 4, 4]"],
    [() => new nn.BatchNorm2d(3).forward(zeros([2, 4])), "BatchNorm2d(3) expects [N, 3, H, W], got [2, 4]"],
    [() => new nn.BatchNorm1d(3).forward(zeros([2, 4])), "BatchNorm1d(3) expects [N, 3] or [N, 3, L], got [2, 4]"],
    [() => new nn.LayerNorm([2, 3]).forward(zeros([3, 2])), "LayerNorm([2, 3]) expects [..., 2, 3], got [3, 2]"],
    [() => new nn.LocalResponseNorm(3).forward(zeros([2, 4])), "LocalResponseNorm(3) expects [N, C, ...], got [2, 4]"],
    [() => new nn.Dropout2d().forward(zeros([2, 4])), "Dropout2d(0.5) expects [N, C, H, W], got [2, 4]"],
    [() => new nn.AvgPool1d(2).forward(zeros([4])), "AvgPool1d(2) expects [N, C, L] or [C, L], got [4]"],
    [() => new nn.Unflatten(1, [2, 3]).forward(zeros([2, 4])), "Unflatten(1, [2, 3]) expects 6 elements in dimension 1, got [2, 4]"],
    [() => new nn.ZeroPad2d(1).forward(zeros([2])), "expects [N, C, H, W] or [C, H, W], got [2]"],
    [() => new nn.RepeatVector(2).forward(zeros([2])), "RepeatVector(2) expects [N, F], got [2]"],
    [() => new nn.TimeDistributed(new nn.ReLU()).forward(zeros([2, 3])), "TimeDistributed() expects [N, T, ...], got [2, 3]"],
    [() => new nn.LSTM(3, 2).forward(zeros([4, 3])), "LSTM(3, 2) expects [T, B, 3], got [4, 3]; a batch of one is x.unsqueeze(1)"],
    [() => new nn.LSTM(3, 2).forward(zeros([4, 1, 3]), { c0: zeros([1, 2]) }), "LSTM(3, 2) expects c0 of shape [1, 1, 2], got [1, 2]"],
    [() => new nn.GRU(3, 2).forward(zeros([4, 1, 3]), { lengths: [1.5] }), "lengths are whole numbers, got 1.5"],
    [() => new nn.GRUCell(3, 2).forward(zeros([4, 1, 3])), "GRUCell(3, 2) expects [B, 3], got [4, 1, 3]; a cell takes one step: x.at(t)"],
    [() => new nn.GRUCell(3, 2).forward(zeros([4, 3]), zeros([2])), "GRUCell(3, 2) expects a state of shape [4, 2], got [2]"],
    [() => new nn.PReLU({ numParameters: 3 }).forward(zeros([2, 4])), "PReLU({ numParameters: 3 }) expects [N, 3, ...], got [2, 4]"],
    [() => new nn.GLU().forward(zeros([2, 3])), "glu: dimension -1 of [2, 3] has 3 elements and no halves"],
    [() => new nn.Hardtanh({ minVal: 1 }).forward(zeros([2])), "hardtanh: minVal is 1 and maxVal 1; the first must be the smaller"],
    [() => heads.forward(zeros([2, 4]), zeros([2, 4]), zeros([2, 4])), "expects query of 3 dimensions, got [2, 4]; a batch of one is x.unsqueeze(1)"],
    [() => heads.forward(zeros([3, 1, 4]), zeros([5, 1, 4]), zeros([5, 2, 4])), "MultiheadAttention(4, 2) expects value of shape [5, 1, 4], got [5, 2, 4]"],
    [
      () => heads.forward(zeros([3, 1, 4]), zeros([5, 1, 4]), zeros([5, 1, 4]), { attnMask: zeros([5, 3]) }),
      "expects attnMask of shape [3, 5] or [2, 3, 5], got [5, 3]",
    ],
    [
      () => heads.forward(zeros([3, 1, 4]), zeros([5, 1, 4]), zeros([5, 1, 4]), { keyPaddingMask: zeros([1, 5]).to("int32") }),
      "keyPaddingMask is int32; it is bool (true where nobody looks) or floating",
    ],
    [() => new nn.MultiheadAttention(4, 3), "MultiheadAttention: embedDim / numHeads is 1.3333333333333333"],
    [() => new nn.AdditiveAttention(2, 3, 4).forward(zeros([1, 3]), zeros([1, 5, 3])), "AdditiveAttention(2, 3, 4) expects a query [B, 2] or [B, L, 2], got [1, 3]"],
    [() => new nn.DotAttention().forward(zeros([1, 3]), zeros([1, 5, 2])), "DotAttention() expects keys [1, S, 3], got [1, 5, 2]"],
    [() => new nn.DotAttention().forward(zeros([1, 3]), zeros([1, 5, 3]), { values: zeros([1, 4, 3]) }), "expects values [1, 5, V], got [1, 4, 3]"],
    [() => new nn.DotAttention().forward(zeros([1, 3]), zeros([1, 5, 3]), { mask: zeros([1, 5]) }), "the mask is float32; it is bool, true where a key counts"],
    [() => nn.functional.scaledDotProductAttention(zeros([3, 4]), zeros([5, 3]), zeros([5, 2])), "queries [3, 4] need keys [..., S, 4] and values [..., S, Ev], got [5, 3] and [5, 2]"],
    [() => new nn.MSELoss({ reduction: "sum" }).forward(zeros([3, 1]), zeros([3])), "mseLoss: the input has shape [3, 1], the target [3]"],
    [() => new nn.Linear(3, 2).forward([1, 2, 3] as never), "Linear(3, 2): expected a tensor, got an array"],
    [() => new nn.Linear(2.5, 2), "Linear: inFeatures is 2.5; it is a whole number of at least 0"],
    [() => new nn.Conv2d(3, 4, 3, { groups: 2 }), "Conv2d with groups 2: inChannels / groups is 1.5"],
    [() => new nn.Dropout(2), "Dropout: p is 2; a part lies between 0 and 1"],
    [() => new nn.Embedding(3, 2, { paddingIdx: 3 }), "Embedding: paddingIdx is 3; the table has 3 rows"],
    [() => new nn.Parameter(tensor([1], { dtype: "int32" })), "only floating tensors are trained, this one is int32"],
  ])("%#: %s", (run, message) => {
    expect(run).toThrow(message);
  });
});
