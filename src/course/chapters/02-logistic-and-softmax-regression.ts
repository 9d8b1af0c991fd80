/**
 * Exercises of chapter 2: the sigmoid's slope, softmax that does not overflow, cross-entropy and its gradient, accuracy, the
 * confusion matrix, and Newton's method for logistic regression (iteratively reweighted least squares).
 */
import { grad, hessian } from "../../autograd/functions.ts";
import { crossEntropy as libraryCrossEntropy } from "../../nn/functional.ts";
import { solve } from "../../linalg/index.ts";
import { tensor } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

const sigmoidSlope = exercise<[z: number]>({
  id: "02.1",
  stars: 1,
  title: { en: "The slope of the sigmoid", zh: "sigmoid 函数的斜率" },
  inputs: ["z"],
  draw: (draw) => [draw.number(-4, 4)],
  answer: (z) => {
    const score = tensor(z, { dtype: "float64", requiresGrad: true });
    score.sigmoid().backward();
    return score.grad!.item();
  },
  mistakes: [
    {
      name: "the-sigmoid-itself",
      says: { en: "This is the sigmoid itself, not its slope.", zh: "这是 sigmoid 本身，而不是它的斜率。" },
      answer: (z) => sigmoid(z),
    },
    {
      name: "score-for-probability",
      says: { en: "The rule σ(1 − σ) wants the probability σ(z); you put the score z into it.", zh: "公式 σ(1 − σ) 中应是概率 σ(z)；你代入了得分 z。" },
      answer: (z) => z * (1 - z),
    },
    {
      name: "forgot-the-first-factor",
      says: { en: "The factor σ(z) is missing: the slope is small on both sides, not only on the right.", zh: "缺少因子 σ(z)：斜率在两侧都很小，而不只是右侧。" },
      answer: (z) => 1 - sigmoid(z),
    },
    {
      name: "slope-of-tanh",
      says: { en: "1 − σ² is the rule of tanh, not of the sigmoid.", zh: "1 − σ² 是 tanh 的规则，不是 sigmoid 的。" },
      answer: (z) => 1 - sigmoid(z) ** 2,
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Section 3 has the rule; the function itself appears in it twice.", zh: "第 3 节有这个规则；函数本身在其中出现两次。" },
    { en: "Compute p = σ(z) first, then use p alone.", zh: "先计算 p = σ(z)，然后只用 p。" },
    { en: "`const p = 1 / (1 + Math.exp(-z)); return … * (1 - …);`", zh: "`const p = 1 / (1 + Math.exp(-z)); return … * (1 - …);`" },
  ],
});

const shares = (powers: readonly number[]): number[] => {
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

const softmax = exercise<[scores: number[]]>({
  id: "02.2",
  stars: 2,
  title: { en: "A softmax that does not overflow", zh: "不会溢出的 softmax" },
  inputs: ["scores"],
  // The third trial has scores so large that their powers are infinite; the fifth has one far below the others, and the last
  // one far above them.
  draw: (draw) => {
    const scores = draw.numbers(draw.trial + 2, { std: 2, mean: draw.trial === 2 ? 1000 : 0 });
    const [one, others] = draw.trial === 4 ? [-1000, 0] : draw.trial === 5 ? [1000, -1000] : [0, 0];
    return [scores.map((score, i) => score + (i === 2 ? one : others))];
  },
  answer: (scores) => tensor(scores, { dtype: "float64" }).softmax(-1).toArray(),
  mistakes: [
    {
      name: "overflows",
      says: { en: "Right for small scores, but e^1000 is too large for a number: take the largest score away first.", zh: "得分较小时正确，但 e^1000 超出了数的范围：请先减去最大的得分。" },
      answer: (scores) => shares(scores.map(Math.exp)),
    },
    {
      name: "took-the-smallest-away",
      says: { en: "You took the smallest score away, and the largest may still be too large for e^z: take the largest away.", zh: "你减去了最小的得分，最大的得分仍可能使 e^z 溢出：应减去最大的得分。" },
      answer: (scores) => shares(scores.map((score) => Math.exp(score - Math.min(...scores)))),
    },
    {
      name: "sigmoid-instead",
      says: { en: "You took the sigmoid of each score; the results do not share one whole.", zh: "你对每个得分取了 sigmoid；结果之和不是 1。" },
      answer: (scores) => scores.map(sigmoid),
    },
    {
      name: "did-not-share",
      says: { en: "The powers are not divided by their sum.", zh: "指数没有除以它们的和。" },
      answer: (scores) => scores.map((score) => Math.exp(score - Math.max(...scores))),
    },
    {
      name: "logarithms",
      says: { en: "These are logarithms of the probabilities.", zh: "这是概率的对数。" },
      answer: (scores) => tensor(scores, { dtype: "float64" }).logSoftmax(-1).toArray(),
    },
    {
      name: "divided-by-the-largest",
      says: { en: "The scores are divided by the largest one, which changes their differences; subtract it.", zh: "得分除以了最大值，这会改变它们之间的差；应当减去最大值。" },
      answer: (scores) => shares(scores.map((score) => Math.exp(score / Math.max(...scores)))),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Adding the same number to all scores changes nothing.", zh: "所有得分加上同一个数，结果不变。" },
    { en: "Subtract `Math.max(...scores)` from each, then take powers, then divide by their sum.", zh: "每个得分先减去 `Math.max(...scores)`，再取指数，最后除以它们的和。" },
    { en: "`const powers = scores.map((s) => Math.exp(s - …)); const sum = …; return powers.map(…);`", zh: "`const powers = scores.map((s) => Math.exp(s - …)); const sum = …; return powers.map(…);`" },
  ],
});

const scoresAndLabels = (draw: Draw): [scores: Tensor, labels: Tensor] => {
  const [examples, classes] = [draw.trial + 2, draw.int(3, 5)];
  return [draw.normal([examples, classes]).mul(2), draw.labels(examples, classes)];
};

const crossEntropy = exercise<[scores: Tensor, labels: Tensor]>({
  id: "02.3",
  stars: 2,
  title: { en: "Cross-entropy of a batch", zh: "一个批次的交叉熵" },
  inputs: ["scores", "labels"],
  draw: scoresAndLabels,
  answer: (scores, labels) => libraryCrossEntropy(scores, labels),
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "You added the examples' losses up; take their mean.", zh: "你把各样本的损失相加了；应取平均。" },
      answer: (scores, labels) => libraryCrossEntropy(scores, labels, { reduction: "sum" }),
    },
    {
      name: "softmax-twice",
      says: { en: "Softmax was taken twice: the library's crossEntropy wants scores (logits), not probabilities.", zh: "做了两次 softmax：库函数 crossEntropy 需要得分（logits），而不是概率。" },
      answer: (scores, labels) => libraryCrossEntropy(scores.softmax(1), labels),
    },
    {
      name: "forgot-the-minus",
      says: { en: "The sign is turned round: a loss is positive here, the logarithm of a probability is not.", zh: "符号反了：这里损失为正，而概率的对数为负。" },
      answer: (scores, labels) => libraryCrossEntropy(scores, labels).neg(),
    },
    {
      name: "probability-instead-of-its-logarithm",
      says: { en: "You averaged the probabilities of the truth; take their logarithms first.", zh: "你对真实类别的概率取了平均；应先取对数。" },
      answer: (scores, labels) => scores.softmax(1).gather(1, labels.unsqueeze(1)).mean().neg(),
    },
    {
      name: "softmax-over-the-batch",
      says: { en: "Softmax shares among the classes of one example (dim 1), not among the examples.", zh: "softmax 应在同一样本的各类别之间（dim 1）进行，而不是在样本之间。" },
      answer: (scores, labels) => scores.logSoftmax(0).gather(1, labels.unsqueeze(1)).mean().neg(),
    },
    {
      name: "binary-logarithm",
      says: { en: "This is in bits: use the natural logarithm.", zh: "这是以比特为单位的结果：请用自然对数。" },
      answer: (scores, labels) => libraryCrossEntropy(scores, labels).div(Math.LN2),
    },
  ],
  hints: [
    { en: "Of each row only the probability of the true class matters.", zh: "每一行只有真实类别的概率起作用。" },
    { en: "`gather(1, labels.unsqueeze(1))` picks one number of each row.", zh: "`gather(1, labels.unsqueeze(1))` 从每一行取出一个数。" },
    { en: "`return scores.softmax(1).gather(1, …).log()….neg();`", zh: "`return scores.softmax(1).gather(1, …).log()….neg();`" },
  ],
});

