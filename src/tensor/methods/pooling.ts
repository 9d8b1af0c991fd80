/**
 * Pooling of planes and of rows: images [N, C, H, W] or [C, H, W] (the 1-d forms: [N, C, L] or [C, L]) become smaller, each
 * window one number. Sizes, ceilMode and the divisors of averages are PyTorch's.
 */
import { callMultiple, callPlanned, requireFloat } from "../dispatch.ts";
import { NablaError, ShapeError } from "../errors.ts";
import { ops } from "../ops.ts";
import type { AverageOptions, PoolingWindows } from "../ops/pooling.ts";
import { checkPositions } from "../positions.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";

/** One number for both directions, or one for rows and one for columns. */
export type Pair = number | readonly [number, number];

export interface MaxPoolOptions<Size = Pair> {
  /** From one window to the next; the window's own size when not given. */
  stride?: Size;
  /** Rows and columns of minus infinity around the plane; at most half a window. */
  padding?: Size;
  /** From one element of a window to the next. */
  dilation?: Size;
  /** Keep a last window that reaches over the edge. */
  ceilMode?: boolean;
}

export interface AvgPoolOptions<Size = Pair> extends Omit<MaxPoolOptions<Size>, "dilation"> {
  /** Whether padding counts in the divisor; true when not given. */
  countIncludePad?: boolean;
  /** Divide by this in place of the count. */
  divisorOverride?: number;
}

/** The largest elements, and their positions in the plane (row * width + column), for `maxUnpool2d`. */
export interface Pooled {
  output: Tensor;
  indices: Tensor;
}

export interface PoolingMethods {
  /** The largest element of each window of a plane. */
  maxPool2d(kernelSize: Pair, options?: MaxPoolOptions): Tensor;
  /** The largest element of each window of a plane, and where it lies. */
  maxPool2dWithIndices(kernelSize: Pair, options?: MaxPoolOptions): Pooled;
  /** The mean of each window of a plane. */
  avgPool2d(kernelSize: Pair, options?: AvgPoolOptions): Tensor;
  /** Means of windows as even as the wanted output size allows; `[1, 1]` is the mean of the whole plane. */
  adaptiveAvgPool2d(outputSize: Pair): Tensor;
  /** Largest elements of windows as even as the wanted output size allows. */
  adaptiveMaxPool2d(outputSize: Pair): Tensor;
  /** The largest element of each window of a row, shape [..., C, L]. */
  maxPool1d(kernelSize: number, options?: MaxPoolOptions<number>): Tensor;
  /** The mean of each window of a row, shape [..., C, L]. */
  avgPool1d(kernelSize: number, options?: AvgPoolOptions<number>): Tensor;
  /** Means of `outputSize` windows of a row, shape [..., C, L]. */
  adaptiveAvgPool1d(outputSize: number): Tensor;
  /**
   * Puts pooled elements back where they came from, zeros elsewhere (Zeiler et al. 2011).
   * @param indices as `maxPool2dWithIndices` gave them, of this tensor's shape.
   * @param outputSize rows and columns of the result.
   */
  maxUnpool2d(indices: Tensor, outputSize: readonly [number, number]): Tensor;
  /** The row averagePool. @internal */
  averagePool(windows: PoolingWindows, average: AverageOptions): Tensor;
  /** The adjoint of averagePool. @internal */
  averagePoolBackward(windows: PoolingWindows, average: AverageOptions, plane: Shape): Tensor;
  /** Planes of zeros but for the elements at positions. @internal */
  scatterPlanes(positions: Tensor, plane: Shape, options?: { lastWins?: boolean }): Tensor;
  /** The elements of planes at positions. @internal */
  gatherPlanes(positions: Tensor): Tensor;
}

function pairOf(op: string, name: string, value: Pair, least: number): [number, number] {
  const pair = typeof value === "number" ? [value, value] : [...value];
  if (pair.length !== 2 || pair.some((each) => !Number.isInteger(each) || each < least)) {
    throw new ShapeError(`${op}: ${name} is ${JSON.stringify(value)}; it is a whole number of at least ${least}, or two of them`);
  }
  return pair as [number, number];
}

