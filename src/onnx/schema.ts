/**
 * The messages of an ONNX file, as far as a graph of tensors needs them: names, numbers and kinds of their fields. Source:
 * the specification of ONNX (https://onnx.ai/onnx/repo-docs/IR.html and the definitions onnx.proto beside it).
 *
 * The bytes of single numbers and texts are read and written by @bufbuild/protobuf, which has no dependencies and passes
 * protobuf's conformance tests. Its generated messages are not used: they need a compiler of their own, copy every weight
 * when they are nested, and say of a damaged file only that it ended, not in which node.
 */

/** What a field holds: a number, text, bytes, or a message of a name. */
export type FieldKind = "int" | "float" | "double" | "text" | "bytes" | MessageName;

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly kind: FieldKind;
  readonly repeated: boolean;
}

const one = (number: number, name: string, kind: FieldKind): Field => ({ number, name, kind, repeated: false });
const many = (number: number, name: string, kind: FieldKind): Field => ({ number, name, kind, repeated: true });

export type MessageName =
  | "Model" | "OperatorSet" | "Property" | "Graph" | "Node" | "Attribute" | "Tensor" | "ValueInfo" | "Type" | "TensorType" | "Shape" | "Dimension";

/** The fields of each message. Those that are not listed are passed over on reading. */
export const messages: Readonly<Record<MessageName, readonly Field[]>> = {
  Model: [
    one(1, "irVersion", "int"), one(2, "producerName", "text"), one(3, "producerVersion", "text"),
    many(8, "opsetImport", "OperatorSet"), many(14, "metadataProps", "Property"), many(25, "functions", "bytes"), one(7, "graph", "Graph"),
  ],
  OperatorSet: [one(1, "domain", "text"), one(2, "version", "int")],
  Property: [one(1, "key", "text"), one(2, "value", "text")],
  Graph: [
    many(1, "node", "Node"), one(2, "name", "text"), many(11, "input", "ValueInfo"), many(12, "output", "ValueInfo"),
    many(15, "sparseInitializer", "bytes"), many(5, "initializer", "Tensor"),
  ],
  Node: [
    many(1, "input", "text"), many(2, "output", "text"), one(3, "name", "text"), one(4, "opType", "text"), one(7, "domain", "text"),
    many(5, "attribute", "Attribute"),
  ],
  Attribute: [
    one(1, "name", "text"), one(20, "type", "int"), one(2, "f", "float"), one(3, "i", "int"), one(4, "s", "bytes"), one(5, "t", "Tensor"),
    many(7, "floats", "float"), many(8, "ints", "int"), many(9, "strings", "bytes"),
  ],
  Tensor: [
    many(1, "dims", "int"), one(2, "dataType", "int"), one(8, "name", "text"), one(14, "dataLocation", "int"), many(4, "floatData", "float"),
    many(5, "int32Data", "int"), many(7, "int64Data", "int"), many(10, "doubleData", "double"), many(11, "uint64Data", "int"), one(9, "rawData", "bytes"),
  ],
  ValueInfo: [one(1, "name", "text"), one(2, "type", "Type")],
  Type: [one(1, "tensorType", "TensorType")],
  TensorType: [one(1, "elemType", "int"), one(2, "shape", "Shape")],
  Shape: [many(1, "dim", "Dimension")],
  Dimension: [one(1, "dimValue", "int"), one(2, "dimParam", "text")],
};

/** A message that is written: fields that are left out are not. */
export interface ModelProto {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  opsetImport: OperatorSetProto[];
  metadataProps: PropertyProto[];
  functions: Uint8Array[];
  graph?: GraphProto;
}

export interface OperatorSetProto {
  domain?: string;
  version?: number;
}

export interface PropertyProto {
  key?: string;
  value?: string;
}

export interface GraphProto {
  name?: string;
  node: NodeProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  initializer: TensorProto[];
  sparseInitializer: Uint8Array[];
}

export interface NodeProto {
  input: string[];
  output: string[];
  name?: string;
  opType?: string;
  domain?: string;
  attribute: AttributeProto[];
}

/** The kinds of attributes, with the numbers they have in a file. */
export const AttributeType = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

export interface AttributeProto {
  name?: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
}

export interface TensorProto {
  dims: number[];
  dataType?: number;
  name?: string;
  dataLocation?: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  doubleData: number[];
  uint64Data: number[];
  rawData?: Uint8Array;
}

export interface ValueInfoProto {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim: { dimValue?: number; dimParam?: string }[] } } };
}
