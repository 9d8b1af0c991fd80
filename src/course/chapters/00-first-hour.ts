/**
 * Exercises of the first hour: a formula, arrays, an object that counts, a closure, a tensor, and a walk downhill by trying
 * both sides (R. Hooke and T. A. Jeeves, "Direct search", 1961).
 */
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const toFahrenheit = exercise<[celsius: number]>({
  id: "00f.1",
  stars: 1,
  title: { en: "A formula", zh: "一个公式" },
  inputs: ["celsius"],
  draw: (draw) => [draw.int(-40, 120) + 0.5],
  answer: (celsius) => (celsius / 5) * 9 + 32,
  mistakes: [
    {
      name: "forgot-the-32",
      says: { en: "0 °C must become 32 °F: the 32 is missing.", zh: "0 °C 应变为 32 °F：缺少 32。" },
      answer: (celsius) => 1.8 * celsius,
    },
    {
      name: "added-before-multiplying",
      says: { en: "You added 32 first and multiplied then; multiply first.", zh: "你先加了 32 再相乘；应当先相乘。" },
      answer: (celsius) => 1.8 * (celsius + 32),
    },
    {
      name: "other-direction",
      says: { en: "This turns Fahrenheit into Celsius, the other way round.", zh: "这是把华氏度变成摄氏度，方向反了。" },
      answer: (celsius) => (celsius - 32) / 1.8,
    },
    {
      name: "divided",
      says: { en: "You divided by 1.8; a degree Celsius is the larger one, so multiply.", zh: "你除以了 1.8；摄氏一度更大，应当相乘。" },
      answer: (celsius) => celsius / 1.8 + 32,
    },
  ],
  hints: [
    { en: "Section 6 says the rule.", zh: "第 6 节写出了这个规则。" },
    { en: "°F = 1.8 · °C + 32, and `celsius` is the name of the °C.", zh: "°F = 1.8 · °C + 32，其中 `celsius` 就是 °C。" },
    { en: "`return 1.8 * … + …;`", zh: "`return 1.8 * … + …;`" },
  ],
});

const spread = exercise<[numbers: number[]]>({
  id: "00f.2",
  stars: 1,
  title: { en: "A list", zh: "一个数组" },
  inputs: ["numbers"],
  // The largest and the smallest stand neither first nor last, and as text "9" comes behind "140".
  draw: (draw) => {
    const between = (): number[] => Array.from({ length: draw.trial + 2 }, () => draw.int(10, 99));
    return [[...between(), draw.int(100, 150), draw.int(10, 99), draw.int(2, 9), ...between()]];
  },
  answer: (numbers) => {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted.at(-1)! - sorted[0]!;
  },
  mistakes: [
    {
      name: "only-the-largest",
      says: { en: "This is the largest number; take the smallest away from it.", zh: "这是最大的数；还要减去最小的数。" },
      answer: (numbers) => Math.max(...numbers),
    },
    {
      name: "other-sign",
      says: { en: "You took the largest away from the smallest: the sign is turned round.", zh: "你用最小的减去了最大的：符号反了。" },
      answer: (numbers) => Math.min(...numbers) - Math.max(...numbers),
    },
    {
      name: "last-minus-first",
      says: { en: "This is the last number minus the first; an array need not be sorted.", zh: "这是最后一个数减去第一个数；数组不一定是排好序的。" },
      answer: (numbers) => numbers.at(-1)! - numbers[0]!,
    },
    {
      name: "sorted-as-text",
      says: { en: "`sort()` without a function sorts as text, where 9 comes after 140; write sort((p, q) => p - q).", zh: "不带函数的 `sort()` 按文本排序，9 会排在 140 之后；请写 sort((p, q) => p - q)。" },
      answer: (numbers) => {
        const sorted = [...numbers].sort();
        return sorted.at(-1)! - sorted[0]!;
      },
    },
  ],
  hints: [
    { en: "Two numbers are wanted: the largest and the smallest.", zh: "需要两个数：最大的和最小的。" },
    { en: "`Math.max(3, 1, 2)` is 3, and `...numbers` puts the elements of an array in as arguments.", zh: "`Math.max(3, 1, 2)` 得 3；`...numbers` 把数组的元素逐个作为参数。" },
    { en: "`return Math.max(...numbers) - …;`", zh: "`return Math.max(...numbers) - …;`" },
  ],
});

