/**
 * Exercises of chapter 11: energy, the probabilities of hidden units, free energy, the partition function, the slope of
 * contrastive divergence, the estimate from one pixel, and the Gaussian machine's free energy. Right answers come from the
 * library's Boltzmann machine, from autograd, or from counting states one by one.
 */
import { RBM } from "../../nn/models/rbm.ts";
import { tensor } from "../../tensor/creation.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

type Matrix = number[][];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const dot = (x: readonly number[], y: readonly number[]): number => sum(x.map((each, j) => each * y[j]!));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const column = (W: Matrix, j: number): number[] => W.map((row) => row[j]!);
const statesOf = (units: number): number[][] => Array.from({ length: 2 ** units }, (_, n) => Array.from({ length: units }, (_, j) => (n >> j) & 1));
const logSum = (numbers: readonly number[]): number => {
  const largest = Math.max(...numbers);
  return largest + Math.log(sum(numbers.map((each) => Math.exp(each - largest))));
};

const bits = (draw: Draw, count: number): number[] => {
  const drawn = Array.from({ length: count }, () => draw.int(0, 1));
  // Neither all on nor all off, so that every unit's part shows.
  drawn[0] = 1;
  drawn[1] = 0;
  return drawn;
};
const weights = (draw: Draw, H: number, V: number): Matrix => Array.from({ length: H }, () => draw.numbers(V));

/** A machine of the library with these parameters, in float64. */
function machine(W: Matrix, b: number[], c: number[], visibleUnits: "binary" | "gaussian" = "binary"): RBM {
  const rbm = new RBM(c.length, b.length, { visibleUnits }).to("float64");
  noGrad(() => {
    rbm.weight.copy_(tensor(W, { dtype: "float64" }));
    rbm.hiddenBias.copy_(tensor(b, { dtype: "float64" }));
    rbm.visibleBias.copy_(tensor(c, { dtype: "float64" }));
  });
  return rbm;
}
const row = (v: number[]): Tensor => tensor([v], { dtype: "float64" });

const energy = exercise<[v: number[], h: number[], W: Matrix, b: number[], c: number[]]>({
  id: "11.1",
  stars: 1,
  title: { en: "The energy", zh: "能量" },
  inputs: ["v", "h", "W", "b", "c"],
  draw: (draw) => {
    const [V, H] = [draw.int(3, 5), draw.int(2, 4)];
    return [bits(draw, V), bits(draw, H), weights(draw, H, V), draw.numbers(H), draw.numbers(V)];
  },
  answer: (v, h, W, b, c) => machine(W, b, c).energy(row(v), row(h)).item(),
  mistakes: [
    {
      name: "forgot-the-minus",
      says: { en: "The sign: likely states have a low energy, so every sum is subtracted.", zh: "符号反了：可能性大的状态能量低，所以每个和都要取负。" },
      answer: (v, h, W, b, c) => dot(c, v) + dot(b, h) + sum(h.map((on, i) => on * dot(W[i]!, v))),
    },
    {
      name: "forgot-the-biases",
      says: { en: "Only the weights are in it; the biases of the units that are on belong to the energy too.", zh: "只算了权重；打开的单元的偏置也属于能量。" },
      answer: (v, h, W) => -sum(h.map((on, i) => on * dot(W[i]!, v))),
    },
    {
      name: "forgot-the-hidden-units",
      says: { en: "A weight counts only where both its units are on: the hidden one is missing.", zh: "只有两端的单元都打开时权重才起作用：漏掉了隐藏单元。" },
      answer: (v, h, W, b, c) => -dot(c, v) - dot(b, h) - sum(W.map((each) => dot(each, v))),
    },
    {
      name: "forgot-the-visible-bias",
      says: { en: "The biases `c` of the visible units are missing.", zh: "缺少可见单元的偏置 `c`。" },
      answer: (v, h, W, b) => -dot(b, h) - sum(h.map((on, i) => on * dot(W[i]!, v))),
    },
  ],
  hints: [
    { en: "Three sums, and a minus before each.", zh: "三个和，每个前面都有负号。" },
    { en: "Weight W[i][j] counts when h[i] and v[j] are both 1.", zh: "当 h[i] 与 v[j] 都为 1 时，权重 W[i][j] 才计入。" },
    { en: "`let E = 0; v.forEach((on, j) => (E -= c[j] * on)); … return E;`", zh: "`let E = 0; v.forEach((on, j) => (E -= c[j] * on)); … return E;`" },
  ],
});

