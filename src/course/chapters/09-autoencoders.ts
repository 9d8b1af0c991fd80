/**
 * Exercises of chapter 9: parameters with tied weights, masking noise, a reconstruction and its cost, the price of activity,
 * the error that no linear code can beat, and the slope of tied weights. Right answers come from the library's layers, its
 * losses and autograd; the lowest error from the singular values of the centred points.
 */
import { svdvals } from "../../linalg/index.ts";
import { linear } from "../../nn/linear.ts";
import { binaryCrossEntropyWithLogits } from "../../nn/losses/binary.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const parameters = exercise<[V: number, H: number, tied: boolean]>({
  id: "09.1",
  stars: 1,
  title: { en: "How many parameters?", zh: "有多少个参数？" },
  inputs: ["V", "H", "tied"],
  draw: (draw) => [draw.int(5, 20), draw.int(2, 4), draw.trial % 2 === 0],
  answer: (V, H, tied) => (H + 1) * V + H + (tied ? 0 : V * H),
  mistakes: [
    {
      name: "always-tied",
      says: { en: "Without tied weights the decoder has a matrix of its own.", zh: "权值不绑定时，解码器有自己的矩阵。" },
      answer: (V, H) => V * H + V + H,
    },
    {
      name: "never-tied",
      says: { en: "With tied weights the decoder uses the encoder's matrix: count it once.", zh: "权值绑定时解码器使用编码器的矩阵：只数一次。" },
      answer: (V, H) => 2 * V * H + V + H,
    },
    {
      name: "other-way-round",
      says: { en: "The two cases are exchanged: tied weights are the ones that are shared.", zh: "两种情况弄反了：绑定才是共用权值。" },
      answer: (V, H, tied) => (tied ? 2 : 1) * V * H + V + H,
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each hidden and one for each visible unit.", zh: "缺少偏置：每个隐藏单元和每个可见单元各有一个。" },
      answer: (V, H, tied) => (tied ? 1 : 2) * V * H,
    },
    {
      name: "forgot-the-visible-biases",
      says: { en: "The visible units have biases too: the decoder is a layer like any other.", zh: "可见单元也有偏置：解码器也是普通的一层。" },
      answer: (V, H, tied) => (tied ? 1 : 2) * V * H + H,
    },
    {
      name: "biases-tied-too",
      says: { en: "Only the weights are tied; there are H biases for the code and V for the output.", zh: "只有权值绑定；编码有 H 个偏置，输出有 V 个。" },
      answer: (V, H, tied) => V * H + H + (tied ? 0 : V * H + V),
    },
  ],
  hints: [
    { en: "Count the encoder as a layer from V to H, then what the decoder adds.", zh: "先把编码器当作从 V 到 H 的一层来数，再加上解码器新增的。" },
    { en: "The encoder has V · H weights and H biases; the decoder V biases, and weights of its own unless tied.", zh: "编码器有 V · H 个权值和 H 个偏置；解码器有 V 个偏置，不绑定时还有自己的权值。" },
    { en: "`return (tied ? 1 : 2) * … + … + …;`", zh: "`return (tied ? 1 : 2) * … + … + …;`" },
  ],
});

