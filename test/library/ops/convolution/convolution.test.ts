/**
 * Convolutions and windows: gradients, PyTorch's values, the reference; what they say to a misuse; and larger shapes, where
 * tiles and bands have edges, against the reference and with other numbers of threads.
 */
import { afterEach, describe, expect, test } from "vitest";
import { Generator, nn, rand, ShapeError, tensor, threads, zeros } from "../../../../src/index.ts";
import type { DType, Tensor } from "../../../../src/index.ts";
import { native } from "../../../../src/tensor/native.ts";
import { expectClose } from "../../checks/closeness.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import * as reference from "../../reference/convolution.ts";
import { cases } from "./cases.ts";

const { conv1d, conv2d, convTranspose2d, fold, unfold } = nn.functional;

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

const generator = new Generator(3);
const draw = (shape: number[], dtype: DType = "float32"): Tensor => rand(shape, { generator, dtype: "float64" }).sub(0.5).to(dtype);
const asArray = (t: Tensor): ReferenceArray => ({ shape: t.shape, values: [...t.data()] });

/** Sizes at the edges of tiles, bands and blocks of channels. */
const large = [
  { name: "many channels", input: [2, 37, 9, 11], weight: [29, 37, 3, 3], stride: 1, padding: 1, dilation: 1, groups: 1 },
  { name: "a wide image", input: [1, 3, 40, 131], weight: [9, 3, 3, 3], stride: 1, padding: 0, dilation: 1, groups: 1 },
  { name: "blocks of channels", input: [1, 90, 30, 32], weight: [3, 90, 3, 3], stride: 1, padding: 1, dilation: 1, groups: 1 },
  { name: "strides", input: [3, 5, 33, 35], weight: [17, 5, 5, 4], stride: 2, padding: 2, dilation: 1, groups: 1 },
  { name: "dilation", input: [2, 4, 21, 40], weight: [7, 4, 3, 3], stride: 3, padding: 2, dilation: 2, groups: 1 },
  { name: "groups", input: [2, 21, 14, 14], weight: [15, 7, 3, 3], stride: 1, padding: 1, dilation: 1, groups: 3 },
  { name: "a kernel as large as the image", input: [50, 16, 5, 6], weight: [37, 16, 5, 6], stride: 1, padding: 0, dilation: 1, groups: 1 },
  { name: "one channel", input: [2, 1, 28, 28], weight: [6, 1, 5, 5], stride: 1, padding: 2, dilation: 1, groups: 1 },
];

/** Enough channels and pixels for Winograd's tiles of 4 x 4 results in Float32, which need not divide the image. */
const tiled = [
  { name: "tiles of several images", input: [3, 17, 10, 13], weight: [18, 17, 3, 3], stride: 1, padding: 1, dilation: 1, groups: 1 },
  { name: "tiles and groups", input: [2, 32, 11, 14], weight: [34, 16, 3, 3], stride: 1, padding: 0, dilation: 1, groups: 2 },
  { name: "tiles and blocks of results", input: [1, 16, 14, 17], weight: [43, 16, 3, 3], stride: 1, padding: 2, dilation: 1, groups: 1 },
  { name: "rows of more tiles than a piece", input: [1, 16, 3, 210], weight: [16, 16, 3, 3], stride: 1, padding: 1, dilation: 1, groups: 1 },
];

describe("larger shapes", () => {
  for (const { name, input, weight, groups, ...options } of [...large, ...tiled]) {
    for (const dtype of tiled.some((each) => each.name === name) ? (["float32"] as const) : (["float32", "float64"] as const)) {
      test(`${name}, ${dtype}: result and gradients are those of the reference`, () => {
        const x = draw(input, dtype).requiresGrad_();
        const w = draw(weight, dtype).requiresGrad_();
        const within = dtype === "float32" ? 2e-5 : 1e-12;
        const { stride, padding, dilation } = options;
        const kernel = [weight[2]!, weight[3]!] as const;
        const sizes = { kernel, stride: [stride, stride], dilation: [dilation, dilation], before: [padding, padding] } as const;
        const y = conv2d(x, w, undefined, { ...options, groups });
        expectClose(y.data(), reference.conv2d(asArray(x), asArray(w), undefined, sizes, groups).values, within, "result");
        const g = draw([...y.shape], dtype);
        y.backward(g);
        expectClose(w.grad!.data(), reference.conv2dWeight(asArray(x), asArray(g), sizes, groups).values, within, "weight");
        const over = [0, 1].map((axis) => {
          const back = (y.shape[axis + 2]! - 1) * stride - 2 * padding + dilation * (kernel[axis]! - 1) + 1;
          return input[axis + 2]! - back;
        }) as [number, number];
        const transposed = reference.convTranspose2d(asArray(g), asArray(w), undefined, sizes, groups, over);
        expectClose(x.grad!.data(), transposed.values, within, "input");
      });
    }
  }
});

