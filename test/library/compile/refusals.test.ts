/**
 * What cannot be compiled says so at its line, with the cure; what fails in a replay fails as it would eagerly.
 */
import { describe, expect, test } from "vitest";
import { compile, CompileError, manualSeed, nn, ones, rand, randn, tensor, TensorIndexError, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { native } from "../../../src/tensor/native.ts";

describe("a function is refused", () => {
  test("that is async or a generator, when it is compiled", () => {
    expect(() => compile(async () => Promise.resolve(1))).toThrow(CompileError);
    expect(() => compile(function* () { yield 1; })).toThrow("GeneratorFunction");
    expect(() => compile(() => Promise.resolve(1))()).toThrow("is async");
    expect(() => compile(ones([1]) as never)).toThrow("expected a function");
    expect(() => compile(() => 1, { limit: 0 })).toThrow("limit is 0");
  });

  test("that reads a value, at the line where it does", () => {
    const reads: ((x: Tensor) => unknown)[] = [(x) => x.item(), (x) => x.data(), (x) => x.toArray(), (x) => x.toString()];
    for (const read of reads) {
      expect(() => compile(read)(tensor([1]))).toThrow(/(item|data): a compiled function cannot read a value.*return the tensor and read it outside/);
    }
    expect(tensor([1]).item()).toBe(1);
  });

  test("that keeps a tensor it makes each time it runs", () => {
    const kept: Tensor[] = [];
    const keeping = compile((x: Tensor) => {
      kept.push(x.mul(2));
      return x.add(1);
    });
    keeping(ones([3]));
    expect(() => keeping(ones([3]))).toThrow(/keeps a tensor that it has made \(by "mul"\)/);
  });

  test("whose argument belongs to a graph", () => {
    const weight = tensor([1], { requiresGrad: true });
    expect(() => compile((x: Tensor) => x.add(1))(weight.mul(2))).toThrow("argument 0 was computed from tensors that require gradients");
  });
});

describe("a run that fails", () => {
  test("names a label outside its range in a replay as in the first run, and the next call works", () => {
    const loss = compile((scores: Tensor, labels: Tensor) => nn.functional.crossEntropy(scores, labels));
    const scores = rand([3, 4]);
    const labels = (list: number[]): Tensor => tensor(list, { dtype: "int32" });
    const right = loss(scores, labels([0, 1, 3])).item();
    for (const [wrong, number] of [[[0, 1, 4], 4], [[0, -2, 1], -2]] as const) {
      const message = `label ${number} is outside the range; it must lie in 0 to 3`;
      expect(() => loss(scores, labels([...wrong]))).toThrow(TensorIndexError);
      expect(() => loss(scores, labels([...wrong]))).toThrow(message);
      expect(() => nn.functional.crossEntropy(scores, labels([...wrong]))).toThrow(message);
    }
    expect(loss(scores, labels([0, 1, 3])).item()).toBe(right);
    expect(loss.programs).toHaveLength(1);
  });

  test("because the function throws leaves no program and no observer", () => {
    let broken = true;
    const moody = compile((x: Tensor) => {
      const y = x.add(1);
      if (broken) throw new Error("out of sorts");
      return y;
    });
    expect(() => moody(ones([2]))).toThrow("out of sorts");
    expect(moody.programs).toHaveLength(0);
    expect(ones([1]).item()).toBe(1);
    broken = false;
    expect(moody(ones([2])).toArray()).toEqual([2, 2]);
    expect(() => moody(ones([2]).matmul(ones([3, 1])))).toThrow("matmul");
  });

  test("because it was interrupted, and the next call works", () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const weight = tensor([1, 1], { requiresGrad: true });
    const chain = compile((x: Tensor) => x.mul(weight).sum().backward());
    for (let i = 0; i < 2; i++) {
      weight.grad = null;
      chain(ones([2]));
    }
    native.setInterruptFlag(flag);
    try {
      weight.grad = null;
      flag[0] = 1;
      expect(() => chain(ones([2]))).toThrow("interrupted");
      flag[0] = 0;
      chain(ones([2]));
      expect(weight.grad!.toArray()).toEqual([1, 1]);
    } finally {
      native.setInterruptFlag(null);
    }
  });
});

describe("what belongs to the first run", () => {
  test("numbers made into tensors are constants, also where they are changed in place", () => {
    const count = compile((x: Tensor) => {
      const start = tensor([10, 20]);
      start.add_(x);
      return start.add(tensor([1, 1]));
    });
    for (let i = 0; i < 3; i++) expect(count(tensor([i, i])).toArray()).toEqual([11 + i, 21 + i]);
  });

  test("a compiled function inside another is part of it", () => {
    const inner = compile((x: Tensor) => x.add(1));
    const outer = compile((x: Tensor) => inner(inner(x)));
    for (let i = 0; i < 3; i++) expect(outer(tensor([i])).toArray()).toEqual([i + 2]);
    expect(inner.programs).toHaveLength(0);
    expect(outer.programs.map(({ replays }) => replays)).toEqual([2]);
  });

  test("random draws go on in every run, and a seed set inside is set in every run", () => {
    const draw = compile(() => rand([5]));
    manualSeed(1);
    const compiled = [draw(), draw(), randn([3]), draw()].map((each) => each.toArray());
    manualSeed(1);
    expect(compiled).toEqual([rand([5]), rand([5]), randn([3]), rand([5])].map((each) => each.toArray()));
    const seeded = compile(() => {
      manualSeed(4);
      return rand([2]);
    });
    const first = seeded().toArray();
    expect([seeded().toArray(), seeded().toArray()]).toEqual([first, first]);
  });

  test("an empty tensor is no trouble", () => {
    const empty = compile((x: Tensor) => [x.add(1), x.sum(), zeros([0])] as const);
    for (let i = 0; i < 2; i++) expect(empty(zeros([0, 3])).map((each) => each.toArray())).toEqual([[], 0, []]);
  });
});
