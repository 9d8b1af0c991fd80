/**
 * Exercises of chapter 6: counting connections and the parameters of a table of connections, a bias for each map, shifting a
 * picture, the standard errors of one accuracy and of a difference on the same pictures, and covering parts of a picture to
 * see what a network looks at (M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", 2014).
 */
import { conv2d } from "../../nn/convolution.ts";
import { ones, tensor } from "../../tensor/creation.ts";
import { stack } from "../../tensor/methods/join.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const connections = exercise<[channels: number, F: number, filters: number, side: number]>({
  id: "06.1",
  stars: 1,
  title: { en: "Connections", zh: "连接数" },
  inputs: ["channels", "F", "filters", "side"],
  draw: (draw) => [draw.int(2, 5), draw.int(2, 5), draw.int(6, 9), draw.int(10, 14)],
  // Where everything is 1, every product and every bias adds 1.
  answer: (channels, F, filters, side) =>
    conv2d(ones([1, channels, side + F - 1, side + F - 1], { dtype: "float64" }), ones([filters, channels, F, F], { dtype: "float64" }), ones([filters], { dtype: "float64" })).sum().item(),
  mistakes: [
    {
      name: "parameters",
      says: { en: "These are the parameters; each of them is used at every place.", zh: "这是参数个数；每个参数在每个位置都要用一次。" },
      answer: (channels, F, filters) => filters * (channels * F * F + 1),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one connection at each place of each map.", zh: "缺少偏置：每张图的每个位置各有一个连接。" },
      answer: (channels, F, filters, side) => filters * channels * F * F * side * side,
    },
    {
      name: "biases-once",
      says: { en: "You counted each bias once; it is added at every place of its map.", zh: "每个偏置只数了一次；它在该图的每个位置都要加。" },
      answer: (channels, F, filters, side) => filters * (channels * F * F * side * side + 1),
    },
    {
      name: "side-not-squared",
      says: { en: "The output has side × side places, not side.", zh: "输出有 side × side 个位置，而不是 side 个。" },
      answer: (channels, F, filters, side) => filters * (channels * F * F + 1) * side,
    },
    {
      name: "forgot-the-channels",
      says: { en: "A kernel has a slice for every input map.", zh: "卷积核对每张输入图都有一片。" },
      answer: (_channels, F, filters, side) => filters * (F * F + 1) * side * side,
    },
    {
      name: "one-map",
      says: { en: "This is one output map; there are `filters` of them.", zh: "这只是一张输出图；共有 `filters` 张。" },
      answer: (channels, F, _filters, side) => (channels * F * F + 1) * side * side,
    },
  ],
  hints: [
    { en: "How many connections lead to a single number of the output?", zh: "通向输出中一个数的连接有多少？" },
    { en: "channels · F · F products and one bias; and the output has filters · side · side numbers.", zh: "channels · F · F 个乘积和一个偏置；输出共有 filters · side · side 个数。" },
    { en: "`return (channels * F ** 2 + 1) * …;`", zh: "`return (channels * F ** 2 + 1) * …;`" },
  ],
});

const added = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

