/**
 * Exercises of chapter 8 on cells: counting an LSTM's parameters, one step of an LSTM and of a GRU, slopes through a cell. Right
 * answers come from the library's layers and from autograd.
 */
import { GRU, LSTM } from "../../nn/layers/recurrent.ts";
import { tensor } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";
import { persistence, pieces, pooling } from "./08-series-and-texts.ts";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const parameters = exercise<[I: number, H: number]>({
  id: "08.1",
  stars: 1,
  title: { en: "Count an LSTM's parameters", zh: "数 LSTM 的参数" },
  inputs: ["I", "H"],
  draw: (draw) => {
    const I = draw.int(2, 9);
    return [I, I + draw.int(1, 6)];
  },
  answer: (I, H) => sum([...new LSTM(I, H).parameters()].map(({ numel }) => numel)),
  mistakes: [
    {
      name: "one-bias",
      says: { en: "That is right for one bias a gate; `nn.LSTM` keeps two, as cuDNN does.", zh: "每个门一个偏置时这是对的；`nn.LSTM` 像 cuDNN 一样有两个。" },
      answer: (I, H) => 4 * H * (I + H + 1),
    },
    {
      name: "no-bias",
      says: { en: "The biases are missing.", zh: "缺少偏置。" },
      answer: (I, H) => 4 * H * (I + H),
    },
    {
      name: "one-gate",
      says: { en: "This is a plain recurrent layer; three gates and a candidate make four such blocks.", zh: "这是普通循环层；三个门加一个候选值共四块。" },
      answer: (I, H) => H * (I + H + 2),
    },
    {
      name: "three-blocks",
      says: { en: "Three blocks make a GRU; the candidate g of an LSTM has weights of its own too.", zh: "三块是 GRU；LSTM 的候选值 g 也有自己的权重。" },
      answer: (I, H) => 3 * H * (I + H + 2),
    },
    {
      name: "only-the-input",
      says: { en: "The weights from the state before are missing: another H × H for each block.", zh: "缺少来自前一状态的权重：每块还有 H × H 个。" },
      answer: (I, H) => 4 * H * (I + 2),
    },
  ],
  hints: [
    { en: "How many numbers turn x and h into one gate of H units?", zh: "把 x 和 h 变成一个有 H 个单元的门需要多少个数？" },
    { en: "One block has H × I weights, H × H weights and two biases of H. How many blocks?", zh: "一块有 H × I 个权重、H × H 个权重和两个长为 H 的偏置。共有几块？" },
    { en: "`return 4 * H * (… + … + 2);`", zh: "`return 4 * H * (… + … + 2);`" },
  ],
});

/** z holds the sums of the four blocks of a cell of H units, in the library's order i, f, g, o. */
const lstmState = (z: readonly number[], c: readonly number[]): number[] => {
  const H = c.length;
  const [i, f, g, o] = [0, 1, 2, 3].map((block) => z.slice(block * H, (block + 1) * H)) as [number[], number[], number[], number[]];
  return c.map((before, unit) => {
    const cell = sigmoid(f[unit]!) * before + sigmoid(i[unit]!) * Math.tanh(g[unit]!);
    return sigmoid(o[unit]!) * Math.tanh(cell);
  });
};

/** The same by the library's layer: its weights from the input are the identity, so that the input is z itself. */
function stateByLayer(z: readonly number[], c: readonly number[]): number[] {
  const H = c.length;
  const one = (size: number): number[][] => Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, column) => Number(r === column)));
  const x = tensor([[[...z]]], { dtype: "float64" });
  const none = tensor(Array.from({ length: 4 * H }, () => Array<number>(H).fill(0)), { dtype: "float64" });
  const before = tensor([[...c]], { dtype: "float64" });
  const { hN } = x.lstm(tensor(one(4 * H), { dtype: "float64" }), none, { h0: before.mul(0), c0: before });
  return hN.squeeze(0).toArray() as number[];
}

