/**
 * Pooling: one number for each window of a plane (the last two dimensions). The rows take windows that the
 * methods have worked out (methods/pooling.ts).
 */
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { CallPlan, MultiplePlan } from "./definition.ts";

/** How a plane is cut into windows: two numbers each, rows first. */
export interface PoolingWindows {
  kernel: readonly [number, number];
  stride: readonly [number, number];
  padding: readonly [number, number];
  dilation: readonly [number, number];
  /** The windows are as even as the output's size allows; kernel, stride and padding do not count. */
  adaptive: boolean;
  /** The output's rows and columns. */
  output: readonly [number, number];
}

/** What an average divides by. */
export interface AverageOptions {
  countIncludePad: boolean;
  /** In place of the count; 0 for none. */
  divisor: number;
}

interface AverageDetails {
  windows: PoolingWindows;
  average: AverageOptions;
  plane: Shape;
}

const withPlane = (shape: Shape, plane: Shape): Shape => [...shape.slice(0, -2), ...plane];

const windowAttributes = ({ kernel, stride, padding, dilation, adaptive }: PoolingWindows): number[] => [
  ...kernel,
  ...stride,
  ...padding,
  ...dilation,
  adaptive ? 1 : 0,
];

const averageAttributes = (windows: PoolingWindows, { countIncludePad, divisor }: AverageOptions): number[] => [
  ...windowAttributes(windows),
  countIncludePad ? 1 : 0,
  divisor,
];

/** Examples with windows that overlap, and padding. */
const overlapping: PoolingWindows = {
  kernel: [3, 2],
  stride: [2, 1],
  padding: [1, 1],
  dilation: [1, 1],
  adaptive: false,
  output: [3, 5],
};
const including: AverageOptions = { countIncludePad: true, divisor: 0 };

export const pooling = {
  maxPool: multiple({
    summary: "The largest element of each window of a plane, and where it lies in the plane.",
    plan: (self: Tensor, windows: PoolingWindows): MultiplePlan => {
      const shape = withPlane(self.shape, windows.output);
      return {
        inputs: [self.contiguous()],
        outputs: [
          { shape, dtype: self.dtype },
          { shape, dtype: "int32" },
        ],
        attributes: windowAttributes(windows),
        details: self.shape.slice(-2),
      };
    },
    saves: "output",
    jointDerivative: ([gradient], call) => [gradient!.scatterPlanes(call.outputAt(1), call.details as Shape)],
  }),
  averagePool: general({
    summary: "The mean of each window of a plane.",
    parameters: "",
    internal: true,
    plan: (self: Tensor, windows: PoolingWindows, average: AverageOptions): CallPlan => ({
      inputs: [self.contiguous()],
      shape: withPlane(self.shape, windows.output),
      dtype: self.dtype,
      attributes: averageAttributes(windows, average),
      details: { windows, average, plane: self.shape.slice(-2) } satisfies AverageDetails,
    }),
    derivative: [
      (gradient, call) => {
        const { windows, average, plane } = call.details as AverageDetails;
        return gradient.averagePoolBackward(windows, average, plane);
      },
    ],
    examples: [{ shapes: [[2, 5, 4]], arguments: [overlapping, including] }],
  }),
  averagePoolBackward: general({
    summary: "Each window's number shared out evenly over its plane: the adjoint of averagePool.",
    parameters: "",
    internal: true,
    plan: (self: Tensor, windows: PoolingWindows, average: AverageOptions, plane: Shape): CallPlan => ({
      inputs: [self.contiguous()],
      shape: withPlane(self.shape, plane),
      dtype: self.dtype,
      attributes: averageAttributes(windows, average),
      details: { windows, average, plane } satisfies AverageDetails,
    }),
    derivative: [
      (gradient, call) => {
        const { windows, average } = call.details as AverageDetails;
        return gradient.averagePool(windows, average);
      },
    ],
    examples: [{ shapes: [[2, 3, 5]], arguments: [overlapping, including, [5, 4]] }],
  }),
  scatterPlanes: general({
    summary: "Planes of zeros but for the elements that lie at given positions (row * width + column): their sum, or the last.",
    parameters: "",
    internal: true,
    plan: (self: Tensor, positions: Tensor, plane: Shape, { lastWins = false } = {}): CallPlan => ({
      inputs: [self.contiguous(), positions.contiguous()],
      shape: withPlane(self.shape, plane),
      dtype: self.dtype,
      attributes: [lastWins ? 1 : 0],
    }),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.gatherPlanes(call.input(1))],
  }),
  gatherPlanes: general({
    summary: "The elements of planes at given positions (row * width + column).",
    parameters: "",
    internal: true,
    plan: (self: Tensor, positions: Tensor): CallPlan => ({
      inputs: [self.contiguous(), positions.contiguous()],
      shape: positions.shape,
      dtype: self.dtype,
      details: self.shape.slice(-2),
    }),
    saves: "inputs",
    derivative: [(gradient, call) => gradient.scatterPlanes(call.input(1), call.details as Shape)],
  }),
};
