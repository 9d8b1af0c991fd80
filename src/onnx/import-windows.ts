/**
 * ONNX's convolution, pooling, normalisation and dropout in the library's functions. Unlike those, ONNX may pad both sides of
 * an image by different amounts; the image is padded beforehand then.
 */
import type { Tensor } from "../tensor/tensor.ts";
import { conv2d, convTranspose2d } from "../nn/convolution.ts";
import { dropout } from "../nn/dropout.ts";
import { batchNorm, layerNorm, localResponseNorm } from "../nn/normalization.ts";
import { dimOf, numberAt, tensorAt, tensorOrNone } from "./import-value.ts";
import type { ImportRow } from "./import-value.ts";
import { BadNode } from "./node-reader.ts";
import type { NodeReader } from "./node-reader.ts";

type Pair = readonly [number, number];

/** Windows of an image; of a sequence, which counts as an image of one row, the first of each pair is 1 or 0. */
interface Windows {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly before: Pair;
  readonly after: Pair;
}

/** Reads the windows' attributes; they may be left out, and then fit whatever rank the input has. */
function windowsOf(node: NodeReader): (kernel: Pair) => Windows {
  const strides = node.ints("strides");
  const dilations = node.ints("dilations");
  const pads = node.ints("pads");
  const auto = node.text("auto_pad", "NOTSET");
  if (auto !== "NOTSET" && auto !== "VALID" && auto !== "SAME_UPPER") throw new BadNode(`auto_pad = ${auto} is not supported`);
  const pair = (values: readonly number[] | undefined, otherwise: number): Pair => {
    if (values === undefined || values.length === 0) return [otherwise, otherwise];
    if (values.length === 1) return [otherwise, values[0]!];
    if (values.length !== 2) throw new BadNode(`windows of ${values.length} dimensions are not supported`);
    return values as unknown as Pair;
  };
  return (kernel) => {
    const [stride, dilation] = [pair(strides, 1), pair(dilations, 1)];
    if (auto === "SAME_UPPER") {
      if (stride[0] !== 1 || stride[1] !== 1) throw new BadNode("auto_pad = SAME_UPPER with strides is not supported");
      const total = kernel.map((size, axis) => dilation[axis as 0 | 1] * (size - 1));
      const before = total.map((each) => Math.floor(each / 2)) as unknown as Pair;
      return { stride, dilation, before, after: [total[0]! - before[0], total[1]! - before[1]] };
    }
    const half = (pads?.length ?? 0) / 2;
    return { stride, dilation, before: pair(pads?.slice(0, half), 0), after: pair(pads?.slice(half), 0) };
  };
}

const symmetric = ({ before, after }: Windows): boolean => before[0] === after[0] && before[1] === after[1];

const padded = (x: Tensor, { before, after }: Windows, value: number): Tensor => x.pad([before[1], after[1], before[0], after[0]], { value });

/** Runs on images; a sequence [N, C, L] becomes one row of pixels for a while. */
function onImages(x: Tensor, run: (images: Tensor) => Tensor): Tensor {
  if (x.ndim === 4) return run(x);
  if (x.ndim === 3) return run(x.unsqueeze(2)).squeeze(2);
  throw new BadNode(`an input of ${x.ndim} dimensions is not supported; sequences have 3, images 4`);
}

const asImages = (weight: Tensor): Tensor => (weight.ndim === 3 ? weight.unsqueeze(2) : weight);
const kernelOf = (weight: Tensor): Pair => [weight.shape[2]!, weight.shape[3]!];

const conv: ImportRow = (node) => {
  const windows = windowsOf(node);
  const groups = node.int("group", 1);
  node.ints("kernel_shape");
  return (inputs) => {
    const [weight, bias] = [asImages(tensorAt(inputs, 1)), tensorOrNone(inputs, 2)];
    const found = windows(kernelOf(weight));
    const { stride, dilation, before } = found;
    return [
      onImages(tensorAt(inputs, 0), (x) => {
        if (symmetric(found)) return conv2d(x, weight, bias, { stride, dilation, groups, padding: before });
        return conv2d(padded(x, found, 0), weight, bias, { stride, dilation, groups });
      }),
    ];
  };
};

const convTranspose: ImportRow = (node) => {
  const windows = windowsOf(node);
  const groups = node.int("group", 1);
  const extra = node.ints("output_padding");
  node.ints("kernel_shape");
  return (inputs) => {
    const [weight, bias] = [asImages(tensorAt(inputs, 1)), tensorOrNone(inputs, 2)];
    const found = windows(kernelOf(weight));
    if (!symmetric(found)) throw new BadNode("padding that differs on both sides is not supported");
    const outputPadding: Pair = extra === undefined ? [0, 0] : extra.length === 1 ? [0, extra[0]!] : [extra[0]!, extra[1]!];
    const { stride, dilation, before: padding } = found;
    return [onImages(tensorAt(inputs, 0), (x) => convTranspose2d(x, weight, bias, { stride, dilation, groups, padding, outputPadding }))];
  };
};