const lstmStep = exercise<[z: number[], c: number[]]>({
  id: "08.2",
  stars: 2,
  title: { en: "One step of an LSTM", zh: "LSTM 的一步" },
  inputs: ["z", "c"],
  draw: (draw) => {
    const H = draw.int(2, 4);
    return [draw.numbers(4 * H), draw.numbers(H).map((value) => 1.5 * value)];
  },
  answer: stateByLayer,
  mistakes: [
    {
      name: "order-of-the-book",
      says: { en: "You took the blocks in the order i, f, o, g; the library's is i, f, g, o.", zh: "你按 i、f、o、g 的顺序取了各块；库的顺序是 i、f、g、o。" },
      answer: (z, c) => {
        const H = c.length;
        return lstmState([...z.slice(0, 2 * H), ...z.slice(3 * H), ...z.slice(2 * H, 3 * H)], c);
      },
    },
    {
      name: "no-tanh-of-the-cell",
      says: { en: "The output gate lets tanh(c) through, not c itself.", zh: "输出门放行的是 tanh(c)，而不是 c 本身。" },
      answer: (z, c) => {
        const H = c.length;
        return c.map((before, u) => sigmoid(z[3 * H + u]!) * (sigmoid(z[H + u]!) * before + sigmoid(z[u]!) * Math.tanh(z[2 * H + u]!)));
      },
    },
    {
      name: "sigmoid-candidate",
      says: { en: "The candidate g has a sign: it goes through tanh; only gates go through the sigmoid.", zh: "候选值 g 有正负号：它用 tanh；只有门用 sigmoid。" },
      answer: (z, c) => {
        const H = c.length;
        return c.map((before, u) => sigmoid(z[3 * H + u]!) * Math.tanh(sigmoid(z[H + u]!) * before + sigmoid(z[u]!) * sigmoid(z[2 * H + u]!)));
      },
    },
    {
      name: "input-and-forget-exchanged",
      says: { en: "Input gate and forget gate are exchanged: f multiplies the old cell, i the candidate.", zh: "输入门与遗忘门弄反了：f 乘旧的细胞状态，i 乘候选值。" },
      answer: (z, c) => {
        const H = c.length;
        return lstmState([...z.slice(H, 2 * H), ...z.slice(0, H), ...z.slice(2 * H)], c);
      },
    },
    {
      name: "old-cell-forgotten",
      says: { en: "The old cell is missing: c' = f c + i g.", zh: "缺少旧的细胞状态：c' = f c + i g。" },
      answer: (z, c) => lstmState(z, c.map(() => 0)),
    },
    {
      name: "gives-the-cell",
      says: { en: "This is the new cell c'; the state is h' = o tanh(c').", zh: "这是新的细胞状态 c'；输出状态是 h' = o tanh(c')。" },
      answer: (z, c) => {
        const H = c.length;
        return c.map((before, u) => sigmoid(z[H + u]!) * before + sigmoid(z[u]!) * Math.tanh(z[2 * H + u]!));
      },
    },
  ],
  hints: [
    { en: "H is `c.length`; unit u has its four sums at u, H + u, 2H + u and 3H + u.", zh: "H 是 `c.length`；第 u 个单元的四个和在 u、H + u、2H + u、3H + u 处。" },
    { en: "c' = σ(z_f) c + σ(z_i) tanh(z_g), then h' = σ(z_o) tanh(c').", zh: "c' = σ(z_f) c + σ(z_i) tanh(z_g)，然后 h' = σ(z_o) tanh(c')。" },
    {
      en: "`return c.map((before, u) => { const cell = sigma(z[H + u]) * before + …; return sigma(z[3 * H + u]) * Math.tanh(cell); });`",
      zh: "`return c.map((before, u) => { const cell = sigma(z[H + u]) * before + …; return sigma(z[3 * H + u]) * Math.tanh(cell); });`",
    },
  ],
});

type GruInputs = [x: number[], p: number[], h: number[]];
/** x and p: the three blocks of sums from the input and from the state before, r, z, n. */
const gruBlocks = (x: readonly number[], p: readonly number[], H: number, unit: number): { r: number; z: number; n: (r: number) => number } => ({
  r: sigmoid(x[unit]! + p[unit]!),
  z: sigmoid(x[H + unit]! + p[H + unit]!),
  n: (r) => Math.tanh(x[2 * H + unit]! + r * p[2 * H + unit]!),
});

