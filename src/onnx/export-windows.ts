/**
 * Convolution and pooling in ONNX's words. Padding there is given for both sides of each direction: what comes after the
 * image is worked out from how many windows there are.
 */
import type { ExportCall, ExportRow } from "./export-call.ts";
import { float, int, ints } from "./graph-writer.ts";

type Pair = [number, number];

/** The padding behind the image that leaves just so many windows. */
function paddingAfter(size: Pair, windows: Pair, kernel: Pair, stride: Pair, before: Pair, dilation: Pair): Pair {
  const along = (axis: 0 | 1): number =>
    Math.max(0, (windows[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1 - size[axis] - before[axis]);
  return [along(0), along(1)];
}

const plane = (call: ExportCall, shape: ReturnType<ExportCall["inputShape"]>): Pair => call.fixedSizes(shape.slice(-2)) as Pair;

/** Stride, padding in front, dilation and groups, in the order in which the native call has them. */
function geometryOf(call: ExportCall): { stride: Pair; before: Pair; dilation: Pair; groups: number } {
  const [a, b, c, d, e, f, groups] = call.numbers() as [number, number, number, number, number, number, number];
  return { stride: [a, b], before: [c, d], dilation: [e, f], groups };
}

const operands = (call: ExportCall): string[] => Array.from({ length: call.inputCount }, (_, i) => call.input(i));

const conv2d: ExportRow = (call) => {
  const { stride, before, dilation, groups } = geometryOf(call);
  const kernel = plane(call, call.inputShape(1));
  const after = paddingAfter(plane(call, call.inputShape(0)), plane(call, call.outputShape()), kernel, stride, before, dilation);
  return [
    call.graph.node("Conv", operands(call), {
      kernel_shape: ints(kernel), strides: ints(stride), pads: ints([...before, ...after]), dilations: ints(dilation), group: int(groups),
    }),
  ];
};

const convTranspose2d: ExportRow = (call) => {
  const { stride, before, dilation, groups } = geometryOf(call);
  const kernel = plane(call, call.inputShape(1));
  const [size, made] = [plane(call, call.inputShape(0)), plane(call, call.outputShape())];
  const extra = ([0, 1] as const).map((axis) => made[axis] - ((size[axis] - 1) * stride[axis] - 2 * before[axis] + dilation[axis] * (kernel[axis] - 1) + 1));
  return [
    call.graph.node("ConvTranspose", operands(call), {
      kernel_shape: ints(kernel), strides: ints(stride), pads: ints([...before, ...before]), dilations: ints(dilation), group: int(groups),
      output_padding: ints(extra),
    }),
  ];
};

interface PoolWindows {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly before: Pair;
  readonly after: Pair;
  readonly dilation: Pair;
}

/** The windows of a pooling; even ones where it adapts to a size of output. */
function windowsOf(call: ExportCall): PoolWindows {
  const [size, made] = [plane(call, call.inputShape(0)), plane(call, call.outputShape())];
  const [kh, kw, sh, sw, ph, pw, dh, dw, adaptive] = call.numbers(0, 9) as [number, number, number, number, number, number, number, number, number];
  if (adaptive === 1) {
    if (size[0] % made[0] !== 0 || size[1] % made[1] !== 0) {
      throw call.unsupported(`${size.join(" x ")} cannot be cut into ${made.join(" x ")} windows of one size, as ONNX has them`);
    }
    const kernel: Pair = [size[0] / made[0], size[1] / made[1]];
    return { kernel, stride: kernel, before: [0, 0], after: [0, 0], dilation: [1, 1] };
  }
  const found = { kernel: [kh, kw] as Pair, stride: [sh, sw] as Pair, before: [ph, pw] as Pair, dilation: [dh, dw] as Pair };
  return { ...found, after: paddingAfter(size, made, found.kernel, found.stride, found.before, found.dilation) };
}

/** ONNX pools images [N, C, H, W]: a single one gets a batch of its own for a while. */
function onImages(call: ExportCall, run: (images: string) => string): string[] {
  const rank = call.inputShape(0).length;
  if (rank === 4) return [run(call.input(0))];
  if (rank !== 3) throw call.unsupported(`ONNX pools images [N, C, H, W], not tensors of ${rank} dimensions`);
  const single = call.graph.node("Unsqueeze", [call.input(0), call.graph.wholes([0])]);
  return [call.graph.node("Squeeze", [run(single), call.graph.wholes([0])])];
}

const maxPool: ExportRow = (call) => {
  const { kernel, stride, before, after, dilation } = windowsOf(call);
  return onImages(call, (images) =>
    call.graph.node("MaxPool", [images], {
      kernel_shape: ints(kernel), strides: ints(stride), pads: ints([...before, ...after]), dilations: ints(dilation),
    }),
  );
};

const averagePool: ExportRow = (call) => {
  const { kernel, stride, before, after } = windowsOf(call);
  const [includesPad, divisor] = call.numbers(9, 2) as [number, number];
  const counted = includesPad === 1 || divisor !== 0;
  if (counted && (after[0] > before[0] || after[1] > before[1])) {
    throw call.unsupported("windows that reach beyond the padding (ceilMode) are divided otherwise in ONNX; pad the image instead");
  }
  return onImages(call, (images) => {
    const mean = call.graph.node("AveragePool", [images], {
      kernel_shape: ints(kernel), strides: ints(stride), pads: ints([...before, ...after]), count_include_pad: int(counted ? 1 : 0),
    });
    return divisor === 0 ? mean : call.graph.node("Mul", [mean, call.graph.scalar((kernel[0] * kernel[1]) / divisor, call.outputType())]);
  });
};

/** Groups of the last elements standardised: layer normalisation without scale and shift. */
const standardize: ExportRow = (call) => {
  const [outer, , inner] = call.attributes;
  const shape = call.inputShape(0);
  let [axis, product] = [shape.length, 1];
  while (axis > 0 && product !== inner && typeof shape[axis - 1] === "number") product *= shape[--axis] as number;
  if (outer !== 1 || product !== inner) throw call.unsupported("normalisation by the batch's own statistics is for training; call eval(), or track statistics");
  const ones = call.graph.constant(call.made.tensor.newZeros(call.fixedSizes(shape.slice(axis))).add(1));
  return [call.graph.node("LayerNormalization", [call.input(0), ones], { axis: int(axis), epsilon: float(call.numbers(3)[0]!) })];
};

export const windowRows: Readonly<Record<string, ExportRow>> = { conv2d, convTranspose2d, maxPool, averagePool, standardize };
