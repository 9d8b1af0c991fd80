/**
 * Chains of elementwise calls that a card does as one kernel have the bits of the calls one by one: for every op and type that a
 * kernel may hold, and wherever the operands lie. The kernel's text (PTX) is run by the driver without a card (native/test/cuda).
 */
import { describe, expect, it } from "vitest";
import { fakeCard, said } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=2"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { arange, bernoulli, compile, manualSeed, nn, normal, rand, randn, tensor, where, zeros } = await import("../../../src/index.ts");
type Tensor = ReturnType<typeof tensor>;
const { functional } = nn;

const bits = (each: Tensor): string => Buffer.from(new Uint8Array(each.data().buffer)).toString("hex");

/** Checks that the function, compiled, is one kernel that does a chain, and leaves what it leaves line by line. */
function expectFused(fn: (...tensors: Tensor[]) => Tensor | Tensor[], make: () => Tensor[], kernels = 1): void {
  const results = (run: typeof fn): string[][] =>
    [1, 2, 3].map((seed) => {
      manualSeed(seed);
      const given = make();
      const made = run(...given);
      return [...(Array.isArray(made) ? made : [made]), ...given].map(bits);
    });
  const compiled = compile(fn);
  expect(results(compiled)).toEqual(results(fn));
  const { card } = compiled.programs[0]!;
  expect({ kernels: card!.graphKernels + card!.otherKernels, notFused: card!.notFused }).toEqual({ kernels, notFused: "" });
  expect(card!.fusedKernels).toBeGreaterThanOrEqual(1);
}

/** Numbers of both signs, small and large, and those that compare in their own way. */
const numbers = (dtype: "float32" | "float64"): Tensor => tensor([-Infinity, -100.5, -3, -1.5, -0.25, -0, 0, 0.25, 0.5, 1, 2.5, 7, 88, 1e6, Infinity, NaN, 3], { dtype });
const wholes = (dtype: "int32" | "uint8"): Tensor => tensor(dtype === "int32" ? [-2147483648, -7, -1, 0, 1, 2, 5, 9, 2147483647] : [0, 1, 2, 3, 5, 100, 200, 254, 255], { dtype });

const unary: Record<string, (x: Tensor) => Tensor> = {
  exp: (x) => x.exp(), log: (x) => x.log(), log1p: (x) => x.log1p(), expm1: (x) => x.expm1(), sqrt: (x) => x.sqrt(), rsqrt: (x) => x.rsqrt(),
  reciprocal: (x) => x.reciprocal(), sin: (x) => x.sin(), cos: (x) => x.cos(), tanh: (x) => x.tanh(), sigmoid: (x) => x.sigmoid(), erf: (x) => x.erf(),
  gelu: (x) => functional.gelu(x), geluTanh: (x) => functional.gelu(x, { approximate: "tanh" }), leakyRelu: (x) => functional.leakyRelu(x, { negativeSlope: 0.2 }),
  elu: (x) => functional.elu(x, { alpha: 0.7 }), softplus: (x) => functional.softplus(x, { beta: 2, threshold: 5 }), softsign: (x) => functional.softsign(x),
  neg: (x) => x.neg(), abs: (x) => x.abs(), sign: (x) => x.sign(), square: (x) => x.square(), relu: (x) => x.relu(), floor: (x) => x.floor(),
  ceil: (x) => x.ceil(), round: (x) => x.round(), clamp: (x) => x.clamp({ min: -1, max: 2 }), not: (x) => x.logicalNot(),
};
const binary: Record<string, (a: Tensor, b: Tensor | number) => Tensor> = {
  add: (a, b) => a.add(b), sub: (a, b) => a.sub(b), mul: (a, b) => a.mul(b), div: (a, b) => a.div(b), pow: (a, b) => a.pow(b),
  maximum: (a, b) => a.maximum(b), minimum: (a, b) => a.minimum(b), floorDivide: (a, b) => a.floorDivide(b), remainder: (a, b) => a.remainder(b),
  fmod: (a, b) => a.fmod(b), eq: (a, b) => a.eq(b), ne: (a, b) => a.ne(b), lt: (a, b) => a.lt(b), le: (a, b) => a.le(b), gt: (a, b) => a.gt(b), ge: (a, b) => a.ge(b),
};

