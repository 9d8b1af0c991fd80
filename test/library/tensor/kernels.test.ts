/**
 * Every op of the table against the reference in plain TypeScript: on contiguous tensors, on views, broadcast, empty, for
 * each type, and on the values where kernels go wrong.
 */
import { describe, expect, test } from "vitest";
import { arange, eye, full, Generator, nn, optim, rand, randn, tensor, where } from "../../../src/index.ts";
import type { DType, Tensor } from "../../../src/index.ts";
import { ops } from "../../../src/tensor/ops.ts";
import type { NamedRow } from "../../../src/tensor/ops.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as reference from "../reference/ops.ts";

const asArray = (t: Tensor): ReferenceArray => ({ shape: t.shape, values: [...t.data()] });

/** Units in the last place that kernels of a type may be off, as a relative error. */
const tolerance: Record<DType, number> = { float32: 4e-6, float64: 1e-13, int32: 0, uint8: 0, bool: 0 };

function expectSame(actual: Tensor, expected: ReferenceArray, within = tolerance[actual.dtype]): void {
  expect(actual.shape).toEqual(expected.shape);
  const values = actual.data();
  const wrong = expected.values.findIndex((value, i) => {
    const own = values[i]!;
    if (Number.isNaN(value)) return !Number.isNaN(own);
    if (!Number.isFinite(value) || own === value) return own !== value;
    return !(Math.abs(own - value) <= within * (1 + Math.abs(value)));
  });
  if (wrong >= 0) expect(`element ${wrong}: ${values[wrong]}`).toBe(`element ${wrong}: ${expected.values[wrong]}`);
}

const method = (name: string) => (self: Tensor, ...rest: unknown[]): Tensor =>
  (self as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]!(...rest);

const draw = (shape: number[], seed: number, [low, high] = [-3, 3], dtype: DType = "float32"): Tensor =>
  rand(shape, { dtype: "float64", generator: new Generator(seed) }).mul(high! - low!).add(low!).to(dtype);

const special = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-30, -1e-30, 88, -88, 710, Infinity, -Infinity, NaN];
const positiveOnly = new Set(["log", "sqrt", "rsqrt", "log1p"]);
const rowsOf = (kind: NamedRow["kind"]): NamedRow[] => (Object.values(ops) as NamedRow[]).filter((row) => row.kind === kind);

describe("functions of one operand", () => {
  for (const { name } of rowsOf("unary")) {
    const call = method(name);
    test(`${name} of float32 and float64, contiguous and not`, () => {
      for (const dtype of ["float32", "float64"] as const) {
        const x = draw([7, 67], 1, positiveOnly.has(name) ? [0.01, 9] : [-9, 9], dtype);
        for (const view of [x, x.mT, x.at("::2", "1::3"), x.at(3, 5), x.at("3:3")]) {
          expectSame(call(view), reference.applyUnary(name, asArray(view)));
        }
      }
    });
    test(`${name} of special values`, () => {
      const x = tensor(special, { dtype: "float64" });
      // Sine and cosine of infinity are NaN; the rest follows IEEE 754 and C's mathematics.
      expectSame(call(x), reference.applyUnary(name, asArray(x)));
      const small = x.to("float32");
      const expected = reference.applyUnary(name, asArray(small));
      expectSame(call(small), { ...expected, values: expected.values.map((value) => (name === "logicalNot" ? value : Math.fround(value))) });
    });
  }
});

