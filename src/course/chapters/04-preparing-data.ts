/**
 * The exercises of chapter 4 about data and weights: standardising with the training data's numbers, folds, the lasso's
 * shrinking step (R. Tibshirani, 1996) and explained variance.
 */
import { svdvals } from "../../linalg/index.ts";
import { cat } from "../../tensor/methods/join.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const meanOf = (x: Tensor, dim = 0): Tensor => x.mean({ dim, keepdim: true });
const deviationOf = (x: Tensor, dim = 0, correction = 0): Tensor => x.std({ dim, keepdim: true, correction });

const standardise = exercise<[train: Tensor, fresh: Tensor]>({
  id: "04.1",
  stars: 1,
  title: { en: "Standardise new data", zh: "标准化新数据" },
  inputs: ["train", "fresh"],
  draw: (draw) => {
    const features = draw.int(2, 3);
    const [scale, shift] = [draw.uniform([features], 1, 9), draw.uniform([features], -5, 5)];
    return [draw.normal([draw.int(6, 9), features]).mul(scale).add(shift), draw.normal([draw.int(3, 5), features]).mul(scale).add(shift)];
  },
  answer: (train, fresh) => fresh.sub(meanOf(train)).div(deviationOf(train)),
  mistakes: [
    {
      name: "its-own-numbers",
      says: { en: "You used the new data's own mean and deviation: one and the same example would then look different in other company.", zh: "你用了新数据自己的均值和标准差：同一个样本换一批同伴就会变样。" },
      answer: (_, fresh) => fresh.sub(meanOf(fresh)).div(deviationOf(fresh)),
    },
    {
      name: "both-together",
      says: { en: "Mean and deviation come from both sets together, so the new data have leaked into the preparation.", zh: "均值和标准差取自两个集合的合并，新数据泄漏到了预处理中。" },
      answer: (train, fresh) => fresh.sub(meanOf(cat([train, fresh]))).div(deviationOf(cat([train, fresh]))),
    },
    {
      name: "variance",
      says: { en: "You divided by the variance; take its root.", zh: "你除以了方差；应取其平方根。" },
      answer: (train, fresh) => fresh.sub(meanOf(train)).div(deviationOf(train).square()),
    },
    {
      name: "forgot-the-mean",
      says: { en: "The mean is not subtracted.", zh: "没有减去均值。" },
      answer: (train, fresh) => fresh.div(deviationOf(train)),
    },
    {
      name: "one-less",
      says: { en: "The deviation divides by N − 1 here; divide by N (`correction: 0`).", zh: "这里的标准差除以了 N − 1；应除以 N（`correction: 0`）。" },
      answer: (train, fresh) => fresh.sub(meanOf(train)).div(deviationOf(train, 0, 1)),
    },
    {
      name: "one-number-for-all-features",
      says: { en: "You took one mean and one deviation of everything; each feature (column) has its own.", zh: "你对所有数取了同一个均值和标准差；每个特征（列）应有自己的。" },
      answer: (train, fresh) => fresh.sub(train.mean()).div(train.std({ correction: 0 })),
    },
  ],
  hints: [
    { en: "Which of the two sets would you have at home, before any new example comes?", zh: "在新样本到来之前，你手里有哪个集合？" },
    { en: "Mean and deviation of each column of `train`; apply both to `fresh`.", zh: "求 `train` 每一列的均值和标准差，并用于 `fresh`。" },
    { en: "`return fresh.sub(train.mean({ dim: … })).div(train.std({ dim: …, correction: 0 }));`", zh: "`return fresh.sub(train.mean({ dim: … })).div(train.std({ dim: …, correction: 0 }));`" },
  ],
});

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
const borders = (count: number, k: number, fold: number): [number, number] => [Math.floor((fold * count) / k), Math.floor(((fold + 1) * count) / k)];

const folds = exercise<[count: number, k: number, fold: number]>({
  id: "04.2",
  stars: 1,
  title: { en: "The folds of a cross-validation", zh: "交叉验证的折" },
  inputs: ["count", "k", "fold"],
  // The count is never a multiple of k, and every fold comes up.
  draw: (draw) => {
    const k = draw.int(3, 4);
    return [k * draw.int(2, 4) + draw.int(1, k - 1), k, draw.trial % k];
  },
  answer: (count, k, fold) => range(...borders(count, k, fold)),
  mistakes: [
    {
      name: "training-part",
      says: { en: "These are the examples to train on; the fold itself is wanted.", zh: "这是用于训练的样本；这里要的是这一折本身。" },
      answer: (count, k, fold) => range(0, count).filter((i) => i < borders(count, k, fold)[0] || i >= borders(count, k, fold)[1]),
    },
    {
      name: "dropped-the-rest",
      says: { en: "All folds are ⌊N/k⌋ long, so the last examples are in none of them.", zh: "每一折的长度都是 ⌊N/k⌋，因此最后几个样本不属于任何一折。" },
      answer: (count, k, fold) => range(fold * Math.floor(count / k), (fold + 1) * Math.floor(count / k)),
    },
    {
      name: "every-kth",
      says: { en: "You dealt the examples out like cards; that works too, but consecutive ones are asked for.", zh: "你像发牌一样分配了样本；这样也可以，但这里要的是连续的样本。" },
      answer: (count, k, fold) => range(0, count).filter((i) => i % k === fold),
    },
    {
      name: "counted-from-one",
      says: { en: "The folds are numbered from 0.", zh: "折的编号从 0 开始。" },
      answer: (count, k, fold) => range(...borders(count, k, fold - 1)),
    },
  ],
  hints: [
    { en: "Where would fold number k begin, if there were one? At N.", zh: "如果有第 k 折，它从哪里开始？从 N 开始。" },
    { en: "Fold number f begins at ⌊f·N/k⌋ and ends before the next one begins.", zh: "第 f 折从 ⌊f·N/k⌋ 开始，到下一折开始之前结束。" },
    { en: "`const [start, end] = [fold, fold + 1].map((f) => Math.floor(…)); return Array.from({ length: … }, (_, i) => start + i);`", zh: "`const [start, end] = [fold, fold + 1].map((f) => Math.floor(…)); return Array.from({ length: … }, (_, i) => start + i);`" },
  ],
});

