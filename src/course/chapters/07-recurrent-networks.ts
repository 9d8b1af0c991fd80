/**
 * Exercises of chapter 7: counting parameters, one step, a whole sequence and back-propagation through time, then those on
 * networks that write. Right answers come from the library's recurrence and from autograd.
 */
import { tensor, zeros } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";
import { writingNetworks } from "./07-writing-networks.ts";

const float64 = { dtype: "float64" } as const;

const parameters = exercise<[V: number, H: number]>({
  id: "07.1",
  stars: 1,
  title: { en: "How many parameters?", zh: "有多少个参数？" },
  inputs: ["V", "H"],
  draw: (draw) => [draw.int(5, 12), draw.int(20, 40)],
  answer: (V, H) => V * H + H * H + H + H * V + V,
  mistakes: [
    {
      name: "forgot-the-loop",
      says: { en: "The weights from the last state to the next are missing: H × H.", zh: "缺少从上一状态到下一状态的权重：H × H。" },
      answer: (V, H) => V * H + H + H * V + V,
    },
    {
      name: "forgot-the-scores",
      says: { en: "This is the recurrent part alone; the layer that makes V scores of a state is missing.", zh: "这只是循环部分；缺少把状态变成 V 个得分的那一层。" },
      answer: (V, H) => V * H + H * H + H,
    },
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each unit and one for each score.", zh: "缺少偏置：每个单元一个，每个得分一个。" },
      answer: (V, H) => V * H + H * H + H * V,
    },
    {
      name: "forgot-the-last-bias",
      says: { en: "The scores have a bias too: V more numbers.", zh: "得分也有偏置：还要加 V 个数。" },
      answer: (V, H) => V * H + H * H + H + H * V,
    },
    {
      name: "two-biases",
      says: { en: "You gave every unit two biases, as PyTorch's layer does; the formula of section 3 has one b.", zh: "你给每个单元两个偏置（PyTorch 的层如此）；第 3 节的公式只有一个 b。" },
      answer: (V, H) => V * H + H * H + 2 * H + H * V + V,
    },
  ],
  hints: [
    { en: "Section 10 counts such a network.", zh: "第 10 节数过这样的网络。" },
    { en: "Three matrices, from input to state, from state to state, from state to scores; and two biases.", zh: "三个矩阵：输入到状态、状态到状态、状态到得分；还有两个偏置。" },
    { en: "`return V * H + H * H + … + … + …;`", zh: "`return V * H + H * H + … + … + …;`" },
  ],
});

/** [N, D] through one step of the library's recurrence. */
function stepByLibrary(x: Tensor, h: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor): Tensor {
  return x.unsqueeze(0).rnn(Wx.t().contiguous(), Wh.t().contiguous(), { biasIh: b, h0: h }).hN;
}

const step = exercise<[x: Tensor, h: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor]>({
  id: "07.2",
  stars: 2,
  title: { en: "One step", zh: "走一步" },
  inputs: ["x", "h", "Wx", "Wh", "b"],
  draw: (draw) => {
    const [N, D, H] = [draw.int(2, 4), draw.int(2, 3), draw.int(4, 5)];
    return [draw.normal([N, D]), draw.normal([N, H]), draw.normal([D, H]), draw.normal([H, H]), draw.normal([H])];
  },
  answer: stepByLibrary,
  mistakes: [
    {
      name: "no-tanh",
      says: { en: "The tanh is missing: nothing holds the state between −1 and 1.", zh: "缺少 tanh：没有什么把状态限制在 −1 与 1 之间。" },
      answer: (x, h, Wx, Wh, b) => x.matmul(Wx).add(h.matmul(Wh)).add(b),
    },
    {
      name: "forgot-the-state",
      says: { en: "The state before plays no part: this layer has no memory.", zh: "没有用到之前的状态：这一层没有记忆。" },
      answer: (x, _h, Wx, _Wh, b) => x.matmul(Wx).add(b).tanh(),
    },
    {
      name: "forgot-the-bias",
      says: { en: "The bias is missing.", zh: "缺少偏置。" },
      answer: (x, h, Wx, Wh) => x.matmul(Wx).add(h.matmul(Wh)).tanh(),
    },
    {
      name: "transposed-loop",
      says: { en: "Wh is transposed: a state is a row here, h Wh.", zh: "Wh 被转置了：这里状态是行向量，应为 h Wh。" },
      answer: (x, h, Wx, Wh, b) => x.matmul(Wx).add(h.matmul(Wh.t())).add(b).tanh(),
    },
    {
      name: "sigmoid",
      says: { en: "You squeezed with a sigmoid; this network uses tanh.", zh: "你用了 sigmoid；这个网络用的是 tanh。" },
      answer: (x, h, Wx, Wh, b) => x.matmul(Wx).add(h.matmul(Wh)).add(b).sigmoid(),
    },
    {
      name: "added-the-state",
      says: { en: "You added the state itself; it goes through Wh first.", zh: "你直接加上了状态本身；它应先乘以 Wh。" },
      answer: (x, h, Wx, _Wh, b) => x.matmul(Wx).add(h).add(b).tanh(),
    },
  ],
  hints: [
    { en: "It is a layer of two inputs, x and h, each with its own matrix.", zh: "这是有两个输入 x 和 h 的一层，各有自己的矩阵。" },
    { en: "Rows on the left: x Wx + h Wh + b, then tanh.", zh: "行向量在左：x Wx + h Wh + b，再取 tanh。" },
    { en: "`return x.matmul(Wx).add(…).add(b).…;`", zh: "`return x.matmul(Wx).add(…).add(b).…;`" },
  ],
});

