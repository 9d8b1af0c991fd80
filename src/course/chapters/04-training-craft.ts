/**
 * Exercises of chapter 4. Those about data and weights stand in a file of their own; here are those about training itself:
 * dropout (N. Srivastava et al., 2014), batch normalisation (S. Ioffe and C. Szegedy, 2015), early stopping and a step of
 * Adam (D. Kingma and J. Ba, 2015).
 */
import { batchNorm as libraryBatchNorm } from "../../nn/normalization.ts";
import { Adam } from "../../optim/adam.ts";
import { tensor } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";
import { preparingData } from "./04-preparing-data.ts";

const kept = (x: Tensor, keep: Tensor, factor: number): Tensor => x.mul(keep.to(x.dtype)).mul(factor);

const dropOut = exercise<[x: Tensor, u: Tensor, p: number]>({
  id: "04.5",
  stars: 2,
  title: { en: "Dropout", zh: "随机失活" },
  inputs: ["x", "u", "p"],
  draw: (draw) => [draw.normal([3, 4]), draw.uniform([3, 4]), draw.number(0.15, 0.4)],
  answer: (x, u, p) => kept(x, u.ge(p), 1 / (1 - p)),
  mistakes: [
    {
      name: "not-enlarged",
      says: { en: "What stays is not enlarged: the next layer would get smaller sums in training than afterwards.", zh: "保留的部分没有放大：训练时下一层得到的和会比之后小。" },
      answer: (x, u, p) => kept(x, u.ge(p), 1),
    },
    {
      name: "dropped-the-others",
      says: { en: "Kept and dropped are swapped: a unit is dropped when its u is below p.", zh: "保留和丢弃弄反了：u 小于 p 的单元应被丢弃。" },
      answer: (x, u, p) => kept(x, u.lt(p), 1 / (1 - p)),
    },
    {
      name: "made-smaller",
      says: { en: "You multiplied by 1 − p instead of dividing by it.", zh: "你乘以了 1 − p；应当除以它。" },
      answer: (x, u, p) => kept(x, u.ge(p), 1 - p),
    },
    {
      name: "divided-by-p",
      says: { en: "You divided by p, the share that is dropped; divide by the share that stays.", zh: "你除以了丢弃的比例 p；应除以保留的比例。" },
      answer: (x, u, p) => kept(x, u.ge(p), 1 / p),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Two steps: a mask of zeros and ones, and a factor.", zh: "两步：一个由零和一组成的掩码，以及一个因子。" },
    { en: "The mean of what comes out must be the mean of what went in; a share 1 − p stays.", zh: "输出的平均应等于输入的平均；保留的比例是 1 − p。" },
    { en: "`return x.mul(u.ge(…).to(x.dtype)).div(…);`", zh: "`return x.mul(u.ge(…).to(x.dtype)).div(…);`" },
  ],
});

/** Columns (or rows) brought to mean 0 and the given spread, then scaled and shifted. */
const normalised = (x: Tensor, gain: Tensor, shift: Tensor, deviation: (centred: Tensor) => Tensor, dim = 0): Tensor => {
  const centred = x.sub(x.mean({ dim, keepdim: true }));
  return centred.div(deviation(centred)).mul(gain).add(shift);
};
const EPSILON = 1e-5;
const rootOf = (variance: Tensor): Tensor => variance.add(EPSILON).sqrt();

const batchNorm = exercise<[x: Tensor, gain: Tensor, shift: Tensor]>({
  id: "04.6",
  stars: 2,
  title: { en: "Batch normalisation", zh: "批量归一化" },
  inputs: ["x", "gain", "shift"],
  draw: (draw) => {
    const units = draw.int(2, 4);
    return [draw.normal([draw.int(5, 7), units]).mul(2).add(1), draw.uniform([units], 0.5, 2), draw.uniform([units], -1, 1)];
  },
  answer: (x, gain, shift) => libraryBatchNorm(x, undefined, undefined, { training: true, weight: gain, bias: shift }),
  mistakes: [
    {
      name: "over-the-units",
      says: { en: "You normalised each example over its units (that is layer normalisation); here each unit is normalised over the batch.", zh: "你在每个样本的各单元上做了归一化（那是层归一化）；这里应对每个单元在批次上做。" },
      answer: (x, gain, shift) => normalised(x, gain, shift, (centred) => rootOf(centred.square().mean({ dim: 1, keepdim: true })), 1),
    },
    {
      name: "one-less",
      says: { en: "The variance divides by N − 1; while training it divides by N.", zh: "方差除以了 N − 1；训练时应除以 N。" },
      answer: (x, gain, shift) => normalised(x, gain, shift, () => rootOf(x.var({ dim: 0, keepdim: true }))),
    },
    {
      name: "variance",
      says: { en: "You divided by the variance; take its root.", zh: "你除以了方差；应取其平方根。" },
      answer: (x, gain, shift) => normalised(x, gain, shift, (centred) => centred.square().mean({ dim: 0, keepdim: true }).add(EPSILON)),
    },
    {
      name: "shift-inside",
      says: { en: "The shift is multiplied too: scale first, then shift.", zh: "平移也被乘了：应先缩放，再平移。" },
      answer: (x, gain, shift) => normalised(x, gain, shift.mul(gain), (centred) => rootOf(centred.square().mean({ dim: 0, keepdim: true }))),
    },
    {
      name: "no-gain-no-shift",
      says: { en: "Gain and shift are missing: without them the layer could never undo its normalising.", zh: "缺少缩放和平移：没有它们，这一层就无法撤销归一化。" },
      answer: (x, gain, shift) => normalised(x, gain.div(gain), shift.mul(0), (centred) => rootOf(centred.square().mean({ dim: 0, keepdim: true }))),
    },
  ],
  hints: [
    { en: "A column is one unit, seen over the whole batch.", zh: "一列是一个单元在整个批次上的值。" },
    { en: "Standardise each column (add 1e-5 to the variance before the root), then times `gain`, plus `shift`.", zh: "标准化每一列（开方前给方差加 1e-5），再乘 `gain`，加 `shift`。" },
    { en: "`const variance = x.var({ dim: …, correction: 0 }); return x.sub(…).div(variance.add(1e-5).sqrt()).mul(…).add(…);`", zh: "`const variance = x.var({ dim: …, correction: 0 }); return x.sub(…).div(variance.add(1e-5).sqrt()).mul(…).add(…);`" },
  ],
});

/** The rule of patience, told what counts as better, and what becomes of the count after it. */
function stopping(losses: readonly number[], patience: number, better: (loss: number, best: number, epoch: number) => boolean, reset = true): [number, number] {
  let [best, waited] = [0, 0];
  for (let epoch = 1; epoch < losses.length; epoch++) {
    if (better(losses[epoch]!, losses[best]!, epoch)) {
      best = epoch;
      if (reset) waited = 0;
    } else if (++waited >= patience) {
      return [epoch, best];
    }
  }
  return [losses.length - 1, best];
}
const lower = (loss: number, best: number): boolean => loss < best;

const earlyStopping = exercise<[losses: number[], patience: number]>({
  id: "04.7",
  stars: 2,
  title: { en: "Early stopping", zh: "早停" },
  inputs: ["losses", "patience"],
  // Down, with a bump that patience gets over, up for longer than patience (at once, or more each epoch in turns), and down
  // again where nobody looks any more.
  draw: (draw) => {
    const patience = draw.int(2, 3);
    const noise = (): number => draw.number(0, 0.04);
    const fall = Array.from({ length: draw.int(3, 5) }, (_, epoch) => 2 - 0.2 * epoch + noise());
    const bump = [fall.at(-1)! + 0.1, fall.at(-1)! - 0.1];
    const rise = Array.from({ length: patience + 2 }, (_, i) => bump[1]! + 0.3 + (draw.trial % 2 === 0 ? -0.05 : 0.05) * i + noise() / 4);
    return [[...fall, ...bump, ...rise, 0.2 + noise(), 0.1 + noise()], patience];
  },
  answer: (losses, patience) => stopping(losses, patience, lower),
  mistakes: [
    {
      name: "kept-the-last",
      says: { en: "You keep the weights of the epoch it stops in; those of the lowest loss are wanted.", zh: "你保留了停止那一轮的权重；这里要的是损失最低那一轮的。" },
      answer: (losses, patience) => [stopping(losses, patience, lower)[0], stopping(losses, patience, lower)[0]],
    },
    {
      name: "one-too-many",
      says: { en: "It waits one epoch too long: `patience` epochs without a new lowest loss are enough.", zh: "多等了一轮：连续 `patience` 轮没有新的最低损失就应停止。" },
      answer: (losses, patience) => stopping(losses, patience + 1, lower),
    },
    {
      name: "compared-with-the-last-one",
      says: { en: "You compare with the loss of the epoch before; compare with the lowest so far.", zh: "你与上一轮的损失比较；应与目前最低的损失比较。" },
      answer: (losses, patience) => stopping(losses, patience, (loss, _, epoch) => loss < losses[epoch - 1]!),
    },
    {
      name: "saw-the-future",
      says: { en: "You took the lowest loss of all, from an epoch that is never reached.", zh: "你取了全部损失中最低的，而那一轮根本不会到达。" },
      answer: (losses, patience) => [stopping(losses, patience, lower)[0], losses.indexOf(Math.min(...losses))],
    },
    {
      name: "never-forgot",
      says: { en: "The count goes on after an improvement; each new lowest loss sets it back to 0.", zh: "改进之后计数没有清零；每次出现新的最低损失都应重新计数。" },
      answer: (losses, patience) => stopping(losses, patience, lower, false),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "Remember the best epoch so far and how long ago it was.", zh: "记住目前最好的一轮，以及它是多少轮之前。" },
    { en: "It stops in the first epoch that is `patience` epochs behind the best one; without such an epoch it runs to the end.", zh: "当某一轮距最好的一轮已有 `patience` 轮时停止；如果没有这样的一轮，就运行到最后。" },
    { en: "`for (…) { if (losses[e] < losses[best]) best = e; else if (e - best === …) return [e, best]; }`", zh: "`for (…) { if (losses[e] < losses[best]) best = e; else if (e - best === …) return [e, best]; }`" },
  ],
});

type Moments = [w: number, g: number, m: number, v: number, t: number];
const RATE = 0.1;

/** A step of Adam with parts exchanged. */
function adamStep([w, g, m, v, t]: Moments, { b1 = 0.9, b2 = 0.999, corrected = true, root = Math.sqrt, epsilon = 1e-8, sign = -1 } = {}): { w: number; m: number; v: number } {
  const [mean, square] = [b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g ** 2];
  const [a, b] = corrected ? [mean / (1 - b1 ** t), square / (1 - b2 ** t)] : [mean, square];
  return { w: w + (sign * RATE * a) / (root(b) + epsilon), m: mean, v: square };
}

const adam = exercise<Moments>({
  id: "04.8",
  stars: 3,
  title: { en: "A step of Adam", zh: "Adam 的一步" },
  inputs: ["w", "g", "m", "v", "t"],
  // Every third trial has gradients so small that the place of epsilon shows.
  draw: (draw) => {
    const size = draw.trial % 3 === 2 ? 1e-4 : 1;
    return [draw.number(-1, 1), size * draw.number(0.5, 2), size * draw.number(-0.2, 0.2), size ** 2 * draw.number(0.01, 0.1), draw.int(1, 9)];
  },
  answer: (w, g, m, v, t) => {
    const parameter = tensor(w, { dtype: "float64", requiresGrad: true });
    const optimiser = new Adam([parameter], { lr: RATE });
    const state = optimiser.stateDict();
    const number = (value: number): Tensor => tensor(value, { dtype: "float64" });
    optimiser.loadStateDict({ ...state, state: { 0: { step: t - 1, mean: number(m), square: number(v) } } });
    parameter.grad = number(g);
    optimiser.step();
    const { mean, square } = optimiser.stateDict().state[0] as { mean: Tensor; square: Tensor };
    return { w: parameter.detach(), m: mean, v: square };
  },
  mistakes: [
    {
      name: "no-correction",
      says: { en: "The running means begin at 0 and are too small at first: divide by 1 − β^t.", zh: "移动平均从 0 开始，起初偏小：请除以 1 − β^t。" },
      answer: (...given) => adamStep(given, { corrected: false }),
    },
    {
      name: "kept-the-corrected",
      says: { en: "You kept the corrected means; the next step would correct them once more.", zh: "你保留了修正后的平均值；下一步会再次修正它们。" },
      answer: (...given) => {
        const { w, m, v } = adamStep(given);
        return { w, m: m / (1 - 0.9 ** given[4]), v: v / (1 - 0.999 ** given[4]) };
      },
    },
    {
      name: "forgot-the-root",
      says: { en: "You divided by the mean square itself; take its root.", zh: "你除以了均方本身；应取其平方根。" },
      answer: (...given) => adamStep(given, { root: (square) => square }),
    },
    {
      name: "epsilon-under-the-root",
      says: { en: "Epsilon stands under the root, as one of the books prints it; it belongs beside it.", zh: "ε 放到了根号里面，正如其中一本书所印；它应在根号外面。" },
      answer: (...given) => adamStep(given, { root: (square) => Math.sqrt(square + 1e-8), epsilon: 0 }),
    },
    {
      name: "swapped-the-betas",
      says: { en: "The betas are swapped: 0.9 is for the gradient, 0.999 for its square.", zh: "两个 β 交换了：0.9 用于梯度，0.999 用于它的平方。" },
      answer: (...given) => adamStep(given, { b1: 0.999, b2: 0.9 }),
    },
    {
      name: "uphill",
      says: { en: "You walk uphill: subtract the step.", zh: "你在往上走：应当减去这一步。" },
      answer: (...given) => adamStep(given, { sign: 1 }),
    },
  ],
  tolerance: 1e-6,
  hints: [
    { en: "The third rung of section 7 does the same for a whole tensor.", zh: "第 7 节的第三步对整个张量做了同样的事。" },
    { en: "Update m and v, correct copies of both for their start at 0, then step.", zh: "更新 m 和 v，对它们的副本修正从 0 开始的偏差，然后走一步。" },
    { en: "`const newM = 0.9 * m + …; const newV = …; return { w: w - (0.1 * (newM / …)) / (Math.sqrt(…) + 1e-8), m: newM, v: newV };`", zh: "`const newM = 0.9 * m + …; const newV = …; return { w: w - (0.1 * (newM / …)) / (Math.sqrt(…) + 1e-8), m: newM, v: newV };`" },
  ],
});

/** The exercises of chapter 4, in their order. */
export const trainingCraft: readonly Exercise[] = [...preparingData, dropOut, batchNorm, earlyStopping, adam];
