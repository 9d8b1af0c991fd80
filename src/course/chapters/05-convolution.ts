/**
 * Exercises of chapter 5: counting outputs and parameters, sliding a kernel, pooling, receptive fields, windows as rows of a
 * matrix, and the slope by the kernel. Right answers come from the library's convolution, pooling and autograd, or, for
 * receptive fields, from following pixels one by one.
 */
import { conv2d } from "../../nn/convolution.ts";
import { unfold } from "../../nn/unfold.ts";
import { tensor } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Draw } from "../draw.ts";
import { exercise } from "../exercise.ts";
import type { Exercise } from "../exercise.ts";

type Matrix = number[][];

const matrix = (draw: Draw, high: number, wide: number): Matrix => draw.normal([high, wide]).toArray() as Matrix;
/** [H, W] as a batch of one image of one channel. */
const image = (X: Tensor): Tensor => X.unsqueeze(0).unsqueeze(0);
const plane = (X: Tensor): Matrix => X.squeeze(0).squeeze(0).toArray() as Matrix;
const asTensor = (X: Matrix): Tensor => tensor(X, { dtype: "float64" });
const transposed = (X: Matrix): Matrix => X[0]!.map((_, column) => X.map((row) => row[column]!));

const outputs = exercise<[W: number, F: number, P: number, S: number]>({
  id: "05.1",
  stars: 1,
  title: { en: "How many outputs?", zh: "有多少个输出？" },
  inputs: ["W", "F", "P", "S"],
  // The first two fit exactly. In each of the next two some of the mistakes below do no harm, so that they can be told apart.
  draw: (draw) => {
    const [P, S, rest] = draw.trial < 2 ? [draw.int(1, 3), draw.int(2, 4), 0] : draw.trial % 2 === 0 ? [1, 3, 1] : [3, 2, 1];
    const [F, places] = [draw.int(2, 5), draw.int(5, 9)];
    return [(places - 1) * S + F - 2 * P + rest, F, P, S];
  },
  answer: (W, F, P, S) => {
    let places = 0;
    for (let start = -P; start + F <= W + P; start += S) places++;
    return places;
  },
  mistakes: [
    {
      name: "one-side-padded",
      says: { en: "The padding is on both sides: it counts twice.", zh: "两边都有填充：P 要算两次。" },
      answer: (W, F, P, S) => Math.floor((W - F + P) / S) + 1,
    },
    {
      name: "forgot-the-first",
      says: { en: "You counted the steps, not the places: the first window is there before any step.", zh: "你数的是步数而不是位置数：第一个窗口在移动之前就已存在。" },
      answer: (W, F, P, S) => Math.floor((W - F + 2 * P) / S),
    },
    {
      name: "rounded-up",
      says: { en: "A window that does not fit is left out: round down.", zh: "放不下的窗口要舍去：应向下取整。" },
      answer: (W, F, P, S) => Math.ceil((W - F + 2 * P) / S) + 1,
    },
    {
      name: "not-rounded",
      says: { en: "The number of places is whole: round the quotient down.", zh: "位置数是整数：商要向下取整。" },
      answer: (W, F, P, S) => (W - F + 2 * P) / S + 1,
    },
    {
      name: "forgot-the-stride",
      says: { en: "The stride is missing: you counted the places of a window that moves by 1.", zh: "没有用到步幅：你数的是每次移动 1 的位置数。" },
      answer: (W, F, P) => W - F + 2 * P + 1,
    },
    {
      name: "kernel-plus-one",
      says: { en: "After the first window W − F + 2P numbers are left to step over, not one fewer.", zh: "第一个窗口之后还剩 W − F + 2P 个数可以移动，不是少一个。" },
      answer: (W, F, P, S) => Math.floor((W - F + 2 * P - 1) / S) + 1,
    },
  ],
  hints: [
    { en: "How wide is the input with its padding, and how much of that is left beside the first window?", zh: "加上填充后输入有多宽？除去第一个窗口还剩多少？" },
    { en: "Beside the first window W + 2P − F numbers are left; every S of them give one more place.", zh: "第一个窗口之外还剩 W + 2P − F 个数；每 S 个再得到一个位置。" },
    { en: "`return Math.floor((…) / S) + 1;`", zh: "`return Math.floor((…) / S) + 1;`" },
  ],
});

