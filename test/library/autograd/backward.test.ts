/**
 * What backward promises beside the right numbers: where gradients go, what is freed, and which mistakes it names.
 */
import { describe, expect, test } from "vitest";
import { grad, GradientError, isGradEnabled, memory, noGrad, ones, rand, tensor, where, zeros } from "../../../src/index.ts";

describe("gradients", () => {
  test("are added up over backward passes until they are cleared", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.add(1).sum().backward();
    w.add(w).sum().backward();
    expect(w.grad!.toArray()).toEqual([3, 3]);
  });

  test("arrive at leaves only, and only at those that asked", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const x = tensor([3, 4]);
    const y = w.add(x);
    y.sum().backward();
    expect(x.grad).toBeNull();
    expect(y.grad).toBeNull();
    expect(y.isLeaf).toBe(false);
  });

  test("do not flow through detach or noGrad", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    expect(w.detach().add(1).requiresGrad).toBe(false);
    expect(noGrad(() => w.add(1)).requiresGrad).toBe(false);
    expect(isGradEnabled()).toBe(true);
  });

  test("of a sum that broadcasts come back in the operand's shape", () => {
    const bias = zeros([3], { requiresGrad: true });
    ones([4, 3]).add(bias).sum().backward();
    expect(bias.grad!.toArray()).toEqual([4, 4, 4]);
  });

  test("grad leaves the leaves' own grad alone", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const [gradient] = grad(w.add(w).sum(), [w]);
    expect(gradient!.toArray()).toEqual([2, 2]);
    expect(w.grad).toBeNull();
  });

  test("flow through a change in place", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const y = w.add(1);
    y.add_(w);
    y.sum().backward();
    expect(w.grad!.toArray()).toEqual([2, 2]);
  });

  test("of the branch that where did not take are 0, whatever comes back to them", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    where(x.gt(1), x, 0).div(tensor([0, 1])).sum().backward();
    // An infinite gradient arrives at the first element; times the 0 of a mask it would be NaN. PyTorch 2.13 gives the same.
    expect(x.grad!.toArray()).toEqual([0, 1]);
  });

  test("that nobody can see are freed when backward ends, not at the next collection", () => {
    const w = rand([100, 100], { requiresGrad: true });
    const x = rand([100, 100]);
    const loss = x.matmul(w).add(1).matmul(x).sum();
    const before = memory().tensors;
    loss.backward();
    expect(memory().tensors - before).toBeLessThanOrEqual(2);
  });
});

describe("mistakes are named", () => {
  const w = tensor([1, 2], { requiresGrad: true });

  test("a second pass through a freed graph", () => {
    const loss = w.add(1).sum();
    loss.backward();
    expect(() => loss.backward()).toThrow("pass {retainGraph: true} the first time");
    const kept = w.add(1).sum();
    kept.backward(undefined, { retainGraph: true });
    expect(() => kept.backward()).not.toThrow();
  });

  test("a result that is no single value", () => {
    expect(() => w.add(1).backward()).toThrow("a result of shape [2] needs its own gradient");
  });

  test("a result that depends on nothing", () => {
    expect(() => tensor(1).backward()).toThrow(GradientError);
  });

  test("a leaf changed in place while calls are recorded", () => {
    expect(() => w.add_(1)).toThrow("write noGrad(() => w.add_(...))");
    expect(() => noGrad(() => w.add_(0))).not.toThrow();
  });

  test("a value that a derivative needs, changed in place since", () => {
    const left = rand([2, 2], { requiresGrad: true });
    const right = rand([2, 2]);
    const product = left.matmul(right);
    right.add_(1);
    expect(() => product.sum().backward()).toThrow("a tensor that its derivative needs was changed in place after the call");
  });

  test("a view used after the tensor behind it was changed", () => {
    const y = w.add(1);
    const view = y.at(0);
    y.add_(1);
    expect(() => view.add(1)).toThrow("Make the view again after the change");
  });

  test("gradients asked of whole numbers", () => {
    expect(() => tensor([1, 2], { dtype: "int32", requiresGrad: true })).toThrow("only floating tensors have gradients");
  });
});

test("an exception inside noGrad turns recording on again", () => {
  expect(() =>
    noGrad(() => {
      throw new Error("stop");
    }),
  ).toThrow("stop");
  expect(isGradEnabled()).toBe(true);
});

test("noGrad of an asynchronous function lasts until its promise settles", async () => {
  const done = noGrad(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return isGradEnabled();
  });
  expect(await done).toBe(false);
  expect(isGradEnabled()).toBe(true);
});
