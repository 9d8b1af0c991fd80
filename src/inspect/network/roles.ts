/** What a layer or an operation does, which decides the colour of its box. */
import type { BoxRole, NetworkLayer } from "../../view/states/network.ts";

const activations = new Set([
  "relu", "sigmoid", "tanh", "softmax", "logSoftmax", "gelu", "elu", "selu", "leakyRelu", "silu", "softplus", "hardtanh", "hardsigmoid",
  "hardswish", "mish", "relu6", "celu", "prelu", "threshold", "glu", "logSigmoid", "softsign", "softmin", "tanhshrink", "softshrink", "hardshrink",
]);
const shapes = new Set(["reshape", "permute", "transpose", "slice", "expand", "flatten", "unflatten", "cat", "stack", "select", "indexSelect", "gather", "pad"]);

/** That of a layer, by the name of its class; a learner's own class with parameters counts as one that learns. */
export function layerRole(layer: NetworkLayer | undefined): BoxRole {
  const kind = (layer?.label ?? "").replace(/\(.*$/s, "");
  if (/Norm(\d|$)|Norm[A-Z]/.test(kind)) return "normalisation";
  if (/Dropout/.test(kind)) return "regular";
  if (/Pool/.test(kind)) return "pooling";
  if (/^(Flatten|Unflatten|Identity|ZeroPad|ReflectionPad|ReplicationPad|ConstantPad|Fold|Unfold|PixelShuffle|Upsample)/.test(kind)) return "shape";
  if (activations.has(kind.charAt(0).toLowerCase() + kind.slice(1))) return "activation";
  if (layer?.tensors.some(({ kind: what }) => what !== "buffer") === true) return "weights";
  return "operation";
}

/** That of an operation, by its name in the table. */
export function operationRole(name: string): BoxRole {
  if (activations.has(name)) return "activation";
  if (shapes.has(name)) return "shape";
  if (/Pool/.test(name)) return "pooling";
  return "operation";
}