const parameters = exercise<[channels: number, F: number, filters: number]>({
  id: "05.2",
  stars: 1,
  title: { en: "How many parameters?", zh: "有多少个参数？" },
  inputs: ["channels", "F", "filters"],
  draw: (draw) => [draw.int(2, 9), draw.int(2, 7), draw.int(10, 20)],
  answer: (channels, F, filters) => filters * (channels * F * F + 1),
  mistakes: [
    {
      name: "forgot-the-biases",
      says: { en: "The biases are missing: one for each kernel.", zh: "缺少偏置：每个卷积核有一个。" },
      answer: (channels, F, filters) => filters * channels * F * F,
    },
    {
      name: "one-bias",
      says: { en: "You added one bias for the layer; every kernel has its own.", zh: "你给整层只加了一个偏置；每个卷积核都有自己的。" },
      answer: (channels, F, filters) => filters * channels * F * F + 1,
    },
    {
      name: "forgot-the-channels",
      says: { en: "A kernel has a slice for every input channel.", zh: "卷积核对每个输入通道都有一片。" },
      answer: (_channels, F, filters) => filters * (F * F + 1),
    },
    {
      name: "one-kernel",
      says: { en: "This is one kernel; the layer has `filters` of them.", zh: "这只是一个卷积核；该层有 `filters` 个。" },
      answer: (channels, F) => channels * F * F + 1,
    },
    {
      name: "kernel-not-squared",
      says: { en: "A kernel is F × F: two dimensions.", zh: "卷积核是 F × F：有两个维度。" },
      answer: (channels, F, filters) => filters * (channels * F + 1),
    },
    {
      name: "bias-for-every-slice",
      says: { en: "You gave every slice a bias; a kernel has one, added after its channels are summed.", zh: "你给每一片都加了偏置；每个卷积核只有一个，在各通道求和之后相加。" },
      answer: (channels, F, filters) => filters * channels * (F * F + 1),
    },
  ],
  hints: [
    { en: "Count one kernel first.", zh: "先数一个卷积核。" },
    { en: "A kernel has F × F weights for each channel, and one bias.", zh: "一个卷积核对每个通道有 F × F 个权重，再加一个偏置。" },
    { en: "`return filters * (… + 1);`", zh: "`return filters * (… + 1);`" },
  ],
});

const slid = (X: Matrix, K: Matrix): Matrix => plane(conv2d(image(asTensor(X)), image(asTensor(K))));