const gruStep = exercise<GruInputs>({
  id: "08.3",
  stars: 2,
  title: { en: "One step of a GRU", zh: "GRU 的一步" },
  inputs: ["x", "p", "h"],
  draw: (draw) => {
    const H = draw.int(2, 4);
    return [draw.numbers(3 * H), draw.numbers(3 * H), draw.numbers(H)];
  },
  // The library's layer on two steps cannot be fed with sums; its weights are made so that the sums come out.
  answer: (x, p, h) => {
    const H = h.length;
    const layer = new GRU(3 * H, H, { dtype: "float64" });
    const { weightIhL0, weightHhL0, biasIhL0, biasHhL0 } = layer.weights as Record<string, Tensor>;
    const identity = Array.from({ length: 3 * H }, (_, r) => Array.from({ length: 3 * H }, (_, column) => Number(r === column)));
    const set = (parameter: Tensor, values: unknown): void => void parameter.requiresGrad_(false).copy_(tensor(values as number[], { dtype: "float64" }));
    set(weightIhL0!, identity);
    set(weightHhL0!, Array.from({ length: 3 * H }, () => Array<number>(H).fill(0)));
    set(biasIhL0!, Array<number>(3 * H).fill(0));
    set(biasHhL0!, p);
    const { hN } = layer.forward(tensor([[x]], { dtype: "float64" }), { h0: tensor([[h]], { dtype: "float64" }) });
    return hN.squeeze(0).squeeze(0).toArray();
  },
  mistakes: [
    {
      name: "other-convention",
      says: { en: "Your z lets the new in; the library's keeps the old: h' = (1 − z) n + z h. Books do it either way.", zh: "你的 z 放入新值；库里的 z 保留旧值：h' = (1 − z) n + z h。各书写法不同。" },
      answer: (x, p, h) => h.map((before, u) => {
        const { r, z, n } = gruBlocks(x, p, h.length, u);
        return z * n(r) + (1 - z) * before;
      }),
    },
    {
      name: "reset-of-the-whole",
      says: { en: "The reset gate multiplies only what comes from the state, not the input's part.", zh: "重置门只乘来自状态的部分，不乘输入的部分。" },
      answer: (x, p, h) => h.map((before, u) => {
        const H = h.length;
        const { r, z } = gruBlocks(x, p, H, u);
        return (1 - z) * Math.tanh(r * (x[2 * H + u]! + p[2 * H + u]!)) + z * before;
      }),
    },
    {
      name: "no-reset",
      says: { en: "The reset gate is missing: n = tanh(x_n + r p_n).", zh: "缺少重置门：n = tanh(x_n + r p_n)。" },
      answer: (x, p, h) => h.map((before, u) => {
        const { z, n } = gruBlocks(x, p, h.length, u);
        return (1 - z) * n(1) + z * before;
      }),
    },
    {
      name: "gates-exchanged",
      says: { en: "The reset gate r comes first, the update gate z second.", zh: "先是重置门 r，然后才是更新门 z。" },
      answer: (x, p, h) => h.map((before, u) => {
        const { r, z, n } = gruBlocks(x, p, h.length, u);
        return (1 - r) * n(z) + r * before;
      }),
    },
    {
      name: "sigmoid-candidate",
      says: { en: "The candidate n goes through tanh, not through the sigmoid.", zh: "候选值 n 用 tanh，而不是 sigmoid。" },
      answer: (x, p, h) => h.map((before, u) => {
        const H = h.length;
        const { r, z } = gruBlocks(x, p, H, u);
        return (1 - z) * sigmoid(x[2 * H + u]! + r * p[2 * H + u]!) + z * before;
      }),
    },
  ],
  hints: [
    { en: "Section 5 has it for tensors. H is `h.length`.", zh: "第 5 节对张量做过。H 是 `h.length`。" },
    { en: "r = σ(x_r + p_r), z = σ(x_z + p_z), n = tanh(x_n + r p_n), h' = (1 − z) n + z h.", zh: "r = σ(x_r + p_r)，z = σ(x_z + p_z)，n = tanh(x_n + r p_n)，h' = (1 − z) n + z h。" },
    { en: "`return h.map((before, u) => { const r = sigma(x[u] + p[u]); …; return (1 - z) * n + z * before; });`", zh: "`return h.map((before, u) => { const r = sigma(x[u] + p[u]); …; return (1 - z) * n + z * before; });`" },
  ],
});

type Slopes = [z: number[], before: number, dh: number, dc: number];
const [OPEN, FORGET] = [0, 1];

/** All that a step of one unit computes. */
function oneUnit(z: readonly number[], before: number): { i: number; f: number; g: number; o: number; cell: number } {
  const [i, f, o] = [sigmoid(z[OPEN]!), sigmoid(z[FORGET]!), sigmoid(z[3]!)];
  const g = Math.tanh(z[2]!);
  return { i, f, g, o, cell: f * before + i * g };
}

