/**
 * Exercises of chapter 3: the perceptron (F. Rosenblatt, 1958), counting parameters, the family of rectifiers, a layer, the
 * errors of a hidden layer (D. Rumelhart, G. Hinton and R. Williams, 1986), dropout (N. Srivastava and others, 2014), and the
 * whole gradient of a network with one hidden layer.
 */
import { grad } from "../../autograd/functions.ts";
import { crossEntropy } from "../../nn/functional.ts";
import { zeros } from "../../tensor/creation.ts";
import { einsum } from "../../tensor/einsum/index.ts";
import { where } from "../../tensor/functions.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

const float64 = { dtype: "float64" } as const;

type Decision = [inputs: number[][], w: number[], b: number];

const scores = (inputs: readonly number[][], w: readonly number[], b: number): number[] =>
  inputs.map((x) => x.reduce((total, value, i) => total + w[i]! * value, b));

const perceptron = exercise<Decision>({
  id: "03.1",
  stars: 1,
  title: { en: "The perceptron", zh: "感知器" },
  inputs: ["inputs", "w", "b"],
  // Whole numbers and quarters, so that some scores are exactly zero, as the last example's always is, and some just above.
  draw: (draw) => {
    const size = draw.int(2, 3);
    const vector = (): number[] => Array.from({ length: size }, () => draw.int(-2, 2));
    const w = vector().map((value) => value + draw.pick([-0.25, 0.25]));
    const on = vector();
    const justAbove = on.map((value, i) => (i === 0 ? value + Math.sign(w[0]!) / 8 : value));
    const inputs = [...Array.from({ length: 12 }, vector), justAbove, on];
    return [inputs, w, -scores([on], w, 0)[0]!];
  },
  answer: (inputs, w, b) => scores(inputs, w, b).map((z) => (z > 0 ? 1 : 0)),
  mistakes: [
    {
      name: "forgot-the-bias",
      says: { en: "The bias b is missing: your boundary goes through the origin.", zh: "缺少偏置 b：你的边界经过原点。" },
      answer: (inputs, w) => scores(inputs, w, 0).map((z) => (z > 0 ? 1 : 0)),
    },
    {
      name: "score-instead-of-decision",
      says: { en: "These are the scores z; a perceptron answers 1 or 0.", zh: "这是得分 z；感知器的输出是 1 或 0。" },
      answer: (inputs, w, b) => scores(inputs, w, b),
    },
    {
      name: "on-the-boundary",
      says: { en: "On the boundary itself (z = 0) the answer is 0: it must be greater than zero.", zh: "在边界上（z = 0）输出应为 0：必须大于零才输出 1。" },
      answer: (inputs, w, b) => scores(inputs, w, b).map((z) => (z >= 0 ? 1 : 0)),
    },
    {
      name: "turned-round",
      says: { en: "The two sides are swapped: 1 where the score is above zero.", zh: "两侧交换了：得分大于零时输出 1。" },
      answer: (inputs, w, b) => scores(inputs, w, b).map((z) => (z > 0 ? 0 : 1)),
    },
    {
      name: "minus-one",
      says: { en: "You answer −1 for the lower side; here it is 0.", zh: "你在另一侧输出 −1；这里应为 0。" },
      answer: (inputs, w, b) => scores(inputs, w, b).map((z) => (z > 0 ? 1 : -1)),
    },
    {
      name: "subtracted-the-bias",
      says: { en: "The bias is subtracted; add it.", zh: "你减去了偏置；应当加上。" },
      answer: (inputs, w, b) => scores(inputs, w, -b).map((z) => (z > 0 ? 1 : 0)),
    },
  ],
  hints: [
    { en: "One answer, 1 or 0, for each row of `inputs`.", zh: "`inputs` 的每一行对应一个输出：1 或 0。" },
    { en: "Score first: the weighted sum of the row, plus b. Then ask whether it is above zero.", zh: "先算得分：该行的加权和加上 b。再看它是否大于零。" },
    {
      en: "`return inputs.map((x) => (x.reduce((z, value, i) => z + …, b) > 0 ? … : …));`",
      zh: "`return inputs.map((x) => (x.reduce((z, value, i) => z + …, b) > 0 ? … : …));`",
    },
  ],
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const weightCount = (sizes: readonly number[]): number => sum(sizes.slice(1).map((size, i) => size * sizes[i]!));

const parameterCount = exercise<[sizes: number[]]>({
  id: "03.2",
  stars: 1,
  title: { en: "Count the parameters", zh: "参数个数" },
  inputs: ["sizes"],
  draw: (draw) => [Array.from({ length: draw.trial + 3 }, () => draw.int(2, 60))],
  answer: (sizes) => sum(sizes.slice(1).map((size, i) => zeros([size, sizes[i]!]).numel + zeros([size]).numel)),
  mistakes: [
    {
      name: "forgot-the-biases",
      says: { en: "These are the weights alone; every unit behind the input has a bias too.", zh: "这只是权重；输入层之后的每个单元还有一个偏置。" },
      answer: (sizes) => weightCount(sizes),
    },
    {
      name: "biases-of-the-input",
      says: { en: "The inputs have no biases: they are given, not computed.", zh: "输入没有偏置：它们是给定的，不是算出来的。" },
      answer: (sizes) => weightCount(sizes) + sum(sizes),
    },
    {
      name: "one-bias-a-layer",
      says: { en: "You counted one bias for each layer; each of its units has one.", zh: "你为每层只算了一个偏置；每个单元都有一个。" },
      answer: (sizes) => weightCount(sizes) + sizes.length - 1,
    },
    {
      name: "biases-of-the-layer-before",
      says: { en: "A layer has as many biases as it has outputs, not inputs.", zh: "一层的偏置个数等于它的输出个数，而不是输入个数。" },
      answer: (sizes) => weightCount(sizes) + sum(sizes.slice(0, -1)),
    },
    {
      name: "counted-units",
      says: { en: "You counted the units; the parameters are the lines between them, and the biases.", zh: "你数的是单元；参数是单元之间的连线以及偏置。" },
      answer: (sizes) => sum(sizes),
    },
  ],
  tolerance: 1e-9,
  hints: [
    { en: "Softmax regression, sizes [784, 10], has 7,850.", zh: "softmax 回归的 sizes 为 [784, 10]，有 7,850 个参数。" },
    { en: "Every two neighbouring sizes n and m make n · m weights and m biases.", zh: "相邻的两个大小 n 和 m 对应 n · m 个权重和 m 个偏置。" },
    {
      en: "`let count = 0; for (let i = 1; i < sizes.length; i++) count += …; return count;`",
      zh: "`let count = 0; for (let i = 1; i < sizes.length; i++) count += …; return count;`",
    },
  ],
});

const rectifier = exercise<[z: number[], alpha: number]>({
  id: "03.3",
  stars: 1,
  title: { en: "The family of rectifiers", zh: "ReLU 家族" },
  inputs: ["z", "alpha"],
  // Now and then α is above 1, and now and then below 0.
  draw: (draw) => [
    [...draw.numbers(draw.trial + 6, { std: 2 }), -1.5, 1.5],
    [draw.number(0.1, 0.3), draw.number(-1.5, -0.5), draw.number(1.5, 2.5)][draw.trial % 3]!,
  ],
  answer: (z, alpha) => z.map((value) => (value > 0 ? value : alpha * value)),
  mistakes: [
    {
      name: "plain-relu",
      says: { en: "This is ReLU itself: below zero there is nothing left. Add α · min(0, z).", zh: "这是普通的 ReLU：负数部分全为零。应加上 α · min(0, z)。" },
      answer: (z) => z.map((value) => Math.max(0, value)),
    },
    {
      name: "larger-of-the-two",
      says: { en: "max(z, αz) is the same only for α up to 1.", zh: "只有当 α 不大于 1 时，max(z, αz) 才与它相同。" },
      answer: (z, alpha) => z.map((value) => Math.max(value, alpha * value)),
    },
    {
      name: "other-side",
      says: { en: "The α is on the wrong side: it scales what is below zero.", zh: "α 用在了错误的一侧：它应缩放小于零的部分。" },
      answer: (z, alpha) => z.map((value) => (value > 0 ? alpha * value : value)),
    },
    {
      name: "mirrored",
      says: { en: "The part below zero has the wrong sign: α · min(0, z) keeps the sign of z where α is positive.", zh: "小于零的部分符号反了：α 为正时，α · min(0, z) 与 z 同号。" },
      answer: (z, alpha) => z.map((value) => (value > 0 ? value : -alpha * value)),
    },
    {
      name: "slope-instead-of-value",
      says: { en: "These are the slopes of the function; return its values.", zh: "这是函数的斜率；请返回函数值。" },
      answer: (z, alpha) => z.map((value) => (value > 0 ? 1 : alpha)),
    },
  ],
  hints: [
    { en: "Two cases: above zero and below.", zh: "分两种情况：大于零和小于零。" },
    { en: "Above zero z stays, below zero it is multiplied by α.", zh: "大于零时 z 不变，小于零时乘以 α。" },
    { en: "`return z.map((value) => Math.max(…) + alpha * Math.min(…));`", zh: "`return z.map((value) => Math.max(…) + alpha * Math.min(…));`" },
  ],
});

const layer = exercise<[X: Tensor, W: Tensor, b: Tensor]>({
  id: "03.4",
  stars: 2,
  title: { en: "One layer for a whole batch", zh: "一批样本的一层" },
  inputs: ["X", "W", "b"],
  // As many units as inputs: a transposed matrix then raises no error, and is recognised.
  draw: (draw) => {
    const [examples, size] = [draw.int(5, 7), draw.int(2, 4)];
    return [draw.normal([examples, size]), draw.normal([size, size]), draw.normal([size])];
  },
  answer: (X, W, b) => einsum("ni,oi->no", X, W).add(b).tanh(),
  mistakes: [
    {
      name: "transposed",
      says: { en: "The weights are used the wrong way round: a row of W holds the weights of one unit.", zh: "权重矩阵用反了：W 的每一行是一个单元的权重。" },
      answer: (X, W, b) => X.matmul(W).add(b).tanh(),
    },
    {
      name: "forgot-the-bias",
      says: { en: "The biases are missing.", zh: "缺少偏置。" },
      answer: (X, W) => X.matmul(W.t()).tanh(),
    },
    {
      name: "forgot-the-activation",
      says: { en: "These are the scores z; the layer gives tanh(z).", zh: "这是得分 z；该层输出 tanh(z)。" },
      answer: (X, W, b) => X.matmul(W.t()).add(b),
    },
    {
      name: "sigmoid-instead",
      says: { en: "This is the sigmoid; here the activation is tanh.", zh: "这是 sigmoid；这里的激活函数是 tanh。" },
      answer: (X, W, b) => X.matmul(W.t()).add(b).sigmoid(),
    },
    {
      name: "bias-after-the-activation",
      says: { en: "The bias is added after tanh; it belongs to the score.", zh: "偏置加在了 tanh 之后；它属于得分。" },
      answer: (X, W, b) => X.matmul(W.t()).tanh().add(b),
    },
  ],
  hints: [
    { en: "The shapes: X is [N, in], W is [out, in], the result is [N, out].", zh: "形状：X 为 [N, in]，W 为 [out, in]，结果为 [N, out]。" },
    { en: "`W.t()` is [in, out]; broadcasting adds b to every row.", zh: "`W.t()` 的形状为 [in, out]；广播会把 b 加到每一行。" },
    { en: "`return X.matmul(…).add(…).tanh();`", zh: "`return X.matmul(…).add(…).tanh();`" },
  ],
});

const hiddenErrors = exercise<[delta: Tensor, W: Tensor, a: Tensor]>({
  id: "03.5",
  stars: 2,
  title: { en: "Errors, one layer back", zh: "误差反传一层" },
  inputs: ["delta", "W", "a"],
  draw: (draw) => {
    const [examples, size] = [draw.int(5, 7), draw.int(2, 4)];
    return [draw.normal([examples, size]), draw.normal([size, size]), draw.normal([examples, size]).tanh()];
  },
  // Autograd's slope along z of the scores that a = tanh(z) leads to, each weighted by its error.
  answer: (delta, W, a) => {
    const z = a.add(1).div(a.neg().add(1)).log().div(2);
    return grad((at: Tensor) => at.tanh().matmul(W.t()).mul(delta).sum())(z);
  },
  mistakes: [
    {
      name: "forgot-the-slope",
      says: { en: "The slope of tanh, 1 − a², is missing.", zh: "缺少 tanh 的斜率 1 − a²。" },
      answer: (delta, W) => delta.matmul(W),
    },
    {
      name: "transposed",
      says: { en: "The weights are used the wrong way round: backwards, unit i collects column i of W.", zh: "权重矩阵用反了：反向时，单元 i 收集 W 的第 i 列。" },
      answer: (delta, W, a) => delta.matmul(W.t()).mul(a.square().neg().add(1)),
    },
    {
      name: "slope-of-the-sigmoid",
      says: { en: "a (1 − a) is the slope of the sigmoid; tanh has 1 − a².", zh: "a (1 − a) 是 sigmoid 的斜率；tanh 的斜率是 1 − a²。" },
      answer: (delta, W, a) => delta.matmul(W).mul(a.mul(a.neg().add(1))),
    },
    {
      name: "activation-twice",
      says: { en: "`a` is tanh(z) already: you took tanh of it once more.", zh: "`a` 已经是 tanh(z)：你又对它做了一次 tanh。" },
      answer: (delta, W, a) => delta.matmul(W).mul(a.tanh().square().neg().add(1)),
    },
    {
      name: "value-instead-of-slope",
      says: { en: "You multiplied by a; what is wanted is the slope of tanh there, 1 − a².", zh: "你乘以了 a；需要的是 tanh 在该处的斜率 1 − a²。" },
      answer: (delta, W, a) => delta.matmul(W).mul(a),
    },
  ],
  hints: [
    { en: "Two factors: what flows back through the weights, and the slope of the activation.", zh: "两个因子：经权重传回的量，以及激活函数的斜率。" },
    { en: "Forward it was `a.matmul(W.t())`, so backward it is `delta.matmul(W)`.", zh: "前向是 `a.matmul(W.t())`，因此反向是 `delta.matmul(W)`。" },
    { en: "`return delta.matmul(W).mul(…);`", zh: "`return delta.matmul(W).mul(…);`" },
  ],
});

const dropout = exercise<[a: Tensor, chance: Tensor, p: number]>({
  id: "03.6",
  stars: 2,
  title: { en: "Dropout", zh: "随机失活（dropout）" },
  inputs: ["a", "chance", "p"],
  draw: (draw) => {
    const shape = [draw.int(3, 5), draw.int(6, 9)];
    return [draw.normal(shape), draw.uniform(shape), draw.pick([draw.number(0.2, 0.4), draw.number(0.6, 0.8)])];
  },
  answer: (a, chance, p) => where(chance.lt(p), zeros(a.shape, float64), a.div(1 - p)),
  mistakes: [
    {
      name: "forgot-to-scale",
      says: { en: "Those that stay are not scaled up: on the average the layer now gives too little.", zh: "保留的值没有放大：该层的平均输出变小了。" },
      answer: (a, chance, p) => where(chance.lt(p), zeros(a.shape, float64), a),
    },
    {
      name: "scaled-at-the-wrong-time",
      says: { en: "You multiplied by 1 − p; those that stay must grow, so divide.", zh: "你乘以了 1 − p；保留的值应当放大，所以要除。" },
      answer: (a, chance, p) => where(chance.lt(p), zeros(a.shape, float64), a.mul(1 - p)),
    },
    {
      name: "dropped-the-others",
      says: { en: "You keep the part p and drop the rest: p is the rate of dropping, not of keeping.", zh: "你保留了比例 p、丢弃了其余：p 是丢弃率，不是保留率。" },
      answer: (a, chance, p) => where(chance.lt(p), a.div(p), zeros(a.shape, float64)),
    },
    {
      name: "divided-by-the-rate",
      says: { en: "You divided by the rate of dropping p; divide by the rate of keeping, 1 − p.", zh: "你除以了丢弃率 p；应除以保留率 1 − p。" },
      answer: (a, chance, p) => where(chance.lt(p), zeros(a.shape, float64), a.div(p)),
    },
    {
      name: "dropped-nothing",
      says: { en: "Everything is scaled but nothing is dropped.", zh: "全部都放大了，但没有丢弃任何值。" },
      answer: (a, _, p) => a.div(1 - p),
    },
  ],
  hints: [
    { en: "`chance.lt(p)` says which are dropped, `chance.ge(p)` which stay.", zh: "`chance.lt(p)` 表示哪些被丢弃，`chance.ge(p)` 表示哪些保留。" },
    { en: "Those that stay are divided by 1 − p, so that the mean over many draws is unchanged.", zh: "保留的值除以 1 − p，这样多次抽取的平均值不变。" },
    { en: "`return a.mul(chance.ge(p).to(\"float64\")).div(…);`", zh: "`return a.mul(chance.ge(p).to(\"float64\")).div(…);`" },
  ],
});

type Network = [X: Tensor, labels: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor];

/** The slopes by hand, with the places where one errs left open. */
function slopesByHand(
  [X, labels, W1, b1, W2, b2]: Network,
  { examples = X.shape[0]!, slope = (a: Tensor): Tensor => a.square().neg().add(1), back = (delta: Tensor): Tensor => delta.matmul(W2), sign = 1 } = {},
): Record<"W1" | "b1" | "W2" | "b2", Tensor> {
  const a = X.matmul(W1.t()).add(b1).tanh();
  const delta2 = a.matmul(W2.t()).add(b2).softmax(1).sub(labels.oneHot(W2.shape[0]!)).mul(sign / examples);
  const delta1 = back(delta2).mul(slope(a));
  return { W1: delta1.t().matmul(X), b1: delta1.sum({ dim: 0 }), W2: delta2.t().matmul(a), b2: delta2.sum({ dim: 0 }) };
}

const wholeGradient = exercise<Network>({
  id: "03.7",
  stars: 3,
  title: { en: "The whole gradient", zh: "完整的梯度" },
  inputs: ["X", "labels", "W1", "b1", "W2", "b2"],
  draw: (draw) => {
    const [examples, inputs, hidden] = [draw.int(5, 8), draw.int(2, 4), draw.int(3, 5)];
    // As many classes as hidden units: transposed weights then raise no error.
    const classes = hidden;
    return [
      draw.normal([examples, inputs]), draw.labels(examples, classes), draw.normal([hidden, inputs]), draw.normal([hidden]),
      draw.normal([classes, hidden]), draw.normal([classes]),
    ];
  },
  answer: (X, labels, ...parameters) => {
    const tracked = parameters.map((parameter) => parameter.detach().clone().requiresGrad_());
    const [W1, b1, W2, b2] = tracked as [Tensor, Tensor, Tensor, Tensor];
    crossEntropy(X.matmul(W1.t()).add(b1).tanh().matmul(W2.t()).add(b2), labels).backward();
    return { W1: W1.grad!, b1: b1.grad!, W2: W2.grad!, b2: b2.grad! };
  },
  mistakes: [
    {
      name: "forgot-the-mean",
      says: { en: "The loss is a mean over the batch: divide by the number of examples.", zh: "损失是批次的平均：请除以样本数。" },
      answer: (...given) => slopesByHand(given, { examples: 1 }),
    },
    {
      name: "forgot-the-slope",
      says: { en: "W2 and b2 are right; on the way back to W1 the slope of tanh, 1 − a², is missing.", zh: "W2 和 b2 正确；传回 W1 时缺少 tanh 的斜率 1 − a²。" },
      answer: (...given) => slopesByHand(given, { slope: (a) => a.mul(0).add(1) }),
    },
    {
      name: "slope-of-the-sigmoid",
      says: { en: "W2 and b2 are right; a (1 − a) is the slope of the sigmoid, tanh has 1 − a².", zh: "W2 和 b2 正确；a (1 − a) 是 sigmoid 的斜率，tanh 的斜率是 1 − a²。" },
      answer: (...given) => slopesByHand(given, { slope: (a) => a.mul(a.neg().add(1)) }),
    },
    {
      name: "transposed",
      says: { en: "W2 and b2 are right; on the way back to W1 the weights W2 are used the wrong way round.", zh: "W2 和 b2 正确；传回 W1 时 W2 用反了（转置错误）。" },
      answer: (...given) => slopesByHand(given, { back: (delta) => delta.matmul(given[4].t()) }),
    },
    {
      name: "wrong-sign",
      says: { en: "The sign is turned round: probability minus truth.", zh: "符号反了：应为概率减去真实值。" },
      answer: (...given) => slopesByHand(given, { sign: -1 }),
    },
  ],
  tolerance: 1e-5,
  hints: [
    { en: "Forward first: keep a = tanh(XW1ᵀ + b1). The error of the scores is chapter 2's: (probability − truth) / N.", zh: "先前向计算并保留 a = tanh(XW1ᵀ + b1)。得分的误差与第 2 章相同：（概率 − 真实）/ N。" },
    { en: "Each layer: the slope of W is errorsᵀ times the layer's input, the slope of b the sum of errors over the batch. Exercise 3.5 takes the errors one layer back.", zh: "每一层：W 的斜率是 误差ᵀ 乘以该层的输入，b 的斜率是误差在批次上的和。练习 3.5 把误差传回上一层。" },
    {
      en: "`const delta2 = …; const delta1 = delta2.matmul(W2).mul(…); return { W1: delta1.t().matmul(…), b1: delta1.sum({ dim: 0 }), W2: …, b2: … };`",
      zh: "`const delta2 = …; const delta1 = delta2.matmul(W2).mul(…); return { W1: delta1.t().matmul(…), b1: delta1.sum({ dim: 0 }), W2: …, b2: … };`",
    },
  ],
});

export const multilayerPerceptron: readonly Exercise[] = [
  perceptron, parameterCount, rectifier, layer, hiddenErrors, dropout, wholeGradient,
];
