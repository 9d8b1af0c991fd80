/**
 * Exercises of chapter 10: the classifier's parameters, the sizes of the levels, what many sigmoids leave of a slope, the way
 * up and down a stack, equal numbers of steps, and a gain with its range. Right answers come from the library's layers, from
 * counting, and from autograd.
 */
import { Linear } from "../../nn/layers/linear.ts";
import { linear } from "../../nn/linear.ts";
import { zeros } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const sizesOf = (draw: Draw): number[] => [draw.int(10, 15), draw.int(6, 9), draw.int(4, 5), ...(draw.trial % 2 === 0 ? [] : [draw.int(2, 3)])];
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
/** Something of each pair of neighbours, added up. */
const overPairs = (sizes: readonly number[], of: (from: number, to: number) => number): number =>
  total(sizes.slice(1).map((to, i) => of(sizes[i]!, to)));

const parameters = exercise<[sizes: number[], classes: number]>({
  id: "10.1",
  stars: 1,
  title: { en: "The classifier's parameters", zh: "分类器的参数" },
  inputs: ["sizes", "classes"],
  draw: (draw) => [sizesOf(draw), draw.int(2, 9)],
  answer: (sizes, classes) =>
    total([...sizes.slice(1), classes].flatMap((to, i) => [...new Linear(sizes[i]!, to).parameters()].map(({ numel }) => numel))),
  mistakes: [
    {
      name: "decoders-too",
      says: { en: "You counted the decoders' biases; the classifier does not use them.", zh: "你数了解码器的偏置；分类器不使用它们。" },
      answer: (sizes, classes) => overPairs([...sizes, classes], (from, to) => (from + 1) * to) + total(sizes.slice(0, -1)),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each unit of a layer.", zh: "缺少偏置：每层的每个单元各有一个。" },
      answer: (sizes, classes) => overPairs([...sizes, classes], (from, to) => from * to),
    },
    {
      name: "forgot-the-output",
      says: { en: "The softmax layer on top is missing.", zh: "缺少顶上的 softmax 层。" },
      answer: (sizes) => overPairs(sizes, (from, to) => (from + 1) * to),
    },
    {
      name: "biases-of-the-input",
      says: { en: "A layer has a bias for each of its outputs, not of its inputs.", zh: "一层的偏置对应它的每个输出，而不是输入。" },
      answer: (sizes, classes) => overPairs([...sizes, classes], (from, to) => from * (to + 1)),
    },
    {
      name: "output-without-bias",
      says: { en: "The softmax layer has biases too, one for each class.", zh: "softmax 层也有偏置，每个类别一个。" },
      answer: (sizes, classes) => overPairs(sizes, (from, to) => (from + 1) * to) + sizes.at(-1)! * classes,
    },
  ],
  hints: [
    { en: "The classifier is a multilayer perceptron (chapter 3).", zh: "分类器就是一个多层感知机（第 3 章）。" },
    { en: "Each layer from n to m units has (n + 1) · m parameters; put the classes at the end of the sizes.", zh: "从 n 到 m 个单元的层有 (n + 1) · m 个参数；把类别数接在 sizes 之后。" },
    { en: "`const all = [...sizes, classes];` then add up `(all[i] + 1) * all[i + 1]`", zh: "`const all = [...sizes, classes];` 然后把 `(all[i] + 1) * all[i + 1]` 相加" },
  ],
});