const mask = exercise<[x: number[], u: number[], part: number]>({
  id: "09.2",
  stars: 1,
  title: { en: "Masking noise", zh: "掩蔽噪声" },
  inputs: ["x", "u", "part"],
  draw: (draw) => {
    const x = draw.numbers(8).map((v) => Math.abs(v) + 0.1);
    // One number on either side in every trial, whatever is drawn.
    const u = [0.02, 0.98, ...Array.from({ length: 6 }, () => draw.number(0, 1))];
    return [x, u, draw.number(0.2, 0.4)];
  },
  answer: (x, u, part) => x.map((value, i) => (u[i]! < part ? 0 : value)),
  mistakes: [
    {
      name: "kept-what-should-go",
      says: { en: "You kept what should go, and dropped what should stay.", zh: "该去掉的留下了，该留下的去掉了。" },
      answer: (x, u, part) => x.map((value, i) => (u[i]! < part ? value : 0)),
    },
    {
      name: "kept-only-the-part",
      says: { en: "You kept a share of `part`; it is the share that goes.", zh: "你保留了比例为 `part` 的数；它应是去掉的比例。" },
      answer: (x, u, part) => x.map((value, i) => (u[i]! < 1 - part ? 0 : value)),
    },
    {
      name: "scaled-like-dropout",
      says: { en: "You enlarged what stays, as dropout does; masking leaves it as it is.", zh: "你像 dropout 那样放大了留下的数；掩蔽噪声不改变它们。" },
      answer: (x, u, part) => x.map((value, i) => (u[i]! < part ? 0 : value / (1 - part))),
    },
    {
      name: "by-the-value",
      says: { en: "You compared the numbers of x with `part`; the chance is in u.", zh: "你拿 x 的数与 `part` 比较；随机性在 u 里。" },
      answer: (x, _u, part) => x.map((value) => (value < part ? 0 : value)),
    },
    {
      name: "set-to-one",
      says: { en: "Damaged numbers become 0, not 1.", zh: "损坏的数应变成 0，而不是 1。" },
      answer: (x, u, part) => x.map((value, i) => (u[i]! < part ? 1 : value)),
    },
    {
      name: "removed",
      says: { en: "You removed the numbers; the input keeps its length, with zeros in it.", zh: "你把数删掉了；输入的长度不变，其中为 0。" },
      answer: (x, u, part) => x.filter((_, i) => u[i]! >= part),
    },
  ],
  hints: [
    { en: "`map` hands each number over with its place.", zh: "`map` 会同时给出每个数和它的位置。" },
    { en: "At place i the result is 0 if u[i] lies below part, and x[i] otherwise.", zh: "位置 i 处：u[i] 小于 part 时为 0，否则为 x[i]。" },
    { en: "`return x.map((value, i) => (… ? 0 : value));`", zh: "`return x.map((value, i) => (… ? 0 : value));`" },
  ],
});

type Net = [x: Tensor, W: Tensor, b: Tensor, c: Tensor];

const net = (draw: Draw): Net => {
  const [N, V, H] = [draw.int(2, 4), draw.int(4, 6), draw.int(2, 3)];
  return [draw.uniform([N, V]), draw.normal([H, V]), draw.normal([H]), draw.normal([V])];
};
const encoded: (...given: Net) => Tensor = (x, W, b) => linear(x, W, b).sigmoid();
const scores: (...given: Net) => Tensor = (x, W, b, c) => linear(encoded(x, W, b, c), W.t(), c);

const reconstruct = exercise<Net>({
  id: "09.3",
  stars: 2,
  title: { en: "There and back", zh: "编码再解码" },
  inputs: ["x", "W", "b", "c"],
  draw: net,
  answer: (...given) => scores(...given).sigmoid(),
  mistakes: [
    {
      name: "no-sigmoid-at-the-end",
      says: { en: "These are scores: the output passes through the sigmoid too.", zh: "这是得分：输出也要经过 sigmoid。" },
      answer: scores,
    },
    {
      name: "no-sigmoid-in-the-code",
      says: { en: "The hidden units pass through the sigmoid before they are decoded.", zh: "隐藏单元在解码之前要经过 sigmoid。" },
      answer: (x, W, b, c) => linear(linear(x, W, b), W.t(), c).sigmoid(),
    },
    {
      name: "forgot-the-hidden-bias",
      says: { en: "The biases b of the hidden units are missing.", zh: "缺少隐藏单元的偏置 b。" },
      answer: (x, W, b, c) => scores(x, W, b.mul(0), c).sigmoid(),
    },
    {
      name: "forgot-the-visible-bias",
      says: { en: "The biases c of the output are missing.", zh: "缺少输出的偏置 c。" },
      answer: (x, W, b, c) => scores(x, W, b, c.mul(0)).sigmoid(),
    },
    {
      name: "stopped-at-the-code",
      says: { en: "This is the code; it still has to be decoded.", zh: "这是编码；还需要解码。" },
      answer: encoded,
    },
    {
      name: "not-transposed",
      says: { en: "W is [H, V]: the encoder needs its transpose, the decoder W itself.", zh: "W 是 [H, V]：编码器要用它的转置，解码器用 W 本身。" },
      answer: (x, W, b, c) => x.matmul(W).add(b).sigmoid().matmul(W.t()).add(c).sigmoid(),
    },
  ],
  hints: [
    { en: "Rung 1 of section 5 has both halves.", zh: "第 5 节第 1 级有这两半。" },
    { en: "Encoder: x times W transposed, plus b. Decoder: the code times W, plus c. A sigmoid behind each.", zh: "编码器：x 乘 W 的转置，加 b。解码器：编码乘 W，加 c。各接一个 sigmoid。" },
    { en: "`const h = x.matmul(W.t()).add(b).sigmoid();` then the same backwards", zh: "`const h = x.matmul(W.t()).add(b).sigmoid();` 然后反过来再做一次" },
  ],
});

