/**
 * Compiled functions on a card, by the driver without a card (native/test/cuda): a step is one graph, its replays have the bits of
 * the function run line by line, and what somebody still holds is left alone. How a real card takes the graphs is not seen here.
 */
import { describe, expect, it } from "vitest";
import { fakeCard, said } from "../device/fake-card.ts";

// The library reads them when it is loaded.
Object.assign(process.env, fakeCard("seed=5"), { NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "" });
const { compile, device, fft, isTensor, linalg, manualSeed, nn, noGrad, optim, rand, randint, randn, randperm, tensor } = await import("../../../src/index.ts");
const { collectGarbage } = await import("../../../src/tensor/memory.ts");
const { callMultiple } = await import("../../../src/tensor/dispatch.ts");
const { ops } = await import("../../../src/tensor/ops.ts");
type Tensor = ReturnType<typeof tensor>;

const bits = (each: Tensor): string => Buffer.from(new Uint8Array(each.data().buffer)).toString("base64");

/** A training step with dropout and a learning rate that changes, and the losses and weights after some of them. */
function train(prepare: (step: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => Tensor): unknown[] {
  manualSeed(11);
  const net = new nn.Sequential(new nn.Linear(8, 24), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(24, 4));
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 });
  const step = prepare((x, y) => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const losses: Tensor[] = [];
  for (let i = 0; i < 7; i++) {
    optimizer.lr = 0.02 / (1 + i);
    losses.push(step(randn([16, 8]), randint(0, 4, [16], { dtype: "int32" })));
  }
  // Read in the end: each must still have the value of its own step.
  return [losses.map((loss) => loss.item()), ...[...net.parameters()].map((each) => noGrad(() => each.detach().toArray()))];
}