const up = exercise<[v: number[], W: Matrix, b: number[]]>({
  id: "11.2",
  stars: 1,
  title: { en: "Up", zh: "向上" },
  inputs: ["v", "W", "b"],
  draw: (draw) => {
    const [V, H] = [draw.int(3, 5), draw.int(2, 4)];
    return [bits(draw, V), weights(draw, H, V), draw.numbers(H)];
  },
  answer: (v, W, b) => machine(W, b, v.map(() => 0)).propUp(row(v)).detach().data(),
  mistakes: [
    {
      name: "forgot-the-sigmoid",
      says: { en: "These are the scores; a probability is the sigmoid of a score.", zh: "这是得分；概率是得分的 sigmoid。" },
      answer: (v, W, b) => W.map((each, i) => b[i]! + dot(each, v)),
    },
    {
      name: "forgot-the-bias",
      says: { en: "The bias of the hidden unit is missing.", zh: "缺少隐藏单元的偏置。" },
      answer: (v, W) => W.map((each) => sigmoid(dot(each, v))),
    },
    {
      name: "other-sign",
      says: { en: "This is the probability to be off: the sign of the score is the wrong one.", zh: "这是单元关闭的概率：得分的符号反了。" },
      answer: (v, W, b) => W.map((each, i) => sigmoid(-b[i]! - dot(each, v))),
    },
    {
      name: "cut-in-place-of-chances",
      says: { en: "You rounded to 0 and 1; asked for is the probability.", zh: "你取整成了 0 和 1；要的是概率。" },
      answer: (v, W, b) => W.map((each, i) => (b[i]! + dot(each, v) > 0 ? 1 : 0)),
    },
  ],
  hints: [
    { en: "Given v, each hidden unit is a logistic regression.", zh: "给定 v 后，每个隐藏单元就是一个逻辑回归。" },
    { en: "The score of unit i is b[i] plus the sum over j of W[i][j] · v[j].", zh: "单元 i 的得分是 b[i] 加上对 j 求 W[i][j] · v[j] 之和。" },
    { en: "`return W.map((row, i) => 1 / (1 + Math.exp(-(…))));`", zh: "`return W.map((row, i) => 1 / (1 + Math.exp(-(…))));`" },
  ],
});

const free = (v: number[], W: Matrix, b: number[], c: number[], term: (z: number) => number): number =>
  -dot(c, v) - sum(W.map((each, i) => term(b[i]! + dot(each, v))));

const freeEnergy = exercise<[v: number[], W: Matrix, b: number[], c: number[]]>({
  id: "11.3",
  stars: 2,
  title: { en: "The free energy", zh: "自由能" },
  inputs: ["v", "W", "b", "c"],
  draw: (draw) => {
    const [V, H] = [draw.int(3, 5), draw.int(2, 4)];
    const [W, b] = [weights(draw, H, V), draw.numbers(H)];
    // From the third trial on a score of about a thousand, which e to it does not survive.
    if (draw.trial >= 2) b[0] = 1000;
    return [bits(draw, V), W, b, draw.numbers(V)];
  },
  answer: (v, W, b, c) => machine(W, b, c).freeEnergy(row(v)).item(),
  mistakes: [
    {
      name: "overflow",
      says: { en: "For a score of 1000 your exponential is infinite: take the larger of z and 0 out first.", zh: "得分为 1000 时你的指数溢出了：应先提出 z 与 0 中较大的一个。" },
      answer: (v, W, b, c) => free(v, W, b, c, (z) => Math.log(1 + Math.exp(z))),
    },
    {
      name: "bias-for-each-hidden-unit",
      says: { en: "The part of the visible biases is counted once for each hidden unit; it stands outside that sum.", zh: "可见偏置的部分对每个隐藏单元都算了一次；它应在那个和之外。" },
      answer: (v, W, b, c) => free(v, W, b, c, softplus) - (b.length - 1) * dot(c, v),
    },
    {
      name: "other-sign",
      says: { en: "The sign: the free energy of a likely v is low.", zh: "符号反了：可能性大的 v 自由能低。" },
      answer: (v, W, b, c) => -free(v, W, b, c, softplus),
    },
    {
      name: "best-hidden-state-alone",
      says: { en: "This is the energy of the best hidden state alone; all of them count.", zh: "这只是最佳隐藏状态的能量；所有隐藏状态都要计入。" },
      answer: (v, W, b, c) => free(v, W, b, c, (z) => Math.max(z, 0)),
    },
    {
      name: "forgot-the-visible-bias",
      says: { en: "The visible units' biases are missing.", zh: "缺少可见单元的偏置。" },
      answer: (v, W, b) => -sum(W.map((each, i) => softplus(b[i]! + dot(each, v)))),
    },
  ],
  hints: [
    { en: "Section 5 derives it.", zh: "第 5 节推导过。" },
    { en: "softplus(z) = max(z, 0) + log(1 + e^(−|z|)), and Math.log1p(x) is log(1 + x).", zh: "softplus(z) = max(z, 0) + log(1 + e^(−|z|))，而 Math.log1p(x) 就是 log(1 + x)。" },
    { en: "`return -sum of c[j] * v[j] - sum over i of softplus(b[i] + …)`", zh: "`return -（c[j] * v[j] 之和）-（对 i 求 softplus(b[i] + …) 之和）`" },
  ],
});

