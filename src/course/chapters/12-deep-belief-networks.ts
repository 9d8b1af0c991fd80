/**
 * Exercises of chapter 12: the parameters of a stack, the loss, going up and down the levels, patience, and the bound that
 * greedy training raises. Right answers come from the library's belief network and loss, or from the definitions followed
 * step by step.
 */
import { crossEntropy } from "../../nn/losses/classification.ts";
import { DBN } from "../../nn/models/dbn.ts";
import { RBM } from "../../nn/models/rbm.ts";
import { tensor } from "../../tensor/creation.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const pairs = (sizes: readonly number[]): [inputs: number, outputs: number][] => sizes.slice(1).map((size, i) => [sizes[i]!, size]);

const parameters = exercise<[sizes: number[], classes: number]>({
  id: "12.1",
  stars: 1,
  title: { en: "How many parameters?", zh: "有多少个参数？" },
  inputs: ["sizes", "classes"],
  draw: (draw) => [Array.from({ length: draw.trial % 2 === 0 ? 3 : 4 }, () => draw.int(3, 30)), draw.int(2, 10)],
  answer: (sizes, classes) => sum(new DBN(sizes, classes).classifierParameters().map(({ numel }) => numel)),
  mistakes: [
    {
      name: "visible-biases-too",
      says: { en: "You counted the machines' visible biases; going up, nobody uses them.", zh: "你把各机器的可见偏置也算进去了；向上时用不到它们。" },
      answer: (sizes, classes) => sum(pairs([...sizes, classes]).map(([i, o]) => (i + 1) * o)) + sum(sizes.slice(0, -1)),
    },
    {
      name: "forgot-the-output",
      says: { en: "The output layer is missing.", zh: "缺少输出层。" },
      answer: (sizes) => sum(pairs(sizes).map(([i, o]) => (i + 1) * o)),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each unit above the input.", zh: "缺少偏置：输入层以上的每个单元都有一个。" },
      answer: (sizes, classes) => sum(pairs([...sizes, classes]).map(([i, o]) => i * o)),
    },
  ],
  hints: [
    { en: "Write the sizes with the number of classes at the end: what joins each to the next?", zh: "把类别数写在各层大小之后：相邻两层之间有什么？" },
    { en: "From a layer of n to one of m: n · m weights and m biases.", zh: "从 n 个单元的层到 m 个单元的层：n · m 个权重和 m 个偏置。" },
    { en: "`[...sizes, classes]`, then the sum of `(n + 1) * m` over neighbours", zh: "先写 `[...sizes, classes]`，再对相邻的 n、m 求 `(n + 1) * m` 之和" },
  ],
});

/** Rows of probabilities that add up to one. */
const shares = (draw: Draw, rows: number, classes: number): number[][] =>
  Array.from({ length: rows }, () => {
    const parts = Array.from({ length: classes }, () => draw.number(0.1, 1));
    return parts.map((part) => part / sum(parts));
  });

const nll = exercise<[probabilities: number[][], labels: number[]]>({
  id: "12.2",
  stars: 1,
  title: { en: "The loss", zh: "损失" },
  inputs: ["probabilities", "labels"],
  draw: (draw) => {
    const [rows, classes] = [draw.int(3, 5), draw.int(3, 5)];
    return [shares(draw, rows, classes), Array.from({ length: rows }, () => draw.int(0, classes - 1))];
  },
  // The logarithms of probabilities are scores that softmax leaves as they are.
  answer: (probabilities, labels) => crossEntropy(tensor(probabilities, { dtype: "float64" }).log(), tensor(labels, { dtype: "int32" })).item(),
  mistakes: [
    {
      name: "sum",
      says: { en: "You added; the mean over the examples is asked for.", zh: "你求了和；要的是对样本的平均。" },
      answer: (probabilities, labels) => -sum(probabilities.map((row, n) => Math.log(row[labels[n]!]!))),
    },
    {
      name: "forgot-the-minus",
      says: { en: "The minus is missing: a loss falls as the probability of the truth rises.", zh: "缺少负号：真实类别的概率越大，损失应越小。" },
      answer: (probabilities, labels) => sum(probabilities.map((row, n) => Math.log(row[labels[n]!]!))) / labels.length,
    },
    {
      name: "logarithm-of-the-mean",
      says: { en: "The logarithm of each probability first, then the mean.", zh: "先对每个概率取对数，再求平均。" },
      answer: (probabilities, labels) => -Math.log(sum(probabilities.map((row, n) => row[labels[n]!]!)) / labels.length),
    },
    {
      name: "largest-in-place-of-true",
      says: { en: "You took the largest probability of each row, not that of the true class.", zh: "你取了每行最大的概率，而不是真实类别的概率。" },
      answer: (probabilities) => -sum(probabilities.map((row) => Math.log(Math.max(...row)))) / probabilities.length,
    },
  ],
  hints: [
    { en: "Section 6 does it for 0.91, 0.82 and 0.73.", zh: "第 6 节对 0.91、0.82、0.73 算过。" },
    { en: "Of row n the number at labels[n] counts.", zh: "第 n 行中取 labels[n] 处的数。" },
    { en: "`probabilities.map((row, n) => Math.log(row[labels[n]]))`, then minus the mean", zh: "`probabilities.map((row, n) => Math.log(row[labels[n]]))`，再取平均的相反数" },
  ],
});