describe("one kernel has the bits of its calls, for", () => {
  it.each(Object.entries(unary))("%s", (_, op) => {
    for (const dtype of ["float32", "float64"] as const) expectFused((x) => op(x.add(0)).mul(1), () => [numbers(dtype)]);
  });

  it.each(Object.entries(binary))("%s, of two tensors and of a tensor and a number", (_, op) => {
    for (const dtype of ["float32", "float64"] as const) {
      expectFused((a, b) => [op(a, b).to("float32"), op(a, 0.75).to("float64")], () => [numbers(dtype), randn([17], { dtype })]);
    }
  });

  it("whole numbers, which wrap around, and flags", () => {
    for (const dtype of ["int32", "uint8"] as const) {
      expectFused(
        (a, b) => [a.add(b).mul(3), a.sub(b).maximum(b), a.minimum(7), a.lt(b), a.ne(1), a.square().relu(), a.abs().sign()],
        () => [wholes(dtype), tensor([3, 1, 2, 9, 1, 4, 5, 6, 7], { dtype })],
      );
    }
    expectFused((a, b) => [a.gt(1).logicalAnd(b.lt(5)), a.gt(1).logicalOr(b.lt(5)).logicalNot(), a.gt(2).add(b.gt(2)), a.gt(2).mul(b.gt(2))], () => [wholes("int32"), wholes("int32").neg()]);
  });

  it("changes of type, and a choice between two tensors", () => {
    expectFused(
      (a, b, c) => [a.to("int32").add(1), a.to("float64").mul(b), b.to("float32"), c.to("float32").add(a), c.to("bool"), a.to("bool"), where(a.gt(0), a, a.neg()), where(c.to("bool"), b, 2)],
      () => [tensor([-2.5, 0, 3.9]), tensor([1e-3, 1e300, -7], { dtype: "float64" }), tensor([0, 3, 255], { dtype: "uint8" })],
    );
  });

  it("derivatives", () => {
    const activations = [functional.gelu, functional.elu, functional.softplus, functional.softsign, functional.leakyRelu, functional.hardSigmoid] as ((x: Tensor) => Tensor)[];
    for (const activation of [...activations, (x: Tensor) => x.tanh(), (x: Tensor) => x.sigmoid(), (x: Tensor) => x.relu()]) {
      const x = randn([33]);
      const slope = (g: Tensor): Tensor => {
        const leaf = x.detach().requiresGrad_();
        activation(leaf).mul(g).sum().backward();
        return leaf.grad!;
      };
      const g = randn([33]);
      const compiled = compile(slope);
      compiled(g);
      expect(bits(compiled(g))).toEqual(bits(slope(g)));
      expect(compiled.programs[0]!.card!.fusedKernels).toBeGreaterThanOrEqual(1);
    }
  });
});

describe("one kernel draws what kernels of their own would, and goes on in the stream from run to run:", () => {
  const shapes: Record<string, () => Tensor> = {
    "in packs": () => randn([64]),
    "with elements behind the packs": () => randn([67]),
    "into what is turned": () => randn([9, 7]).t(),
    "along stretched rows": () => randn([9]).expand([5, 9]),
    "of one element": () => randn([]),
  };
  it.each(Object.entries(shapes))("%s", (_, make) => {
    expectFused((x) => [rand(x.shape).ge(0.4).to("float32").mul(x)], () => [make()]);
    expectFused((x) => [rand(x.shape).mul(x), bernoulli(x.sigmoid())], () => [make()]);
    expectFused((x) => [randn(x.shape).add(x), normal(3, 0.5, x.shape).mul(x)], () => [make()]);
    expectFused((x) => [x.to("float64").sigmoid(), bernoulli(x.to("float64").sigmoid(), { dtype: "int32" }), bernoulli(x.sigmoid(), { dtype: "bool" })], () => [make()]);
  });

  it("probabilities of 0 and 1", () => {
    expectFused((x) => [bernoulli(x.mul(1)), x.add(1)], () => [tensor([0, 1, 1, 0, 0, 0.5, 1, 1])]);
  });

  it("in place", () => {
    const kept = zeros([6, 5]);
    expectFused(() => {
      kept.uniform_(-2, 3);
      return kept.mul(2);
    }, () => []);
  });

  it("far on in the stream, and from a large seed", () => {
    const draw = (): Tensor[] => [rand([9]).add(0), rand([2, 2, 2]).mul(2)];
    const compiled = compile(draw);
    const drawn = (fn: () => Tensor[]): string[] => {
      manualSeed(2 ** 45 + 12345);
      return Array.from({ length: 4 }, () => fn().map(bits)).flat();
    };
    expect(drawn(compiled)).toEqual(drawn(draw));
  });

  it("what has a kernel of its own alone stays outside", () => {
    const compiled = compile((x: Tensor) => rand([5], { dtype: "float64" }).add(x).mul(2));
    for (let i = 0; i < 2; i++) compiled(zeros([5], { dtype: "float64" }));
    expect(compiled.programs[0]!.card!.kernels).toEqual(["uniform_f64", "nabla_fused"]);
  });
});

