/**
 * The exercises of chapter 7 that have to do with writing: temperature, clipping by length, losses under a mask and the slope of
 * an embedding. Right answers come from the library's softmax, norms and masks, and from autograd.
 */
import { tensor, zeros } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const float64 = { dtype: "float64" } as const;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const numbersOf = (values: Tensor): number[] => values.toArray() as number[];

const softmax = (scores: readonly number[]): number[] => numbersOf(tensor(scores, float64).softmax(0));

const temperature = exercise<[scores: number[], T: number]>({
  id: "07.5",
  stars: 1,
  title: { en: "Temperature", zh: "温度" },
  inputs: ["scores", "T"],
  draw: (draw) => [draw.numbers(draw.int(3, 5), { std: 2 }), draw.trial % 2 === 0 ? draw.number(0.3, 0.7) : draw.number(1.5, 3)],
  answer: (scores, T) => softmax(scores.map((score) => score / T)),
  mistakes: [
    {
      name: "multiplied",
      says: { en: "You multiplied by T; a high temperature makes differences smaller, so divide.", zh: "你乘以了 T；温度高时差别应变小，所以要除。" },
      answer: (scores, T) => softmax(scores.map((score) => score * T)),
    },
    {
      name: "ignored",
      says: { en: "The temperature plays no part: this is softmax at T = 1.", zh: "没有用到温度：这是 T = 1 时的 softmax。" },
      answer: (scores) => softmax(scores),
    },
    {
      name: "divided-afterwards",
      says: { en: "You divided the probabilities by T, so they do not add up to 1; divide the scores, before softmax.", zh: "你把概率除以了 T，于是和不为 1；应在 softmax 之前除得分。" },
      answer: (scores, T) => softmax(scores).map((p) => p / T),
    },
    {
      name: "not-normalised",
      says: { en: "These are e^(s/T); divide by their sum, so that they add up to 1.", zh: "这是 e^(s/T)；还要除以它们的和，使总和为 1。" },
      answer: (scores, T) => scores.map((score) => Math.exp(score / T)),
    },
    {
      name: "shares-of-scores",
      says: { en: "These are shares of the scores themselves; take e to the power of s/T first.", zh: "这是得分本身的比例；应先取 e 的 s/T 次方。" },
      answer: (scores, T) => scores.map((score) => score / T / sum(scores.map((each) => each / T))),
    },
  ],
  hints: [
    { en: "Softmax as in chapter 2, of other scores.", zh: "与第 2 章的 softmax 相同，只是得分不同。" },
    { en: "Divide every score by T, take powers of e, divide by their sum.", zh: "每个得分除以 T，取 e 的幂，再除以它们的和。" },
    { en: "`const powers = scores.map((s) => Math.exp(…)); … return powers.map((p) => …);`", zh: "`const powers = scores.map((s) => Math.exp(…)); … return powers.map((p) => …);`" },
  ],
});

const lengthOf = (g: readonly number[]): number => Math.hypot(...g);
const times = (g: readonly number[], factor: number): number[] => g.map((value) => value * factor);