/** The slopes by the four sums, with parts of the chain rule left out. */
function slopesOf([z, before, dh, dc]: Slopes, { squash = true, bent = true, later = true, old = true } = {}): number[] {
  const { i, f, g, o, cell } = oneUnit(z, before);
  const gate = (value: number): number => (squash ? value * (1 - value) : 1);
  const t = Math.tanh(cell);
  const dCell = (later ? dc : 0) + dh * o * (bent ? 1 - t * t : 1);
  return [dCell * g * gate(i), dCell * (old ? before : cell) * gate(f), dCell * i * (squash ? 1 - g * g : 1), dh * t * gate(o)];
}

const slopes = exercise<Slopes>({
  id: "08.7",
  stars: 3,
  title: { en: "Slopes through a cell", zh: "穿过细胞的斜率" },
  inputs: ["z", "before", "dh", "dc"],
  draw: (draw) => [draw.numbers(4), 1 + draw.uniform([1]).item(), ...(draw.numbers(2).map((value) => value + Math.sign(value)) as [number, number])],
  answer: (z, before, dh, dc) => {
    const sums = tensor(z, { dtype: "float64" }).requiresGrad_();
    const part = (place: number): Tensor => sums.select(0, place);
    const cell = part(1).sigmoid().mul(before).add(part(0).sigmoid().mul(part(2).tanh()));
    part(3).sigmoid().mul(cell.tanh()).mul(dh).add(cell.mul(dc)).backward();
    return sums.grad!.toArray();
  },
  mistakes: [
    {
      name: "gates-not-derived",
      says: { en: "These are slopes by the gates; the sums lie behind a sigmoid or tanh: times i (1 − i), and 1 − g² for g.", zh: "这是对门的斜率；和在 sigmoid 或 tanh 之前：还要乘 i (1 − i)，对 g 乘 1 − g²。" },
      answer: (...given) => slopesOf(given, { squash: false }),
    },
    {
      name: "tanh-of-the-cell-not-derived",
      says: { en: "h = o tanh(c): on the way to c the slope is multiplied with 1 − tanh(c)².", zh: "h = o tanh(c)：传到 c 时要乘 1 − tanh(c)²。" },
      answer: (...given) => slopesOf(given, { bent: false }),
    },
    {
      name: "forgot-the-later-cell",
      says: { en: "dc is missing: the cell also goes on to the next step, and its slope from there is added.", zh: "缺少 dc：细胞状态还传到下一步，那里来的斜率要加上。" },
      answer: (...given) => slopesOf(given, { later: false }),
    },
    {
      name: "new-cell-for-old",
      says: { en: "The forget gate multiplies the cell as it was before, so its slope has `before` in it.", zh: "遗忘门乘的是之前的细胞状态，所以它的斜率里是 `before`。" },
      answer: (...given) => slopesOf(given, { old: false }),
    },
    {
      name: "order-of-the-book",
      says: { en: "The order is i, f, g, o.", zh: "顺序是 i、f、g、o。" },
      answer: (...given) => {
        const [i, f, g, o] = slopesOf(given) as [number, number, number, number];
        return [i, f, o, g];
      },
    },
  ],
  hints: [
    { en: "First the slope by the new cell: it comes from h' and from the next step.", zh: "先求对新细胞状态的斜率：它来自 h' 和下一步。" },
    { en: "dCell = dc + dh · o · (1 − tanh(c')²). Then each of the four: what stands beside it in the product, times the derivative of its own sigmoid or tanh.", zh: "dCell = dc + dh · o · (1 − tanh(c')²)。然后四个各自：乘积中它旁边的量，乘以自身 sigmoid 或 tanh 的导数。" },
    { en: "`return [dCell * g * i * (1 - i), dCell * before * …, dCell * i * (1 - g * g), dh * Math.tanh(cell) * …];`", zh: "`return [dCell * g * i * (1 - i), dCell * before * …, dCell * i * (1 - g * g), dh * Math.tanh(cell) * …];`" },
  ],
});

/** In the notebook's order. */
export const lstmAndGru: readonly Exercise[] = [parameters, lstmStep, gruStep, persistence, pooling, pieces, slopes];