const levels = exercise<[sizes: number[]]>({
  id: "10.2",
  stars: 1,
  title: { en: "The levels", zh: "各个层级" },
  inputs: ["sizes"],
  draw: (draw) => [sizesOf(draw)],
  answer: (sizes) => sizes.slice(1).map((hidden, i) => [sizes[i]!, hidden]),
  mistakes: [
    {
      name: "all-from-the-pixels",
      says: { en: "Only the first level sees pixels; each other one sees the codes of the level below.", zh: "只有第一层看到像素；其他每层看到的是下一层的编码。" },
      answer: (sizes) => sizes.slice(1).map((hidden) => [sizes[0]!, hidden]),
    },
    {
      name: "hidden-first",
      says: { en: "The pairs are turned round: visible units first.", zh: "数对的顺序反了：可见单元在前。" },
      answer: (sizes) => sizes.slice(1).map((hidden, i) => [hidden, sizes[i]!]),
    },
    {
      name: "from-the-top",
      says: { en: "Training begins at the bottom: the top needs codes that are already there.", zh: "训练从底层开始：上层需要已有的编码。" },
      answer: (sizes) => sizes.slice(1).map((hidden, i) => [sizes[i]!, hidden]).toReversed(),
    },
    {
      name: "one-too-few",
      says: { en: "One level is missing: every hidden layer has an autoencoder.", zh: "少了一层：每个隐藏层都有一个自编码器。" },
      answer: (sizes) => sizes.slice(1, -1).map((hidden, i) => [sizes[i]!, hidden]),
    },
    {
      name: "one-big-one",
      says: { en: "This is one autoencoder from the pixels to the top; greedy training takes a step at a time.", zh: "这是从像素直接到顶层的一个自编码器；贪心训练是逐层进行的。" },
      answer: (sizes) => [[sizes[0]!, sizes.at(-1)!]],
    },
  ],
  hints: [
    { en: "How many autoencoders are there for four sizes?", zh: "四个大小对应多少个自编码器？" },
    { en: "Neighbours in the list: the first and the second, the second and the third, …", zh: "列表中的相邻两个：第一与第二，第二与第三，……" },
    { en: "`return sizes.slice(1).map((hidden, i) => [sizes[i], …]);`", zh: "`return sizes.slice(1).map((hidden, i) => [sizes[i], …]);`" },
  ],
});

const shrink = exercise<[layers: number, weight: number]>({
  id: "10.3",
  stars: 1,
  title: { en: "What is left of a slope", zh: "斜率还剩多少" },
  inputs: ["layers", "weight"],
  draw: (draw) => [2 + (draw.trial % 4), draw.number(0.5, 3)],
  // By autograd: biases keep every unit at 0, where the sigmoid is steepest.
  answer: (count, weight) => {
    const x = zeros([], { dtype: "float64", requiresGrad: true });
    let z: Tensor = x;
    for (let layer = 0; layer < count; layer++) z = z.mul(weight).sigmoid().sub(0.5);
    z.backward();
    return x.grad!.item();
  },
  mistakes: [
    {
      name: "forgot-the-weights",
      says: { en: "The weights are missing: on its way down a slope is multiplied by them too.", zh: "没有用到权值：斜率向下传播时也要乘以权值。" },
      answer: (count) => 0.25 ** count,
    },
    {
      name: "forgot-the-sigmoids",
      says: { en: "The sigmoids are missing: each leaves a quarter at most.", zh: "没有用到 sigmoid：每个最多留下四分之一。" },
      answer: (count, weight) => weight ** count,
    },
    {
      name: "multiplied-instead-of-raised",
      says: { en: "Factors of several layers multiply: it is a power.", zh: "各层的因子相乘：是乘方。" },
      answer: (count, weight) => (count * weight) / 4,
    },
    {
      name: "one-layer-short",
      says: { en: "One layer is missing.", zh: "少了一层。" },
      answer: (count, weight) => (weight / 4) ** (count - 1),
    },
    {
      name: "one-half",
      says: { en: "At 0 the sigmoid itself is one half; its slope there is one quarter.", zh: "在 0 处 sigmoid 的值是二分之一；斜率是四分之一。" },
      answer: (count, weight) => (weight / 2) ** count,
    },
    {
      name: "weight-once",
      says: { en: "There is a weight at every unit, not only one.", zh: "每个单元都有一个权值，不只一个。" },
      answer: (count, weight) => weight * 0.25 ** count,
    },
  ],
  hints: [
    { en: "What does one unit do to a slope, at most?", zh: "一个单元最多使斜率变成多少？" },
    { en: "Each unit multiplies by σ′ ≤ 1/4 and by its weight.", zh: "每个单元乘以 σ′ ≤ 1/4 和它的权值。" },
    { en: "`return (… ) ** layers;`", zh: "`return (… ) ** layers;`" },
  ],
});