const clip = exercise<[g: number[], limit: number]>({
  id: "07.6",
  stars: 2,
  title: { en: "Clip by length", zh: "按长度裁剪" },
  inputs: ["g", "limit"],
  // Every other vector is short enough; the others are longer than the limit, with a largest element below it in some.
  draw: (draw) => {
    const g = draw.numbers(draw.int(3, 5), { mean: 1 });
    return [g, lengthOf(g) * (draw.trial % 2 === 0 ? draw.number(0.3, 0.9) : draw.number(1.1, 2))];
  },
  answer: (g, limit) => {
    const norm = tensor(g, float64).norm().item();
    return numbersOf(tensor(g, float64).mul(Math.min(1, limit / norm)));
  },
  mistakes: [
    {
      name: "element-by-element",
      says: { en: "You clipped each element by itself, which turns the vector; all must shrink by one factor.", zh: "你逐个裁剪了元素，这会改变方向；所有元素应乘以同一个因子。" },
      answer: (g, limit) => g.map((value) => Math.max(-limit, Math.min(limit, value))),
    },
    {
      name: "always-scaled",
      says: { en: "You brought short vectors to the limit as well; those are left alone.", zh: "你把短向量也拉到了上限；它们应保持不变。" },
      answer: (g, limit) => times(g, limit / lengthOf(g)),
    },
    {
      name: "length-one",
      says: { en: "Long vectors come out with length 1; multiply by the limit.", zh: "长向量的结果长度为 1；还要乘以上限。" },
      answer: (g, limit) => (lengthOf(g) > limit ? times(g, 1 / lengthOf(g)) : [...g]),
    },
    {
      name: "sum-as-length",
      says: { en: "The length is the root of the sum of squares, not the sum of the sizes.", zh: "长度是平方和的平方根，不是各元素大小之和。" },
      answer: (g, limit) => times(g, Math.min(1, limit / sum(g.map(Math.abs)))),
    },
    {
      name: "forgot-the-root",
      says: { en: "You divided by the square of the length: the root is missing.", zh: "你除以了长度的平方：缺少开方。" },
      answer: (g, limit) => times(g, Math.min(1, limit / lengthOf(g) ** 2)),
    },
    {
      name: "thrown-away",
      says: { en: "You set long vectors to 0; they keep their direction and get the length `limit`.", zh: "你把长向量设成了 0；它们应保持方向，长度变为 `limit`。" },
      answer: (g, limit) => (lengthOf(g) > limit ? times(g, 0) : [...g]),
    },
  ],
  hints: [
    { en: "First the length; then ask whether there is anything to do.", zh: "先求长度；再看是否需要做什么。" },
    { en: "The length is √(Σ g²). If it is above the limit, every element times limit / length.", zh: "长度是 √(Σ g²)。若超过上限，每个元素都乘以 limit / 长度。" },
    { en: "`const length = Math.hypot(...g); return length <= limit ? … : g.map((value) => …);`", zh: "`const length = Math.hypot(...g); return length <= limit ? … : g.map((value) => …);`" },
  ],
});

const flat = (rows: readonly (readonly number[])[]): number[] => rows.flat();
const realLosses = (losses: readonly (readonly number[])[], words: readonly (readonly number[])[]): number[][] =>
  losses.map((row, n) => row.filter((_, t) => words[n]![t] !== 0));
const meanOf = (values: readonly number[]): number => sum(values) / values.length;

const mask = exercise<[losses: number[][], words: number[][]]>({
  id: "07.7",
  stars: 2,
  title: { en: "The mean loss of real words", zh: "真实词的平均损失" },
  inputs: ["losses", "words"],
  // Sentences of different lengths, so that a mean of means is another number.
  draw: (draw) => {
    const [N, T] = [draw.int(2, 3), draw.int(5, 6)];
    const lengths = Array.from({ length: N }, (_, n) => 1 + 2 * n - (n === 2 ? 1 : 0));
    return [
      draw.uniform([N, T], 0.5, 3).toArray() as number[][],
      lengths.map((length) => Array.from({ length: T }, (_, t) => (t < length ? draw.int(1, 9) : 0))),
    ];
  },
  answer: (losses, words) => {
    const counted = tensor(words, float64).ne(0);
    return tensor(losses, float64).maskedSelect(counted).mean().item();
  },
  mistakes: [
    {
      name: "padding-counted",
      says: { en: "Padding is counted: leave out every place whose word is 0.", zh: "把填充也算进去了：词为 0 的位置都要去掉。" },
      answer: (losses) => meanOf(flat(losses)),
    },
    {
      name: "divided-by-all-places",
      says: { en: "You left the padding out of the sum, but divided by the number of all places.", zh: "求和时去掉了填充，却除以了所有位置的个数。" },
      answer: (losses, words) => sum(flat(realLosses(losses, words))) / flat(losses).length,
    },
    {
      name: "mean-of-means",
      says: { en: "You took the mean of each sentence first, so words of short sentences count more; every word counts the same.", zh: "你先对每个句子取了平均，短句里的词就更重了；每个词应同等计算。" },
      answer: (losses, words) => meanOf(realLosses(losses, words).map(meanOf)),
    },
    {
      name: "by-sentences",
      says: { en: "You divided by the number of sentences, as the caption loss does; here it is by the number of real words.", zh: "你除以了句子数（图片描述的损失如此）；这里应除以真实词的个数。" },
      answer: (losses, words) => sum(flat(realLosses(losses, words))) / losses.length,
    },
    {
      name: "not-divided",
      says: { en: "This is the sum; divide by the number of real words.", zh: "这是总和；还要除以真实词的个数。" },
      answer: (losses, words) => sum(flat(realLosses(losses, words))),
    },
  ],
  hints: [
    { en: "Two numbers: the sum of what counts, and how many count.", zh: "两个数：要算的损失之和，以及有多少个要算。" },
    { en: "Go through all n and t; where words[n][t] is not 0, add the loss and count one.", zh: "遍历所有 n 和 t；当 words[n][t] 不为 0 时，加上损失并计数一次。" },
    {
      en: "`let [sum, count] = [0, 0]; losses.forEach((row, n) => row.forEach((loss, t) => { if (…) … })); return sum / count;`",
      zh: "`let [sum, count] = [0, 0]; losses.forEach((row, n) => row.forEach((loss, t) => { if (…) … })); return sum / count;`",
    },
  ],
});

