/**
 * A graph from an ONNX file as a module: its floating weights are parameters, the running statistics of batch normalisation
 * are buffers, and its nodes are computed one after the other by the library's differentiable ops.
 */
import { NablaError } from "../tensor/errors.ts";
import { requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "../nn/module/module.ts";
import type { Part } from "../nn/module/module.ts";
import type { Buffer, Parameter } from "../nn/module/parameter.ts";
import type { Run, Value } from "./import-value.ts";
import { BadNode } from "./node-reader.ts";
import { OnnxError } from "./onnx-error.ts";

/** A node that has been read and checked. */
export interface GraphStep {
  /** How to call it in an error. */
  readonly place: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly run: Run;
}

/** What a file holds, read and checked. */
export interface LoadedGraph {
  readonly weights: ReadonlyMap<string, Parameter | Buffer>;
  /** Values that are no weights. */
  readonly constants: ReadonlyMap<string, Value>;
  readonly steps: readonly GraphStep[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A model that was loaded from an ONNX file. `forward` takes the inputs in the file's order and gives the first output;
 * `outputs` gives all of them by name. Parameters have the names of the file. It can be trained on: dropout and batch
 * normalisation obey `train()` and `eval()`.
 */
export class OnnxModule extends Module<Tensor[], Tensor> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #graph: LoadedGraph;
  /** After which step each value is needed no more. */
  readonly #lastUse: ReadonlyMap<string, number>;

  /** Made by `onnx.load`. */
  constructor(graph: LoadedGraph) {
    super();
    this.#graph = graph;
    this.inputNames = graph.inputs;
    this.outputNames = graph.outputs;
    const last = new Map(graph.steps.flatMap((step, i) => step.inputs.map((name): [string, number] => [name, i])));
    graph.outputs.forEach((name) => last.set(name, Infinity));
    this.#lastUse = last;
  }

  override *ownParts(): Generator<[string, Part]> {
    yield* this.#graph.weights;
  }

  override forward(...inputs: Tensor[]): Tensor {
    return this.outputs(...inputs)[this.outputNames[0]!]!;
  }

  /** All results by the names of the outputs. @throws OnnxError naming the node that could not be computed. */
  outputs(...inputs: Tensor[]): Record<string, Tensor> {
    const { weights, constants, steps } = this.#graph;
    if (inputs.length !== this.inputNames.length) {
      throw new OnnxError(`${this.label}: takes ${this.inputNames.length} inputs (${this.inputNames.join(", ")}), got ${inputs.length}`);
    }
    const values = new Map<string, Value>([...constants, ...weights]);
    this.inputNames.forEach((name, i) => values.set(name, requireTensor(this.label, inputs[i])));
    steps.forEach((step, i) => {
      const results = this.#compute(step, step.inputs.map((name) => (name === "" ? undefined : values.get(name))));
      step.outputs.forEach((name, k) => values.set(name, results[k]));
      // Intermediate results are let go as soon as nothing reads them any more.
      for (const name of step.inputs) if (this.#lastUse.get(name) === i) values.delete(name);
    });
    return Object.fromEntries(this.outputNames.map((name) => [name, requireTensor(`${this.label}: output ${name}`, values.get(name))]));
  }

  #compute({ place, run }: GraphStep, inputs: readonly Value[]): Value[] {
    try {
      return run(inputs, this);
    } catch (error) {
      if (error instanceof BadNode || error instanceof NablaError) throw new OnnxError(`${place}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  override extraRepr(): string {
    return `${this.inputNames.join(", ")} -> ${this.outputNames.join(", ")}`;
  }
}
