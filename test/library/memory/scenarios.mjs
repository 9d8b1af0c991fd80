/**
 * What a learner's cell does in one synchronous job, run as a process of its own so that its memory can be measured:
 * `node scenarios.mjs NAME [COUNT] [ballast]` prints one line of JSON. `ballast` is a live heap as large as that of a kernel with the
 * TypeScript compiler in it, beside which V8 sees no reason to collect.
 */
import { memory, nn, noGrad, optim, rand, randn, tensor, zeros } from "nabla";

const ballast = process.argv.includes("ballast")
  ? Array.from({ length: 2_200_000 }, (_, i) => ({ a: i, b: { c: i }, d: [i] }))
  : [];

/** What those objects take, in megabytes. */
const live = () => {
  globalThis.gc();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
};

/** How often the loop runs. */
const rounds = Number(process.argv[3]) || 100_000;

/** Peak resident memory of this process, in megabytes. */
const peak = () => Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);

const scenarios = {
  /** The collector finds tensors dead and their memory is back before the job ends. */
  collect() {
    const before = memory().tensors;
    let tensors = Array.from({ length: 10_000 }, () => zeros([64]));
    const made = memory().tensors - before;
    tensors = undefined;
    globalThis.gc();
    return { made, left: memory().tensors - before };
  },

  /** Tensors of 64 KB, one at a time: 6.5 GB of them, or 65. */
  large() {
    let made = 0;
    for (; made < rounds; made++) zeros([16_384]);
    return { made };
  },

  /** A small regression by hand: what matters is the number of steps. */
  steps() {
    const weight = rand([4, 4], { requiresGrad: true });
    const x = rand([4, 4]);
    for (let i = 0; i < rounds; i++) trainingStep(weight, x);
    return { weight: weight.sum().item() };
  },

  /** The ordinary loop of a chapter: two layers with tanh learn to tell a sum from its opposite by plain gradient descent. */
  perceptron() {
    const weights = [randn([16, 8]), zeros([16]), randn([1, 16]), zeros([1])].map((weight) => weight.mul(0.3).requiresGrad_());
    const [hiddenWeight, hiddenBias, outputWeight, outputBias] = weights;
    const optimizer = new optim.SGD(weights, { lr: 0.01 });
    const x = randn([32, 8]);
    const y = x.sum({ dim: 1, keepdim: true }).tanh();
    const errorOf = () => {
      const hidden = nn.functional.linear(x, hiddenWeight, hiddenBias).tanh();
      return nn.functional.mseLoss(nn.functional.linear(hidden, outputWeight, outputBias), y);
    };
    const first = errorOf().item();
    let steps = 0;
    for (; steps < rounds; steps++) {
      optimizer.zeroGrad();
      errorOf().backward();
      optimizer.step();
    }
    return { steps, first, last: errorOf().item() };
  },

  /** The same, with every loss kept as a tensor, as beginners do. */
  losses() {
    const weight = rand([4, 4], { requiresGrad: true });
    const x = rand([4, 4]);
    const losses = [];
    for (let i = 0; i < rounds; i++) losses.push(trainingStep(weight, x));
    return { kept: losses.length, last: losses.at(-1).item() };
  },

  /** What one op costs that computes next to nothing: nanoseconds, the best of many rounds. */
  eager(limit) {
    const a = tensor([1, 2, 3, 4]);
    const b = tensor([5, 6, 7, 8]);
    const calls = 20_000;
    // The best of many rounds, and no more rounds than it takes: the other core may be busy for seconds, and slow this one.
    const end = performance.now() + 20_000;
    let best = Infinity;
    for (let round = 0; round < 30 || (best > limit && performance.now() < end); round++) {
      const start = performance.now();
      for (let i = 0; i < calls; i++) a.add(b);
      best = Math.min(best, ((performance.now() - start) / calls) * 1e6);
    }
    return { nanoseconds: Math.round(best) };
  },
};

function trainingStep(weight, x) {
  const loss = x.matmul(weight).add(-1).sum();
  loss.backward();
  noGrad(() => weight.add_(tensor(1e-9)));
  weight.grad = null;
  return loss;
}

const started = performance.now();
const result = scenarios[process.argv[2]](Number(process.argv[3]));
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ ...result, objects: ballast.length, seconds, peak: peak(), live: live() }));
