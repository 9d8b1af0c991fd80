/**
 * Exercises of chapter 1: the model, its loss, the gradient, the formula, one epoch of descent, normalising, and a fine on
 * large weights (ridge regression: A. Hoerl and R. Kennard, 1970).
 */
import { lstsq, solve } from "../../linalg/index.ts";
import { eye } from "../../tensor/creation.ts";
import { cat } from "../../tensor/methods/join.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

type Points = [x: number[], y: number[], w: number, b: number];

const points = (draw: Draw): Points => {
  const count = draw.trial + 2;
  return [draw.numbers(count), draw.numbers(count, { mean: 1 }), draw.number(-2, 2), draw.number(-2, 2)];
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const errorsOf = (...[x, y, w, b]: Points): number[] => x.map((value, i) => w * value + b - y[i]!);

/** The slopes of the mean squared error, times a factor. */
const slopes = (factor: number, ...[x, y, w, b]: Points): [number, number] => {
  const errors = errorsOf(x, y, w, b);
  return [factor * sum(errors.map((error, i) => error * x[i]!)), factor * sum(errors)];
};

const predict = exercise<[x: number[], w: number, b: number]>({
  id: "01.1",
  stars: 1,
  title: { en: "The model", zh: "模型" },
  inputs: ["x", "w", "b"],
  draw: (draw) => [draw.numbers(draw.trial + 2), draw.number(-2, 2), draw.number(-2, 2)],
  answer: (x, w, b) => x.map((value) => w * value + b),
  mistakes: [
    {
      name: "forgot-the-bias",
      says: { en: "The intercept b is missing: your line goes through the origin.", zh: "缺少截距 b：你的直线经过原点。" },
      answer: (x, w) => x.map((value) => w * value),
    },
    {
      name: "swapped-weight-and-bias",
      says: { en: "Weight and intercept are swapped: w multiplies, b is added.", zh: "权重和截距交换了：w 用来相乘，b 用来相加。" },
      answer: (x, w, b) => x.map((value) => b * value + w),
    },
    {
      name: "bias-inside-the-product",
      says: { en: "b is multiplied too: you computed w (x + b).", zh: "b 也被乘了：你计算的是 w (x + b)。" },
      answer: (x, w, b) => x.map((value) => w * (value + b)),
    },
    {
      name: "summed-over-examples",
      says: { en: "You added the examples up; every example keeps its own prediction.", zh: "你把各样本加在一起了；每个样本都应有自己的预测。" },
      answer: (x, w, b) => sum(x.map((value) => w * value + b)),
    },
  ],
  hints: [
    { en: "One prediction for each number in `x`.", zh: "`x` 中的每个数都有一个预测值。" },
    { en: "`x.map(...)` gives an array with a new number for each old one.", zh: "`x.map(...)` 由每个旧数得到一个新数。" },
    { en: "`return x.map((value) => … * value + …);`", zh: "`return x.map((value) => … * value + …);`" },
  ],
});

const meanSquaredError = exercise<[prediction: number[], target: number[]]>({
  id: "01.2",
  stars: 1,
  title: { en: "The mean squared error", zh: "均方误差" },
  inputs: ["prediction", "target"],
  draw: (draw) => [draw.numbers(draw.trial + 2), draw.numbers(draw.trial + 2, { mean: 1 })],
  answer: (p, t) => sum(p.map((value, i) => (value - t[i]!) ** 2)) / p.length,
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "You added the squares up but did not divide by their number N.", zh: "你把平方相加了，但没有除以样本数 N。" },
      answer: (p, t) => sum(p.map((value, i) => (value - t[i]!) ** 2)),
    },
    {
      name: "one-half",
      says: { en: "There is a factor 1/2 too many: the loss of section 4 has it, the mean squared error has not.", zh: "多了一个因子 1/2：第 4 节的损失带有它，均方误差没有。" },
      answer: (p, t) => sum(p.map((value, i) => (value - t[i]!) ** 2)) / (2 * p.length),
    },
    {
      name: "absolute-instead-of-squared",
      says: { en: "These are absolute errors; square them instead.", zh: "这是绝对误差；应当取平方。" },
      answer: (p, t) => sum(p.map((value, i) => Math.abs(value - t[i]!))) / p.length,
    },
    {
      name: "forgot-the-square",
      says: { en: "The errors are not squared, so errors up and errors down cancel.", zh: "误差没有取平方，正负误差互相抵消。" },
      answer: (p, t) => sum(p.map((value, i) => value - t[i]!)) / p.length,
    },
    {
      name: "took-the-root",
      says: { en: "This is the root of the loss (RMSE); leave the root out.", zh: "这是损失的平方根（RMSE）；不要开方。" },
      answer: (p, t) => Math.sqrt(sum(p.map((value, i) => (value - t[i]!) ** 2)) / p.length),
    },
  ],
  hints: [
    { en: "Three words, three steps: error, squared, mean.", zh: "三个词，三个步骤：误差、平方、平均。" },
    { en: "Make an array of the squared differences first, then add it up and divide by its length.", zh: "先得到差的平方组成的数组，再求和并除以长度。" },
    {
      en: "`const squares = prediction.map((p, i) => …); return squares.reduce((total, s) => total + s, 0) / …;`",
      zh: "`const squares = prediction.map((p, i) => …); return squares.reduce((total, s) => total + s, 0) / …;`",
    },
  ],
});