const tableParameters = exercise<[feeds: number[][], F: number]>({
  id: "06.2",
  stars: 2,
  title: { en: "A table of connections", zh: "连接表" },
  inputs: ["feeds", "F"],
  // The first map sees one map only, the others two or three of five, and each of the five is seen.
  draw: (draw) => {
    const more = Array.from({ length: 4 + draw.int(0, 2) }, (_, k) => {
      const own = (k + 1) % 5;
      return [own, ...draw.permutation(5).filter((map) => map !== own).slice(0, draw.int(1, 2))];
    });
    return [[[0], ...more], draw.int(2, 5)];
  },
  answer: (feeds, F) => added(feeds.map((maps) => ones([1, maps.length, F, F]).numel + 1)),
  mistakes: [
    {
      name: "sees-everything",
      says: { en: "You let every map see all input maps; the table leaves some out.", zh: "你让每张图都看到了所有输入图；连接表省去了一些。" },
      answer: (feeds, F) => feeds.length * (new Set(feeds.flat()).size * F * F + 1),
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each output map.", zh: "缺少偏置：每张输出图有一个。" },
      answer: (feeds, F) => feeds.flat().length * F * F,
    },
    {
      name: "bias-for-each-kernel",
      says: { en: "You gave every slice a bias; the slices of one output map share a single one.", zh: "你给每一片都加了偏置；同一张输出图的各片共用一个。" },
      answer: (feeds, F) => feeds.flat().length * (F * F + 1),
    },
    {
      name: "one-bias",
      says: { en: "You added one bias for the layer; every output map has its own.", zh: "你给整层只加了一个偏置；每张输出图都有自己的。" },
      answer: (feeds, F) => feeds.flat().length * F * F + 1,
    },
    {
      name: "kernel-not-squared",
      says: { en: "A kernel is F × F: two dimensions.", zh: "卷积核是 F × F：有两个维度。" },
      answer: (feeds, F) => feeds.flat().length * F + feeds.length,
    },
    {
      name: "one-slice-each",
      says: { en: "You counted one slice for each output map, however many maps it sees.", zh: "你给每张输出图只数了一片，而没有管它看到几张图。" },
      answer: (feeds, F) => feeds.length * (F * F + 1),
    },
  ],
  hints: [
    { en: "How many slices of F × F does output map k have?", zh: "第 k 张输出图有多少片 F × F？" },
    { en: "As many as `feeds[k]` is long; and one bias. Add that up over k.", zh: "与 `feeds[k]` 的长度相同，再加一个偏置。对 k 求和。" },
    { en: "`return feeds.reduce((sum, maps) => sum + …, 0);`", zh: "`return feeds.reduce((sum, maps) => sum + …, 0);`" },
  ],
});

const addBias = exercise<[maps: Tensor, bias: Tensor]>({
  id: "06.3",
  stars: 2,
  title: { en: "A bias for each map", zh: "每张图一个偏置" },
  inputs: ["maps", "bias"],
  // Rows and columns as many as maps, so that a bias at the wrong dimension fits as well.
  draw: (draw) => {
    const C = draw.int(3, 5);
    return [draw.normal([2, C, C, C]), draw.normal([C])];
  },
  answer: (maps, bias) => stack(Array.from({ length: bias.numel }, (_, c) => maps.select(1, c).add(bias.at(c).item())), { dim: 1 }),
  mistakes: [
    {
      name: "along-the-columns",
      says: { en: "The biases went along the last dimension: every column got one. Give them two more dimensions of size 1 behind.", zh: "偏置沿最后一维相加了：每列一个。应在后面再加两个大小为 1 的维度。" },
      answer: (maps, bias) => maps.add(bias),
    },
    {
      name: "along-the-rows",
      says: { en: "Every row got a bias; one more dimension of size 1 is missing.", zh: "每行加了一个偏置；还缺一个大小为 1 的维度。" },
      answer: (maps, bias) => maps.add(bias.reshape([-1, 1])),
    },
    {
      name: "the-mean-for-all",
      says: { en: "All maps got the same amount; each has its own bias.", zh: "所有图都加了同一个数；每张图有自己的偏置。" },
      answer: (maps, bias) => maps.add(bias.mean()),
    },
    {
      name: "multiplied",
      says: { en: "You multiplied; a bias is added.", zh: "你做了乘法；偏置是相加的。" },
      answer: (maps, bias) => maps.mul(bias.reshape([-1, 1, 1])),
    },
    {
      name: "subtracted",
      says: { en: "You subtracted; a bias is added.", zh: "你做了减法；偏置是相加的。" },
      answer: (maps, bias) => maps.sub(bias.reshape([-1, 1, 1])),
    },
  ],
  hints: [
    { en: "Shapes are matched from the back. Behind the maps' dimension stand rows and columns.", zh: "形状从后往前对齐。图这一维的后面还有行和列。" },
    { en: "A bias of shape [C, 1, 1] is the same for all rows and columns of its map, and for all examples.", zh: "形状为 [C, 1, 1] 的偏置对该图的所有行列、所有样本都相同。" },
    { en: "`return maps.add(bias.reshape([…]));`", zh: "`return maps.add(bias.reshape([…]));`" },
  ],
});

type Picture = number[][];
/** Each place of the result looks up a place of the picture. */
const lookedUp = (picture: Picture, place: (row: number, column: number) => number): Picture => picture.map((line, r) => line.map((_, c) => place(r, c)));

