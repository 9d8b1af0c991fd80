/** The activation of chosen units of a layer, as numbers that can be differentiated by the model's input. */
import type { AnyModule } from "../../nn/module/module.ts";
import { NablaError, ShapeError, TensorIndexError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { HookHandle } from "../../nn/module/hooks.ts";

/** A layer of a model. */
export function layerOf(what: string, model: AnyModule, layer: string | undefined): AnyModule {
  if (layer === undefined) return model;
  const all = [...model.namedModules()];
  const found = all.find(([path]) => path === layer)?.[1];
  if (found !== undefined) return found;
  throw new NablaError(`${what}: the model has no layer ${JSON.stringify(layer)}; it has ${all.slice(1).map(([path]) => path).join(", ")}`);
}

/** Runs the model and gives what the layer made in its last call; the model is in evaluation mode already. */
export function outputOf(what: string, model: AnyModule, layer: AnyModule, x: Tensor, keep: (handle: HookHandle) => void): Tensor {
  let seen: unknown;
  const handle = layer.registerForwardHook((_, __, output) => void (seen = output));
  keep(handle);
  try {
    model.forward(x);
  } finally {
    handle.remove();
  }
  if (isTensor(seen) && seen.ndim >= 2 && seen.shape[0] === x.shape[0]) return seen;
  const made = isTensor(seen) ? `a tensor ${formatShape(seen.shape)}` : seen === undefined ? "nothing, it was not called" : "no tensor";
  throw new ShapeError(`${what}: ${layer.label} must give [N, units, ...] for ${x.shape[0]} examples; it gave ${made}`);
}

/** Checks a unit of an output [N, units, ...]. */
export function requireUnit(what: string, layer: AnyModule, output: Tensor, unit: number): void {
  const count = output.shape[1]!;
  if (Number.isInteger(unit) && unit >= 0 && unit < count) return;
  throw new TensorIndexError(`${what}: ${layer.label} has no unit ${unit}; its units are 0 to ${count - 1}`);
}