const gradient = exercise<Points>({
  id: "01.3",
  stars: 2,
  title: { en: "The gradient", zh: "梯度" },
  inputs: ["x", "y", "w", "b"],
  draw: points,
  answer: (...given) => slopes(2 / given[0].length, ...given),
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "The loss is a mean, so its slopes are too: divide by N.", zh: "损失是平均值，它的斜率也应取平均：请除以 N。" },
      answer: (...given) => slopes(2, ...given),
    },
    {
      name: "forgot-the-two",
      says: { en: "The 2 from the derivative of the square is missing.", zh: "缺少对平方求导得到的因子 2。" },
      answer: (...given) => slopes(1 / given[0].length, ...given),
    },
    {
      name: "wrong-sign",
      says: { en: "The sign is turned round: the error is prediction minus target.", zh: "符号反了：误差是预测减去目标。" },
      answer: (...given) => slopes(-2 / given[0].length, ...given),
    },
    {
      name: "swapped",
      says: { en: "Both slopes are right but in the other order: first the slope of w, then that of b.", zh: "两个斜率都对，但顺序反了：先 w 的斜率，后 b 的斜率。" },
      answer: (...given) => slopes(2 / given[0].length, ...given).toReversed(),
    },
    {
      name: "forgot-the-input",
      says: { en: "In the slope of w each error must be multiplied by its x (chain rule).", zh: "在 w 的斜率中，每个误差都要乘以相应的 x（链式法则）。" },
      answer: (...given) => {
        const slope = slopes(2 / given[0].length, ...given)[1];
        return [slope, slope];
      },
    },
  ],
  hints: [
    { en: "Nudge w a little in your head: which error changes, and by how much?", zh: "设想 w 稍微变化：哪个误差会变？变多少？" },
    { en: "Chain rule: the slope of a square is 2 · error, and the error changes by x for each step of w, by 1 for each step of b.", zh: "链式法则：平方的斜率是 2 · 误差；w 每变 1，误差变 x；b 每变 1，误差变 1。" },
    {
      en: "`const errors = x.map((value, i) => …);` then `[2 * mean(errors.map((e, i) => …)), 2 * mean(errors)]`",
      zh: "`const errors = x.map((value, i) => …);` 然后 `[2 * mean(errors.map((e, i) => …)), 2 * mean(errors)]`",
    },
  ],
});

const matrixAndTargets = (draw: Draw): [X: Tensor, y: Tensor] => {
  const [rows, columns] = [draw.int(5, 9), draw.int(2, 4)];
  return [draw.normal([rows, columns]), draw.normal([rows])];
};