const shift = exercise<[picture: Picture, right: number, down: number]>({
  id: "06.4",
  stars: 2,
  title: { en: "Shift a picture", zh: "平移图片" },
  inputs: ["picture", "right", "down"],
  draw: (draw) => {
    const [near, far] = [draw.pick([-1, 1]), draw.pick([-2, 2])];
    const [right, down] = draw.trial % 2 === 0 ? [near, far] : [far, near];
    const side = draw.int(4, 6);
    return [draw.normal([side, side]).toArray() as Picture, right, down];
  },
  answer: (picture, right, down) => {
    const [high, wide] = [picture.length, picture[0]!.length];
    return tensor(picture, { dtype: "float64" }).pad([2, 2, 2, 2]).narrow(0, 2 - down, high).narrow(1, 2 - right, wide).toArray() as Picture;
  },
  mistakes: [
    {
      name: "the-other-way",
      says: { en: "It went the other way: what is at column c afterwards was at column c − right before.", zh: "方向反了：移动之后位于 c 列的像素，之前在 c − right 列。" },
      answer: (picture, right, down) => lookedUp(picture, (r, c) => picture[r + down]?.[c + right] ?? 0),
    },
    {
      name: "around-the-edge",
      says: { en: "What left on one side came in on the other; zeros come in.", zh: "从一侧移出的像素又从另一侧进来了；进来的应是 0。" },
      answer: (picture, right, down) => lookedUp(picture, (r, c) => picture.at((r - down) % picture.length)!.at((c - right) % picture.length)!),
    },
    {
      name: "edge-goes-on",
      says: { en: "The edge's pixels were drawn out; zeros come in.", zh: "边缘像素被延长了；进来的应是 0。" },
      answer: (picture, right, down) => {
        const inside = (place: number): number => Math.min(picture.length - 1, Math.max(0, place));
        return lookedUp(picture, (r, c) => picture[inside(r - down)]![inside(c - right)]!);
      },
    },
    {
      name: "right-and-down-exchanged",
      says: { en: "Right and down are exchanged: the first index counts rows, from above.", zh: "右移与下移弄反了：第一个下标是从上往下数的行。" },
      answer: (picture, right, down) => lookedUp(picture, (r, c) => picture[r - right]?.[c - down] ?? 0),
    },
    {
      name: "only-to-the-right",
      says: { en: "It moved to the right only; `down` is not used.", zh: "只向右移动了；没有用到 `down`。" },
      answer: (picture, right) => lookedUp(picture, (r, c) => picture[r]![c - right] ?? 0),
    },
  ],
  hints: [
    { en: "Ask for each place of the result where its pixel was before.", zh: "对结果的每个位置问一句：它的像素之前在哪里？" },
    { en: "At row r − down, column c − right; if that is outside, the pixel is 0. `?.` and `??` help.", zh: "在第 r − down 行、第 c − right 列；如果在外面就是 0。可以用 `?.` 和 `??`。" },
    { en: "`return picture.map((line, r) => line.map((_, c) => picture[…]?.[…] ?? 0));`", zh: "`return picture.map((line, r) => line.map((_, c) => picture[…]?.[…] ?? 0));`" },
  ],
});

const deviation = (values: readonly number[], correction = 0): number => tensor(values, { dtype: "float64" }).std({ correction }).item();

const errorOfAccuracy = exercise<[p: number, n: number]>({
  id: "06.5",
  stars: 1,
  title: { en: "The standard error of an accuracy", zh: "准确率的标准误" },
  inputs: ["p", "n"],
  draw: (draw) => {
    const n = draw.int(20, 60);
    return [Math.round(n * draw.number(0.6, 0.9)) / n, n];
  },
  // Of as many ones and zeros as there are pictures read rightly and wrongly.
  answer: (p, n) => deviation(Array.from({ length: n }, (_, i) => (i < Math.round(p * n) ? 1 : 0))) / Math.sqrt(n),
  mistakes: [
    {
      name: "forgot-the-root",
      says: { en: "This is the variance; take its root.", zh: "这是方差；还要开平方。" },
      answer: (p, n) => (p * (1 - p)) / n,
    },
    {
      name: "forgot-the-count",
      says: { en: "This is how far a single picture strays; the mean of n strays √n times less.", zh: "这是单张图片的标准差；n 张的均值要小 √n 倍。" },
      answer: (p) => Math.sqrt(p * (1 - p)),
    },
    {
      name: "divided-outside",
      says: { en: "n stands under the root: four times as many pictures halve the error.", zh: "n 在根号之内：图片多四倍，误差减半。" },
      answer: (p, n) => Math.sqrt(p * (1 - p)) / n,
    },
    {
      name: "forgot-the-wrong-ones",
      says: { en: "The factor 1 − p is missing: somebody who is always right strays by nothing.", zh: "缺少因子 1 − p：总是正确的人没有误差。" },
      answer: (p, n) => Math.sqrt(p / n),
    },
  ],
  hints: [
    { en: "Section 10 has the formula.", zh: "公式在第 10 节。" },
    { en: "A picture that is read rightly with probability p has the variance p(1 − p); the mean of n has an n-th of it.", zh: "以概率 p 读对的一张图片方差为 p(1 − p)；n 张均值的方差是它的 n 分之一。" },
    { en: "`return Math.sqrt(… / n);`", zh: "`return Math.sqrt(… / n);`" },
  ],
});

