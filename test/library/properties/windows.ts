/**
 * Random calls of convolutions and pooling: strides, paddings, dilations, groups and odd sizes.
 */
import { nn } from "../../../src/index.ts";
import { build } from "../reference/array.ts";
import type { ReferenceArray } from "../reference/array.ts";
import * as convolution from "../reference/convolution.ts";
import * as pooling from "../reference/pooling.ts";
import type { CallTable, RandomCalls } from "./call.ts";
import { drawFloat, drawTensor, flag, whole } from "./tensors.ts";
import type { Draw } from "./tensors.ts";

const { functional } = nn;
type Pair = [number, number];

const pairOf = (draw: () => number): Pair => [draw(), draw()];

interface Windows {
  kernel: Pair;
  stride: Pair;
  padding: Pair;
  dilation: Pair;
  /** An image into which at least one window fits. */
  image: Pair;
}

function drawWindows(g: Draw): Windows {
  const kernel = pairOf(() => whole(g, 1, 3));
  const dilation = pairOf(() => whole(g, 1, 2));
  const padding = kernel.map((size) => whole(g, 0, Math.floor(size / 2))) as Pair;
  const least = kernel.map((size, i) => Math.max(1, dilation[i]! * (size - 1) + 1 - 2 * padding[i]!));
  return { kernel, stride: pairOf(() => whole(g, 1, 3)), padding, dilation, image: least.map((size) => size + whole(g, 0, 7)) as Pair };
}

const sizesOf = ({ kernel, stride, padding, dilation }: Windows): convolution.WindowSizes => ({ kernel, stride, dilation, before: padding });
const outputsOf = ({ kernel, stride, padding, dilation, image }: Windows): Pair =>
  image.map((size, i) => Math.floor((size + 2 * padding[i]! - dilation[i]! * (kernel[i]! - 1) - 1) / stride[i]!) + 1) as Pair;

/** Channels of one group: mostly few, at times more than a vector holds. */
const drawChannels = (g: Draw): number => (whole(g, 0, 7) === 0 ? 17 : whole(g, 1, 3));

const conv2d: RandomCalls = (g) => {
  const windows = drawWindows(g);
  const { kernel, stride, padding, dilation, image } = windows;
  const dtype = drawFloat(g);
  const [groups, channels, outputs] = [whole(g, 1, 2), drawChannels(g), drawChannels(g)];
  const bias = flag(g) ? [drawTensor(g, [groups * outputs], { dtype })] : [];
  return {
    inputs: [drawTensor(g, [whole(g, 0, 2), groups * channels, ...image], { dtype }), drawTensor(g, [groups * outputs, channels, ...kernel], { dtype }), ...bias],
    run: (x, weight, b) => functional.conv2d(x, weight, b, { stride, padding, dilation, groups }),
    expected: (x, weight, b) => convolution.conv2d(x, weight, b, sizesOf(windows), groups),
    within: { float32: 2e-5 },
  };
};

const along = (windows: Windows, axis: 0 | 1) => (size: number, i: number) =>
  pooling.positionsOf(size, i, { kernel: windows.kernel[axis], stride: windows.stride[axis], padding: windows.padding[axis], dilation: windows.dilation[axis] });

/** Each plane gathered from, or added to, at positions. */
function atPositions(source: ReferenceArray, positions: ReferenceArray, plane: Pair, scatter: boolean): ReferenceArray {
  const outer = source.shape.slice(0, -2);
  const own = positions.shape.at(-2)! * positions.shape.at(-1)!;
  const size = plane[0] * plane[1];
  if (!scatter) return { shape: positions.shape, values: positions.values.map((at, k) => source.values[Math.floor(k / own) * size + at]!) };
  const result = build([...outer, ...plane], () => 0);
  source.values.forEach((value, k) => (result.values[Math.floor(k / own) * size + positions.values[k]!]! += value));
  return result;
}