type Unit = [xs: number[], u: number, w: number, b: number];

const lastOf = (xs: readonly number[], next: (h: number, x: number) => number, first = 0): number => xs.reduce(next, first);
const unitsOf = (draw: Draw): [xs: number[], u: number, w: number] => [
  draw.numbers(draw.trial === 0 ? 3 : draw.int(3, 6)),
  draw.number(0.5, 1.2),
  draw.number(0.4, 1.1),
];

const sequence = exercise<Unit>({
  id: "07.3",
  stars: 2,
  title: { en: "The last state", zh: "最后的状态" },
  inputs: ["xs", "u", "w", "b"],
  draw: (draw) => [...unitsOf(draw), draw.number(0.2, 0.6)],
  answer: (xs, u, w, b) => {
    const one = (value: number): Tensor => tensor([[value]], float64);
    return tensor(xs, float64).reshape([-1, 1, 1]).rnn(one(u), one(w), { biasIh: tensor([b], float64) }).hN.item();
  },
  mistakes: [
    {
      name: "state-not-carried",
      says: { en: "Your state starts afresh at every step; each step begins with the state of the one before.", zh: "你的状态每一步都重新开始；每一步应从上一步的状态出发。" },
      answer: (xs, u, _w, b) => Math.tanh(u * xs.at(-1)! + b),
    },
    {
      name: "tanh-only-at-the-end",
      says: { en: "You squeezed once, at the end; every step does it.", zh: "你只在最后取了一次 tanh；每一步都要取。" },
      answer: (xs, u, w, b) => Math.tanh(lastOf(xs, (h, x) => u * x + w * h + b)),
    },
    {
      name: "no-tanh",
      says: { en: "The tanh is missing.", zh: "缺少 tanh。" },
      answer: (xs, u, w, b) => lastOf(xs, (h, x) => u * x + w * h + b),
    },
    {
      name: "read-backwards",
      says: { en: "You read the numbers from the last to the first.", zh: "你从最后一个数读到了第一个数。" },
      answer: (xs, u, w, b) => lastOf(xs.toReversed(), (h, x) => Math.tanh(u * x + w * h + b)),
    },
    {
      name: "forgot-the-bias",
      says: { en: "The bias is missing.", zh: "缺少偏置。" },
      answer: (xs, u, w) => lastOf(xs, (h, x) => Math.tanh(u * x + w * h)),
    },
    {
      name: "weights-exchanged",
      says: { en: "u and w are exchanged: u belongs to the input, w to the state.", zh: "u 和 w 弄反了：u 属于输入，w 属于状态。" },
      answer: (xs, u, w, b) => lastOf(xs, (h, x) => Math.tanh(w * x + u * h + b)),
    },
  ],
  hints: [
    { en: "Section 3 does it with three numbers.", zh: "第 3 节用三个数做过。" },
    { en: "One variable for the state, before the loop; every turn overwrites it.", zh: "在循环之前设一个状态变量；每一轮都覆盖它。" },
    { en: "`let h = 0; for (const x of xs) h = Math.tanh(…); return h;`", zh: "`let h = 0; for (const x of xs) h = Math.tanh(…); return h;`" },
  ],
});