const passed = exercise<[scores: number[], mark: number]>({
  id: "00f.3",
  stars: 1,
  title: { en: "Keep some", zh: "保留一部分" },
  inputs: ["scores", "mark"],
  // One score is the mark itself, some are below and some above.
  draw: (draw) => {
    const mark = draw.int(40, 60);
    const around = draw.permutation(2 * draw.trial + 6).map((place) => mark + 3 * (place % 2 === 0 ? place + 1 : -place));
    return [[...around.slice(0, 3), mark, ...around.slice(3)], mark];
  },
  answer: (scores, mark) => {
    const kept = [];
    for (const score of scores) if (!(score < mark)) kept.push(score);
    return kept;
  },
  mistakes: [
    {
      name: "forgot-the-equal",
      says: { en: "A score equal to the mark has passed too: at least means >=.", zh: "等于分数线也算通过：“至少”是 >=。" },
      answer: (scores, mark) => scores.filter((score) => score > mark),
    },
    {
      name: "kept-the-others",
      says: { en: "You kept those who have not passed; `filter` keeps what its condition holds for.", zh: "你保留了没有通过的；`filter` 保留的是满足条件的元素。" },
      answer: (scores, mark) => scores.filter((score) => score < mark),
    },
    {
      name: "booleans",
      says: { en: "This is true or false for each score: `map` gives a new value for each, `filter` keeps some.", zh: "这是每个分数对应的 true 或 false：`map` 给出新值，`filter` 才是保留。" },
      answer: (scores, mark) => scores.map((score) => score >= mark),
    },
    {
      name: "how-many",
      says: { en: "This is how many have passed; return the scores themselves.", zh: "这是通过的人数；应返回这些分数本身。" },
      answer: (scores, mark) => scores.filter((score) => score >= mark).length,
    },
  ],
  hints: [
    { en: "Which of the three methods of section 4 keeps some?", zh: "第 4 节的三个方法中，哪一个保留一部分元素？" },
    { en: "`filter` wants a function that says of one score whether it stays.", zh: "`filter` 需要一个函数，判断一个分数是否保留。" },
    { en: "`return scores.filter((score) => score …);`", zh: "`return scores.filter((score) => score …);`" },
  ],
});

type Counts = Record<string, number>;

/** Counts words, starting each at `first`; `next` gives the new count of one that was seen before. */
function counted(words: readonly string[], first = 1, next = (count: number): number => count + 1): Counts {
  const counts: Counts = {};
  for (const word of words) counts[word] = word in counts ? next(counts[word]!) : first;
  return counts;
}

const vocabulary = ["the", "net", "learns", "a", "rule", "and", "we", "see", "it"];

const countWords = exercise<[text: string]>({
  id: "00f.4",
  stars: 2,
  title: { en: "Count", zh: "计数" },
  inputs: ["text"],
  // "The" and "the" both occur, the latter twice, beside words drawn with repetition.
  draw: (draw) => [["The", ...Array.from({ length: draw.trial + 4 }, () => draw.pick(vocabulary)), "the", draw.pick(vocabulary), "the"].join(" ")],
  answer: (text) => {
    const words = text.toLowerCase().split(" ");
    return Object.fromEntries([...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]));
  },
  mistakes: [
    {
      name: "capitals-apart",
      says: { en: "`The` and `the` are counted apart; `toLowerCase()` makes them one.", zh: "`The` 和 `the` 被分开计数；用 `toLowerCase()` 使其一致。" },
      answer: (text) => counted(text.split(" ")),
    },
    {
      name: "letters",
      says: { en: "You counted letters: `split(\"\")` parts at every letter, `split(\" \")` at spaces.", zh: "你数的是字母：`split(\"\")` 按字母分开，`split(\" \")` 按空格分开。" },
      answer: (text) => counted([...text.toLowerCase()]),
    },
    {
      name: "never-above-one",
      says: { en: "Every word has the count 1: add to the count that is there already.", zh: "每个词的计数都是 1：应在已有计数上增加。" },
      answer: (text) => counted(text.toLowerCase().split(" "), 1, () => 1),
    },
    {
      name: "began-at-zero",
      says: { en: "Each count is one too small: the first time a word occurs counts too.", zh: "每个计数都少 1：第一次出现也要算。" },
      answer: (text) => counted(text.toLowerCase().split(" "), 0),
    },
  ],
  hints: [
    { en: "Section 4 counts words already; only one thing is missing there.", zh: "第 4 节已经数过单词；那里只缺一件事。" },
    { en: "Make the text small letters first. Then part it at the spaces, and for each word add 1 to what is there, or to 0.", zh: "先把文本变成小写，再按空格分开，对每个词在已有计数（或 0）上加 1。" },
    {
      en: "`const counts: Record<string, number> = {}; for (const word of text.toLowerCase().split(\" \")) counts[word] = …; return counts;`",
      zh: "`const counts: Record<string, number> = {}; for (const word of text.toLowerCase().split(\" \")) counts[word] = …; return counts;`",
    },
  ],
});