/** Checks that the input is planes: three or four dimensions, of a floating type. */
function requirePlanes(op: string, self: Tensor): Tensor {
  if (self.ndim !== 3 && self.ndim !== 4) {
    throw new ShapeError(
      `${op}: needs images of shape [N, C, H, W] or [C, H, W], got ${formatShape(self.shape)}` +
        (self.ndim === 2 ? "; add the missing dimensions with reshape or unsqueeze" : ""),
    );
  }
  return requireFloat(op, self);
}

interface WindowOptions {
  stride?: Pair;
  padding?: Pair;
  dilation?: Pair;
  ceilMode?: boolean;
}

function fixedWindows(op: string, self: Tensor, kernelSize: Pair, options: WindowOptions): PoolingWindows {
  const kernel = pairOf(op, "kernelSize", kernelSize, 1);
  const stride = pairOf(op, "stride", options.stride ?? kernel, 1);
  const padding = pairOf(op, "padding", options.padding ?? 0, 0);
  const dilation = pairOf(op, "dilation", options.dilation ?? 1, 1);
  const output = [0, 1].map((d) => {
    const size = self.shape[self.ndim - 2 + d]!;
    if (padding[d]! * 2 > kernel[d]!) {
      throw new ShapeError(`${op}: padding ${padding[d]} is more than half the window of ${kernel[d]}`);
    }
    const room = size + 2 * padding[d]! - dilation[d]! * (kernel[d]! - 1) - 1;
    let count = (options.ceilMode === true ? Math.ceil(room / stride[d]!) : Math.floor(room / stride[d]!)) + 1;
    // A window that would begin in the padding behind the plane holds nothing.
    if (options.ceilMode === true && (count - 1) * stride[d]! >= size + padding[d]!) count--;
    if (room < 0 || count < 1) {
      throw new ShapeError(
        `${op}: a window of ${dilation[d]! * (kernel[d]! - 1) + 1} does not fit into ${d === 0 ? "height" : "width"} ${size} ` +
          `with padding ${padding[d]}; the input has shape ${formatShape(self.shape)}`,
      );
    }
    return count;
  }) as [number, number];
  return { kernel, stride, padding, dilation, adaptive: false, output };
}

function adaptiveWindows(op: string, self: Tensor, outputSize: Pair): PoolingWindows {
  const output = pairOf(op, "outputSize", outputSize, 1);
  if (self.shape.slice(-2).includes(0)) throw new ShapeError(`${op}: an input of shape ${formatShape(self.shape)} has empty planes`);
  return { kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1], adaptive: true, output };
}

const plainMean: AverageOptions = { countIncludePad: true, divisor: 0 };

/** Runs a pooling of planes on rows: one plane of height 1 a row. */
function onRows(op: string, self: Tensor, run: (planes: Tensor) => Tensor): Tensor {
  if (self.ndim !== 2 && self.ndim !== 3) {
    throw new ShapeError(`${op}: needs rows of shape [N, C, L] or [C, L], got ${formatShape(self.shape)}`);
  }
  return run(self.unsqueeze(-2)).squeeze(-2);
}

const onlyColumns = ({ stride, padding, dilation, ...rest }: MaxPoolOptions<number>): WindowOptions => ({
  ...rest,
  ...(stride === undefined ? {} : { stride: [1, stride] as const }),
  padding: [0, padding ?? 0],
  dilation: [1, dilation ?? 1],
});

function average(op: string, self: Tensor, kernel: Pair, options: WindowOptions & AvgPoolOptions<unknown>): Tensor {
  const divisor = options.divisorOverride ?? 0;
  if (options.divisorOverride !== undefined && !(divisor !== 0 && Number.isFinite(divisor))) {
    throw new NablaError(`${op}: divisorOverride is ${divisor}; it must be a number other than 0`);
  }
  const input = requirePlanes(op, self);
  return input.averagePool(fixedWindows(op, input, kernel, options), { countIncludePad: options.countIncludePad ?? true, divisor });
}