/** Minus the logarithm of what each pixel was given, from the scores that belong to the probabilities. */
const priceOf = (r: Tensor, x: Tensor, reduction: "sum" | "mean" | "none"): Tensor =>
  binaryCrossEntropyWithLogits(r.log().sub(r.neg().log1p()), x, { reduction });

const cost = exercise<[r: Tensor, x: Tensor]>({
  id: "09.4",
  stars: 2,
  title: { en: "The cost of a batch", zh: "一个批次的代价" },
  inputs: ["r", "x"],
  draw: (draw) => {
    const shape = [draw.int(2, 3), draw.int(4, 6)];
    return [draw.uniform(shape, 0.05, 0.95), draw.uniform(shape, 0.05, 0.95)];
  },
  answer: (r, x) => priceOf(r, x, "sum").div(x.shape[0]!),
  mistakes: [
    {
      name: "mean-over-everything",
      says: { en: "You averaged over the pixels too; they are added up.", zh: "你对像素也取了平均；像素应当求和。" },
      answer: (r, x) => priceOf(r, x, "mean"),
    },
    {
      name: "sum-over-everything",
      says: { en: "You added up the digits too; over them the mean is taken.", zh: "你对各数字也求了和；对它们应取平均。" },
      answer: (r, x) => priceOf(r, x, "sum"),
    },
    {
      name: "exchanged",
      says: { en: "Digits and reconstructions are exchanged: the logarithms are those of r.", zh: "数字与重构弄反了：取对数的是 r。" },
      answer: (r, x) => priceOf(x, r, "sum").div(x.shape[0]!),
    },
    {
      name: "forgot-the-paper",
      says: { en: "Paper is missing: where x is 0, what counts is log(1 − r).", zh: "缺少空白的部分：x 为 0 处要算 log(1 − r)。" },
      answer: (r, x) => x.mul(r.log()).sum().div(-x.shape[0]!),
    },
    {
      name: "wrong-sign",
      says: { en: "The sign is wrong: a cost is minus the logarithm.", zh: "符号错了：代价是负的对数。" },
      answer: (r, x) => priceOf(r, x, "sum").div(-x.shape[0]!),
    },
    {
      name: "squared-error",
      says: { en: "This is the squared error; the cross-entropy takes logarithms.", zh: "这是平方误差；交叉熵要取对数。" },
      answer: (r, x) => r.sub(x).square().sum().div(x.shape[0]!),
    },
  ],
  hints: [
    { en: "Each pixel is an answer of chapter 2 with probability r and truth x.", zh: "每个像素都像第 2 章的一个答案：概率 r，真值 x。" },
    { en: "Add −x log r − (1 − x) log(1 − r) over everything, then divide by the number of digits.", zh: "把 −x log r − (1 − x) log(1 − r) 全部相加，再除以数字的个数。" },
    { en: "`x.mul(r.log()).add(…).sum().div(-x.shape[0])`", zh: "`x.mul(r.log()).add(…).sum().div(-x.shape[0])`" },
  ],
});

/** The divergence of coins with chances p from one with chance rho, each. */
const divergences = (p: Tensor, rho: number): Tensor =>
  p.reciprocal().mul(rho).log().mul(rho).add(p.neg().add(1).reciprocal().mul(1 - rho).log().mul(1 - rho));