const correlate = exercise<[X: Matrix, K: Matrix]>({
  id: "05.3",
  stars: 2,
  title: { en: "Slide a kernel", zh: "滑动卷积核" },
  inputs: ["X", "K"],
  draw: (draw) => {
    const k = draw.trial === 0 ? 2 : draw.int(2, 3);
    return [matrix(draw, k + 2 + draw.int(0, 2), k + 1 + draw.int(0, 3)), matrix(draw, k, k)];
  },
  answer: slid,
  mistakes: [
    {
      name: "turned-the-kernel",
      says: { en: "You turned the kernel by 180°, as mathematicians do; here it is laid on as it stands.", zh: "你像数学中那样把卷积核旋转了 180°；这里应原样放上去。" },
      answer: (X, K) => slid(X, K.toReversed().map((row) => row.toReversed())),
    },
    {
      name: "transposed-the-kernel",
      says: { en: "Rows and columns of the kernel are exchanged.", zh: "卷积核的行与列弄反了。" },
      answer: (X, K) => slid(X, transposed(K)),
    },
    {
      name: "padded",
      says: { en: "You let windows hang over the edge; without padding the result is smaller than the image.", zh: "你让窗口伸出了边缘；没有填充时结果比图像小。" },
      answer: (X, K) => plane(conv2d(image(asTensor(X)), image(asTensor(K)), undefined, { padding: Math.floor(K.length / 2) })),
    },
    {
      name: "one-place-short",
      says: { en: "The last row and the last column are missing: there are H − k + 1 places, not H − k.", zh: "少了最后一行和最后一列：有 H − k + 1 个位置，不是 H − k 个。" },
      answer: (X, K) => slid(X, K).slice(0, -1).map((row) => row.slice(0, -1)),
    },
    {
      name: "mean-of-the-products",
      says: { en: "You divided by the number of weights; the products are only added up.", zh: "你除以了权重的个数；乘积只需相加。" },
      answer: (X, K) => slid(X, K).map((row) => row.map((value) => value / (K.length * K.length))),
    },
    {
      name: "stride-of-the-kernel",
      says: { en: "Your windows stand side by side; at stride 1 they overlap.", zh: "你的窗口彼此相邻；步幅为 1 时它们会重叠。" },
      answer: (X, K) => plane(conv2d(image(asTensor(X)), image(asTensor(K)), undefined, { stride: K.length })),
    },
  ],
  hints: [
    { en: "Section 6 does it, with four loops.", zh: "第 6 节用四重循环做过。" },
    { en: "For every place (r, c): the sum over i and j of K[i][j] · X[r + i][c + j].", zh: "对每个位置 (r, c)：对 i、j 求 K[i][j] · X[r + i][c + j] 之和。" },
    {
      en: "`const high = X.length - K.length + 1;` and the same for the columns; then `Array.from({ length: high }, (_, r) => Array.from(…))`",
      zh: "`const high = X.length - K.length + 1;` 列数同理；然后 `Array.from({ length: high }, (_, r) => Array.from(…))`",
    },
  ],
});

const eachWindow = (X: Matrix, of: (window: number[]) => number): Matrix =>
  Array.from({ length: X.length / 2 }, (_, r) =>
    Array.from({ length: X[0]!.length / 2 }, (_, c) => of([X[2 * r]![2 * c]!, X[2 * r]![2 * c + 1]!, X[2 * r + 1]![2 * c]!, X[2 * r + 1]![2 * c + 1]!])),
  );

const pool = exercise<[X: Matrix]>({
  id: "05.4",
  stars: 2,
  title: { en: "Max pooling", zh: "最大池化" },
  inputs: ["X"],
  draw: (draw) => [matrix(draw, 2 * draw.int(2, 3), 2 * draw.int(2, 4))],
  answer: (X) => plane(image(asTensor(X)).maxPool2d(2)),
  mistakes: [
    {
      name: "mean",
      says: { en: "These are the means of the windows; max pooling keeps the largest.", zh: "这是各窗口的平均值；最大池化保留最大值。" },
      answer: (X) => eachWindow(X, (window) => window.reduce((sum, v) => sum + v, 0) / 4),
    },
    {
      name: "smallest",
      says: { en: "These are the smallest numbers of the windows.", zh: "这是各窗口的最小值。" },
      answer: (X) => eachWindow(X, (window) => Math.min(...window)),
    },
    {
      name: "overlapping",
      says: { en: "Your windows overlap: at stride 2 each number lies in one window only.", zh: "你的窗口重叠了：步幅为 2 时每个数只在一个窗口里。" },
      answer: (X) => plane(image(asTensor(X)).maxPool2d(2, { stride: 1 })),
    },
    {
      name: "began-at-zero",
      says: { en: "Where all four numbers are negative you give 0: begin with -Infinity, or with the first of the four.", zh: "四个数都为负时你给出了 0：应从 -Infinity 或第一个数开始比较。" },
      answer: (X) => eachWindow(X, (window) => Math.max(0, ...window)),
    },
    {
      name: "first-of-each-window",
      says: { en: "You took the first number of every window, whatever its size.", zh: "你总是取每个窗口的第一个数，不论大小。" },
      answer: (X) => eachWindow(X, ([first]) => first!),
    },
  ],
  hints: [
    { en: "The result has half as many rows and half as many columns.", zh: "结果的行数和列数都减半。" },
    { en: "Place (r, c) looks at rows 2r and 2r + 1, columns 2c and 2c + 1.", zh: "位置 (r, c) 对应第 2r、2r + 1 行和第 2c、2c + 1 列。" },
    {
      en: "`Math.max(X[2 * r][2 * c], …)` for every `r` below `X.length / 2` and every `c` below `X[0].length / 2`",
      zh: "对每个小于 `X.length / 2` 的 `r` 和小于 `X[0].length / 2` 的 `c`：`Math.max(X[2 * r][2 * c], …)`",
    },
  ],
});