function pooledBy(op: string, self: Tensor, windows: PoolingWindows): Pooled {
  const [output, indices] = callMultiple(ops.maxPool, ops.maxPool.plan(requirePlanes(op, self), windows));
  return { output: output!, indices: indices! };
}

export const poolingMethods: PoolingMethods & ThisType<Tensor> = {
  maxPool2d(kernelSize, options = {}) {
    return pooledBy("maxPool2d", this, fixedWindows("maxPool2d", requirePlanes("maxPool2d", this), kernelSize, options)).output;
  },

  maxPool2dWithIndices(kernelSize, options = {}) {
    const op = "maxPool2dWithIndices";
    return pooledBy(op, this, fixedWindows(op, requirePlanes(op, this), kernelSize, options));
  },

  avgPool2d(kernelSize, options = {}) {
    return average("avgPool2d", this, kernelSize, options);
  },

  adaptiveAvgPool2d(outputSize) {
    const input = requirePlanes("adaptiveAvgPool2d", this);
    return input.averagePool(adaptiveWindows("adaptiveAvgPool2d", input, outputSize), plainMean);
  },

  adaptiveMaxPool2d(outputSize) {
    const input = requirePlanes("adaptiveMaxPool2d", this);
    return pooledBy("adaptiveMaxPool2d", input, adaptiveWindows("adaptiveMaxPool2d", input, outputSize)).output;
  },

  maxPool1d(kernelSize, options = {}) {
    return onRows("maxPool1d", this, (planes) => {
      const windows = fixedWindows("maxPool1d", planes, [1, kernelSize], onlyColumns(options));
      return pooledBy("maxPool1d", planes, windows).output;
    });
  },

  avgPool1d(kernelSize, options = {}) {
    const { countIncludePad, divisorOverride, ...windows } = options;
    return onRows("avgPool1d", this, (planes) =>
      average("avgPool1d", planes, [1, kernelSize], {
        ...onlyColumns(windows),
        ...(countIncludePad === undefined ? {} : { countIncludePad }),
        ...(divisorOverride === undefined ? {} : { divisorOverride }),
      }),
    );
  },

  adaptiveAvgPool1d(outputSize) {
    return onRows("adaptiveAvgPool1d", this, (planes) =>
      requireFloat("adaptiveAvgPool1d", planes).averagePool(adaptiveWindows("adaptiveAvgPool1d", planes, [1, outputSize]), plainMean),
    );
  },

  maxUnpool2d(indices, outputSize) {
    const input = requirePlanes("maxUnpool2d", this);
    requireTensor("maxUnpool2d", indices);
    if (!sameShape(input.shape, indices.shape)) {
      throw new ShapeError(
        `maxUnpool2d: the input has shape ${formatShape(input.shape)}, its indices ${formatShape(indices.shape)}; ` +
          `they must be those that maxPool2dWithIndices gave`,
      );
    }
    const plane = pairOf("maxUnpool2d", "outputSize", outputSize, 1);
    const checked = checkPositions("maxUnpool2d", "index", indices, plane[0] * plane[1]);
    return input.scatterPlanes(checked, plane, { lastWins: true });
  },

  averagePool(windows, average) {
    return callPlanned(ops.averagePool, ops.averagePool.plan(this, windows, average));
  },

  averagePoolBackward(windows, average, plane) {
    return callPlanned(ops.averagePoolBackward, ops.averagePoolBackward.plan(this, windows, average, plane));
  },

  scatterPlanes(positions, plane, options) {
    return callPlanned(ops.scatterPlanes, ops.scatterPlanes.plan(this, positions, plane, options));
  },

  gatherPlanes(positions) {
    return callPlanned(ops.gatherPlanes, ops.gatherPlanes.plan(this, positions));
  },
};