const sparsity = exercise<[h: Tensor, rho: number]>({
  id: "09.5",
  stars: 2,
  title: { en: "The price of activity", zh: "激活的代价" },
  inputs: ["h", "rho"],
  draw: (draw) => [draw.uniform([draw.int(3, 5), draw.int(2, 4)], 0.05, 0.95), draw.number(0.02, 0.2)],
  // The entropy of the coin taken from the cross-entropy.
  answer: (h, rho) => {
    const p = h.mean({ dim: 0 });
    const entropy = -rho * Math.log(rho) - (1 - rho) * Math.log(1 - rho);
    return priceOf(p, p.mul(0).add(rho), "sum").sub(entropy * p.numel);
  },
  mistakes: [
    {
      name: "every-activity-alone",
      says: { en: "You priced every activity by itself; it is the mean of each unit over the batch that counts.", zh: "你对每个激活单独计价；应对每个单元在批次上的平均值计价。" },
      answer: (h, rho) => divergences(h, rho).sum().div(h.shape[0]!),
    },
    {
      name: "mean-of-the-examples",
      says: { en: "You averaged over the units; the mean is taken over the examples, dimension 0.", zh: "你对单元取了平均；应对样本（第 0 维）取平均。" },
      answer: (h, rho) => divergences(h.mean({ dim: 1 }), rho).sum(),
    },
    {
      name: "mean-over-the-units",
      says: { en: "The prices of the units are added up, not averaged.", zh: "各单元的代价应相加，而不是取平均。" },
      answer: (h, rho) => divergences(h.mean({ dim: 0 }), rho).mean(),
    },
    {
      name: "exchanged",
      says: { en: "ρ and the mean activity are exchanged: the divergence is not symmetric.", zh: "ρ 与平均激活弄反了：散度是不对称的。" },
      answer: (h, rho) => {
        const p = h.mean({ dim: 0 });
        const silent = p.neg().add(1);
        return p.mul(p.div(rho).log()).add(silent.mul(silent.div(1 - rho).log())).sum();
      },
    },
    {
      name: "forgot-the-silence",
      says: { en: "The second half is missing: a coin has two sides.", zh: "缺少后一半：硬币有两面。" },
      answer: (h, rho) => h.mean({ dim: 0 }).reciprocal().mul(rho).log().mul(rho).sum(),
    },
    {
      name: "squared-difference",
      says: { en: "This is the squared difference from ρ; asked is the divergence.", zh: "这是与 ρ 之差的平方；要求的是散度。" },
      answer: (h, rho) => h.mean({ dim: 0 }).sub(rho).square().sum(),
    },
  ],
  hints: [
    { en: "First the mean activity of each unit: one number a unit.", zh: "先求每个单元的平均激活：每个单元一个数。" },
    { en: "`h.mean({ dim: 0 })` is ρ̂; put it into ρ log(ρ/ρ̂) + (1 − ρ) log((1 − ρ)/(1 − ρ̂)) and add up.", zh: "`h.mean({ dim: 0 })` 就是 ρ̂；代入 ρ log(ρ/ρ̂) + (1 − ρ) log((1 − ρ)/(1 − ρ̂)) 并求和。" },
    { en: "`const p = h.mean({ dim: 0 }); const on = p.reciprocal().mul(rho).log().mul(rho);` and the same for 1 − p", zh: "`const p = h.mean({ dim: 0 }); const on = p.reciprocal().mul(rho).log().mul(rho);` 对 1 − p 同样处理" },
  ],
});

const centred = (X: Tensor): Tensor => X.sub(X.mean({ dim: 0 }));
const squares = (X: Tensor): number[] => svdvals(X).square().toArray() as number[];
const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

const bound = exercise<[X: Tensor, k: number]>({
  id: "09.6",
  stars: 2,
  title: { en: "What no linear code can beat", zh: "线性编码的极限" },
  inputs: ["X", "k"],
  draw: (draw) => [draw.normal([draw.int(8, 10), draw.int(4, 5)]).add(2), draw.int(1, 2)],
  answer: (X, k) => total(squares(centred(X)).slice(k)) / X.shape[0]!,
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "Take the mean off first: biases can put it back for nothing.", zh: "先减去均值：偏置可以不费一个数就把它加回来。" },
      answer: (X, k) => total(squares(X).slice(k)) / X.shape[0]!,
    },
    {
      name: "what-is-kept",
      says: { en: "This is the variance that the k numbers keep; asked is what is lost.", zh: "这是 k 个数保留的方差；要求的是失去的。" },
      answer: (X, k) => total(squares(centred(X)).slice(0, k)) / X.shape[0]!,
    },
    {
      name: "divided-by-one-less",
      says: { en: "You divided by N − 1; the mean over the points divides by N.", zh: "你除以了 N − 1；对点取平均应除以 N。" },
      answer: (X, k) => total(squares(centred(X)).slice(k)) / (X.shape[0]! - 1),
    },
    {
      name: "not-averaged",
      says: { en: "You added up all points; asked is their mean.", zh: "你把所有点加起来了；要求的是平均。" },
      answer: (X, k) => total(squares(centred(X)).slice(k)),
    },
    {
      name: "lost-the-largest",
      says: { en: "`eigh` gives the smallest eigenvalue first: you kept the directions with the least variance.", zh: "`eigh` 先给出最小的特征值：你保留了方差最小的方向。" },
      answer: (X, k) => total(squares(centred(X)).toReversed().slice(k)) / X.shape[0]!,
    },
    {
      name: "mean-over-the-numbers",
      says: { en: "You averaged over the D numbers as well; they are added up.", zh: "你对 D 个数也取了平均；它们应相加。" },
      answer: (X, k) => total(squares(centred(X)).slice(k)) / X.numel,
    },
  ],
  hints: [
    { en: "Section 4: no linear code beats PCA. How much does PCA lose?", zh: "第 4 节：线性编码不会胜过 PCA。PCA 失去多少？" },
    { en: "The eigenvalues of the covariance are the variances along the principal directions; all but the k largest are lost.", zh: "协方差的特征值是各主方向上的方差；除最大的 k 个之外都失去了。" },
    {
      en: "`const Z = X.sub(X.mean({ dim: 0 }));` then `linalg.eigh(Z.t().matmul(Z).div(…)).eigenvalues`, of which the first D − k count",
      zh: "`const Z = X.sub(X.mean({ dim: 0 }));` 然后 `linalg.eigh(Z.t().matmul(Z).div(…)).eigenvalues`，取前 D − k 个",
    },
  ],
});

