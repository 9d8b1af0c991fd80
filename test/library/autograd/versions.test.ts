/**
 * A change in place after a value was saved is an error and never a wrong gradient, on whatever way the change comes. In
 * each of these PyTorch 2.13 raises "one of the variables needed for gradient computation has been modified by an inplace
 * operation"; where it does not, neither do we.
 */
import { describe, expect, test } from "vitest";
import { nn, noGrad, ones, optim, tensor } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });
const changed = "was changed in place after the call";

describe("backward refuses", () => {
  const saved = (change: (x: Tensor, w: Tensor, y: Tensor) => void) => (): void => {
    const w = leaf(1, 2, 3);
    const x = tensor([4, 5, 6]);
    const y = w.mul(x).exp();
    change(x, w, y);
    y.mul(w).sum().backward();
  };

  test("a saved input changed directly", () => expect(saved((x) => x.add_(1))).toThrow(changed));
  test("a saved input changed through a view", () => expect(saved((x) => x.slice(0, 1, 2).fill_(0))).toThrow(changed));
  test("a saved input changed through detach()", () => expect(saved((x) => x.detach().zero_())).toThrow(changed));
  test("a saved input changed by set()", () => expect(saved((x) => x.set(0, 9))).toThrow(changed));
  test("a saved leaf changed inside noGrad", () => {
    const w = leaf(1, 2);
    const loss = w.square().sum();
    noGrad(() => w.add_(1));
    expect(() => loss.backward()).toThrow(changed);
  });
  test("a saved output changed in place", () => expect(saved((_, __, y) => noGrad(() => y.add_(1)))).toThrow(changed));
  test("a saved leaf moved by an optimiser's step", () => {
    for (const Optimizer of [optim.SGD, optim.Adam]) {
      const w = leaf(1, 2);
      const loss = w.square().sum();
      w.grad = ones([2]);
      new Optimizer([w], { lr: 0.1 }).step();
      expect(() => loss.backward()).toThrow(changed);
    }
  });
  test("an output of a sequence changed in place", () => {
    const output = (): Tensor => ones([3, 2, 4]).lstm(ones([20, 4], { requiresGrad: true }), ones([20, 5])).output;
    const changedOutput = output();
    noGrad(() => changedOutput.mul_(2));
    expect(() => changedOutput.sum().backward()).toThrow(`lstm: a tensor that its derivative needs ${changed}`);
    output().sum().backward();
  });
  test("the standardised values of a normalisation changed in place", () => {
    const standardised = nn.functional.batchNorm(ones([4, 3]).mul(leaf(1, 2, 3)), undefined, undefined, { training: true });
    noGrad(() => standardised.mul_(2));
    expect(() => standardised.sum().backward()).toThrow(`standardize: a tensor that its derivative needs ${changed}`);
  });
  test("the positions of a pooling changed in place", () => {
    const { output, indices } = leaf(1, 2, 3, 4).reshape([1, 1, 2, 2]).maxPool2dWithIndices(2);
    indices.fill_(0);
    expect(() => output.sum().backward()).toThrow(`maxPool: a tensor that its derivative needs ${changed}`);
  });
  test("a view saved before the tensor behind it was changed", () => {
    const w = leaf(1, 2);
    const base = tensor([[1, 2], [3, 4]]);
    const loss = base.select(0, 1).mul(w).sum();
    base.fill_(0);
    expect(() => loss.backward()).toThrow(changed);
  });
});

describe("backward allows", () => {
  test("a change of what no derivative needs", () => {
    const w = leaf(1, 2);
    const x = tensor([3, 4]);
    const loss = w.add(x).sum();
    x.zero_();
    loss.backward();
    expect(w.grad!.toArray()).toEqual([1, 1]);
  });
  test("a change of a result whose derivative looks at other results of its call", () => {
    const image = leaf(1, 2, 3, 4);
    const pooled = nn.functional.maxPool2d(image.reshape([1, 1, 2, 2]), 2);
    noGrad(() => pooled.zero_());
    pooled.sum().backward();
    expect(image.grad!.toArray()).toEqual([0, 0, 0, 1]);
  });
  test("a change of a copy", () => {
    const w = leaf(1, 2);
    const x = tensor([3, 4]);
    const loss = w.mul(x).sum();
    x.clone().zero_();
    loss.backward();
    expect(w.grad!.toArray()).toEqual([3, 4]);
  });
});

test("a tensor whose elements share a place is not changed at all", () => {
  expect(() => tensor([1]).expand([3]).add_(1)).toThrow("several elements of this tensor share one place in memory");
});