const leastSquares = exercise<[X: Tensor, y: Tensor]>({
  id: "01.4",
  stars: 2,
  title: { en: "Least squares with several features", zh: "多个特征的最小二乘" },
  inputs: ["X", "y"],
  draw: matrixAndTargets,
  answer: (X, y) => lstsq(X, y.unsqueeze(1)).solution.squeeze(1),
  mistakes: [
    {
      name: "forgot-the-inverse",
      says: { en: "This is Xᵀy alone; the features' own products XᵀX must be divided out.", zh: "这只是 Xᵀy；还要消去特征之间的乘积 XᵀX。" },
      answer: (X, y) => X.t().matmul(y),
    },
    {
      name: "inverse-of-the-wrong-product",
      says: { en: "You used XXᵀ, one row and column an example; the equations want XᵀX, one a feature.", zh: "你用了 XXᵀ（每个样本一行一列）；方程需要 XᵀX（每个特征一行一列）。" },
      answer: (X, y) => X.t().matmul(solve(X.matmul(X.t()), y)),
    },
    {
      name: "added-an-intercept",
      says: { en: "You gave X a column of ones; here X is complete as it is.", zh: "你给 X 加了一列 1；这里的 X 已经完整。" },
      answer: (X, y) => {
        const withOnes = cat([X, X.narrow(1, 0, 1).mul(0).add(1)], { dim: 1 });
        return lstsq(withOnes, y.unsqueeze(1)).solution.squeeze(1);
      },
    },
    {
      name: "mean-in-one-factor-only",
      says: { en: "One of the two products is divided by N and the other is not; the N's cancel only in pairs.", zh: "两个乘积中只有一个除以了 N；N 只能成对消去。" },
      answer: (X, y) => solve(X.t().matmul(X), X.t().matmul(y)).div(X.shape[0]!),
    },
  ],
  tolerance: 1e-5,
  hints: [
    { en: "At the lowest point the gradient Xᵀ(Xw − y) is zero.", zh: "在最低点，梯度 Xᵀ(Xw − y) 为零。" },
    { en: "So (XᵀX) w = Xᵀy: a system of linear equations for w.", zh: "因此 (XᵀX) w = Xᵀy：这是关于 w 的线性方程组。" },
    { en: "`return linalg.solve(X.t().matmul(…), …);`", zh: "`return linalg.solve(X.t().matmul(…), …);`" },
  ],
});

/** One step for each example in turn, with the slopes of its error and input. */
const descended = (
  [x, y, first, second]: Points,
  rate: number,
  slopesOf: (error: number, value: number) => [number, number],
): [number, number] => {
  let [w, b] = [first, second];
  for (const [i, value] of x.entries()) {
    const [slopeOfW, slopeOfB] = slopesOf(w * value + b - y[i]!, value);
    [w, b] = [w - rate * slopeOfW, b - rate * slopeOfB];
  }
  return [w, b];
};

type Epoch = [x: number[], y: number[], w: number, b: number, rate: number];

