/**
 * A call of a row of the op table, as the rows of the export tables see it.
 */
import type { DType } from "../tensor/dtype.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { OnnxError } from "./onnx-error.ts";
import { fixed } from "./size.ts";
import type { Size } from "./size.ts";
import type { CallStep, Trace } from "./trace.ts";

export class ExportCall {
  readonly graph: GraphWriter;
  readonly op: string;
  readonly #step: CallStep<Size>;
  readonly #trace: Trace;

  constructor(step: CallStep<Size>, trace: Trace, graph: GraphWriter) {
    this.#step = step;
    this.#trace = trace;
    this.graph = graph;
    this.op = step.op;
  }

  get inputCount(): number {
    return this.#step.inputs.length;
  }

  /** The name of an input; a plain number becomes a constant. */
  input(i: number): string {
    const operand = this.#step.inputs[i]!;
    return "number" in operand ? this.graph.scalar(operand.number, operand.dtype) : this.graph.nameOf(operand.value);
  }

  /** True where an input is a plain number, which some calls take for "none". */
  isNumber(i: number): boolean {
    return "number" in this.#step.inputs[i]!;
  }

  inputShape(i: number): readonly Size[] {
    const operand = this.#step.inputs[i]!;
    return "number" in operand ? [] : this.#trace.values[operand.value]!.shape;
  }

  inputType(i: number): DType {
    const operand = this.#step.inputs[i]!;
    return "number" in operand ? operand.dtype : this.#trace.values[operand.value]!.dtype;
  }

  outputShape(i = 0): readonly Size[] {
    return this.#trace.values[this.#step.outputs[i]!]!.shape;
  }

  outputType(): DType {
    return this.#trace.values[this.#step.outputs[0]!]!.dtype;
  }

  /** The value that the call made while it was traced. */
  get made(): Trace["values"][number] {
    return this.#trace.values[this.#step.outputs[0]!]!;
  }

  attribute(i: number): Size {
    return this.#step.attributes[i]!;
  }

  get attributes(): readonly Size[] {
    return this.#step.attributes;
  }

  /** Attributes that must not depend on the batch. */
  numbers(from = 0, count = this.#step.attributes.length - from): number[] {
    return this.#step.attributes.slice(from, from + count).map((each) => fixed(each, this.where("a number of its call")));
  }

  /** Sizes that must not depend on the batch. */
  fixedSizes(sizes: readonly Size[]): number[] {
    return sizes.map((size) => fixed(size, this.where("a size")));
  }

  where(what: string): string {
    return `${this.#step.path}: ${this.op}: ${what}`;
  }

  /** The error of a call that ONNX has no words for. */
  unsupported(why: string): OnnxError {
    return new OnnxError(`onnx.export: ${this.#step.path}: ${this.op}: ${why}`);
  }
}

/** How a call is written: the names of its results. Results that nothing may use are left out. */
export type ExportRow = (call: ExportCall) => readonly string[];