const errorsOf = (scores: Tensor, labels: Tensor, dim = 1): Tensor => scores.softmax(dim).sub(labels.oneHot(scores.shape[1]!));

const scoreGradient = exercise<[scores: Tensor, labels: Tensor]>({
  id: "02.4",
  stars: 2,
  title: { en: "Its gradient", zh: "它的梯度" },
  inputs: ["scores", "labels"],
  draw: scoresAndLabels,
  answer: (scores, labels) => {
    const tracked = scores.detach().clone().requiresGrad_();
    libraryCrossEntropy(tracked, labels).backward();
    return tracked.grad!;
  },
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "The loss is a mean over the batch, so every slope is divided by the number of examples.", zh: "损失是批次的平均，因此每个斜率都要除以样本数。" },
      answer: (scores, labels) => errorsOf(scores, labels),
    },
    {
      name: "wrong-sign",
      says: { en: "The sign is turned round: probability minus truth.", zh: "符号反了：应为概率减去真实值。" },
      answer: (scores, labels) => errorsOf(scores, labels).div(-scores.shape[0]!),
    },
    {
      name: "forgot-the-truth",
      says: { en: "The true classes are not subtracted: their slope is p − 1.", zh: "没有减去真实类别：它的斜率是 p − 1。" },
      answer: (scores) => scores.softmax(1).div(scores.shape[0]!),
    },
    {
      name: "divided-by-everything",
      says: { en: "Divided by all entries instead of the number of examples.", zh: "除以了元素总数，而不是样本数。" },
      answer: (scores, labels) => errorsOf(scores, labels).div(scores.numel),
    },
    {
      name: "softmax-over-the-batch",
      says: { en: "Softmax shares among the classes of one example (dim 1), not among the examples.", zh: "softmax 应在同一样本的各类别之间（dim 1）进行，而不是在样本之间。" },
      answer: (scores, labels) => errorsOf(scores, labels, 0).div(scores.shape[0]!),
    },
  ],
  hints: [
    { en: "Rung 2 of section 6 has these errors already.", zh: "第 6 节的第二步已经有这些误差。" },
    { en: "`labels.oneHot(classes)` has a 1 at each true class.", zh: "`labels.oneHot(classes)` 在每个真实类别处为 1。" },
    { en: "`return scores.softmax(1).sub(…).div(…);`", zh: "`return scores.softmax(1).sub(…).div(…);`" },
  ],
});