const oneEpoch = exercise<Epoch>({
  id: "01.5",
  stars: 2,
  title: { en: "One epoch of stochastic descent", zh: "随机梯度下降的一个轮次" },
  inputs: ["x", "y", "w", "b", "rate"],
  draw: (draw) => [...points(draw), draw.number(0.05, 0.2)],
  answer: (x, y, w, b, rate) => descended([x, y, w, b], rate, (error, value) => [error * value, error]),
  mistakes: [
    {
      name: "all-at-once",
      says: { en: "You took one step for all examples together; here every example makes a step of its own.", zh: "你对全部样本只走了一步；这里每个样本都要单独走一步。" },
      answer: (x, y, w, b, rate) => {
        const [slopeOfW, slopeOfB] = slopes(1 / x.length, x, y, w, b);
        return [w - rate * slopeOfW, b - rate * slopeOfB];
      },
    },
    {
      name: "uphill",
      says: { en: "You walk uphill: subtract the slope.", zh: "你在往上走：应当减去斜率。" },
      answer: (x, y, w, b, rate) => descended([x, y, w, b], -rate, (error, value) => [error * value, error]),
    },
    {
      name: "two-too-many",
      says: { en: "There is a factor 2 too many: half the square has the slope error · x.", zh: "多了一个因子 2：平方的一半的斜率是 误差 · x。" },
      answer: (x, y, w, b, rate) => descended([x, y, w, b], rate, (error, value) => [2 * error * value, 2 * error]),
    },
    {
      name: "new-weight-for-the-bias",
      says: { en: "The step of b uses the w that you have just changed; take both slopes before you change anything.", zh: "计算 b 的一步时用了刚刚改过的 w；请先算出两个斜率再更新。" },
      // The changed w makes the error smaller by what it moved, times the input.
      answer: (x, y, w, b, rate) => descended([x, y, w, b], rate, (error, value) => [error * value, error - rate * error * value * value]),
    },
    {
      name: "slopes-of-the-start",
      says: { en: "All slopes are taken at the first w and b; every step must start where the one before ended.", zh: "所有斜率都在最初的 w、b 处计算；每一步都应从上一步结束的位置开始。" },
      answer: (x, y, w, b, rate) => {
        const [slopeOfW, slopeOfB] = slopes(1, x, y, w, b);
        return [w - rate * slopeOfW, b - rate * slopeOfB];
      },
    },
  ],
  hints: [
    { en: "A loop over the examples; inside it the gradient of half of one squared error.", zh: "对样本循环；循环内部是单个平方误差一半的梯度。" },
    { en: "error = w x + b − y. Half its square has the slopes error · x and error. Take both, then change w and b.", zh: "误差 = w x + b − y。其平方的一半的斜率为 误差 · x 与 误差。先求二者，再更新 w 和 b。" },
    {
      en: "`for (let i = 0; i < x.length; i++) { const error = …; [w, b] = [w - rate * …, b - rate * …]; } return [w, b];`",
      zh: "`for (let i = 0; i < x.length; i++) { const error = …; [w, b] = [w - rate * …, b - rate * …]; } return [w, b];`",
    },
  ],
});

const centred = (X: Tensor, dim = 0): Tensor => X.sub(X.mean({ dim, keepdim: true }));

const standardise = exercise<[X: Tensor]>({
  id: "01.6",
  stars: 2,
  title: { en: "Normalise every feature", zh: "对每个特征做标准化" },
  inputs: ["X"],
  draw: (draw) => {
    const [rows, columns] = [draw.trial + 4, draw.int(2, 3)];
    return [draw.normal([rows, columns]).mul(draw.uniform([columns], 1, 9)).add(draw.uniform([columns], 2, 5))];
  },
  answer: (X) => centred(X).div(centred(X).square().mean({ dim: 0 }).sqrt()),
  mistakes: [
    {
      name: "along-the-rows",
      says: { en: "You normalised every example; normalise every feature, a column.", zh: "你对每个样本做了标准化；应对每个特征（列）做。" },
      answer: (X) => centred(X, 1).div(centred(X, 1).square().mean({ dim: 1, keepdim: true }).sqrt()),
    },
    {
      name: "divided-by-the-variance",
      says: { en: "You divided by the variance; its root, the standard deviation, has the feature's unit.", zh: "你除以了方差；应除以它的平方根，即标准差，单位才一致。" },
      answer: (X) => centred(X).div(centred(X).square().mean({ dim: 0 })),
    },
    {
      name: "forgot-the-mean",
      says: { en: "The mean is not taken away before dividing.", zh: "相除之前没有减去均值。" },
      answer: (X) => X.div(centred(X).square().mean({ dim: 0 }).sqrt()),
    },
    {
      name: "sample-deviation",
      says: { en: "Your standard deviation divides by N − 1 (the library's default); here it is N.", zh: "你的标准差除以了 N − 1（库的默认值）；这里应除以 N。" },
      answer: (X) => centred(X).div(X.std({ dim: 0 })),
    },
    {
      name: "whole-matrix",
      says: { en: "One mean and one deviation for the whole matrix; every column needs its own.", zh: "整个矩阵只用了一个均值和标准差；每一列都应有自己的。" },
      answer: (X) => X.sub(X.mean()).div(X.sub(X.mean()).square().mean().sqrt()),
    },
  ],
  hints: [
    { en: "After it every column has mean 0 and standard deviation 1.", zh: "处理之后每一列的均值为 0、标准差为 1。" },
    { en: "`X.mean({ dim: 0 })` has one mean a column, and broadcasting subtracts it from every row.", zh: "`X.mean({ dim: 0 })` 给出每列的均值，广播会把它从每一行减去。" },
    { en: "`const centred = X.sub(…); return centred.div(centred.square().mean({ dim: 0 }).sqrt());`", zh: "`const centred = X.sub(…); return centred.div(centred.square().mean({ dim: 0 }).sqrt());`" },
  ],
});

