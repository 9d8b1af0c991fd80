/**
 * Functions of functions: gradients in the structure of their argument, Jacobians and Hessians against what calculus says,
 * and a method that needs them.
 */
import { describe, expect, test } from "vitest";
import { Generator, grad, GradientError, hessian, hvp, jacobian, jvp, memory, noGrad, randn, tensor, valueAndGrad, vjp } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

const vector = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });
const draw = (shape: number[], seed: number): Tensor => randn(shape, { dtype: "float64", generator: new Generator(seed) });
const cubes = (x: Tensor): Tensor => x.pow(3).sum();

describe("grad(f)", () => {
  test("is a function with the gradient as its value, and leaves its argument alone", () => {
    const x = vector(1, -2);
    expect(grad(cubes)(x).toArray()).toEqual([3, 12]);
    expect([x.grad, x.requiresGrad]).toEqual([null, false]);
  });

  test("of an argument that does not require gradients records nothing", () => {
    expect(grad(cubes)(vector(1)).requiresGrad).toBe(false);
    expect(noGrad(() => grad(cubes)(vector(2))).toArray()).toEqual([12]);
  });

  test("gives the gradient in the structure of the argument, and passes other arguments through", () => {
    const loss = (p: { w: Tensor; layers: Tensor[] }, x: Tensor, power: number): Tensor =>
      p.w.mul(x).add(p.layers[0]!).pow(power).sum();
    const gradient = grad(loss)({ w: vector(2, 3), layers: [vector(1), vector(9)] }, vector(1, 2), 2);
    expect(gradient.w.toArray()).toEqual([6, 28]);
    expect(gradient.layers.map((each) => each.toArray())).toEqual([[20], [0]]);
  });

  test("of grad(f) is the second derivative, and so on", () => {
    const second = grad((x: Tensor) => grad(cubes)(x).sum());
    const third = grad((x: Tensor) => second(x).sum());
    expect(second(vector(5)).toArray()).toEqual([30]);
    expect(third(vector(5)).toArray()).toEqual([6]);
  });

  test("can be part of what backward differentiates", () => {
    const x = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    grad(cubes)(x).square().sum().backward();
    // d/dx (3 x^2)^2 = 36 x^3
    expect(x.grad!.toArray()).toEqual([36, 288]);
  });

  test("does not use up what the function borrows from outside", () => {
    const w = tensor([2], { dtype: "float64", requiresGrad: true });
    const doubled = w.mul(w);
    expect(grad((x: Tensor) => x.mul(doubled).sum())(vector(7)).toArray()).toEqual([4]);
    expect(w.grad).toBeNull();
    doubled.backward();
    expect(w.grad!.toArray()).toEqual([4]);
  });

  test("with a tensor first is what it was: gradients of a result", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    expect(grad(w.square().sum(), [w])[0]!.toArray()).toEqual([2, 4]);
  });
});

test("valueAndGrad gives both, from one run of the function", () => {
  let runs = 0;
  const [value, gradient] = valueAndGrad((x: Tensor) => {
    runs++;
    return cubes(x);
  })(vector(1, 2));
  expect([value.item(), gradient.toArray(), runs]).toEqual([9, [3, 12], 1]);
});

describe("products with the Jacobian", () => {
  const f = (x: Tensor): Tensor => x.matmul(draw([3, 4], 1)).tanh().matmul(draw([4, 2], 2));
  const x = draw([3], 3);

  test("agree with the Jacobian itself, from the left and from the right", () => {
    const full = jacobian(f)(x);
    expect(full.shape).toEqual([2, 3]);
    const [left, right] = [draw([2], 4), draw([3], 5)];
    const [value, pulled] = vjp(f)(x, left);
    expectClose(value.data(), f(x).data(), 1e-14);
    expectClose(pulled.data(), left.matmul(full).data(), 1e-12);
    expectClose(jvp(f)(x, right)[1].data(), full.matmul(right).data(), 1e-12);
  });

  test("of matrices have the shapes of result and input in a row", () => {
    const inverse = jacobian((a: Tensor) => a.mT.mul(2))(draw([2, 3], 1));
    expect(inverse.shape).toEqual([3, 2, 2, 3]);
    expect(inverse.at(2, 1).toArray()).toEqual([[0, 0, 0], [0, 0, 2]]);
  });

  test("of a function that ignores its input, or has no result, are zeros", () => {
    expect(jacobian(() => vector(1, 2))(vector(3)).toArray()).toEqual([[0], [0]]);
    expect(jvp(() => vector(1, 2))(vector(3), vector(1))[1].toArray()).toEqual([0, 0]);
    expect(jacobian((a: Tensor) => a.slice(0, 0, 0))(vector(3)).shape).toEqual([0, 1]);
  });
});