const accuracy = exercise<[scores: Tensor, labels: Tensor]>({
  id: "02.5",
  stars: 1,
  title: { en: "Accuracy", zh: "准确率" },
  inputs: ["scores", "labels"],
  draw: (draw) => {
    const [examples, classes] = [draw.int(7, 19), 3];
    const labels = draw.labels(examples, classes);
    // Right more often than by chance, and never all or none.
    const scores = draw.normal([examples, classes]).add(labels.oneHot(classes));
    return [scores, labels.add(scores.argmax({ dim: 1 }).eq(labels).all().item() ? 1 : 0).remainder(classes)];
  },
  answer: (scores, labels) => scores.argmax({ dim: 1 }).eq(labels).to("float64").mean(),
  mistakes: [
    {
      name: "count",
      says: { en: "This is how many are right; accuracy is their share of all.", zh: "这是正确的个数；准确率是它占总数的比例。" },
      answer: (scores, labels) => scores.argmax({ dim: 1 }).eq(labels).to("float64").sum(),
    },
    {
      name: "error-rate",
      says: { en: "This is the share that is wrong.", zh: "这是错误的比例。" },
      answer: (scores, labels) => scores.argmax({ dim: 1 }).ne(labels).to("float64").mean(),
    },
    {
      name: "per-cent",
      says: { en: "This is in per cent; give a number from 0 to 1.", zh: "这是百分数；请给出 0 到 1 之间的数。" },
      answer: (scores, labels) => scores.argmax({ dim: 1 }).eq(labels).to("float64").mean().mul(100),
    },
    {
      name: "divided-by-everything",
      says: { en: "Divided by all entries of the scores instead of the number of examples.", zh: "除以了得分的元素总数，而不是样本数。" },
      answer: (scores, labels) => scores.argmax({ dim: 1 }).eq(labels).to("float64").sum().div(scores.numel),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "The model's answer is the class with the highest score.", zh: "模型的回答是得分最高的类别。" },
    { en: "`argmax({ dim: 1 })` has the answers; `.eq(labels)` says which are right.", zh: "`argmax({ dim: 1 })` 给出回答；`.eq(labels)` 说明哪些正确。" },
    { en: "`return scores.argmax({ dim: 1 }).eq(…).to(\"float32\").…;`", zh: "`return scores.argmax({ dim: 1 }).eq(…).to(\"float32\").…;`" },
  ],
});