type Up = { W: Tensor; b: Tensor };

const upwards = (x: Tensor, levels: readonly Up[], each: (z: Tensor) => Tensor): Tensor =>
  levels.reduce((value, { W, b }) => each(value.matmul(W.t()).add(b)), x);

const encode = exercise<[x: Tensor, levels: Up[]]>({
  id: "12.3",
  stars: 2,
  title: { en: "Up the stack", zh: "沿堆叠向上" },
  inputs: ["x", "levels"],
  draw: (draw) => {
    const sizes = Array.from({ length: 3 + (draw.trial % 2) }, () => draw.int(2, 5));
    return [draw.uniform([3, sizes[0]!]), pairs(sizes).map(([i, o]) => ({ W: draw.normal([o, i]), b: draw.normal([o]) }))];
  },
  answer: (x, levels) => {
    const machines = levels.map(({ W, b }) => {
      const rbm = new RBM(W.shape[1]!, W.shape[0]!).to("float64");
      noGrad(() => {
        rbm.weight.copy_(W);
        rbm.hiddenBias.copy_(b);
      });
      return rbm;
    });
    return noGrad(() => machines.reduce((value, machine) => machine.propUp(value), x));
  },
  mistakes: [
    {
      name: "sigmoid-at-the-top-alone",
      says: { en: "Every level has its sigmoid, not only the last one.", zh: "每一层都要取 sigmoid，而不只是最后一层。" },
      answer: (x, levels) => upwards(x, levels, (z) => z).sigmoid(),
    },
    {
      name: "no-sigmoid-at-the-top",
      says: { en: "The top level's scores are not yet probabilities.", zh: "顶层的得分还不是概率。" },
      answer: (x, levels) => upwards(upwards(x, levels.slice(0, -1), (z) => z.sigmoid()), levels.slice(-1), (z) => z),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing.", zh: "缺少偏置。" },
      answer: (x, levels) => levels.reduce((value, { W }) => value.matmul(W.t()).sigmoid(), x),
    },
    {
      name: "tanh",
      says: { en: "These are tanh layers; the machines were trained with sigmoids.", zh: "这是 tanh 层；各机器是用 sigmoid 训练的。" },
      answer: (x, levels) => upwards(x, levels, (z) => z.tanh()),
    },
  ],
  hints: [
    { en: "What one machine gives is what the next one gets.", zh: "一台机器的输出就是下一台的输入。" },
    { en: "One level: σ(x Wᵀ + b).", zh: "一层：σ(x Wᵀ + b)。" },
    { en: "`for (const { W, b } of levels) x = x.matmul(…).add(b).sigmoid();`", zh: "`for (const { W, b } of levels) x = x.matmul(…).add(b).sigmoid();`" },
  ],
});

type Down = { W: Tensor; c: Tensor };

const downwards = (h: Tensor, levels: readonly Down[], each: (z: Tensor) => Tensor): Tensor =>
  levels.toReversed().reduce((value, { W, c }) => each(value.matmul(W).add(c)), h);