describe("functions of two operands", () => {
  const shapes: [number[], number[]][] = [
    [[5, 40], [5, 40]],
    [[5, 40], [40]],
    [[5, 40], [5, 1]],
    [[3, 1, 7], [4, 1]],
    [[], [33]],
    [[0, 3], [3]],
  ];
  for (const { name } of rowsOf("binary")) {
    const call = method(name);
    const interval: [number, number] = name === "pow" ? [0.1, 3] : [-3, 3];
    test(`${name} broadcasts and takes views`, () => {
      for (const dtype of ["float32", "float64"] as const) {
        for (const [left, right] of shapes) {
          const a = draw(left, 2, interval, dtype);
          const b = draw(right, 3, interval, dtype);
          expectSame(call(a, b), reference.applyBinary(name, asArray(a), asArray(b)));
        }
        const a = draw([6, 9], 4, interval, dtype);
        const b = draw([9, 6], 5, interval, dtype);
        expectSame(call(a, b.mT), reference.applyBinary(name, asArray(a), asArray(b.mT)));
        expectSame(call(a.at("::2"), 1.5), reference.applyBinary(name, asArray(a.at("::2")), { shape: [], values: [1.5] }));
      }
    });
    test(`${name} of integers`, () => {
      const a = draw([4, 9], 6, [-9, 9], "int32");
      const b = draw([4, 9], 7, [1, 9], "int32");
      const base = name === "pow" ? a.abs() : a;
      const result = call(base, name === "pow" ? b.minimum(4) : b);
      const expected = reference.applyBinary(name, asArray(base), asArray(name === "pow" ? b.minimum(4) : b));
      expectSame(result, expected, name === "div" ? tolerance.float32 : 0);
    });
    test(`${name} of special values`, () => {
      const pairs = special.flatMap((x) => special.map((y) => [x, y]));
      const a = tensor(pairs.map(([x]) => x!), { dtype: "float64" });
      const b = tensor(pairs.map(([, y]) => y!), { dtype: "float64" });
      const expected = reference.applyBinary(name, asArray(a), asArray(b));
      // JavaScript says 1 ** Infinity and 1 ** NaN are NaN; C and PyTorch say 1 to any power is 1.
      if (name === "pow") expected.values = expected.values.map((value, i) => (Math.abs(pairs[i]![0]!) === 1 && !Number.isFinite(pairs[i]![1]!) ? powerOfOne(pairs[i]![0]!, pairs[i]![1]!) : value));
      expectSame(call(a, b), expected);
    });
  }

  function powerOfOne(base: number, exponent: number): number {
    return Number.isNaN(exponent) && base === -1 ? NaN : 1;
  }
});

