/**
 * Exercises on tensors, chance and slopes: cutting, broadcasting, masks, angles, drawing a class (by the inverse of the
 * cumulative distribution), finite differences, Newton's method, and the best approximation of a matrix by one of small rank
 * (C. Eckart and G. Young, 1936).
 */
import { eigh, svd } from "../../linalg/index.ts";
import { grad } from "../../autograd/functions.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { where } from "../../tensor/functions.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const square = (image: Tensor, top: number, left: number, size: number): Tensor =>
  image.at(`${top}:${top + size}`, `${left}:${left + size}`);

const crop = exercise<[image: Tensor, top: number, left: number, size: number]>({
  id: "00t.1",
  stars: 1,
  title: { en: "Crop", zh: "裁剪" },
  inputs: ["image", "top", "left", "size"],
  draw: (draw) => {
    const rows = draw.int(9, 12);
    return [draw.normal([rows, rows + 3]), draw.int(1, 2), draw.int(3, 4), draw.int(2, 4)];
  },
  answer: (image, top, left, size) =>
    (image.toArray() as number[][]).slice(top, top + size).map((row) => row.slice(left, left + size)),
  mistakes: [
    {
      name: "swapped-rows-and-columns",
      says: { en: "Rows and columns are swapped: the first entry of `at` chooses rows, so `top` belongs there.", zh: "行和列交换了：`at` 的第一项选择行，应放 `top`。" },
      answer: (image, top, left, size) => square(image, left, top, size),
    },
    {
      name: "size-as-end",
      says: { en: "Behind the colon stands where the slice ends, not how long it is: start + size.", zh: "冒号后面是切片的结束位置，而不是长度：应为 起点 + size。" },
      answer: (image, top, left, size) => image.at(`${top}:${size}`, `${left}:${size}`),
    },
    {
      name: "one-short",
      says: { en: "A row and a column are missing: the end of a slice is not part of it, so nothing need be taken away.", zh: "少了一行和一列：切片不包含结束位置，不需要再减 1。" },
      answer: (image, top, left, size) => square(image, top, left, size - 1),
    },
    {
      name: "one-too-many",
      says: { en: "There is a row and a column too many: the slice ends before start + size.", zh: "多了一行和一列：切片在 起点 + size 之前结束。" },
      answer: (image, top, left, size) => square(image, top, left, size + 1),
    },
  ],
  hints: [
    { en: "One slice for the rows and one for the columns.", zh: "行一个切片，列一个切片。" },
    { en: "A slice is text; `${…}` between backticks puts numbers into it.", zh: "切片是文本；反引号之间用 `${…}` 放入数。" },
    { en: "``return image.at(`${top}:${…}`, `${…}:${…}`);``", zh: "``return image.at(`${top}:${…}`, `${…}:${…}`);``" },
  ],
});

const column = (t: Tensor): Tensor => t.unsqueeze(1);

const pairs = exercise<[a: Tensor, b: Tensor]>({
  id: "00t.2",
  stars: 1,
  title: { en: "All pairs", zh: "所有配对" },
  inputs: ["a", "b"],
  draw: (draw) => [draw.normal([draw.trial + 3]), draw.normal([draw.trial + 2])],
  answer: (a, b) => Array.from(a.data(), (x) => Array.from(b.data(), (y) => Number(x) - Number(y))),
  mistakes: [
    {
      name: "transposed",
      says: { en: "Rows and columns are swapped: `a` must run down the rows, so `a` becomes the column.", zh: "行和列交换了：`a` 应沿行变化，所以把 `a` 变成列。" },
      answer: (a, b) => a.sub(column(b)),
    },
    {
      name: "other-sign",
      says: { en: "You took a from b; the sign is turned round.", zh: "你用 b 减去了 a；符号反了。" },
      answer: (a, b) => b.sub(column(a)),
    },
    {
      name: "absolute",
      says: { en: "These are distances; keep the sign of the differences.", zh: "这是距离；应保留差的符号。" },
      answer: (a, b) => column(a).sub(b).abs(),
    },
  ],
  hints: [
    { en: "The multiplication table of section 5 is made like this.", zh: "第 5 节的乘法表就是这样做的。" },
    { en: "A column of shape [n, 1] against a row of shape [m] is stretched to [n, m].", zh: "形状为 [n, 1] 的列与形状为 [m] 的行相遇时，会扩展为 [n, m]。" },
    { en: "`return a.unsqueeze(…).sub(…);`", zh: "`return a.unsqueeze(…).sub(…);`" },
  ],
});