const down = exercise<[h: Tensor, levels: Down[]]>({
  id: "12.4",
  stars: 2,
  title: { en: "Down the stack", zh: "沿堆叠向下" },
  inputs: ["h", "levels"],
  draw: (draw) => {
    // All of one size, so that levels in the wrong order fit too and can be told.
    const side = draw.int(3, 4);
    const levels = Array.from({ length: 2 + (draw.trial % 2) }, () => ({ W: draw.normal([side, side]), c: draw.normal([side]) }));
    return [draw.uniform([3, side]).gt(0.5).to("float64"), levels];
  },
  answer: (h, levels) => {
    let value = h;
    for (let i = levels.length - 1; i >= 0; i--) {
      const { W, c } = levels[i]!;
      const rbm = new RBM(W.shape[1]!, W.shape[0]!).to("float64");
      noGrad(() => {
        rbm.weight.copy_(W);
        rbm.visibleBias.copy_(c);
      });
      value = noGrad(() => rbm.propDown(value));
    }
    return value;
  },
  mistakes: [
    {
      name: "wrong-order",
      says: { en: "You began with the lowest machine; the way down begins at the top.", zh: "你从最低的机器开始了；向下应从顶层开始。" },
      answer: (h, levels) => downwards(h, levels.toReversed(), (z) => z.sigmoid()),
    },
    {
      name: "weights-turned-over",
      says: { en: "Going down W is used as it is, h W; its transpose leads up.", zh: "向下时直接用 W，即 h W；转置是向上用的。" },
      answer: (h, levels) => levels.toReversed().reduce((value, { W, c }) => value.matmul(W.t()).add(c).sigmoid(), h),
    },
    {
      name: "no-sigmoid-at-the-bottom",
      says: { en: "The lowest level's scores are not yet probabilities.", zh: "最低层的得分还不是概率。" },
      answer: (h, levels) => downwards(downwards(h, levels.slice(1), (z) => z.sigmoid()), levels.slice(0, 1), (z) => z),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The visible units' biases are missing.", zh: "缺少可见单元的偏置。" },
      answer: (h, levels) => levels.toReversed().reduce((value, { W }) => value.matmul(W).sigmoid(), h),
    },
  ],
  hints: [
    { en: "The last machine of the list comes first.", zh: "列表中的最后一台机器最先用到。" },
    { en: "One level down: σ(h W + c).", zh: "向下一层：σ(h W + c)。" },
    { en: "`for (const { W, c } of levels.toReversed()) h = h.matmul(…)…;`", zh: "`for (const { W, c } of levels.toReversed()) h = h.matmul(…)…;`" },
  ],
});

/** The rule with its parts to be changed. */
function patienceRule(errors: number[], patience: number, { factor = 2, threshold = 0.995, keep = true, first = 1 } = {}): number {
  let best = Infinity;
  for (let t = 0; t < errors.length; t++) {
    if (errors[t]! < threshold * best) {
      best = errors[t]!;
      patience = keep ? Math.max(patience, factor * (t + first)) : factor * (t + first);
    }
    if (t + 1 >= patience) return t + 1;
  }
  return errors.length;
}

const patience = exercise<[errors: number[], patience: number]>({
  id: "12.5",
  stars: 2,
  title: { en: "Patience", zh: "耐心" },
  inputs: ["errors", "patience"],
  draw: (draw) => {
    // A fall at the first step, a large one, and one too small to count, so that every part of the rule matters.
    const start = draw.number(0.4, 0.5);
    const large = draw.int(6, 8);
    const small = draw.int(11, 12);
    return [Array.from({ length: 60 }, (_, t) => (t < large ? start : t < small ? start * 0.8 : start * 0.799)), draw.int(9, 10)];
  },
  answer: (errors, given) => {
    let [limit, best, step] = [given, Infinity, 0];
    while (step < errors.length) {
      const error = errors[step]!;
      step += 1;
      if (error / best < 0.995) [best, limit] = [error, Math.max(limit, 2 * step)];
      if (step >= limit) break;
    }
    return step;
  },
  mistakes: [
    {
      name: "every-fall-counts",
      says: { en: "A fall of less than half a percent does not count.", zh: "不到千分之五的下降不算改进。" },
      answer: (errors, given) => patienceRule(errors, given, { threshold: 1 }),
    },
    {
      name: "patience-never-grows",
      says: { en: "Your patience stays as it was; an improvement at step s makes it at least 2 s.", zh: "你的耐心没有变；在第 s 步有改进时它至少为 2 s。" },
      answer: (errors, given) => patienceRule(errors, given, { factor: 0 }),
    },
    {
      name: "patience-shrinks",
      says: { en: "An early improvement made your patience smaller; take the larger of the two.", zh: "早期的改进使你的耐心变小了；应取两者中较大的。" },
      answer: (errors, given) => patienceRule(errors, given, { keep: false }),
    },
    {
      name: "counted-from-zero",
      says: { en: "`errors[t]` belongs to step t + 1.", zh: "`errors[t]` 属于第 t + 1 步。" },
      answer: (errors, given) => patienceRule(errors, given, { first: 0 }),
    },
  ],
  hints: [
    { en: "Keep three numbers: the step, the best error, the patience.", zh: "记住三个数：步数、最小误差、耐心。" },
    { en: "After each step: is the error below 0.995 × best? Then best and patience change. Then: has the step reached the patience?", zh: "每一步之后：误差是否小于 0.995 × 最小误差？若是，更新最小误差与耐心。然后：步数达到耐心了吗？" },
    { en: "`patience = Math.max(patience, 2 * (t + 1)); … if (t + 1 >= patience) return t + 1;`", zh: "`patience = Math.max(patience, 2 * (t + 1)); … if (t + 1 >= patience) return t + 1;`" },
  ],
});

