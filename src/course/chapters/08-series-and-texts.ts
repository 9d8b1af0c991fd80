/**
 * Exercises of chapter 8 on what stands around a cell: the error of guessing that nothing changes, the mean over the words of
 * padded texts, cutting a long series for a carried state. Right answers are the library's own reshapings and means.
 */
import { tensor } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const persistence = exercise<[series: number[]]>({
  id: "08.4",
  stars: 1,
  title: { en: "The error of guessing that nothing changes", zh: "“一切照旧”的误差" },
  inputs: ["series"],
  draw: (draw) => [draw.numbers(draw.int(5, 9))],
  answer: (series) => {
    const values = tensor(series, { dtype: "float64" });
    const count = series.length - 1;
    return values.narrow(0, 1, count).sub(values.narrow(0, 0, count)).square().mean().item();
  },
  mistakes: [
    {
      name: "root",
      says: { en: "This is the root of the mean squared error.", zh: "这是均方误差的平方根。" },
      answer: (series) => Math.sqrt(sum(series.slice(1).map((value, t) => (value - series[t]!) ** 2)) / (series.length - 1)),
    },
    {
      name: "not-divided",
      says: { en: "This is the sum; divide by the number of guesses.", zh: "这是总和；要除以猜测的次数。" },
      answer: (series) => sum(series.slice(1).map((value, t) => (value - series[t]!) ** 2)),
    },
    {
      name: "one-guess-too-many",
      says: { en: "You divided by the number of values; there is one guess fewer, since nothing comes before the first.", zh: "你除以了值的个数；猜测少一次，因为第一个值之前没有值。" },
      answer: (series) => sum(series.slice(1).map((value, t) => (value - series[t]!) ** 2)) / series.length,
    },
    {
      name: "absolute",
      says: { en: "These are absolute differences; square them.", zh: "这是绝对差；应取平方。" },
      answer: (series) => sum(series.slice(1).map((value, t) => Math.abs(value - series[t]!))) / (series.length - 1),
    },
    {
      name: "two-steps",
      says: { en: "You guess two steps ahead, as one of the books does by mistake; the next value is at t + 1.", zh: "你预测的是两步之后，正如一本书误做的那样；下一个值在 t + 1。" },
      answer: (series) => sum(series.slice(2).map((value, t) => (value - series[t]!) ** 2)) / (series.length - 2),
    },
    {
      name: "guesses-the-mean",
      says: { en: "You guess the mean of the series; here the guess is the value before.", zh: "你猜的是平均值；这里应猜前一个值。" },
      answer: (series) => {
        const mean = sum(series) / series.length;
        return sum(series.map((value) => (value - mean) ** 2)) / series.length;
      },
    },
  ],
  hints: [
    { en: "The guess for series[t + 1] is series[t].", zh: "对 series[t + 1] 的猜测是 series[t]。" },
    { en: "Square the differences of neighbours; there are series.length − 1 of them; take their mean.", zh: "对相邻差取平方；共有 series.length − 1 个；求平均。" },
    { en: "`const squares = series.slice(1).map((value, t) => (value - series[t]) ** 2);`", zh: "`const squares = series.slice(1).map((value, t) => (value - series[t]) ** 2);`" },
  ],
});

const meanOfWords = (x: Tensor, lengths: readonly number[], divide: (length: number, steps: number) => number): Tensor => {
  const rows = lengths.map((length, n) => x.select(0, n).narrow(0, 0, length).sum({ dim: 0 }).div(divide(length, x.shape[1]!)).toArray() as number[]);
  return tensor(rows, { dtype: "float64" });
};

export const pooling = exercise<[x: Tensor, lengths: number[]]>({
  id: "08.5",
  stars: 2,
  title: { en: "The mean over a text's words", zh: "对文本的词求平均" },
  inputs: ["x", "lengths"],
  draw: (draw) => {
    const T = draw.int(4, 6);
    return [draw.normal([3, T, 2]), [T, draw.int(2, T - 1), draw.int(2, T - 1)]];
  },
  answer: (x, lengths) => meanOfWords(x, lengths, (length) => length),
  mistakes: [
    {
      name: "padding-counted",
      says: { en: "You took the mean over all steps, padding included.", zh: "你对所有步求了平均，包括填充。" },
      answer: (x) => x.mean({ dim: 1 }),
    },
    {
      name: "divided-by-all-steps",
      says: { en: "The padding is left out of the sum but not of the count: divide by each text's own length.", zh: "求和时去掉了填充，但计数时没有：应除以各自的长度。" },
      answer: (x, lengths) => meanOfWords(x, lengths, (_length, steps) => steps),
    },
    {
      name: "not-divided",
      says: { en: "This is the sum; divide by the lengths.", zh: "这是总和；要除以长度。" },
      answer: (x, lengths) => meanOfWords(x, lengths, () => 1),
    },
    {
      name: "last-word",
      says: { en: "You took the last word of each text; the mean takes them all.", zh: "你取了每个文本的最后一个词；平均要用所有的词。" },
      answer: (x, lengths) => tensor(lengths.map((length, n) => x.at(n, length - 1).toArray() as number[]), { dtype: "float64" }),
    },
    {
      name: "first-length-for-all",
      says: { en: "You used the first text's length for all.", zh: "你对所有文本用了第一个文本的长度。" },
      answer: (x, lengths) => x.narrow(1, 0, lengths[0]! - 1).sum({ dim: 1 }).div(lengths[0]!),
    },
    {
      name: "largest",
      says: { en: "This is the maximum over the words.", zh: "这是各词的最大值。" },
      answer: (x, lengths) => tensor(lengths.map((length, n) => x.select(0, n).narrow(0, 0, length).amax({ dim: 0 }).toArray() as number[]), { dtype: "float64" }),
    },
  ],
  hints: [
    { en: "x is [N, T, H]; text n ends after lengths[n] steps. What stands behind that must count nowhere.", zh: "x 的形状是 [N, T, H]；文本 n 在 lengths[n] 步后结束。其后的都不应计入。" },
    { en: "For each n: `x.at(n).narrow(0, 0, lengths[n])` has its words; take the mean over dimension 0 and `stack` them.", zh: "对每个 n：`x.at(n).narrow(0, 0, lengths[n])` 是它的词；对第 0 维求平均再 `stack`。" },
    { en: "`return stack(lengths.map((length, n) => x.at(n).narrow(…).mean({ dim: 0 })));`", zh: "`return stack(lengths.map((length, n) => x.at(n).narrow(…).mean({ dim: 0 })));`" },
  ],
});

