/**
 * What networks add: probabilities from scores, and their loss.
 */
import { ShapeError } from "../errors.ts";
import { formatShape, normalizeDim, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { isGradEnabled } from "../grad-mode.ts";
import { general } from "./definition.ts";
import type { CallPlan } from "./definition.ts";

function alongDim(name: string) {
  return (self: Tensor, dim: number): CallPlan => {
    const along = normalizeDim(name, dim, self.ndim);
    return { inputs: [self], shape: self.shape, dtype: self.dtype, attributes: [along], details: along };
  };
}

const examples = [{ shapes: [[3, 5]], arguments: [-1] }, { shapes: [[3, 2, 4]], arguments: [1] }];

export const network = {
  softmax: general({
    summary: "exp(x) / sum(exp(x)) along a dimension: scores made probabilities.",
    parameters: "dim: number",
    plan: alongDim("softmax"),
    saves: "output",
    derivative: [
      (gradient, call) => {
        const weighted = gradient.mul(call.output);
        const total = weighted.sum({ dim: call.details as number, keepdim: true });
        return weighted.sub(call.output.mul(total));
      },
    ],
    examples,
  }),
  logSoftmax: general({
    summary: "The logarithm of softmax along a dimension, computed without overflow.",
    parameters: "dim: number",
    plan: alongDim("logSoftmax"),
    saves: "output",
    derivative: [
      (gradient, call) =>
        gradient.sub(call.output.exp().mul(gradient.sum({ dim: call.details as number, keepdim: true }))),
    ],
    examples,
  }),
  crossEntropy: general({
    summary: "-log softmax(scores)[label] of each row: scores [N, C], int32 labels [N], result [N]; or their sum or mean.",
    parameters: "labels: Tensor, reduction?: \"sum\" | \"mean\"",
    internal: true,
    plan: (scores: Tensor, labels: Tensor, reduction?: "sum" | "mean") => {
      const rows = scores.shape[0]!;
      if (reduction === undefined) return { inputs: [scores, labels], shape: [rows], dtype: scores.dtype, details: 1 };
      const mean = reduction === "mean";
      return { inputs: [scores, labels], shape: [], dtype: scores.dtype, attributes: [mean ? 1 : 0], details: mean ? 1 / rows : 1 };
    },
    saves: "inputs",
    derivative: [
      (gradient, call) => {
        const scores = call.input(0);
        const labels = call.input(1);
        const scale = call.details as number;
        if (!isGradEnabled()) return scores.crossEntropyBackward(labels, gradient, scale);
        // Recorded, for derivatives of derivatives: the same in ops that have derivatives themselves.
        const chosen = labels.oneHot(scores.shape[1]!).to(scores.dtype);
        const ofRows = gradient.ndim === 0 ? gradient.mul(scale) : gradient.unsqueeze(1);
        return scores.softmax(1).sub(chosen).mul(ofRows);
      },
    ],
  }),
  crossEntropyBackward: general({
    summary: "(softmax(scores) - onehot(labels)) times each row's gradient, or one for all, and a scale.",
    parameters: "labels: Tensor, gradient: Tensor, scale?: number",
    plan: (scores: Tensor, labels: Tensor, gradient: Tensor, scale: number = 1) => {
      const rows = [scores.shape[0]!];
      if (scores.ndim !== 2 || !sameShape(labels.shape, rows) || (gradient.ndim > 0 && !sameShape(gradient.shape, rows))) {
        throw new ShapeError(
          `crossEntropyBackward: scores ${formatShape(scores.shape)} need one label and one gradient a row, got ` +
            `${formatShape(labels.shape)} and ${formatShape(gradient.shape)}`,
        );
      }
      // Labels were checked on the way forward; the kernel itself never leaves the row.
      return {
        inputs: [scores, labels.to("int32"), gradient],
        stretch: [undefined, undefined, rows],
        shape: scores.shape,
        dtype: scores.dtype,
        attributes: [scale],
      };
    },
  }),
  mseLoss: general({
    summary: "The sum of the squared differences of two tensors of one shape, or their mean.",
    parameters: "target: Tensor, mean: boolean",
    internal: true,
    plan: (input: Tensor, target: Tensor, mean: boolean) => ({
      inputs: [input.contiguous(), target.contiguous()],
      shape: [],
      dtype: input.dtype,
      attributes: [mean ? 1 : 0],
      details: mean ? 2 / input.numel : 2,
    }),
    saves: "inputs",
    derivative: [
      (gradient, call) => call.input(0).mseLossBackward(call.input(1), gradient, call.details as number),
      (gradient, call) => call.input(1).mseLossBackward(call.input(0), gradient, call.details as number),
    ],
  }),
  mseLossBackward: general({
    summary: "The difference of two tensors times one number, the gradient of their squared error, and a scale.",
    parameters: "target: Tensor, gradient: Tensor, scale: number",
    plan: (input: Tensor, target: Tensor, gradient: Tensor, scale: number) => ({
      inputs: [input, target, gradient],
      stretch: [undefined, undefined, input.shape],
      shape: input.shape,
      dtype: input.dtype,
      attributes: [scale],
      details: scale,
    }),
    saves: "inputs",
    derivative: [
      (upper, call) => upper.mul(call.input(2)).mul(call.details as number),
      (upper, call) => upper.mul(call.input(2)).mul(-(call.details as number)),
      (upper, call) => upper.mul(call.input(0).sub(call.input(1))).sum().mul(call.details as number),
    ],
  }),
};