describe("reductions", () => {
  const named: Record<string, string> = { max: "amax", min: "amin" };
  for (const { name, ...row } of rowsOf("reduction")) {
    const call = method(named[name] ?? name);
    const indexed = "result" in row && row.result === "index";
    test(`${name} over every choice of dimensions`, () => {
      const interval: [number, number] = name === "prod" ? [0.8, 1.2] : [-3, 3];
      for (const dtype of ["float32", "float64"] as const) {
        const x = draw([3, 5, 37], 8, interval, dtype);
        for (const dims of indexed ? [[0], [1], [2]] : [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
          expectSame(call(x, { dim: dims }), reference.applyReduction(name, asArray(x), dims), 2e-5);
          expectSame(call(x.transpose(0, 2), { dim: dims }), reference.applyReduction(name, asArray(x.transpose(0, 2)), dims), 2e-5);
        }
        expectSame(call(x), reference.applyReduction(name, asArray(x.reshape([555])), [0]), 2e-5);
      }
    });
    test(`${name} keeps dimensions when asked`, () => {
      const x = draw([3, 4], 9);
      expect(call(x, { dim: 1, keepdim: true }).shape).toEqual([3, 1]);
    });
  }

  test("a sum of ten million ones is exact in float32", () => {
    expect(full([10_000_000], 1).sum().item()).toBe(10_000_000);
    expect(full([10_000_000], 0.1).mean().item()).toBeCloseTo(0.1, 6);
  });

  test("the largest element of a tensor with a NaN is NaN", () => {
    expect(tensor([1, NaN, 3]).max().item()).toBeNaN();
    expect(tensor([1, NaN, 3]).amin({ dim: 0 }).item()).toBeNaN();
  });
});

const positions = (...values: number[]): Tensor => tensor(new Int32Array(values));

/** How each op that is neither of the kinds above is called, and what the reference says. */
const others: Record<string, () => void> = {
  matmul: () => {
    for (const [m, k, n] of [[1, 1, 1], [3, 4, 5], [17, 33, 9], [64, 64, 64], [1, 70, 30], [30, 70, 1], [65, 129, 131]] as const) {
      for (const dtype of ["float32", "float64"] as const) {
        const a = draw([m, k], 10, [-1, 1], dtype);
        const b = draw([n, k], 11, [-1, 1], dtype).mT;
        expectSame(a.matmul(b), reference.general.matmul(asArray(a), asArray(b)), dtype === "float32" ? 1e-5 : 1e-13);
      }
    }
    const a = draw([2, 1, 3, 4], 12);
    const b = draw([5, 4, 2], 13);
    expectSame(a.matmul(b), reference.general.matmul(asArray(a), asArray(b)), 1e-5);
  },
  clamp: () => {
    const x = draw([40], 14);
    expectSame(x.clamp({ min: -1, max: 0.5 }), reference.general.clamp(asArray(x), -1, 0.5));
    expectSame(x.clamp({ max: 0.5 }), reference.general.clamp(asArray(x), -Infinity, 0.5));
  },
  where: () => {
    const condition = draw([4, 1], 15).gt(0);
    const a = draw([4, 5], 16);
    const b = draw([5], 17);
    expectSame(where(condition, a, b), reference.general.where(asArray(condition), asArray(a), asArray(b)));
    expectSame(where(condition, 1, a), reference.general.where(asArray(condition), { shape: [], values: [1] }, asArray(a)));
  },
  softmax: () => {
    for (const dim of [0, 1, 2]) {
      const x = draw([3, 5, 11], 18, [-20, 20]);
      expectSame(x.softmax(dim), reference.general.softmax(asArray(x), dim));
    }
    expect(tensor([1000, 1001]).softmax(0).sum().item()).toBeCloseTo(1, 6);
  },
  logSoftmax: () => {
    for (const dim of [0, 1, 2]) {
      const x = draw([3, 5, 11], 19);
      expectSame(x.logSoftmax(dim), reference.general.logSoftmax(asArray(x), dim));
    }
  },
  crossEntropy: () => {
    const scores = draw([6, 10], 20);
    const labels = positions(1, 0, 9, 3, 3, 7);
    const own = nn.functional.crossEntropy(scores, labels, { reduction: "none" });
    expectSame(own, reference.general.crossEntropy(asArray(scores), asArray(labels)));
  },
  crossEntropyBackward: () => {
    const scores = draw([6, 10], 20);
    const labels = positions(1, 0, 9, 3, 3, 7);
    const gradient = draw([6], 21);
    expectSame(
      scores.crossEntropyBackward(labels, gradient),
      reference.general.crossEntropyBackward(asArray(scores), asArray(labels), asArray(gradient)),
    );
  },
  indexSelect: () => {
    const x = draw([4, 5, 3], 22);
    for (const dim of [0, 1, 2]) {
      const index = positions(2, 0, 2, 1);
      expectSame(x.indexSelect(dim, index), reference.general.indexSelect(asArray(x), dim, asArray(index)));
    }
    expectSame(x.mT.indexSelect(1, positions(1)), reference.general.indexSelect(asArray(x.mT), 1, asArray(positions(1))));
  },
  indexAdd: () => {
    const x = draw([4, 5], 23);
    const source = draw([3, 5], 24);
    const index = positions(2, 0, 2);
    const expected = reference.general.indexAdd(asArray(x), 0, asArray(index), asArray(source));
    expectSame(x.clone().indexAdd_(0, index, source), expected);
  },
  gather: () => {
    const x = draw([4, 5], 25);
    const index = positions(0, 3, 1, 1, 2, 4).reshape([3, 2]);
    expectSame(x.gather(1, index), reference.general.gather(asArray(x), 1, asArray(index)));
  },
  scatterAdd: () => {
    const x = draw([4, 5], 26);
    const index = positions(0, 3, 1, 1, 2, 2).reshape([3, 2]);
    const source = draw([3, 2], 27);
    const expected = reference.general.scatterAdd(asArray(x), 0, asArray(index), asArray(source));
    expectSame(x.clone().scatterAdd_(0, index, source), expected);
  },
  oneHot: () => {
    const labels = positions(2, 0, 1, 2);
    expectSame(labels.oneHot(4), reference.general.oneHot(asArray(labels), 4));
  },
  copy: () => {
    const x = draw([4, 5, 6], 28);
    for (const view of [x, x.permute([2, 0, 1]), x.at("::2", 1), x.at("...", "::3")]) {
      expectSame(view.clone(), reference.general.copy(asArray(view)));
    }
    const mixed = tensor([0, 1.7, -1.7, 254.9, 3]);
    expect(mixed.to("int32").toArray()).toEqual([0, 1, -1, 254, 3]);
    expect(mixed.to("bool").toArray()).toEqual([0, 1, 1, 1, 1]);
    expect(mixed.abs().to("uint8").toArray()).toEqual([0, 1, 1, 254, 3]);
    expect(mixed.to("bool").to("float64").toArray()).toEqual([0, 1, 1, 1, 1]);
  },
  fill: () => {
    expectSame(full([3, 4], 2.5), reference.general.fill([3, 4], 2.5));
    expectSame(full([3], -2, { dtype: "int32" }), reference.general.fill([3], -2));
  },
  arange: () => {
    expectSame(arange(7), reference.general.arange(0, 7, 1));
    expectSame(arange(1, 2, 0.25), reference.general.arange(1, 2, 0.25));
    expectSame(arange(5, -3, -2), reference.general.arange(5, -3, -2));
  },
  eye: () => {
    expectSame(eye(4), reference.general.eye(4, 4));
    expectSame(eye(2, 5), reference.general.eye(2, 5));
  },
  sgdStep: () => {
    const options = { lr: 0.1, momentum: 0.9, dampening: 0, weightDecay: 0.01, nesterov: true };
    const parameter = draw([50], 29).requiresGrad_();
    const optimizer = new optim.SGD([parameter], options);
    let expected: ReferenceArray = asArray(parameter);
    let velocity: ReferenceArray | undefined = { shape: [50], values: new Array<number>(50).fill(0) };
    for (const [i, first] of [true, false, false].entries()) {
      const gradient = draw([50], 30 + i);
      parameter.grad = gradient;
      optimizer.step();
      const next: ReturnType<typeof reference.general.sgdStep> = reference.general.sgdStep(expected, asArray(gradient), velocity, { ...options, first });
      ({ parameter: expected, velocity } = next);
      expectSame(parameter.detach(), expected);
    }
  },
};

describe("the other ops", () => {
  for (const [name, check] of Object.entries(others)) test(name, check);
});

describe("random numbers", () => {
  test("uniform numbers fill [0, 1) evenly", () => {
    const x = rand([1_000_000], { generator: new Generator(1) });
    expect(x.min().item()).toBeGreaterThanOrEqual(0);
    expect(x.max().item()).toBeLessThan(1);
    expect(x.mean().item()).toBeCloseTo(0.5, 2);
    expect(x.var().item()).toBeCloseTo(1 / 12, 2);
  });

  test("normal numbers have mean 0, deviation 1 and the tails of a bell", () => {
    const x = randn([1_000_000], { generator: new Generator(2), dtype: "float64" });
    expect(x.mean().item()).toBeCloseTo(0, 2);
    expect(x.std().item()).toBeCloseTo(1, 2);
    expect(x.abs().gt(1.959964).to("float64").mean().item()).toBeCloseTo(0.05, 2);
  });

  test("the same seed gives the same numbers, another seed others", () => {
    const numbers = (seed: number): unknown => rand([5], { generator: new Generator(seed) }).toArray();
    expect(numbers(3)).toEqual(numbers(3));
    expect(numbers(3)).not.toEqual(numbers(4));
  });
});
