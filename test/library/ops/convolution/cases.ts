/**
 * Convolutions and windows over strides, paddings, dilations, groups and odd sizes. The calls are data (calls.json), read
 * here and by pytorch.py.
 */
import { readFileSync } from "node:fs";
import { nn } from "../../../../src/index.ts";
import type { Tensor } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import * as reference from "../../reference/convolution.ts";
import type { WindowSizes } from "../../reference/convolution.ts";

type PairOption = number | [number, number];

interface ConvolutionCall {
  name: string;
  input: number[];
  weight: number[];
  bias?: boolean;
  options: { stride?: PairOption; padding?: PairOption | "same" | "valid"; dilation?: PairOption; groups?: number } & Record<string, unknown>;
}

interface WindowCall {
  name: string;
  input: number[];
  kernelSize: PairOption;
  outputSize?: PairOption;
  options: { stride?: PairOption; padding?: PairOption; dilation?: PairOption };
}

interface Calls {
  conv2d: ConvolutionCall[];
  conv1d: ConvolutionCall[];
  convTranspose2d: ConvolutionCall[];
  unfold: WindowCall[];
  fold: WindowCall[];
}

const calls = JSON.parse(readFileSync(new URL("calls.json", import.meta.url), "utf8")) as Calls;
const { functional } = nn;
const pair = (option: PairOption = 1): [number, number] => (typeof option === "number" ? [option, option] : option);

/** The reference's numbers for a call on images. */
function sizesOf(call: { options: ConvolutionCall["options"] }, kernel: readonly [number, number]): WindowSizes {
  const dilation = pair(call.options.dilation);
  const { padding = 0 } = call.options;
  const same = (axis: 0 | 1): number => Math.floor((dilation[axis] * (kernel[axis] - 1)) / 2);
  const before = padding === "same" ? ([same(0), same(1)] as const) : pair(padding === "valid" ? 0 : padding);
  return { kernel, stride: pair(call.options.stride), dilation, before };
}

const shapesOf = (call: ConvolutionCall, outputs: number): number[][] =>
  call.bias === true ? [call.input, call.weight, [outputs]] : [call.input, call.weight];

const conv2d = calls.conv2d.map((call): Case => {
  const { groups = 1 } = call.options;
  return {
    name: `conv2d, ${call.name}`,
    ops: ["conv2d", "convTranspose2d", "conv2dWeight"],
    inputs: shapesOf(call, call.weight[0]!),
    run: (x: Tensor, weight: Tensor, bias?: Tensor) => functional.conv2d(x, weight, bias, call.options),
    reference: (x, weight, bias) => {
      const sizes = sizesOf(call, [call.weight[2]!, call.weight[3]!]);
      const padding = call.options.padding ?? 0;
      const sameSize = padding === "same" ? ([x.shape[2]!, x.shape[3]!] as const) : undefined;
      return reference.conv2d(x, weight, bias, sizes, groups, sameSize);
    },
  };
});

const conv1d = calls.conv1d.map((call): Case => ({
  name: `conv1d, ${call.name}`,
  ops: ["conv2d"],
  inputs: shapesOf(call, call.weight[0]!),
  run: (x: Tensor, weight: Tensor, bias?: Tensor) => functional.conv1d(x, weight, bias, call.options as Parameters<typeof functional.conv1d>[3]),
}));

const convTranspose2d = calls.convTranspose2d.map((call): Case => {
  const { groups = 1 } = call.options;
  const outputPadding = pair((call.options["outputPadding"] as PairOption | undefined) ?? 0);
  return {
    name: `convTranspose2d, ${call.name}`,
    ops: ["convTranspose2d", "conv2d", "conv2dWeight"],
    inputs: shapesOf(call, call.weight[1]! * groups),
    run: (x: Tensor, weight: Tensor, bias?: Tensor) =>
      functional.convTranspose2d(x, weight, bias, call.options as Parameters<typeof functional.convTranspose2d>[3]),
    reference: (x, weight, bias) =>
      reference.convTranspose2d(x, weight, bias, sizesOf(call, [call.weight[2]!, call.weight[3]!]), groups, outputPadding),
  };
});

const unfold = calls.unfold.map((call): Case => ({
  name: `unfold, ${call.name}`,
  ops: ["unfold", "fold"],
  inputs: [call.input],
  run: (x: Tensor) => functional.unfold(x, call.kernelSize, call.options),
  reference: (x) => reference.unfold(x, sizesOf(call, pair(call.kernelSize))),
}));

const fold = calls.fold.map((call): Case => ({
  name: `fold, ${call.name}`,
  ops: ["fold", "unfold"],
  inputs: [call.input],
  run: (x: Tensor) => functional.fold(x, call.outputSize!, call.kernelSize, call.options),
  reference: (x) => reference.fold(x, pair(call.outputSize), sizesOf(call, pair(call.kernelSize))),
}));

export const cases: Case[] = [...conv2d, ...conv1d, ...convTranspose2d, ...unfold, ...fold];
