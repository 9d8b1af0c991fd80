/**
 * Layers that say more than their calls: written as one operator, they can be trained on after they have been loaded again.
 * Dropout leaves no call behind, batch normalisation only a scale and a shift.
 */
import { full } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Dropout } from "../nn/layers/dropout.ts";
import { BatchNorm1d, BatchNorm2d, LayerNorm, LocalResponseNorm } from "../nn/layers/normalization.ts";
import type { AnyModule } from "../nn/module/module.ts";
import { float, int } from "./graph-writer.ts";
import type { GraphWriter } from "./graph-writer.ts";

/** @param parameter gives a weight of the layer its name in the file. */
type LayerRow = (layer: AnyModule, x: string, graph: GraphWriter, parameter: (value: Tensor) => string) => string;

const batchNorm = (layer: BatchNorm1d | BatchNorm2d, x: string, graph: GraphWriter, parameter: (value: Tensor) => string): string => {
  const { weight, bias, runningMean, runningVar, eps, momentum, numFeatures } = layer;
  const constant = (value: number): string => graph.constant(full([numFeatures], value, { dtype: runningMean!.dtype }));
  const inputs = [
    x, weight === undefined ? constant(1) : parameter(weight), bias === undefined ? constant(0) : parameter(bias),
    parameter(runningMean!), parameter(runningVar!),
  ];
  // ONNX's momentum is the part of the old statistics that stays.
  return graph.node("BatchNormalization", inputs, { epsilon: float(eps), momentum: float(1 - (momentum ?? 0.1)) });
};

/** How a layer is written, or undefined for one that is written by its calls. */
export function layerRow(layer: AnyModule): LayerRow | undefined {
  if (layer instanceof Dropout) {
    const { p } = layer;
    return (_, x, graph) => graph.node("Dropout", [x, graph.scalar(p, "float32")]);
  }
  if ((layer instanceof BatchNorm1d || layer instanceof BatchNorm2d) && layer.runningMean !== undefined) {
    return (_, x, graph, parameter) => batchNorm(layer, x, graph, parameter);
  }
  if (layer instanceof LayerNorm && layer.weight !== undefined) {
    const { weight, bias, normalizedShape, eps } = layer;
    return (_, x, graph, parameter) => {
      const inputs = [x, parameter(weight), ...(bias === undefined ? [] : [parameter(bias)])];
      return graph.node("LayerNormalization", inputs, { axis: int(-normalizedShape.length), epsilon: float(eps) });
    };
  }
  // ONNX puts the odd channel of an even size on the other side.
  if (layer instanceof LocalResponseNorm && layer.size % 2 === 1) {
    const { size, alpha, beta, k } = layer;
    return (_, x, graph) => graph.node("LRN", [x], { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(k) });
  }
  return undefined;
}
