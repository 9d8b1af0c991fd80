/**
 * Nabla's library: tensors on native memory with automatic differentiation, what networks are made of, data and charts.
 * This is its only public face.
 */
import "./attached.ts";
import { native } from "./tensor/native.ts";

export { Tensor, isTensor } from "./tensor/tensor.ts";
export type { NestedNumbers, TensorLike } from "./tensor/tensor.ts";
export type { Shape } from "./tensor/shape.ts";
export { arange, empty, emptyLike, eye, full, linspace, ones, onesLike, tensor, zeros, zerosLike } from "./tensor/creation.ts";
export type { TensorOptions, TensorSource } from "./tensor/creation.ts";
export { bernoulli, normal, rand, randint, randn, randperm, truncatedNormal } from "./tensor/random/generator.ts";
export type { RandomOptions, TruncatedNormalOptions } from "./tensor/random/generator.ts";
export { Generator, manualSeed } from "./tensor/random/stream.ts";
export * as device from "./tensor/device-report.ts";
export { getDefaultDevice, setDefaultDevice } from "./tensor/device.ts";
export type { Device } from "./tensor/device.ts";
export { getDefaultDType, setDefaultDType } from "./tensor/dtype.ts";
export type { DType } from "./tensor/dtype.ts";
export { enableGrad, isGradEnabled, noGrad } from "./tensor/grad-mode.ts";
export { autocast, getFloat32MatmulPrecision, setFloat32MatmulPrecision } from "./tensor/matmul-precision.ts";
export type { AutocastOptions, MatmulPrecision } from "./tensor/matmul-precision.ts";
export { memory, memoryLimit, trackMemory } from "./tensor/memory.ts";
export type { MemoryReport } from "./tensor/memory.ts";
export * from "./tensor/errors.ts";
export * from "./tensor/generated/functions.ts";
export { einsum } from "./tensor/einsum/index.ts";
export { max, median, meshgrid, min, unique, variance as var, where } from "./tensor/functions.ts";
export { cat, stack } from "./tensor/methods/join.ts";
export type { JoinOptions } from "./tensor/methods/join.ts";
export { conv1d, conv2d, convTranspose2d } from "./nn/convolution.ts";
export { compile } from "./compile/compile.ts";
export type { Compiled, CompileOptions, ProgramReport } from "./compile/compile.ts";
export type { CardReport } from "./tensor/native.ts";
export { grad, hessian, hvp, jacobian, jvp, valueAndGrad, vjp } from "./autograd/functions.ts";
export type { TensorFunction } from "./autograd/functions.ts";
export { detectAnomaly } from "./autograd/anomaly.ts";
export type { AnomalyOptions } from "./autograd/anomaly.ts";
export { gradcheck, gradgradcheck } from "./autograd/gradcheck.ts";
export type { GradcheckOptions } from "./autograd/gradcheck.ts";
export type { Tensors } from "./autograd/structure.ts";
export { display } from "./host.ts";
export * as data from "./data/index.ts";
export * as fft from "./fft/index.ts";
export * as inspect from "./inspect/index.ts";
export * as linalg from "./linalg/index.ts";
export type { ComplexTensor } from "./tensor/complex.ts";
export * as nn from "./nn/index.ts";
export * as onnx from "./onnx/index.ts";
export * as optim from "./optim/index.ts";
export { playground } from "./playground/index.ts";
export type * from "./playground/index.ts";
export * as plot from "./plot/index.ts";
export * as metrics from "./train/metrics/index.ts";
export * as random from "./tensor/random/index.ts";
export * from "./serialization/index.ts";
export * as train from "./train/index.ts";
export * as widgets from "./widgets/index.ts";

/** Threads that share the work of one op: sets their number when given one, and returns it. */
export function threads(count?: number): number {
  return count === undefined ? native.threads() : native.threads(count);
}

/** The instruction set whose kernels run here: `"avx512"`, `"avx2"` or `"portable"`. */
export const instructionSet: string = native.instructionSet;