type Layers = [kernel: number, stride: number][];

/** The growth of the field, layer by layer; `next` says what a stride does to the distance between neighbours. */
const field = (layers: Layers, growth: (kernel: number) => number, next: (jump: number, stride: number) => number, first = 1): number => {
  let [size, jump] = [first, 1];
  for (const [kernel, stride] of layers) {
    size += growth(kernel) * jump;
    jump = next(jump, stride);
  }
  return size;
};

const receptiveField = exercise<[layers: Layers]>({
  id: "05.5",
  stars: 2,
  title: { en: "The receptive field", zh: "感受野" },
  inputs: ["layers"],
  draw: (draw) => {
    const layers: Layers = Array.from({ length: 3 + (draw.trial % 2) }, () => [draw.int(2, 5), draw.int(1, 3)]);
    // A stride before the last layer, so that it matters, and not the same stride everywhere.
    layers[0]![1] = 2;
    layers[1]![1] = 3;
    return [layers];
  },
  // Downwards: n neighbouring units of a layer look at (n - 1) strides and one kernel of the layer below.
  answer: (layers) => layers.toReversed().reduce((seen, [kernel, stride]) => (seen - 1) * stride + kernel, 1),
  mistakes: [
    {
      name: "forgot-the-strides",
      says: { en: "The strides are missing: behind a stride of 2 every step of a window is two pixels.", zh: "没有考虑步幅：步幅为 2 的层之后，窗口每移动一步就是两个像素。" },
      answer: (layers) => field(layers, (kernel) => kernel - 1, (jump) => jump),
    },
    {
      name: "kernels-added-up",
      says: { en: "A layer adds F − 1, not F: one pixel of each window was seen already.", zh: "每层增加的是 F − 1 而不是 F：每个窗口里有一个像素已经看到了。" },
      answer: (layers) => field(layers, (kernel) => kernel, (jump, stride) => jump * stride, 0),
    },
    {
      name: "forgot-the-first-pixel",
      says: { en: "One too few: with no layer at all a unit sees one pixel.", zh: "少了一个：没有任何层时，一个单元也看到一个像素。" },
      answer: (layers) => field(layers, (kernel) => kernel - 1, (jump, stride) => jump * stride, 0),
    },
    {
      name: "own-stride-counted",
      says: { en: "A layer's own stride moves its windows apart; what one of its units sees grows only in the layers above.", zh: "某层自身的步幅只是拉开它的窗口；受影响的是它上面各层的单元。" },
      answer: (layers) => layers.reduce(({ size, jump }, [kernel, stride]) => ({ size: size + (kernel - 1) * jump * stride, jump: jump * stride }), { size: 1, jump: 1 }).size,
    },
    {
      name: "strides-added-up",
      says: { en: "Jumps multiply: a stride of 2 upon a stride of 3 is six pixels, not five.", zh: "步长是相乘的：步幅 3 之上再步幅 2 是六个像素，而不是五个。" },
      answer: (layers) => field(layers, (kernel) => kernel - 1, (jump, stride) => (jump === 1 ? stride : stride === 1 ? jump : jump + stride)),
    },
    {
      name: "from-the-wrong-end",
      says: { en: "You went through the layers from the top; the first of the list lies on the pixels.", zh: "你从最上层开始了；列表的第一个是紧贴像素的那一层。" },
      answer: (layers) => field(layers.toReversed(), (kernel) => kernel - 1, (jump, stride) => jump * stride),
    },
  ],
  hints: [
    { en: "Keep two numbers while you climb: how far a unit sees, and how many pixels its neighbour is away.", zh: "向上走时记住两个数：一个单元看多远，它的邻居相隔多少像素。" },
    { en: "Each layer adds (kernel − 1) · jump to the field; then its stride multiplies the jump.", zh: "每层使感受野增加 (kernel − 1) · jump；然后 jump 乘以该层的步幅。" },
    {
      en: "`let [field, jump] = [1, 1]; for (const [kernel, stride] of layers) { field += …; jump *= …; } return field;`",
      zh: "`let [field, jump] = [1, 1]; for (const [kernel, stride] of layers) { field += …; jump *= …; } return field;`",
    },
  ],
});