/** A counter whose i-th call gives `value(i)`. */
function counting(value: (call: number) => number): () => number {
  let call = 0;
  return () => value(call++);
}

const makeCounter = exercise<[start: number, calls: number]>({
  id: "00f.5",
  stars: 2,
  title: { en: "A closure", zh: "闭包" },
  inputs: ["start", "calls"],
  draw: (draw) => [draw.int(2, 50), draw.trial + 3],
  answer: (start) => counting((call) => start + call),
  run: (answer, [start, calls]) => {
    const counter = answer(start, calls) as () => unknown;
    return Array.from({ length: calls }, () => counter());
  },
  mistakes: [
    {
      name: "one-too-many",
      says: { en: "The first call gives start + 1 already: hand out the number, then add 1.", zh: "第一次调用就给出了 start + 1：应先给出当前值，再加 1。" },
      answer: (start) => counting((call) => start + 1 + call),
    },
    {
      name: "always-the-same",
      says: { en: "Every call gives the same number: the variable must stand outside the inner function, to outlive its calls.", zh: "每次调用都得到同一个数：变量要放在内层函数之外，才能在调用之间保留。" },
      answer: (start) => counting(() => start),
    },
    {
      name: "always-one-more",
      says: { en: "Every call gives start + 1: the adding must happen in every call, and the sum be kept.", zh: "每次调用都得到 start + 1：每次调用都要加 1，并保存结果。" },
      answer: (start) => counting(() => start + 1),
    },
    {
      name: "from-zero",
      says: { en: "Your counter begins at 0; it should begin at `start`.", zh: "你的计数器从 0 开始；应从 `start` 开始。" },
      answer: () => counting((call) => call),
    },
  ],
  hints: [
    { en: "Look at `makeAdder` in section 5.", zh: "参考第 5 节的 `makeAdder`。" },
    { en: "A `let` outside the inner function remembers what comes next. The inner function gives it out and then makes it larger.", zh: "内层函数之外的 `let` 记住下一个数；内层函数先给出它，再把它加 1。" },
    {
      en: "`let next = start; return () => { const now = next; next = …; return …; };`",
      zh: "`let next = start; return () => { const now = next; next = …; return …; };`",
    },
  ],
});

const rescale = exercise<[t: Tensor]>({
  id: "00f.6",
  stars: 2,
  title: { en: "A tensor", zh: "张量" },
  inputs: ["t"],
  draw: (draw) => [draw.normal([draw.trial + 2, 3]).mul(draw.number(2, 6)).add(draw.number(3, 9))],
  answer: (t) => {
    const numbers = Array.from(t.data(), Number);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return (t.toArray() as number[][]).map((row) => row.map((value) => (value - low) / (high - low)));
  },
  mistakes: [
    {
      name: "forgot-to-shift",
      says: { en: "The smallest element is not 0: take it away before you divide.", zh: "最小的元素不是 0：相除之前要先减去最小值。" },
      answer: (t) => t.div(t.max().sub(t.min())),
    },
    {
      name: "divided-by-the-largest",
      says: { en: "You shifted, but divided by the largest element; after the shift the largest is max − min.", zh: "你平移了，但除以了最大的元素；平移之后最大的是 max − min。" },
      answer: (t) => t.sub(t.min()).div(t.max()),
    },
    {
      name: "column-by-column",
      says: { en: "Every column was treated by itself; the whole tensor has one smallest and one largest element.", zh: "你对每一列分别处理；整个张量只有一个最小值和一个最大值。" },
      answer: (t) => t.sub(t.amin({ dim: 0 })).div(t.amax({ dim: 0 }).sub(t.amin({ dim: 0 }))),
    },
    {
      name: "upside-down",
      says: { en: "Smallest and largest are swapped: the largest must become 1.", zh: "最大和最小颠倒了：最大的应变为 1。" },
      answer: (t) => t.max().sub(t).div(t.max().sub(t.min())),
    },
  ],
  hints: [
    { en: "First shift, then shrink.", zh: "先平移，再缩放。" },
    { en: "`t.min()` and `t.max()` are tensors with one element; `t.sub(t.min())` has its smallest element at 0.", zh: "`t.min()` 和 `t.max()` 是只有一个元素的张量；`t.sub(t.min())` 的最小元素是 0。" },
    { en: "`return t.sub(t.min()).div(t.max().sub(…));`", zh: "`return t.sub(t.min()).div(t.max().sub(…));`" },
  ],
});