/** The size of a pooling's windows. */
function poolKernel(node: NodeReader): Pair {
  const kernel = node.ints("kernel_shape");
  if (kernel?.length === 1) return [1, kernel[0]!];
  if (kernel?.length !== 2) throw new BadNode("kernel_shape must have one or two numbers");
  return [kernel[0]!, kernel[1]!];
}

const maxPool: ImportRow = (node) => {
  const [windows, kernel] = [windowsOf(node), poolKernel(node)];
  const ceilMode = node.int("ceil_mode", 0) === 1;
  node.only("storage_order", 0);
  const found = windows(kernel);
  const { stride, dilation, before } = found;
  // Ours pads by half a window at most.
  const plain = symmetric(found) && before.every((size, axis) => size <= kernel[axis as 0 | 1] / 2);
  return (inputs) => [
    onImages(tensorAt(inputs, 0), (x) =>
      plain
        ? x.maxPool2d(kernel, { stride, dilation, ceilMode, padding: before })
        : padded(x, found, -Infinity).maxPool2d(kernel, { stride, dilation, ceilMode }),
    ),
  ];
};

const averagePool: ImportRow = (node) => {
  const [windows, kernel] = [windowsOf(node), poolKernel(node)];
  const ceilMode = node.int("ceil_mode", 0) === 1;
  const counted = node.int("count_include_pad", 0) === 1;
  const found = windows(kernel);
  const { stride, dilation, before } = found;
  if (dilation[0] !== 1 || dilation[1] !== 1) throw new BadNode("dilations are not supported");
  const plain = symmetric(found) && before.every((size, axis) => size <= kernel[axis as 0 | 1] / 2);
  return (inputs) => [
    onImages(tensorAt(inputs, 0), (x) => {
      if (plain) return x.avgPool2d(kernel, { stride, padding: before, ceilMode, countIncludePad: counted });
      const mean = (image: Tensor): Tensor => padded(image, found, 0).avgPool2d(kernel, { stride, ceilMode });
      return counted ? mean(x) : mean(x).div(mean(x.newZeros([1, 1, ...x.shape.slice(2)]).add(1)));
    }),
  ];
};

const batchNormalization: ImportRow = (node) => {
  const [eps, momentum] = [node.float("epsilon", 1e-5), 1 - node.float("momentum", 0.9)];
  node.only("training_mode", 0);
  node.only("spatial", 1);
  return (inputs, { training }) => {
    const [x, weight, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => tensorAt(inputs, i)) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return [batchNorm(x, mean, variance, { weight, bias, eps, momentum, training })];
  };
};

const layerNormalization: ImportRow = (node) => {
  const [axis, eps] = [node.int("axis", -1), node.float("epsilon", 1e-5)];
  node.only("stash_type", 1);
  return (inputs) => {
    const [x, weight, bias] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorOrNone(inputs, 2)];
    return [layerNorm(x, x.shape.slice(dimOf(axis, x.ndim)), { weight, eps, ...(bias === undefined ? {} : { bias }) })];
  };
};

const lrn: ImportRow = (node) => {
  const options = { alpha: node.float("alpha", 1e-4), beta: node.float("beta", 0.75), k: node.float("bias", 1) };
  const size = node.int("size", 1);
  if (size % 2 === 0) throw new BadNode("an even size is not supported");
  return (inputs) => [localResponseNorm(tensorAt(inputs, 0), size, options)];
};

const dropoutRow: ImportRow = (node) => {
  const ratio = node.float("ratio", 0.5);
  node.int("seed", 0);
  return (inputs, { training }) => [dropout(tensorAt(inputs, 0), { p: inputs[1] === undefined ? ratio : numberAt(inputs, 1), training })];
};

export const windowImports: Readonly<Record<string, ImportRow>> = {
  Conv: conv, ConvTranspose: convTranspose, MaxPool: maxPool, AveragePool: averagePool,
  GlobalAveragePool: () => (inputs) => {
    const x = tensorAt(inputs, 0);
    return [x.mean({ dim: x.shape.map((_, d) => d).slice(2), keepdim: true })];
  },
  BatchNormalization: batchNormalization, LayerNormalization: layerNormalization, LRN: lrn, Dropout: dropoutRow,
};