/** The two parts of the slope by W: as decoder and as encoder. */
function halves(...given: Net): [decoder: Tensor, encoder: Tensor] {
  const [x, W] = given;
  const h = encoded(...given);
  const ds = scores(...given).sigmoid().sub(x).div(x.shape[0]!);
  return [h.t().matmul(ds), ds.matmul(W.t()).mul(h).mul(h.neg().add(1)).t().matmul(x)];
}

const slope = exercise<Net>({
  id: "09.7",
  stars: 3,
  title: { en: "The slope of tied weights", zh: "绑定权值的斜率" },
  inputs: ["x", "W", "b", "c"],
  draw: net,
  answer: (x, W, b, c) => {
    const leaf = W.detach().clone().requiresGrad_();
    binaryCrossEntropyWithLogits(scores(x, leaf, b, c), x, { reduction: "sum" }).div(x.shape[0]!).backward();
    return leaf.grad!;
  },
  mistakes: [
    {
      name: "decoder-only",
      says: { en: "This is the decoder's half: W is used in the encoder too.", zh: "这只是解码器的一半：编码器也用到 W。" },
      answer: (...given) => halves(...given)[0],
    },
    {
      name: "encoder-only",
      says: { en: "This is the encoder's half: W is used in the decoder too.", zh: "这只是编码器的一半：解码器也用到 W。" },
      answer: (...given) => halves(...given)[1],
    },
    {
      name: "not-averaged",
      says: { en: "The cost is a mean over the digits: divide by N.", zh: "代价是对数字取平均：要除以 N。" },
      answer: (...given) => halves(...given).reduce((sum, half) => sum.add(half)).mul(given[0].shape[0]!),
    },
    {
      name: "mean-of-the-halves",
      says: { en: "The two halves are added, not averaged.", zh: "两半应相加，而不是取平均。" },
      answer: (...given) => halves(...given).reduce((sum, half) => sum.add(half)).div(2),
    },
    {
      name: "forgot-the-hidden-sigmoid",
      says: { en: "On the way back through the hidden units the sigmoid's slope h (1 − h) is missing.", zh: "反向经过隐藏单元时缺少 sigmoid 的斜率 h (1 − h)。" },
      answer: (x, W, b, c) => {
        const ds = scores(x, W, b, c).sigmoid().sub(x).div(x.shape[0]!);
        return halves(x, W, b, c)[0].add(ds.matmul(W.t()).t().matmul(x));
      },
    },
    {
      name: "output-slope-twice",
      says: { en: "Behind sigmoid and cross-entropy the slope is r − x alone; r (1 − r) has cancelled.", zh: "sigmoid 与交叉熵之后斜率就是 r − x；r (1 − r) 已经约去。" },
      answer: (x, W, b, c) => {
        const [h, r] = [encoded(x, W, b, c), scores(x, W, b, c).sigmoid()];
        const ds = r.sub(x).div(x.shape[0]!).mul(r).mul(r.neg().add(1));
        return h.t().matmul(ds).add(ds.matmul(W.t()).mul(h).mul(h.neg().add(1)).t().matmul(x));
      },
    },
  ],
  hints: [
    { en: "Rung 2 of section 5, with x in the place of the damaged input.", zh: "第 5 节第 2 级，把损坏的输入换成 x。" },
    { en: "W is used twice, so two slopes are added: hᵀ δs and δhᵀ x.", zh: "W 用了两次，所以两个斜率相加：hᵀ δs 与 δhᵀ x。" },
    { en: "`const ds = r.sub(x).div(N); const dh = ds.matmul(W.t()).mul(…);` then `h.t().matmul(ds).add(…)`", zh: "`const ds = r.sub(x).div(N); const dh = ds.matmul(W.t()).mul(…);` 然后 `h.t().matmul(ds).add(…)`" },
  ],
});

/** In the notebook's order. */
export const autoencoders: readonly Exercise[] = [parameters, mask, reconstruct, cost, sparsity, bound, slope];