const far = (t: Tensor, k: number): Tensor => t.sub(t.mean()).abs().gt(t.std().mul(k));

const outliers = exercise<[t: Tensor, k: number]>({
  id: "00t.3",
  stars: 2,
  title: { en: "Outliers", zh: "离群值" },
  inputs: ["t", "k"],
  // Ten to fifteen ordinary numbers, one far below them and one far above.
  draw: (draw) => {
    const [centre, spread] = [draw.number(5, 9), draw.number(2, 3)];
    const ordinary = draw.uniform([draw.trial + 10], -1, 1);
    const t = ordinary.clone();
    t.set(1, draw.number(4, 5)).set(4, -draw.number(4, 5));
    return [t.mul(spread).add(centre), draw.number(1.4, 1.6)];
  },
  answer: (t, k) => {
    const numbers = Array.from(t.data(), Number);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (numbers.length - 1));
    return numbers.map((x) => (Math.abs(x - mean) > k * deviation ? mean : x));
  },
  mistakes: [
    {
      name: "only-above",
      says: { en: "Only the outliers above the mean are replaced; take the absolute value of the distance.", zh: "只替换了高于均值的离群值；应对距离取绝对值。" },
      answer: (t, k) => where(t.sub(t.mean()).gt(t.std().mul(k)), t.mean(), t),
    },
    {
      name: "forgot-the-deviation",
      says: { en: "You compare the distance with k itself; k counts standard deviations.", zh: "你把距离与 k 本身比较；k 的单位是标准差。" },
      answer: (t, k) => where(t.sub(t.mean()).abs().gt(k), t.mean(), t),
    },
    {
      name: "set-to-zero",
      says: { en: "Outliers became 0; they must become the mean.", zh: "离群值变成了 0；应变为均值。" },
      answer: (t, k) => where(far(t, k), 0, t),
    },
    {
      name: "turned-round",
      says: { en: "You replaced the ordinary elements and kept the outliers.", zh: "你替换了普通元素，却保留了离群值。" },
      answer: (t, k) => where(far(t, k), t, t.mean()),
    },
    {
      name: "left-out",
      says: { en: "You left the outliers out; the vector must keep its length.", zh: "你去掉了离群值；向量的长度应保持不变。" },
      answer: (t, k) => t.at(far(t, k).logicalNot()),
    },
  ],
  hints: [
    { en: "First a mask: which elements are too far away?", zh: "先做掩码：哪些元素离得太远？" },
    { en: "`t.sub(t.mean()).abs().gt(…)` is the mask; `maskedFill(mask, value)` makes a copy with a value where it is true.", zh: "`t.sub(t.mean()).abs().gt(…)` 是掩码；`maskedFill(mask, value)` 得到在掩码为真处替换了值的副本。" },
    { en: "`const far = t.sub(t.mean()).abs().gt(t.std().mul(…)); return t.maskedFill(far, …);`", zh: "`const far = t.sub(t.mean()).abs().gt(t.std().mul(…)); return t.maskedFill(far, …);`" },
  ],
});

