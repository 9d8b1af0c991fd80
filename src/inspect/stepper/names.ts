/**
 * Names for the tensors of a computation: those that the learner gave as inputs or results, then those of the notebook's
 * variables, models' parameters among them.
 */
import { notebookHost } from "../../host.ts";
import { Module } from "../../nn/module/module.ts";
import type { AnyModule } from "../../nn/module/module.ts";
import type { GraphNode } from "../../tensor/graph.ts";
import { isTensor } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Lists longer than this are not searched. */
const LONGEST_LIST = 64;

export class TensorNames {
  readonly #byTensor = new Map<Tensor, string>();
  /** Results by the call that made them: another variable may hold the same result. */
  readonly #byCall = new Map<GraphNode, Map<number, Tensor>>();

  /** Names a tensor; the first name stays. */
  add(name: string, tensor: Tensor): void {
    if (!this.#byTensor.has(tensor)) this.#byTensor.set(tensor, name);
    const { node } = tensor;
    if (node === undefined) return;
    const outputs = this.#byCall.get(node) ?? new Map<number, Tensor>();
    if (!outputs.has(tensor.outputIndex)) outputs.set(tensor.outputIndex, tensor);
    this.#byCall.set(node, outputs);
  }

  /** Names all tensors in a value that has a name: members of lists and objects, parameters of models. */
  addAll(name: string, value: unknown, depth = 0): void {
    if (isTensor(value)) return this.add(name, value);
    if (typeof value !== "object" || value === null || depth > 2) return;
    if (value instanceof Module) {
      const model = value as unknown as AnyModule;
      for (const [path, tensor] of [...model.namedParameters(), ...model.namedBuffers()]) this.add(withBrackets(`${name}.${path}`), tensor);
    } else if (Array.isArray(value)) {
      if (value.length <= LONGEST_LIST) value.forEach((member, i) => this.addAll(`${name}[${i}]`, member, depth + 1));
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      // No getter of the learner's runs.
      for (const [key, member] of Object.entries(Object.getOwnPropertyDescriptors(value))) this.addAll(`${name}.${key}`, member.value, depth + 1);
    }
  }

  /** Names the tensors in the notebook's variables; without a notebook there are none to find. */
  addVariables(): void {
    for (const [name, value] of Object.entries(notebookHost()?.variables?.() ?? {})) this.addAll(name, value);
  }

  /** The name of a tensor. */
  of(tensor: Tensor): string | undefined {
    const own = this.#byTensor.get(tensor);
    if (own !== undefined || tensor.node === undefined) return own;
    return this.ofCall(tensor.node, tensor.outputIndex);
  }

  /** The name of what a call made. */
  ofCall(node: GraphNode, output: number): string | undefined {
    const tensor = this.madeBy(node, output);
    return tensor === undefined ? undefined : this.#byTensor.get(tensor);
  }

  /** The tensor with a name that a call made. */
  madeBy(node: GraphNode, output: number): Tensor | undefined {
    return this.#byCall.get(node)?.get(output);
  }
}

/** `layers.0.weight` as it is written in code: `layers[0].weight`. */
function withBrackets(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, "[$1]");
}

/** The names of a function's parameters, as far as they are plain names. */
export function parameterNames(run: (...inputs: never[]) => unknown): string[] {
  const text = Function.prototype.toString.call(run);
  const list = /^(?:async\s*)?(?:function\s*[\w$]*\s*)?(?:\(([^()]*)\)|([\w$]+)\s*=>)/.exec(text);
  return (list?.[1] ?? list?.[2] ?? "").split(",").map((name) => name.trim()).map((name) => (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : ""));
}
