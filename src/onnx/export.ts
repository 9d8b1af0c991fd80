/**
 * Writes a model as an ONNX file, which other runtimes run and other tools show: Open Neural Network Exchange,
 * https://onnx.ai. The model is run on an example, in eval mode and without recording, and what it does is written down.
 */
import { cat } from "../tensor/methods/join.ts";
import { observedBy } from "../tensor/call-observer.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { isTensor, requireTensor } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { AnyModule } from "../nn/module/module.ts";
import { pythonName } from "../nn/module/state.ts";
import { writeWholeFile } from "../serialization/whole-file.ts";
import { encodeModel } from "./encode.ts";
import { arrangementRows, writeAssembly, writeView } from "./export-arrangement.ts";
import { ExportCall } from "./export-call.ts";
import type { ExportRow } from "./export-call.ts";
import { elementwiseRows } from "./export-elementwise.ts";
import { layerRow } from "./export-layers.ts";
import { recurrentRows } from "./export-recurrent.ts";
import { windowRows } from "./export-windows.ts";
import { withChecks } from "./file-checks.ts";
import { elementType, GraphWriter } from "./graph-writer.ts";
import { OnnxError } from "./onnx-error.ts";
import { Recorder } from "./recorder.ts";
import type { ModelProto, ValueInfoProto } from "./schema.ts";
import type { Size } from "./size.ts";
import type { Step, Trace, TracedValue } from "./trace.ts";
import { unify } from "./unify.ts";

/** The operators' version that is written: the first with layer normalisation. */
const opset = 17;
const irVersion = 8;
/** Protobuf counts its lengths in 31 bits. */
const largest = 2 ** 31 - 1;

export interface ExportOptions {
  /**
   * Which dimension of the inputs counts the examples of a batch: one for all, or one an input (null for an input without).
   * 0 when not given; null writes a file for batches of the example's size alone.
   */
  batchDim?: number | null | readonly (number | null)[];
  /** `"input"`, or `"input0"`, `"input1"` and so on when not given. */
  inputNames?: readonly string[];
  /** `"output"` for a tensor, its name for one of several, when not given. */
  outputNames?: readonly string[];
}

const rows: Readonly<Record<string, ExportRow>> = { ...elementwiseRows, ...windowRows, ...arrangementRows, ...recurrentRows };

/** The tensors in a model's result, with names. */
function namedOutputs(result: unknown): [string, Tensor][] {
  if (isTensor(result)) return [["output", result]];
  if (typeof result === "object" && result !== null) {
    const entries = Object.entries(result).filter(([, value]) => value !== undefined);
    const list = Array.isArray(result);
    if (entries.length > 0 && entries.every(([, value]) => isTensor(value))) return entries.map(([name, value]) => [list ? `output${name}` : pythonName(name), value as Tensor]);
  }
  throw new OnnxError("onnx.export: the model gives something else than a tensor, or a list or an object of tensors");
}

/** Runs the model and writes down what it does. */
function record(model: AnyModule, inputs: readonly Tensor[]): Trace<number> {
  const state = { ...Object.fromEntries([...model.namedBuffers()].map(([name, buffer]) => [pythonName(name), buffer])), ...model.stateDict() };
  const recorder = new Recorder(state);
  inputs.forEach((input, i) => recorder.addInput(input, i));
  const modules = [...model.namedModules()];
  const modes = modules.map(([, { training }]) => training);
  const handles = modules.flatMap(([path, module]) => {
    const whole = layerRow(module) !== undefined;
    const before = module.registerForwardPreHook(() => recorder.enter(path, whole));
    const after = module.registerForwardHook((_, given, output) => {
      recorder.leave(whole);
      if (!whole) return undefined;
      // A layer that gives back its input has made something else of it in the file.
      const made = output === given[0] ? observedBy(undefined, () => (output as Tensor).detach()) : output;
      recorder.layer(module, path, given[0] as Tensor, made as Tensor);
      return made;
    });
    return [before, after];
  });
  try {
    model.eval();
    const result = noGrad(() => observedBy(recorder, () => model.forward(...inputs)));
    const outputs = namedOutputs(result).map(([name, tensor]) => ({ name, value: recorder.valueOf(tensor) }));
    return { values: recorder.values, steps: recorder.steps, outputs };
  } finally {
    handles.forEach((handle) => handle.remove());
    modules.forEach(([, module], i) => (module.training = modes[i]!));
  }
}