const partition = exercise<[W: Matrix, b: number[], c: number[]]>({
  id: "11.4",
  stars: 2,
  title: { en: "The logarithm of Z", zh: "Z 的对数" },
  inputs: ["W", "b", "c"],
  draw: (draw) => {
    const [V, H] = [draw.int(3, 5), draw.int(2, 4)];
    return [weights(draw, H, V), draw.numbers(H), draw.numbers(V)];
  },
  answer: (W, b, c) => logSum(statesOf(c.length).flatMap((v) => statesOf(b.length).map((h) => dot(c, v) + dot(b, h) + sum(h.map((on, i) => on * dot(W[i]!, v)))))),
  mistakes: [
    {
      name: "forgot-the-logarithm",
      says: { en: "This is Z itself; asked for is its logarithm.", zh: "这是 Z 本身；要的是它的对数。" },
      answer: (W, b, c) => sum(statesOf(c.length).map((v) => Math.exp(-free(v, W, b, c, softplus)))),
    },
    {
      name: "wrong-sign-of-the-energy",
      says: { en: "You summed e to the plus free energy; the minus is missing.", zh: "你求的是 e 的正自由能次方之和；缺少负号。" },
      answer: (W, b, c) => logSum(statesOf(c.length).map((v) => free(v, W, b, c, softplus))),
    },
    {
      name: "sum-of-the-logarithms",
      says: { en: "You added logarithms; it is the exponentials that are added, and the logarithm comes last.", zh: "你把对数相加了；应先把指数相加，最后再取对数。" },
      answer: (W, b, c) => sum(statesOf(c.length).map((v) => -free(v, W, b, c, softplus))),
    },
    {
      name: "mean-in-place-of-sum",
      says: { en: "You took the mean over the states; Z is their sum.", zh: "你对状态取了平均；Z 是它们之和。" },
      answer: (W, b, c) => logSum(statesOf(c.length).map((v) => -free(v, W, b, c, softplus))) - c.length * Math.log(2),
    },
  ],
  hints: [
    { en: "The free energy has summed the hidden units out already.", zh: "自由能已经对隐藏单元求过和了。" },
    { en: "Z is the sum of e^(−F(v)) over the 2^V visible states.", zh: "Z 是对 2^V 个可见状态求 e^(−F(v)) 之和。" },
    { en: "`for (let n = 0; n < 2 ** c.length; n++) { const v = c.map((_, j) => (n >> j) & 1); … }`", zh: "`for (let n = 0; n < 2 ** c.length; n++) { const v = c.map((_, j) => (n >> j) & 1); … }`" },
  ],
});

const slopes = (v: Tensor, h: Tensor, dream: Tensor, dreamt: Tensor): Tensor => dreamt.t().matmul(dream).sub(h.t().matmul(v)).div(v.shape[0]!);