const cosine = exercise<[a: Tensor, b: Tensor]>({
  id: "00t.4",
  stars: 2,
  title: { en: "Alike", zh: "相似度" },
  inputs: ["a", "b"],
  draw: (draw) => {
    const a = draw.normal([draw.trial + 2]);
    return [a.mul(2), draw.normal([draw.trial + 2]).add(a).mul(3)];
  },
  // By the law of cosines: |a - b|² = |a|² + |b|² - 2 |a| |b| cos.
  answer: (a, b) => {
    const [x, y, apart] = [a, b, a.sub(b)].map((t) => t.norm().item()) as [number, number, number];
    return (x ** 2 + y ** 2 - apart ** 2) / (2 * x * y);
  },
  mistakes: [
    {
      name: "forgot-the-lengths",
      says: { en: "This is the inner product; divide it by both lengths.", zh: "这是内积；还要除以两个向量的长度。" },
      answer: (a, b) => a.dot(b),
    },
    {
      name: "one-length-only",
      says: { en: "You divided by one length; divide by both.", zh: "你只除以了一个长度；应除以两个。" },
      answer: (a, b) => a.dot(b).div(a.norm()),
    },
    {
      name: "squared-lengths",
      says: { en: "You divided by squared lengths: the root is missing.", zh: "你除以了长度的平方：缺少开方。" },
      answer: (a, b) => a.dot(b).div(a.dot(a).mul(b.dot(b))),
    },
    {
      name: "sums-as-lengths",
      says: { en: "These are 1-norms; a length is the 2-norm, the root of the sum of squares.", zh: "这是 1-范数；长度是 2-范数，即平方和的平方根。" },
      answer: (a, b) => a.dot(b).div(a.norm({ p: 1 }).mul(b.norm({ p: 1 }))),
    },
  ],
  hints: [
    { en: "`a.dot(b)` is the inner product.", zh: "`a.dot(b)` 是内积。" },
    { en: "The length of a vector is its 2-norm, `a.norm()`; `item()` makes a number of a tensor with one element.", zh: "向量的长度是 2-范数 `a.norm()`；`item()` 从单元素张量取出数。" },
    { en: "`return a.dot(b).div(a.norm().mul(…)).item();`", zh: "`return a.dot(b).div(a.norm().mul(…)).item();`" },
  ],
});

/** The first class whose share of the line reaches beyond u. */
function shareOf(p: readonly number[], u: number): number {
  let sum = 0;
  return p.findIndex((share) => (sum += share) > u);
}

