/**
 * What goes into a compiled function and what comes out: nesting, views, tensors that share memory, the same tensor twice,
 * and that nothing handed out is ever overwritten.
 */
import { describe, expect, test } from "vitest";
import { arange, compile, isTensor, memory, noGrad, ones, rand, randn, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

describe("results", () => {
  test("of one run are not changed by the next", () => {
    const double = compile((x: Tensor) => x.add(1).mul(2));
    const first = double(tensor([1, 2]));
    const second = double(tensor([3, 4]));
    const third = double(tensor([5, 6]));
    expect([first, second, third].map((each) => each.toArray())).toEqual([[4, 6], [8, 10], [12, 14]]);
    expect(double.programs).toHaveLength(1);
  });

  test("keep their nesting, and the same tensor twice is one tensor", () => {
    const twice = compile((x: Tensor) => {
      const y = x.neg();
      return { both: [y, y], name: "y", view: y.reshape([2, 1]), none: null };
    });
    twice(tensor([1, 2]));
    const { both, name, view, none } = twice(tensor([3, 4]));
    expect(both[0]).toBe(both[1]);
    expect([name, none]).toEqual(["y", null]);
    expect(view.storage).toBe(both[0]!.storage);
    expect(view.toArray()).toEqual([[-3], [-4]]);
  });

  test("that are arguments are the caller's own tensors, and views of them share their memory", () => {
    const same = compile((x: Tensor) => [x, x.slice(0, 1, 3)] as const);
    same(tensor([0, 0, 0]));
    const x = arange(6).slice(0, 3, 6);
    const [given, view] = same(x.to("float32"));
    expect(given.toArray()).toEqual([3, 4, 5]);
    expect(view.storage).toBe(given.storage);
    expect(view.toArray()).toEqual([4, 5]);
    const captured = ones([2]);
    const outside = compile(() => [captured, captured.slice(0, 1, 2)] as const);
    outside();
    expect(outside()[0]).toBe(captured);
    expect(outside()[1].storage).toBe(captured.storage);
  });

  test("carry no graph, from the first run on", () => {
    const weight = tensor([2], { requiresGrad: true });
    const product = compile((x: Tensor) => x.mul(weight));
    for (let i = 0; i < 3; i++) {
      const result = product(tensor([3]));
      expect(result.requiresGrad).toBe(false);
      expect(() => result.sum().backward()).toThrow("does not depend on one that requires gradients");
    }
  });
});

describe("arguments", () => {
  test("may lie anywhere in arrays and objects, and begin anywhere in their memory", () => {
    const mixed = compile(({ pairs, scale }: { pairs: [Tensor, Tensor][]; scale: number }) =>
      pairs.map(([a, b]) => a.add(b).mul(scale)),
    );
    const base = arange(0, 8, 1, { dtype: "float32" });
    const at = (i: number): Tensor => base.slice(0, i, i + 2);
    mixed({ pairs: [[at(0), tensor([1, 1])], [at(2), tensor([1, 1])]], scale: 2 });
    const [a, b] = mixed({ pairs: [[at(4), tensor([1, 2])], [at(6), tensor([1, 2])]], scale: 2 });
    expect([a!.toArray(), b!.toArray()]).toEqual([[10, 14], [14, 18]]);
    expect(mixed.programs.map(({ replays }) => replays)).toEqual([1]);
    mixed({ pairs: [[at(4), tensor([1, 2])], [at(6), tensor([1, 2])]], scale: 3 });
    expect(mixed.programs).toHaveLength(2);
  });

  test("of other strides, types or gradient modes make other programs", () => {
    const sum = compile((x: Tensor) => x.sum({ dim: 0 }));
    const square = rand([3, 3]);
    for (const x of [square, square.t(), square.to("float64"), square]) {
      expect(sum(x).toArray()).toEqual(x.sum({ dim: 0 }).toArray());
    }
    noGrad(() => sum(square));
    expect(sum.programs).toHaveLength(4);
  });

  test("that share memory are told from those that do not", () => {
    const change = compile((a: Tensor, b: Tensor) => {
      a.add_(1);
      return b.mul(10);
    });
    const apart = (): [Tensor, Tensor] => [tensor([1, 2]), tensor([1, 2])];
    change(...apart());
    expect(change(...apart()).toArray()).toEqual([10, 20]);
    const one = tensor([1, 2]);
    expect(change(one, one).toArray()).toEqual([20, 30]);
    const three = tensor([1, 2, 3]);
    expect(change(three.slice(0, 0, 2), three.slice(0, 1, 3)).toArray()).toEqual([30, 30]);
    const again = tensor([4, 5]);
    expect(change(again, again).toArray()).toEqual([50, 60]);
    expect(change(...apart()).toArray()).toEqual([10, 20]);
  });

  test("may be tensors that the function also uses from outside", () => {
    const captured = zeros([3]);
    const change = compile((x: Tensor) => {
      captured.add_(1);
      const before = x.mul(1);
      x.add_(captured);
      return before;
    });
    const run = (x: Tensor): unknown => [change(x).toArray(), x.toArray(), captured.toArray()];
    expect(run(captured)).toEqual([[1, 1, 1], [2, 2, 2], [2, 2, 2]]);
    expect(run(ones([3]))).toEqual([[1, 1, 1], [4, 4, 4], [3, 3, 3]]);
    expect(run(captured)).toEqual([[4, 4, 4], [8, 8, 8], [8, 8, 8]]);
    expect(run(ones([3]))).toEqual([[1, 1, 1], [10, 10, 10], [9, 9, 9]]);
    expect(change.programs).toHaveLength(1);
  });

  test("that are leaves collect their gradients", () => {
    const squares = compile((x: Tensor) => x.mul(x).sum().backward());
    for (const numbers of [[1, 2], [3, 4], [5, 6]]) {
      const x = tensor(numbers, { requiresGrad: true });
      squares(x);
      expect(x.grad!.toArray()).toEqual(numbers.map((n) => 2 * n));
    }
    expect(squares.programs).toHaveLength(1);
  });

  test("changed in place have a new version, so that a derivative notices", () => {
    const add = compile((x: Tensor) => x.add_(1));
    for (let i = 0; i < 2; i++) {
      const x = tensor([1, 2]);
      const weight = tensor([3, 4], { requiresGrad: true });
      const product = weight.mul(x).sum();
      expect(add(x)).toBe(x);
      expect(() => product.backward()).toThrow("was changed in place after the call");
    }
  });
});

describe("programs", () => {
  test("are kept up to the limit, the one used least lately making room", () => {
    const sum = compile((x: Tensor) => x.sum(), { limit: 2 });
    for (const size of [1, 2, 3, 2, 3, 1]) expect(sum(ones([size])).item()).toBe(size);
    expect(sum.programs.map(({ replays }) => replays)).toEqual([0, 1]);
  });

  test("let go of their memory with the function", () => {
    const before = memory().bytes;
    const make = (): void => {
      const chain = compile((x: Tensor) => x.add(1).matmul(x).add(2).matmul(x));
      chain(randn([512, 512]));
      expect(memory().bytes - before).toBeGreaterThan(1 << 20);
    };
    make();
    (globalThis as { gc?: () => void }).gc!();
    expect(memory().bytes - before).toBeLessThan(1 << 20);
  });

  test("print as lines that can be read", () => {
    const affine = compile((x: Tensor) => x.mul(2).add(1));
    expect(String(affine)).toBe("");
    const x = ones([100, 100], { device: "cpu" });
    affine(x);
    expect(isTensor(affine(x))).toBe(true);
    expect(String(affine).split("\n")).toEqual([
      "program of 1 arguments, 0 captured tensors, 0 bytes of temporaries, run 1 times",
      "  together, tile by tile:",
      "    %0: float32[100, 100] = mul(a0, 2)",
      "    %1: float32[100, 100] = add(%0, 1)",
      "  return %1: float32[100, 100]",
    ]);
    expect(affine.programs[0]!.calls).toBe(2);
  });
});