/** The dimension that counts examples, for each input. */
function batchDims(inputs: readonly Tensor[], given: ExportOptions["batchDim"]): (number | null)[] {
  const dims = inputs.map((_, i) => (typeof given === "object" && given !== null ? (given[i] ?? null) : given === undefined ? 0 : given));
  return dims.map((dim, i) => {
    if (dim === null) return null;
    const { ndim } = inputs[i]!;
    const at = dim < 0 ? dim + ndim : dim;
    if (Number.isInteger(at) && at >= 0 && at < ndim) return at;
    throw new OnnxError(`onnx.export: batchDim ${dim} is no dimension of input ${i}, which has ${ndim}`);
  });
}

/** The inputs with a batch of another size: examples from the first on, again and again. */
function resized(inputs: readonly Tensor[], dims: readonly (number | null)[], batch: number): Tensor[] {
  return inputs.map((input, i) => {
    const dim = dims[i]!;
    if (dim === null || input.shape[dim] === batch) return input;
    const repeats = Math.ceil(batch / input.shape[dim]!);
    return cat(Array.from({ length: repeats }, () => input), { dim }).narrow(dim, 0, batch).contiguous();
  });
}

/** The trace of the model, for one batch or for all. */
function traceOf(model: AnyModule, inputs: readonly Tensor[], dims: readonly (number | null)[]): Trace {
  const batch = inputs.flatMap((input, i) => (dims[i] === null ? [] : [input.shape[dims[i]!]!]));
  if (batch.length === 0) return record(model, inputs);
  if (batch.some((size) => size !== batch[0]) || batch[0] === 0) {
    throw new OnnxError(`onnx.export: the inputs hold batches of ${batch.join(", ")} examples; give them one size from 1 on, or say which has none with batchDim`);
  }
  // Two sizes of at least 2: a batch of one would be broadcast or squeezed where others are not.
  const batches = { first: Math.max(batch[0]!, 2), second: Math.max(batch[0]!, 2) + 1 };
  const [first, second] = [batches.first, batches.second].map((size) => record(model, resized(inputs, dims, size)));
  return unify(first!, second!, batches);
}

function writeStep(step: Step<Size>, trace: Trace, graph: GraphWriter, names: ReadonlyMap<Tensor["storage"], string>): void {
  graph.path = step.path === "the model" ? "" : step.path;
  if (step.kind === "call") {
    const row = Object.hasOwn(rows, step.op) ? rows[step.op] : undefined;
    if (row === undefined) throw new OnnxError(`onnx.export: ${step.path}: there is no way yet to write ${step.op} as ONNX`);
    row(new ExportCall(step, trace, graph)).forEach((name, i) => graph.setName(step.outputs[i]!, name));
    return;
  }
  if (step.kind === "layer") {
    const parameter = (value: Tensor): string => graph.parameter(names.get(value.storage)!, value);
    graph.setName(step.output, layerRow(step.layer)!(step.layer, graph.nameOf(step.input), graph, parameter));
    return;
  }
  graph.setName(step.output, step.kind === "view" ? writeView(step, trace, graph) : writeAssembly(step, trace, graph));
}

const valueInfo = (name: string, { shape, dtype }: TracedValue<Size>): ValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: elementType(dtype),
      shape: {
        dim: shape.map((size) => {
          if (typeof size === "number") return { dimValue: size };
          return { dimParam: size.times === 1 && size.plus === 0 ? "batch" : `${size.times}*batch${size.plus < 0 ? "" : "+"}${size.plus}` };
        }),
      },
    },
  },
});