describe("one kernel finds its operands", () => {
  const chain = (x: Tensor, y: Tensor): Tensor[] => {
    const first = x.mul(2).add(y).tanh();
    return [first.sub(x).relu(), first.gt(0.1), first.to("float64").mul(3)];
  };
  const operands: Record<string, () => Tensor[]> = {
    "in packs of four": () => [randn([64]), randn([64])],
    "with elements behind the packs": () => [randn([1027]), randn([1027])],
    "that do not begin where a pack may": () => [randn([101]).slice(0, 1, 101), randn([103]).slice(0, 3, 103)],
    "with gaps": () => [randn([40, 2]).slice(1, 0, 1).reshape([40]), randn([80]).slice(0, 0, 80, 2)],
    "that are one number for all": () => [randn([1]).expand([37]), randn([37])],
    "stretched along rows and columns": () => [randn([5, 7]), randn([7])],
    "turned": () => [randn([9, 6]).t(), randn([6, 9])],
    "over four dimensions": () => [randn([3, 2, 5, 4]), randn([5, 4, 3, 2]).permute([2, 3, 0, 1])],
    "with a single element": () => [randn([]), randn([])],
    "of more threads than a grid has": () => [randn([40_001]), randn([40_001])],
  };
  it.each(Object.entries(operands))("%s", (_, make) => expectFused(chain, make));

  it("over four dimensions, two of them stretched, behind a call of another shape", () => {
    expectFused(chain, () => [randn([3, 1, 5, 4]), randn([1, 2, 5, 1])], 2);
  });

  it("and what it changes in place", () => {
    const [kept, other, start] = [zeros([3, 5]), zeros([3, 5]), randn([3, 5])];
    expectFused(() => {
      kept.fill_(2).add_(other).mul_(other);
      other.add_(1);
      return kept.sub(other);
    }, () => {
      other.copy_(start);
      return [];
    });
    expect(kept.toArray()).not.toEqual(zeros([3, 5]).toArray());
  });
});

it("a number that changes from run to run reaches the kernel that is there", () => {
  let rate = 0.5;
  const scaled = (x: Tensor, rate: Tensor): Tensor => x.mul(rate).add(1);
  const compiled = compile(scaled);
  for (; rate < 4; rate *= 2) expect(compiled(arange(0, 5), tensor(rate)).toArray()).toEqual(scaled(arange(0, 5), tensor(rate)).toArray());
  expect(compiled.programs.length).toBe(1);
});

it("where the driver takes no kernel that was written for it, each call is a kernel, and the program says so", () => {
  const text = said(
    `const { compile, tensor } = nabla;
     const f = compile((x) => x.add(1).mul(2).exp());
     const x = tensor([0, 1]);
     f(x);
     process.env.NABLA_FAKE_CUDA = "refuse=ptx";
     console.log(f(x).toArray().map((each) => each.toFixed(3)).join(" "), f(x).toArray()[1].toFixed(3), String(f));`,
    { ...fakeCard(""), NABLA_DEVICE: "cuda" },
  );
  expect(text).toMatch(/^7\.389 54\.598 54\.598 program/);
  expect(text).toMatch(/on the card: 1 graph of 3 kernels\n {4}no fused kernels: the driver does not take the kernel that was written for it/);
});