interface Encoder {
  W: Tensor;
  b: Tensor;
}
interface Decoder {
  W: Tensor;
  c: Tensor;
}

const climb = (x: Tensor, stack: readonly Encoder[]): Tensor => stack.reduce((value, { W, b }) => linear(value, W, b).sigmoid(), x);

const up = exercise<[x: Tensor, levels: Encoder[]]>({
  id: "10.4",
  stars: 2,
  title: { en: "Up", zh: "向上" },
  inputs: ["x", "levels"],
  draw: (draw) => {
    // All levels of one size, so that a wrong order is a wrong answer and no error.
    const n = draw.int(3, 4);
    const stack = Array.from({ length: 2 + (draw.trial % 2) }, () => ({ W: draw.normal([n, n]), b: draw.normal([n]) }));
    return [draw.uniform([draw.int(2, 3), n]), stack];
  },
  answer: climb,
  mistakes: [
    {
      name: "from-the-top",
      says: { en: "You began with the top level; the digits enter at the lowest.", zh: "你从最上层开始了；数字从最低层进入。" },
      answer: (x, stack) => climb(x, stack.toReversed()),
    },
    {
      name: "first-level-only",
      says: { en: "This is the code of the first level; asked is that of the top.", zh: "这是第一层的编码；要求的是最上层的。" },
      answer: (x, stack) => climb(x, stack.slice(0, 1)),
    },
    {
      name: "no-sigmoids-between",
      says: { en: "Between the levels the sigmoids are missing.", zh: "各层之间缺少 sigmoid。" },
      answer: (x, stack) => stack.reduce((value, { W, b }) => linear(value, W, b), x).sigmoid(),
    },
    {
      name: "no-sigmoid-at-the-top",
      says: { en: "The top level has its sigmoid too.", zh: "最上层也有 sigmoid。" },
      answer: (x, stack) => linear(climb(x, stack.slice(0, -1)), stack.at(-1)!.W, stack.at(-1)!.b),
    },
    {
      name: "not-transposed",
      says: { en: "W is [H, V]: the way up needs its transpose.", zh: "W 是 [H, V]：向上要用它的转置。" },
      answer: (x, stack) => stack.reduce((value, { W, b }) => value.matmul(W).add(b).sigmoid(), x),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing.", zh: "缺少偏置。" },
      answer: (x, stack) => stack.reduce((value, { W }) => linear(value, W).sigmoid(), x),
    },
  ],
  hints: [
    { en: "Rung 1 has `up` for one level.", zh: "第 1 级有一层的 `up`。" },
    { en: "The code of one level is the input of the next: go through the list, or `reduce`.", zh: "一层的编码是下一层的输入：遍历列表，或用 `reduce`。" },
    { en: "`for (const { W, b } of levels) x = x.matmul(…).add(b).sigmoid(); return x;`", zh: "`for (const { W, b } of levels) x = x.matmul(…).add(b).sigmoid(); return x;`" },
  ],
});

const descend = (h: Tensor, stack: readonly Decoder[]): Tensor => stack.toReversed().reduce((value, { W, c }) => linear(value, W.t(), c).sigmoid(), h);