/** Back through the steps of a unit; `share` says what a step gives to the slope, `before` what goes on to the step before. */
function backThrough(
  xs: readonly number[],
  u: number,
  w: number,
  share: (delta: number, t: number, h: readonly number[]) => number,
  slopeOfTanh = (h: number): number => 1 - h * h,
  before = (delta: number): number => delta * w,
): number {
  const h = [0];
  for (const x of xs) h.push(Math.tanh(u * x + w * h.at(-1)!));
  let [arriving, found] = [1, 0];
  for (let t = xs.length; t >= 1; t--) {
    const delta = arriving * slopeOfTanh(h[t]!);
    found += share(delta, t, h);
    arriving = before(delta);
  }
  return found;
}
const byStateBefore = (delta: number, t: number, h: readonly number[]): number => delta * h[t - 1]!;

const throughTime = exercise<[xs: number[], u: number, w: number]>({
  id: "07.4",
  stars: 3,
  title: { en: "Back through time", zh: "沿时间反向" },
  inputs: ["xs", "u", "w"],
  draw: unitsOf,
  answer: (xs, u, w) => {
    const weight = tensor(w, float64).requiresGrad_();
    let h = zeros([], float64);
    for (const x of xs) h = weight.mul(h).add(u * x).tanh();
    h.backward();
    return weight.grad!.item();
  },
  mistakes: [
    {
      name: "last-step-only",
      says: { en: "This is what the last step alone contributes; w was used at every step.", zh: "这只是最后一步的贡献；w 在每一步都被用到。" },
      answer: (xs, u, w) => backThrough(xs, u, w, (delta, t, h) => (t === xs.length ? delta * h[t - 1]! : 0)),
    },
    {
      name: "forgot-tanh",
      says: { en: "The slopes of tanh are missing: every step back multiplies by 1 − h².", zh: "缺少 tanh 的斜率：每退一步都要乘以 1 − h²。" },
      answer: (xs, u, w) => backThrough(xs, u, w, byStateBefore, () => 1),
    },
    {
      name: "forgot-w-on-the-way",
      says: { en: "From a state to the one before the slope passes w: multiply by it at every step back.", zh: "从一个状态到前一个状态，斜率要经过 w：每退一步都要乘以它。" },
      answer: (xs, u, w) => backThrough(xs, u, w, byStateBefore, undefined, (delta) => delta),
    },
    {
      name: "state-after",
      says: { en: "You multiplied with the state after the step; w was multiplied with the one before it.", zh: "你乘的是该步之后的状态；w 乘的是之前的状态。" },
      answer: (xs, u, w) => backThrough(xs, u, w, (delta, t, h) => delta * h[t]!),
    },
    {
      name: "slope-by-u",
      says: { en: "This is the slope along u: you multiplied with the inputs, not with the states.", zh: "这是对 u 的斜率：你乘的是输入而不是状态。" },
      answer: (xs, u, w) => backThrough(xs, u, w, (delta, t) => delta * xs[t - 1]!),
    },
  ],
  hints: [
    { en: "Section 6 does it by hand, for a loss behind the last state; here that state itself is the result, so 1 arrives.", zh: "第 6 节手工做过（最后状态之后还有损失）；这里结果就是该状态本身，所以传来的是 1。" },
    { en: "Keep all states going forward. Going back, delta = arriving · (1 − h_t²) gives delta · h_{t−1} to w, and delta · w arrives one step earlier.", zh: "前向时保存所有状态。反向时 delta = 传来的斜率 · (1 − h_t²)，它给 w 的是 delta · h_{t−1}，传到前一步的是 delta · w。" },
    {
      en: "`const h = [0]; for (const x of xs) h.push(…); let [arriving, slope] = [1, 0]; for (let t = xs.length; t >= 1; t--) { … } return slope;`",
      zh: "`const h = [0]; for (const x of xs) h.push(…); let [arriving, slope] = [1, 0]; for (let t = xs.length; t >= 1; t--) { … } return slope;`",
    },
  ],
});

/** In the notebook's order. */
export const recurrentNetworks: readonly Exercise[] = [parameters, step, sequence, throughTime, ...writingNetworks];
