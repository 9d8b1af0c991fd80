/**
 * A training run, compiled and eager side by side: shuffled batches, dropout, a schedule, momentum, a short last batch. The
 * oracle is the same function without `compile`; every loss and every parameter must agree to the last bit.
 */
import { describe, expect, test } from "vitest";
import { bernoulli, compile, manualSeed, memory, nn, ones, optim, rand, randn, randperm, tensor, zeros } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";

/** The bits of tensors, so that NaN and the sign of zero count. */
export const bits = (tensors: readonly Tensor[]): string[] =>
  tensors.map((each) => Buffer.from(new Uint8Array(each.data().buffer)).toString("hex"));

function network(momentum: number) {
  manualSeed(3);
  const leaf = (shape: number[], scale: number): Tensor => randn(shape).mul(scale).detach().requiresGrad_();
  const parameters = [leaf([20, 130], 0.2), leaf([130], 0.1), leaf([130, 5], 0.1), leaf([5], 0.1)];
  const [w1, b1, w2, b2] = parameters as [Tensor, Tensor, Tensor, Tensor];
  const optimizer = new optim.SGD(parameters, { lr: 0.1, momentum });
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const hidden = x.matmul(w1).add(b1).relu();
    const kept = nn.functional.dropout(hidden, { p: 0.2 });
    const loss = nn.functional.crossEntropy(kept.matmul(w2).add(b2), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { parameters, optimizer, step };
}

/** Five epochs over 300 examples in batches of 64, the last one of 44. Returns the bits of each loss and of all parameters. */
function train(momentum: number, prepare: (step: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => Tensor): string[] {
  const { parameters, optimizer, step } = network(momentum);
  const run = prepare(step);
  const examples = randn([300, 20]);
  const labels = tensor(Array.from({ length: 300 }, (_, i) => (i * 7) % 5), { dtype: "int32" });
  const losses: Tensor[] = [];
  for (let epoch = 0; epoch < 5; epoch++) {
    optimizer.lr = 0.1 / (1 + epoch);
    const order = randperm(300);
    const [x, y] = [examples.indexSelect(0, order), labels.indexSelect(0, order)];
    for (let from = 0; from < 300; from += 64) {
      const to = Math.min(from + 64, 300);
      losses.push(run(x.slice(0, from, to), y.slice(0, from, to)));
    }
  }
  return bits([...losses, ...parameters]);
}

describe("a compiled training run", () => {
  test("makes two programs for full and short batches, replays all other steps, and has the bits of the eager run", () => {
    const eager = train(0, (step) => step);
    let compiled: ReturnType<typeof compile<[Tensor, Tensor], Tensor>> | undefined;
    const replayed = train(0, (step) => (compiled = compile(step)));
    expect(replayed).toEqual(eager);
    expect(compiled!.programs.map(({ replays }) => replays).sort((a, b) => a - b)).toEqual([4, 19]);
  });

  test("lets the first run make an optimiser's state, and traces the second", () => {
    const eager = train(0.9, (step) => step);
    let compiled: ReturnType<typeof compile<[Tensor, Tensor], Tensor>> | undefined;
    expect(train(0.9, (step) => (compiled = compile(step)))).toEqual(eager);
    expect(compiled!.programs).toHaveLength(2);
  });

  test("gives each step's gradients when they are read, never those of another step", () => {
    const gradients = (prepare: <F>(step: F) => F): string[] => {
      const { parameters, step } = network(0);
      const run = prepare(step);
      const seen: Tensor[] = [];
      for (let i = 0; i < 6; i++) {
        run(randn([8, 20]), tensor([0, 1, 2, 3, 4, 0, 1, 2], { dtype: "int32" }));
        if (i % 2 === 1) seen.push(...parameters.map(({ grad }) => grad!));
      }
      return bits(seen);
    };
    expect(gradients((step) => compile(step as never) as never)).toEqual(gradients((step) => step));
  });

  test("clears gradients where the function clears them last, and adds to those it finds", () => {
    const weight = tensor([1, 2, 3], { requiresGrad: true });
    const clearing = compile((x: Tensor) => {
      x.mul(weight).sum().backward();
      weight.grad = null;
    });
    const adding = compile((x: Tensor) => x.mul(weight).sum().backward());
    for (let i = 0; i < 3; i++) clearing(tensor([1, 1, 1]));
    expect(weight.grad).toBeNull();
    for (let i = 0; i < 5; i++) adding(tensor([1, 2, 4]));
    expect(weight.grad!.toArray()).toEqual([5, 10, 20]);
    weight.grad = null;
    adding(tensor([1, 2, 4]));
    expect(weight.grad!.toArray()).toEqual([1, 2, 4]);
    expect(adding.programs.map(({ replays }) => replays).sort((a, b) => a - b)).toEqual([1, 3]);
  });

  test("keeps memory flat over 100,000 replays", () => {
    const weight = tensor([0.5, 0.25], { requiresGrad: true });
    const optimizer = new optim.SGD([weight], { lr: 0.01 });
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      const loss = x.mul(weight).sum();
      loss.backward();
      optimizer.step();
      return loss;
    });
    const x = tensor([1, 2]);
    for (let i = 0; i < 1000; i++) step(x);
    const before = process.memoryUsage().rss;
    const bytes = memory().bytes;
    for (let i = 0; i < 100_000; i++) step(x);
    expect(step.programs[0]!.replays).toBe(100_999);
    expect(memory().bytes - bytes).toBeLessThan(64 << 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });
});

describe("a compiled function draws and normalises as the eager one does", () => {
  const runs = (prepare: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor, step: (x: Tensor) => Tensor): string[] => {
    manualSeed(5);
    const run = prepare(step);
    const made = Array.from({ length: 4 }, () => run(rand([40, 7])));
    return bits(made);
  };
  const agree = (make: () => (x: Tensor) => Tensor): void => {
    expect(runs((step) => compile(step), make())).toEqual(runs((step) => step, make()));
  };

  test("samples by probabilities", () => agree(() => (x) => bernoulli(x.sigmoid()).add(x)));

  test("one Gibbs step of a Boltzmann machine", () => {
    manualSeed(6);
    const weight = randn([7, 5]);
    agree(() => (x) => bernoulli(bernoulli(x.matmul(weight).sigmoid()).matmul(weight.t()).sigmoid()));
  });

  test("batch normalisation with its running statistics", () =>
    agree(() => {
      const [mean, variance] = [zeros([7]), ones([7])];
      return (x) => nn.functional.batchNorm(x, mean, variance, { training: true }).add(mean).mul(variance);
    }));

  test("convolution and pooling, forward and back", () => {
    manualSeed(7);
    const weight = randn([3, 1, 3, 3]);
    agree(() => {
      const own = weight.clone().requiresGrad_();
      const optimizer = new optim.Adam([own], { lr: 0.1 });
      return (x) => {
        optimizer.zeroGrad();
        const loss = nn.functional.conv2d(x.reshape([4, 1, 7, 10]), own).relu().maxPool2d(2).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      };
    });
  });
});