type Loss = (w: number) => number;
type Walk = [loss: Loss, start: number, step: number];

/** A bowl about a place that no step lands on, so that the two sides never tie. */
function bowl(draw: Draw): Loss {
  const centre = draw.int(-6, 6) + draw.pick([0.3, 0.41, 0.2]);
  return draw.pick([(w: number) => (w - centre) ** 2 + 1, (w: number) => Math.abs(w - centre), (w: number) => (w - centre) ** 4 - 2]);
}

function downhill(loss: Loss, start: number, step: number): number {
  let here = start;
  for (;;) {
    const next = loss(here - step) < loss(here + step) ? here - step : here + step;
    if (loss(next) >= loss(here)) return here;
    here = next;
  }
}

const walk = exercise<Walk>({
  id: "00f.7",
  stars: 3,
  title: { en: "A machine without dice", zh: "不用骰子的机器" },
  inputs: ["loss", "start", "step"],
  // Some walks go to the left and some to the right, a dozen steps and more.
  draw: (draw) => [bowl(draw), (draw.trial % 2 === 0 ? 1 : -1) * draw.int(15, 20), draw.pick([0.25, 0.5, 1])],
  answer: (loss, start, step) => {
    const places = Array.from({ length: 401 }, (_, i) => start + (i - 200) * step);
    return places.reduce((best, place) => (loss(place) < loss(best) ? place : best));
  },
  mistakes: [
    {
      name: "one-step-only",
      says: { en: "You took one step; go on as long as the loss becomes smaller.", zh: "你只走了一步；只要损失变小就应继续走。" },
      answer: (loss, start, step) => (loss(start - step) < loss(start + step) ? start - step : start + step),
    },
    {
      name: "returned-the-loss",
      says: { en: "This is the loss where you end; return the place, the w.", zh: "这是终点处的损失；应返回位置，即 w。" },
      answer: (loss, start, step) => loss(downhill(loss, start, step)),
    },
    {
      name: "one-step-too-far",
      says: { en: "You went one step too far: look before you step, and stay if it is not better.", zh: "你多走了一步：迈步之前先比较，如果没有更好就停下。" },
      answer: (loss, start, step) => {
        const end = downhill(loss, start, step);
        return end + (end > start ? step : -step);
      },
    },
    {
      name: "only-to-the-right",
      says: { en: "You look to the right only; the valley may lie to the left.", zh: "你只看了右边；谷底可能在左边。" },
      answer: (loss, start, step) => {
        let here = start;
        while (loss(here + step) < loss(here)) here += step;
        return here;
      },
    },
  ],
  hints: [
    { en: "A loop that ends when neither side is better.", zh: "一个循环：当两边都不更好时结束。" },
    { en: "Keep a variable `here`. In each round compare loss(here − step) and loss(here + step), and with the smaller one compare loss(here).", zh: "用变量 `here` 记住当前位置。每一轮比较 loss(here − step) 与 loss(here + step)，再把较小者与 loss(here) 比较。" },
    {
      en: "`let here = start; while (true) { const next = loss(here - step) < loss(here + step) ? … : …; if (loss(next) >= loss(here)) return …; here = …; }`",
      zh: "`let here = start; while (true) { const next = loss(here - step) < loss(here + step) ? … : …; if (loss(next) >= loss(here)) return …; here = …; }`",
    },
  ],
});

export const firstHour: readonly Exercise[] = [toFahrenheit, spread, passed, countWords, makeCounter, rescale, walk];