describe("results have the same bits for every number of threads", () => {
  const before = threads();
  afterEach(() => threads(before));

  for (const { name, input, weight, groups, ...options } of [...large, ...tiled]) {
    test(name, () => {
      const [x, w] = [draw(input), draw(weight)];
      const g = draw([...conv2d(x, w, undefined, { ...options, groups }).shape]);
      const compute = (): Buffer[] => {
        const leaves = [x.clone().requiresGrad_(), w.clone().requiresGrad_()] as const;
        const y = conv2d(...leaves, undefined, { ...options, groups });
        y.backward(g);
        return [y.detach(), leaves[0].grad!, leaves[1].grad!].map((each) => Buffer.from(each.data().buffer));
      };
      const [one, ...others] = [1, 2, 3].map((count) => {
        expect(threads(count)).toBe(count);
        return compute();
      });
      for (const other of others) other.forEach((bytes, i) => expect(bytes.equals(one![i]!)).toBe(true));
    });
  }
});

test("every image of a batch has the bits it has alone", () => {
  const x = draw([9, 16, 20, 22]);
  const w = draw([24, 16, 3, 3]);
  const together = conv2d(x, w, undefined, { padding: 1 });
  for (let n = 0; n < 9; n += 4) {
    const pair = conv2d(x.slice(0, n, n + 2).contiguous(), w, undefined, { padding: 1 });
    expect(pair.data()).toEqual(together.slice(0, n, n + 2).contiguous().data());
  }
});

test("a bias is added to every result of its channel", () => {
  for (const [input, weight] of [[[3, 5, 9, 9], [7, 5, 3, 3]], [[4, 18, 16, 16], [20, 18, 3, 3]]] as const) {
    const [x, w, bias] = [draw([...input]), draw([...weight]), draw([weight[0]])];
    const apart = conv2d(x, w).add(bias.reshape([1, weight[0], 1, 1]));
    expectClose(conv2d(x, w, bias).data(), apart.data(), 1e-6, "result");
  }
});

test("a causal convolution sees no later input", () => {
  const x = draw([1, 2, 12]);
  const weight = draw([3, 2, 3]);
  const y = conv1d(x, weight, undefined, { causal: true, dilation: 2 });
  expect(y.shape).toEqual([1, 3, 12]);
  const changed = x.clone();
  changed.slice(2, 7).fill_(9);
  const z = conv1d(changed, weight, undefined, { causal: true, dilation: 2 });
  expect(z.slice(2, 0, 7).toArray()).toEqual(y.slice(2, 0, 7).toArray());
  expect(z.slice(2, 7).toArray()).not.toEqual(y.slice(2, 7).toArray());
});

test("a convolution is the product of its weight and the unfolded windows", () => {
  const x = draw([2, 3, 8, 9], "float64");
  const weight = draw([4, 3, 3, 2], "float64");
  const options = { stride: 2, padding: 1 };
  const product = weight.reshape([4, 18]).matmul(unfold(x, [3, 2], options));
  const direct = conv2d(x, weight, undefined, options);
  expectClose(product.reshape(direct.shape).data(), direct.data(), 1e-13, "product");
});

