/**
 * The graph of a file while it is written: nodes in order, weights, and a name for each value.
 */
import type { DType } from "../tensor/dtype.ts";
import { tensor } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { OnnxError } from "./onnx-error.ts";
import { AttributeType } from "./schema.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "./schema.ts";
import type { Size } from "./size.ts";
import { elementTypes, int64Proto, int64Type, tensorProto } from "./tensor-proto.ts";
import type { TracedValue } from "./trace.ts";

const utf8 = new TextEncoder();
const attributeBase = { floats: [], ints: [], strings: [] };

/** Attributes of a node, made by `int`, `float` and so on. */
export type Attributes = Readonly<Record<string, AttributeProto>>;

export const int = (i: number): AttributeProto => ({ ...attributeBase, type: AttributeType.int, i });
export const float = (f: number): AttributeProto => ({ ...attributeBase, type: AttributeType.float, f });
export const ints = (values: readonly number[]): AttributeProto => ({ ...attributeBase, type: AttributeType.ints, ints: [...values] });
export const text = (value: string): AttributeProto => ({ ...attributeBase, type: AttributeType.string, s: utf8.encode(value) });
export const texts = (values: readonly string[]): AttributeProto => ({
  ...attributeBase, type: AttributeType.strings, strings: values.map((each) => utf8.encode(each)),
});
export const tensorAttribute = (t: TensorProto): AttributeProto => ({ ...attributeBase, type: AttributeType.tensor, t });

export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #taken: Set<string>;
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #wholes = new Map<string, string>();
  readonly #values: readonly TracedValue<Size>[];
  #batch: string | undefined;
  readonly #batchOf: { readonly input: string; readonly dim: number } | undefined;
  /** The path of the layer whose nodes are being written. */
  path = "";

  /**
   * @param reserved names of inputs, outputs and parameters.
   * @param batchOf where the size of the batch can be read.
   */
  constructor(values: readonly TracedValue<Size>[], reserved: Iterable<string>, batchOf: { input: string; dim: number } | undefined) {
    this.#values = values;
    this.#taken = new Set(reserved);
    this.#batchOf = batchOf;
  }

  /** A name that nothing else has. */
  newName(stem: string): string {
    for (;;) {
      const count = (this.#counts.get(stem) ?? 0) + 1;
      this.#counts.set(stem, count);
      const name = `${stem}_${count}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }

  /** Adds a node with one output, and gives its name. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodeOf(opType, inputs, attributes, 1)[0]!;
  }

  /** Adds a node, and gives the names of its outputs. */
  nodeOf(opType: string, inputs: readonly string[], attributes: Attributes, outputs: number): string[] {
    const name = this.newName(this.path === "" ? opType : `${this.path}.${opType}`);
    const made = outputs === 1 ? [`${name}_output`] : Array.from({ length: outputs }, (_, i) => `${name}_output${i}`);
    made.forEach((each) => this.#taken.add(each));
    // An optional input is left out by an empty name; at the end not even that is written.
    const given = inputs.slice(0, inputs.findLastIndex((each) => each !== "") + 1);
    const attribute = Object.entries(attributes).map(([key, value]) => ({ ...value, name: key }));
    this.#nodes.push({ input: given, output: made, name, opType, domain: "", attribute });
    return made;
  }

  /** Gives a value of the trace its name. */
  setName(value: number, name: string): void {
    this.#names.set(value, name);
  }

  /** The name of a value of the trace; parameters and constants are written when they are first asked for. */
  nameOf(value: number): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { origin, tensor: own } = this.#values[value]!;
    if (origin.from === "step" || origin.from === "input") {
      throw new OnnxError(`onnx.export: ${this.path}: a result is used that the file has no name for, such as the positions of a maximum`);
    }
    const name = origin.from === "parameter" ? origin.name : this.constant(own);
    if (origin.from === "parameter") this.#initializers.set(name, own);
    this.#names.set(value, name);
    return name;
  }

  /** A weight by its name, as a node's input. */
  parameter(name: string, value: Tensor): string {
    this.#initializers.set(name, value);
    return name;
  }

  /** A tensor that is no weight. */
  constant(value: Tensor): string {
    return this.node("Constant", [], { value: tensorAttribute(tensorProto(value)) });
  }

  /** One number of a type. */
  scalar(value: number, dtype: DType): string {
    return this.constant(tensor(value, { dtype }));
  }

  /** 64-bit integers: a list, or a single number. */
  wholes(values: readonly number[] | number): string {
    const key = JSON.stringify(values);
    const known = this.#wholes.get(key);
    if (known !== undefined) return known;
    const made = this.node("Constant", [], { value: tensorAttribute(int64Proto(values)) });
    this.#wholes.set(key, made);
    return made;
  }

  /** Sizes as a list of 64-bit integers, worked out from the batch where they depend on it. */
  sizes(sizes: readonly Size[]): string {
    if (sizes.every((size) => typeof size === "number")) return this.wholes(sizes as number[]);
    const pieces = sizes.map((size) => {
      if (typeof size === "number") return this.wholes([size]);
      const { input, dim } = this.#batchOf!;
      this.#batch ??= this.node("Shape", [input], { start: int(dim), end: int(dim + 1) });
      const times = size.times === 1 ? this.#batch : this.node("Mul", [this.#batch, this.wholes([size.times])]);
      return size.plus === 0 ? times : this.node("Add", [times, this.wholes([size.plus])]);
    });
    return pieces.length === 1 ? pieces[0]! : this.node("Concat", pieces, { axis: int(0) });
  }

  /** A value in another shape of as many elements. */
  reshape(name: string, shape: readonly Size[]): string {
    const open = shape.filter((size) => typeof size !== "number").length;
    // One size may be left open, unless there is a 0, beside which it could be anything.
    const target = open === 1 && !shape.includes(0) ? this.wholes(shape.map((size) => (typeof size === "number" ? size : -1))) : this.sizes(shape);
    return this.node("Reshape", [name, target], { allowzero: int(shape.includes(0) ? 1 : 0) });
  }

  /** The graph, without nodes that nothing comes of. */
  finish(outputs: readonly string[]): Pick<GraphProto, "node" | "initializer"> {
    const needed = new Set(outputs);
    const kept = [...this.#nodes].reverse().filter((node) => {
      if (!node.output.some((name) => needed.has(name))) return false;
      node.input.forEach((name) => needed.add(name));
      return true;
    });
    const initializer = [...this.#initializers].filter(([name]) => needed.has(name)).map(([name, value]) => tensorProto(value, name));
    return { node: kept.reverse(), initializer };
  }
}

/** The number of ONNX's type for one of ours. */
export const elementType = (dtype: DType | "int64"): number => (dtype === "int64" ? int64Type : elementTypes[dtype]);
