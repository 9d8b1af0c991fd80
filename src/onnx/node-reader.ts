/**
 * A node of a file as the rows of the import tables see it: its attributes are asked for by name and kind, and those that
 * nobody has asked for are refused, so that no part of a model is passed over in silence.
 */
import { AttributeType } from "./schema.ts";
import type { AttributeProto, NodeProto, TensorProto } from "./schema.ts";

/** What is wrong with a node, or with what it was given. */
export class BadNode extends Error {}

const utf8 = new TextDecoder();

export class NodeReader {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The operators' version that the file asks for. */
  readonly opset: number;
  readonly #attributes: Map<string, AttributeProto>;
  readonly #asked = new Set<string>();

  constructor(node: NodeProto, opset: number) {
    this.opType = node.opType ?? "";
    this.inputs = node.input;
    this.outputs = node.output;
    this.opset = opset;
    this.#attributes = new Map(node.attribute.map((attribute) => [attribute.name ?? "", attribute]));
  }

  #find(name: string, type: number): AttributeProto | undefined {
    this.#asked.add(name);
    const found = this.#attributes.get(name);
    // Files of the first versions leave the kind out.
    if (found?.type !== undefined && found.type !== 0 && found.type !== type) throw new BadNode(`attribute ${name} is of kind ${found.type}, expected ${type}`);
    return found;
  }

  int(name: string, otherwise: number): number {
    return this.#find(name, AttributeType.int)?.i ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return this.#find(name, AttributeType.float)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#find(name, AttributeType.string)?.s;
    return bytes === undefined ? otherwise : utf8.decode(bytes);
  }

  ints(name: string): number[] | undefined {
    return this.#find(name, AttributeType.ints)?.ints;
  }

  texts(name: string): string[] | undefined {
    return this.#find(name, AttributeType.strings)?.strings.map((each) => utf8.decode(each));
  }

  tensor(name: string): TensorProto | undefined {
    return this.#find(name, AttributeType.tensor)?.t;
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** Refuses an attribute unless it has its usual value. */
  only(name: string, value: number | string): void {
    const found = typeof value === "number" ? this.int(name, value) : this.text(name, value);
    if (found !== value) throw new BadNode(`${name} = ${found} is not supported; only ${value} is`);
  }

  /** Refuses attributes that were not asked for. */
  finish(): void {
    const unknown = [...this.#attributes.keys()].filter((name) => !this.#asked.has(name));
    if (unknown.length > 0) throw new BadNode(`attribute ${unknown.join(", ")} is not supported`);
  }
}
