/**
 * Hooks: functions that see what goes through a module, forward and back. The way back is seen by an identity recorded
 * around the module: its derivative is asked for the gradient of the outputs before anything inside, and for that of the
 * inputs after everything inside. The idea, and the order of calls, are PyTorch's register_full_backward_hook.
 */
import { isGradEnabled } from "../../tensor/grad-mode.ts";
import { GraphNode } from "../../tensor/graph.ts";
import type { DerivativeRule } from "../../tensor/graph.ts";
import { NablaError, ShapeError } from "../../tensor/errors.ts";
import { formatShape, sameShape } from "../../tensor/shape.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { PackedSequence } from "../packed-sequence.ts";

/** Takes a hook off again. */
export interface HookHandle {
  remove(): void;
}

/** Sees the inputs before the module runs; a list that it returns replaces them. */
export type ForwardPreHook<Owner, Input> = (module: Owner, inputs: Input) => Input | undefined | void;

/** Sees inputs and output; a value that it returns replaces the output. */
export type ForwardHook<Owner, Input, Output> = (module: Owner, inputs: Input, output: Output) => Output | undefined | void;

/** Gradients of the tensors of a call, in order; undefined where there is none. */
export type Gradients = readonly (Tensor | undefined)[];

/** Sees the gradients of the loss by the module's inputs and by its outputs; a list that it returns replaces the former. */
export type BackwardHook<Owner> = (module: Owner, gradientsOfInputs: Gradients, gradientsOfOutputs: Gradients) => Gradients | undefined | void;

/** Adds a hook to a list. */
export function addHook<Hook>(hooks: Hook[], hook: Hook): HookHandle {
  if (typeof hook !== "function") throw new NablaError(`a hook is a function, got a value of type ${typeof hook}`);
  hooks.push(hook);
  return {
    remove() {
      const place = hooks.indexOf(hook);
      if (place >= 0) hooks.splice(place, 1);
    },
  };
}

/** The value with every tensor in it (one of a list, a plain object or packed sequences, at any depth) passed through `change`. */
function mapTensors(value: unknown, change: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return change(value);
  if (value instanceof PackedSequence) return value.with(change(value.data));
  if (Array.isArray(value)) return value.map((inner) => mapTensors(inner, change));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTensors(inner, change)]));
  }
  return value;
}

function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTensors(value, (tensor) => {
    found.push(tensor);
    return tensor;
  });
  return found;
}

/**
 * The same values as results of one recorded identity over all their tensors that require gradients.
 * @param seen is told the gradients that come back, one a tensor of `value`, and gives those that go on.
 * @returns undefined for values without such a tensor.
 */
function watched<Value>(name: string, value: Value, seen: (gradients: Gradients) => Gradients): Value | undefined {
  const all = tensorsIn(value);
  const sources = all.filter(({ requiresGrad }) => requiresGrad);
  if (sources.length === 0) return undefined;
  const copies: Tensor[] = [];
  const result = mapTensors(value, (tensor) => {
    if (!tensor.requiresGrad) return tensor;
    const copy = new Tensor(tensor.storage, tensor.shape, tensor.strides, tensor.offset, tensor.dtype);
    // The copy counts as a view: a change in place of either is noticed as a view's is.
    copy.viewedAt = tensor.storage.recordedChanges;
    copies.push(copy);
    return copy;
  });
  const needed = all.map(({ requiresGrad }) => requiresGrad);
  const rule: DerivativeRule = {
    name,
    jointDerivative(arrived) {
      let next = 0;
      const onward = seen(needed.map((need) => (need ? arrived[next++] : undefined)));
      return onward.filter((_, i) => needed[i]);
    },
  };
  const node = GraphNode.ofCall(rule, sources, copies, undefined);
  copies.forEach((copy, i) => {
    copy.node = node;
    copy.outputIndex = i;
    copy.requiresGrad = true;
  });
  return result as Value;
}

/** Checks what a hook wants to go on in place of the gradients of the inputs. */
function replaced(name: string, found: Gradients, wanted: Gradients): Gradients {
  if (wanted.length !== found.length) {
    throw new NablaError(`${name}: a backward hook gave ${wanted.length} gradients for ${found.length} inputs`);
  }
  wanted.forEach((gradient, i) => {
    const before = found[i];
    if (gradient !== undefined && before !== undefined && !sameShape(gradient.shape, before.shape)) {
      throw new ShapeError(
        `${name}: a backward hook gave a gradient of shape ${formatShape(gradient.shape)} for input ${i}, whose own has ` +
          `${formatShape(before.shape)}`,
      );
    }
  });
  return wanted;
}

/** Runs a module so that hooks see the gradients of its inputs and outputs. */
export function runWatched<Owner, Input extends readonly unknown[], Output>(
  owner: Owner,
  name: string,
  hooks: readonly BackwardHook<Owner>[],
  inputs: Input,
  run: (inputs: Input) => Output,
): Output {
  if (!isGradEnabled()) return run(inputs);
  let ofOutputs: Gradients = [];
  const tell = (found: Gradients): Gradients =>
    [...hooks].reduce<Gradients>((gradients, hook) => {
      const wanted = hook(owner, gradients, ofOutputs);
      return wanted === undefined ? gradients : replaced(name, gradients, wanted as Gradients);
    }, found);
  const watchedInputs = watched(`${name} (inputs)`, inputs, tell);
  const output = run(watchedInputs ?? inputs);
  const watchedOutput = watched(`${name} (outputs)`, output, (gradients) => {
    ofOutputs = gradients;
    // No gradient of an input will ever come: the hooks are told now.
    if (watchedInputs === undefined) tell(tensorsIn(inputs).map(() => undefined));
    return gradients;
  });
  return watchedOutput ?? output;
}
