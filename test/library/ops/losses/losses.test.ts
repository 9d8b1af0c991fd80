/**
 * Losses: gradients, PyTorch's values, the formulas; limits where logarithms end; and what is refused.
 */
import { describe, expect, test } from "vitest";
import { compile, NablaError, nn, ShapeError, tensor, TensorIndexError, zeros } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import { expectClose } from "../../checks/closeness.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

const { functional: F } = nn;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

describe("where logarithms end", () => {
  test("a certain probability has a finite loss and gradient", () => {
    const p = tensor([0, 1, 0, 1], { requiresGrad: true });
    const loss = F.binaryCrossEntropy(p, tensor([0, 1, 1, 0]), { reduction: "none" });
    expectClose(loss.data(), [0, 0, 100, 100], 1e-6);
    loss.sum().backward();
    expectClose(p.grad!.data(), [0, 0, -1e12, 1e12], 1e-6);
  });

  test("no score is too large", () => {
    const x = tensor([-1e4, 1e4, -1e4, 1e4], { requiresGrad: true });
    const loss = F.binaryCrossEntropyWithLogits(x, tensor([0, 1, 1, 0]), { reduction: "none" });
    expect(loss.toArray()).toEqual([0, 0, 1e4, 1e4]);
    loss.sum().backward();
    expect(x.grad!.toArray()).toEqual([0, 0, -1, 1]);
    const scores = tensor([[-1e4, 1e4]], { requiresGrad: true });
    F.crossEntropy(scores, tensor([0], { dtype: "int32" }), { labelSmoothing: 0.5 }).backward();
    expect(scores.grad!.toArray()).toEqual([[-0.75, 0.75]]);
  });

  test("labels that are all ignored leave a mean of nothing, NaN, as in PyTorch", () => {
    const ignored = tensor([-100, -100], { dtype: "int32" });
    expect(F.crossEntropy(zeros([2, 3]), ignored, { ignoreIndex: -100 }).item()).toBeNaN();
    expect(F.crossEntropy(zeros([2, 3]), ignored, { ignoreIndex: -100, reduction: "sum" }).item()).toBe(0);
  });
});

test("a compiled loss has the eager one's bits, ignored labels included", () => {
  const loss = (x: Tensor, y: Tensor): Tensor =>
    F.crossEntropy(x, y, { ignoreIndex: -1, labelSmoothing: 0.1, weight: tensor([1, 2, 3]) });
  const compiled = compile(loss);
  for (const [i, labels] of [[0, 1], [-1, 2], [2, -1]].entries()) {
    const x = tensor([[i, 1, 2], [3, i, 1]]);
    const y = tensor(labels, { dtype: "int32" });
    expect(compiled(x, y).item()).toBe(loss(x, y).item());
  }
  // On a card it may be found when the result is read.
  expect(() => compiled(tensor([[0, 1, 2], [3, 4, 5]]), tensor([3, 0], { dtype: "int32" })).item()).toThrow(TensorIndexError);
});

describe("the usual mistakes are named:", () => {
  const labels = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

  test("shapes that would broadcast", () => {
    for (const loss of [F.mseLoss, F.l1Loss, F.huberLoss, F.smoothL1Loss, F.msleLoss, F.mapeLoss, F.binaryCrossEntropy,
      F.binaryCrossEntropyWithLogits, F.klDiv, F.hingeLoss, F.squaredHingeLoss, F.exponentialLoss]) {
      expect(() => loss(zeros([4, 1]), zeros([4]))).toThrow(ShapeError);
      expect(() => loss(zeros([4, 1]), zeros([4]))).toThrow(`${loss.name}: the input has shape [4, 1], the target [4]`);
    }
    expect(() => F.cosineEmbeddingLoss(zeros([2, 3]), zeros([2, 3]), zeros([3]))).toThrow("need targets of shape [N]");
    expect(() => F.tripletMarginLoss(zeros([2, 3]), zeros([2, 3]), zeros([3]))).toThrow(ShapeError);
  });

  test("scores where probabilities are wanted, and labels of the other kind", () => {
    // On a card they may be found when the loss is read.
    expect(() => F.binaryCrossEntropy(tensor([0.5, 1.5]), zeros([2])).item()).toThrow(/must be from 0 to 1, and 1.5 is among them.*WithLogits/);
    expect(() => F.binaryCrossEntropy(tensor([-0.5, 0.5]), zeros([2])).item()).toThrow("-0.5 is among them");
    expect(() => F.binaryCrossEntropyWithLogits(zeros([2]), tensor([-1, 1])).item()).toThrow("labels of -1 and 1 belong to hingeLoss");
    expect(() => F.hingeLoss(zeros([2]), tensor([0, 1])).item()).toThrow("labels of 0 and 1 become that with y.mul(2).sub(1)");
    expect(() => F.msleLoss(tensor([-2]), zeros([1])).item()).toThrow("end the model with relu or softplus");
  });

  test("labels", () => {
    expect(() => F.crossEntropy(zeros([2, 3]), labels(0, 3))).toThrow("label 3 is outside the range; it must lie in 0 to 2");
    expect(() => F.crossEntropy(zeros([2, 3]), labels(0, -100))).toThrow(TensorIndexError);
    expect(() => F.crossEntropy(zeros([2, 3]), zeros([2]))).toThrow('convert them with .to("int32")');
    expect(() => F.nllLoss(zeros([2, 3]), zeros([2]))).toThrow('nllLoss: labels must be int32 or uint8, got float32; convert with .to("int32")');
    expect(() => F.nllLoss(zeros([2, 3, 4]), labels(0, 1))).toThrow("need 8 labels in shape [2, 4], got shape [2]");
    expect(() => F.crossEntropy(zeros([2, 3]), zeros([2, 3]), { ignoreIndex: 0 })).toThrow("ignoreIndex is for labels");
  });

  test("options", () => {
    expect(() => F.crossEntropy(zeros([2, 3]), labels(0, 1), { weight: zeros([2]) })).toThrow("weight has one factor a class, shape [3], got [2]");
    expect(() => F.crossEntropy(zeros([2, 3]), labels(0, 1), { labelSmoothing: 2 })).toThrow("labelSmoothing is 2; it must be from 0 to 1");
    expect(() => F.huberLoss(zeros([1]), zeros([1]), { delta: 0 })).toThrow("huberLoss: delta is 0; it must be above 0");
    expect(() => F.smoothL1Loss(zeros([1]), zeros([1]), { beta: -1 })).toThrow("smoothL1Loss: beta is -1; it must be at least 0");
    expect(() => F.l1Loss(zeros([1]), zeros([1]), { reduction: "average" as "mean" })).toThrow('known are "mean", "sum" and "none"');
    expect(() => F.crossEntropy(zeros([]), labels(0))).toThrow(NablaError);
  });
});