const fined = (X: Tensor, y: Tensor, fine: number): Tensor =>
  solve(X.t().matmul(X).add(eye(X.shape[1]!, X.shape[1]!, { dtype: X.dtype }).mul(fine)), X.t().matmul(y));

const ridge = exercise<[X: Tensor, y: Tensor, lambda: number]>({
  id: "01.7",
  stars: 3,
  title: { en: "A fine on large weights", zh: "对大权重的惩罚（岭回归）" },
  inputs: ["X", "y", "lambda"],
  draw: (draw) => [...matrixAndTargets(draw), draw.number(0.3, 2)],
  // The lowest point of |Xw − y|² + λ|w|² is the least-squares solution with √λ·I below X and zeros below y.
  answer: (X, y, lambda) => {
    const below = eye(X.shape[1]!, X.shape[1]!, { dtype: X.dtype }).mul(Math.sqrt(lambda));
    const targets = cat([y, y.narrow(0, 0, 1).mul(0).expand([X.shape[1]!])], { dim: 0 });
    return lstsq(cat([X, below], { dim: 0 }), targets.unsqueeze(1)).solution.squeeze(1);
  },
  mistakes: [
    {
      name: "no-fine",
      says: { en: "λ has no effect: this is the solution without a fine.", zh: "λ 没有起作用：这是没有惩罚时的解。" },
      answer: (X, y) => fined(X, y, 0),
    },
    {
      name: "fine-of-the-mean",
      says: { en: "λ is multiplied by the number of examples, as if the loss were a mean; here it is a sum.", zh: "λ 乘以了样本数，就像损失是平均值；这里的损失是总和。" },
      answer: (X, y, lambda) => fined(X, y, lambda * X.shape[0]!),
    },
    {
      name: "fine-everywhere",
      says: { en: "λ was added to every entry of XᵀX; only the diagonal holds the weights' own squares.", zh: "λ 被加到了 XᵀX 的每个元素上；只有对角线对应权重自身的平方。" },
      answer: (X, y, lambda) => solve(X.t().matmul(X).add(lambda), X.t().matmul(y)),
    },
    {
      name: "fine-subtracted",
      says: { en: "λ is subtracted, which rewards large weights.", zh: "λ 被减去了，这会鼓励大的权重。" },
      answer: (X, y, lambda) => fined(X, y, -lambda),
    },
    {
      name: "half-the-fine",
      says: { en: "There is a factor 2 between the slopes of your two terms: both are squares.", zh: "你的两项的斜率之间差一个因子 2：两项都是平方。" },
      answer: (X, y, lambda) => fined(X, y, lambda / 2),
    },
  ],
  tolerance: 1e-5,
  hints: [
    { en: "Take the gradient of |Xw − y|² + λ|w|² and set it to zero.", zh: "求 |Xw − y|² + λ|w|² 的梯度并令其为零。" },
    { en: "Xᵀ(Xw − y) + λw = 0, so XᵀX gets λ on its diagonal.", zh: "Xᵀ(Xw − y) + λw = 0，因此 XᵀX 的对角线上加 λ。" },
    { en: "`return linalg.solve(X.t().matmul(X).add(eye(…).mul(lambda)), …);`", zh: "`return linalg.solve(X.t().matmul(X).add(eye(…).mul(lambda)), …);`" },
  ],
});

export const linearRegression: readonly Exercise[] = [
  predict, meanSquaredError, gradient, leastSquares, oneEpoch, standardise, ridge,
];