const slope = exercise<[v: Tensor, h: Tensor, dream: Tensor, dreamt: Tensor]>({
  id: "11.5",
  stars: 2,
  title: { en: "The slope of contrastive divergence", zh: "对比散度的斜率" },
  inputs: ["v", "h", "dream", "dreamt"],
  draw: (draw) => {
    const [N, V, H] = [draw.int(3, 5), draw.int(3, 5), draw.int(2, 4)];
    const units = (): Tensor => draw.uniform([N, V]).gt(0.5).to("float64");
    return [units(), draw.uniform([N, H]), units(), draw.uniform([N, H])];
  },
  // One example after the other, the sum of outer products.
  answer: (v, h, dream, dreamt) => {
    const [vs, hs, ds, ts] = [v, h, dream, dreamt].map((each) => each.toArray() as Matrix) as [Matrix, Matrix, Matrix, Matrix];
    return tensor(hs[0]!.map((_, i) => vs[0]!.map((_, j) => sum(vs.map((_, n) => ts[n]![i]! * ds[n]![j]! - hs[n]![i]! * vs[n]![j]!)) / vs.length)), { dtype: "float64" });
  },
  mistakes: [
    {
      name: "up-in-place-of-down",
      says: { en: "This goes up the likelihood; to go down, what is dreamt comes first and the data are subtracted.", zh: "这是沿似然上升的方向；下降时应以梦境减去数据。" },
      answer: (...all) => slopes(...all).neg(),
    },
    {
      name: "forgot-the-mean",
      says: { en: "You added over the examples; divide by their number.", zh: "你对样本求了和；还要除以样本数。" },
      answer: (v, h, dream, dreamt) => slopes(v, h, dream, dreamt).mul(v.shape[0]!),
    },
    {
      name: "transposed",
      says: { en: "The result is [V, H]; the weights are [H, V].", zh: "结果是 [V, H]；而权重是 [H, V]。" },
      answer: (...all) => slopes(...all).t().contiguous(),
    },
    {
      name: "positive-phase-alone",
      says: { en: "Only the data are in it; what the chains dreamt is missing.", zh: "只用了数据；缺少链的梦境部分。" },
      answer: (v, h) => h.t().matmul(v).div(v.shape[0]!).neg(),
    },
    {
      name: "hidden-of-the-data-twice",
      says: { en: "The dream goes with the hidden units that it causes, `dreamt`, not with those of the data.", zh: "梦境应与它引起的隐藏单元 `dreamt` 配对，而不是数据的隐藏单元。" },
      answer: (v, h, dream) => slopes(v, h, dream, h),
    },
  ],
  hints: [
    { en: "Weaken what is dreamt, strengthen what is seen; and this is the slope to go down.", zh: "减弱梦见的，加强看见的；而这里求的是下降的斜率。" },
    { en: "The sum over examples of h_i v_j for all i and j at once is a matrix product: hᵀ v.", zh: "对样本求 h_i v_j 之和，所有 i、j 一次算出就是矩阵乘积 hᵀ v。" },
    { en: "`return dreamt.t().matmul(…).sub(…).div(v.shape[0]);`", zh: "`return dreamt.t().matmul(…).sub(…).div(v.shape[0]);`" },
  ],
});

const turned = (v: number[], j: number): number[] => v.with(j, 1 - v[j]!);

const onePixel = exercise<[v: number[], j: number, free: (v: number[]) => number]>({
  id: "11.6",
  stars: 2,
  title: { en: "One pixel", zh: "一个像素" },
  inputs: ["v", "j", "free"],
  draw: (draw) => {
    const [V, H] = [draw.int(3, 5), draw.int(2, 4)];
    const [W, b, c] = [weights(draw, H, V), draw.numbers(H), draw.numbers(V)];
    return [bits(draw, V), draw.int(0, V - 1), (v) => free(v, W, b, c, softplus)];
  },
  // The two states' probabilities, up to what they share.
  answer: (v, j, F) => {
    const [own, other] = [Math.exp(-F(v)), Math.exp(-F(turned(v, j)))];
    return v.length * Math.log(own / (own + other));
  },
  mistakes: [
    {
      name: "other-sign",
      says: { en: "You gave the probability of the turned pixel: free energies are the wrong way round.", zh: "你给出的是翻转后像素的概率：两个自由能的次序反了。" },
      answer: (v, j, F) => -v.length * softplus(F(turned(v, j)) - F(v)),
    },
    {
      name: "forgot-the-number-of-pixels",
      says: { en: "This is one pixel's term; the estimate is V times that.", zh: "这只是一个像素的项；估计值是它的 V 倍。" },
      answer: (v, j, F) => -softplus(F(v) - F(turned(v, j))),
    },
    {
      name: "forgot-the-logarithm",
      says: { en: "The logarithm of the probability is asked for.", zh: "要的是概率的对数。" },
      answer: (v, j, F) => v.length * sigmoid(F(turned(v, j)) - F(v)),
    },
    {
      name: "difference-alone",
      says: { en: "This is V times the difference of the free energies; log σ of it is missing.", zh: "这是自由能之差的 V 倍；还缺少对它取 log σ。" },
      answer: (v, j, F) => v.length * (F(turned(v, j)) - F(v)),
    },
  ],
  hints: [
    { en: "Two states compete: v, and v with pixel j turned over.", zh: "两个状态竞争：v，以及像素 j 翻转后的 v。" },
    { en: "P(v_j | the others) = σ(F(turned) − F(v)). Change a copy, not v itself: `v.with(j, 1 - v[j])`.", zh: "P(v_j | 其余) = σ(F(翻转后) − F(v))。请改动副本而不是 v 本身：`v.with(j, 1 - v[j])`。" },
    { en: "`return -v.length * Math.log1p(Math.exp(free(v) - …));`", zh: "`return -v.length * Math.log1p(Math.exp(free(v) - …));`" },
  ],
});

