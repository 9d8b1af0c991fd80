/**
 * A sum or mean of what a chain of calls makes is the end of the chain's kernel on a card, with the bits of the calls one by one: along its
 * last dimensions, its first ones or all, as many threads to a result as a kernel of its own would give it. The kernel's text (PTX) is
 * run by the driver without a card (native/test/cuda), whose threads wait for one another as a card's do.
 */
import { describe, expect, it } from "vitest";
import { fakeCard } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=4"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { bernoulli, compile, manualSeed, rand, randn, tensor, zeros } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof tensor>;

const bits = (each: Tensor): string => Buffer.from(new Uint8Array(each.data().buffer)).toString("hex");

/** The kernels of a function that leaves the same compiled as line by line. */
function kernelsOf(fn: (...tensors: Tensor[]) => Tensor | Tensor[], make: () => Tensor[]): readonly string[] {
  const results = (run: typeof fn): string[][] =>
    [1, 2, 3].map((seed) => {
      manualSeed(seed);
      const given = make();
      const made = run(...given);
      return [...(Array.isArray(made) ? made : [made]), ...given].map(bits);
    });
  const compiled = compile(fn);
  expect(results(compiled)).toEqual(results(fn));
  const { kernels, notFused } = compiled.programs[0]!.card!;
  expect(notFused).toBe("");
  return kernels;
}

const one = ["nabla_fused"];

describe("one kernel makes and adds up", () => {
  const shapes: Record<string, { shape: number[]; dims: (number | number[] | undefined)[] }> = {
    "few elements, each by one thread": { shape: [5, 4, 3], dims: [undefined, 2, [1, 2], 0, [0, 1]] },
    "a warp's share": { shape: [9, 50], dims: [1, undefined, -1] },
    "a warp's share with gaps": { shape: [70, 11], dims: [0] },
    "a block's share": { shape: [3, 1500], dims: [1] },
    "all of it in one block": { shape: [4001], dims: [undefined, 0] },
    "a block's share with gaps": { shape: [1100, 3], dims: [0] },
    "more results than a grid's threads": { shape: [6000, 3], dims: [1] },
    "along dimensions of size 1": { shape: [1, 7, 1, 6, 1], dims: [[2, 3], [0, 1], 4, undefined] },
    "a single element": { shape: [1, 1], dims: [undefined, 0] },
  };
  it.each(Object.entries(shapes))("%s", (_, { shape, dims }) => {
    for (const dim of dims) {
      const over = dim === undefined ? {} : { dim };
      expect(kernelsOf((x, y) => x.mul(y).tanh().sum(over), () => [randn(shape), randn(shape)])).toEqual(one);
      expect(kernelsOf((x, y) => x.sub(y).square().mean(over), () => [randn(shape), randn(shape)])).toEqual(one);
    }
  });

  it("what is stretched, turned, or has gaps", () => {
    const operands: (() => Tensor[])[] = [
      () => [randn([40, 30]), randn([30])],
      () => [randn([30, 40]).t(), randn([40, 1])],
      () => [randn([80, 30]).slice(0, 0, 80, 2), randn([40, 31]).slice(1, 1, 31)],
      () => [randn([1, 1]).expand([40, 30]), randn([])],
    ];
    for (const make of operands) {
      for (const dim of [0, 1]) expect(kernelsOf((x, y) => x.add(y).exp().sum({ dim, keepdim: true }), make)).toHaveLength(1);
    }
  });

  it("what others read too, and is stored for them", () => {
    expect(kernelsOf((x) => {
      const y = x.mul(2).tanh();
      return [y, y.sum({ dim: 0 })];
    }, () => [randn([33, 20])])).toEqual(one);
  });

  it("what it has drawn", () => {
    expect(kernelsOf((x) => rand(x.shape).lt(0.3).to("float32").mul(x).mean({ dim: 1 }), () => [randn([6, 45])])).toEqual(one);
    expect(kernelsOf((x) => bernoulli(x.sigmoid()).sum(), () => [randn([301])])).toEqual(one);
  });

  it("numbers without an order, infinite ones and zeros with a sign", () => {
    const make = (): Tensor[] => [tensor([[-0, -0, -0], [1, Infinity, -Infinity], [1e30, -1e30, 1], [NaN, 0, 1], [3e38, 3e38, 3e38]])];
    for (const dim of [0, 1]) expect(kernelsOf((x) => x.mul(1).add(-0).sum({ dim }), make)).toEqual(one);
  });

  it("what it has changed in place", () => {
    const [kept, other] = [zeros([12, 40]), randn([12, 40])];
    expect(kernelsOf(() => {
      kept.mul_(0.5).add_(other);
      return kept.mul(2).mean({ dim: 1 });
    }, () => {
      kept.fill_(1);
      return [];
    })).toEqual(one);
    expect(kept.toArray()).not.toEqual(zeros([12, 40]).toArray());
  });

  it("what another kernel reads before the sum is asked for", () => {
    expect(kernelsOf((x, w) => {
      const y = x.relu().mul(0.5);
      const product = y.matmul(w);
      return [product, y.sum({ dim: 0 })];
    }, () => [randn([9, 8]), randn([8, 7])])).toEqual(["nabla_fused", "product_f32"]);
  });
});

describe("a kernel of its own adds up", () => {
  const others: Record<string, [fn: (x: Tensor) => Tensor | Tensor[], shape: number[], kernels: string[]]> = {
    "dimensions that lie between others": [(x) => x.mul(2).sum({ dim: 1 }), [4, 5, 6], ["mul_f32", "sum_f32"]],
    "dimensions with others between them": [(x) => x.mul(2).sum({ dim: [0, 2] }), [4, 5, 6], ["mul_f32", "sum_f32"]],
    "more than a block should make": [(x) => x.mul(2).sum(), [5000], ["mul_f32", "sum_f32"]],
    "many rows with gaps": [(x) => x.mul(2).add(1).sum({ dim: 0 }), [300, 300], ["nabla_fused", "sum_f32"]],
    "numbers of 64 bits": [(x) => x.to("float64").mul(2).sum(), [40], ["nabla_fused", "sum_f64"]],
    "what is turned in between": [(x) => x.mul(2).add(1).t().sum({ dim: 1 }), [4, 5], ["nabla_fused", "sum_f32"]],
    "a second sum of the same chain": [(x) => ((y: Tensor) => [y.sum({ dim: 1 }), y.mean({ dim: 0 })])(x.mul(2)), [4, 5], ["nabla_fused", "mean_f32"]],
  };
  it.each(Object.entries(others))("%s", (_, [fn, shape, kernels]) => {
    expect(kernelsOf(fn, () => [randn(shape)])).toEqual(kernels);
  });

  it("what is changed before the sum is asked for", () => {
    expect(kernelsOf((x, w) => {
      const y = x.relu().mul(0.5);
      const product = y.matmul(w);
      y.add_(product);
      return [product, y.sum({ dim: 0 })];
    }, () => [randn([8, 8]), randn([8, 8])])).toEqual(["nabla_fused", "product_f32", "nabla_fused"]);
  });
});