/** [places, C F F] by the library. */
const rowsOf = (X: Tensor, F: number): Tensor => unfold(X.unsqueeze(0), F).squeeze(0).t().contiguous();

const columns = exercise<[X: Tensor, F: number]>({
  id: "05.6",
  stars: 2,
  title: { en: "Windows into rows", zh: "把窗口排成行（im2col）" },
  inputs: ["X", "F"],
  draw: (draw) => [draw.normal([draw.int(2, 3), draw.int(4, 5), draw.int(4, 6)]), draw.int(2, 3)],
  answer: rowsOf,
  mistakes: [
    {
      name: "transposed",
      says: { en: "Rows and columns are exchanged: here every window is a row.", zh: "行与列弄反了：这里每个窗口是一行。" },
      answer: (X, F) => rowsOf(X, F).t().contiguous(),
    },
    {
      name: "channels-innermost",
      says: { en: "Within a row the channels alternate; the whole window of the first channel comes first.", zh: "一行之内各通道交替出现了；应先放第一个通道的整个窗口。" },
      answer: (X, F) => rowsOf(X, F).reshape([-1, X.shape[0]!, F * F]).transpose(1, 2).reshape([-1, X.shape[0]! * F * F]),
    },
    {
      name: "places-downwards",
      says: { en: "You went down the columns first; places run from left to right, then down.", zh: "你先沿列向下走；位置应先从左到右，再向下。" },
      answer: (X, F) => {
        const [high, wide] = [X.shape[1]! - F + 1, X.shape[2]! - F + 1];
        return rowsOf(X, F).reshape([high, wide, -1]).transpose(0, 1).reshape([high * wide, -1]);
      },
    },
    {
      name: "windows-side-by-side",
      says: { en: "Your windows stand side by side; at stride 1 they overlap.", zh: "你的窗口彼此相邻；步幅为 1 时它们会重叠。" },
      answer: (X, F) => unfold(X.unsqueeze(0), F, { stride: F }).squeeze(0).t().contiguous(),
    },
    {
      name: "turned-windows",
      says: { en: "Each window is written column by column; write its rows one after the other.", zh: "每个窗口是按列写的；应逐行写出。" },
      answer: (X, F) => rowsOf(X, F).reshape([-1, X.shape[0]!, F, F]).transpose(2, 3).reshape([-1, X.shape[0]! * F * F]),
    },
  ],
  hints: [
    { en: "Rung 2 has it for any stride. How would `narrow` cut one window out of all channels?", zh: "第 2 级对任意步幅做过。怎样用 `narrow` 从所有通道切出一个窗口？" },
    { en: "`X.narrow(1, r, F).narrow(2, c, F)` is a window of all channels; flattened, it is a row. `stack` puts rows together.", zh: "`X.narrow(1, r, F).narrow(2, c, F)` 是所有通道的一个窗口；展平后就是一行。`stack` 把各行合在一起。" },
    {
      en: "`for (let r = 0; r + F <= X.shape[1]; r++) for (let c = 0; …) found.push(X.narrow(…).narrow(…).flatten());`",
      zh: "`for (let r = 0; r + F <= X.shape[1]; r++) for (let c = 0; …) found.push(X.narrow(…).narrow(…).flatten());`",
    },
  ],
});