/** Planes, and positions in planes of another size. */
function drawPlanes(g: Draw, scatter: boolean): ReturnType<RandomCalls> {
  const outer = [whole(g, 0, 2), whole(g, 1, 3)];
  const plane: Pair = [whole(g, 1, 6), whole(g, 1, 6)];
  const named: Pair = [whole(g, 1, 5), whole(g, 1, 5)];
  const positions = drawTensor(g, [...outer, ...named], { dtype: "int32", interval: [0, plane[0] * plane[1] - 1] });
  return {
    inputs: [drawTensor(g, [...outer, ...(scatter ? named : plane)]), positions],
    run: (x, at) => (scatter ? x.scatterPlanes(at, plane) : x.gatherPlanes(at)),
    expected: (x, at) => atPositions(x, at, plane, scatter),
  };
}

export const windowCalls: CallTable = {
  "conv2d conv2dWeight": conv2d,
  convTranspose2d: (g) => {
    const windows = drawWindows(g);
    const { kernel, stride, padding, dilation, image } = windows;
    const dtype = drawFloat(g);
    const [groups, channels, outputs] = [whole(g, 1, 2), drawChannels(g), drawChannels(g)];
    const bias = flag(g) ? [drawTensor(g, [groups * outputs], { dtype })] : [];
    const outputPadding = stride.map((step, i) => whole(g, 0, Math.max(step, dilation[i]!) - 1)) as Pair;
    // Padding takes off pixels here: the smallest image that leaves any.
    const few = image.map((_, i) => 1 + Math.ceil(Math.max(0, 2 * padding[i]! - dilation[i]! * (kernel[i]! - 1)) / stride[i]!));
    const size = few.map((least) => least + whole(g, 0, 4));
    return {
      inputs: [drawTensor(g, [whole(g, 0, 2), groups * channels, ...size], { dtype }), drawTensor(g, [groups * channels, outputs, ...kernel], { dtype }), ...bias],
      run: (x, weight, b) => functional.convTranspose2d(x, weight, b, { stride, padding, dilation, groups, outputPadding }),
      expected: (x, weight, b) => convolution.convTranspose2d(x, weight, b, sizesOf(windows), groups, outputPadding),
      within: { float32: 2e-5 },
    };
  },
  unfold: (g) => {
    const windows = drawWindows(g);
    const { kernel, stride, padding, dilation, image } = windows;
    return {
      inputs: [drawTensor(g, [whole(g, 0, 2), whole(g, 1, 3), ...image])],
      run: (x) => functional.unfold(x, kernel, { stride, padding, dilation }),
      expected: (x) => convolution.unfold(x, sizesOf(windows)),
    };
  },
  fold: (g) => {
    const windows = drawWindows(g);
    const { kernel, stride, padding, dilation, image } = windows;
    const [rows, columns] = outputsOf(windows);
    return {
      inputs: [drawTensor(g, [whole(g, 0, 2), whole(g, 1, 3) * kernel[0] * kernel[1], rows * columns])],
      run: (x) => functional.fold(x, image, kernel, { stride, padding, dilation }),
      expected: (x) => convolution.fold(x, image, sizesOf(windows)),
    };
  },
  maxPool: (g) => {
    const windows = drawWindows(g);
    const { kernel, stride, padding, dilation, image } = windows;
    return {
      // Ties have no slope.
      inputs: [drawTensor(g, [whole(g, 0, 2), whole(g, 1, 3), ...image], { writable: true })],
      run: (x) => {
        const { output, indices } = x.maxPool2dWithIndices(kernel, { stride, padding, dilation });
        return [output, indices];
      },
      expected: (x) => pooling.maxPool(x, outputsOf(windows), along(windows, 0), along(windows, 1)),
    };
  },
  "averagePool averagePoolBackward": (g) => {
    const windows: Windows = { ...drawWindows(g), dilation: [1, 1] };
    const { kernel, stride, padding, image } = windows;
    const countIncludePad = flag(g);
    const divisor = whole(g, 0, 2) === 0 ? 3 : 0;
    return {
      inputs: [drawTensor(g, [whole(g, 0, 2), whole(g, 1, 3), ...image])],
      run: (x) => x.avgPool2d(kernel, { stride, padding, countIncludePad, ...(divisor > 0 ? { divisorOverride: divisor } : {}) }),
      expected: (x) => pooling.averagePool(x, outputsOf(windows), along(windows, 0), along(windows, 1), { countIncludePad, divisor }),
    };
  },
  scatterPlanes: (g) => drawPlanes(g, true),
  gatherPlanes: (g) => drawPlanes(g, false),
};
