/**
 * What a learner's cell does in one synchronous job, run as a process of its own so that its memory can be measured:
 * `node scenarios.mjs NAME` prints one line of JSON. `ballast` is a live heap as large as that of a kernel with the
 * TypeScript compiler in it, beside which V8 sees no reason to collect.
 */
import { memory, noGrad, rand, tensor, zeros } from "nabla";

const ballast = process.argv.includes("ballast")
  ? Array.from({ length: 2_000_000 }, (_, i) => ({ a: i, b: { c: i }, d: [i] }))
  : [];

/** Peak resident memory of this process, in megabytes. */
const peak = () => Math.round(process.resourceUsage().maxRSS / 1024);

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

  /** 6.5 GB of tensors of 64 KB, one at a time. */
  large() {
    for (let i = 0; i < 100_000; i++) zeros([16_384]);
    return {};
  },

  /** A small regression by hand: what matters is the number of steps. */
  steps() {
    const weight = rand([4, 4], { requiresGrad: true });
    const x = rand([4, 4]);
    for (let i = 0; i < 100_000; i++) trainingStep(weight, x);
    return { weight: weight.sum().item() };
  },

  /** The same, with every loss kept as a tensor, as beginners do. */
  losses() {
    const weight = rand([4, 4], { requiresGrad: true });
    const x = rand([4, 4]);
    const losses = [];
    for (let i = 0; i < 100_000; i++) losses.push(trainingStep(weight, x));
    return { kept: losses.length, last: losses.at(-1).item() };
  },

  /** What one op costs that computes next to nothing: nanoseconds, the best of many rounds. */
  eager() {
    const a = tensor([1, 2, 3, 4]);
    const b = tensor([5, 6, 7, 8]);
    const calls = 20_000;
    let best = Infinity;
    for (let round = 0; round < 30; round++) {
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
const result = scenarios[process.argv[2]]();
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ ...result, ballast: ballast.length, seconds, peak: peak() }));