function requireNames(what: string, given: readonly string[] | undefined, otherwise: readonly string[]): readonly string[] {
  if (given === undefined) return otherwise;
  if (given.length === otherwise.length && new Set(given).size === given.length) return given;
  throw new OnnxError(`onnx.export: ${what} are ${JSON.stringify(given)}; give ${otherwise.length} different ones`);
}

/** The model as the messages of an ONNX file. */
export function modelProto(model: AnyModule, exampleInputs: Tensor | readonly Tensor[], options: ExportOptions = {}): ModelProto {
  const inputs = (isTensor(exampleInputs) ? [exampleInputs] : exampleInputs).map((input) => requireTensor("onnx.export", input).detach());
  const dims = batchDims(inputs, options.batchDim);
  const trace = traceOf(model, inputs, dims);
  const inputNames = requireNames("inputNames", options.inputNames, inputs.length === 1 ? ["input"] : inputs.map((_, i) => `input${i}`));
  const outputNames = requireNames("outputNames", options.outputNames, trace.outputs.map(({ name }) => name));
  const state = model.stateDict();
  const names = new Map(Object.entries(state).reverse().map(([name, value]) => [value.storage, name]));
  const counted = dims.findIndex((dim) => dim !== null);
  const graph = new GraphWriter(
    trace.values, [...inputNames, ...outputNames, ...Object.keys(state)],
    counted < 0 ? undefined : { input: inputNames[counted]!, dim: dims[counted]! },
  );
  const given = trace.values.flatMap((value, i) => (value.origin.from === "input" ? [{ name: inputNames[value.origin.index]!, value, i }] : []));
  given.forEach(({ name, i }) => graph.setName(i, name));
  trace.steps.forEach((step) => writeStep(step, trace, graph, names));
  graph.path = "";
  // Each output has a node of its own, so that its name is free, whatever it is the result of.
  const outputs = trace.outputs.map(({ value }, i) => ({ result: graph.node("Identity", [graph.nameOf(value)]), name: outputNames[i]!, value: trace.values[value]! }));
  const { node, initializer } = graph.finish(outputs.map(({ result }) => result));
  for (const each of node) each.output = each.output.map((name) => outputs.find(({ result }) => result === name)?.name ?? name);
  return {
    irVersion,
    producerName: "nabla",
    opsetImport: [{ domain: "", version: opset }],
    metadataProps: [],
    functions: [],
    graph: {
      name: model.constructor.name,
      node,
      initializer,
      sparseInitializer: [],
      input: given.map(({ name, value }) => valueInfo(name, value)),
      output: outputs.map(({ name, value }) => valueInfo(name, value)),
    },
  };
}

/**
 * Writes a model as an ONNX file. It computes what the model does in eval mode, for batches of any size, with its parameters
 * under their names in `stateDict()`. The model itself stays as it is. The file appears only when it is whole.
 *
 * @param exampleInputs what `forward` takes: a tensor, or a list of them. Their shapes and types count.
 * @throws OnnxError naming the layer and the operation that cannot be written, or that depends on the batch in a way that
 * cannot be; nothing is written then.
 * @throws FileAccessError when the file cannot be written.
 *
 * @example
 * onnx.export(model, zeros([1, 1, 28, 28]), "lenet.onnx");
 */
function exportModel(model: AnyModule, exampleInputs: Tensor | readonly Tensor[], path: string, options: ExportOptions = {}): void {
  const pieces = encodeModel(withChecks(modelProto(model, exampleInputs, options)));
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytes > largest) throw new OnnxError(`onnx.export: the model needs ${bytes} bytes; one ONNX file holds at most ${largest}`);
  writeWholeFile("onnx.export", path, pieces);
}

export { exportModel as export };