const slopeByKernel = (X: Tensor, G: Tensor): Tensor => conv2d(image(X), image(G)).squeeze(0).squeeze(0);

const kernelSlope = exercise<[X: Tensor, G: Tensor]>({
  id: "05.7",
  stars: 3,
  title: { en: "The slope by the kernel", zh: "对卷积核的斜率" },
  inputs: ["X", "G"],
  draw: (draw) => {
    const [k, high, wide] = [draw.int(2, 3), draw.int(2, 4), draw.int(2, 4)];
    return [draw.normal([high + k - 1, wide + k - 1]), draw.normal([high, wide])];
  },
  answer: (X, G) => {
    const K = tensor(Array.from({ length: X.shape[0]! - G.shape[0]! + 1 }, () => Array<number>(X.shape[1]! - G.shape[1]! + 1).fill(0)), { dtype: "float64" }).requiresGrad_();
    conv2d(image(X.detach()), image(K)).mul(image(G.detach())).sum().backward();
    return K.grad!;
  },
  mistakes: [
    {
      name: "turned",
      says: { en: "The result is turned by 180°: weight (i, j) met pixels (r + i, c + j), not (r − i, c − j).", zh: "结果旋转了 180°：权重 (i, j) 遇到的像素是 (r + i, c + j)，而不是 (r − i, c − j)。" },
      answer: (X, G) => slopeByKernel(X, G).flip([0, 1]),
    },
    {
      name: "turned-errors",
      says: { en: "You turned G before sliding it; it is laid on as it stands.", zh: "你在滑动之前旋转了 G；应原样放上去。" },
      answer: (X, G) => slopeByKernel(X, G.flip([0, 1])),
    },
    {
      name: "forgot-the-errors",
      says: { en: "This is the slope of the plain sum of Y; each place must be weighted with its G.", zh: "这是 Y 之和的斜率；每个位置都要乘以对应的 G。" },
      answer: (X, G) => slopeByKernel(X, G.mul(0).add(1)),
    },
    {
      name: "mean-over-places",
      says: { en: "You took the mean over the places; their contributions are added.", zh: "你对各位置取了平均；它们的贡献应相加。" },
      answer: (X, G) => slopeByKernel(X, G).div(G.numel),
    },
    {
      name: "transposed",
      says: { en: "Rows and columns of the result are exchanged.", zh: "结果的行与列弄反了。" },
      answer: (X, G) => slopeByKernel(X, G).t().contiguous(),
    },
  ],
  hints: [
    { en: "Which pixels did weight (0, 0) meet, and which result did each of these go into?", zh: "权重 (0, 0) 遇到了哪些像素？它们各自进入了哪个结果？" },
    { en: "∂L/∂K at (i, j) is the sum over all places of G[r][c] · X[r + i][c + j]: a sliding sum, with G as the kernel.", zh: "∂L/∂K 在 (i, j) 处是对所有位置求 G[r][c] · X[r + i][c + j] 之和：以 G 为卷积核的滑动求和。" },
    { en: "`return conv2d(X.unsqueeze(0).unsqueeze(0), …).squeeze();`", zh: "`return conv2d(X.unsqueeze(0).unsqueeze(0), …).squeeze();`" },
  ],
});

/** In the notebook's order. */
export const convolution: readonly Exercise[] = [outputs, parameters, correlate, pool, receptiveField, columns, kernelSlope];