describe("the Hessian", () => {
  const f = (x: Tensor): Tensor => x.at(0).pow(3).mul(x.at(1)).add(x.at(1).square().mul(x.at(2)).exp());

  test("is that of calculus", () => {
    const [a, b, c] = [0.5, -0.7, 0.3];
    const e = Math.exp(b * b * c);
    const expected = [
      6 * a * b, 3 * a * a, 0,
      3 * a * a, (2 * c + 4 * b * b * c * c) * e, (2 * b + 2 * b ** 3 * c) * e,
      0, (2 * b + 2 * b ** 3 * c) * e, b ** 4 * e,
    ];
    const own = hessian(f)(vector(a, b, c));
    expect(own.shape).toEqual([3, 3]);
    expectClose(own.data(), expected, 1e-12);
    expectClose(hvp(f)(vector(a, b, c), vector(1, 2, 3)).data(), own.matmul(vector(1, 2, 3)).data(), 1e-12);
  });
});

/** The solution of three equations, by Gauss and Jordan. */
function solve3(matrix: Tensor, right: Tensor): Tensor {
  const rows = (matrix.toArray() as number[][]).map((row, i) => [...row, (right.toArray() as number[])[i]!]);
  for (let p = 0; p < 3; p++) {
    const pivot = rows[p]!.map((value) => value / rows[p]![p]!);
    rows[p] = pivot;
    rows.forEach((row, i) => {
      if (i !== p) rows[i] = row.map((value, j) => value - row[p]! * pivot[j]!);
    });
  }
  return vector(...rows.map((row) => row[3]!));
}

test("Newton's method finds the optimum of a logistic regression in seven steps", () => {
  const x = draw([40, 2], 11);
  const design = x.matmul(tensor([[1, 0, 0], [0, 1, 0]], { dtype: "float64" })).add(vector(0, 0, 1));
  const y = x.at(":", 0).sub(x.at(":", 1).mul(0.5)).add(draw([40], 12)).gt(0).to("float64");
  const loss = (w: Tensor): Tensor => {
    const scores = design.matmul(w);
    return scores.softplus().sub(scores.mul(y)).mean().add(w.square().sum().mul(0.005));
  };
  let w = vector(0, 0, 0);
  const sizes: number[] = [];
  for (let step = 0; step < 7; step++) {
    const gradient = grad(loss)(w);
    sizes.push(gradient.abs().max().item());
    w = w.sub(solve3(hessian(loss)(w), gradient));
  }
  expect(sizes[0]).toBeGreaterThan(0.01);
  expect(grad(loss)(w).abs().max().item()).toBeLessThan(1e-14);
});

test("memory does not grow over calls", () => {
  const f = hessian((w: Tensor) => w.pow(4).sum());
  const run = (): void => {
    for (let i = 0; i < 20; i++) f(draw([300], i).slice(0, 0, 30));
  };
  run();
  globalThis.gc!();
  const before = memory().bytes;
  for (let i = 0; i < 5; i++) run();
  globalThis.gc!();
  expect(memory().bytes - before).toBeLessThan(300_000);
});

describe("mistakes are named", () => {
  test("a result that is no number", () => {
    expect(() => grad((x: Tensor) => x.mul(2))(vector(1, 2))).toThrow("grad: the function's result has shape [2]; a gradient is that of one number");
  });
  test("an argument without tensors", () => {
    expect(() => grad((x: Tensor) => x)(3 as unknown as Tensor)).toThrow("grad: expected tensors, or arrays or objects of them, got a value of type number");
    expect(() => grad(() => vector(1).sum())([])).toThrow(GradientError);
  });
  test("a vector that does not fit", () => {
    expect(() => hvp(cubes)(vector(1, 2), vector(1))).toThrow("hvp: the vector has shape [1], the input [2]");
    expect(() => vjp((x: Tensor) => x)(vector(1, 2), vector(1))).toThrow("vjp: the vector has shape [1], the result [2]");
  });
});