describe("a compiled training step on a card", () => {
  it("is one graph, and gives the losses and weights of the steps run line by line, to the last bit", () => {
    const eager = train((step) => step);
    let compiled: ReturnType<typeof compile<[Tensor, Tensor], Tensor>> | undefined;
    expect(train((step) => (compiled = compile(step)))).toEqual(eager);
    const [program] = compiled!.programs;
    expect(program!.replays).toBeGreaterThanOrEqual(5);
    expect(program!.card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    expect(program!.card!.graphKernels).toBeGreaterThan(10);
    // Labels are compared with their range by one of the kernels.
    expect(program!.card!.alone).toEqual([]);
    expect(String(compiled)).toMatch(/on the card: 1 graph of \d+ kernels, of which \d+ in a row$/m);
  });

  it("names a label outside its range, and leaves the weights as they were", () => {
    const weight = randn([3, 4]).requiresGrad_();
    const optimizer = new optim.SGD([weight], { lr: 0.1 });
    const step = compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(x.matmul(weight), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const x = randn([2, 3]);
    for (let i = 0; i < 3; i++) step(x, tensor([0, 3], { dtype: "int32" }));
    const before = weight.detach().clone().toArray();
    expect(() => step(x, tensor([1, 4], { dtype: "int32" }))).toThrow(/label 4 is outside the range/);
    expect(weight.detach().toArray()).toEqual(before);
    expect(Number.isFinite(step(x, tensor([1, 1], { dtype: "int32" })).item())).toBe(true);
  });
});

describe("a program on a card", () => {
  it("never writes over results that are held, nor over gradients copied from it", () => {
    const w = randn([5]).requiresGrad_();
    const f = compile((x: Tensor) => {
      w.grad = null;
      const y = x.mul(w).tanh();
      y.sum().backward();
      return { y, first: y.slice(0, 0, 2) };
    });
    const inputs = Array.from({ length: 5 }, () => randn([5]));
    const held = inputs.map((x) => ({ ...f(x), gradient: w.grad!.clone() }));
    held.forEach(({ y, first, gradient }, i) => {
      const expected = inputs[i]!.mul(w).tanh().detach();
      expect(y.toArray()).toEqual(expected.toArray());
      expect(first.toArray()).toEqual(expected.slice(0, 0, 2).toArray());
      const slope = inputs[i]!.mul(expected.square().neg().add(1)).toArray() as number[];
      (gradient.toArray() as number[]).forEach((each, k) => expect(each).toBeCloseTo(slope[k]!, 5));
    });
  });

  it("changes arguments and captured tensors in place where they lie, in each run those it is given", () => {
    const kept = tensor([1, 2, 3]);
    const f = compile((x: Tensor) => {
      kept.add_(x);
      x.mul_(2);
      return kept.sum();
    });
    const [a, b] = [tensor([1, 1, 1]), tensor([10, 20, 30])];
    const sums = [f(a), f(b), f(a)].map((each) => each.item());
    expect(sums).toEqual([9, 69, 75]);
    expect([a.toArray(), b.toArray(), kept.toArray()]).toEqual([[4, 4, 4], [20, 40, 60], [14, 25, 36]]);
  });

  it("runs kernels side by side that have nothing to do with one another", () => {
    const [v, w] = [randn([6, 6]), randn([6, 6])];
    // Two chains of a product and what follows it meet in a sum.
    const f = compile((x: Tensor) => x.matmul(v).tanh().matmul(v).add(x.matmul(w).sigmoid().matmul(w)));
    const x = randn([6, 6]);
    f(x);
    const expected = f(x).toArray();
    expect(f.programs[0]!.card).toMatchObject({ graphKernels: 7, longestChain: 4 });
    for (let i = 0; i < 20; i++) expect(f(x).toArray()).toEqual(expected);
  });

  it("lets kernels wait for those that still read where they write, in a program so large that values share places", () => {
    const walk = (start: Tensor): Tensor => {
      let at = start;
      for (let i = 0; i < 5; i++) at = at.sub(rand([2 ** 19], { dtype: "float64" }));
      return at.slice(0, 0, 2 ** 19, 1000).clone();
    };
    const start = rand([2 ** 19], { dtype: "float64" });
    const walks = (fn: typeof walk): string[] =>
      [1, 2, 3].map((seed) => {
        manualSeed(seed);
        return bits(fn(start));
      });
    const f = compile(walk);
    expect(walks(f)).toEqual(walks(walk));
    expect(f.programs[0]!.bytes).toBeLessThan(2 ** 24);
  });

  it("lets kernels wait where an argument may be a captured tensor, or another argument", () => {
    const kept = tensor([1, 2, 3]);
    const f = compile((x: Tensor, y: Tensor) => {
      const before = [kept.sum(), y.cumsum(0)];
      x.add_(1);
      return [...before, kept.sum(), y.cumsum(0)];
    });
    const [a, b] = [tensor([5, 5, 5]), tensor([7, 7, 7])];
    f(a, b);
    f(a, b);
    let now = [1, 2, 3];
    for (let i = 0; i < 20; i++) {
      const next = now.map((each) => each + 1);
      const running = (list: number[]): number[] => list.map((_, k) => list.slice(0, k + 1).reduce((p, q) => p + q));
      const sum = (list: number[]): number => list.reduce((p, q) => p + q);
      expect(f(kept, kept.view([3])).map((each) => each.toArray())).toEqual([sum(now), running(now), sum(next), running(next)]);
      now = next;
    }
  });

  it("runs what the CPU computes between two graphs, and says so", () => {
    const turned = (x: Tensor): Tensor => {
      const symmetric = x.add(x.t()).mul(0.5);
      // Without the method's look at whether it went well, which no program can hold.
      const [eigenvalues] = callMultiple(ops.eig, ops.eig.plan(symmetric.matmul(symmetric))) as [Tensor];
      return eigenvalues.mul(2).sum().add(1);
    };
    const x = randn([4, 4]);
    const f = compile(turned);
    f(x);
    expect(f(x).toArray()).toEqual(turned(x).toArray());
    const { card } = f.programs[0]!;
    expect(card).toMatchObject({ graphs: 2, otherKernels: 0 });
    expect(card!.alone).toEqual([expect.stringMatching(/^eig: the CPU computes it/)]);
  });

  it("holds decompositions, transforms and random orders in its graph", () => {
    const mixed = (x: Tensor): Tensor => {
      const { real, imaginary } = fft.rfft(linalg.solveTriangular(x, linalg.qr(x).r, { upper: false }));
      return real.square().add(imaginary.square()).sum().add(linalg.det(x)).add(linalg.slogdet(x).logabsdet).add(randperm(6).indexSelect(0, tensor([2, 4], { dtype: "int32" })).sum());
    };
    const x = randn([35, 35]);
    const f = compile(mixed);
    const run = (one: (x: Tensor) => Tensor): unknown[] => {
      manualSeed(3);
      return [x, x.mul(0.5), x.t()].map((each) => one(each).item());
    };
    const eager = run(mixed);
    expect(run(f)).toEqual(eager);
    expect(run(f)).toEqual(eager);
    const { card } = f.programs[0]!;
    expect(card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    expect(card!.alone).toEqual([]);
  });

  it("starts a single kernel without a graph", () => {
    const f = compile((x: Tensor) => x.exp());
    f(randn([3]));
    f(randn([3]));
    expect(f.programs[0]!.card).toMatchObject({ graphs: 0, graphKernels: 0, otherKernels: 1 });
  });

  it("gives back its memory, and what its kernels need for a while, with the function", () => {
    for (let i = 0; i < 4; i++) collectGarbage("full");
    const before = device.info().cuda!.bytes;
    const make = (): void => {
      const f = compile((x: Tensor) => x.add(1).matmul(x).add(2).sum());
      f(randn([256, 256]));
      f(randn([256, 256]));
      expect(device.info().cuda!.bytes - before).toBeGreaterThan(1 << 18);
    };
    make();
    for (let i = 0; i < 4; i++) collectGarbage("full");
    expect(device.info().cuda!.bytes - before).toBeLessThan(1 << 16);
  });

  it("is another one where the default device is another", () => {
    const f = compile((x: Tensor) => x.add(1));
    const here = tensor([1, 2]).to("cpu");
    expect(isTensor(f(here))).toBe(true);
    expect(f(here).device).toBe("cpu");
    expect(f(tensor([1, 2])).device).toBe("cuda");
  });

  it("is refused where the function works on two devices", () => {
    const here = tensor([1, 2]).to("cpu");
    const f = compile((x: Tensor) => [x.add(1), here.add(1)]);
    expect(() => f(tensor([1, 2]))).toThrow(/works on tensors on "cuda" and on others on "cpu"/);
  });
});

describe("where the driver", () => {
  const program = (between: string): string => `
    const { compile, tensor } = nabla;
    const f = compile((x) => x.add(1).mul(2).exp().sum().abs());
    const x = tensor([0, 1]);
    f(x); f(x);
    ${between}
    console.log([f(x).item().toFixed(3), String(f).split("\\n").filter((line) => /card|graph/.test(line)).map((line) => line.trim()).join(" / ")].join(" | "));`;

  it("starts the graph, no kernel is started beside it", () => {
    expect(said(program(`process.env.NABLA_FAKE_CUDA = "fail=cuLaunchKernel:1";`), { ...fakeCard(), NABLA_DEVICE: "cuda" })).toMatch(
      /^61\.987 \| on the card: 1 graph of \d kernels$/,
    );
  });

  it.each(["cuGraphCreate", "cuGraphAddKernelNode_v2", "cuGraphInstantiateWithFlags"])("fails in %s, the same kernels run one by one, and the program says why", (name) => {
    expect(said(program(""), { ...fakeCard(`fail=${name}:1`), NABLA_DEVICE: "cuda" })).toMatch(
      /^61\.987 \| on the card: 0 graphs of 0 kernels; kernels started one by one: \d \/ no graph: the driver does not .*graph.*: CUDA_ERROR_OUT_OF_MEMORY/,
    );
  });

  it.each(["cuGraphExecKernelNodeSetParams_v2", "cuGraphLaunch"])("fails in %s later on, the step is still done once", (name) => {
    expect(said(program(`process.env.NABLA_FAKE_CUDA = "fail=${name}:1";`), { ...fakeCard(), NABLA_DEVICE: "cuda" })).toMatch(
      /^61\.987 \| on the card: 0 graphs .* no graph: the driver does not (change|start)/,
    );
  });

  it("loses its card, the error names what happened", () => {
    expect(said(program(`process.env.NABLA_FAKE_CUDA = "fail=cuStreamSynchronize:1"; try { x.add(1).data(); } catch {} `), { ...fakeCard(), NABLA_DEVICE: "cuda" })).toMatch(
      /^DeviceError: compiled function: the card Fake card failed/,
    );
  });
});