const down = exercise<[h: Tensor, levels: Decoder[]]>({
  id: "10.5",
  stars: 2,
  title: { en: "And down", zh: "再向下" },
  inputs: ["h", "levels"],
  draw: (draw) => {
    const n = draw.int(3, 4);
    const stack = Array.from({ length: 2 + (draw.trial % 2) }, () => ({ W: draw.normal([n, n]), c: draw.normal([n]) }));
    return [draw.uniform([draw.int(2, 3), n]), stack];
  },
  answer: descend,
  mistakes: [
    {
      name: "from-the-bottom",
      says: { en: "A code of the top level is undone by the top level first.", zh: "最上层的编码先由最上层解码。" },
      answer: (h, stack) => descend(h, stack.toReversed()),
    },
    {
      name: "top-level-only",
      says: { en: "This is the code of the level below; go on down to the pixels.", zh: "这是下一层的编码；要一直向下到像素。" },
      answer: (h, stack) => descend(h, stack.slice(-1)),
    },
    {
      name: "transposed",
      says: { en: "The way down multiplies by W itself; its transpose leads up.", zh: "向下乘以 W 本身；转置是向上用的。" },
      answer: (h, stack) => stack.toReversed().reduce((value, { W, c }) => value.matmul(W.t()).add(c).sigmoid(), h),
    },
    {
      name: "no-sigmoids-between",
      says: { en: "Between the levels the sigmoids are missing.", zh: "各层之间缺少 sigmoid。" },
      answer: (h, stack) => stack.toReversed().reduce((value, { W, c }) => linear(value, W.t(), c), h).sigmoid(),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases c are missing.", zh: "缺少偏置 c。" },
      answer: (h, stack) => stack.toReversed().reduce((value, { W }) => linear(value, W.t()).sigmoid(), h),
    },
  ],
  hints: [
    { en: "The last level that went up is the first to come down.", zh: "最后向上的那一层最先向下。" },
    { en: "Go through `levels.toReversed()`; each level multiplies by W, adds c, and takes the sigmoid.", zh: "遍历 `levels.toReversed()`；每层乘以 W，加 c，再取 sigmoid。" },
    { en: "`for (const { W, c } of levels.toReversed()) h = …; return h;`", zh: "`for (const { W, c } of levels.toReversed()) h = …; return h;`" },
  ],
});

const passes = exercise<[many: number, passes: number, few: number, batchSize: number]>({
  id: "10.6",
  stars: 2,
  title: { en: "Equal steps", zh: "相同的步数" },
  inputs: ["many", "passes", "few", "batchSize"],
  // Both leave a smaller last batch, and the few digits hardly more than one.
  draw: (draw) => {
    const batchSize = draw.int(40, 48);
    return [draw.int(20, 25) * batchSize + draw.int(5, 35), draw.int(3, 7), batchSize + draw.int(5, 15), batchSize];
  },
  answer: (many, times, few, batchSize) => {
    const stepsOf = (examples: number): number => {
      let steps = 0;
      for (let start = 0; start < examples; start += batchSize) steps++;
      return steps;
    };
    let needed = 0;
    for (let steps = 0; steps < times * stepsOf(many); steps += stepsOf(few)) needed++;
    return needed;
  },
  mistakes: [
    {
      name: "by-digits",
      says: { en: "You compared digits, not steps: a last small batch is a step as well.", zh: "你比较的是数字的个数而不是步数：最后的小批次也算一步。" },
      answer: (many, times, few) => Math.ceil((many * times) / few),
    },
    {
      name: "left-the-last-batch-out",
      says: { en: "You left the last, smaller batch out.", zh: "你漏掉了最后那个较小的批次。" },
      answer: (many, times, few, batchSize) => Math.ceil((times * Math.floor(many / batchSize)) / Math.floor(few / batchSize)),
    },
    {
      name: "the-steps",
      says: { en: "These are the steps of the long run; asked are passes through the few.", zh: "这是长的那次运行的步数；要求的是遍历少量数字的次数。" },
      answer: (many, times, _few, batchSize) => times * Math.ceil(many / batchSize),
    },
    {
      name: "same-passes",
      says: { en: "As many passes are far fewer steps when there are few digits.", zh: "数字少时，同样的遍数意味着少得多的步数。" },
      answer: (_many, times) => times,
    },
  ],
  hints: [
    { en: "How many steps has one pass?", zh: "一遍有多少步？" },
    { en: "One pass has ⌈digits / batchSize⌉ steps. Divide the steps of the long run by those of a short pass.", zh: "一遍有 ⌈数字个数 / batchSize⌉ 步。用长的那次的总步数除以短的一遍的步数。" },
    { en: "`const steps = (n: number) => Math.ceil(n / batchSize); return Math.ceil(…);`", zh: "`const steps = (n: number) => Math.ceil(n / batchSize); return Math.ceil(…);`" },
  ],
});