function counted(there: number[], read: number[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [i, label] of there.entries()) counts[label]![read[i]!]! += 1;
  return counts;
}

const confusion = exercise<[there: number[], read: number[], classes: number]>({
  id: "02.6",
  stars: 2,
  title: { en: "The confusion matrix", zh: "混淆矩阵" },
  inputs: ["there", "read", "classes"],
  draw: (draw) => {
    const [classes, examples] = [draw.int(3, 4), draw.int(12, 20)];
    const classNumbers = (): number[] => [...draw.labels(examples, classes).data()].map(Number);
    return [classNumbers(), classNumbers(), classes];
  },
  answer: (there, read, classes) => {
    const cells = tensor(there.map((label, i) => label * classes + read[i]!)).to("int32");
    return cells.bincount({ minlength: classes * classes }).reshape([classes, classes]);
  },
  mistakes: [
    {
      name: "transposed",
      says: { en: "Rows and columns are swapped: a row is what is there, a column what was read.", zh: "行和列交换了：行是真实类别，列是读出的类别。" },
      answer: (there, read, classes) => counted(read, there, classes),
    },
    {
      name: "shares",
      says: { en: "These are shares of each row; here the matrix holds counts.", zh: "这是每一行的比例；这里矩阵中应为个数。" },
      answer: (there, read, classes) =>
        counted(there, read, classes).map((row) => row.map((count) => count / Math.max(1, row.reduce((total, one) => total + one, 0)))),
    },
    {
      name: "marks-instead-of-counts",
      says: { en: "Each cell is 0 or 1: add one each time instead of setting one.", zh: "每个格子只有 0 或 1：每次应加一，而不是设为一。" },
      answer: (there, read, classes) => counted(there, read, classes).map((row) => row.map((count) => Math.min(count, 1))),
    },
    {
      name: "only-the-errors",
      says: { en: "The diagonal is empty: what was read rightly is counted too.", zh: "对角线为空：读对的也要计数。" },
      answer: (there, read, classes) => counted(there, read, classes).map((row, i) => row.map((count, j) => (i === j ? 0 : count))),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Begin with `classes` rows of `classes` zeros.", zh: "先建立 `classes` 行、每行 `classes` 个零。" },
    { en: "Every example adds 1 to one cell: the row of what is there, the column of what was read.", zh: "每个样本使一个格子加 1：行是真实类别，列是读出的类别。" },
    { en: "`there.forEach((label, i) => (counts[label][…] += 1));`", zh: "`there.forEach((label, i) => (counts[label][…] += 1));`" },
  ],
});

/** One step of Newton's method with a curvature, a gradient and a sign of its own. */
function newtonStep(X: Tensor, t: Tensor, w: Tensor, weight: (p: Tensor) => Tensor, sign = -1): Tensor {
  const p = X.matmul(w).sigmoid();
  const curvature = X.t().matmul(X.mul(weight(p).unsqueeze(1)));
  return w.add(solve(curvature, X.t().matmul(p.sub(t))).mul(sign));
}

const newton = exercise<[X: Tensor, t: Tensor, w: Tensor]>({
  id: "02.7",
  stars: 3,
  title: { en: "A step of Newton's method", zh: "牛顿法的一步" },
  inputs: ["X", "t", "w"],
  draw: (draw) => {
    const [examples, features] = [draw.int(8, 14), draw.int(2, 3)];
    return [draw.normal([examples, features]), draw.labels(examples, 2).to("float64"), draw.normal([features]).mul(0.5)];
  },
  // The gradient and the curvature from autograd, of the loss itself.
  answer: (X, t, w) => {
    const loss = (weights: Tensor): Tensor => X.matmul(weights).softplus().sub(X.matmul(weights).mul(t)).sum();
    return w.sub(solve(hessian(loss)(w), grad(loss)(w)));
  },
  mistakes: [
    {
      name: "uphill",
      says: { en: "You walk uphill: subtract the step.", zh: "你在往上走：应当减去这一步。" },
      answer: (X, t, w) => newtonStep(X, t, w, (p) => p.mul(p.neg().add(1)), 1),
    },
    {
      name: "all-weights-one",
      says: { en: "The curvature of each example, p(1 − p), is missing from XᵀX: that would be linear regression.", zh: "XᵀX 中缺少每个样本的曲率 p(1 − p)：那就成了线性回归。" },
      answer: (X, t, w) => newtonStep(X, t, w, (p) => p.mul(0).add(1)),
    },
    {
      name: "probability-for-curvature",
      says: { en: "The curvature of an example is p(1 − p), not p.", zh: "样本的曲率是 p(1 − p)，而不是 p。" },
      answer: (X, t, w) => newtonStep(X, t, w, (p) => p),
    },
    {
      name: "gradient-only",
      says: { en: "This is a step of gradient descent: the gradient must be multiplied by the inverse of the curvature.", zh: "这是梯度下降的一步：梯度还要乘以曲率矩阵的逆。" },
      answer: (X, t, w) => w.sub(X.t().matmul(X.matmul(w).sigmoid().sub(t))),
    },
    {
      name: "the-step-alone",
      says: { en: "This is the step alone; return where it leads, w minus the step.", zh: "这只是步长；请返回走到的位置，即 w 减去它。" },
      answer: (X, t, w) => newtonStep(X, t, w, (p) => p.mul(p.neg().add(1)), 1).sub(w),
    },
  ],
  tolerance: 1e-5,
  hints: [
    { en: "Gradient Xᵀ(p − t), curvature Xᵀ S X, where S has p(1 − p) on its diagonal.", zh: "梯度为 Xᵀ(p − t)，曲率为 Xᵀ S X，其中 S 的对角线为 p(1 − p)。" },
    { en: "`X.mul(s.unsqueeze(1))` multiplies each row of X by its number of s: no diagonal matrix is needed.", zh: "`X.mul(s.unsqueeze(1))` 把 X 的每一行乘以 s 中的数：不需要对角矩阵。" },
    { en: "`return w.sub(linalg.solve(X.t().matmul(X.mul(…)), X.t().matmul(…)));`", zh: "`return w.sub(linalg.solve(X.t().matmul(X.mul(…)), X.t().matmul(…)));`" },
  ],
});

export const logisticAndSoftmaxRegression: readonly Exercise[] = [
  sigmoidSlope, softmax, crossEntropy, scoreGradient, accuracy, confusion, newton,
];