const gaussianFree = (v: number[], W: Matrix, b: number[], c: number[]): number =>
  sum(v.map((each, j) => (each - c[j]!) ** 2)) / 2 - sum(W.map((each, i) => softplus(b[i]! + dot(each, v))));

const gaussian = exercise<[v: number[], W: Matrix, b: number[], c: number[]]>({
  id: "11.7",
  stars: 3,
  title: { en: "The Gaussian machine's free energy", zh: "高斯机的自由能" },
  inputs: ["v", "W", "b", "c"],
  draw: (draw) => {
    const [V, H] = [draw.int(2, 4), draw.int(2, 4)];
    return [draw.numbers(V, { std: 2 }), weights(draw, H, V), draw.numbers(H), draw.numbers(V)];
  },
  // All hidden states, one by one.
  answer: (v, W, b, c) =>
    -logSum(statesOf(b.length).map((h) => -sum(v.map((each, j) => (each - c[j]!) ** 2)) / 2 + dot(b, h) + sum(v.map((each, j) => each * dot(h, column(W, j)))))),
  mistakes: [
    {
      name: "binary-machine",
      says: { en: "This is the binary machine's; here the visible units pay half the squared distance from `c`.", zh: "这是二值机的自由能；这里可见单元的代价是到 `c` 距离平方的一半。" },
      answer: (v, W, b, c) => free(v, W, b, c, softplus),
    },
    {
      name: "forgot-the-half",
      says: { en: "Half of the squared distance counts.", zh: "只计距离平方的一半。" },
      answer: (v, W, b, c) => gaussianFree(v, W, b, c) + sum(v.map((each, j) => (each - c[j]!) ** 2)) / 2,
    },
    {
      name: "distance-with-the-other-sign",
      says: { en: "Far from `c` the energy is high: the squared distance is added, not subtracted.", zh: "离 `c` 越远能量越高：距离平方应相加而不是相减。" },
      answer: (v, W, b, c) => gaussianFree(v, W, b, c) - sum(v.map((each, j) => (each - c[j]!) ** 2)),
    },
    {
      name: "centred-scores",
      says: { en: "The scores of the hidden units take v as it is, not its distance from `c`.", zh: "隐藏单元的得分用 v 本身，而不是它与 `c` 的差。" },
      answer: (v, W, b, c) => sum(v.map((each, j) => (each - c[j]!) ** 2)) / 2 - sum(W.map((each, i) => softplus(b[i]! + dot(each, v.map((one, j) => one - c[j]!))))),
    },
  ],
  hints: [
    { en: "What in E depends on the hidden units, and what does not?", zh: "E 中哪些依赖隐藏单元，哪些不依赖？" },
    { en: "The squared distance comes out of the sum over h; the rest is as in section 5.", zh: "距离平方可以提到对 h 求和之外；其余与第 5 节相同。" },
    { en: "`return 0.5 * (sum of squares) - (sum over i of softplus(b[i] + …));`", zh: "`return 0.5 *（平方和）-（对 i 求 softplus(b[i] + …) 之和）;`" },
  ],
});

/** In the notebook's order. */
export const restrictedBoltzmannMachines: readonly Exercise[] = [energy, up, freeEnergy, partition, slope, onePixel, gaussian];
