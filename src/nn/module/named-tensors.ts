/**
 * The names under which a learner knows tensors: the variables of a notebook, and what stands in them (the parameters, buffers and
 * gradients of a model by their paths, members of lists and plain objects). Plain Node tells nobody its variables.
 */
import { notebookHost } from "../../host.ts";
import { nameTensorsBy } from "../../tensor/held-memory.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "./module.ts";

/** So deep inside of lists and objects. */
const deepest = 3;
/** Longer lists are looked at so far. */
const most = 1000;

function* withGradient(name: string, tensor: Tensor): Generator<[string, Tensor]> {
  yield [name, tensor];
  const gradient = tensor.requiresGrad ? tensor.collectedGradient : null;
  if (gradient !== null && isTensor(gradient)) yield [`${name}.grad`, gradient];
}

function* namedIn(name: string, value: unknown, depth: number): Generator<[string, Tensor]> {
  if (isTensor(value)) yield* withGradient(name, value);
  else if (value instanceof Module) {
    for (const [path, parameter] of value.namedParameters()) yield* withGradient(`${name}.${path}`, parameter);
    for (const [path, buffer] of value.namedBuffers()) yield [`${name}.${path}`, buffer];
  } else if (depth < deepest && Array.isArray(value)) {
    for (let i = 0; i < Math.min(value.length, most); i++) yield* namedIn(`${name}[${i}]`, value[i], depth + 1);
  } else if (depth < deepest && typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, member] of Object.entries(value)) yield* namedIn(`${name}.${key}`, member, depth + 1);
  }
}

/** Lets reports of memory name tensors. */
export function nameTensorsOfNotebook(): void {
  nameTensorsBy(function* () {
    for (const [name, value] of Object.entries(notebookHost()?.variables?.() ?? {})) yield* namedIn(name, value, 0);
  });
}