describe("a misuse is told", () => {
  const image = zeros([2, 3, 8, 8]);
  const weight = zeros([4, 3, 3, 3]);
  const misuses: Record<string, [() => unknown, string]> = {
    "a missing batch dimension": [
      () => conv2d(zeros([3, 8, 8]), weight),
      "conv2d: input is [N, C, H, W], got [3, 8, 8]; the batch dimension is missing: add it with x.unsqueeze(0)",
    ],
    "a weight of another rank": [() => conv2d(image, zeros([4, 27])), "conv2d: weight is [out, in/groups, kH, kW], got [4, 27]"],
    "channels that do not match": [
      () => conv2d(image, zeros([4, 5, 3, 3])),
      "conv2d: weight is [out, in/groups, kH, kW]; an input of shape [2, 3, 8, 8] and groups 1 need in/groups = 3, got weight [4, 5, 3, 3]",
    ],
    "a transposed weight": [() => conv2d(image, zeros([3, 4, 3, 3])), "its first two dimensions look exchanged"],
    "a kernel larger than the image": [
      () => conv2d(image, zeros([4, 3, 9, 3])),
      "conv2d: a kernel of 9 x 3 with dilation [1, 1] does not fit into an input of shape [2, 3, 8, 8]: rows need 9, with padding there are 8",
    ],
    "groups that do not divide": [
      () => conv2d(image, weight, undefined, { groups: 2 }),
      "conv2d: groups is 2, which must divide the input's 3 channels and the 4 channels of the result",
    ],
    "a bias of another length": [() => conv2d(image, weight, zeros([3])), "conv2d: bias is [4]"],
    "a stride of 0": [() => conv2d(image, weight, undefined, { stride: 0 }), "conv2d: stride is 0; a whole number of at least 1"],
    "a negative padding": [() => conv2d(image, weight, undefined, { padding: [1, -1] }), "conv2d: padding is [1,-1]"],
    "same with a stride": [
      () => conv2d(image, weight, undefined, { padding: "same", stride: 2 }),
      'conv2d: padding "same" keeps the size only at stride 1, got stride [2, 2]',
    ],
    "a sequence without batch": [() => conv1d(zeros([3, 8]), zeros([4, 3, 3])), "conv1d: input is [N, C, L], got [3, 8]"],
    "causal and padded": [
      () => conv1d(zeros([1, 3, 8]), zeros([4, 3, 3]), undefined, { causal: true, padding: 1 }),
      "conv1d: causal chooses the padding",
    ],
    "a weight for conv2d in its transpose": [
      () => convTranspose2d(image, zeros([4, 3, 3, 3])),
      "convTranspose2d: weight is [in, out/groups, kH, kW]; an input of shape [2, 3, 8, 8] needs in = 3, got weight [4, 3, 3, 3]",
    ],
    "an output padding above the stride": [
      () => convTranspose2d(image, zeros([3, 4, 3, 3]), undefined, { outputPadding: 1 }),
      "convTranspose2d: outputPadding 1 must be smaller than the stride 1 or the dilation 1",
    ],
    "a result without pixels": [
      () => convTranspose2d(zeros([1, 1, 1, 1]), zeros([1, 1, 3, 3]), undefined, { padding: 2 }),
      "leave a result of -1 x -1 pixels",
    ],
    "columns of another image": [() => fold(zeros([1, 8, 5]), 3, 2), "fold: an image of 3 x 3 has 2 x 2 windows, got 5 columns"],
    "an image without batch": [() => unfold(zeros([3, 8, 8]), 3), "unfold: input is [N, C, H, W], got [3, 8, 8]"],
  };
  for (const [name, [wrong, message]] of Object.entries(misuses)) {
    test(name, () => {
      expect(wrong).toThrow(ShapeError);
      expect(wrong).toThrow(message);
    });
  }

  test("whole numbers", () => {
    expect(() => conv2d(tensor([[[[1]]]], { dtype: "int32" }), weight)).toThrow('conv2d: needs a floating type, got int32');
  });
});

test("the host's flag interrupts a convolution, forward and backward", () => {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const [x, w] = [draw([8, 16, 20, 20]).requiresGrad_(), draw([16, 16, 3, 3]).requiresGrad_()];
  const y = conv2d(x, w);
  const gradient = draw([...y.shape]);
  native.setInterruptFlag(flag);
  try {
    flag[0] = 1;
    expect(() => conv2d(x, w)).toThrow("conv2d: interrupted");
    expect(() => y.backward(gradient, { retainGraph: true })).toThrow(/^conv\w+: interrupted/);
    flag[0] = 0;
    y.backward(gradient);
    expect(w.grad!.shape).toEqual([16, 16, 3, 3]);
  } finally {
    native.setInterruptFlag(null);
  }
});