const differencesOf = (first: readonly number[], second: readonly number[]): number[] => first.map((one, i) => one - second[i]!);

const pairedError = exercise<[first: number[], second: number[]]>({
  id: "06.6",
  stars: 2,
  title: { en: "Two networks, the same pictures", zh: "两个网络，同样的图片" },
  inputs: ["first", "second"],
  draw: (draw) => {
    const kinds = [[1, 1, draw.int(10, 16)], [1, 0, draw.int(8, 11)], [0, 1, draw.int(2, 4)], [0, 0, draw.int(3, 6)]];
    const pairs = kinds.flatMap(([a, b, count]) => Array.from({ length: count! }, () => [a!, b!] as const));
    const order = draw.permutation(pairs.length);
    return [order.map((i) => pairs[i]![0]), order.map((i) => pairs[i]![1])];
  },
  answer: (first, second) => deviation(differencesOf(first, second)) / Math.sqrt(first.length),
  mistakes: [
    {
      name: "as-if-unrelated",
      says: { en: "You added the variances of two accuracies, as if they came from different pictures; most pictures are read alike by both.", zh: "你把两个准确率的方差相加了，好像来自不同的图片；多数图片两个网络读得一样。" },
      answer: (first, second) => Math.sqrt((deviation(first) ** 2 + deviation(second) ** 2) / first.length),
    },
    {
      name: "forgot-the-count",
      says: { en: "This is how far a single difference strays; the mean of n strays √n times less.", zh: "这是单个差的标准差；n 个的均值要小 √n 倍。" },
      answer: (first, second) => deviation(differencesOf(first, second)),
    },
    {
      name: "forgot-the-mean",
      says: { en: "The mean difference is not subtracted before squaring.", zh: "平方之前没有减去差的均值。" },
      answer: (first, second) => Math.sqrt(added(differencesOf(first, second).map((d) => d * d))) / first.length,
    },
    {
      name: "sizes-only",
      says: { en: "You took differences without their sign; 1 and −1 are two apart.", zh: "你取了差的绝对值；1 与 −1 相差二。" },
      answer: (first, second) => deviation(differencesOf(first, second).map(Math.abs)) / Math.sqrt(first.length),
    },
    {
      name: "one-less",
      says: { en: "You divided by n − 1 inside; the formula here divides by n.", zh: "你在里面除以了 n − 1；这里的公式除以 n。" },
      answer: (first, second) => deviation(differencesOf(first, second), 1) / Math.sqrt(first.length),
    },
    {
      name: "forgot-the-root",
      says: { en: "This is the variance of the mean; take its root.", zh: "这是均值的方差；还要开平方。" },
      answer: (first, second) => deviation(differencesOf(first, second)) ** 2 / first.length,
    },
  ],
  hints: [
    { en: "Make the list of differences first; everything else is about that list alone.", zh: "先得到差的列表；其余一切只与这个列表有关。" },
    { en: "Its mean, the mean of the squared distances from that, divided by n, and the root.", zh: "求它的均值、到均值距离平方的均值，再除以 n，最后开平方。" },
    { en: "`const d = first.map((one, i) => one - second[i]); …; return Math.sqrt(variance / d.length);`", zh: "`const d = first.map((one, i) => one - second[i]); …; return Math.sqrt(variance / d.length);`" },
  ],
});

type Score = (picture: Tensor) => number;

