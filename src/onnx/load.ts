/**
 * Reads an ONNX file into a module. Everything is read and checked before the first weight is made: the bytes, each node's
 * operator and attributes, and that each value is made before it is used.
 */
import { isFloating } from "../tensor/dtype.ts";
import { Buffer, Parameter } from "../nn/module/parameter.ts";
import { FileFormatError } from "../serialization/file-format-error.ts";
import { tensorOf } from "../serialization/stored-elements.ts";
import { readWholeFile } from "../serialization/whole-file.ts";
import { decodeModel } from "./decode.ts";
import { verifyChecks } from "./file-checks.ts";
import { arrangementImports } from "./import-arrangement.ts";
import { elementwiseImports } from "./import-elementwise.ts";
import { recurrentImports } from "./import-recurrent.ts";
import { Wholes } from "./import-value.ts";
import type { ImportRow, Value } from "./import-value.ts";
import { windowImports } from "./import-windows.ts";
import { BadNode, NodeReader } from "./node-reader.ts";
import { OnnxModule } from "./onnx-module.ts";
import type { GraphStep } from "./onnx-module.ts";
import type { GraphProto, ModelProto, NodeProto } from "./schema.ts";
import { BadTensor, readTensorProto } from "./tensor-proto.ts";
import type { ReadTensor } from "./tensor-proto.ts";

const rows: Readonly<Record<string, ImportRow>> = { ...elementwiseImports, ...arrangementImports, ...windowImports, ...recurrentImports };

/** Operators changed their meaning in earlier versions, and may in later ones. */
const [oldest, newest] = [7, 22];

const placeOf = (node: NodeProto, i: number): string => `node ${i} (${node.opType ?? ""}${node.name === undefined || node.name === "" ? "" : ` ${JSON.stringify(node.name)}`})`;

/** The version of the operators that the file asks for. */
function opsetOf(model: ModelProto, file: string): number {
  const standard = model.opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  const version = standard?.version;
  if (version === undefined) throw new FileFormatError(file, "opsetImport", "the file does not say which version of ONNX's operators it uses; is it an ONNX file?");
  if (version < oldest || version > newest) throw new FileFormatError(file, "opsetImport", `opset ${version} is not supported; versions ${oldest} to ${newest} are`);
  if (model.functions.length > 0) throw new FileFormatError(file, "functions", "functions of a model's own are not supported");
  return version;
}

/** The nodes, read; each must find its inputs made. */
function stepsOf(graph: GraphProto, opset: number, known: Set<string>, file: string): GraphStep[] {
  return graph.node.map((node, i) => {
    const place = placeOf(node, i);
    const { opType = "", domain = "" } = node;
    const row = (domain === "" || domain === "ai.onnx") && Object.hasOwn(rows, opType) ? rows[opType] : undefined;
    if (row === undefined) throw new FileFormatError(file, place, `the operator ${domain === "" ? "" : `${domain}.`}${opType} is not supported`);
    const missing = node.input.find((name) => name !== "" && !known.has(name));
    if (missing !== undefined) throw new FileFormatError(file, place, `its input ${JSON.stringify(missing)} is made by no node before it`);
    const twice = node.output.find((name) => name !== "" && known.has(name));
    if (twice !== undefined) throw new FileFormatError(file, place, `${JSON.stringify(twice)} is made twice`);
    node.output.forEach((name) => known.add(name));
    try {
      const reader = new NodeReader(node, opset);
      const run = row(reader);
      reader.finish();
      return { place: `${file}, ${place}`, inputs: node.input, outputs: node.output, run };
    } catch (error) {
      if (error instanceof BadNode || error instanceof BadTensor) throw new FileFormatError(file, place, error.message);
      throw error;
    }
  });
}

/** The module of a model's messages. */
function moduleOf(model: ModelProto, file: string): OnnxModule {
  const opset = opsetOf(model, file);
  const { graph } = model;
  if (graph === undefined) throw new FileFormatError(file, "graph", "the file has no graph");
  if (graph.sparseInitializer.length > 0) throw new FileFormatError(file, "graph.sparseInitializer", "sparse weights are not supported");
  const read = graph.initializer.map((proto, i): [string, ReadTensor] => {
    const name = proto.name ?? "";
    try {
      return [name, readTensorProto(proto)];
    } catch (error) {
      if (error instanceof BadTensor) throw new FileFormatError(file, `initializer ${i} (${JSON.stringify(name)})`, error.message);
      throw error;
    }
  });
  const initial = new Set(read.map(([name]) => name));
  const named = (list: readonly { name?: string }[]): string[] => list.map(({ name }) => name ?? "");
  // Files of the first versions list the weights among the inputs.
  const inputs = named(graph.input).filter((name) => !initial.has(name));
  const outputs = named(graph.output);
  const known = new Set([...initial, ...inputs]);
  const steps = stepsOf(graph, opset, known, file);
  const lost = outputs.find((name) => !known.has(name));
  if (lost !== undefined || outputs.length === 0) throw new FileFormatError(file, "graph.output", `the output ${JSON.stringify(lost ?? "")} is made by no node`);

  const statistics = new Set(graph.node.flatMap(({ opType, input }) => (opType === "BatchNormalization" ? input.slice(3, 5) : [])));
  const weights = new Map<string, Parameter | Buffer>();
  const constants = new Map<string, Value>();
  for (const [name, each] of read) {
    if ("whole" in each) {
      constants.set(name, new Wholes(each.whole, each.shape));
      continue;
    }
    const value = tensorOf(each.read, each.shape);
    weights.set(name, isFloating(value.dtype) && !statistics.has(name) ? new Parameter(value) : new Buffer(value));
  }
  return new OnnxModule({ weights, constants, steps, inputs, outputs });
}

/** The module in the bytes of a file. @param file what to call it in an error. */
export function moduleOfBytes(bytes: Uint8Array, file: string, { verify = true }: LoadOptions = {}): OnnxModule {
  const model = decodeModel(bytes, file);
  if (verify) verifyChecks(model, file);
  return moduleOf(model, file);
}

/** Options of reading. */
export interface LoadOptions {
  /** Compare with the checksums in the file, if it has some. Default true. */
  verify?: boolean;
}

/**
 * Reads a model from an ONNX file, as `onnx.export` or another program has written it. It computes what the file says, and
 * can be trained on.
 *
 * @throws FileFormatError naming the byte, the node or the weight that is cut off, corrupted or not supported; nothing is
 * loaded then.
 * @throws FileAccessError when the file cannot be read.
 *
 * @example
 * const model = onnx.load("lenet.onnx").eval();
 * const scores = model.forward(pictures);
 */
export function load(path: string, options: LoadOptions = {}): OnnxModule {
  return moduleOfBytes(readWholeFile("onnx.load", path), path, options);
}