/** A table [V, D] made row by row from the slopes that arrived for it. */
const table = (words: readonly number[], G: Tensor, V: number, of: (rows: readonly number[][]) => readonly number[] | undefined): Tensor => {
  const rows = G.toArray() as number[][];
  const nothing = Array<number>(G.shape[1]!).fill(0);
  return tensor(Array.from({ length: V }, (_, word) => [...(of(rows.filter((_row, i) => words[i] === word)) ?? nothing)]), float64);
};
const added = (rows: readonly number[][]): number[] | undefined => (rows.length === 0 ? undefined : rows[0]!.map((_, d) => sum(rows.map((row) => row[d]!))));

const embedding = exercise<[words: number[], G: Tensor, V: number]>({
  id: "07.8",
  stars: 2,
  title: { en: "Back through an embedding", zh: "反向经过嵌入" },
  inputs: ["words", "G", "V"],
  // The first word comes again at the end.
  draw: (draw) => {
    const V = draw.int(5, 7);
    const middle = Array.from({ length: draw.int(2, 4) }, () => draw.int(0, V - 2));
    const first = draw.int(0, V - 2);
    return [[first, ...middle, first], draw.normal([middle.length + 2, draw.int(2, 3)]), V];
  },
  answer: (words, G, V) => {
    const W = zeros([V, G.shape[1]!], float64).requiresGrad_();
    W.indexSelect(0, tensor(Int32Array.from(words))).mul(G.detach()).sum().backward();
    return W.grad!;
  },
  mistakes: [
    {
      name: "last-one-wins",
      says: { en: "A word that occurs twice got only its last slope: you set the row where you should add to it.", zh: "出现两次的词只得到了最后一个斜率：应该累加到该行，而不是赋值。" },
      answer: (words, G, V) => table(words, G, V, (rows) => rows.at(-1)),
    },
    {
      name: "first-one-wins",
      says: { en: "A word that occurs twice got only its first slope; all are added.", zh: "出现两次的词只得到了第一个斜率；应全部相加。" },
      answer: (words, G, V) => table(words, G, V, (rows) => rows[0]),
    },
    {
      name: "mean",
      says: { en: "You took the mean of a word's slopes; they are added.", zh: "你对同一个词的斜率取了平均；应相加。" },
      answer: (words, G, V) => table(words, G, V, (rows) => added(rows)?.map((value) => value / rows.length)),
    },
    {
      name: "counts",
      says: { en: "You counted how often each word occurs; each occurrence brings its own row of G.", zh: "你数的是每个词出现的次数；每次出现带来的是 G 中自己的那一行。" },
      answer: (words, G, V) => table(words, G, V, (rows) => added(rows)?.map(() => rows.length)),
    },
    {
      name: "every-row",
      says: { en: "Every row of the table got the sum of all slopes; a row gets those of its own word.", zh: "表的每一行都得到了所有斜率之和；每行只应得到自己的词的斜率。" },
      answer: (_words, G, V) => G.sum({ dim: 0, keepdim: true }).expand([V, G.shape[1]!]).contiguous(),
    },
  ],
  hints: [
    { en: "Begin with zeros. Who used row 3 of the table, and what arrives there?", zh: "从全零开始。谁用了表的第 3 行？传到那里的是什么？" },
    { en: "Row words[i] gets G's row i added, for every i.", zh: "对每个 i，把 G 的第 i 行加到第 words[i] 行上。" },
    { en: "`return zeros([V, G.shape[1]], float64).indexAdd(0, …, G);`", zh: "`return zeros([V, G.shape[1]], float64).indexAdd(0, …, G);`" },
  ],
});

/** In the notebook's order. */
export const writingNetworks: readonly Exercise[] = [temperature, clip, mask, embedding];