/** A number for every place of a square of k by k, from the picture's part inside (1) and outside (0). */
function atEachPlace(picture: Tensor, k: number, number: (inside: Tensor) => number, step = 1): Tensor {
  const [high, wide] = picture.shape as [number, number];
  const line = (size: number): number[] => Array.from({ length: Math.floor((size - k) / step) + 1 }, (_, i) => i * step);
  const within = (place: number, first: number): boolean => place >= first && place < first + k;
  const mask = (top: number, left: number): Tensor =>
    tensor(Array.from({ length: high }, (_, r) => Array.from({ length: wide }, (_, c) => (within(r, top) && within(c, left) ? 1 : 0))), { dtype: "float64" });
  return tensor(line(high).map((top) => line(wide).map((left) => number(mask(top, left)))), { dtype: "float64" });
}
const coveredBy = (picture: Tensor, inside: Tensor): Tensor => picture.mul(inside.neg().add(1));

const occlusion = exercise<[picture: Tensor, k: number, score: Score]>({
  id: "06.7",
  stars: 3,
  title: { en: "What does it look at?", zh: "它在看哪里？" },
  inputs: ["picture", "k", "score"],
  draw: (draw) => {
    const shape = [draw.int(4, 5), draw.int(6, 7)];
    const [one, two] = [draw.normal(shape), draw.normal(shape)];
    const score: Score = (picture) => picture.mul(one).sum().item() + picture.mul(two).sum().item() ** 2;
    return [draw.normal(shape), 2, score];
  },
  answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(picture) - score(coveredBy(picture, inside))),
  mistakes: [
    {
      name: "rise-for-fall",
      says: { en: "The sign is turned: a part that matters makes the score fall, and the fall is to be positive.", zh: "符号反了：重要的部分会使得分下降，而下降应为正。" },
      answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(coveredBy(picture, inside)) - score(picture)),
    },
    {
      name: "score-for-fall",
      says: { en: "These are the scores of the covered pictures; subtract them from that of the whole.", zh: "这是遮住之后的得分；要用整张图片的得分减去它。" },
      answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(coveredBy(picture, inside))),
    },
    {
      name: "the-rest-covered",
      says: { en: "You covered everything but the square.", zh: "你遮住了方块以外的所有部分。" },
      answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(picture) - score(picture.mul(inside))),
    },
    {
      name: "covered-with-ones",
      says: { en: "The square was filled with 1, ink; cover it with 0.", zh: "方块被填成了 1（墨迹）；应填 0。" },
      answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(picture) - score(coveredBy(picture, inside).add(inside))),
    },
    {
      name: "squares-side-by-side",
      says: { en: "Your squares stand side by side; the square moves by one pixel.", zh: "你的方块彼此相邻；方块每次应移动一个像素。" },
      answer: (picture, k, score) => atEachPlace(picture, k, (inside) => score(picture) - score(coveredBy(picture, inside)), k),
    },
    {
      name: "left-uncovered",
      says: { en: "The squares stay covered: begin each time with the whole picture (`clone`).", zh: "之前的方块一直被遮着：每次都要从整张图片开始（`clone`）。" },
      answer: (picture, k, score) => {
        let left = picture;
        return atEachPlace(picture, k, (inside) => {
          left = coveredBy(left, inside);
          return score(picture) - score(left);
        });
      },
    },
  ],
  hints: [
    { en: "Two loops over the places, as in 05.3. What changes from place to place is a copy of the picture.", zh: "像 05.3 那样对位置做两重循环。每个位置变化的是图片的一份副本。" },
    { en: "`picture.clone()`, then the part `.narrow(0, r, k).narrow(1, c, k).fill_(0)`: a view, so that the copy changes.", zh: "先 `picture.clone()`，再对 `.narrow(0, r, k).narrow(1, c, k)` 用 `.fill_(0)`：它是视图，所以副本会改变。" },
    {
      en: "`const falls = rows.map((r) => columns.map((c) => { const covered = picture.clone(); …; return score(picture) - score(covered); })); return tensor(falls);`",
      zh: "`const falls = rows.map((r) => columns.map((c) => { const covered = picture.clone(); …; return score(picture) - score(covered); })); return tensor(falls);`",
    },
  ],
});

/** In the notebook's order. */
export const lenetAndFeatureMaps: readonly Exercise[] = [connections, tableParameters, addBias, shift, errorOfAccuracy, pairedError, occlusion];