const gainsOf = (first: readonly number[], second: readonly number[]): number[] => first.map((value, i) => value - second[i]!);
const summary = (gains: readonly number[]): number[] => [total(gains) / gains.length, Math.min(...gains), Math.max(...gains)];

const gain = exercise<[first: number[], second: number[]]>({
  id: "10.7",
  stars: 3,
  title: { en: "A gain with its range", zh: "增益及其范围" },
  inputs: ["first", "second"],
  draw: (draw) => {
    const second = Array.from({ length: 5 }, () => draw.number(0.7, 0.9));
    // One seed loses in every trial, so that its sign shows.
    return [second.map((value, i) => value + (i === 1 ? draw.number(-0.05, -0.01) : draw.number(0, 0.1))), second];
  },
  answer: (first, second) => summary(gainsOf(first, second)),
  mistakes: [
    {
      name: "range-of-the-arms",
      says: { en: "Take the gain of each seed first: best of one arm and worst of the other belong to different seeds.", zh: "先对每个种子求增益：一组的最好与另一组的最差属于不同的种子。" },
      answer: (first, second) => [
        total(first) / first.length - total(second) / second.length,
        Math.min(...first) - Math.max(...second),
        Math.max(...first) - Math.min(...second),
      ],
    },
    {
      name: "extremes-subtracted",
      says: { en: "You subtracted the smallest from the smallest and the largest from the largest; take the gains seed by seed.", zh: "你用最小减最小、最大减最大；应逐个种子求增益。" },
      answer: (first, second) => [
        total(first) / first.length - total(second) / second.length,
        Math.min(...first) - Math.min(...second),
        Math.max(...first) - Math.max(...second),
      ],
    },
    {
      name: "other-way-round",
      says: { en: "The sign is turned round: a gain is the first arm minus the second.", zh: "符号反了：增益是第一组减第二组。" },
      answer: (first, second) => summary(gainsOf(second, first)),
    },
    {
      name: "median",
      says: { en: "The first number is the median; asked is the mean.", zh: "第一个数是中位数；要求的是平均值。" },
      answer: (first, second) => {
        const sorted = gainsOf(first, second).toSorted((p, q) => p - q);
        return [sorted[Math.floor(sorted.length / 2)]!, sorted[0]!, sorted.at(-1)!];
      },
    },
    {
      name: "sizes-of-the-gains",
      says: { en: "You dropped the signs: a seed may lose, and that must show.", zh: "你去掉了符号：某个种子可能变差，这必须显示出来。" },
      answer: (first, second) => summary(gainsOf(first, second).map(Math.abs)),
    },
    {
      name: "relative",
      says: { en: "You divided by the second arm; asked is the plain difference.", zh: "你除以了第二组；要求的是直接的差。" },
      answer: (first, second) => summary(first.map((value, i) => value / second[i]! - 1)),
    },
  ],
  hints: [
    { en: "Both arms of a seed had the same labelled digits: compare them with each other.", zh: "同一种子的两组用了相同的带标签数字：应互相比较。" },
    { en: "Make the list of gains, seed by seed; then mean, smallest, largest of it.", zh: "逐个种子列出增益；再求它的平均、最小、最大。" },
    { en: "`const gains = first.map((value, i) => …); return [sum / gains.length, Math.min(...gains), …];`", zh: "`const gains = first.map((value, i) => …); return [sum / gains.length, Math.min(...gains), …];`" },
  ],
});

/** In the notebook's order. */
export const stackedAutoencoders: readonly Exercise[] = [parameters, levels, shrink, up, down, passes, gain];