/** Stream b holds values b * each to (b + 1) * each - 1; piece k has the k-th `steps` values of every stream. */
const cut = (series: readonly number[], streams: number, steps: number): number[][][] => {
  const each = series.length / streams;
  return Array.from({ length: each / steps }, (_, k) =>
    Array.from({ length: streams }, (_, b) => series.slice(b * each + k * steps, b * each + (k + 1) * steps)));
};

export const pieces = exercise<[series: number[], streams: number, steps: number]>({
  id: "08.6",
  stars: 2,
  title: { en: "Cut a series for a carried state", zh: "为传递状态切分序列" },
  inputs: ["series", "streams", "steps"],
  draw: (draw) => {
    const [streams, steps, count] = [draw.int(2, 3), draw.int(2, 3), 4];
    return [draw.numbers(streams * steps * count), streams, steps];
  },
  answer: (series, streams, steps) => {
    const each = series.length / streams;
    const whole = tensor(series, { dtype: "float64" }).reshape([streams, each / steps, steps]);
    return whole.transpose(0, 1).toArray();
  },
  mistakes: [
    {
      name: "neighbours-in-a-batch",
      says: { en: "Your pieces follow each other within a batch; row b of the next batch must go on where row b of this one ended.", zh: "你的片段在同一批内相连；下一批的第 b 行必须接着本批的第 b 行。" },
      answer: (series, streams, steps) => Array.from({ length: series.length / (streams * steps) }, (_, k) =>
        Array.from({ length: streams }, (_, b) => series.slice((k * streams + b) * steps, (k * streams + b + 1) * steps))),
    },
    {
      name: "every-nth-value",
      says: { en: "You dealt the values out like cards; a stream holds neighbours.", zh: "你像发牌一样分配了值；一条流里应是相邻的值。" },
      answer: (series, streams, steps) => {
        const dealt = Array.from({ length: streams }, (_, b) => series.filter((_, t) => t % streams === b)).flat();
        return cut(dealt, streams, steps);
      },
    },
    {
      name: "streams-first",
      says: { en: "The order is [piece][stream][step]; you have streams outside.", zh: "顺序是 [片段][流][步]；你把流放在最外层了。" },
      answer: (series, streams, steps) => {
        const right = cut(series, streams, steps);
        return Array.from({ length: streams }, (_, b) => right.map((piece) => piece[b]!));
      },
    },
    {
      name: "backwards",
      says: { en: "The last piece comes first; time runs forward.", zh: "最后的片段排在了最前；时间应向前走。" },
      answer: (series, streams, steps) => cut(series, streams, steps).toReversed(),
    },
    {
      name: "steps-outside",
      says: { en: "Within a piece each stream is a row: [stream][step], not [step][stream].", zh: "片段之内每条流是一行：[流][步]，而不是 [步][流]。" },
      answer: (series, streams, steps) => cut(series, streams, steps).map((piece) => Array.from({ length: steps }, (_, t) => piece.map((row) => row[t]!))),
    },
  ],
  hints: [
    { en: "First cut the series into `streams` long parts, each of neighbours.", zh: "先把序列切成 `streams` 个长段，每段都是相邻的值。" },
    { en: "Stream b begins at b · (series.length / streams); piece k of it at k · steps from there.", zh: "第 b 条流从 b · (series.length / streams) 开始；其第 k 个片段再往后 k · steps。" },
    { en: "`const each = series.length / streams;` then `Array.from({ length: each / steps }, (_, k) => Array.from({ length: streams }, (_, b) => series.slice(…)))`", zh: "`const each = series.length / streams;` 然后 `Array.from({ length: each / steps }, (_, k) => Array.from({ length: streams }, (_, b) => series.slice(…)))`" },
  ],
});