const shrink = exercise<[w: number[], t: number]>({
  id: "04.3",
  stars: 2,
  title: { en: "How L1 makes zeros", zh: "L1 如何产生零" },
  inputs: ["w", "t"],
  draw: (draw) => [draw.numbers(6), draw.number(0.3, 0.8)],
  answer: (w, t) => w.map((value) => Math.sign(value) * Math.max(Math.abs(value) - t, 0)),
  mistakes: [
    {
      name: "through-zero",
      says: { en: "Small weights went through zero and came out on the other side; they must stop at zero.", zh: "较小的权重越过了零，到了另一侧；它们应停在零。" },
      answer: (w, t) => w.map((value) => value - t * Math.sign(value)),
    },
    {
      name: "kept-the-large",
      says: { en: "Small weights are cut, but large ones stayed as they were: every weight pays t.", zh: "较小的权重被置零，但较大的没有变：每个权重都要减小 t。" },
      answer: (w, t) => w.map((value) => (Math.abs(value) > t ? value : 0)),
    },
    {
      name: "lost-the-sign",
      says: { en: "Negative weights became positive: give the sign back.", zh: "负的权重变成了正的：请恢复符号。" },
      answer: (w, t) => w.map((value) => Math.max(Math.abs(value) - t, 0)),
    },
    {
      name: "one-side",
      says: { en: "All negative weights became zero: they shrink towards zero from below.", zh: "所有负的权重都变成了零：它们应从下方向零收缩。" },
      answer: (w, t) => w.map((value) => Math.max(value - t, 0)),
    },
    {
      name: "l2",
      says: { en: "This is the step of an L2 fine: it makes weights smaller by a factor and none of them zero.", zh: "这是 L2 惩罚的一步：它按比例缩小权重，却不会使任何一个为零。" },
      answer: (w, t) => w.map((value) => value / (1 + t)),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Treat size and sign apart.", zh: "把大小和符号分开处理。" },
    { en: "The new size is |w| − t, but never below 0.", zh: "新的大小是 |w| − t，但不小于 0。" },
    { en: "`return w.map((v) => Math.sign(v) * Math.max(…, 0));`", zh: "`return w.map((v) => Math.sign(v) * Math.max(…, 0));`" },
  ],
});

/** The share of the first k of some numbers. */
const shareOf = (numbers: Tensor, k: number): Tensor => numbers.narrow(0, 0, k).sum().div(numbers.sum());
const spread = (x: Tensor): Tensor => svdvals(x.sub(meanOf(x))).square();

const explained = exercise<[X: Tensor, k: number]>({
  id: "04.4",
  stars: 2,
  title: { en: "What k components keep", zh: "k 个主成分保留了多少" },
  inputs: ["X", "k"],
  draw: (draw) => {
    const features = draw.int(4, 5);
    return [draw.normal([draw.int(8, 12), features]).mul(draw.uniform([features], 0.5, 3)).add(draw.uniform([features], 1, 3)), 1 + (draw.trial % 3)];
  },
  answer: (X, k) => shareOf(spread(X), k),
  mistakes: [
    {
      name: "not-centred",
      says: { en: "The mean is not subtracted first, so the first component points at the mean instead of along the spread.", zh: "没有先减去均值，因此第一个主成分指向均值，而不是沿着散布的方向。" },
      answer: (X, k) => shareOf(svdvals(X).square(), k),
    },
    {
      name: "not-squared",
      says: { en: "These are shares of the singular values; the variance is their square.", zh: "这是奇异值的比例；方差是奇异值的平方。" },
      answer: (X, k) => shareOf(svdvals(X.sub(meanOf(X))), k),
    },
    {
      name: "smallest-first",
      says: { en: "You kept the k weakest directions: `eigh` sorts its eigenvalues from small to large.", zh: "你保留了最弱的 k 个方向：`eigh` 的特征值是从小到大排列的。" },
      answer: (X, k) => shareOf(spread(X).flip([0]), k),
    },
    {
      name: "what-is-lost",
      says: { en: "This is the share that is lost.", zh: "这是丢失的比例。" },
      answer: (X, k) => shareOf(spread(X), k).neg().add(1),
    },
    {
      name: "the-kth-alone",
      says: { en: "This is the share of the k-th component alone; add up the first k.", zh: "这只是第 k 个主成分的比例；应把前 k 个相加。" },
      answer: (X, k) => spread(X).at(k - 1).div(spread(X).sum()),
    },
  ],
  hints: [
    { en: "Section 4: the eigenvalues of the covariance matrix are the variances along the components.", zh: "第 4 节：协方差矩阵的特征值就是各主成分方向上的方差。" },
    { en: "Centre `X`, take the singular values, square them, and divide the sum of the first k by the sum of all.", zh: "将 `X` 中心化，取奇异值并平方，再用前 k 个之和除以总和。" },
    { en: "`const s = linalg.svdvals(X.sub(X.mean({ dim: … }))); return ….slice(0, k).sum().div(…);`", zh: "`const s = linalg.svdvals(X.sub(X.mean({ dim: … }))); return ….slice(0, k).sum().div(…);`" },
  ],
});

/** Exercises 1 to 4 of chapter 4. */
export const preparingData: readonly Exercise[] = [standardise, folds, shrink, explained];