const entropyOf = (q: readonly number[]): number => -sum(q.map((each) => (each > 0 ? each * Math.log(each) : 0)));
const expected = (q: readonly number[], values: readonly number[]): number => sum(q.map((each, s) => each * values[s]!));

const bound = exercise<[q: number[], logPrior: number[], logGiven: number[]]>({
  id: "12.6",
  stars: 3,
  title: { en: "The bound", zh: "下界" },
  inputs: ["q", "logPrior", "logGiven"],
  draw: (draw) => {
    const states = draw.pick([4, 8]);
    const [q] = shares(draw, 1, states) as [number[]];
    if (draw.trial > 0) [q[0], q[1]] = [0, q[0]! + q[1]!];
    const prior = shares(draw, 1, states)[0]!.map(Math.log);
    return [q, prior, draw.numbers(states).map((each) => -Math.abs(each) - 0.1)];
  },
  // log P(v) less the divergence of q from the posterior.
  answer: (q, logPrior, logGiven) => {
    const joint = logPrior.map((prior, s) => prior + logGiven[s]!);
    const evidence = Math.log(sum(joint.map(Math.exp)));
    return evidence - sum(q.map((each, s) => (each > 0 ? each * (Math.log(each) - (joint[s]! - evidence)) : 0)));
  },
  mistakes: [
    {
      name: "forgot-the-entropy",
      says: { en: "The entropy of q is missing.", zh: "缺少 q 的熵。" },
      answer: (q, logPrior, logGiven) => expected(q, logPrior) + expected(q, logGiven),
    },
    {
      name: "entropy-with-the-other-sign",
      says: { en: "The entropy is −Σ q log q; you added Σ q log q.", zh: "熵是 −Σ q log q；你加的是 Σ q log q。" },
      answer: (q, logPrior, logGiven) => expected(q, logPrior) + expected(q, logGiven) - entropyOf(q),
    },
    {
      name: "likelihood-itself",
      says: { en: "This is log P(v) itself, which needs no q; asked for is the bound.", zh: "这是 log P(v) 本身，与 q 无关；要的是下界。" },
      answer: (_q, logPrior, logGiven) => Math.log(sum(logPrior.map((prior, s) => Math.exp(prior + logGiven[s]!)))),
    },
    {
      name: "forgot-the-prior",
      says: { en: "log P₂(h) is missing: the part that the second machine improves.", zh: "缺少 log P₂(h)：这正是第二台机器要改进的部分。" },
      answer: (q, _logPrior, logGiven) => expected(q, logGiven) + entropyOf(q),
    },
    {
      name: "zero-times-infinity",
      says: { en: "0 · log 0 is NaN for a computer; leave states with q = 0 out.", zh: "计算机中 0 · log 0 是 NaN；应略去 q = 0 的状态。" },
      answer: (q, logPrior, logGiven) => expected(q, logPrior) + expected(q, logGiven) - sum(q.map((each) => each * Math.log(each))),
    },
  ],
  hints: [
    { en: "Three means under q.", zh: "在 q 下求三个平均。" },
    { en: "Σ q (logPrior + logGiven − log q), where q is above 0.", zh: "对 q 大于 0 的状态求 Σ q (logPrior + logGiven − log q)。" },
    { en: "`q.forEach((p, s) => { if (p > 0) total += p * (… - Math.log(p)); });`", zh: "`q.forEach((p, s) => { if (p > 0) total += p * (… - Math.log(p)); });`" },
  ],
});

/** In the notebook's order. */
export const deepBeliefNetworks: readonly Exercise[] = [parameters, nll, encode, down, patience, bound];