const drawClass = exercise<[p: number[], u: number]>({
  id: "00t.5",
  stars: 2,
  title: { en: "Draw a class", zh: "抽取一个类别" },
  inputs: ["p", "u"],
  // Each class is hit in turn, the last one first, well inside its share. Class 0 has about half of the line, so that no
  // even division of it will do.
  draw: (draw) => {
    const weights = [4, 1, 1, 2].map((weight) => weight * draw.number(1, 1.2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const p = weights.map((weight) => weight / total);
    const hit = [3, 0, 2, 1][draw.trial % 4]!;
    const before = p.slice(0, hit).reduce((sum, share) => sum + share, 0);
    return [p, before + p[hit]! * draw.number(0.2, 0.8)];
  },
  answer: (p, u) => p.filter((_, i) => p.slice(0, i + 1).reduce((sum, share) => sum + share, 0) <= u).length,
  mistakes: [
    {
      name: "likeliest",
      says: { en: "This is the likeliest class whatever u is; then nothing is left to chance.", zh: "无论 u 是多少，你都返回最可能的类别；这就没有随机性了。" },
      answer: (p) => p.indexOf(Math.max(...p)),
    },
    {
      name: "not-added-up",
      says: { en: "You compare u with each probability by itself; add them up from the left.", zh: "你把 u 与每个概率单独比较；应从左边开始累加。" },
      answer: (p, u) => p.findIndex((share) => share > u),
    },
    {
      name: "counted-from-one",
      says: { en: "The number is one too large: classes count from 0.", zh: "结果大了 1：类别从 0 开始编号。" },
      answer: (p, u) => shareOf(p, u) + 1,
    },
    {
      name: "from-the-right",
      says: { en: "You laid the probabilities from the right; begin with class 0 on the left.", zh: "你从右边开始排列概率；应从左边的类别 0 开始。" },
      answer: (p, u) => shareOf(p, 1 - u),
    },
  ],
  hints: [
    { en: "With p = [0.5, 0.3, 0.2] the shares end at 0.5, 0.8 and 1.", zh: "当 p = [0.5, 0.3, 0.2] 时，各段的终点为 0.5、0.8 和 1。" },
    { en: "Add up from the left; the first class at which the sum is above u is the one.", zh: "从左开始累加；和首次大于 u 的类别就是答案。" },
    {
      en: "`let sum = 0; for (const [i, share] of p.entries()) { sum += …; if (…) return i; } return p.length - 1;`",
      zh: "`let sum = 0; for (const [i, share] of p.entries()) { sum += …; if (…) return i; } return p.length - 1;`",
    },
  ],
});

type Curve = (x: number) => number;

/** Curves that know their slope, of which the learner's function sees nothing. */
const slopeOf = new WeakMap<Curve, Curve>();

const nudged = exercise<[f: Curve, x: number]>({
  id: "00t.6",
  stars: 2,
  title: { en: "Nudge", zh: "微扰" },
  inputs: ["f", "x"],
  draw: (draw) => {
    const [a, b, c] = [draw.number(2, 4), draw.number(0.1, 0.4), draw.number(-1, 1)];
    const f: Curve = (x) => a * x + b * x ** 3 + Math.sin(x) + c;
    slopeOf.set(f, (x) => a + 3 * b * x ** 2 + Math.cos(x));
    return [f, draw.number(-2, 2)];
  },
  answer: (f, x) => slopeOf.get(f)!(x),
  mistakes: [
    {
      name: "forgot-the-two",
      says: { en: "Your slope is twice too large: from x − h to x + h the step is 2h.", zh: "斜率大了一倍：从 x − h 到 x + h 的步长是 2h。" },
      answer: (f, x) => 2 * slopeOf.get(f)!(x),
    },
    {
      name: "half-the-step",
      says: { en: "Your slope is half of what it should be: from x to x + h the step is h, not 2h.", zh: "斜率只有一半：从 x 到 x + h 的步长是 h，而不是 2h。" },
      answer: (f, x) => slopeOf.get(f)!(x) / 2,
    },
    {
      name: "other-sign",
      says: { en: "The sign is turned round: what lies to the right comes first.", zh: "符号反了：右边的值应在前面。" },
      answer: (f, x) => -slopeOf.get(f)!(x),
    },
    {
      name: "value",
      says: { en: "This is f(x) itself, not its slope.", zh: "这是 f(x) 本身，而不是它的斜率。" },
      answer: (f, x) => f(x),
    },
  ],
  tolerance: 1e-3,
  hints: [
    { en: "How much does f change between two places close to x?", zh: "在 x 附近的两处之间，f 变化多少？" },
    { en: "(f(x + h) − f(x − h)) / (2h) with a small h such as 1e-5.", zh: "(f(x + h) − f(x − h)) / (2h)，h 取很小的数，例如 1e-5。" },
    { en: "`const h = 1e-5; return (f(…) - f(…)) / (…);`", zh: "`const h = 1e-5; return (f(…) - f(…)) / (…);`" },
  ],
});

type TensorCurve = (x: Tensor) => Tensor;

const newton = exercise<[f: TensorCurve, x: Tensor]>({
  id: "00t.7",
  stars: 3,
  title: { en: "Newton", zh: "牛顿法" },
  inputs: ["f", "x"],
  draw: (draw) => {
    const [root, power] = [draw.number(1, 4), draw.pick([2, 3])];
    const f: TensorCurve = (x) => x.pow(power).sub(root);
    return [f, draw.normal([]).abs().add(1.5)];
  },
  // By nudging, and therefore with a tolerance.
  answer: (f, x) => {
    const h = 1e-6;
    const slope = f(x.add(h)).sub(f(x.sub(h))).item() / (2 * h);
    return x.item() - f(x).item() / slope;
  },
  mistakes: [
    {
      name: "away-from-the-root",
      says: { en: "You walk away from the root: take f/f′ away from x.", zh: "你在远离根：应从 x 中减去 f/f′。" },
      answer: (f, x) => x.add(f(x).div(grad(f)(x))),
    },
    {
      name: "forgot-the-value",
      says: { en: "You subtract the slope alone; the step is the value over the slope.", zh: "你只减去了斜率；步长是函数值除以斜率。" },
      answer: (f, x) => x.sub(grad(f)(x)),
    },
    {
      name: "upside-down",
      says: { en: "The fraction is upside down: value over slope.", zh: "分数上下颠倒了：应为函数值除以斜率。" },
      answer: (f, x) => x.sub(grad(f)(x).div(f(x))),
    },
    {
      name: "only-the-step",
      says: { en: "This is the step; return the new place, x minus the step.", zh: "这只是步长；应返回新的位置，即 x 减去步长。" },
      answer: (f, x) => f(x).div(grad(f)(x)),
    },
    {
      name: "product",
      says: { en: "You multiplied value and slope; divide by the slope.", zh: "你把函数值与斜率相乘了；应除以斜率。" },
      answer: (f, x) => x.sub(f(x).mul(grad(f)(x))),
    },
  ],
  tolerance: 1e-5,
  hints: [
    { en: "The rule is above the picture with the two tangents.", zh: "规则写在两条切线的图的上方。" },
    { en: "`grad(f)` is the function that gives the slope; call it with x.", zh: "`grad(f)` 是给出斜率的函数；用 x 调用它。" },
    { en: "`return x.sub(f(x).div(…));`", zh: "`return x.sub(f(x).div(…));`" },
  ],
});

/** The sum of the parts of a matrix from one number to another. */
function parts(A: Tensor, from: number, to: number): Tensor {
  const { u, s, vh } = svd(A, { fullMatrices: false });
  return u.at(":", `${from}:${to}`).mul(s.at(`${from}:${to}`)).matmul(vh.at(`${from}:${to}`));
}

const lowRank = exercise<[A: Tensor, k: number]>({
  id: "00t.8",
  stars: 3,
  title: { en: "The heaviest parts", zh: "最重的部分" },
  inputs: ["A", "k"],
  draw: (draw) => [draw.normal([draw.int(5, 6), draw.int(7, 8)]), draw.trial % 3 + 1],
  // The projection onto the directions in which AᵀA is largest.
  answer: (A, k) => {
    const { eigenvectors } = eigh(A.t().matmul(A));
    const directions = eigenvectors.at(":", `${A.shape[1]! - k}:`);
    return A.matmul(directions).matmul(directions.t());
  },
  mistakes: [
    {
      name: "forgot-the-weights",
      says: { en: "The singular values are missing: each part must be multiplied by its weight.", zh: "缺少奇异值：每个部分都要乘以它的权重。" },
      answer: (A, k) => {
        const { u, vh } = svd(A, { fullMatrices: false });
        return u.at(":", `:${k}`).matmul(vh.at(`:${k}`));
      },
    },
    {
      name: "lightest",
      says: { en: "These are the lightest parts; singular values come in decreasing order, so take the first k.", zh: "这是最轻的部分；奇异值按从大到小排列，应取前 k 个。" },
      answer: (A, k) => parts(A, A.shape[0]! - k, A.shape[0]!),
    },
    {
      name: "one-too-many",
      says: { en: "There is one part too many: the slice `:k` holds k of them.", zh: "多了一个部分：切片 `:k` 恰好有 k 个。" },
      answer: (A, k) => parts(A, 0, k + 1),
    },
    {
      name: "only-the-last",
      says: { en: "This is the k-th part alone; add the parts before it.", zh: "这只是第 k 个部分；还要加上它前面的部分。" },
      answer: (A, k) => parts(A, k - 1, k),
    },
  ],
  hints: [
    { en: "Section 7 does it to the digit; only the clamping does not belong here.", zh: "第 7 节对数字图像做过；只是这里不需要截断。" },
    { en: "`linalg.svd(A, { fullMatrices: false })` gives u, s and vh; keep k columns of u, k elements of s, k rows of vh.", zh: "`linalg.svd(A, { fullMatrices: false })` 给出 u、s、vh；保留 u 的 k 列、s 的 k 个元素、vh 的 k 行。" },
    {
      en: "``const { u, s, vh } = linalg.svd(A, { fullMatrices: false }); return u.at(\":\", `:${k}`).mul(…).matmul(…);``",
      zh: "``const { u, s, vh } = linalg.svd(A, { fullMatrices: false }); return u.at(\":\", `:${k}`).mul(…).matmul(…);``",
    },
  ],
});

export const tensors: readonly Exercise[] = [crop, pairs, outliers, cosine, drawClass, nudged, newton, lowRank];
